"""Lists and the home of a consortium."""

from datetime import date
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from commonpurse.consortia import queries, rules
from commonpurse.consortia.views.blueprint import blueprint, now, settle_overdue
from commonpurse.core.transaction import reading
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.words import say


@blueprint.get("/")
@signed_in
def list_consortia() -> ResponseReturnValue:
    """The consortia of the body the person acts for."""
    stage, role = request.args.get("stage", ""), request.args.get("role", "")
    number = max(request.args.get("page", 1, type=int), 1)
    with reading() as session:
        page = queries.list_page(session, current_actor(), stage=stage, role=role, number=number)
    return render_template(
        "consortia/list_consortia.html", page=page, stage=stage, role=role, stages=rules.STAGE_WORDS.items()
    )


@blueprint.get("/<uuid:consortium_id>")
@signed_in
def show(consortium_id: UUID) -> ResponseReturnValue:
    """The home of a consortium; a body that is only invited is shown the invitation."""
    settle_overdue(consortium_id)
    with reading() as session:
        if queries.is_invited(session, current_actor(), consortium_id):
            return redirect(url_for(".answer_invitation", consortium_id=consortium_id))
        page = queries.home_page(session, current_actor(), consortium_id, _today())
    return render_template(
        "consortia/show.html",
        page=page,
        stages=[(key, say(words)) for key, words in rules.STAGE_WORDS.items()],
        parts=_parts(consortium_id),
    )


def _today() -> date:
    return queries.last_day(now())


def _parts(consortium_id: UUID) -> list[dict[str, str]]:
    """The rooms of a consortium that higher features give it."""
    rooms = {
        "pooling.needs": (gettext("Needs"), gettext("What each body wants to buy, and all of it together")),
        "pooling.budget": (gettext("Budget"), gettext("What each body commits, year by year")),
        "workspaces.show": (gettext("Workspace"), gettext("Where the bodies agree shared targets")),
        "delivery.show": (gettext("Contract and delivery"), gettext("The award, and what was delivered")),
        "outcomes.ledger": (gettext("Outcomes"), gettext("Each body’s exact share")),
    }
    return [
        {"text": text, "hint": hint, "href": url_for(endpoint, consortium_id=consortium_id)}
        for endpoint, (text, hint) in rooms.items()
    ]


@blueprint.get("/<uuid:consortium_id>/tasks")
@signed_in
def tasks(consortium_id: UUID) -> ResponseReturnValue:
    """What has to be settled before the bodies begin."""
    with reading() as session:
        page = queries.tasks_page(session, current_actor(), consortium_id)
    return render_template("consortia/tasks.html", page=page)


@blueprint.get("/<uuid:consortium_id>/members")
@signed_in
def members(consortium_id: UUID) -> ResponseReturnValue:
    """Who takes part, with which power."""
    with reading() as session:
        page = queries.members_page(session, current_actor(), consortium_id)
    return render_template("consortia/members.html", page=page)
