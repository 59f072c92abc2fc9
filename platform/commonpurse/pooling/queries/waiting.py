"""What pooling waits for: money to approve, and needs not yet entered."""

from datetime import date
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from commonpurse.calc.money import pounds
from commonpurse.calc.sentence import message
from commonpurse.consortia.models import (
    Consortium,
    Milestone,
    MilestoneKind,
    Participation,
    ParticipationState,
    Stage,
)
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting
from commonpurse.identity.models import Role
from commonpurse.pooling.models import ApprovalState, BudgetContribution, RequirementLine
from commonpurse.pooling.policy import OPEN_STAGES
from commonpurse.pooling.rules.years import say_financial_year

MOST = 100
OPEN = message("Enter what your organisation needs")
LATE = message("Enter what your organisation needs: pooling was to close by now")


def waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:
    """What the actor has to do in pooling for the organisation they act for; nothing for visitors."""
    if actor.organisation_id is None:
        return []
    tasks: list[Waiting] = []
    if actor.has_role(Role.APPROVER):
        tasks += _to_approve(session, actor)
    if actor.has_role(Role.BUYER):
        tasks += _to_enter(session, actor, today)
    return tasks


def _joined(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    """Only consortia that the actor's body has joined, with the day on which pooling closes."""
    return (
        statement.join(Participation, Participation.consortium_id == Consortium.id)
        .outerjoin(
            Milestone,
            (Milestone.consortium_id == Consortium.id) & (Milestone.kind == MilestoneKind.POOLING_CLOSES),
        )
        .where(
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.JOINED,
        )
        .limit(MOST)
    )


def _to_approve(session: Session, actor: Actor) -> list[Waiting]:
    statement = select(BudgetContribution, Consortium.name, Milestone.due_on).join(
        Consortium, Consortium.id == BudgetContribution.consortium_id
    )
    rows = session.execute(
        _joined(statement, actor)
        .where(
            BudgetContribution.organisation_id == actor.organisation_id,
            BudgetContribution.approval == ApprovalState.AWAITED,
            BudgetContribution.entered_by_id != actor.person_id,
            Consortium.stage.in_(OPEN_STAGES),
        )
        .order_by(BudgetContribution.entered_at, BudgetContribution.id)
    )
    return [
        Waiting(
            "Approve or refuse %(amount)s for %(year)s from “%(source)s”",
            "pooling.approve_budget",
            {
                "amount": pounds(line.amount_pence),
                "year": say_financial_year(line.financial_year),
                "source": line.source,
            },
            {"consortium_id": line.consortium_id, "contribution_id": line.id},
            due,
            name,
        )
        for line, name, due in rows
    ]


def _to_enter(session: Session, actor: Actor, today: date) -> list[Waiting]:
    entered = exists().where(
        RequirementLine.consortium_id == Consortium.id, RequirementLine.organisation_id == actor.organisation_id
    )
    rows = session.execute(
        _joined(select(Consortium.id, Consortium.name, Milestone.due_on), actor)
        .where(Consortium.stage == Stage.POOLING, ~entered)
        .order_by(Consortium.name, Consortium.id)
    )
    return [
        Waiting(
            LATE if due is not None and due < today else OPEN, "pooling.add_need", {}, {"consortium_id": key}, due, name
        )
        for key, name, due in rows
    ]
