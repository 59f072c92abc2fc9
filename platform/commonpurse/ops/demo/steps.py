"""The story from forming to delivery, told through the commands that people use."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia import commands as consortia
from commonpurse.consortia.models import Consortium
from commonpurse.core.actor import Actor
from commonpurse.delivery import commands as delivery
from commonpurse.delivery.commands import UploadedFile
from commonpurse.delivery.models import Contract
from commonpurse.measures.models import FrameworkVersion, Measure
from commonpurse.ops.demo import story
from commonpurse.ops.demo.cast import Cast
from commonpurse.outcomes import commands as outcomes
from commonpurse.pooling import commands as pooling
from commonpurse.pooling.models import CommitmentLevel
from commonpurse.workspaces import commands as workspaces
from commonpurse.workspaces.models import ItemKind


def import_spending(session: Session, cast: Cast, folder: Path) -> None:
    """Import the published files of every council."""
    for file in sorted((folder / "demo" / "spend").glob("*.csv")):
        body = file.name.partition("-")[0]
        pooling.import_spending(
            session, cast.actor(body), filename=file.name, content=file.read_bytes(), now=story.at(2025, 9, 1)
        )


def form(session: Session, cast: Cast, plan: story.Plan) -> Consortium:
    """Form a consortium, settle how it works, invite and join."""
    lead = cast.actor(plan.lead)
    consortium = consortia.create(
        session, lead, name=plan.name, purpose=plan.purpose, supplier=plan.supplier, now=plan.formed
    )

    def seen() -> int:
        session.flush()
        return consortium.version

    key = consortium.id
    consortia.edit_purpose(
        session,
        lead,
        consortium_id=key,
        name=plan.name,
        purpose=plan.purpose,
        category_code=plan.category,
        seen_version=seen(),
        now=plan.formed,
    )
    areas = [body.gss for body in story.BODIES if body.key in plan.bodies]
    consortia.edit_place(session, lead, consortium_id=key, areas=areas, seen_version=seen(), now=plan.formed)
    consortia.edit_rule(
        session,
        lead,
        consortium_id=key,
        decision_rule="consent",
        quorum_percent=None,
        seen_version=seen(),
        now=plan.formed,
    )
    consortia.edit_timetable(
        session, lead, consortium_id=key, milestones=plan.milestones, seen_version=seen(), now=plan.formed
    )
    consortia.write_agreement(session, lead, consortium_id=key, text=plan.agreement, seen_number=0, now=plan.formed)
    approver = cast.actor(plan.lead, "approver")
    consortia.sign_agreement(session, approver, consortium_id=key, number=1, now=plan.formed)
    invited = [cast.organisations[body] for body in plan.others]
    consortia.invite(session, lead, consortium_id=key, organisation_ids=invited, now=plan.invited)
    for days, body in enumerate(plan.others):
        moment = plan.joined + timedelta(days=days)
        approver = cast.actor(body, "approver")
        consortia.accept_invitation(session, approver, consortium_id=key, number=1, now=moment)
    consortia.publish_summary(
        session, lead, consortium_id=key, public_summary=plan.summary, seen_version=seen(), now=plan.joined
    )
    return consortium


def move(session: Session, cast: Cast, plan: story.Plan, consortium: Consortium, stage: str, now: datetime) -> None:
    """Move to `stage` by a decision in which every body agrees."""
    lead = cast.actor(plan.lead)
    decision = consortia.open_decision(session, lead, consortium_id=consortium.id, stage=stage, now=now)
    for hours, body in enumerate(plan.bodies, start=1):
        consortia.cast_vote(
            session,
            cast.actor(body),
            consortium_id=consortium.id,
            decision_id=decision.id,
            answer="agree",
            now=now + timedelta(hours=hours),
        )
    session.flush()
    session.expire(consortium)
    if consortium.stage.value != stage:
        raise RuntimeError(f"the demonstration did not reach {stage}: {consortium.stage}")


def pool(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Enter needs and budgets, and approve the committed money by a second person."""
    moment = story.at(2025, 10, 14)
    places = {body.key: body.gss for body in story.BODIES}
    for body, description, category, quantity, unit in story.NEEDS:
        pooling.add_requirement(
            session,
            cast.actor(body),
            consortium_id=consortium.id,
            description=description,
            category_code=category,
            quantity=quantity,
            unit=unit,
            place_gss=places[body],
            needed_from=date(2026, 4, 1),
            needed_until=date(2029, 3, 31),
            now=moment,
        )
    for body, pence in story.BUDGETS.items():
        contribution = pooling.add_budget(
            session,
            cast.actor(body),
            consortium_id=consortium.id,
            financial_year=2026,
            amount_pence=pence,
            commitment_level=CommitmentLevel.COMMITTED,
            source="Revenue budget 2026-27",
            now=moment,
        )
        pooling.approve_budget(
            session,
            cast.actor(body, "approver"),
            consortium_id=consortium.id,
            contribution_id=contribution,
            now=moment + timedelta(days=2),
        )
    body, year, pence = story.INDICATIVE
    pooling.add_budget(
        session,
        cast.actor(body),
        consortium_id=consortium.id,
        financial_year=year,
        amount_pence=pence,
        commitment_level=CommitmentLevel.INDICATIVE,
        source="Medium-term plan",
        now=moment,
    )


def measure_id(session: Session, code: str) -> UUID:
    """The measure of PPN 002 with this code."""
    return session.scalars(
        select(Measure.id).join(FrameworkVersion).where(FrameworkVersion.framework == "ppn-002", Measure.code == code)
    ).one()


def agree(
    session: Session,
    cast: Cast,
    plan: story.Plan,
    consortium: Consortium,
    proposer: str,
    moment: datetime,
    *,
    subject: Mapping[str, Any],
    offered: Mapping[str, Any],
    answered: timedelta = timedelta(),
) -> None:
    """Put a subject on the agenda, make an offer at once, and let every other body agree to it after a while."""
    item = workspaces.add_item(
        session,
        cast.actor(proposer),
        consortium_id=consortium.id,
        now=moment,
        **{"measure_id": None, **subject},
    )
    workspaces.make_offer(session, cast.actor(proposer), item_id=item, seen_number=0, now=moment, **offered)
    others = [body for body in plan.bodies if body != proposer]
    for minutes, body in enumerate(others, start=1):
        workspaces.take_position(
            session,
            cast.actor(body),
            item_id=item,
            seen_number=1,
            answer="agree",
            now=moment + answered + timedelta(minutes=minutes),
        )


def negotiate(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Agree the allocation rule and four targets."""
    plan, moment = story.WASHROOMS, story.at(2025, 11, 10)
    workspaces.open_workspace(session, cast.actor(plan.lead), consortium_id=consortium.id, now=moment)
    agree(
        session,
        cast,
        plan,
        consortium,
        plan.lead,
        moment,
        subject={"kind": ItemKind.ALLOCATION_RULE},
        offered={
            "allocation": {"kind": "place_then_budget"},
            "rationale": "What happens in one of our areas is that body's; the rest follows committed money.",
        },
        answered=timedelta(days=1),
    )
    for days, (code, proposer, quantity) in enumerate(story.TARGETS, start=2):
        agree(
            session,
            cast,
            plan,
            consortium,
            proposer,
            moment + timedelta(days=days),
            subject={"kind": ItemKind.TARGET, "measure_id": measure_id(session, code)},
            offered={
                "quantity": quantity,
                "rationale": "In line with what suppliers said in market engagement.",
            },
        )


def weigh(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Agree weights by numbers of the bodies' own, from a quarter that had begun before."""
    agree(
        session,
        cast,
        story.WASHROOMS,
        consortium,
        "gateshead",
        story.at(2026, 7, 22),
        subject={
            "kind": ItemKind.WEIGHTS,
            "basis_name": story.WEIGHTS_BASIS,
            "basis_unit": story.WEIGHTS_UNIT,
        },
        offered={
            "weights": {
                "effective_from": story.WEIGHTS_FROM,
                "source": story.WEIGHTS_SOURCE,
                "numbers": {str(cast.organisations[body]): number for body, number in story.WEIGHTS.items()},
            },
            "rationale": story.WEIGHTS_WHY,
        },
    )


def negotiate_more(session: Session, cast: Cast, consortium: Consortium, now: datetime) -> None:
    """Leave one target on the table: a first offer, a counter, an objection and a comment."""
    newcastle, gateshead, darlington = (cast.actor(body) for body in ("newcastle", "gateshead", "darlington"))
    opened = now - timedelta(days=3)
    item = workspaces.add_item(
        session,
        newcastle,
        consortium_id=consortium.id,
        kind=ItemKind.TARGET,
        measure_id=measure_id(session, story.OPEN_TARGET),
        now=opened,
    )
    workspaces.make_offer(
        session,
        newcastle,
        item_id=item,
        seen_number=0,
        quantity=Decimal(60),
        rationale="The supplier told us that mats can be made from recycled yarn.",
        now=opened,
    )
    workspaces.take_position(
        session,
        darlington,
        item_id=item,
        seen_number=1,
        answer="object",
        reason="Sixty tonnes is more than all our mats weigh.",
        now=opened + timedelta(hours=5),
    )
    workspaces.comment(
        session,
        cast.actor("manchester"),
        item_id=item,
        text="Our waste team can weigh the mats at the depot each quarter.",
        now=opened + timedelta(hours=6),
    )
    workspaces.make_offer(
        session,
        gateshead,
        item_id=item,
        seen_number=1,
        quantity=Decimal("42.5"),
        rationale="Counts only mats that go back to the maker.",
        now=opened + timedelta(days=1),
    )


def award(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Record the award with a commitment for every agreed target."""
    delivery.record_award(
        session,
        cast.actor(story.LEAD),
        consortium_id=consortium.id,
        supplier_id=cast.organisations["supplier"],
        title=story.CONTRACT,
        reference=story.REFERENCE,
        price_pence=story.PRICE_PENCE,
        awarded_on=story.WASHROOMS.milestones["award"],
        starts_on=story.WASHROOMS.milestones["contract_starts"],
        ends_on=story.WASHROOMS.milestones["contract_ends"],
        commitments={measure_id(session, code): quantity for code, _, quantity in story.TARGETS},
        now=story.at(2026, 3, 3),
    )


def report(
    session: Session, actor: Actor, consortium: Consortium, contract: UUID, delivered: story.Delivered, now: datetime
) -> UUID:
    """Report one delivered outcome with a note of the supplier as evidence; the record's key."""
    note = f"Delivery note of {story.SUPPLIER}\n{delivered.description}\n{delivered.quantity}\n"
    return delivery.record_outcome(
        session,
        actor,
        consortium_id=consortium.id,
        contract_id=contract,
        measure_id=measure_id(session, delivered.measure),
        quantity=delivered.quantity,
        quarter_starting=delivered.quarter,
        place=delivered.place,
        subject_kind=delivered.kind,
        subject_reference=delivered.reference,
        description=delivered.description,
        files=[UploadedFile(filename="delivery-note.txt", content=note.encode())],
        now=now,
    )


def deliver(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Report, verify and split two quarters, issue the statements of the first, leave one record to be verified."""
    contract = session.scalars(select(Contract.id).where(Contract.consortium_id == consortium.id)).one()
    for quarter, moment in ((story.Q2, story.at(2026, 7, 14)), (story.Q3, story.at(2026, 10, 13))):
        for delivered in story.DELIVERED:
            if delivered.quarter != quarter:
                continue
            record = report(session, cast.actor(story.LEAD), consortium, contract, delivered, moment)
            session.flush()
            delivery.check_record(
                session,
                cast.actor("gateshead"),
                consortium_id=consortium.id,
                record_id=record,
                answer="verify",
                reason="",
                seen_version=1,
                now=moment + timedelta(days=2),
            )
        outcomes.issue_splits(
            session, cast.actor(story.LEAD), consortium_id=consortium.id, now=moment + timedelta(days=3)
        )
        if quarter == story.Q2:
            outcomes.keep_books(
                session,
                cast.actor(story.LEAD),
                consortium_id=consortium.id,
                tiers=story.BOOKS,
                now=moment + timedelta(days=4),
            )
            lead, later = cast.actor(story.LEAD, "approver"), moment + timedelta(days=6)
            outcomes.issue_statements(session, lead, consortium_id=consortium.id, until=quarter, reason="", now=later)
    report(session, cast.actor(story.LEAD), consortium, contract, story.AWAITING, story.at(2026, 10, 20))


AFTER: dict[str, Callable[[Session, Cast, Consortium], None]] = {
    "pooling": pool,
    "negotiating": negotiate,
    "contract": award,
    "delivering": deliver,
}
"""What happens once a stage is reached."""
