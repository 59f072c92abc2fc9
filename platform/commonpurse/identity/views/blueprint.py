"""The blueprint of identity's pages, and how a cookie's token becomes the person of the request."""

from datetime import UTC, datetime

from flask import Blueprint, request, session
from flask_login import current_user

from commonpurse.core.actor import Actor
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity import commands, queries
from commonpurse.identity.rules import tokens
from commonpurse.web import access

blueprint = Blueprint("identity", __name__)


def load(token: str) -> access.SignedIn | None:
    """The person whose browser holds `token`, unless that sign-in is over."""
    now = datetime.now(UTC)
    with reading() as database:
        found = queries.find_live_sign_in(database, token, now=now)
    if found is None:
        return None
    if tokens.is_touch_due(found.last_seen_at, now):
        with transaction() as database:
            commands.touch(database, found.id, now=now)
    return access.SignedIn(
        token=token,
        actor=Actor(found.person_id, found.organisation_id, found.roles, found.label),
        label=found.label,
        email=found.email,
        organisation_id=found.organisation_id,
        organisation_name=found.organisation_name,
        organisations=found.organisations,
        roles=found.roles,
    )


access.register_loader(load)


@blueprint.before_app_request
def load_early() -> None:
    """Look the person up before any view opens a transaction, which on SQLite would keep `touch` waiting."""
    if request.endpoint != "static" and "_user_id" in session:
        _ = current_user.is_authenticated
