"""The laboratory of savings: a joint bill by rules beside each other. All of it stands in the address."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commonpurse.calc.money import pounds
from commonpurse.calc.quantity import from_smallest
from commonpurse.calc.sentence import Sentence, message
from commonpurse.core.transaction import reading
from commonpurse.pooling import queries
from commonpurse.pooling.forms import SAVINGS_RULES, SavingsForm, savings_form
from commonpurse.pooling.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.bars import bar_length
from commonpurse.web.fields import Choice
from commonpurse.web.limits import EXPENSIVE, limited

if TYPE_CHECKING:
    from commonpurse.calc.savings import Compared, Purchase
    from commonpurse.calc.savings.changes import Change
    from commonpurse.calc.savings.curve import Peak, Standing

FIRST_UNITS = 100
"""What the first body needs in the example, where no need is known; the second needs twice as much, and so on."""


class Column(NamedTuple):
    """One rule as the page shows it, by its number in the form, and what was found of it."""

    number: int
    name: str
    found: "Compared"

    @property
    def what_if(self) -> list[list[str]]:
        """A row for each body: what it pays now, and after each of the things that could happen."""
        done, changes = self.found.done, self.found.changes.values()
        return [
            [name, pounds(done.pays[at]), *("–" if each is None else _after(each, at) for each in changes)]
            for at, name in enumerate(done.purchase.names)
        ]


@blueprint.get("/consortia/<uuid:consortium_id>/savings-lab")
@limited(EXPENSIVE)
@signed_in
def savings_lab(consortium_id: UUID) -> ResponseReturnValue:
    """What each body pays and saves by up to four rules; only what they give, for a page that is there already."""
    with reading() as session:
        page = queries.savings_page(session, current_actor(), consortium_id)
    asked = "p1" in request.args
    form = _form(page)
    shown = _shown(page, form) if asked and form.validate() else {}
    template = "pooling/_savings.html" if "X-Fragment" in request.headers else "pooling/savings.html"
    return render_template(template, page=page, form=form, asked=asked, starts=_starts(page), **shown)


def _form(page: queries.SavingsPage) -> SavingsForm:
    """What the address says; where it says nothing, what several bodies need first."""
    known: dict[str, Any] = {}
    if not request.args and page.first is not None:
        known = {"unit": page.first.unit, **_quantities(page.first.amounts)}
    form = savings_form(page.bodies)(formdata=request.args or None, **known)
    bodies = [Choice(str(position), name) for position, name in page.bodies]
    form.body.choices = [Choice("", _("No body")), *bodies]
    if "body" not in request.args:
        form.body.data = bodies[0].value
    elif form.body.data not in [choice.value for choice in bodies]:
        form.body.data = ""
    return form


def _quantities(amounts: Mapping[int, Decimal]) -> dict[str, Decimal]:
    return {f"q{position}": amount for position, amount in amounts.items()}


def _starts(page: queries.SavingsPage) -> dict[str, Any]:
    """Addresses to start from: an example with made-up prices, and each need that several bodies have."""
    own = page.first.amounts if page.first is not None else {}
    amounts = own or {position: Decimal(FIRST_UNITS * place) for place, (position, _) in enumerate(page.bodies, 1)}
    half = max(int(sum(amounts.values()) / 2), 1)
    example: dict[str, Any] = {"p1": "12", "s2": half, "p2": "11", "s3": half + max(half // 2, 1), "p3": "10"}
    example |= {"fixed": "2500", "a": "equal_price", "b": "proportional_gains", "c": "shapley"}
    example |= {"unit": page.first.unit if page.first is not None else "", "body": page.bodies[0][0]}
    needs = [(f"{row.description} ({row.unit})", _address(page, {"unit": row.unit}, row.amounts)) for row in page.rows]
    return {"example": _address(page, example, amounts), "needs": needs}


def _address(page: queries.SavingsPage, chosen: Mapping[str, Any], amounts: Mapping[int, Decimal]) -> str:
    typed = {name: format(amount, "f") for name, amount in _quantities(amounts).items()}
    values: dict[str, Any] = {"consortium_id": page.consortium_id, **chosen, **typed}
    return url_for(".savings_lab", **values)


def _shown(page: queries.SavingsPage, form: SavingsForm) -> dict[str, Any]:
    """What the templates are given of a form without a fault."""
    from commonpurse.calc.savings import Purchase, Unanswered, compare
    from commonpurse.calc.savings.curve import standings

    buyers = [(position, name, form[f"q{position}"].data) for position, name in page.bodies]
    buyers = [each for each in buyers if each[2]]
    purchase = Purchase.of(
        [name for _, name, _ in buyers], [needed for *_, needed in buyers], form.prices, form.fixed.data or 0
    )
    at = [str(position) for position, *_ in buyers]
    body = at.index(form.body.data) if form.body.data in at else None
    curve = standings(purchase)
    found = compare(purchase, list(form.rules), body, curve)
    names = {choice.value: choice.label for choice in SAVINGS_RULES}
    columns: list[Column] = []
    missing = []
    for (rule, number), each in zip(form.rules.items(), found, strict=True):
        if isinstance(each, Unanswered):
            missing.append((number, str(names[rule]), each))
        else:
            columns.append(Column(number, str(names[rule]), each))
    without = [name for position, name in page.bodies if str(position) not in at]
    shown = {"purchase": purchase, "columns": columns, "missing": missing, "without": without}
    shown |= {"summary": _summary(purchase, form.unit.data or ""), "table": _table(purchase, columns)}
    shown |= {"bars": _bars(purchase, columns), "curve": _curve(purchase, curve) if "equal_price" in form.rules else {}}
    shown |= {"rebates": _rebates(purchase, columns)}
    if body is not None:
        shown |= {"body": purchase.names[body], "price_after": _price_after(purchase, body)}
    return shown


def _summary(purchase: "Purchase", unit: str) -> dict[str, Any]:
    from commonpurse.calc.savings.findings import percent, quantity

    alone = sum(purchase.alone)
    return {
        "needed": quantity(purchase, purchase.game.volume) + (f" ({unit})" if unit else ""),
        "price": say_price(purchase.price),
        "fixed": purchase.game.fixed // purchase.parts,
        "total": purchase.total,
        "alone": alone,
        "saved": alone - purchase.total,
        "percent": percent(Fraction(abs(alone - purchase.total), alone)) if alone else "",
    }


def say_price(price: Decimal) -> str:
    """Pounds with two decimals, or as many as it has.

    >>> say_price(Decimal("12")), say_price(Decimal("1.0625"))
    ('£12.00', '£1.0625')
    """
    from commonpurse.calc.savings.purchase import decimals_of

    return f"£{price:,.{max(decimals_of([price]), 2)}f}"


def _table(purchase: "Purchase", columns: Sequence[Column]) -> dict[str, list[Any]]:
    """A row for each body: what it needs, what it pays alone, what it pays and saves by each rule; and the sums."""
    from commonpurse.calc.savings.findings import quantity

    rows = []
    for at, name in enumerate(purchase.names):
        cells = [name, quantity(purchase, purchase.game.volumes[at]), pounds(purchase.alone[at])]
        for column in columns:
            done = column.found.done
            cells += [pounds(done.pays[at]), _saved(done.saves[at], purchase.alone[at])]
        rows.append(cells)
    alone = sum(purchase.alone)
    totals = [str(_("Together")), quantity(purchase, purchase.game.volume), pounds(alone)]
    totals += [pounds(purchase.total), _saved(alone - purchase.total, alone)] * len(columns)
    return {"rows": rows, "totals": totals}


def _saved(saved: int, alone: int) -> str:
    from commonpurse.calc.savings.findings import percent

    if not alone:
        return pounds(saved)
    return str(_("%(amount)s (%(percent)s)", amount=pounds(saved), percent=percent(Fraction(saved, alone))))


def _after(change: "Change", at: int) -> str:
    more = change.change[at]
    return f"{pounds(change.pays[at])} ({_signed(more)})" if more else pounds(change.pays[at])


def _curve(purchase: "Purchase", curve: "Sequence[Standing] | None") -> dict[str, list[list[str]]]:
    """Rows for each body: its place on the curve of what it saves on the price, and on that where the total stays."""
    from commonpurse.calc.savings.findings import percent, quantity
    from commonpurse.calc.savings.purchase import pence

    if curve is None:
        return {}
    game = purchase.game
    given_others = [
        [
            name,
            quantity(purchase, volume),
            percent(Fraction(volume, game.volume)),
            pounds(pence(each.saves)),
            *_peak(purchase, each.given_others),
            _exactly(purchase, each.less),
            _exactly(purchase, each.more),
        ]
        for name, volume, each in zip(purchase.names, game.volumes, curve, strict=True)
    ]
    given_total = [[name, *_peak(purchase, each.given_total)] for name, each in zip(purchase.names, curve, strict=True)]
    return {"given_others": given_others, "given_total": given_total}


def _peak(purchase: "Purchase", peak: "Peak") -> list[str]:
    """Just below which quantity a peak is, what is saved there, and on which side of it the body stands."""
    from commonpurse.calc.savings.curve import Side
    from commonpurse.calc.savings.findings import quantity
    from commonpurse.calc.savings.purchase import pence

    if peak.side is None:
        return ["–", "–", "–"]
    sides = {Side.BEFORE: _("Before"), Side.PAST: _("Past"), Side.OPEN: _("Neither")}
    return [quantity(purchase, peak.at), pounds(pence(peak.most)), sides[peak.side]]


def _exactly(purchase: "Purchase", change: Fraction) -> str:
    """A change in pence as pounds with all its decimals, which are no more than those of a quantity times a price."""
    smallest = abs(change) * purchase.parts
    sign = {-1: "−", 0: "", 1: "+"}[(change > 0) - (change < 0)]
    return sign + say_price(from_smallest(int(smallest), purchase.decimals + purchase.price_decimals))


def _rebates(purchase: "Purchase", columns: Sequence[Column]) -> dict[str, Any]:
    """A row for each body: its invoice at the equal price, and its rebate by each rule; the sums, and words."""
    from commonpurse.calc.savings.rebate import INVOICED_BY, rebate, tell

    found = [(column, rebate(column.found.done)) for column in columns if column.found.done.rule != INVOICED_BY]
    if not found:
        return {}
    _column, first = found[0]
    rows = [
        [name, pounds(first.invoiced.pays[at]), *(_signed(each.amounts[at]) for _column, each in found)]
        for at, name in enumerate(purchase.names)
    ]
    totals = [str(_("Together")), pounds(purchase.total), *(pounds(sum(each.amounts)) for _column, each in found)]
    words = []
    for column, each in found:
        rule = Sentence(message("rule %(number)s (%(rule)s)"), {"number": f"{column.number}", "rule": column.name})
        words.append((column, each.certificate, tell(each, rule)))
    return {"rows": rows, "totals": totals, "words": words}


def _signed(pence: int) -> str:
    return f"+{pounds(pence)}" if pence > 0 else pounds(pence)


def _price_after(purchase: "Purchase", body: int) -> str:
    return say_price(purchase.without(body).price)


def _bars(purchase: "Purchase", columns: Sequence[Column]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """For each body, alone and by each rule: the name of the bar, its length in per cent of the width, the figure."""
    alone = (str(_("Alone")), purchase.alone)
    series = [alone, *((str(column.number), column.found.done.pays) for column in columns)]
    greatest = max([1, *(paid for _, pays in series for paid in pays)])
    return [
        (name, [(called, bar_length(pays[at], greatest), pounds(pays[at])) for called, pays in series])
        for at, name in enumerate(purchase.names)
    ]
