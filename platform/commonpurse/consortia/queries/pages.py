"""What the pages of a consortium show, as plain values."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia import policy, rules
from commonpurse.consortia.models import (
    Consortium,
    Decision,
    Milestone,
    MilestoneKind,
    Participation,
    ParticipationState,
    Stage,
)
from commonpurse.consortia.queries.faces import (
    BodyRow,
    Face,
    RuleInWords,
    body_rows,
    face_of,
    place_of,
    rule_in_words,
)
from commonpurse.consortia.queries.facts import may_create, standing
from commonpurse.consortia.queries.membership import get_joined_consortium, latest_agreement
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.log import Entry
from commonpurse.core.waiting import Waiting, gather
from commonpurse.identity.models import Organisation

ROWS_A_PAGE = 20


class ListRow(Struct, frozen=True):
    """One of the body's consortia."""

    id: UUID
    name: str
    stage: str
    stage_msgid: str
    lead: str
    role: str
    state: str
    bodies: int
    place: str


class ListPage(Struct, frozen=True):
    """One page of the body's consortia; `pages` counts them."""

    rows: tuple[ListRow, ...]
    total: int
    number: int
    pages: int
    may_create: bool


def list_page(
    session: Session, actor: Actor, *, stage: str | None = None, role: str | None = None, number: int = 1
) -> ListPage:
    """The consortia that the actor's body is invited to or has joined, the newest first."""
    if actor.organisation_id is None:
        return ListPage((), 0, 1, 0, may_create=False)
    others = aliased(Participation)
    bodies = (
        select(func.count())
        .where(others.consortium_id == Consortium.id, others.state == ParticipationState.JOINED)
        .scalar_subquery()
    )
    query = (
        select(Consortium, Participation.role, Participation.state, bodies, func.count().over())
        .join(Participation, Participation.consortium_id == Consortium.id)
        .where(
            Participation.organisation_id == actor.organisation_id,
            Participation.state.in_([ParticipationState.INVITED, ParticipationState.JOINED]),
        )
        .options(joinedload(Consortium.lead), selectinload(Consortium.areas))
        .order_by(Consortium.formed_at.desc(), Consortium.name, Consortium.id)
        .limit(ROWS_A_PAGE)
        .offset((number - 1) * ROWS_A_PAGE)
    )
    if stage in rules.STAGES:
        query = query.where(Consortium.stage == Stage(stage))
    if role in {"lead", "participating"}:
        query = query.where(Participation.role == role)
    found = session.execute(query).all()
    total = found[0][4] if found else 0
    return ListPage(
        rows=tuple(
            ListRow(
                id=consortium.id,
                name=consortium.name,
                stage=consortium.stage.value,
                stage_msgid=rules.STAGE_WORDS[consortium.stage],
                lead=consortium.lead.name,
                role=part_role.value,
                state=state.value,
                bodies=count,
                place=place_of(consortium),
            )
            for consortium, part_role, state, count, _ in found
        ),
        total=total,
        number=number,
        pages=-(-total // ROWS_A_PAGE),
        may_create=may_create(session, actor),
    )


class ConsortiumRow(Struct, frozen=True):
    """A consortium the body has joined, with the next date of its timetable that is not behind its stage."""

    id: UUID
    name: str
    stage: str
    lead: str
    next_date: date | None


def joined_consortia(session: Session, actor: Actor, today: date, *, limit: int = 50) -> list[ConsortiumRow]:
    """The consortia that the actor's body has joined, those with the soonest date first."""
    if actor.organisation_id is None:
        return []
    is_ahead = or_(
        *(
            and_(Consortium.stage == stage, Milestone.kind.in_([MilestoneKind(kind) for kind in kinds]))
            for stage in Stage
            if (kinds := rules.milestones_ahead(stage))
        )
    )
    soonest = (
        select(func.min(Milestone.due_on))
        .where(Milestone.consortium_id == Consortium.id, Milestone.due_on >= today, is_ahead)
        .correlate(Consortium)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Consortium.id, Consortium.name, Consortium.stage, Organisation.name, soonest)
        .join(Participation, Participation.consortium_id == Consortium.id)
        .join(Organisation, Organisation.id == Consortium.lead_organisation_id)
        .where(
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.JOINED,
        )
        .order_by(soonest.is_(None), soonest, Consortium.name, Consortium.id)
        .limit(limit)
    )
    return [ConsortiumRow(key, name, stage.value, lead, day) for key, name, stage, lead, day in rows]


class DecisionRow(Struct, frozen=True):
    """A decision in a list."""

    id: UUID
    question: str
    state: str
    closes_at: datetime
    closed_at: datetime | None


class HomePage(Struct, frozen=True):
    """The home of a consortium, for its bodies."""

    face: Face
    rule: RuleInWords
    bodies: tuple[BodyRow, ...]
    waiting: tuple[Waiting, ...]
    entries: tuple[Entry, ...]
    decisions: tuple[DecisionRow, ...]
    agreement_number: int | None
    may_edit: bool
    may_settle: bool
    may_propose: bool
    may_leave: bool


def home_page(session: Session, actor: Actor, consortium_id: UUID, today: date) -> HomePage:
    """Everything the home of a consortium shows. Raises NotFound for bodies that have not joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    agreement = latest_agreement(session, consortium.id)
    return HomePage(
        face=face_of(consortium),
        rule=rule_in_words(consortium),
        bodies=body_rows(session, consortium),
        waiting=tuple(thing for thing in gather(session, actor, today) if thing.consortium_id == consortium.id),
        entries=tuple(log.latest_entries(session, [consortium.stream], limit=12)),
        decisions=_decision_rows(session, consortium.id),
        agreement_number=agreement.number if agreement else None,
        may_edit=policy.may_edit(actor, consortium),
        may_settle=policy.may_settle(actor, consortium),
        may_propose=policy.may_propose(actor, consortium) and consortium.stage is not Stage.CLOSED,
        may_leave=policy.may_leave(actor, consortium) and consortium.stage is not Stage.CLOSED,
    )


def _decision_rows(session: Session, consortium_id: UUID) -> tuple[DecisionRow, ...]:
    rows = session.scalars(
        select(Decision)
        .where(Decision.consortium_id == consortium_id)
        .order_by(Decision.opened_at.desc(), Decision.id)
        .limit(10)
    )
    return tuple(DecisionRow(row.id, row.question, row.state.value, row.closes_at, row.closed_at) for row in rows)


class TasksPage(Struct, frozen=True):
    """The creating task list: what is settled, and what it would take to move on."""

    face: Face
    rule: RuleInWords
    agreement_number: int | None
    bodies: tuple[BodyRow, ...]
    obstacles: tuple[Sentence, ...]
    may_edit: bool
    may_settle: bool
    may_invite: bool
    may_propose: bool


def tasks_page(session: Session, actor: Actor, consortium_id: UUID) -> TasksPage:
    """The creating task list. Raises NotFound for bodies that have not joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    agreement = latest_agreement(session, consortium.id)
    obstacles: list[Sentence] = []
    if consortium.stage is Stage.FORMING:
        obstacles = rules.obstacles(consortium.stage, Stage.POOLING, standing(session, consortium))
    return TasksPage(
        face=face_of(consortium),
        rule=rule_in_words(consortium),
        agreement_number=agreement.number if agreement else None,
        bodies=body_rows(session, consortium),
        obstacles=tuple(obstacles),
        may_edit=policy.may_edit(actor, consortium) and consortium.stage is not Stage.CLOSED,
        may_settle=policy.may_settle(actor, consortium),
        may_invite=policy.may_invite(actor, consortium),
        may_propose=policy.may_propose(actor, consortium),
    )
