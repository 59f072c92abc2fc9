"""Rows of pooling, valid from few arguments."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel, RequirementLine
from support.world import AREAS, NOW, World


def make_requirement(session: Session, world: World, body: str, **values: Any) -> RequirementLine:
    """Ten street lights for `body` unless `values` say otherwise."""
    values = {
        "description": "Street lights",
        "category_code": "45000000",
        "quantity": Decimal(10),
        "unit": "each",
        "place_gss": AREAS["newcastle"][0],
        "needed_from": date(2027, 4, 1),
        "needed_until": date(2029, 3, 31),
        **values,
    }
    line = RequirementLine(
        consortium_id=world.consortium.id,
        organisation_id=world.organisation(body),
        entered_by_id=world.people[body, "buyer"].id,
        entered_at=NOW,
        **values,
    )
    session.add(line)
    session.flush()
    return line


def make_budget(
    session: Session, world: World, body: str, amount_pence: int = 100_00, **values: Any
) -> BudgetContribution:
    """Approved committed money of `body` for 2026-27 unless `values` say otherwise."""
    values = {
        "financial_year": 2026,
        "commitment_level": CommitmentLevel.COMMITTED,
        "source": "Highways revenue budget",
        "approval": ApprovalState.APPROVED,
        **values,
    }
    if values["approval"] in (ApprovalState.APPROVED, ApprovalState.REFUSED):
        values = {"approved_by_id": world.people[body, "approver"].id, "approved_at": NOW, **values}
    contribution = BudgetContribution(
        consortium_id=world.consortium.id,
        organisation_id=world.organisation(body),
        amount_pence=amount_pence,
        entered_by_id=world.people[body, "buyer"].id,
        entered_at=NOW,
        **values,
    )
    session.add(contribution)
    session.flush()
    return contribution
