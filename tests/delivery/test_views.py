"""The pages of delivery: forms keep what was typed, lists have few statements, files are downloads."""

import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from commonpurse.consortia.models import Consortium, Stage
from commonpurse.delivery import queries
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.pooling.models import ApprovalState
from commonpurse.web.words import say
from support.delivery_rows import make_agreed_rule, make_agreed_target, make_contract, make_record, make_records
from support.pooling_rows import make_budget
from support.web import counted_statements
from support.world import NOW, TODAY


@pytest.fixture
def contract(session, world):
    made = make_contract(session, world)
    session.commit()
    return made


@pytest.fixture
def base(world):
    return f"/consortia/{world.consortium.id}/delivery"


AWARD = {
    "title": "Lighting",
    "reference": "SL-9",
    "price_pence": "1,250.50",
    "awarded_on-day": "1",
    "awarded_on-month": "9",
    "awarded_on-year": "2026",
    "starts_on-day": "1",
    "starts_on-month": "10",
    "starts_on-year": "2026",
    "ends_on-day": "30",
    "ends_on-month": "9",
    "ends_on-year": "2028",
}


def outcome(world, contract, **changed):
    return {
        "commitment": f"{contract.id}:{world.measure.id}",
        "quantity": "1",
        "quarter_starting": "2026-10-01",
        "place": "Gateshead",
        "subject_kind": "beneficiary",
        "subject_reference": "learner 7",
        "description": "Started as an apprentice",
        "files": (io.BytesIO(b"%PDF-1.7 register"), "register.pdf"),
        **changed,
    }


def test_before_the_award_the_page_says_what_is_missing_and_where(world, client_of, base):
    page = client_of("newcastle").get(f"{base}/").text
    assert "Before it is recorded, the bodies agree how outcomes are shared" in page
    assert "Go to the workspace" in page


def test_the_award_is_recorded_from_the_form_with_the_agreed_targets_filled_in(session, world, client_of, base):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 40)
    session.commit()
    client = client_of("newcastle")
    field = f"commitment_{world.measure.id.hex}"
    assert re.search(rf'name="{field}"[^>]*value="40"', client.get(f"{base}/award").text)
    sent = {**AWARD, "supplier_id": str(world.organisation("builder")), field: "36"}
    wrong = client.post(f"{base}/award", data={**sent, field: "36.5"}).text
    assert "Apprenticeship starts, level 3 is counted in whole people" in wrong
    assert "Lighting" in wrong
    assert client.post(f"{base}/award", data=sent).status_code == 302
    made = session.scalars(select(Contract)).one()
    assert (made.price_pence, made.commitments[0].quantity) == (125050, 36)
    page = client.get(f"{base}/").text
    assert "£1,250.50" in page
    assert "Brightway Ltd" in page


def test_everything_that_is_wrong_with_an_award_is_said_at_once(session, world, client_of, base):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 40)
    session.commit()
    field = f"commitment_{world.measure.id.hex}"
    wrong = {
        "title": "",
        "price_pence": "nothing",
        "awarded_on-year": "2025",
        "starts_on-year": "2024",
        "ends_on-year": "2023",
        "supplier_name": "Lumen Ltd",
        "company_number": "twelve",
        field: "0.5",
    }
    page = client_of("newcastle").post(f"{base}/award", data={**AWARD, "supplier_id": "", **wrong}).text
    for name, sentence in {
        "title": "Enter what the contract is called",
        "price_pence": "Enter an amount in pounds",
        "awarded_on-day": "The allocation rule was agreed on 3 August 2026",
        "starts_on-day": "The contract must not start before it is awarded",
        "ends_on-day": "The contract must end on or after the day it starts",
        "company_number": "The number must look like 01234567",
        field: "Apprenticeship starts, level 3 is counted in whole people",
    }.items():
        assert f'<a href="#{name}">{sentence}' in page
    assert session.scalars(select(Contract)).all() == []


@pytest.mark.parametrize(
    ("typed", "said", "unsaid"),
    [
        ({"supplier_id": ""}, '<a href="#supplier_id">Select a supplier, or enter the name', "not both"),
        ({"supplier_name": "Another"}, '<a href="#supplier_name">Select a supplier or enter a new one', "or enter the"),
        ({"price_pence": "0"}, '<a href="#price_pence">Enter a price of more than £0', "too large"),
        ({"price_pence": "1,000,000,000,000.01"}, '<a href="#price_pence">The price is too large', "more than £0"),
        ({"quantity": ""}, "Enter what the supplier committed to for at least one measure", "leave it empty"),
        ({"quantity": "0"}, "Enter a quantity of more than 0, or leave it empty", "for at least one measure"),
        (
            {"quantity": "many"},
            "Enter a number for Apprenticeship starts, level 3, such as 120",
            "at least one measure",
        ),
    ],
)
def test_an_award_that_cannot_be_is_refused_in_the_words_that_fit(session, world, client_of, base, typed, said, unsaid):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 40)
    session.commit()
    sent = {**AWARD, "supplier_id": str(world.organisation("builder")), "quantity": "36", **typed}
    sent[f"commitment_{world.measure.id.hex}"] = sent.pop("quantity")
    page = client_of("newcastle").post(f"{base}/award", data=sent).text
    assert said in page
    assert unsaid not in page
    assert session.scalars(select(Contract)).all() == []


def test_an_award_before_any_rule_was_agreed_says_so_with_all_else(world, client_of, base):
    page = client_of("newcastle").post(f"{base}/award", data={**AWARD, "title": ""}).text
    assert "Agree in the workspace how outcomes are shared before you record the award" in page
    assert "Enter what the contract is called" in page


def test_the_form_for_the_award_says_how_much_the_bodies_committed(session, world, client_of, base):
    for body, pence in (("newcastle", 200_000_00), ("gateshead", 50_000_00)):
        make_budget(session, world, body, pence)
    make_budget(session, world, "darlington", 70_000_00, approval=ApprovalState.AWAITED)
    make_agreed_rule(session, world, {"kind": "equal"})
    session.commit()
    page = client_of("newcastle").get(f"{base}/award").text
    assert "The bodies committed and approved £250,000.00, over all years." in page
    assert "recorded already" not in page
    make_contract(session, world)
    session.commit()
    assert "Contracts for £250,000.00 are recorded already." in client_of("newcastle").get(f"{base}/award").text


def test_a_price_above_what_the_bodies_committed_is_said_with_what_it_means(session, world, client_of, base, contract):
    make_budget(session, world, "newcastle", 250_000_00)
    session.commit()
    over = "that the bodies committed and approved over all years. No body has promised to pay the difference"
    assert over not in client_of("gateshead").get(f"{base}/").text
    contract.price_pence += 1_50
    session.commit()
    assert f"The price is £1.50 higher than the £250,000.00 {over}" in client_of("gateshead").get(f"{base}/").text
    make_contract(session, world, reference="SL-2", price_pence=100_00)
    session.commit()
    together = f"The prices of the 2 contracts are together £101.50 higher than the £250,000.00 {over}"
    assert together in client_of("gateshead").get(f"{base}/").text


def test_the_supplier_the_consortium_began_with_is_offered_and_registered_when_it_wins(session, world, client_of):
    client = client_of("newcastle")
    started = client.get("/consortia/create?name=Mats&purpose=Mats.&supplier=Phs+Group")
    assert 'name="supplier" value="Phs Group"' in started.text
    client.post("/consortia/create", data={"name": "Mats", "purpose": "Mats.", "supplier": "Phs Group"})
    world.consortium = session.scalars(select(Consortium).where(Consortium.name == "Mats")).one()
    world.consortium.stage = Stage.CONTRACT
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 40)
    session.commit()
    address = f"/consortia/{world.consortium.id}/delivery/award"
    assert "Phs Group (the consortium began with it)" in client.get(address).text
    sent = {**AWARD, "supplier_id": "started_from", f"commitment_{world.measure.id.hex}": "36"}
    both = client.post(address, data={**sent, "supplier_name": "Another"})
    assert "Select a supplier or enter a new one, not both" in both.text
    assert client.post(address, data=sent).status_code == 302
    assert session.scalars(select(Contract)).one().supplier.name == "Phs Group"
    assert "the consortium began with it" not in client.get(address).text
    assert "Phs Group" in client.get(address).text


def test_recording_the_award_is_offered_from_the_contract_stage_on(session, world, client_of, base):
    make_agreed_rule(session, world, {"kind": "equal"})
    session.commit()
    early = client_of("newcastle").get(f"{base}/").text
    assert "once the consortium has reached the stage" in early
    assert "Record the award" not in early
    world.consortium.stage = Stage.CONTRACT
    session.commit()
    assert "Record the award" in client_of("newcastle").get(f"{base}/").text


def test_an_observer_is_told_whom_to_ask(world, client_of, base, contract):
    page = client_of("gateshead", "observer").get(f"{base}/outcomes/record")
    assert page.status_code == 403
    assert "Ask a buyer of your organisation to do it" in page.text


def test_an_outcome_is_recorded_checked_and_its_evidence_downloaded(session, world, client_of, base, contract):
    gateshead = client_of("gateshead")
    page = gateshead.get(f"{base}/outcomes/record").text
    assert "October to December 2026" in page
    assert "so that one person or thing is claimed once for each quarter" in page
    posted = gateshead.post(f"{base}/outcomes/record", data=outcome(world, contract))
    assert posted.status_code == 302
    record = session.scalars(select(OutcomeRecord)).one()
    page = client_of("darlington", "approver").get(posted.location).text
    assert "Is this record right?" in page
    assert "learner 7" not in page
    file = gateshead.get(f"{posted.location}/evidence/{record.evidence[0].id}")
    assert file.data == b"%PDF-1.7 register"
    assert file.headers["Content-Disposition"] == "attachment; filename=register.pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    check = {"answer": "return", "reason": "", "seen_version": str(record.version)}
    darlington = client_of("darlington", "approver")
    assert "Enter why you return it" in darlington.post(f"{posted.location}/check", data=check).text
    assert darlington.post(f"{posted.location}/check", data={**check, "answer": "verify"}).status_code == 302
    session.expire_all()
    assert record.status is VerificationStatus.VERIFIED


def test_a_late_check_changes_nothing_and_says_what_happened(session, world, client_of, base, contract):
    path = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract)).location
    darlington = client_of("darlington", "approver")
    check = {"answer": "return", "reason": "The register is of another year", "seen_version": "9"}
    late = darlington.post(f"{path}/check", data=check).text
    assert "Somebody else changed this record. Check it and try again" in late
    assert "The register is of another year" in late
    assert session.scalars(select(OutcomeRecord.status)).one() is VerificationStatus.REPORTED
    assert darlington.post(f"{path}/check", data={**check, "answer": "verify", "seen_version": "1"}).status_code == 302
    late = client_of("newcastle").post(f"{path}/check", data={**check, "seen_version": "1"}).text
    assert "Somebody else changed this record" in late
    assert "Is this record right?" not in late


def test_an_outcome_without_evidence_is_refused_beside_the_file_field(session, world, client_of, base, contract):
    for files in (None, (io.BytesIO(b""), "")):
        page = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract, files=files)).text
        assert "Select a file that proves the outcome" in page
        assert 'href="#files"' in page
        assert "Started as an apprentice" in page
    assert session.scalars(select(OutcomeRecord)).all() == []


def test_a_choice_that_there_is_not_is_refused_in_words(session, world, client_of, base, contract):
    unknown = {"commitment": "x", "quarter_starting": "2020-01-01", "subject_kind": "ghost"}
    page = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract, **unknown)).text
    for sentence in ("Select a measure the supplier", "Select a quarter", "Select whether a person or a thing"):
        assert sentence in page
    award = client_of("newcastle").post(f"{base}/award", data={"supplier_id": "x"}).text
    assert "Select a supplier from the list" in award
    assert "Not a valid choice" not in page + award


def test_a_second_claim_is_refused_beside_its_field_and_the_typing_kept(session, world, client_of, base, contract):
    client_of("newcastle").post(f"{base}/outcomes/record", data=outcome(world, contract))
    page = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract)).text
    assert "This person is already claimed" in page
    assert 'href="#subject_reference"' in page
    assert "Started as an apprentice" in page
    assert len(session.scalars(select(OutcomeRecord)).all()) == 1


def test_a_file_that_is_not_what_it_says_is_refused(session, world, client_of, base, contract):
    sent = outcome(world, contract, files=(io.BytesIO(b"<script>"), "register.pdf"))
    page = client_of("gateshead").post(f"{base}/outcomes/record", data=sent).text
    assert "register.pdf is not what its ending says" in page
    assert session.scalars(select(OutcomeRecord)).all() == []


def test_a_file_that_is_evidence_twice_is_said_to_be(session, world, client_of, base, contract):
    words, gateshead = "The same file is evidence of another record of this contract.", client_of("gateshead")
    first = gateshead.post(f"{base}/outcomes/record", data=outcome(world, contract)).location
    other = {"subject_reference": "learner 8", "files": (io.BytesIO(b"%PDF-1.7 another"), "register.pdf")}
    alone = gateshead.post(f"{base}/outcomes/record", data=outcome(world, contract, **other)).location
    assert words not in gateshead.get(first).text + gateshead.get(alone).text
    again = outcome(world, contract, subject_reference="learner 9")
    second = gateshead.post(f"{base}/outcomes/record", data=again).location
    assert words in gateshead.get(second).text
    assert words not in gateshead.get(alone).text
    for record in session.scalars(select(OutcomeRecord).where(OutcomeRecord.id != UUID(second.rpartition("/")[2]))):
        record.status = VerificationStatus.CORRECTED
    session.commit()
    assert words not in gateshead.get(second).text


@pytest.mark.parametrize("path", ["/", "/award", "/outcomes", "/outcomes.csv", "/outcomes/record"])
def test_outsiders_find_nothing_and_visitors_sign_in_first(world, client_of, visitor, base, path):
    assert client_of("leeds").get(base + path).status_code == 404
    assert client_of("builder").get(base + path).status_code == 404
    assert visitor.get(base + path).status_code == 302


def test_an_outsider_finds_no_record_and_no_file(session, world, client_of, base, contract):
    posted = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract))
    file = session.scalars(select(OutcomeRecord)).one().evidence[0].id
    for path in (posted.location, f"{posted.location}/evidence/{file}"):
        assert client_of("leeds").get(path).status_code == 404
    assert client_of("leeds").post(f"{posted.location}/check", data={"answer": "verify"}).status_code == 404


def test_a_form_says_who_may_do_it_to_those_who_may_not(world, client_of, base, contract):
    page = client_of("gateshead").get(f"{base}/award")
    assert page.status_code == 403
    assert "A buyer of the lead authority can do this" in page.text
    assert client_of("gateshead", "observer").get(f"{base}/outcomes/record").status_code == 403


def test_the_list_is_narrowed_and_downloaded(session, world, client_of, base, contract):
    make_record(session, world, contract, subject="a")
    make_record(session, world, contract, subject="b", status=VerificationStatus.REPORTED)
    session.commit()
    client = client_of("gateshead", "observer")
    assert "2 records" in client.get(f"{base}/outcomes").text
    chosen = f"status=reported&measure={world.measure.id}&quarter=2026-10-01"
    assert "1 record" in client.get(f"{base}/outcomes?{chosen}").text
    assert "Records that match the filters belong here" in client.get(f"{base}/outcomes?status=returned").text
    lines = client.get(f"{base}/outcomes.csv?status=reported").data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert '"Apprenticeship starts, level 3",1,people,2026-10-01,Newcastle upon Tyne,E08000021,reported' in lines[1]


def test_an_empty_list_says_what_belongs_there(world, client_of, base, contract):
    assert "Nothing has been recorded yet" in client_of("gateshead").get(f"{base}/outcomes").text


@pytest.mark.parametrize("path", ["/", "/outcomes"])
def test_pages_need_the_same_statements_for_many_records_as_for_one(
    connection, session, world, client_of, base, contract, path
):
    make_records(session, world, contract, 1)
    session.commit()
    client = client_of("newcastle")
    with counted_statements(connection) as one:
        client.get(base + path)
    make_records(session, world, contract, 20, quarter_starting=contract.starts_on.replace(year=2027))
    session.commit()
    with counted_statements(connection) as many:
        client.get(base + path)
    assert len(one) == len(many)


def test_a_record_waits_for_everybody_but_the_one_who_reported_it(session, world, contract):
    make_record(session, world, contract, subject="a", status=VerificationStatus.REPORTED)
    make_record(session, world, contract, subject="b")
    waits = {
        (body, role): len(queries.waiting(session, world.actor(body, role), TODAY))
        for body, role in [
            ("newcastle", "buyer"),
            ("newcastle", "approver"),
            ("gateshead", "buyer"),
            ("gateshead", "observer"),
            ("leeds", "buyer"),
        ]
    }
    assert list(waits.values()) == [0, 1, 1, 0, 0]


def test_what_waits_is_named_so_that_several_can_be_told_apart(session, world, contract):
    make_record(session, world, contract, subject="a", status=VerificationStatus.REPORTED)
    make_record(
        session,
        world,
        contract,
        subject="b",
        body="gateshead",
        place_gss="E08000037",
        status=VerificationStatus.REPORTED,
    )
    what = "Check a delivered outcome: Apprenticeship starts, level 3, 1 people in"
    assert sorted(say(thing) for thing in queries.waiting(session, world.actor("darlington"), TODAY)) == [
        f"{what} Gateshead, reported by Gateshead Council on 2 November 2026 at 9:00am",
        f"{what} Newcastle upon Tyne, reported by Newcastle upon Tyne Council on 2 November 2026 at 9:00am",
    ]


def test_records_alike_in_all_else_are_told_apart_by_when_they_were_reported(session, world, contract):
    for subject, at in (("a", NOW), ("b", NOW + timedelta(hours=5)), ("c", NOW + timedelta(days=120))):
        make_record(session, world, contract, subject=subject, status=VerificationStatus.REPORTED, reported_at=at)
    said = [say(thing) for thing in queries.waiting(session, world.actor("darlington"), TODAY)]
    assert [sentence.partition(" Council on ")[2] for sentence in said] == [
        "2 November 2026 at 9:00am",
        "2 November 2026 at 2:00pm",
        "2 March 2027 at 9:00am",
    ]


def test_what_happened_lately_names_measure_and_quantity(session, world, client_of, base, contract):
    client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract))
    page = client_of("gateshead").get(f"/consortia/{world.consortium.id}").text
    assert "An outcome was reported: Apprenticeship starts, level 3, 1 people" in page
