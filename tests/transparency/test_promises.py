"""What the public page shows of targets, contracts and delivery, and what it keeps to itself."""

import csv
import io
import re
from datetime import date

import pytest

from commonpurse.delivery.models import Commitment, VerificationStatus
from commonpurse.measures.models import MeasureKind
from commonpurse.transparency import queries
from commonpurse.workspaces.commands import comment
from support.delivery_rows import make_contract, make_record, make_records
from support.pooling_rows import make_budget, make_requirement
from support.web import counted_statements
from support.workspace_rows import answer, make_target, offer
from support.world import NOW, make_measure

TABLES = ("targets", "contracts", "commitments", "verified")


@pytest.fixture
def published(session, world):
    world.consortium.public_summary = "Light"
    world.consortium.published_at = NOW
    session.commit()
    return world.consortium


@pytest.fixture
def agreed(session, world, published):
    """A target of 120 people, which everybody agreed after a higher offer, with reasons and comments."""
    item = make_target(session, world)
    offer(session, world, "gateshead", item, 0, "987", rationale="Our secret reason")
    offer(session, world, "newcastle", item, 1, "120")
    comment(session, world.actor("darlington"), item_id=item, text="Between ourselves", now=NOW)
    for body in ("gateshead", "darlington"):
        answer(session, world, body, item, 2)
    session.commit()
    return published


def rows(client, consortium, table):
    response = client.get(f"/register/{consortium.id}/{table}.csv")
    assert response.content_type == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))


def test_before_anything_is_promised_the_page_says_so(visitor, published):
    page = visitor.get(f"/register/{published.id}").text
    for words in ("No targets are agreed yet", "There is no contract yet", "Nothing is verified yet"):
        assert words in page
    assert ".csv" not in page
    assert all(len(rows(visitor, published, table)) == 1 for table in TABLES)


def test_agreed_targets_are_shown_with_their_framework_and_can_be_downloaded(visitor, session, world, agreed):
    page = visitor.get(f"/register/{agreed.id}").text
    assert "Framework of the tests, 1" in page
    assert f'href="/register/{agreed.id}/targets.csv"' in page
    assert rows(visitor, agreed, "targets") == [
        ["Measure", "Quantity", "Unit", "Framework", "Edition"],
        ["Apprenticeship starts, level 3", "120", "people", "Framework of the tests", "1"],
    ]


def test_a_contract_is_shown_with_its_supplier_its_term_and_what_was_promised(visitor, session, world, published):
    make_contract(session, world)
    session.commit()
    page = visitor.get(f"/register/{published.id}").text
    assert all(words in page for words in ("Brightway Ltd", "1 October 2026", "30 September 2028"))
    assert rows(visitor, published, "contracts")[1:] == [
        ["Street lighting maintenance", "Brightway Ltd", "2026-10-01", "2028-09-30"]
    ]
    assert rows(visitor, published, "commitments")[1:] == [
        [
            "Street lighting maintenance",
            "Apprenticeship starts, level 3",
            "100",
            "people",
            "Framework of the tests",
            "1",
        ]
    ]


def test_only_what_is_verified_counts_over_all_contracts_and_bodies(visitor, session, world, published):
    first, second = make_contract(session, world), make_contract(session, world, reference="SL-2")
    make_records(session, world, first, 3)
    make_record(session, world, second, subject="another", body="gateshead", quantity=4)
    for status in (VerificationStatus.REPORTED, VerificationStatus.RETURNED, VerificationStatus.CORRECTED):
        make_record(session, world, first, subject=status.value, quantity=50, status=status)
    session.commit()
    assert [line[1] for line in rows(visitor, published, "verified")[1:]] == ["7"]


def test_quantities_are_exact_and_an_own_measure_has_no_framework(visitor, session, world, published):
    own = {"framework_version_id": None, "owner_id": world.organisation("gateshead"), "kind": MeasureKind.CUSTOM}
    fine = make_measure(session, "FTE-1", title="Weeks of work", unit="weeks", decimals=2, **own)
    contract = make_contract(session, world)
    session.add(Commitment(contract_id=contract.id, measure_id=fine.id, quantity=123_456_75))
    session.commit()
    page = visitor.get(f"/register/{published.id}").text
    assert "123,456.75" in page
    assert "Own measure" in page
    assert ["Street lighting maintenance", "Weeks of work", "123456.75", "weeks", "", ""] in (
        rows(visitor, published, "commitments")
    )


def test_nothing_confidential_is_in_the_page_or_its_tables(visitor, session, world, agreed):
    open_item = make_target(session, world, measure_id=make_measure(session, "OPEN", title="Still open").id)
    offer(session, world, "darlington", open_item, 0, "654")
    make_requirement(session, world, "newcastle")
    make_budget(session, world, "newcastle")
    contract = make_contract(session, world, awarded_on=date(2026, 9, 7))
    make_record(session, world, contract, subject="a learner", description="Ann started", body="gateshead")
    make_record(
        session,
        world,
        contract,
        subject="b",
        description="Waiting to be checked",
        status=VerificationStatus.REPORTED,
        quantity=321,
    )
    session.commit()
    shown = [visitor.get(f"/register/{agreed.id}").text]
    shown += [visitor.get(f"/register/{agreed.id}/{table}.csv").text for table in TABLES]
    keys = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|nonce=\S+")  # may hold any digits
    shown = [keys.sub("", text) for text in shown]
    for secret in (
        "987",
        "Our secret reason",
        "Between ourselves",
        "Still open",
        "654",
        "£",
        "250,000",
        "250000",
        "SL-1",
        "Ann started",
        "Waiting to be checked",
        "321",
        "Buyer",
        "Approver",
        "Objected",
        "Offer",
        "Street lights",
    ):
        assert [text for text in shown if secret in text] == [], secret


@pytest.mark.parametrize("table", TABLES)
def test_the_tables_of_what_is_not_published_do_not_exist(visitor, client_of, world, table):
    path = f"/register/{world.consortium.id}/{table}.csv"
    assert visitor.get(path).status_code == client_of("gateshead").get(path).status_code == 404


def test_the_page_asks_the_same_for_one_promise_and_for_many(session, connection, world, published):
    def statements():
        session.expire_all()
        session.expunge_all()
        with counted_statements(connection) as seen:
            page = queries.public_page(session, published_id)
        return len(page.commitments), len(seen)

    published_id = published.id
    contract = make_contract(session, world)
    make_records(session, world, contract, 2)
    session.commit()
    contract_id = contract.id
    _, few = statements()
    for number in range(5):
        measure = make_measure(session, f"MANY-{number}", title=f"Measure {number}")
        session.add(Commitment(contract_id=contract_id, measure_id=measure.id, quantity=number + 1))
    session.commit()
    assert statements() == (6, few)
