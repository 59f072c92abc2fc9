"""What waits for approvers of the lead authority: statements to issue and to issue again, while any is due."""

from datetime import date, timedelta

import pytest

from commonpurse.core import signature
from commonpurse.outcomes import commands, queries
from support.delivery_rows import QUARTER, make_agreed_rule, make_contract, make_record
from support.editions import correct, issue, make_two_places, split
from support.web import counted_statements
from support.weight_rows import make_agreed_weights
from support.world import AREAS, NOW, TODAY, make_area, make_consortium

SECOND = date(2027, 1, 1)
LATER = NOW + timedelta(days=1)
FIRST_TIME, AGAIN = (
    "Issue statements: the ledger has new splits",
    "Issue statements again: the ledger has changed since",
)


@pytest.fixture(autouse=True)
def key(whole_application):
    signature.bind(signature.derive("a key for tests only, long enough to sign"))


@pytest.fixture
def contract(session, world):
    made = make_contract(session, world)
    session.commit()
    return made


@pytest.fixture
def records(session, world, contract):
    return make_two_places(session, world, contract)


@pytest.fixture
def waits(session, world):
    def ask(body="newcastle", role="approver"):
        found = queries.waiting(session, world.actor(body, role), TODAY)
        return [each.msgid for each in found if each.endpoint == "outcomes.statements"]

    return ask


def test_issuing_waits_for_approvers_of_the_lead_until_it_is_done(session, world, records, waits):
    assert waits() == [FIRST_TIME]
    assert waits("gateshead") == waits("newcastle", "buyer") == []
    [shown] = queries.waiting(session, world.actor("newcastle", "approver"), TODAY)
    assert (shown.consortium, shown.arguments) == (world.consortium.name, {"consortium_id": world.consortium.id})
    issue(session, world, now=LATER)
    assert waits() == []


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(minutes=1)])
def test_after_a_correction_they_are_issued_again_though_it_waited_for_them(session, world, records, waits, wait):
    issue(session, world, now=NOW + wait)
    assert waits() == []
    correct(session, world, records["gateshead"], 40)
    assert waits() == [AGAIN]
    issue(session, world, reason="Counted twice", now=NOW + wait)
    assert waits() == []


def test_splits_divided_anew_by_other_weights_are_issued_again(session, world, contract, waits):
    make_agreed_weights(session, world, 1, 1, 2)
    make_agreed_rule(session, world, {"kind": "recorded_weights", "basis": "Litres called off"})
    make_record(session, world, contract, subject="a", quantity=40)
    split(session, world)
    issue(session, world)
    make_agreed_weights(session, world, 3, 1, 0, now=LATER)
    assert waits() == []
    commands.divide_anew(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=LATER)
    assert waits() == [AGAIN]


def test_a_split_in_which_nobody_has_a_part_keeps_nobody_waiting(session, world, contract, waits):
    make_agreed_rule(session, world, {"kind": "tiers", "shares": {"district": "100"}})
    make_record(session, world, contract, subject="a", quantity=3, place_gss=AREAS["gateshead"][0])
    split(session, world)
    issue(session, world)
    leeds = make_area(session, *AREAS["leeds"])
    make_record(session, world, contract, subject="b", quantity=4, place_gss=leeds.gss)
    split(session, world)
    assert waits() == []


def test_a_newer_quarter_waits_though_an_older_one_was_issued_after_its_splits(
    session, world, contract, records, waits
):
    make_record(session, world, contract, subject="later", quarter_starting=SECOND, quantity=7)
    split(session, world)
    issue(session, world, until=QUARTER, now=LATER)
    assert waits() == [FIRST_TIME]
    issue(session, world, until=SECOND, now=LATER)
    assert waits() == []


def test_many_consortia_take_as_many_statements_as_one(session, world, connection, records, waits):
    def counted():
        session.expire_all()
        with counted_statements(connection) as seen:
            assert set(waits()) == {FIRST_TIME}
        return len(seen)

    counted()
    one, first = counted(), world.consortium
    for number in range(3):
        world.consortium = make_consortium(session, world, name=f"Verges {number}")
        made = make_contract(session, world)
        make_agreed_rule(session, world, {"kind": "equal"})
        make_record(session, world, made, subject=f"of {number}", quantity=3)
        split(session, world)
    world.consortium = first
    assert len(waits()) == 4
    assert counted() == one
