"""Pages of the ledger: who has what, and how every share came about."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from commonpurse.calc.quantity import from_smallest
from commonpurse.core.errors import Refused
from commonpurse.core.tabular import write_csv, write_xlsx
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.forms import IssueForm
from commonpurse.outcomes.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.limits import EXPENSIVE, limited


@blueprint.get("/ledger")
@signed_in
def ledger(consortium_id: UUID) -> ResponseReturnValue:
    """Who has what so far, and the rows of the ledger."""
    return _ledger(consortium_id, IssueForm(formdata=None))


@blueprint.post("/ledger/splits")
@signed_in
def issue(consortium_id: UUID) -> ResponseReturnValue:
    """Split every verified outcome that is not yet split."""
    form = IssueForm()
    if form.validate():
        try:
            with transaction() as session:
                actor, now = current_actor(), datetime.now(UTC)
                posted = commands.issue_splits(session, actor, consortium_id=consortium_id, now=now)
        except Refused as error:
            form.show(error)
        else:
            flash(ngettext("%(num)s split posted", "%(num)s splits posted", len(posted)), "success")
            return redirect(url_for(".ledger", consortium_id=consortium_id))
    return _ledger(consortium_id, form)


def _ledger(consortium_id: UUID, form: IssueForm) -> str:
    with reading() as session:
        page = queries.ledger_page(
            session,
            current_actor(),
            consortium_id,
            measure_id=request.args.get("measure", type=UUID),
            number=request.args.get("page", 1, type=int),
        )
    return render_template("outcomes/ledger.html", page=page, form=form, measure=request.args.get("measure", ""))


@blueprint.get("/splits/<uuid:split_id>")
@signed_in
def show_split(consortium_id: UUID, split_id: UUID) -> ResponseReturnValue:
    """One split with every figure explained."""
    with reading() as session:
        page = queries.split_page(session, current_actor(), consortium_id, split_id)
    return render_template("outcomes/show_split.html", page=page)


@blueprint.get("/shares.<any(csv, xlsx):kind>")
@limited(EXPENSIVE)
@signed_in
def shares(consortium_id: UUID, kind: str) -> ResponseReturnValue:
    """Every body's share by measure and quarter, as a file."""
    from commonpurse.outcomes import reports

    with reading() as session:
        found = queries.list_quarterly_shares(session, current_actor(), consortium_id)
    table = reports.shares_by_quarter(found)
    heads = [_("Row"), _("Measure"), _("Unit"), _("Body"), *map(str, table.columns[:-1]), _("Total")]
    totals = reports.totals_by_quarter(table)
    parts = zip(table.index, table.to_numpy().tolist(), strict=True)
    sums = zip(totals.index, totals.to_numpy().tolist(), strict=True)
    rows = [[_("Part"), *_in_units(key, amounts)] for key, amounts in parts]
    rows += [[_("Total"), *_in_units((*key, None, _("All bodies")), amounts)] for key, amounts in sums]
    content = write_csv(heads, rows) if kind == "csv" else write_xlsx(heads, rows, title=_("Shares"))
    media = "text/csv" if kind == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(
        content, mimetype=media, headers={"Content-Disposition": f"attachment; filename=shares-by-quarter.{kind}"}
    )


def _in_units(key: Any, amounts: list[int]) -> list[str | Decimal]:
    _measure_id, measure, unit, decimals, _party, body = key
    return [measure, unit, body or _("Unallocated"), *(from_smallest(int(amount), decimals) for amount in amounts)]
