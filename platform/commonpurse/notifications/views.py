"""The home page, and the outbox of the demonstration."""

from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from commonpurse.consortia.queries import last_day
from commonpurse.core.transaction import reading
from commonpurse.notifications import queries
from commonpurse.notifications.letters import render_letter
from commonpurse.web.access import current_actor, public

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """What waits for the person, or for visitors what this is."""
    if not current_user.is_authenticated:
        return render_template("notifications/start.html")
    with reading() as session:
        page = queries.home_page(session, current_actor(), last_day(datetime.now(UTC)))
    return render_template("notifications/home.html", page=page)


@blueprint.get("/outbox")
@public
def outbox() -> ResponseReturnValue:
    """The letters the demonstration would have sent. Elsewhere there is no such page."""
    if not current_app.config["DEMO"]:
        abort(404)
    with reading() as session:
        letters = [(letter.recipient, letter.written_at, *render_letter(letter)) for letter in queries.outbox(session)]
    return render_template("notifications/outbox.html", letters=letters)
