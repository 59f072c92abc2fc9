"""Pages about the contract and what was delivered under it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from commonpurse.calc.quantity import from_smallest, say
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.tabular import write_csv
from commonpurse.core.transaction import reading, transaction
from commonpurse.delivery import commands, queries
from commonpurse.delivery.forms import AskToLookForm, CheckRecordForm, KeepClaimForm, RecordOutcomeForm, award_form
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice
from commonpurse.web.form import Form
from commonpurse.web.limits import EXPENSIVE, limited
from commonpurse.web.pages import LONDON

blueprint = Blueprint("delivery", __name__, url_prefix="/consortia/<uuid:consortium_id>/delivery")


def _done(form: Form, command: Callable[..., object], **keys: UUID) -> bool:
    """Whether the command was done with what was typed; else the form says why, and keeps it."""
    try:
        with transaction() as session:
            command(session, current_actor(), now=datetime.now(UTC), **keys, **form.values())
    except (Refused, Stale) as error:
        form.show(error)
        return False
    return True


@blueprint.get("/")
@signed_in
def show(consortium_id: UUID) -> ResponseReturnValue:
    """The contracts, what was promised and how far it is kept."""
    with reading() as session:
        page = queries.delivery_page(session, current_actor(), consortium_id)
    return render_template("delivery/show.html", page=page)


@blueprint.route("/award", methods=["GET", "POST"])
@signed_in
def record_award(consortium_id: UUID) -> ResponseReturnValue:
    """Record the contract that was awarded."""
    with reading() as session:
        page = queries.award_page(session, current_actor(), consortium_id)
    form = award_form(page, datetime.now(LONDON).date())
    if form.validate_on_submit() and _done(form, commands.record_award, consortium_id=consortium_id):
        flash(_("Award recorded"), "success")
        return redirect(url_for(".show", consortium_id=consortium_id))
    return render_template("delivery/record_award.html", page=page, form=form)


@blueprint.route("/outcomes/record", methods=["GET", "POST"])
@signed_in
@limited(EXPENSIVE, methods=("POST",))
def record_outcome(consortium_id: UUID) -> ResponseReturnValue:
    """Record a delivered outcome with its evidence."""
    now = datetime.now(UTC)
    with reading() as session:
        page = queries.report_page(session, current_actor(), consortium_id, today=now.astimezone(LONDON).date())
    form = RecordOutcomeForm()
    form.commitment.choices = [
        Choice("", _("Select a measure")),
        *(
            Choice(f"{contract.id}:{line.measure_id}", f"{line.title} ({line.unit}), {contract.title}")
            for contract in page.contracts
            for line in contract.commitments
        ),
    ]
    form.quarter_starting.choices = [
        Choice("", _("Select a quarter")),
        *(Choice(quarter.isoformat(), _(words.msgid, **words.values)) for quarter, words in page.quarters),
    ]
    is_claimed = False
    if form.validate_on_submit():
        try:
            with transaction() as session:
                record_id = commands.record_outcome(
                    session, current_actor(), consortium_id=consortium_id, now=now, **_outcome(form)
                )
        except (Refused, Stale) as error:
            is_claimed = isinstance(error, commands.Claimed)
            form.show(error)
        else:
            flash(_("Outcome recorded. Another person has to check it before it counts"), "success")
            return redirect(url_for(".show_record", consortium_id=consortium_id, record_id=record_id))
    return render_template("delivery/record_outcome.html", page=page, form=form, is_claimed=is_claimed)


def _outcome(form: RecordOutcomeForm) -> dict[str, Any]:
    values = form.values()
    contract_id, _colon, measure_id = values.pop("commitment").partition(":")
    sent = [file for file in form.files.data or [] if file and file.filename]
    return {
        **values,
        "contract_id": UUID(contract_id),
        "measure_id": UUID(measure_id),
        "quarter_starting": date.fromisoformat(values["quarter_starting"]),
        "files": [commands.UploadedFile(file.filename, file.read()) for file in sent],
    }


@blueprint.get("/outcomes")
@signed_in
def list_records(consortium_id: UUID) -> ResponseReturnValue:
    """Every record, by page, narrowed by status, measure and quarter."""
    with reading() as session:
        page = queries.records_page(
            session,
            current_actor(),
            consortium_id,
            chosen=_chosen(),
            number=request.args.get("page", 1, type=int),
        )
    return render_template("delivery/list_records.html", page=page, filters_set=_filters_set())


@blueprint.get("/outcomes.csv")
@signed_in
def records_csv(consortium_id: UUID) -> ResponseReturnValue:
    """The chosen records as a table."""
    with reading() as session:
        export = queries.list_records(session, current_actor(), consortium_id, chosen=_chosen())
    headers = [
        _("Record"),
        _("Measure"),
        _("Quantity"),
        _("Unit"),
        _("Quarter starting"),
        _("Place"),
        _("GSS code"),
        _("Status"),
        _("Reported by"),
    ]
    rows: list[tuple[str | int | Decimal, ...]] = [
        (
            str(row.id),
            row.measure,
            from_smallest(row.quantity, row.decimals),
            row.unit,
            row.quarter_starting.isoformat(),
            row.place,
            row.place_gss,
            row.status,
            row.reported_for,
        )
        for row in export.records
    ]
    if export.left_out:
        rows.append((_left_out(export), *[""] * (len(headers) - 1)))
    return _download(write_csv(headers, rows), "text/csv; charset=utf-8", "outcomes.csv")


def _left_out(export: queries.RecordsExport) -> str:
    """What the last line of a table says that has not got every record."""
    said: str = ngettext(
        "%(left_out)s older record is not in this file, which holds the newest %(most)s. "
        "Choose a status, measure or quarter to download it",
        "%(left_out)s older records are not in this file, which holds the newest %(most)s. "
        "Choose a status, measure or quarter to download them",
        export.left_out,
        left_out=say(export.left_out),
        most=say(len(export.records)),
    )
    return said


def _filters_set() -> dict[str, str]:
    return {name: value for name in ("status", "measure", "quarter") if (value := request.args.get(name, ""))}


def _chosen() -> queries.RecordFilter:
    return queries.RecordFilter(
        status=request.args.get("status", ""),
        measure_id=request.args.get("measure", type=UUID),
        quarter_starting=request.args.get("quarter", type=date.fromisoformat),
    )


@blueprint.get("/outcomes/<uuid:record_id>")
@signed_in
def show_record(consortium_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """One record with its evidence, and the form for the check."""
    return _record(consortium_id, record_id, CheckRecordForm(formdata=None))


@blueprint.post("/outcomes/<uuid:record_id>/check")
@signed_in
def check_record(consortium_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """Verify a record, or return it."""
    form = CheckRecordForm()
    if form.validate() and _done(form, commands.check_record, consortium_id=consortium_id, record_id=record_id):
        flash(_("Check saved"), "success")
        return redirect(url_for(".show_record", consortium_id=consortium_id, record_id=record_id))
    return _record(consortium_id, record_id, form)


def _record(consortium_id: UUID, record_id: UUID, form: CheckRecordForm, keeping: KeepClaimForm | None = None) -> str:
    with reading() as session:
        page = queries.record_page(session, current_actor(), consortium_id, record_id)
    form.seen_version.data = str(page.version)
    keeping = keeping or KeepClaimForm(formdata=None)
    keeping.seen_version.data = str(page.contest.asked if page.contest else 0)
    return render_template("delivery/show_record.html", page=page, form=form, keeping=keeping, forms=[form, keeping])


@blueprint.post("/outcomes/<uuid:record_id>/keep")
@signed_in
def keep_claim(consortium_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """Answer those who asked to look at the claim of a record again."""
    form = KeepClaimForm()
    if form.validate() and _done(form, commands.keep_claim, consortium_id=consortium_id, record_id=record_id):
        flash(_("Claim kept. Those who asked are told"), "success")
        return redirect(url_for(".show_record", consortium_id=consortium_id, record_id=record_id))
    return _record(consortium_id, record_id, CheckRecordForm(formdata=None), form)


@blueprint.get("/claims")
@signed_in
def list_clashes(consortium_id: UUID) -> ResponseReturnValue:
    """What was refused to the bodies of the consortium, because somebody had claimed it."""
    with reading() as session:
        page = queries.clashes_page(
            session, current_actor(), consortium_id, number=request.args.get("page", 1, type=int)
        )
    return render_template("delivery/list_clashes.html", page=page)


@blueprint.get("/claims/<uuid:clash_id>")
@signed_in
def show_clash(consortium_id: UUID, clash_id: UUID) -> ResponseReturnValue:
    """One refused claim, and the form that asks for it to be looked at."""
    return _clash(consortium_id, clash_id, AskToLookForm(formdata=None))


@blueprint.post("/claims/<uuid:clash_id>/ask")
@signed_in
def ask_to_look(consortium_id: UUID, clash_id: UUID) -> ResponseReturnValue:
    """Ask the side that holds the claim to look at it again."""
    form = AskToLookForm()
    if form.validate() and _done(form, commands.ask_to_look, consortium_id=consortium_id, clash_id=clash_id):
        flash(_("The other side is asked to look at its claim again. You are told what it answers"), "success")
        return redirect(url_for(".show_clash", consortium_id=consortium_id, clash_id=clash_id))
    return _clash(consortium_id, clash_id, form)


def _clash(consortium_id: UUID, clash_id: UUID, form: AskToLookForm) -> str:
    with reading() as session:
        page = queries.clash_page(session, current_actor(), consortium_id, clash_id)
    form.seen_version.data = str(page.version)
    return render_template("delivery/show_clash.html", page=page, form=form)


@blueprint.get("/outcomes/<uuid:record_id>/evidence/<uuid:evidence_id>")
@signed_in
def download_evidence(consortium_id: UUID, record_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """A file of evidence, always as a download."""
    with reading() as session:
        item, content = queries.get_evidence(session, current_actor(), consortium_id, record_id, evidence_id)
        filename, media_type = item.filename, item.media_type
    response = _download(content, media_type, filename)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _download(content: bytes, media_type: str, filename: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
