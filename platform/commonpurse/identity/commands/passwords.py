"""Changing a password, and choosing a new one when the old is forgotten."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.core import jobs, log, mail
from commonpurse.core.actor import SYSTEM, Actor
from commonpurse.core.errors import Refused
from commonpurse.identity import queries
from commonpurse.identity.commands.sign_ins import end_sign_ins
from commonpurse.identity.events import PasswordChanged, PasswordResetAsked
from commonpurse.identity.models import LinkPurpose, Person, SingleUseLink
from commonpurse.identity.rules import addresses, tokens

MOST_LINKS_AN_HOUR = 3
WRONG_PASSWORD = message("Your current password is not right")


def ask_for_password_reset(session: Session, *, email: str) -> None:
    """Have a link sent if the address has an account.

    The address is looked up by a job, so that neither the answer nor its time tells whether it has one.
    """
    jobs.ask(session, "send_password_reset", addresses.normal_email(email))


def send_password_reset(session: Session, *, email: str, now: datetime) -> None:
    """Send a link that lasts an hour, at most three in an hour; nothing to an unknown address."""
    person = queries.get_person_by_email(session, email)
    if person is None or _links_lately(session, person.email, now) >= MOST_LINKS_AN_HOUR:
        return
    token = tokens.new_token()
    link = SingleUseLink(
        token_hash=tokens.hash_token(token),
        purpose=LinkPurpose.PASSWORD_RESET,
        email=person.email,
        label=person.label,
        roles=[],
        made_at=now,
        expires_at=now + tokens.RESET_LASTS,
    )
    session.add(link)
    session.flush()
    mail.write(session, recipient=person.email, template="password_reset", token=token)
    log.record(session, SYSTEM, person.stream, PasswordResetAsked(link.id), at=now)


def reset_password(session: Session, *, token: str, password_hash: str, now: datetime) -> None:
    """Choose a new password by the link. Ends every sign-in, other links, and a lock.

    Raises:
        Refused: the link was used, has expired or never was.
    """
    link = queries.get_link(session, token, LinkPurpose.PASSWORD_RESET, now=now)
    person = queries.get_person_by_email(session, link.email)
    if person is None:
        raise Refused(queries.LINK_IS_OVER)
    open_links = select(SingleUseLink).where(
        SingleUseLink.purpose == LinkPurpose.PASSWORD_RESET,
        SingleUseLink.email == link.email,
        SingleUseLink.used_at.is_(None),
    )
    for other in session.scalars(open_links.order_by(SingleUseLink.id)):
        other.used_at = now
    by = Actor(person_id=person.id, label=person.label)
    person.failed_sign_ins, person.locked_until = 0, None
    _set(session, by, person, password_hash, by_means="link", now=now)
    end_sign_ins(session, by, person.id, reason="password_reset", now=now)


def change_password(
    session: Session, actor: Actor, *, matched: str | None, password_hash: str, token: str, now: datetime
) -> None:
    """Choose a new password knowing the old one; ends every other sign-in.

    Args:
        matched: the stored hash that the typed current password matches, None if it does not.
        token: of the sign-in that goes on.
    """
    person = confirmed(session, actor, matched)
    _set(session, actor, person, password_hash, by_means="old_password", now=now)
    end_sign_ins(session, actor, person.id, reason="password_changed", now=now, but_token=token)


def confirmed(session: Session, actor: Actor, matched: str | None, *, field: str = "current_password") -> Person:
    """The actor's own row, if the password they just typed is theirs. Raises Refused."""
    person = queries.get_person(session, actor.person)
    if matched is None or matched != person.password_hash:
        raise Refused(WRONG_PASSWORD, field=field)
    return person


def _set(session: Session, actor: Actor, person: Person, password_hash: str, *, by_means: str, now: datetime) -> None:
    person.password_hash = password_hash
    log.record(session, actor, person.stream, PasswordChanged(by_means), at=now)
    mail.write(session, recipient=person.email, template="password_changed", at=now.isoformat())


def _links_lately(session: Session, email: str, now: datetime) -> int:
    query = select(func.count(SingleUseLink.id)).where(
        SingleUseLink.purpose == LinkPurpose.PASSWORD_RESET,
        SingleUseLink.email == email,
        SingleUseLink.made_at > now - tokens.RESET_LASTS,
    )
    return session.scalar(query) or 0
