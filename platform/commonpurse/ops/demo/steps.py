"""The story from forming to delivery, told through the commands that people use."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia import commands as consortia
from commonpurse.consortia.models import Consortium
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


def form(session: Session, cast: Cast) -> Consortium:
    """Form the consortium, settle how it works, invite and join."""
    lead = cast.actor(story.LEAD)
    consortium = consortia.create(session, lead, name=story.NAME, purpose=story.PURPOSE, now=story.FORMED)

    def seen() -> int:
        session.flush()
        return consortium.version

    key = consortium.id
    consortia.edit_purpose(
        session,
        lead,
        consortium_id=key,
        name=story.NAME,
        purpose=story.PURPOSE,
        category_code=story.CATEGORY,
        seen_version=seen(),
        now=story.FORMED,
    )
    areas = [body.gss for body in story.BODIES]
    consortia.edit_place(session, lead, consortium_id=key, areas=areas, seen_version=seen(), now=story.FORMED)
    consortia.edit_rule(
        session,
        lead,
        consortium_id=key,
        decision_rule="consent",
        quorum_percent=None,
        seen_version=seen(),
        now=story.FORMED,
    )
    consortia.edit_timetable(
        session, lead, consortium_id=key, milestones=story.MILESTONES, seen_version=seen(), now=story.FORMED
    )
    consortia.write_agreement(session, lead, consortium_id=key, text=story.AGREEMENT, seen_number=0, now=story.FORMED)
    approver = cast.actor(story.LEAD, "approver")
    consortia.sign_agreement(session, approver, consortium_id=key, number=1, now=story.FORMED)
    invited = [cast.organisations[body] for body in story.OTHERS]
    consortia.invite(session, lead, consortium_id=key, organisation_ids=invited, now=story.INVITED)
    for days, body in enumerate(story.OTHERS):
        moment = story.JOINED + timedelta(days=days)
        approver = cast.actor(body, "approver")
        consortia.accept_invitation(session, approver, consortium_id=key, number=1, now=moment)
    consortia.publish_summary(
        session, lead, consortium_id=key, public_summary=story.SUMMARY, seen_version=seen(), now=story.JOINED
    )
    return consortium


def move(session: Session, cast: Cast, consortium: Consortium, stage: str, now: datetime) -> None:
    """Move to `stage` by a decision in which every body agrees."""
    lead = cast.actor(story.LEAD)
    decision = consortia.open_decision(session, lead, consortium_id=consortium.id, stage=stage, now=now)
    for hours, body in enumerate((story.LEAD, *story.OTHERS), start=1):
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


def _all_agree(session: Session, cast: Cast, item: UUID, proposer: str, number: int, moment: datetime) -> None:
    bodies = [body.key for body in story.BODIES if body.key != proposer]
    for minutes, body in enumerate(bodies, start=1):
        workspaces.take_position(
            session,
            cast.actor(body),
            item_id=item,
            seen_number=number,
            answer="agree",
            now=moment + timedelta(minutes=minutes),
        )


def negotiate(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Agree the allocation rule and four targets, one of them after a counter-offer."""
    lead, moment = cast.actor(story.LEAD), story.at(2025, 11, 10)
    key = consortium.id
    workspaces.open_workspace(session, lead, consortium_id=key, now=moment)
    rule = workspaces.add_item(
        session, lead, consortium_id=key, kind=ItemKind.ALLOCATION_RULE, measure_id=None, now=moment
    )
    workspaces.make_offer(
        session,
        lead,
        item_id=rule,
        seen_number=0,
        allocation={"kind": "place_then_budget"},
        rationale="What happens in one of our areas is that body's; the rest follows committed money.",
        now=moment,
    )
    _all_agree(session, cast, rule, story.LEAD, 1, moment + timedelta(days=1))
    for days, (code, proposer, quantity) in enumerate(story.TARGETS, start=2):
        opened = moment + timedelta(days=days)
        item = workspaces.add_item(
            session,
            cast.actor(proposer),
            consortium_id=key,
            kind=ItemKind.TARGET,
            measure_id=measure_id(session, code),
            now=opened,
        )
        workspaces.make_offer(
            session,
            cast.actor(proposer),
            item_id=item,
            seen_number=0,
            quantity=quantity,
            rationale="In line with what suppliers said in market engagement.",
            now=opened,
        )
        _all_agree(session, cast, item, proposer, 1, opened)


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
        awarded_on=story.MILESTONES["award"],
        starts_on=story.MILESTONES["contract_starts"],
        ends_on=story.MILESTONES["contract_ends"],
        commitments={measure_id(session, code): quantity for code, _, quantity in story.TARGETS},
        now=story.at(2026, 3, 3),
    )


def report(
    session: Session, cast: Cast, consortium: Consortium, contract: UUID, delivered: story.Delivered, now: datetime
) -> UUID:
    """Report one delivered outcome with a note of the supplier as evidence; the record's key."""
    note = f"Delivery note of {story.SUPPLIER}\n{delivered.description}\n{delivered.quantity}\n"
    return delivery.record_outcome(
        session,
        cast.actor(story.LEAD),
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
            record = report(session, cast, consortium, contract, delivered, moment)
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
    report(session, cast, consortium, contract, story.AWAITING, story.at(2026, 10, 20))


AFTER: dict[str, Callable[[Session, Cast, Consortium], None]] = {
    "pooling": pool,
    "negotiating": negotiate,
    "contract": award,
    "delivering": deliver,
}
"""What happens once a stage is reached."""
