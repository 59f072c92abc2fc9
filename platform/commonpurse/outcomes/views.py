"""Pages of the ledger: who has what, how every share came about, and each body's statement."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from commonpurse.calc.quantity import from_smallest
from commonpurse.core.errors import DomainError, Refused
from commonpurse.core.tabular import write_csv, write_xlsx
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.forms import CorrectOutcomeForm, IssueForm, ReopenOutcomeForm
from commonpurse.outcomes.rules import statement_file
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice
from commonpurse.web.limits import EXPENSIVE, limited

blueprint = Blueprint("outcomes", __name__, url_prefix="/consortia/<uuid:consortium_id>/outcomes")


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
    heads = [_("Measure"), _("Unit"), _("Body"), *map(str, table.columns[:-1]), _("Total")]
    totals = reports.totals_by_quarter(table)
    rows = [_in_units(key, amounts) for key, amounts in zip(table.index, table.to_numpy().tolist(), strict=True)]
    sums = zip(totals.index, totals.to_numpy().tolist(), strict=True)
    rows += [_in_units((*key, _("Total")), amounts) for key, amounts in sums]
    content = write_csv(heads, rows) if kind == "csv" else write_xlsx(heads, rows, title=_("Shares"))
    media = "text/csv" if kind == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(
        content, mimetype=media, headers={"Content-Disposition": f"attachment; filename=shares-by-quarter.{kind}"}
    )


def _in_units(key: Any, amounts: list[int]) -> list[str | Decimal]:
    measure, unit, decimals, body = key
    return [measure, unit, body or _("Unallocated"), *(from_smallest(int(amount), decimals) for amount in amounts)]


@blueprint.get("/statements/<uuid:organisation_id>")
@signed_in
def statement(consortium_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    """The statement of one body, made to be printed."""
    page = _statement(consortium_id, organisation_id)
    return render_template("outcomes/statement.html", page=page)


@blueprint.get("/statements/<uuid:organisation_id>.csv")
@signed_in
def statement_csv(consortium_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    """The statement of one body as a table, in units of each measure."""
    page = _statement(consortium_id, organisation_id)
    headers = [
        _("Body"),
        _("Measure"),
        _("Unit"),
        _("Place"),
        _("GSS code"),
        _("Up to the quarter starting"),
        _("Before the quarter"),
        _("In the quarter"),
        _("So far"),
    ]
    until = page.until.isoformat() if page.until else ""
    rows = [
        (
            page.organisation,
            line.measure,
            line.unit,
            line.place,
            line.place_gss,
            until,
            from_smallest(line.opening, line.decimals),
            from_smallest(line.period, line.decimals),
            from_smallest(line.cumulative, line.decimals),
        )
        for line in page.lines
    ]
    response = Response(write_csv(headers, rows), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=statement_file(page.organisation, page.until))
    return response


def _statement(consortium_id: UUID, organisation_id: UUID) -> queries.Statement:
    until = request.args.get("until", type=date.fromisoformat)
    with reading() as session:
        return queries.statement(session, current_actor(), consortium_id, organisation_id, until=until)


@blueprint.route("/records/<uuid:record_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(consortium_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """Replace a record that was wrong; a split it was part of is reversed."""
    now = datetime.now(UTC)
    with reading() as session:
        page = queries.correct_page(session, current_actor(), consortium_id, record_id, today=now.date())
    record = page.record.record
    form = CorrectOutcomeForm(
        quantity=from_smallest(record.quantity, record.decimals),
        quarter_starting=record.quarter_starting.isoformat(),
        place=page.place,
        seen_version=page.record.version,
    )
    form.quarter_starting.choices = [
        Choice(quarter.isoformat(), _(words.msgid, **words.values)) for quarter, words in page.quarters
    ]
    if form.validate_on_submit():
        try:
            with transaction() as session:
                values = form.values()
                values["quarter_starting"] = date.fromisoformat(values["quarter_starting"])
                replacement_id = commands.correct_outcome(
                    session, current_actor(), consortium_id=consortium_id, record_id=record_id, now=now, **values
                )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("Record corrected. Another person has to check the new one before it counts"), "success")
            return redirect(url_for("delivery.show_record", consortium_id=consortium_id, record_id=replacement_id))
    return render_template("outcomes/correct.html", page=page, form=form)


@blueprint.route("/records/<uuid:record_id>/reopen", methods=["GET", "POST"])
@signed_in
def reopen(consortium_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """Send a verified record back; a split it was part of is reversed."""
    with reading() as session:
        page = queries.reopen_page(session, current_actor(), consortium_id, record_id)
    form = ReopenOutcomeForm(seen_version=page.record.version)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                commands.reopen_outcome(
                    session,
                    current_actor(),
                    consortium_id=consortium_id,
                    record_id=record_id,
                    now=datetime.now(UTC),
                    **form.values(),
                )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("Record sent back. It counts no longer"), "success")
            return redirect(url_for("delivery.show_record", consortium_id=consortium_id, record_id=record_id))
    return render_template("outcomes/reopen.html", page=page, form=form)
