"""The form for the award: filled in from what was agreed, and all that is wrong said at once."""

import re

import pytest
from sqlalchemy import select

from commonpurse.consortia.models import Consortium, Stage
from commonpurse.delivery.models import Contract
from commonpurse.pooling.models import ApprovalState
from support.delivery_rows import make_agreed_rule, make_agreed_target, make_contract
from support.pooling_rows import make_budget

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
