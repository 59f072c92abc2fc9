"""Entering and leaving.

A refused try is an answer here and not an exception, because the failure has to be committed.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from commonpurse.core import log, mail
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.identity import queries
from commonpurse.identity.events import (
    AccountLocked,
    OrganisationSwitched,
    PersonSignedIn,
    PersonSignedOut,
    RecoveryCodeUsed,
    SignInFailed,
    SignInsEnded,
)
from commonpurse.identity.models import Membership, Organisation, Person, RecoveryCode, SignIn
from commonpurse.identity.rules import lockout, second_factor, tokens


class Browser(Struct, frozen=True):
    """Where somebody signs in from."""

    address: str
    name: str


class Attempt(Struct, frozen=True):
    """What came of a try: a token where the person is in, their key where a code is still needed, else neither."""

    token: str | None = None
    asks_code_of: UUID | None = None


REFUSED = Attempt()


def try_password(
    session: Session,
    *,
    email: str,
    matched: str | None,
    renewed: str | None = None,
    browser: Browser,
    now: datetime,
) -> Attempt:
    """Sign a person in whose password was right, or count the failure.

    Comparing takes long, so it is done before the transaction; here it is made sure that it was compared with
    what is stored now, and that the account was not locked by tries made at the same moment.

    Args:
        matched: the stored hash that the typed password matches, None if it does not.
        renewed: a hash of the same password with today's parameters, to be kept from now on.
    """
    person = queries.get_person_by_email(session, email)
    if person is None or lockout.is_locked(person.locked_until, now):
        return REFUSED
    if matched is None or matched != person.password_hash:
        return _fail(session, person, "password", now)
    person.password_hash = renewed or person.password_hash
    if person.second_factor_since is not None:
        return Attempt(asks_code_of=person.id)
    return _enter(session, person, browser, with_second_factor=False, now=now)


def try_code(session: Session, *, person_id: UUID, code: str, browser: Browser, now: datetime) -> Attempt:
    """Sign a person in whose password was right by a code of their second factor or a recovery code."""
    person = queries.get_person(session, person_id)
    if lockout.is_locked(person.locked_until, now):
        return REFUSED
    if _accept_step(person, code, now) or _use_recovery_code(session, person, code, now):
        return _enter(session, person, browser, with_second_factor=True, now=now)
    return _fail(session, person, "second_factor", now)


def enter_new_account(session: Session, *, person_id: UUID, browser: Browser, now: datetime) -> Attempt:
    """Sign in the person who has just chosen their first password."""
    return _enter(session, queries.get_person(session, person_id), browser, with_second_factor=False, now=now)


def sign_out(session: Session, actor: Actor, *, token: str, now: datetime) -> None:
    """End the sign-in of this browser."""
    row = _own_sign_in(session, actor, token)
    row.ended_at = now
    log.record(session, actor, f"person:{actor.person}", PersonSignedOut(row.id), at=now)


def sign_out_everywhere(session: Session, actor: Actor, *, now: datetime) -> int:
    """End every sign-in of the actor, this one too. Returns how many."""
    return end_sign_ins(session, actor, actor.person, reason="signed_out_everywhere", now=now)


def switch_organisation(session: Session, actor: Actor, *, token: str, organisation_id: UUID, now: datetime) -> None:
    """Work for another of one's organisations in this browser. Raises NotFound for one that is not one's own."""
    row = _own_sign_in(session, actor, token)
    if organisation_id not in _organisations_of(session, actor.person):
        raise NotFound("You do not work for this organisation")
    if row.organisation_id == organisation_id:
        return
    row.organisation_id = organisation_id
    log.record(session, actor, f"person:{actor.person}", OrganisationSwitched(row.id, organisation_id), at=now)


def touch(session: Session, sign_in_id: UUID, *, now: datetime) -> None:
    """Note that the person was here. Not recorded in the log: it is no act."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def end_sign_ins(
    session: Session, actor: Actor, person_id: UUID, *, reason: str, now: datetime, but_token: str | None = None
) -> int:
    """End a person's sign-ins, except that of `but_token`. Returns how many; for commands that may."""
    query = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if but_token is not None:
        query = query.where(SignIn.token_hash != tokens.hash_token(but_token))
    rows = session.scalars(query.order_by(SignIn.id).with_for_update()).all()
    for row in rows:
        row.ended_at = now
    if rows:
        log.record(session, actor, f"person:{person_id}", SignInsEnded(len(rows), reason), at=now)
    return len(rows)


def _enter(session: Session, person: Person, browser: Browser, *, with_second_factor: bool, now: datetime) -> Attempt:
    person.failed_sign_ins, person.locked_until = 0, None
    token = tokens.new_token()
    row = SignIn(
        person_id=person.id,
        organisation_id=_organisation_to_start_with(session, person.id),
        token_hash=tokens.hash_token(token),
        started_at=now,
        last_seen_at=now,
        address=browser.address,
        browser=browser.name,
        with_second_factor=with_second_factor,
    )
    session.add(row)
    session.flush()
    log.record(session, _self(person), person.stream, PersonSignedIn(row.id, with_second_factor), at=now)
    return Attempt(token=token)


def _fail(session: Session, person: Person, factor: str, now: datetime) -> Attempt:
    by = Actor(label="Somebody signing in")
    person.failed_sign_ins, person.locked_until = lockout.after_failure(person.failed_sign_ins, now)
    log.record(session, by, person.stream, SignInFailed(factor), at=now)
    if person.locked_until is not None:
        log.record(session, by, person.stream, AccountLocked(person.locked_until), at=now)
        mail.write(session, recipient=person.email, template="account_locked", until=person.locked_until.isoformat())
    return REFUSED


def _accept_step(person: Person, code: str, now: datetime) -> bool:
    if person.second_factor_since is None or person.second_factor_secret is None:
        return False
    step = second_factor.matching_step(
        person.second_factor_secret, code, now=now, last_step=person.second_factor_last_step
    )
    if step is None:
        return False
    person.second_factor_last_step = step
    return True


def _use_recovery_code(session: Session, person: Person, code: str, now: datetime) -> bool:
    unused = session.scalars(
        select(RecoveryCode)
        .where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
        .order_by(RecoveryCode.id)
    ).all()
    wanted = second_factor.hash_recovery_code(code)
    found = next((row for row in unused if row.code_hash == wanted), None)
    if found is None:
        return False
    found.used_at = now
    log.record(session, _self(person), person.stream, RecoveryCodeUsed(left=len(unused) - 1), at=now)
    return True


def _organisation_to_start_with(session: Session, person_id: UUID) -> UUID | None:
    """The one they worked for last, else the first by name."""
    current = _organisations_of(session, person_id)
    last = session.scalars(
        select(SignIn.organisation_id)
        .where(SignIn.person_id == person_id, SignIn.organisation_id.is_not(None))
        .order_by(SignIn.started_at.desc(), SignIn.id)
        .limit(1)
    ).one_or_none()
    return last if last in current else next(iter(current), None)


def _organisations_of(session: Session, person_id: UUID) -> list[UUID]:
    query = (
        select(Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
    return list(session.scalars(query))


def _own_sign_in(session: Session, actor: Actor, token: str) -> SignIn:
    row = session.scalars(
        select(SignIn)
        .where(
            SignIn.token_hash == tokens.hash_token(token),
            SignIn.person_id == actor.person,
            SignIn.ended_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("You are no longer signed in here")
    return row


def _self(person: Person) -> Actor:
    return Actor(person_id=person.id, label=person.label)
