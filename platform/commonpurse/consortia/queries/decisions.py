"""Decisions: the rows that commands start from, and the page of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.sentence import Sentence, message
from commonpurse.consortia import policy, rules
from commonpurse.consortia.models import Consortium, Decision, DecisionKind, DecisionState, Participation, Vote
from commonpurse.consortia.queries.faces import Face, face_of
from commonpurse.consortia.queries.membership import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound


def get_decision(session: Session, consortium: Consortium, decision_id: UUID, *, lock: bool = False) -> Decision:
    """A decision of `consortium`, which the actor was already found to see, with its votes. Raises NotFound."""
    query = (
        select(Decision)
        .where(Decision.id == decision_id, Decision.consortium_id == consortium.id)
        .options(selectinload(Decision.votes))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such decision in this consortium")
    return found


def open_stage_move(session: Session, consortium_id: UUID) -> Decision | None:
    """The stage move that the bodies are deciding on now."""
    return session.scalars(
        select(Decision)
        .where(
            Decision.consortium_id == consortium_id,
            Decision.kind == DecisionKind.STAGE_MOVE,
            Decision.state == DecisionState.OPEN,
        )
        .order_by(Decision.opened_at)
        .limit(1)
    ).one_or_none()


def due_decisions(
    session: Session, now: datetime, *, consortium_id: UUID | None = None, limit: int = 500
) -> list[tuple[UUID, UUID]]:
    """Open decisions whose deadline has passed, as (consortium, decision), the longest overdue first."""
    query = select(Decision.consortium_id, Decision.id).where(
        Decision.state == DecisionState.OPEN, Decision.closes_at <= now
    )
    if consortium_id is not None:
        query = query.where(Decision.consortium_id == consortium_id)
    rows = session.execute(query.order_by(Decision.closes_at, Decision.id).limit(limit))
    return [(consortium, decision) for consortium, decision in rows]


class AnswerRow(Struct, frozen=True):
    """A body of the electorate and what it has answered, if it has."""

    body: str
    weight: int
    answer: str | None
    reason: str
    cast_at: datetime | None


class DecisionPage(Struct, frozen=True):
    """One question: who may answer, what they did, and how it stands in words.

    Attributes:
        ends: what closes it before its deadline.
        may_change: a body can still answer once more: it is open, and the first answer does not settle it.
    """

    face: Face
    id: UUID
    question: str
    confirmation: str
    state: str
    rule: str
    rule_words: Sentence
    quorum_percent: int
    ends: Sentence
    standing: Sentence
    put_by: str
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    answers: tuple[AnswerRow, ...]
    my_answer: str | None
    my_reason: str
    may_vote: bool
    may_change: bool
    may_withdraw: bool


def decision_page(
    session: Session, actor: Actor, consortium_id: UUID, decision_id: UUID, now: datetime
) -> DecisionPage:
    """Everything the page of a decision shows. Raises NotFound for bodies that have not joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    decision = get_decision(session, consortium, decision_id)
    votes = {str(vote.organisation_id): vote for vote in decision.votes}
    mine = votes.get(str(actor.organisation_id))
    parts = {str(part.organisation_id): part for part in consortium.participations}
    order = sorted(decision.electorate, key=lambda key: parts[key].position)
    is_open = decision.state is DecisionState.OPEN and decision.closes_at > now
    return DecisionPage(
        face=face_of(consortium),
        id=decision.id,
        question=decision.question,
        confirmation=rules.CONFIRMED_BY_AGREEING[decision.subject["stage"]],
        state=decision.state.value,
        rule=decision.rule.value,
        rule_words=rules.meaning(decision.rule, decision.quorum_percent),
        quorum_percent=decision.quorum_percent,
        ends=rules.what_ends(decision.rule),
        standing=_standing_of(decision),
        put_by=next(
            part.organisation.name
            for part in consortium.participations
            if part.organisation_id == decision.opened_for_id
        ),
        opened_at=decision.opened_at,
        closes_at=decision.closes_at,
        closed_at=decision.closed_at,
        answers=tuple(_answer_row(parts[key], decision.electorate[key], votes.get(key)) for key in order),
        my_answer=mine.answer.value if mine else None,
        my_reason=mine.reason if mine else "",
        may_vote=is_open and policy.may_vote(actor, consortium) and str(actor.organisation_id) in decision.electorate,
        may_change=is_open and len(decision.electorate) > 1,
        may_withdraw=is_open and policy.may_withdraw(actor, consortium, decision),
    )


def _standing_of(decision: Decision) -> Sentence:
    if decision.outcome:
        return _read(decision.outcome)
    return Sentence(message("No body has answered yet"))


def _read(stored: dict[str, Any]) -> Sentence:
    values = {name: _read(value) if isinstance(value, dict) else value for name, value in stored["values"].items()}
    return Sentence(stored["msgid"], values)


def _answer_row(part: Participation, weight: int, vote: Vote | None) -> AnswerRow:
    return AnswerRow(
        body=part.organisation.name,
        weight=weight,
        answer=vote.answer.value if vote else None,
        reason=vote.reason if vote else "",
        cast_at=vote.cast_at if vote else None,
    )
