"""What a consortium's agenda says of sharing: the rule that is agreed, the one on the table, and weights to try."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from enum import IntEnum
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from commonpurse.consortia.queries import LONDON
from commonpurse.core.db import read_columns
from commonpurse.workspaces.models import AgendaItem, ItemKind, ItemState, Offer, RecordedBasis, Workspace


class AgreedRule(Struct, frozen=True):
    """The rule that the bodies agreed last, and the day on which they did."""

    spec: dict[str, Any]
    agreed_on: date


class RuleOnTable(Struct, frozen=True):
    """The item that is open for a rule, and what is offered on it: 0 and None before anybody has."""

    item_id: UUID
    number: int
    spec: dict[str, Any] | None


class Standing(IntEnum):
    """Whether weights count: only offered, agreed for a later day, or in force. The last there is of these is tried."""

    OFFERED = 0
    LATER = 1
    IN_FORCE = 2


class TriedWeights(Struct, frozen=True):
    """What bodies weigh by one basis, by their keys as text, and the item on which that is agreed or offered."""

    basis_id: UUID
    name: str
    standing: Standing
    effective_from: date
    numbers: tuple[tuple[str, int], ...]
    item_id: UUID


class Agenda(Struct, frozen=True):
    """What rules there are, and for each basis that has any numbers those that rules are tried by, in order of name."""

    agreed: AgreedRule | None
    table: RuleOnTable | None
    weights: tuple[TriedWeights, ...]


def read_agenda(session: Session, consortium_id: UUID, day: date) -> Agenda:
    """The rules, and weights as they stand on a day: in one statement. The caller has checked who asks."""
    agreed: AgreedRule | None = None
    table: RuleOnTable | None = None
    weights: list[TriedWeights] = []
    lines = read_columns(session, _rules_and_weights(), {"consortium_id": consortium_id})
    for item_id, state, number, agreed_at, allocation, numbers, basis_id, name in lines:
        if basis_id is not None:
            if numbers is not None:
                weights.append(_tried(basis_id, name or "", state, numbers, item_id, day))
        elif state is ItemState.OPEN:
            table = RuleOnTable(item_id, number, json.loads(allocation) if allocation else None)
        elif allocation is None or agreed_at is None:
            raise RuntimeError(f"the agreed item {item_id} holds no allocation rule")
        else:
            agreed = AgreedRule(json.loads(allocation), agreed_at.astimezone(LONDON).date())
    return Agenda(agreed, table, _best(weights) if weights else ())


# Put together once, since every move of the laboratory asks for it.
@cache
def _rules_and_weights() -> Select[
    UUID, ItemState, int, datetime | None, str | None, str | None, UUID | None, str | None
]:
    """Of every item for a rule or weights what was agreed or, while it is open, what is on the table.

    In the order in which they were agreed.
    """
    counts = func.coalesce(AgendaItem.agreed_number, AgendaItem.current_number)
    return (
        select(
            AgendaItem.id,
            AgendaItem.state,
            AgendaItem.current_number,
            AgendaItem.agreed_at,
            Offer.allocation,
            Offer.weights,
            RecordedBasis.id,
            RecordedBasis.name,
        )
        .join(Workspace, Workspace.id == AgendaItem.workspace_id)
        .outerjoin(Offer, (Offer.item_id == AgendaItem.id) & (Offer.number == counts))
        .outerjoin(RecordedBasis, RecordedBasis.id == AgendaItem.basis_id)
        .where(
            Workspace.consortium_id == bindparam("consortium_id"),
            AgendaItem.kind != ItemKind.TARGET,
            AgendaItem.state != ItemState.PARKED,
        )
        .order_by(AgendaItem.agreed_at, AgendaItem.position)
    )


def _tried(basis_id: UUID, name: str, state: ItemState, numbers: str, item_id: UUID, day: date) -> TriedWeights:
    start, read = _read(numbers)
    agreed = Standing.IN_FORCE if start <= day else Standing.LATER
    standing = agreed if state is ItemState.AGREED else Standing.OFFERED
    return TriedWeights(basis_id, name, standing, start, read, item_id)


@lru_cache(maxsize=64)
def _read(numbers: str) -> tuple[date, tuple[tuple[str, int], ...]]:
    """The first day of weights and what they say of each body; mostly they are those of the move before."""
    read = json.loads(numbers)
    return date.fromisoformat(read["effective_from"]), tuple(read["numbers"].items())


def _best(found: Iterable[TriedWeights]) -> tuple[TriedWeights, ...]:
    """Of each basis the weights in force, else those that will be next, else those on the table."""
    best: dict[UUID, TriedWeights] = {}
    for each in found:  # Of two with one day, the one agreed last counts.
        if each.basis_id not in best or _rank(each) >= _rank(best[each.basis_id]):
            best[each.basis_id] = each
    return tuple(sorted(best.values(), key=lambda each: (each.name.casefold(), each.name)))


def _rank(weights: TriedWeights) -> tuple[int, int]:
    """In force, the latest day counts; of what begins later, the earliest."""
    day = weights.effective_from.toordinal()
    return weights.standing, day if weights.standing is Standing.IN_FORCE else -day
