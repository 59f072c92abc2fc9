"""A rule agreed after splits were posted: what was split keeps its rule, and the pages say so."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from commonpurse.outcomes import commands
from commonpurse.outcomes.models import PostedSplit
from support.delivery_rows import AGREED, make_agreed_rule, make_contract, make_record
from support.pooling_rows import make_budget
from support.web import counted_statements
from support.world import NOW

EQUAL, BUDGETS = {"kind": "equal"}, {"kind": "committed_budget"}
LATER = AGREED + timedelta(days=7)


@pytest.fixture
def ledger(world):
    return f"/consortia/{world.consortium.id}/outcomes/ledger"


@pytest.fixture
def contract(session, world):
    """A contract with ten outcomes that were split equally."""
    made = make_contract(session, world)
    make_agreed_rule(session, world, EQUAL)
    for body, pence in (("newcastle", 500), ("gateshead", 300), ("darlington", 200)):
        make_budget(session, world, body, pence)
    add(session, world, made, "a")
    return made


def add(session, world, contract, subject):
    """Ten more outcomes of the one group, split."""
    make_record(session, world, contract, subject=subject, quantity=10)
    commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    session.commit()


def agree(session, world, spec, **days):
    made = make_agreed_rule(session, world, spec, agreed_at=AGREED + timedelta(**days))
    session.commit()
    return made


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def says(moment):
    return f"{moment.day} {moment:%B %Y}"


def test_the_ledger_says_since_when_its_rule_is_agreed(world, client_of, ledger, contract):
    text = words_of(client_of("gateshead", "observer").get(ledger))
    assert f"Agreed rule since {says(AGREED)}: In equal shares" in text
    assert "agreed before." not in text


def test_what_is_split_keeps_its_rule_and_what_comes_later_follows_the_new_one(
    session, world, client_of, ledger, contract
):
    agree(session, world, BUDGETS, days=7)
    add(session, world, contract, "b")
    rows = session.scalars(select(PostedSplit).order_by(PostedSplit.seq)).all()
    assert [(row.total, row.amounts) for row in rows] == [(10, (4, 3, 3, 0)), (10, (5, 3, 2, 0))]
    text = words_of(client_of("gateshead").get(ledger))
    assert f"Agreed rule since {says(LATER)}: In proportion to the budget each body has committed" in text
    assert "1 current row follows a rule agreed before." in text
    split = words_of(client_of("gateshead").get(f"{ledger.removesuffix('ledger')}splits/{rows[0].id}"))
    assert f"In equal shares, agreed {says(AGREED)}" in split


def test_rows_that_were_taken_back_follow_no_rule_any_more(session, world, client_of, ledger, contract):
    add(session, world, contract, "b")
    agree(session, world, BUDGETS, days=7)
    assert "1 current row follows a rule agreed before." in words_of(client_of("gateshead").get(ledger))
    agree(session, world, EQUAL, days=14)
    add(session, world, contract, "c")
    agree(session, world, BUDGETS, days=21)
    assert "2 current rows follow rules agreed before." in words_of(client_of("gateshead").get(ledger))


def test_the_note_promises_the_same_shares_under_one_rule_only(world, client_of, ledger, contract):
    text = words_of(client_of("gateshead").get(ledger))
    assert "what was split of it by the same rule and the same weights is split again together with them" in text
    assert "What was split by a rule agreed before keeps that rule." in text
    assert "the whole group is split again" not in text


def test_the_ledger_takes_the_same_number_of_statements_however_many_rules_were_agreed(
    session, world, client_of, ledger, contract, connection
):
    def statements():
        client = client_of("gateshead")
        client.get(ledger)
        with counted_statements(connection) as seen:
            assert client.get(ledger).status_code == 200
        return len(seen)

    few = statements()
    for week in range(1, 4):
        agree(session, world, BUDGETS if week % 2 else EQUAL, weeks=week)
        add(session, world, contract, f"later {week}")
    assert statements() == few


def test_the_laboratory_warns_once_where_another_rule_can_be_proposed(session, world, client_of, contract):
    address = f"/consortia/{world.consortium.id}/split-lab?a-kind=today&b-kind=population&c-kind=need"
    warning = (
        f"The bodies agreed another rule on {says(AGREED)}. What is split already keeps the rule it was split by; "
        "what is split after this is agreed follows the new one."
    )
    assert words_of(client_of("gateshead").get(address)).count(warning) == 1
    assert warning not in words_of(client_of("gateshead", "observer").get(address))
