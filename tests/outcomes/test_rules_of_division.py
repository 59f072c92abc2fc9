"""Every kind of rule and rounding through the ledger, on both databases."""

import pytest
from sqlalchemy import select

from commonpurse.calc.allocation import UNALLOCATED, parse_rule, replay
from commonpurse.calc.allocation_rules import ROUNDINGS, RULES
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import PostedSplit
from commonpurse.outcomes.queries.credits import credits_of
from support.delivery_rows import make_agreed_rule, make_contract, make_record
from support.pooling_rows import make_budget, make_requirement
from support.weight_rows import make_agreed_weights
from support.world import NOW

LEGS = [{"percent": "60", "rule": {"kind": "committed_budget"}}, {"percent": "40", "rule": {"kind": "equal"}}]


def issue(session, world):
    return commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)


def rows_of(session):
    return session.scalars(select(PostedSplit).order_by(PostedSplit.posted_at, PostedSplit.seq)).all()


def spec_of(world, kind):
    more = {"hybrid": {"legs": LEGS}, "tiers": {"shares": {"district": "60", "county": "40"}}}
    if kind == "fixed_percentages":
        bodies = [str(world.organisation(body)) for body in ("newcastle", "gateshead", "darlington")]
        more[kind] = {"percentages": dict(zip(bodies, ("50", "30", "20"), strict=True))}
    more["recorded_weights"] = {"basis": "Litres called off"}
    return {"kind": kind, **more.get(kind, {})}


@pytest.fixture
def contract(session, world):
    make_budget(session, world, "newcastle", 417_00)
    make_budget(session, world, "gateshead", 333_00)
    make_requirement(session, world, "darlington")
    make_agreed_weights(session, world, 417, 333, 250)
    return make_contract(session, world)


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_a_split_by_every_rule_is_posted_shown_proved_and_taken_back(session, world, contract, kind, rounding):
    make_agreed_rule(session, world, parse_rule({**spec_of(world, kind), "rounding": rounding}).spec())
    record = make_record(session, world, contract, subject="a", quantity=7)
    make_record(session, world, contract, subject="b", quantity=3)
    [split_id] = issue(session, world)
    [row] = rows_of(session)
    assert sum(row.amounts) == 10
    assert tuple(replay(row.explanation)) == row.amounts
    page = queries.split_page(session, world.actor("gateshead"), world.consortium.id, split_id)
    assert [share.floor + share.from_rounding for share in page.shares] == list(row.amounts)
    assert all(share.sentences for share in page.shares)
    reopen = {"record_id": record.id, "reason": "Counted wrongly", "seen_version": record.version}
    commands.reopen_outcome(
        session, world.actor("newcastle", "approver"), consortium_id=world.consortium.id, now=NOW, **reopen
    )
    assert [row.total for row in rows_of(session)] == [10, -10, 3]
    assert queries.verify(session).faults == ()


@pytest.mark.parametrize("setting", [{"floor": "20"}, {"cap": "35"}, {"floor": "10", "cap": "50"}])
def test_bounds_hold_in_the_ledger(session, world, contract, setting):
    make_agreed_rule(session, world, {"kind": "committed_budget", **setting})
    make_record(session, world, contract, subject="a", quantity=1000)
    issue(session, world)
    [row] = rows_of(session)
    *shares, unallocated = row.amounts
    assert min(shares) >= 10 * int(setting.get("floor", 0))
    assert max(shares) <= 10 * int(setting.get("cap", 100))
    assert unallocated == 1000 - sum(shares)
    assert queries.verify(session).faults == ()


def test_what_a_body_is_owed_is_carried_from_one_split_to_the_next(session, world, contract):
    make_agreed_rule(session, world, {"kind": "equal", "rounding": "credit"})
    received = []
    for quarter in range(1, 7):
        month = 3 * (quarter % 4) + 1
        start = NOW.date().replace(year=2026 + quarter // 4, month=month, day=1)
        make_record(session, world, contract, subject=f"q{quarter}", quantity=1, quarter_starting=start)
        [split_id] = issue(session, world)
        received.append(session.get_one(PostedSplit, split_id).amounts)
    assert [sum(column) for column in zip(*received, strict=True)] == [2, 2, 2, 0]
    parties = rows_of(session)[0].roster.parties
    owed = credits_of(session, world.consortium.id, contract_measure(session), parties)
    assert sum(owed.values()) == 0
    assert max(abs(credit) for credit in owed.values()) < 10


def contract_measure(session):
    return rows_of(session)[0].measure_id


def test_the_credit_of_a_body_that_is_no_party_stands_unallocated(session, world, contract):
    make_agreed_rule(session, world, {"kind": "equal", "rounding": "credit"})
    make_record(session, world, contract, subject="a", quantity=2)
    issue(session, world)
    *members, rest = rows_of(session)[0].roster.parties
    assert rest == UNALLOCATED
    owed = credits_of(session, world.consortium.id, contract_measure(session), [*members[:2], rest])
    assert owed[UNALLOCATED] == 666_666
    assert sum(owed.values()) == 0
