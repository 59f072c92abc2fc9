"""Issuing and correcting statements, for tests that start from what was issued."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.delivery.models import Contract, OutcomeRecord
from commonpurse.outcomes import commands
from commonpurse.outcomes.models import StatementEdition
from support.delivery_rows import QUARTER, make_agreed_rule, make_record
from support.pooling_rows import make_budget
from support.world import AREAS, NOW, World

BODIES = ("newcastle", "gateshead", "darlington")


def make_two_places(session: Session, world: World, contract: Contract) -> dict[str, OutcomeRecord]:
    """100 hours in Newcastle's area and as many in Gateshead's, split: each is its body's alone."""
    world.measure.unit = "hours"
    make_agreed_rule(session, world, {"kind": "place_then_budget"})
    for body in BODIES:
        make_budget(session, world, body, 100)
    made = {
        body: make_record(session, world, contract, subject=body, quantity=100, place_gss=AREAS[body][0])
        for body in ("newcastle", "gateshead")
    }
    split(session, world)
    return made


def split(session: Session, world: World) -> None:
    """Split what waits."""
    commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    session.commit()


def issue(
    session: Session,
    world: World,
    *,
    until: date = QUARTER,
    reason: str = "",
    now: datetime = NOW,
    body: str = "newcastle",
    role: str = "approver",
) -> list[UUID]:
    """Issue statements."""
    actor = world.actor(body, role)
    made = commands.issue_statements(
        session, actor, consortium_id=world.consortium.id, until=until, reason=reason, now=now
    )
    session.commit()
    return made


def correct(session: Session, world: World, record: OutcomeRecord, quantity: int) -> None:
    """Correct a record that was split."""
    commands.correct_outcome(
        session,
        world.actor("newcastle"),
        consortium_id=world.consortium.id,
        record_id=record.id,
        quantity=Decimal(quantity),
        quarter_starting=record.quarter_starting,
        place=record.place_gss,
        reason="Counted twice",
        seen_version=record.version,
        now=NOW,
    )
    session.commit()


def editions_of(session: Session, world: World, body: str) -> Sequence[StatementEdition]:
    """The editions of a body's statements, the oldest first."""
    query = select(StatementEdition).where(StatementEdition.organisation_id == world.organisation(body))
    return session.scalars(query.order_by(StatementEdition.until, StatementEdition.edition)).all()
