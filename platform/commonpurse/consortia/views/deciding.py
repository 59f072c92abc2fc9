"""Pages for putting and answering questions."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from commonpurse.consortia import commands, queries
from commonpurse.consortia.commands import USUAL_DAYS
from commonpurse.consortia.forms import ProposeStageForm, VoteForm
from commonpurse.consortia.queries import LONDON, last_day
from commonpurse.consortia.views.blueprint import blueprint, done, now, settle_overdue
from commonpurse.core.transaction import reading, transaction
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.fields import Choice
from commonpurse.web.words import say


def _end_of(day: date) -> datetime:
    """The last minute of a day in London."""
    return datetime.combine(day, time(23, 59), LONDON)


@blueprint.route("/<uuid:consortium_id>/stage", methods=["GET", "POST"])
@signed_in
def propose_stage(consortium_id: UUID) -> ResponseReturnValue:
    """Ask the bodies to move the consortium to another stage."""
    settle_overdue(consortium_id)
    with reading() as session:
        page = queries.moves_page(session, current_actor(), consortium_id)
    form = ProposeStageForm(data={"closes_on": last_day(now()) + timedelta(days=USUAL_DAYS)})
    form.stage.choices = [Choice(move.stage, say(move.stage_msgid)) for move in page.moves]
    opened: list[UUID] = []
    if form.validate_on_submit() and done(
        form,
        lambda session: opened.append(
            commands.open_decision(
                session,
                current_actor(),
                consortium_id=consortium_id,
                stage=form.stage.data,
                now=now(),
                closes_at=_end_of(form.closes_on.data),
            ).id
        ),
    ):
        flash(gettext("The question is put to all bodies."), "success")
        return redirect(url_for(".show_decision", consortium_id=consortium_id, decision_id=opened[0]))
    return render_template("consortia/propose_stage.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/decisions/<uuid:decision_id>", methods=["GET", "POST"])
@signed_in
def show_decision(consortium_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """The question, who answered what, and the person's own answer."""
    settle_overdue(consortium_id)
    with reading() as session:
        page = queries.decision_page(session, current_actor(), consortium_id, decision_id, now())
    form = VoteForm(data={"answer": page.my_answer, "reason": page.my_reason})
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.cast_vote(
            session,
            current_actor(),
            consortium_id=consortium_id,
            decision_id=decision_id,
            **form.values(),
            now=now(),
        ),
    ):
        flash(gettext("Your organisation has answered."), "success")
        return redirect(url_for(".show_decision", consortium_id=consortium_id, decision_id=decision_id))
    return render_template("consortia/show_decision.html", page=page, form=form)


@blueprint.post("/<uuid:consortium_id>/decisions/<uuid:decision_id>/withdraw")
@signed_in
def withdraw_decision(consortium_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """Take the question back."""
    with transaction() as session:
        commands.withdraw_decision(
            session, current_actor(), consortium_id=consortium_id, decision_id=decision_id, now=now()
        )
    flash(gettext("The question is withdrawn."), "success")
    return redirect(url_for(".show_decision", consortium_id=consortium_id, decision_id=decision_id))
