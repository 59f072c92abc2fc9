"""Consortia in other stages than the world's own, and people who answer."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from commonpurse.consortia import commands
from commonpurse.consortia.models import Consortium, Decision, DecisionRule, Participation, Stage
from support.world import NOW, World, make_consortium

LATER = NOW + timedelta(days=2)


def make_forming(session: Session, world: World, **values: Any) -> Consortium:
    """A consortium that still forms: Newcastle leads, all three have joined and signed."""
    consortium = make_consortium(session, world, **{"name": "Road signs", "stage": Stage.FORMING, **values})
    session.commit()
    return consortium


def make_lonely(session: Session, world: World, **values: Any) -> Consortium:
    """A forming consortium of Newcastle alone, with its agreement."""
    consortium = make_consortium(
        session, world, ("newcastle",), **{"name": "Road signs", "stage": Stage.FORMING, **values}
    )
    session.commit()
    return consortium


def part_of(consortium: Consortium, world: World, body: str) -> Participation:
    """The participation of a body of the world."""
    return next(part for part in consortium.participations if part.organisation_id == world.organisation(body))


def open_move(
    session: Session, world: World, consortium: Consortium, stage: str = "pooling", now: datetime = NOW
) -> Decision:
    """A stage move put by Gateshead's buyer."""
    return commands.open_decision(session, world.actor("gateshead"), consortium_id=consortium.id, stage=stage, now=now)


def answer(
    session: Session,
    world: World,
    decision: Decision,
    body: str,
    said: str = "agree",
    role: str = "buyer",
    **values: Any,
) -> Decision:
    """A body answers a decision."""
    values.setdefault("now", LATER)
    return commands.cast_vote(
        session,
        world.actor(body, role),
        consortium_id=decision.consortium_id,
        decision_id=decision.id,
        answer=said,
        **values,
    )


def with_rule(consortium: Consortium, rule: DecisionRule, quorum_percent: int = 0) -> Consortium:
    """The same consortium under another rule."""
    consortium.decision_rule, consortium.quorum_percent = rule, quorum_percent
    return consortium
