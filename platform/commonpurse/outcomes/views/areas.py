"""Pages by area: memo books, whose figures overlap with the bodies' shares and are never added to them."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from commonpurse.calc.quantity import from_smallest
from commonpurse.core.errors import Refused
from commonpurse.core.tabular import Cell, write_csv
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes import commands
from commonpurse.outcomes.forms import KeepBooksForm
from commonpurse.outcomes.queries.areas import area_book_page, areas_page
from commonpurse.outcomes.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice
from commonpurse.web.limits import EXPENSIVE, limited

TIERS = {
    "district": _l("Districts"),
    "county": _l("Counties"),
    "combined_authority": _l("Combined authorities"),
    "region": _l("Regions"),
    "nation": _l("Nations"),
}
ONE = {
    "district": _l("District"),
    "county": _l("County"),
    "combined_authority": _l("Combined authority"),
    "region": _l("Region"),
    "nation": _l("Nation"),
}
BOOK = "/ledger/areas/<any(district, county, combined_authority, region, nation):tier>"


@blueprint.get("/ledger/areas")
@signed_in
def areas(consortium_id: UUID) -> ResponseReturnValue:
    """The books of areas that are kept, and those that can be begun."""
    return _areas(consortium_id, KeepBooksForm(formdata=None))


@blueprint.post("/ledger/areas")
@signed_in
def keep_books(consortium_id: UUID) -> ResponseReturnValue:
    """Begin books of areas."""
    form = KeepBooksForm()
    form.tiers.choices = [Choice(tier, words) for tier, words in TIERS.items()]
    if form.validate():
        try:
            with transaction() as session:
                begun = commands.keep_books(
                    session, current_actor(), consortium_id=consortium_id, now=datetime.now(UTC), **form.values()
                )
        except Refused as error:
            form.show(error)
        else:
            flash(ngettext("%(num)s book of areas begun", "%(num)s books of areas begun", len(begun)), "success")
            return redirect(url_for(".area_book", consortium_id=consortium_id, tier=begun[0]))
    return _areas(consortium_id, form)


def _areas(consortium_id: UUID, form: KeepBooksForm) -> str:
    with reading() as session:
        page = areas_page(session, current_actor(), consortium_id)
    form.tiers.choices = [Choice(tier, TIERS[tier]) for tier in page.offered]
    return render_template("outcomes/areas.html", page=page, form=form, tiers=TIERS)


@blueprint.get(BOOK)
@signed_in
def area_book(consortium_id: UUID, tier: str) -> ResponseReturnValue:
    """What each place of a tier has."""
    with reading() as session:
        page = area_book_page(session, current_actor(), consortium_id, tier)
    return render_template("outcomes/area_book.html", page=page, tiers=TIERS, one=ONE[tier])


@blueprint.get(f"{BOOK}.csv")
@limited(EXPENSIVE)
@signed_in
def area_book_csv(consortium_id: UUID, tier: str) -> ResponseReturnValue:
    """The same as a file: a row for each measure and place, and one for the whole of each measure."""
    with reading() as session:
        page = area_book_page(session, current_actor(), consortium_id, tier)
    rows: list[list[Cell]] = []
    for column in page.measures:
        about: list[Cell] = [column.title, column.unit]
        for place, amount in zip(page.places, column.amounts, strict=True):
            name = place.name or _("Unallocated")
            rows.append([_("Part"), *about, name, place.gss, from_smallest(amount, column.decimals)])
        rows.append([_("Total"), *about, _("All places"), "", from_smallest(column.total, column.decimals)])
    quantity = _("Quantity, not to be added to shares of bodies")
    heads = [_("Row"), _("Measure"), _("Unit"), str(ONE[tier]), _("GSS code"), quantity]
    return Response(
        write_csv(heads, rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=outcomes-by-{tier.replace('_', '-')}.csv"},
    )
