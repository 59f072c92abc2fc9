"""Rows of contracts and outcome records, for tests that start from what was awarded or delivered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc.digest import canonical
from commonpurse.consortia.models import DecisionRule
from commonpurse.core.pseudonym import pseudonym
from commonpurse.delivery.models import Commitment, Contract, OutcomeRecord, SubjectKind, VerificationStatus
from commonpurse.workspaces.models import AgendaItem, ItemKind, ItemState, Offer, Workspace
from support.world import AREAS, NOW, World

QUARTER = date(2026, 10, 1)
AGREED = datetime(2026, 8, 3, 14, 0, tzinfo=UTC)


def make_contract(session: Session, world: World, **values: Any) -> Contract:
    """A contract of the world's consortium with 100 promised of the world's measure, two years from October 2026."""
    values = {
        "consortium_id": world.consortium.id,
        "supplier_id": world.organisation("builder"),
        "title": "Street lighting maintenance",
        "reference": "SL-1",
        "price_pence": 250_000_00,
        "awarded_on": date(2026, 9, 1),
        "starts_on": QUARTER,
        "ends_on": date(2028, 9, 30),
        "recorded_by_id": world.people["newcastle", "buyer"].id,
        "recorded_at": NOW,
        **values,
    }
    contract = Contract(**values)
    session.add(contract)
    session.flush()
    session.add(Commitment(contract_id=contract.id, measure_id=world.measure.id, quantity=100))
    session.flush()
    session.refresh(contract)
    return contract


def make_record(
    session: Session, world: World, contract: Contract, *, subject: str, body: str = "newcastle", **values: Any
) -> OutcomeRecord:
    """A verified record of one unit, reported by a buyer of `body` and checked by an approver of the same."""
    values = {
        "contract_id": contract.id,
        "measure_id": world.measure.id,
        "quantity": 1,
        "quarter_starting": QUARTER,
        "place_gss": AREAS["newcastle"][0],
        "subject_kind": SubjectKind.BENEFICIARY,
        "subject_key": pseudonym("beneficiary", subject),
        "description": "Started an apprenticeship",
        "status": VerificationStatus.VERIFIED,
        "reported_by_id": world.people[body, "buyer"].id,
        "reported_for_id": world.organisation(body),
        "reported_at": NOW,
        **values,
    }
    if values["status"] in {VerificationStatus.VERIFIED, VerificationStatus.RETURNED}:
        values.setdefault("checked_by_id", world.people[body, "approver"].id)
        values.setdefault("checked_at", NOW + timedelta(hours=1))
    record = OutcomeRecord(**values)
    session.add(record)
    session.flush()
    return record


def make_records(session: Session, world: World, contract: Contract, count: int, **values: Any) -> list[UUID]:
    """Several verified records, each for another beneficiary, by their keys."""
    return [make_record(session, world, contract, subject=f"learner {number}", **values).id for number in range(count)]


def make_agreed_rule(session: Session, world: World, spec: dict[str, Any], *, agreed_at: datetime = AGREED) -> UUID:
    """An allocation rule that the bodies of the world's consortium agreed in August; the key of its agenda item."""
    workspace = session.scalars(select(Workspace).where(Workspace.consortium_id == world.consortium.id)).one_or_none()
    if workspace is None:
        workspace = Workspace(consortium_id=world.consortium.id, opened_at=agreed_at)
        session.add(workspace)
        session.flush()
    electorate = [
        {"organisation_id": str(part.organisation_id), "name": "", "weight": part.voting_weight}
        for part in world.consortium.participations
    ]
    item = AgendaItem(
        workspace_id=workspace.id,
        position=(session.scalar(select(func.max(AgendaItem.position))) or 0) + 1,
        kind=ItemKind.ALLOCATION_RULE,
        state=ItemState.AGREED,
        current_number=1,
        agreed_number=1,
        agreed_at=agreed_at,
        agreed_rule=DecisionRule.CONSENT,
        agreed_record={"electorate": electorate},
    )
    session.add(item)
    session.flush()
    _make_offer(session, world, item, allocation=canonical(spec).decode())
    return item.id


def make_agreed_target(session: Session, world: World, quantity: int, **values: Any) -> UUID:
    """A target for the world's measure that was agreed with the rule, which must be there."""
    workspace = session.scalars(select(Workspace).where(Workspace.consortium_id == world.consortium.id)).one()
    item = AgendaItem(
        workspace_id=workspace.id,
        position=(session.scalar(select(func.max(AgendaItem.position))) or 0) + 1,
        kind=ItemKind.TARGET,
        measure_id=values.get("measure_id", world.measure.id),
        state=ItemState.AGREED,
        current_number=1,
        agreed_number=1,
        agreed_at=AGREED,
        agreed_rule=DecisionRule.CONSENT,
        agreed_record={"electorate": []},
    )
    session.add(item)
    session.flush()
    _make_offer(session, world, item, quantity=quantity)
    return item.id


def _make_offer(session: Session, world: World, item: AgendaItem, **values: Any) -> None:
    session.add(
        Offer(
            item_id=item.id,
            number=1,
            organisation_id=world.organisation("newcastle"),
            person_id=world.people["newcastle", "buyer"].id,
            rationale="",
            made_at=AGREED,
            **values,
        )
    )
    session.flush()
