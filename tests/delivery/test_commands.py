"""Recording the award, recording outcomes, and the second person's check."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.delivery import commands, queries
from commonpurse.delivery.commands import UploadedFile
from commonpurse.delivery.models import Contract, EvidenceContent, EvidenceItem, OutcomeRecord, VerificationStatus
from commonpurse.identity.models import Identifier, Organisation
from support.delivery_rows import QUARTER, make_agreed_rule, make_agreed_target, make_contract, make_record
from support.world import AREAS, NOW, make_measure

PDF = UploadedFile("register.pdf", b"%PDF-1.7 the register")


def award(session, world, body="newcastle", role="buyer", **changed):
    values = {
        "supplier_id": world.organisation("builder"),
        "title": "Street lighting",
        "reference": "SL-1",
        "price_pence": 250_000_00,
        "awarded_on": date(2026, 9, 1),
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2028, 9, 30),
        "commitments": {world.measure.id: Decimal(100)},
        "now": NOW,
        **changed,
    }
    actor = world.actor(body, role)
    return commands.record_award(session, actor, consortium_id=world.consortium.id, **values)


def report(session, world, contract, body="gateshead", role="buyer", **changed):
    values = {
        "contract_id": contract.id,
        "measure_id": world.measure.id,
        "quantity": Decimal(1),
        "quarter_starting": QUARTER,
        "place": "Gateshead",
        "subject_kind": "beneficiary",
        "subject_reference": "learner 7",
        "description": "Started as an apprentice electrician",
        "files": [PDF],
        **changed,
    }
    actor = world.actor(body, role)
    return commands.record_outcome(session, actor, consortium_id=world.consortium.id, now=NOW, **values)


def check(session, world, record_id, body="darlington", role="approver", **changed):
    values = {"answer": "verify", "reason": "", "seen_version": 1, **changed}
    actor = world.actor(body, role)
    commands.check_record(session, actor, consortium_id=world.consortium.id, record_id=record_id, now=NOW, **values)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def agreed(session, world):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 100)


@pytest.fixture
def contract(session, world):
    return make_contract(session, world)


def test_the_award_is_recorded_with_what_the_supplier_committed_to(session, world, agreed):
    contract = session.get(Contract, award(session, world))
    assert (contract.price_pence, contract.supplier.name) == (250_000_00, "Brightway Ltd")
    assert [(line.measure_id, line.quantity) for line in contract.commitments] == [(world.measure.id, 100)]
    entry = log.entries_after(session, world.consortium.stream, 0)[-1]
    assert (entry.kind, entry.data["commitments"]) == ("delivery.award_recorded", {"APP-L3": "100"})


def test_a_supplier_that_is_not_registered_is_registered_with_the_award(session, world, agreed):
    contract = session.get(
        Contract, award(session, world, supplier_id=None, supplier_name="Lumen Ltd", company_number="01234567")
    )
    assert contract.supplier.name == "Lumen Ltd"
    assert session.get(Identifier, ("GB-COH", "01234567")).organisation_id == contract.supplier_id


def test_a_registered_supplier_is_found_by_its_name(session, world, agreed):
    contract = session.get(Contract, award(session, world, supplier_id=None, supplier_name="brightway ltd"))
    assert contract.supplier_id == world.organisation("builder")


def test_the_award_needs_an_allocation_rule_that_was_agreed_before(session, world):
    with pytest.raises(Refused, match="Agree in the workspace"):
        award(session, world)
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 100)
    with pytest.raises(Refused, match="agreed on 3 August 2026") as caught:
        award(session, world, awarded_on=date(2026, 8, 2))
    assert caught.value.field == "awarded_on"
    assert count(session, Contract) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"price_pence": 0}, "price_pence"),
        ({"price_pence": 10**14 + 1}, "price_pence"),
        ({"awarded_on": date(2026, 11, 3)}, "awarded_on"),
        ({"starts_on": date(2026, 8, 31)}, "starts_on"),
        ({"ends_on": date(2026, 9, 30)}, "ends_on"),
        ({"supplier_id": None}, "supplier_id"),
        ({"supplier_id": uuid4()}, "supplier_id"),
        ({"supplier_name": "Another"}, "supplier_name"),
        ({"supplier_id": None, "supplier_name": "New", "company_number": "not a number"}, "company_number"),
        ({"supplier_id": None, "supplier_name": "Leeds Council"}, "supplier_id"),
        ({"commitments": {}}, None),
    ],
)
def test_an_award_that_cannot_be_is_refused_beside_its_field(session, world, agreed, changed, field):
    before = count(session, Organisation)
    with pytest.raises(Refused) as caught:
        award(session, world, **changed)
    assert caught.value.field == field
    assert (count(session, Contract), count(session, Organisation)) == (0, before)


def test_a_commitment_finer_than_the_smallest_unit_is_refused(session, world, agreed):
    with pytest.raises(Refused, match="level 3 is counted in whole people") as caught:
        award(session, world, commitments={world.measure.id: Decimal("1.5")})
    assert caught.value.field == f"commitment_{world.measure.id.hex}"


def test_nobody_promises_or_delivers_a_part_of_a_person_although_people_are_shared_in_hundredths(session, world):
    world.measure.decimals = 2
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 100_00)
    with pytest.raises(Refused, match="is counted in whole people"):
        award(session, world, commitments={world.measure.id: Decimal("1.5")})
    contract = session.get(Contract, award(session, world, commitments={world.measure.id: Decimal(100)}))
    assert contract.commitments[0].quantity == 100_00
    with pytest.raises(Refused, match="is counted in whole people") as caught:
        report(session, world, contract, quantity=Decimal("0.5"))
    assert caught.value.field == "quantity"
    assert session.get(OutcomeRecord, report(session, world, contract)).quantity == 1_00


def test_the_day_of_the_award_is_that_of_london(session, world):
    rule_at = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    make_agreed_rule(session, world, {"kind": "equal"}, agreed_at=rule_at)
    make_agreed_target(session, world, 100)
    with pytest.raises(Refused, match="agreed on 1 July 2026"):
        award(session, world, awarded_on=date(2026, 6, 30), now=rule_at)
    assert award(session, world, awarded_on=date(2026, 7, 1), now=rule_at)


@pytest.mark.parametrize(("body", "role"), [("gateshead", "buyer"), ("newcastle", "approver")])
def test_only_a_buyer_of_the_lead_authority_records_the_award(session, world, agreed, body, role):
    with pytest.raises(NotAllowed):
        award(session, world, body, role)


def test_an_outsider_finds_no_consortium_to_award_for(session, world, agreed):
    with pytest.raises(NotFound):
        award(session, world, "leeds")


def test_an_outcome_is_recorded_without_the_name_of_the_person(session, world, contract):
    record = session.get(OutcomeRecord, report(session, world, contract, files=[PDF]))
    assert (record.quantity, record.place_gss, record.status) == (1, AREAS["gateshead"][0], VerificationStatus.REPORTED)
    assert "learner" not in record.subject_key
    assert len(record.subject_key) == 64
    [item] = record.evidence
    assert (item.filename, item.media_type) == ("register.pdf", "application/pdf")
    entry = log.entries_after(session, world.consortium.stream, 0)[-1]
    assert (entry.kind, entry.data["quantity"], entry.data["files"]) == ("delivery.outcome_reported", "1", 1)
    assert record.subject_key not in str(entry.data)


def test_the_same_bytes_are_stored_once(session, world, contract):
    again = UploadedFile("copy of register.pdf", PDF.content)
    report(session, world, contract, files=[PDF, again])
    report(session, world, contract, subject_reference="learner 8", files=[again])
    assert (count(session, EvidenceContent), count(session, EvidenceItem)) == (1, 2)


def test_the_same_beneficiary_is_refused_without_saying_whose_claim_it_is(session, world, contract):
    report(session, world, contract, body="newcastle")
    with pytest.raises(Refused) as caught:
        report(session, world, contract, subject_reference=" Learner  7")
    assert caught.value.field == "subject_reference"
    assert "already claimed" in str(caught.value)
    assert "Newcastle" not in str(caught.value)
    assert count(session, OutcomeRecord) == 1


def test_of_two_people_at_once_one_gets_the_sentence(session, world, contract, monkeypatch):
    report(session, world, contract, body="newcastle")
    monkeypatch.setattr(queries, "is_claimed", lambda *_: False)
    with pytest.raises(Refused, match="already claimed") as caught:
        report(session, world, contract)
    assert caught.value.field == "subject_reference"
    assert count(session, OutcomeRecord) == 1


def test_the_same_beneficiary_may_count_in_another_quarter_or_after_a_return(session, world, contract):
    first = report(session, world, contract)
    later = NOW + timedelta(days=90)
    commands.record_outcome(
        session,
        world.actor("gateshead"),
        consortium_id=world.consortium.id,
        contract_id=contract.id,
        measure_id=world.measure.id,
        quantity=Decimal(1),
        quarter_starting=date(2027, 1, 1),
        place="Gateshead",
        subject_kind="beneficiary",
        subject_reference="learner 7",
        description="Still there",
        files=[PDF],
        now=later,
    )
    check(session, world, first, answer="return", reason="No register attached")
    report(session, world, contract)
    assert count(session, OutcomeRecord) == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quantity": Decimal("1.5")}, "quantity"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"quantity": Decimal(10) ** 13}, "quantity"),
        ({"quarter_starting": date(2026, 7, 1)}, "quarter_starting"),
        ({"quarter_starting": date(2028, 10, 1)}, "quarter_starting"),
        ({"quarter_starting": date(2027, 1, 1)}, "quarter_starting"),
        ({"quarter_starting": date(2026, 10, 2)}, "quarter_starting"),
        ({"place": "Atlantis"}, "place"),
        ({"place": ""}, "place"),
        ({"subject_kind": "asset"}, "subject_kind"),
        ({"subject_kind": "ghost"}, "subject_kind"),
        ({"subject_reference": "  "}, "subject_reference"),
        ({"measure_id": uuid4()}, "commitment"),
        ({"quantity": Decimal(2)}, "quantity"),
        ({"files": []}, "files"),
        ({"files": [UploadedFile("notes.docx", b"PK\x03\x04")]}, "files"),
        ({"files": [UploadedFile("register.pdf", b"<script>alert(1)</script>")]}, "files"),
        ({"files": [UploadedFile("empty.csv", b"")]}, "files"),
        ({"files": [PDF] * 11}, "files"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_beside_its_field(session, world, contract, changed, field):
    with pytest.raises(Refused) as caught:
        report(session, world, contract, **changed)
    assert caught.value.field == field
    assert (count(session, OutcomeRecord), count(session, EvidenceContent)) == (0, 0)


def test_one_person_may_be_claimed_for_many_hours(session, world, contract):
    hours = make_measure(session, "TRAINING", title="Training", unit="hours")
    contract.commitments.append(type(contract.commitments[0])(measure_id=hours.id, quantity=500))
    session.flush()
    assert session.get(OutcomeRecord, report(session, world, contract, measure_id=hours.id, quantity=Decimal(120)))
    with pytest.raises(Refused, match="One person can be claimed for 1 at most"):
        report(session, world, contract, quantity=Decimal(2))


def test_a_measure_of_things_is_not_claimed_for_a_person(session, world, contract):
    trees = make_measure(session, "TREES", title="Trees planted", unit="trees", counts="asset")
    contract.commitments.append(type(contract.commitments[0])(measure_id=trees.id, quantity=5))
    session.flush()
    with pytest.raises(Refused, match="does not count people"):
        report(session, world, contract, measure_id=trees.id)


def test_only_buyers_of_joined_bodies_record_outcomes(session, world, contract):
    with pytest.raises(NotAllowed):
        report(session, world, contract, role="approver")
    with pytest.raises(NotFound):
        report(session, world, contract, body="leeds")
    with pytest.raises(NotFound):
        report(session, world, contract, body="builder")


def test_a_second_person_verifies_a_record(session, world, contract):
    record_id = report(session, world, contract)
    check(session, world, record_id)
    record = session.get(OutcomeRecord, record_id)
    assert record.status is VerificationStatus.VERIFIED
    assert record.checked_by_id == world.people["darlington", "approver"].id
    assert log.entries_after(session, world.consortium.stream, 0)[-1].kind == "delivery.outcome_verified"


def test_a_second_person_returns_a_record_with_a_reason(session, world, contract):
    record_id = report(session, world, contract)
    with pytest.raises(Refused, match="Enter why"):
        check(session, world, record_id, answer="return", reason=" ")
    check(session, world, record_id, answer="return", reason="The register is of another year")
    record = session.get(OutcomeRecord, record_id)
    assert (record.status, record.reason) == (VerificationStatus.RETURNED, "The register is of another year")


def test_nobody_checks_a_record_of_their_own(session, world, contract):
    record_id = report(session, world, contract)
    with pytest.raises(NotAllowed, match="You recorded this yourself"):
        check(session, world, record_id, "gateshead", "buyer")


def test_an_observer_does_not_check_and_an_outsider_finds_nothing(session, world, contract):
    record_id = report(session, world, contract)
    with pytest.raises(NotAllowed):
        check(session, world, record_id, role="observer")
    with pytest.raises(NotFound):
        check(session, world, record_id, "leeds")


def test_an_answer_that_is_none_changes_nothing(session, world, contract):
    record_id = report(session, world, contract)
    with pytest.raises(Refused) as caught:
        check(session, world, record_id, answer="perhaps")
    assert caught.value.field == "answer"
    assert session.get(OutcomeRecord, record_id).status is VerificationStatus.REPORTED


def test_a_stale_check_is_refused(session, world, contract):
    record_id = report(session, world, contract)
    with pytest.raises(Stale):
        check(session, world, record_id, seen_version=7)
    check(session, world, record_id)
    with pytest.raises(Stale):
        check(session, world, record_id, seen_version=2)


def test_a_replacement_keeps_the_person_and_the_evidence(session, world, contract):
    record_id = report(session, world, contract, files=[PDF])
    old, new = commands.replace_record(
        session,
        world.actor("gateshead"),
        consortium_id=world.consortium.id,
        record_id=record_id,
        quantity=Decimal(1),
        quarter_starting=QUARTER,
        place="Darlington",
        reason="It was delivered in Darlington",
        seen_version=1,
        now=NOW,
    )
    assert (old.status, new.status) == (VerificationStatus.CORRECTED, VerificationStatus.REPORTED)
    assert (new.quantity, new.place_gss, new.subject_key) == (1, AREAS["darlington"][0], old.subject_key)
    assert count(session, EvidenceItem) == 2
    assert count(session, EvidenceContent) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"quantity": Decimal(1), "place": "E08000021"}, "quantity"),
        ({"quantity": Decimal(2)}, "quantity"),
        ({"quantity": Decimal("0.5")}, "quantity"),
        ({"place": "Atlantis"}, "place"),
    ],
)
def test_a_replacement_that_cannot_be_is_refused(session, world, contract, changed, field):
    record = make_record(session, world, contract, subject="a")
    values = {"quantity": Decimal(1), "place": "Gateshead", "reason": "Counted wrongly", **changed}
    with pytest.raises(Refused) as caught:
        commands.replace_record(
            session,
            world.actor("newcastle"),
            consortium_id=world.consortium.id,
            record_id=record.id,
            quarter_starting=QUARTER,
            seen_version=1,
            now=NOW,
            **values,
        )
    assert caught.value.field == field
    assert record.status is VerificationStatus.VERIFIED
