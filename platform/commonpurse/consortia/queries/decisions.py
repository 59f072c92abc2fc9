"""Decisions: the rows that commands start from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from commonpurse.consortia.models import Consortium, Decision, DecisionKind, DecisionState
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
