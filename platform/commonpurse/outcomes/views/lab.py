"""The laboratory: rules beside each other on the consortium's own quantities. All of it stands in the address."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commonpurse.calc import quantity
from commonpurse.calc.allocation import parse_rule
from commonpurse.calc.allocation_rules import Rule
from commonpurse.calc.allocation_rules.recorded import basis_of
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes.commands.lab import propose_rule
from commonpurse.outcomes.forms import LabForm, LabRuleForm, OwnWeights, ProposeRuleForm, lab_rule_form
from commonpurse.outcomes.queries import lab
from commonpurse.outcomes.queries.agenda import Standing, TriedWeights
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.bars import bar_length
from commonpurse.web.fields import Choice
from commonpurse.web.limits import EXPENSIVE, limited
from commonpurse.web.pages import LONDON, say_date

if TYPE_CHECKING:
    from commonpurse.calc.fairness import Compared

blueprint = Blueprint("lab", __name__, url_prefix="/consortia/<uuid:consortium_id>/split-lab")

LETTERS = "abcd"
AT_FIRST = {"a": "today", "b": "equal", "c": "need", "d": ""}
"""What is shown before anybody chooses; without a rule of today, committed budget stands in its place."""


class Note(NamedTuple):
    """What must be said of weights by which a rule is tried: that they do not count, or not for everybody."""

    weights: TriedWeights
    words: str

    @property
    def is_offered(self) -> bool:
        """Whether they are not agreed."""
        return self.weights.standing is Standing.OFFERED


class Column(NamedTuple):
    """One rule as the page shows it, `number` from 1, and what was found of it."""

    letter: str
    number: int
    rule: Rule
    spec: str
    found: "Compared"
    is_today: bool
    notes: tuple[Note, ...]


class Scenario(NamedTuple):
    """What the address asks for."""

    page: lab.LabPage
    options: LabForm
    rules: dict[str, LabRuleForm]
    columns: tuple[Column, ...]


@blueprint.get("")
@limited(EXPENSIVE)
@signed_in
def show(consortium_id: UUID) -> ResponseReturnValue:
    """Up to four rules beside each other; only what they give, for a page that is there already."""
    return _show(consortium_id)


@blueprint.post("/proposals")
@limited(EXPENSIVE)
@signed_in
def propose(consortium_id: UUID) -> ResponseReturnValue:
    """Put one of the rules on the table, where the consortium decides by its own rule."""
    form = ProposeRuleForm()
    with reading() as session:
        lab.lab_page(session, current_actor(), consortium_id, _day())
    if form.validate_on_submit():
        try:
            with transaction() as session:
                item_id = propose_rule(
                    session, current_actor(), consortium_id=consortium_id, now=datetime.now(UTC), **form.values()
                )
        except (Refused, Stale) as error:
            form.show(error)
        else:
            return redirect(url_for("workspaces.show_item", consortium_id=consortium_id, item_id=item_id))
    return _show(consortium_id, form)


def _show(consortium_id: UUID, proposal: ProposeRuleForm | None = None) -> ResponseReturnValue:
    scenario = scenario_of(consortium_id)
    template = "outcomes/_lab.html" if "X-Fragment" in request.headers else "outcomes/lab.html"
    return render_template(template, **shown(scenario, proposal))


def scenario_of(consortium_id: UUID) -> Scenario:
    """Read what is needed and hold the rules beside each other."""
    with reading() as session:
        page = lab.lab_page(session, current_actor(), consortium_id, _day())
        options, forms = _forms(page)
        share = len(page.bodies)
        made = ((letter, form.rule(page.today, at, share)) for at, (letter, form) in enumerate(forms.items(), 1))
        rules = {letter: rule for letter, rule in made if rule is not None}
        today = parse_rule(page.today) if page.today is not None else None
        every = [*rules.values(), *([today] if today else [])]
        bases, tiers = lab.weights_for(session, page, every), lab.tiers_for(session, page, every)
    found = lab.hold_beside(
        page,
        list(rules.values()),
        bases,
        tiers=tiers,
        measure=options.measure.data,
        leaver=options.leaver.data or None,
    )
    columns = tuple(
        Column(
            letter,
            LETTERS.index(letter) + 1,
            rule,
            json.dumps(rule.spec()),
            each,
            rule == today,
            _notes(page, rule),
        )
        for (letter, rule), each in zip(rules.items(), found, strict=True)
    )
    return Scenario(page, options, forms, columns)


def _forms(page: lab.LabPage) -> tuple[LabForm, dict[str, LabRuleForm]]:
    asked = request.args or None
    first = page.bodies[0][0] if len(page.bodies) > 1 else ""
    one = page.measures[0].id if page.measures else ""
    options = LabForm(formdata=asked, leaver=first, measure=one)
    measures = [Choice(each.id, f"{each.title} ({each.unit})") for each in page.measures]
    bodies = [Choice(key, name) for key, name in page.bodies]
    options.measure.choices = [Choice("", _("All measures")), *measures]
    options.leaver.choices = [Choice("", _("Nobody")), *bodies]
    if options.measure.data and options.measure.data not in [choice.value for choice in measures]:
        options.measure.data = one  # All of them together would add up what nobody asked for.
    if options.leaver.data not in [choice.value for choice in bodies]:
        options.leaver.data = ""
    if len(page.bodies) < 2:
        options.leaver.data = ""
    forms, form_of_rule = {}, lab_rule_form(tuple(_own_weights(each) for each in page.weights))
    for letter in LETTERS:
        kind = AT_FIRST[letter]
        if kind == "today" and page.today is None:
            kind = "committed_budget"
        form = forms[letter] = form_of_rule(formdata=asked, prefix=f"{letter}-", kind=kind)
        form.offer_kinds(today=page.today is not None)
    return options, forms


def _own_weights(weights: TriedWeights) -> OwnWeights:
    """How the form knows weights."""
    words = {
        Standing.OFFERED: _("Offered weights: %(basis)s", basis=weights.name),
        Standing.LATER: _("Weights to come: %(basis)s", basis=weights.name),
        Standing.IN_FORCE: _("Weights: %(basis)s", basis=weights.name),
    }
    return OwnWeights(weights.basis_id.hex, weights.name, words[weights.standing])


def _notes(page: lab.LabPage, rule: Rule) -> tuple[Note, ...]:
    """What there is to say of the weights that a rule goes by."""
    notes = []
    for weights in page.weighed_by(rule):
        day, said = say_date(weights.effective_from), []
        if weights.standing is Standing.OFFERED:
            said.append(_("Not agreed yet. If they are agreed, they count from %(day)s.", day=day))
        elif weights.standing is Standing.LATER:
            said.append(_("Agreed, but they count only from %(day)s.", day=day))
        if without := [name for key, name in page.bodies if key not in dict(weights.numbers)]:
            said.append(_("They have no number for %(bodies)s.", bodies=", ".join(without)))
        if said:
            notes.append(Note(weights, " ".join(said)))
    return tuple(notes)


def _called(page: lab.LabPage) -> dict[str, str]:
    """What bodies are called in the words of a rule, and weights that are not agreed."""
    offered = [each for each in page.weights if each.standing is Standing.OFFERED]
    return page.names | {
        basis_of(each.name): _("%(basis)s, as offered, not agreed", basis=each.name) for each in offered
    }


def _day() -> date:
    return datetime.now(LONDON).date()


def shown(scenario: Scenario, proposal: ProposeRuleForm | None) -> dict[str, Any]:
    """What the templates are given."""
    page, columns = scenario.page, scenario.columns
    chosen = page.chosen(scenario.options.measure.data)
    decimals = lab.decimals_of(chosen)
    places = [*(name for _, name in page.bodies), _("Unallocated")]
    return {
        "page": page,
        "options": scenario.options,
        "rules": scenario.rules,
        "columns": columns,
        "forms": [*([proposal] if proposal is not None else []), *scenario.rules.values()],
        "chosen": chosen,
        "units": {each.unit for each in chosen},
        "decimals": decimals,
        "total": quantity.say(sum(columns[0].found.amounts), decimals) if columns else "",
        "table": _rows(places, columns, decimals),
        "bars": _bars(places, columns, decimals),
        "called": _called(page),
        "notes_of_today": _notes_of_today(page, columns),
        "key": uuid4().hex,
    }


def _notes_of_today(page: lab.LabPage, columns: Sequence[Column]) -> tuple[Note, ...]:
    """Those of today's rule where it is beside no column of its own."""
    if page.today is None or not page.weights or any(column.is_today for column in columns):
        return ()
    return _notes(page, parse_rule(page.today))


def _rows(places: Sequence[str], columns: Sequence[Column], decimals: int) -> list[list[str]]:
    """A row for each place: its share by each rule and how that differs from today."""
    none, beside = str(_("none")), str(_("%(units)s (%(percent)s)"))
    cells = [places]
    for column in columns:
        cells.append(_figures(column.found, decimals))
        if column.found.changes:
            cells.append(_changes(column.found, decimals, none, beside))
    return [list(row) for row in zip(*cells, strict=True)]


# What was found of a rule is the same object for as long as it is remembered, and never changes: so are its words.
@lru_cache(maxsize=64)
def _figures(found: "Compared", decimals: int) -> tuple[str, ...]:
    return tuple(quantity.say(amount, decimals) for amount in found.amounts)


@lru_cache(maxsize=64)
def _changes(found: "Compared", decimals: int, none: str, beside: str) -> tuple[str, ...]:
    cells = []
    for change, ratio in zip(found.changes, found.ratios, strict=True):
        units = _signed(change, decimals) if change else none
        cells.append(beside % {"units": units, "percent": _percent(ratio)} if change and ratio else units)
    return tuple(cells)


def _signed(change: int, decimals: int) -> str:
    return ("+" if change > 0 else "") + quantity.say(change, decimals)


def _percent(ratio: Fraction) -> str:
    """To one decimal, halves away from zero."""
    size = (2000 * abs(ratio.numerator) + ratio.denominator) // (2 * ratio.denominator)
    return _signed(size if ratio > 0 else -size, 1) + "%"


def _bars(
    places: Sequence[str], columns: Sequence[Column], decimals: int
) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """For each place and rule: its number, the length in per cent of the width, the figure."""
    greatest = max([1, *(amount for column in columns for amount in column.found.amounts)])
    bars = [
        [
            (column.number, bar_length(amount, greatest), figure)
            for amount, figure in zip(column.found.amounts, _figures(column.found, decimals), strict=True)
        ]
        for column in columns
    ]
    lines = [(name, list(each)) for name, *each in zip(places, *bars, strict=True)]
    return lines if any(column.found.amounts[-1] for column in columns) else lines[:-1]
