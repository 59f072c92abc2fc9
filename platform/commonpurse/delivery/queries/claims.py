"""Who holds a claim on a person or thing, whom it was refused to, and the proof that nobody counts twice."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.delivery.models import Clash, ClashStep, ClashStepKind, Contract, OutcomeRecord, VerificationStatus
from commonpurse.delivery.rules import Standing, quarter_of, standing_of
from commonpurse.measures.models import Measure

CLAIMING = (VerificationStatus.REPORTED, VerificationStatus.VERIFIED)
MOST_LISTED = 100

WHO_CHECKS = message(
    "Another buyer or approver of a joined body can, but of none that was refused this claim elsewhere"
)
WHO_SENDS_BACK = message(
    "Another buyer or approver of a joined body can while it is verified, but of none that was refused this claim "
    "elsewhere"
)


class Claim(Struct, frozen=True):
    """One person or thing in one quarter of one measure: what can be claimed once."""

    measure_id: UUID
    quarter_starting: date
    subject_key: str

    @classmethod
    def of(cls, thing: OutcomeRecord | Clash) -> "Claim":
        """What a record claims, or what a clash is about."""
        return cls(thing.measure_id, thing.quarter_starting, thing.subject_key)


def is_on(table: Any, claim: Any) -> ColumnElement[bool]:
    """That a row of records or clashes is about a claim, or about that of a row of another table."""
    return and_(
        table.measure_id == claim.measure_id,
        table.quarter_starting == claim.quarter_starting,
        table.subject_key == claim.subject_key,
    )


def is_claimed(session: Session, measure_id: UUID, quarter_starting: date, subject_key: str) -> bool:
    """Whether the thing is already claimed for the measure in the quarter, under any contract of anybody."""
    return holder_of(session, Claim(measure_id, quarter_starting, subject_key)) is not None


def holder_of(session: Session, claim: Claim, *, lock: bool = False) -> OutcomeRecord | None:
    """The one record that holds a claim, under whatever contract, with its contract and consortium.

    A lock makes whoever wants to free the claim, or to try it, wait until the transaction ends.
    """
    query = (
        select(OutcomeRecord)
        .where(is_on(OutcomeRecord, claim), OutcomeRecord.status.in_(CLAIMING))
        .options(selectinload(OutcomeRecord.contract).joinedload(Contract.consortium))
    )
    if not lock:
        return session.scalars(query).one_or_none()
    query = query.with_for_update(of=OutcomeRecord).execution_options(populate_existing=True)
    # Who waited for a correction sees the old record no longer, and the new one only in a second statement.
    return session.scalars(query).one_or_none() or session.scalars(query).one_or_none()


def count_refused(session: Session, organisation_id: UUID, since: datetime) -> int:
    """How many claims of a body were refused since a moment."""
    query = select(func.count()).where(
        ClashStep.organisation_id == organisation_id, ClashStep.at > since, ClashStep.kind == ClashStepKind.REFUSED
    )
    return session.scalar(query) or 0


def get_clash(session: Session, actor: Actor, consortium_id: UUID, clash_id: UUID) -> tuple[Consortium, Clash]:
    """A refused claim of a consortium, with its steps. Raises NotFound, also for the side that holds the claim."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    query = _with_sides().join(Clash.contract).where(Clash.id == clash_id, Contract.consortium_id == consortium.id)
    clash = session.scalars(query).one_or_none()
    if clash is None:
        raise NotFound("There is no such claim in this consortium")
    return consortium, clash


def find_clash(session: Session, contract_id: UUID, organisation_id: UUID, holder: OutcomeRecord) -> Clash | None:
    """The clash of a body's claim under a contract with that of a record."""
    query = _with_sides().where(
        Clash.contract_id == contract_id,
        Clash.organisation_id == organisation_id,
        Clash.held_contract_id == holder.contract_id,
        is_on(Clash, Claim.of(holder)),
    )
    return session.scalars(query).one_or_none()


def clashes_over(session: Session, record: OutcomeRecord) -> Sequence[Clash]:
    """Every clash of others with the claim of a record, or of those it replaced; not what its own body tried twice."""
    query = (
        _with_sides()
        .where(
            Clash.held_contract_id == record.contract_id,
            is_on(Clash, Claim.of(record)),
            ~is_repeat(Clash, record),
        )
        .order_by(Clash.id)
    )
    return session.scalars(query).all()


def is_rival(session: Session, actor: Actor, record: OutcomeRecord) -> bool:
    """Whether the actor's body was refused the claim of a record under another contract.

    Such a body may take part in the consortium of the record too, and must not free the claim for itself there.
    """
    return record.reported_for_id != actor.organisation_id and any(
        clash.organisation_id == actor.organisation_id and clash.contract_id != record.contract_id
        for clash in clashes_over(session, record)
    )


def is_repeat(clash: Any, record: Any) -> ColumnElement[bool]:
    """That a body tried what it had claimed already under the same contract."""
    return and_(clash.contract_id == record.contract_id, clash.organisation_id == record.reported_for_id)


def _with_sides() -> Any:
    return select(Clash).options(
        joinedload(Clash.measure),
        joinedload(Clash.contract).joinedload(Contract.consortium),
        joinedload(Clash.held_contract).joinedload(Contract.consortium),
        selectinload(Clash.steps),
    )


def turn_of(clash: Clash) -> ClashStepKind:
    """The newest step of a clash that is no mere try; that of a try where there is none."""
    turns = [step.kind for step in clash.steps if step.kind is not ClashStepKind.REFUSED]
    return turns[-1] if turns else ClashStepKind.REFUSED


def standing(clash: Clash, holder: OutcomeRecord | None) -> Standing:
    """Where a clash stands, given the record that holds the claim now."""
    is_held = holder is not None and holder.contract_id == clash.held_contract_id
    is_own = holder is not None and (
        holder.contract_id == clash.contract_id
        and (clash.contract_id != clash.held_contract_id or holder.reported_for_id == clash.organisation_id)
    )
    return standing_of(turn_of(clash), is_held=is_held, is_own=is_own)


class OpenClash(Struct, frozen=True):
    """A refused claim that nobody has settled, without who is on either side."""

    id: UUID
    measure: str
    quarter_starting: date
    standing: Standing
    since: datetime


class ClaimsReport(Struct, frozen=True):
    """What the nightly check of all claims found.

    Attributes:
        claims: how many persons and things are claimed, each for one measure and quarter.
        faults: what is claimed twice, in words for the operator.
        open: how many refused claims nobody has settled.
        unsettled: the oldest 100 of them.
    """

    claims: int
    faults: tuple[str, ...]
    open: int
    unsettled: tuple[OpenClash, ...]


def check_claims(session: Session) -> ClaimsReport:
    """Count every claim of every consortium anew, whatever the index of the database promises."""
    claims = session.scalar(select(func.count()).where(OutcomeRecord.status.in_(CLAIMING))) or 0
    unsettled = _unsettled(session)
    faults = (*_claimed_twice(session), *_between_quarters(session))
    return ClaimsReport(claims, faults, len(unsettled), tuple(unsettled[:MOST_LISTED]))


def _claimed_twice(session: Session) -> list[str]:
    key = (OutcomeRecord.measure_id, OutcomeRecord.quarter_starting, OutcomeRecord.subject_key)
    twice = (
        select(*key, func.count().label("times"))
        .where(OutcomeRecord.status.in_(CLAIMING))
        .group_by(*key)
        .having(func.count() > 1)
        .subquery()
    )
    rows = session.execute(
        select(Measure.code, twice.c.quarter_starting, twice.c.subject_key, twice.c.times)
        .join(Measure, Measure.id == twice.c.measure_id)
        .order_by(Measure.code, twice.c.quarter_starting, twice.c.subject_key)
    )
    return [f"{code}, quarter from {quarter}: {key[:8]} is claimed {times} times" for code, quarter, key, times in rows]


def _between_quarters(session: Session) -> list[str]:
    """A day within a quarter would be another key of the index, and the same person could count twice in it."""
    days = session.scalars(
        select(OutcomeRecord.quarter_starting)
        .where(OutcomeRecord.status.in_(CLAIMING))
        .distinct()
        .order_by(OutcomeRecord.quarter_starting)
    )
    return [f"{day} is claimed for, but begins no quarter" for day in days if quarter_of(day) != day]


def _unsettled(session: Session) -> list[OpenClash]:
    held = aliased(OutcomeRecord)
    rows = session.execute(
        select(Clash, held)
        .join(held, and_(is_on(held, Clash), held.status.in_(CLAIMING), held.contract_id == Clash.held_contract_id))
        .where(~is_repeat(Clash, held))
        .options(joinedload(Clash.measure), selectinload(Clash.steps))
    )
    found = [
        OpenClash(clash.id, clash.measure.code, clash.quarter_starting, stands, clash.steps[0].at)
        for clash, record in rows
        if (stands := standing(clash, record)) in {Standing.REFUSED, Standing.ASKED}
    ]
    return sorted(found, key=lambda clash: (clash.since, clash.id))
