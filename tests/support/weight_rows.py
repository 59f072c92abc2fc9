"""Weights that tests start from, offered and agreed by commands."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.workspaces import commands
from support.workspace_rows import answer, make_room
from support.world import NOW, World

BODIES = ("newcastle", "gateshead", "darlington")
START = date(2026, 10, 1)


def make_weights(session: Session, world: World, name: str = "Litres called off", unit: str = "litres") -> UUID:
    """An item for weights on the agenda."""
    make_room(session, world)
    values = {"kind": "weights", "measure_id": None, "basis_name": name, "basis_unit": unit}
    return commands.add_item(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW, **values)


def weights(world: World, *numbers: int, start: date = START, source: str = "Meters, 2025") -> dict[str, Any]:
    """What the joined bodies weigh, as an offer says it."""
    named = {str(world.organisation(body)): number for body, number in zip(BODIES, numbers, strict=False)}
    return {"effective_from": start, "source": source, "numbers": named}


def offer_weights(
    session: Session, world: World, body: str, item_id: UUID, seen: int, *numbers: int, **more: Any
) -> int:
    """An offer of a body's buyer."""
    now = more.pop("now", NOW)
    given = weights(world, *numbers, **more)
    return commands.make_offer(session, world.actor(body), item_id=item_id, seen_number=seen, weights=given, now=now)


def make_agreed_weights(
    session: Session,
    world: World,
    *numbers: int,
    name: str = "Litres called off",
    now: datetime = NOW,
    bodies: Sequence[str] = BODIES,
    **more: Any,
) -> UUID:
    """Weights that every one of these bodies has agreed to; the key of their item."""
    item_id = make_weights(session, world, name)
    offer_weights(session, world, "newcastle", item_id, 0, *numbers, now=now, **more)
    for body in bodies[1:]:
        answer(session, world, body, item_id, 1, now=now)
    return item_id
