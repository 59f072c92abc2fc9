"""The blueprint of identity's pages, and how a cookie's token becomes the person of the request."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, request, session
from flask_login import current_user, login_user

from commonpurse.core.actor import Actor
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity import commands, forms, queries
from commonpurse.identity.rules import browsers, passwords, tokens
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
        sign_in_id=found.id,
    )


access.register_loader(load)


@blueprint.before_app_request
def load_early() -> None:
    """Look the person up before any view opens a transaction, which on SQLite would keep `touch` waiting."""
    if request.endpoint != "static" and "_user_id" in session:
        _ = current_user.is_authenticated


@blueprint.context_processor
def words() -> dict[str, Any]:
    """What kinds, roles and schemes are called, for the pages of identity."""
    return {
        "role_words": forms.ROLE_WORDS,
        "kind_words": forms.KIND_WORDS,
        "public_body_words": forms.PUBLIC_BODY_WORDS,
        "scheme_words": forms.SCHEME_WORDS,
        "browser_name": browsers.name,
    }


def browser_of_request() -> commands.Browser:
    """Where this request comes from."""
    return commands.Browser(request.remote_addr or "", browsers.short(request.user_agent.string))


def enter(token: str) -> access.SignedIn:
    """Make `token` this browser's sign-in. Nothing of the session before it is kept, so none can be planted."""
    person = load(token)
    if person is None:
        raise RuntimeError("a sign-in that has just begun is not live")
    session.clear()
    login_user(person)
    return person


def matched_own_password(typed: str) -> str | None:
    """The stored hash of the person's own password if `typed` matches it. Compared outside any transaction."""
    with reading() as database:
        stored = queries.own_credentials(database, access.current_actor()).password_hash
    return stored if passwords.matches(stored, typed) else None
