"""Pages for inviting bodies, answering, signing and leaving."""

from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from commonpurse.consortia import commands, queries
from commonpurse.consortia.forms import AnswerInvitationForm, InviteForm, LeaveForm, SignForm
from commonpurse.consortia.views.blueprint import blueprint, done, now
from commonpurse.core.transaction import reading
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.limits import MAIL, limited

MOST_INVITED = 50


@blueprint.get("/bodies.json")
@signed_in
def bodies_json() -> ResponseReturnValue:
    """Names of public bodies, as somebody types."""
    with reading() as session:
        found = queries.find_public_bodies(session, request.args.get("q", ""), limit=10)
        names = [{"value": body.name, "label": body.name} for body in found]
    return jsonify(names)


@blueprint.route("/<uuid:consortium_id>/invite", methods=["GET", "POST"])
@signed_in
@limited(MAIL, methods=["POST"])
def invite(consortium_id: UUID) -> ResponseReturnValue:
    """Find bodies, choose each, check the list, send the invitations. The list lives in the address."""
    if "choose" in request.args:
        chosen = _chosen([*request.args.getlist("body"), request.args["choose"]])
        return redirect(url_for(".invite", consortium_id=consortium_id, body=chosen))
    form = InviteForm()
    q = request.values.get("q", "").strip()
    chosen = _chosen(request.form.getlist("body") if request.method == "POST" else request.args.getlist("body"))
    letters: list[int] = []
    if form.validate_on_submit() and done(
        form,
        lambda session: letters.append(
            commands.invite(session, current_actor(), consortium_id=consortium_id, organisation_ids=chosen, now=now())
        ),
    ):
        sent = ngettext("%(num)s body is invited.", "%(num)s bodies are invited.", len(chosen))
        written = ngettext(
            "%(num)s letter was written to their administrators.",
            "%(num)s letters were written to their administrators.",
            letters[0],
        )
        flash(f"{sent} {written}", "success")
        return redirect(url_for(".members", consortium_id=consortium_id))
    form.q.data = q
    with reading() as session:
        page = queries.invite_page(session, current_actor(), consortium_id, q=q, chosen=chosen)
    return render_template("consortia/invite.html", page=page, form=form, q=q)


def _chosen(typed: list[str]) -> list[UUID]:
    keys = []
    for text in typed[:MOST_INVITED]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(keys))


@blueprint.route("/<uuid:consortium_id>/invitation", methods=["GET", "POST"])
@signed_in
def answer_invitation(consortium_id: UUID) -> ResponseReturnValue:
    """The public face and the agreement; accept and sign, or decline with a reason."""
    with reading() as session:
        page = queries.agreement_page(session, current_actor(), consortium_id)
    if not page.is_invited:
        return redirect(url_for(".sign_agreement", consortium_id=consortium_id))
    form = AnswerInvitationForm(data={"number": page.agreement.number if page.agreement else 0})
    if form.validate_on_submit():
        if form.answer.data == "accept":
            if done(form, lambda session: _accept(session, consortium_id, form)):
                return redirect(url_for(".sign_agreement", consortium_id=consortium_id))
        elif done(form, lambda session: _decline(session, consortium_id, form)):
            flash(gettext("Your organisation has declined. The lead authority can read why."), "success")
            return redirect(url_for(".list_consortia"))
    return render_template("consortia/answer_invitation.html", page=page, form=form)


def _accept(session: Any, consortium_id: UUID, form: AnswerInvitationForm) -> int:
    return commands.accept_invitation(
        session, current_actor(), consortium_id=consortium_id, number=form.number.data, now=now()
    )


def _decline(session: Any, consortium_id: UUID, form: AnswerInvitationForm) -> int:
    return commands.decline_invitation(
        session, current_actor(), consortium_id=consortium_id, reason=form.reason.data or "", now=now()
    )


@blueprint.route("/<uuid:consortium_id>/agreement", methods=["GET", "POST"])
@signed_in
def sign_agreement(consortium_id: UUID) -> ResponseReturnValue:
    """Read the join agreement, and sign the latest version."""
    with reading() as session:
        page = queries.agreement_page(session, current_actor(), consortium_id)
    if page.is_invited:
        return redirect(url_for(".answer_invitation", consortium_id=consortium_id))
    form = SignForm(data={"number": page.agreement.number if page.agreement else 0})
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.sign_agreement(
            session, current_actor(), consortium_id=consortium_id, **form.values(), now=now()
        ),
    ):
        return redirect(url_for(".sign_agreement", consortium_id=consortium_id))
    return render_template("consortia/sign_agreement.html", page=page, form=form)


@blueprint.route("/<uuid:consortium_id>/leave", methods=["GET", "POST"])
@signed_in
def leave(consortium_id: UUID) -> ResponseReturnValue:
    """Leave the consortium, with a typed reason."""
    with reading() as session:
        page = queries.members_page(session, current_actor(), consortium_id)
    form = LeaveForm()
    if form.validate_on_submit() and done(
        form,
        lambda session: commands.leave(
            session, current_actor(), consortium_id=consortium_id, **form.values(), now=now()
        ),
    ):
        flash(gettext("Your organisation has left “%(name)s”.", name=page.face.name), "success")
        return redirect(url_for(".list_consortia"))
    return render_template("consortia/leave.html", page=page, form=form)
