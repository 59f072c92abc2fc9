"""Rooms, items and offers that tests of the workspace start from, made by commands."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.workspaces import commands
from support.world import NOW, World


def make_room(session: Session, world: World) -> UUID:
    """The room of the world's consortium."""
    return commands.open_workspace(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)


def make_target(session: Session, world: World, **values: Any) -> UUID:
    """A target for the world's measure on the agenda, in a room that is made if need be."""
    make_room(session, world)
    values = {"kind": "target", "measure_id": world.measure.id, **values}
    return commands.add_item(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW, **values)


def make_rule(session: Session, world: World) -> UUID:
    """An allocation rule on the agenda."""
    return make_target(session, world, kind="allocation_rule", measure_id=None)


def offer(
    session: Session, world: World, body: str, item_id: UUID, seen: int, quantity: str = "120", **more: Any
) -> int:
    """An offer of a body's buyer."""
    values = {"quantity": Decimal(quantity), "now": NOW, **more}
    return commands.make_offer(session, world.actor(body), item_id=item_id, seen_number=seen, **values)


def answer(
    session: Session, world: World, body: str, item_id: UUID, seen: int, said: str = "agree", **more: Any
) -> int:
    """An answer of a body's buyer."""
    more = {"now": NOW, **more}
    return commands.take_position(session, world.actor(body), item_id=item_id, seen_number=seen, answer=said, **more)
