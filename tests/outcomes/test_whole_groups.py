"""A group is split once as a whole: no share depends on when somebody presses the button."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from commonpurse.core import log
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import PostedSplit
from support.delivery_rows import make_agreed_rule, make_contract, make_record
from support.pooling_rows import make_budget
from support.world import NOW

EQUAL = {"kind": "equal"}
BUDGETS = {"newcastle": 417, "gateshead": 333, "darlington": 250}

pressings = st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=3), min_size=1, max_size=4)


def issue(session, world):
    return commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)


def rows_of(session):
    return session.scalars(select(PostedSplit).order_by(PostedSplit.seq)).all()


def net(session, contract):
    query = (
        "SELECT position, sum(amount) FROM outcomes_posting p JOIN outcomes_split s ON s.id = p.split_id "
        "WHERE s.scope LIKE :scope GROUP BY position ORDER BY position"
    )
    return [int(amount) for _, amount in session.execute(text(query), {"scope": f"{contract.id.hex}%"})]


@pytest.fixture
def contract(session, world):
    return make_contract(session, world)


def test_what_comes_later_is_split_together_with_what_came_before(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a", quantity=1)
    [first] = issue(session, world)
    make_record(session, world, contract, subject="b", quantity=5)
    [whole] = issue(session, world)
    rows = rows_of(session)
    assert [(row.seq, row.total, row.amounts) for row in rows] == [
        (1, 1, (1, 0, 0, 0)),
        (2, -1, (-1, 0, 0, 0)),
        (3, 6, (2, 2, 2, 0)),
    ]
    assert (rows[1].reverses_id, rows[2].id, rows[2].quantities) == (first, whole, (1, 5))
    assert rows[0].rule_version_id == rows[2].rule_version_id
    assert rows[0].weight_version_id == rows[2].weight_version_id
    kinds = [entry.kind for entry in log.entries_after(session, world.consortium.stream, 0)]
    assert kinds == ["outcomes.split_posted", "outcomes.split_reversed", "outcomes.split_posted"]
    assert queries.verify(session).faults == ()


def test_weights_that_changed_since_leave_the_earlier_split_alone(session, world, contract):
    make_agreed_rule(session, world, {"kind": "committed_budget"})
    make_budget(session, world, "newcastle", 100_00)
    make_record(session, world, contract, subject="a", quantity=5)
    issue(session, world)
    make_budget(session, world, "gateshead", 100_00)
    make_record(session, world, contract, subject="b", quantity=4)
    issue(session, world)
    make_record(session, world, contract, subject="c", quantity=3)
    issue(session, world)
    assert [row.total for row in rows_of(session)] == [5, 4, -4, 7]
    assert net(session, contract) == [9, 3, 0, 0]
    assert queries.verify(session).faults == ()


def test_a_rule_that_changed_since_leaves_the_earlier_split_alone(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a", quantity=5)
    issue(session, world)
    make_agreed_rule(session, world, EQUAL, agreed_at=NOW)
    make_record(session, world, contract, subject="b", quantity=4)
    issue(session, world)
    assert [row.total for row in rows_of(session)] == [5, 4]
    assert queries.verify(session).faults == ()


def test_any_order_and_grouping_of_pressing_gives_the_shares_of_pressing_once(session, world):
    make_agreed_rule(session, world, {"kind": "committed_budget"})
    for body, pounds in BUDGETS.items():
        make_budget(session, world, body, pounds * 100)
    subjects = count()

    def deliver(contract, quantities):
        for quantity in quantities:
            make_record(session, world, contract, subject=f"learner {next(subjects)}", quantity=quantity)
        issue(session, world)

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(pressings=pressings)
    def shares_are_those_of_one_split(pressings):
        pressed, once = make_contract(session, world), make_contract(session, world)
        for quantities in pressings:
            deliver(pressed, quantities)
        deliver(once, sorted(quantity for quantities in pressings for quantity in quantities))
        assert net(session, pressed) == net(session, once)

    shares_are_those_of_one_split()
    assert queries.verify(session).faults == ()


def test_the_pages_say_that_the_whole_group_was_split_again(session, world, client_of, contract):
    make_agreed_rule(session, world, EQUAL)
    for subject, quantity in (("a", 1), ("b", 5)):
        make_record(session, world, contract, subject=subject, quantity=quantity)
        issue(session, world)
    session.commit()
    first, reversal, whole = rows_of(session)
    client, base = client_of("gateshead"), f"/consortia/{world.consortium.id}/outcomes"
    ledger = client.get(f"{base}/ledger").text
    assert ledger.count("Replaced by a split of the whole group") == 1
    assert "Adds up exactly: 6 = 2 + 2 + 2" in ledger
    home = client.get(f"/consortia/{world.consortium.id}").text
    assert "Outcomes were divided: Apprenticeship starts, level 3, 6 people" in home
    assert "A division of outcomes was taken back: Apprenticeship starts, level 3, 1 person" in home
    for row in (first, reversal):
        page = client.get(f"{base}/splits/{row.id}").text
        assert "Replaced by a split of the whole group" in page
        assert f"/splits/{whole.id}" in page
    assert "Replaced by" not in client.get(f"{base}/splits/{whole.id}").text
    statement = queries.statement(
        session, world.actor("gateshead"), world.consortium.id, world.organisation("gateshead")
    )
    assert [(split.id, split.share) for split in statement.document.splits] == [(str(whole.id), 2)]
