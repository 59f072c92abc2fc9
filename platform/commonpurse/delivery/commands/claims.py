"""Claiming a person or thing once: refusing the second claim, telling both sides, and looking at a claim again.

Each side's stream says only what that side may know; what it is told of the other, the service itself tells.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.core import log
from commonpurse.core.actor import SYSTEM, Actor
from commonpurse.core.errors import Refused, Stale, require
from commonpurse.core.transaction import hold, keep_although_refused
from commonpurse.delivery import events, policy, queries
from commonpurse.delivery.models import (
    Clash,
    ClashStep,
    ClashStepKind,
    Contract,
    OutcomeRecord,
    SubjectKind,
    VerificationStatus,
)
from commonpurse.delivery.rules import MOST_ASKED, MOST_REFUSED, Standing

CLAIMED = {
    SubjectKind.BENEFICIARY: message(
        "This person is already claimed for this measure in this quarter. "
        "One person is claimed once, whichever contract or body reports it. "
        "If you think yours is the right claim, ask under “Refused claims” for it to be looked at"
    ),
    SubjectKind.ASSET: message(
        "This thing is already claimed for this measure in this quarter. "
        "One thing is claimed once, whichever contract or body reports it. "
        "If you think yours is the right claim, ask under “Refused claims” for it to be looked at"
    ),
}
DAY = timedelta(days=1)
QUIET = timedelta(days=7)
"""A side is told once in this time that its record is claimed again, however many try."""


class Claimed(Refused):
    """Another record holds the claim."""


class Attempt(Struct, frozen=True):
    """A claim that was refused."""

    actor: Actor
    contract_id: UUID
    claim: queries.Claim
    subject_kind: SubjectKind


Told = tuple[Actor, str, log.Event]


def store_claim(
    session: Session, actor: Actor, record: OutcomeRecord, now: datetime, *, replaces: OutcomeRecord | None = None
) -> None:
    """Store a record unless its subject is claimed; of two people at once, the index lets one through.

    A refusal is kept on record, so nothing may be written before. People of one body claim one after the other: who
    comes next finds every refusal of those before on record.

    Args:
        replaces: the record that held the claim until now, which is set aside; who holds a claim finds nothing out by
            keeping it.

    Raises:
        Claimed: another record holds the claim, whosever it is.
        Refused: too many claims of the body were refused, so that nobody can find out who is claimed elsewhere.
    """
    claim = queries.Claim.of(record)
    refusal = Claimed(CLAIMED[SubjectKind(record.subject_kind)], field="subject_reference")
    attempt = Attempt(actor, record.contract_id, claim, SubjectKind(record.subject_kind))
    if replaces is None or claim != queries.Claim.of(replaces):
        hold(session, f"claims of {actor.organisation}")
        if queries.count_refused(session, actor.organisation, now - DAY) >= MOST_REFUSED:
            raise Refused(
                "%(most)s claims of your organisation were refused within 24 hours. "
                "Check the references, and record outcomes again in 24 hours",
                field="subject_reference",
                most=MOST_REFUSED,
            )
        if queries.is_claimed(session, record.measure_id, record.quarter_starting, record.subject_key):
            keep_although_refused(session, partial(note_refusal, session, attempt, now))
            raise refusal
    try:
        with session.begin_nested():
            if replaces is not None:
                replaces.status = VerificationStatus.CORRECTED
                session.flush()
            session.add(record)
    except IntegrityError as error:
        keep_although_refused(session, partial(note_refusal, session, attempt, now))
        raise refusal from error


def note_refusal(session: Session, attempt: Attempt, now: datetime) -> None:
    """Put a refused claim on record and tell both sides; nothing, where the claim was freed in the meantime."""
    holder = queries.holder_of(session, attempt.claim, lock=True)
    if holder is None:
        return
    is_told = _is_told(queries.clashes_over(session, holder), holder, now)
    clash = queries.find_clash(session, attempt.contract_id, attempt.actor.organisation, holder)
    if clash is None:
        clash = Clash(
            contract_id=attempt.contract_id,
            organisation_id=attempt.actor.organisation,
            held_contract_id=holder.contract_id,
            measure_id=holder.measure_id,
            quarter_starting=holder.quarter_starting,
            subject_kind=holder.subject_kind,
            subject_key=holder.subject_key,
        )
        session.add(clash)
    _add_step(session, attempt.actor, clash, ClashStepKind.REFUSED, holder, now)
    contract = session.get_one(Contract, attempt.contract_id)
    measure = holder.measure.title
    told: list[Told] = [
        (
            attempt.actor,
            contract.consortium.stream,
            events.ClaimRefused(clash_id=clash.id, measure=measure, quarter_starting=holder.quarter_starting),
        )
    ]
    is_own = queries.standing(clash, holder) is Standing.RECORDED
    if not is_own and not is_told:
        contested = events.ClaimContested(
            record_id=holder.id, measure=measure, quarter_starting=holder.quarter_starting
        )
        told.append((SYSTEM, holder.contract.consortium.stream, contested))
    _tell(session, told, now)


def _is_told(clashes: Sequence[Clash], holder: OutcomeRecord, now: datetime) -> bool:
    """Whether the side that holds the claim heard lately of a try."""
    return any(
        step.kind is ClashStepKind.REFUSED and step.record_id == holder.id and step.at > now - QUIET
        for clash in clashes
        for step in clash.steps
    )


def ask_to_look(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    clash_id: UUID,
    grounds: str,
    seen_version: int,
    now: datetime,
) -> None:
    """Ask the side that holds a claim to look at it again, with grounds of one's own.

    Raises:
        NotFound, NotAllowed: see `policy.may_ask`.
        Refused: there are no grounds, the claim is free, or it was asked often enough.
        Stale: somebody else asked, or the other side answered.
    """
    consortium, clash = queries.get_clash(session, actor, consortium_id, clash_id)
    require(
        policy.may_ask(actor, consortium, clash),
        "You cannot ask for this claim to be looked at",
        who="A buyer of the body whose claim was refused, or of the lead authority, can",
    )
    holder = queries.holder_of(session, queries.Claim.of(clash), lock=True)
    session.refresh(clash, ["steps"])
    if clash.steps[-1].number != seen_version:
        raise Stale("Something happened to this claim in the meantime. Check it and try again")
    stands = queries.standing(clash, holder)
    if stands is Standing.ASKED:
        raise Refused("The other side was asked already, and has not answered yet")
    if holder is None or stands not in {Standing.REFUSED, Standing.KEPT}:
        raise Refused("The other side holds this claim no longer")
    if sum(step.kind is ClashStepKind.ASKED for step in clash.steps) >= MOST_ASKED:
        raise Refused("The other side was asked %(most)s times, which is the most", most=MOST_ASKED)
    if not grounds.strip():
        raise Refused("Enter why you think that yours is the right claim", field="grounds")
    _add_step(session, actor, clash, ClashStepKind.ASKED, holder, now, grounds.strip())
    asked = events.LookAsked(clash_id=clash.id, measure=clash.measure.title)
    requested = events.LookRequested(record_id=holder.id, measure=clash.measure.title)
    _tell(session, [(actor, consortium.stream, asked), (SYSTEM, holder.contract.consortium.stream, requested)], now)


def keep_claim(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    record_id: UUID,
    grounds: str,
    seen_version: int,
    now: datetime,
) -> None:
    """Answer everybody who asked to look at a record's claim again: it is right, and why.

    To give the claim up instead, the record is returned, sent back or corrected.

    Args:
        seen_version: how many requests the page showed, answered ones too.

    Raises:
        NotFound, NotAllowed: see `policy.may_keep`.
        Refused: there are no grounds.
        Stale: somebody else answered, or there is another request.
    """
    consortium, record = queries.get_record(session, actor, consortium_id, record_id, lock=True)
    require(
        policy.may_keep(actor, consortium, record),
        "You cannot answer for this record",
        who="A buyer of the body that recorded it, or of the lead authority, can while it counts",
    )
    clashes = queries.clashes_over(session, record)
    asked = [clash for clash in clashes if queries.turn_of(clash) is ClashStepKind.ASKED]
    if not asked or queries.count_asked(clashes) != seen_version:
        raise Stale("Somebody else answered this, or there is another request. Check the record and try again")
    if not grounds.strip():
        raise Refused("Enter why the claim is right", field="grounds")
    measure = record.measure.title
    told: list[Told] = [(actor, consortium.stream, events.ClaimKept(record_id=record.id, measure=measure))]
    for clash in asked:
        _add_step(session, actor, clash, ClashStepKind.KEPT, record, now, grounds.strip())
        upheld = events.ClaimUpheld(clash_id=clash.id, measure=measure)
        told.append((SYSTEM, clash.contract.consortium.stream, upheld))
    _tell(session, told, now)


def free_claim(session: Session, actor: Actor, record: OutcomeRecord, now: datetime) -> None:
    """Tell those whose claim was refused that a record holds it no longer, unless the one that replaced it does."""
    clashes = [
        clash
        for clash in queries.clashes_over(session, record)
        if queries.turn_of(clash) is not ClashStepKind.FREED or clash.steps[-1].kind is ClashStepKind.REFUSED
    ]
    if not clashes or queries.holder_of(session, queries.Claim.of(record)) is not None:
        return
    told: list[Told] = []
    for clash in clashes:
        _add_step(session, actor, clash, ClashStepKind.FREED, record, now)
        freed = events.ClaimFreed(clash_id=clash.id, measure=clash.measure.title)
        told.append((SYSTEM, clash.contract.consortium.stream, freed))
    _tell(session, told, now, record.contract.consortium.stream)


def _add_step(
    session: Session,
    actor: Actor,
    clash: Clash,
    kind: ClashStepKind,
    record: OutcomeRecord,
    now: datetime,
    grounds: str = "",
) -> None:
    clash.steps.append(
        ClashStep(
            number=clash.steps[-1].number + 1 if clash.steps else 1,
            kind=kind,
            record_id=record.id,
            organisation_id=actor.organisation,
            person_id=actor.person,
            at=now,
            grounds=grounds,
        )
    )
    session.flush()


def _tell(session: Session, told: Sequence[Told], now: datetime, *others: str) -> None:
    """Record each in its stream. Streams are locked in the order of their names, so that no two wait for each other."""
    streams = {stream for _, stream, _ in told}.union(others)
    session.execute(
        select(log.Stream.name).where(log.Stream.name.in_(streams)).order_by(log.Stream.name).with_for_update()
    )
    for actor, stream, event in told:
        log.record(session, actor, stream, event, at=now)
