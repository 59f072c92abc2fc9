"""Public pages: no sign-in, nothing that was not published."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from commonpurse.core.transaction import reading
from commonpurse.transparency import queries
from commonpurse.web.access import public
from commonpurse.web.words import say

blueprint = Blueprint("transparency", __name__, url_prefix="/register")


@blueprint.get("/")
@public
def register() -> ResponseReturnValue:
    """The consortia that have published a page."""
    q = request.args.get("q", "").strip()
    number = max(request.args.get("page", 1, type=int), 1)
    with reading() as session:
        page = queries.register_page(session, q=q, number=number)
    return render_template("transparency/register.html", page=page, q=q)


@blueprint.get("/<uuid:consortium_id>")
@public
def show(consortium_id: UUID) -> ResponseReturnValue:
    """The public page of a consortium."""
    with reading() as session:
        page = queries.public_page(session, consortium_id)
    stages = [(stage, say(words)) for stage, words in page.stages]
    return render_template("transparency/show.html", page=page, stages=stages)
