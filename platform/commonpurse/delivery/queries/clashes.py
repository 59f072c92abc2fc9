"""Pages about refused claims, for the side that was refused and the side that holds the claim.

Neither side is told who the other one is, unless the reader's body takes part in both consortia.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.delivery import policy
from commonpurse.delivery.models import Clash, ClashStep, ClashStepKind, Contract, OutcomeRecord
from commonpurse.delivery.queries.claims import CLAIMING, Claim, clashes_over, get_clash, holder_of, is_on, standing
from commonpurse.delivery.rules import MOST_ASKED, Standing, say_quarter
from commonpurse.identity.queries import labels_of, names_of

PER_PAGE = 25
OWN_SIDE = {ClashStepKind.REFUSED, ClashStepKind.ASKED}


class ClashRow(Struct, frozen=True):
    """One refused claim in the list of the side that was refused."""

    id: UUID
    measure: str
    quarter_starting: date
    quarter: Sentence
    subject_kind: str
    subject: str
    contract: str
    body: str
    tries: int
    tried_at: datetime
    standing: Standing


class ClashesPage(Struct, frozen=True):
    """One page of the refused claims of a consortium."""

    consortium_id: UUID
    consortium: str
    clashes: tuple[ClashRow, ...]
    number: int
    pages: int
    total: int


def clashes_page(session: Session, actor: Actor, consortium_id: UUID, *, number: int = 1) -> ClashesPage:
    """One page of what was refused to bodies of a consortium, the latest first. Raises NotFound for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    tried = select(func.max(ClashStep.at)).where(ClashStep.clash_id == Clash.id, ClashStep.kind == "refused")
    every = (
        select(Clash, OutcomeRecord)
        .join(Contract, Contract.id == Clash.contract_id)
        .outerjoin(OutcomeRecord, and_(is_on(OutcomeRecord, Clash), OutcomeRecord.status.in_(CLAIMING)))
        .where(Contract.consortium_id == consortium_id)
    )
    total = session.scalar(every.with_only_columns(func.count())) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), pages)
    found = session.execute(
        every.options(joinedload(Clash.measure), joinedload(Clash.contract), selectinload(Clash.steps))
        .order_by(tried.scalar_subquery().desc(), Clash.id)
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).all()
    names = names_of(session, {clash.organisation_id for clash, _ in found})
    return ClashesPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        clashes=tuple(_row(clash, holder, names) for clash, holder in found),
        number=number,
        pages=pages,
        total=total,
    )


def _row(clash: Clash, holder: OutcomeRecord | None, names: dict[UUID, str]) -> ClashRow:
    tries = [step.at for step in clash.steps if step.kind is ClashStepKind.REFUSED]
    return ClashRow(
        id=clash.id,
        measure=clash.measure.title,
        quarter_starting=clash.quarter_starting,
        quarter=say_quarter(clash.quarter_starting),
        subject_kind=clash.subject_kind.value,
        subject=clash.subject_key[:8],
        contract=clash.contract.title,
        body=names[clash.organisation_id],
        tries=len(tries),
        tried_at=tries[-1],
        standing=standing(clash, holder),
    )


class StepRow(Struct, frozen=True):
    """One thing that happened; `person` is empty for the other side, and `body` too where it is not named."""

    kind: str
    at: datetime
    person: str
    body: str
    grounds: str


class Holder(Struct, frozen=True):
    """The record that holds a claim, for readers who take part in its consortium."""

    record_id: UUID
    consortium_id: UUID
    consortium: str
    body: str


class ClashPage(Struct, frozen=True):
    """One refused claim, for the side that was refused.

    Attributes:
        holder: who holds the claim; None unless the reader's body takes part in that consortium.
        version: the number of the newest step.
        asks_left: how often the other side may be asked yet.
    """

    consortium_id: UUID
    consortium: str
    clash: ClashRow
    steps: tuple[StepRow, ...]
    holder: Holder | None
    version: int
    asks_left: int
    may_ask: bool
    may_record: bool


def clash_page(session: Session, actor: Actor, consortium_id: UUID, clash_id: UUID) -> ClashPage:
    """Everything about one refused claim. Raises NotFound for outsiders, and for the side that holds it."""
    consortium, clash = get_clash(session, actor, consortium_id, clash_id)
    record = holder_of(session, Claim.of(clash))
    known = _joined_by(session, actor)
    is_known = clash.held_contract.consortium_id in known
    steps = clash.steps
    names = names_of(session, {clash.organisation_id, *(step.organisation_id for step in steps), *_body_of(record)})
    people = labels_of(session, {step.person_id for step in steps if step.kind in OWN_SIDE})
    row = _row(clash, record, names)
    asks_left = MOST_ASKED - sum(step.kind is ClashStepKind.ASKED for step in steps)
    may_report = policy.may_report(actor, consortium)
    return ClashPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        clash=row,
        steps=tuple(_step(step, names, people, is_known=is_known) for step in steps),
        holder=_named(record, names) if record is not None and record.contract.consortium_id in known else None,
        version=steps[-1].number,
        asks_left=asks_left,
        may_ask=row.standing in {Standing.REFUSED, Standing.KEPT}
        and asks_left > 0
        and policy.may_ask(actor, consortium, clash),
        may_record=row.standing is Standing.FREED and may_report,
    )


def _body_of(record: OutcomeRecord | None) -> set[UUID]:
    return {record.reported_for_id} if record is not None else set()


def _step(step: ClashStep, names: dict[UUID, str], people: dict[UUID, str], *, is_known: bool) -> StepRow:
    is_own = step.kind in OWN_SIDE
    person = people[step.person_id] if is_own else ""
    body = names[step.organisation_id] if is_own or is_known else ""
    return StepRow(step.kind.value, step.at, person, body, step.grounds)


def _named(record: OutcomeRecord, names: dict[UUID, str]) -> Holder:
    consortium = record.contract.consortium
    return Holder(record.id, consortium.id, consortium.name, names[record.reported_for_id])


def _joined_by(session: Session, actor: Actor) -> set[UUID]:
    """The consortia that the reader's body has joined: of those it may know who takes part."""
    query = select(Participation.consortium_id).where(
        Participation.organisation_id == actor.organisation_id,
        Participation.state == ParticipationState.JOINED,
    )
    return set(session.scalars(query))


class NamedTry(Struct, frozen=True):
    """Who tried to claim the same, for readers who take part in that consortium too."""

    at: datetime
    body: str
    contract: str
    consortium: str


class Look(Struct, frozen=True):
    """A request to look at the claim again, and what was answered; `by` is empty for a side that is not named."""

    at: datetime
    by: str
    grounds: str
    answered_at: datetime | None
    answer: str


class Contest(Struct, frozen=True):
    """What the page of a record says of others who tried to claim the same; not how many they are.

    Attributes:
        others_tried_at: when a side tried last that the reader may not know; None where there is none.
        named: the last try of each side that the reader may know.
        asked: how many requests there have been, answered or not: what somebody who answers has seen.
    """

    others_tried_at: datetime | None
    named: tuple[NamedTry, ...]
    looks: tuple[Look, ...]
    asked: int
    may_keep: bool


def contest_over(session: Session, actor: Actor, consortium: Consortium, record: OutcomeRecord) -> Contest | None:
    """What others tried to claim of a record that holds its claim; None where nobody did."""
    clashes = clashes_over(session, record) if record.status in CLAIMING else ()
    since = [(clash, list(_since_freed(clash))) for clash in clashes]
    contested = [(clash, steps) for clash, steps in since if steps]
    if not contested:
        return None
    known = _joined_by(session, actor)
    may_know = {clash.organisation_id for clash, _ in contested if clash.contract.consortium_id in known}
    names = names_of(session, may_know)
    named: list[NamedTry] = []
    others: list[datetime] = []
    looks: list[Look] = []
    for clash, steps in contested:
        is_known = clash.contract.consortium_id in known
        body = names[clash.organisation_id] if is_known else ""
        looks += _looks(steps, body)
        if is_known:
            named.append(NamedTry(_tried_at(steps), body, clash.contract.title, clash.contract.consortium.name))
        else:
            others.append(_tried_at(steps))
    return Contest(
        others_tried_at=max(others, default=None),
        named=tuple(sorted(named, key=lambda each: each.at, reverse=True)),
        looks=tuple(sorted(looks, key=lambda look: look.at, reverse=True)),
        asked=len(looks),
        may_keep=any(look.answered_at is None for look in looks) and policy.may_keep(actor, consortium, record),
    )


def count_asked(clashes: Iterable[Clash]) -> int:
    """How many requests to look again there have been since the claim was held."""
    return sum(step.kind is ClashStepKind.ASKED for clash in clashes for step in _since_freed(clash))


def _since_freed(clash: Clash) -> Iterator[ClashStep]:
    freed = [step.number for step in clash.steps if step.kind is ClashStepKind.FREED]
    return (step for step in clash.steps if not freed or step.number > freed[-1])


def _tried_at(steps: list[ClashStep]) -> datetime:
    """When it was tried last; who asks after the claim was freed and held again may not have tried since."""
    return max([step.at for step in steps if step.kind is ClashStepKind.REFUSED] or [steps[0].at])


def _looks(steps: list[ClashStep], by: str) -> Iterator[Look]:
    for position, step in enumerate(steps):
        if step.kind is ClashStepKind.ASKED:
            answer: Any = next((later for later in steps[position:] if later.kind is ClashStepKind.KEPT), None)
            yield Look(step.at, by, step.grounds, answer.at if answer else None, answer.grounds if answer else "")
