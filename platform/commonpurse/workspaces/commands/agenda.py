"""Opening the room, its agenda, and what is said about an item."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core import log
from commonpurse.core.actor import SYSTEM, Actor
from commonpurse.core.errors import Refused, Stale, require
from commonpurse.measures.models import Measure
from commonpurse.workspaces import events, policy, queries
from commonpurse.workspaces.commands.acting import (
    already,
    body_of,
    item_of_entry,
    key_of,
    refuse_closed,
    refuse_frozen,
    require_may_act,
    settle,
    title_of,
)
from commonpurse.workspaces.commands.weights import basis_to_weigh_by, refuse_second_weights
from commonpurse.workspaces.models import AgendaItem, Comment, ItemKind, ItemState, Workspace
from commonpurse.workspaces.queries import standing

LONGEST_COMMENT = 4_000
ONE_AT_A_TIME = message("Another rule for sharing outcomes is still open. Agree or park that one first")


def open_workspace(session: Session, actor: Actor, *, consortium_id: UUID, now: datetime) -> UUID:
    """Open the consortium's room and return its key; an open one is left as it is.

    Raises:
        NotFound: the actor's body has not joined.
        NotAllowed: pooling has not begun, or the consortium is closed.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    found = queries.find_workspace(session, consortium_id)
    if found is not None:
        return found.id
    require(policy.may_open(actor, consortium), queries.NO_ROOM)
    workspace = Workspace(consortium_id=consortium.id, opened_at=now)
    session.add(workspace)
    session.flush()
    log.record(session, SYSTEM, workspace.stream, events.WorkspaceOpened(consortium.id), at=now)
    return workspace.id


def add_item(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    kind: str,
    measure_id: UUID | None,
    now: datetime,
    basis_name: str = "",
    basis_unit: str = "",
    idempotency_key: str | None = None,
) -> UUID:
    """Put a target for a measure, the allocation rule, or weights on the agenda, and return the item's key.

    Args:
        basis_name: what weights are by; the name of a recorded basis that there is, or of a new one.
        basis_unit: what its numbers count.

    Raises:
        NotFound, NotAllowed: see `queries.get_workspace` and `policy.may_act`.
        Refused: the measure is unknown or on the agenda already, another allocation rule or weights by the same basis
            are open, or the basis counts something else.
    """
    workspace = queries.get_workspace(session, actor, consortium_id, lock=True)
    require_may_act(actor, workspace)
    key = key_of(actor, idempotency_key)
    if (seq := already(session, workspace, key)) is not None:
        return item_of_entry(session, workspace, seq)
    items = session.scalars(
        select(AgendaItem).where(AgendaItem.workspace_id == workspace.id).order_by(AgendaItem.position)
    ).all()
    measure = _measure(session, workspace, items, measure_id) if kind == ItemKind.TARGET else None
    if kind == ItemKind.ALLOCATION_RULE:
        _refuse_second_rule(items)
    basis = basis_to_weigh_by(session, workspace, items, basis_name, basis_unit) if kind == ItemKind.WEIGHTS else None
    item = AgendaItem(
        workspace_id=workspace.id,
        position=max((each.position for each in items), default=0) + 1,
        kind=ItemKind(kind),
        measure=measure,
        basis=basis,
    )
    session.add(item)
    session.flush()
    event = events.ItemAdded(
        item_id=item.id,
        body=body_of(actor, workspace),
        item_kind=item.kind.value,
        title=title_of(item),
        position=item.position,
    )
    log.record(session, actor, workspace.stream, event, idempotency_key=key, at=now)
    return item.id


def _measure(session: Session, workspace: Workspace, items: Sequence[AgendaItem], measure_id: UUID | None) -> Measure:
    if measure_id is None:
        raise Refused("Select a measure", field="measure_id")
    if any(item.measure_id == measure_id for item in items):
        raise Refused("This measure is on the agenda already", field="measure_id")
    measure = queries.find_measure(session, workspace.consortium, measure_id)
    if measure is None:
        raise Refused("Select a measure from the list", field="measure_id")
    return measure


def _refuse_second_rule(items: Sequence[AgendaItem]) -> None:
    if any(item.kind is ItemKind.ALLOCATION_RULE and item.state is ItemState.OPEN for item in items):
        raise Refused(ONE_AT_A_TIME, field="kind")


def park(session: Session, actor: Actor, *, item_id: UUID, now: datetime, idempotency_key: str | None = None) -> int:
    """Set an open item aside; its offers and answers stay. Raises Stale if it is not open."""
    item = queries.get_item(session, actor, item_id, lock=True)
    require_may_act(actor, item.workspace)
    key = key_of(actor, idempotency_key)
    if (seq := already(session, item.workspace, key)) is not None:
        return seq
    refuse_closed(item, now)
    item.state = ItemState.PARKED
    event = events.ItemParked(item.id, body_of(actor, item.workspace), title_of(item))
    return log.record(session, actor, item.workspace.stream, event, idempotency_key=key, at=now)


def resume(session: Session, actor: Actor, *, item_id: UUID, now: datetime, idempotency_key: str | None = None) -> int:
    """Take a parked item up again. Raises Stale if it is not parked, Refused for a second open one."""
    item = queries.get_item(session, actor, item_id, lock=True)
    require_may_act(actor, item.workspace)
    key = key_of(actor, idempotency_key)
    if (seq := already(session, item.workspace, key)) is not None:
        return seq
    refuse_frozen(item)
    if item.state is not ItemState.PARKED:
        raise Stale("Somebody took this up again already")
    if item.kind is not ItemKind.TARGET:
        others = session.scalars(
            select(AgendaItem).where(AgendaItem.workspace_id == item.workspace_id).order_by(AgendaItem.position)
        ).all()
        if item.kind is ItemKind.ALLOCATION_RULE:
            _refuse_second_rule(others)
        elif item.basis is not None:
            refuse_second_weights(others, item.basis)
    item.state = ItemState.OPEN
    event = events.ItemResumed(item.id, body_of(actor, item.workspace), title_of(item))
    seq = log.record(session, actor, item.workspace.stream, event, idempotency_key=key, at=now)
    settle(session, actor, item, now)
    return seq


def comment(
    session: Session, actor: Actor, *, item_id: UUID, text: str, now: datetime, idempotency_key: str | None = None
) -> int:
    """Say something about an item. Raises Stale for a frozen one, Refused for no text and for over 4,000 characters."""
    item = queries.get_item(session, actor, item_id, lock=True)
    require_may_act(actor, item.workspace)
    key = key_of(actor, idempotency_key)
    if (seq := already(session, item.workspace, key)) is not None:
        return seq
    refuse_frozen(item)
    if not text.strip():
        raise Refused("Enter a comment", field="text")
    if len(text) > LONGEST_COMMENT:
        raise Refused("The comment must be %(most)s characters or fewer", field="text", most=f"{LONGEST_COMMENT:,}")
    said = Comment(
        item_id=item.id,
        organisation_id=actor.organisation,
        person_id=actor.person,
        text=text.strip(),
        written_at=now,
    )
    session.add(said)
    session.flush()
    event = events.CommentMade(item.id, body_of(actor, item.workspace), title_of(item), said.id)
    return log.record(session, actor, item.workspace.stream, event, idempotency_key=key, at=now)


def settle_due(session: Session, actor: Actor, *, consortium_id: UUID, now: datetime) -> int:
    """Freeze the items whose time to answer ran out and whose offer is carried so; returns how many.

    Anybody who may read the room brings this about, since nobody decides anything by it.
    """
    workspace = queries.get_workspace(session, actor, consortium_id, lock=True)
    items = queries.list_items(session, workspace.id)
    due = [item for item in items if standing.carried_by_silence(workspace.consortium, item, now)]
    for item in due:
        settle(session, SYSTEM, item, now)
    return len(due)
