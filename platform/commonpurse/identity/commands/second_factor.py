"""Setting up the second factor, and its recovery codes."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.core import log, mail
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused
from commonpurse.identity import queries
from commonpurse.identity.commands.passwords import confirmed
from commonpurse.identity.events import RecoveryCodesMade, SecondFactorRemoved, SecondFactorSetUp
from commonpurse.identity.models import Person, RecoveryCode
from commonpurse.identity.rules import second_factor

ALREADY_ON = message("You have set up a second factor already")


def begin_second_factor(session: Session, actor: Actor, *, matched: str | None) -> None:
    """Make a key for the actor's app. It counts only once a code has shown that the app has it."""
    person = confirmed(session, actor, matched)
    if person.second_factor_since is not None:
        raise Refused(ALREADY_ON)
    person.second_factor_secret = second_factor.new_secret()


def confirm_second_factor(session: Session, actor: Actor, *, code: str, now: datetime) -> tuple[str, ...]:
    """Ask for codes from now on. Returns the recovery codes, which are shown this once."""
    person = queries.get_person(session, actor.person)
    if person.second_factor_since is not None:
        raise Refused(ALREADY_ON)
    if person.second_factor_secret is None:
        raise Refused("Start again: there is no key to confirm")
    step = second_factor.matching_step(person.second_factor_secret, code, now=now, last_step=0)
    if step is None:
        raise Refused("The code is not right. Enter the one your app shows now", field="code")
    person.second_factor_since, person.second_factor_last_step = now, step
    log.record(session, actor, person.stream, SecondFactorSetUp(), at=now)
    mail.write(session, recipient=person.email, template="second_factor_set_up")
    return _new_codes(session, actor, person, now)


def renew_recovery_codes(session: Session, actor: Actor, *, matched: str | None, now: datetime) -> tuple[str, ...]:
    """New recovery codes in place of all earlier ones."""
    person = confirmed(session, actor, matched)
    if person.second_factor_since is None:
        raise Refused("Set up a second factor first")
    return _new_codes(session, actor, person, now)


def remove_second_factor(session: Session, actor: Actor, *, matched: str | None, now: datetime) -> None:
    """Ask for the password only from now on."""
    person = confirmed(session, actor, matched)
    if person.second_factor_since is None:
        raise Refused("You have no second factor")
    person.second_factor_secret = person.second_factor_since = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    log.record(session, actor, person.stream, SecondFactorRemoved(), at=now)
    mail.write(session, recipient=person.email, template="second_factor_removed")


def _new_codes(session: Session, actor: Actor, person: Person, now: datetime) -> tuple[str, ...]:
    codes = second_factor.new_recovery_codes()
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    hashes = map(second_factor.hash_recovery_code, codes)
    session.add_all(RecoveryCode(person_id=person.id, code_hash=code_hash) for code_hash in hashes)
    session.flush()
    log.record(session, actor, person.stream, RecoveryCodesMade(len(codes)), at=now)
    return codes
