"""Taking back what was wrong: forms that correct a record or send it back."""

from datetime import UTC, date, datetime
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commonpurse.calc.quantity import from_smallest
from commonpurse.core.errors import DomainError
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.forms import CorrectOutcomeForm, ReopenOutcomeForm
from commonpurse.outcomes.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice
from commonpurse.web.words import say


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
    form.quarter_starting.choices = [Choice(quarter.isoformat(), say(words)) for quarter, words in page.quarters]
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
