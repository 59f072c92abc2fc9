"""A year of whole jobs through the ledger: twelve periods, weights that change, one leaves, one joins, two corrections.

Measured here, on both databases, for the years below: after every command no body is a whole unit from what it is
entitled to, which is worked out anew from the splits that count. Proved by the way it is done, and checked here:
issuing takes nothing from anybody; what falls falls by rows that carry the reason of a correction; all books add up.
That a correction ends within a unit is measured too: it divides the latest splits anew as far as that helps.
"""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import LiveClaim, PostedSplit
from commonpurse.outcomes.rules import a_unit_off, would_even_out
from commonpurse.workspaces.models import AgendaItem
from support.delivery_rows import make_agreed_rule, make_contract, make_record
from support.pooling_rows import make_budget
from support.world import AREAS, NOW, make_consortium, make_organisation

BODIES = ("newcastle", "gateshead", "darlington", "leeds", "wigan", "bury")
JOINER, LEAVER = "bolton", "gateshead"
RULE = {"kind": "committed_budget", "rounding": "credit"}
QUARTERS = (date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1))
UNIT = 1_000_000


class Year:
    """The consortium of the year, and what its ledger says."""

    def __init__(self, session, world, seed):
        self.session, self.world, self.chance = session, world, random.Random(seed)
        for body in ("wigan", "bury", JOINER):
            world.bodies[body] = make_organisation(session, f"{body.capitalize()} Council")
            world.people |= {(body, role): world.people["leeds", role] for role in ("buyer", "approver")}
        world.consortium = make_consortium(session, world, (*BODIES, JOINER), name="Jobs")
        world.measure.unit = "jobs"
        self.contract = make_contract(session, world)
        for body in (*BODIES, JOINER):
            make_budget(session, world, body, self.chance.randint(1, 40))
        self.agree(BODIES)

    def agree(self, bodies):
        """A new decision of these bodies, later than those before."""
        self.now = getattr(self, "now", NOW) + timedelta(days=1)
        item = self.session.get_one(
            AgendaItem, make_agreed_rule(self.session, self.world, RULE, agreed_at=self.now - timedelta(days=60))
        )
        item.agreed_record = {
            "electorate": [
                {"organisation_id": str(self.world.organisation(body)), "name": "", "weight": 1} for body in bodies
            ]
        }
        self.session.flush()

    def deliver(self, month):
        """Jobs of a month, in the quarter it belongs to."""
        quarter = QUARTERS[(month - 1) // 3]
        for number in range(self.chance.randint(1, 3)):
            subject = f"{month} {number}"
            quantity = self.chance.randint(1, 5)
            values = {"place_gss": AREAS["newcastle"][0], "quarter_starting": quarter, "quantity": quantity}
            make_record(self.session, self.world, self.contract, subject=subject, **values)

    def issue(self):
        self.now += timedelta(days=30)
        actor = self.world.actor("newcastle")
        commands.issue_splits(self.session, actor, consortium_id=self.world.consortium.id, now=self.now)

    def correct(self, reason):
        """Replace a record that counts by one of a single job, which somebody else checks."""
        wrong = self.chance.choice(
            self.session.scalars(
                select(OutcomeRecord)
                .where(OutcomeRecord.status == VerificationStatus.VERIFIED, OutcomeRecord.quantity > 1)
                .order_by(OutcomeRecord.quarter_starting, OutcomeRecord.subject_key)
            ).all()
        )
        key = commands.correct_outcome(
            self.session,
            self.world.actor("newcastle"),
            consortium_id=self.world.consortium.id,
            record_id=wrong.id,
            quantity=Decimal(1),
            quarter_starting=wrong.quarter_starting,
            place=wrong.place_gss,
            reason=reason,
            seen_version=wrong.version,
            now=self.now,
        )
        replacement = self.session.get_one(OutcomeRecord, key)
        replacement.status = VerificationStatus.VERIFIED
        replacement.checked_by_id = self.world.people["gateshead", "buyer"].id
        self.session.flush()

    def rows(self):
        return self.session.scalars(select(PostedSplit).order_by(PostedSplit.posted_at)).all()

    def received(self):
        """The sum so far of everybody who ever had a part."""
        sums = Counter()
        for row in self.rows():
            sums.update(dict(zip(row.roster.parties, row.amounts, strict=True)))
        return sums

    def furthest(self):
        """How far the worst placed body is from its exact share of all that counts, in units."""
        entitled, gone = Counter(), {row.reverses_id for row in self.rows()}
        for row in self.rows():
            if row.reverses_id is None and row.id not in gone:
                weights = row.explanation["weights"]
                for party, weight in zip(row.roster.parties, weights, strict=True):
                    entitled[party] += Fraction(row.total * weight, sum(weights))
        received = self.received()
        return max(abs(entitled[party] - received[party]) for party in received if party != UNALLOCATED)

    def books_add_up(self):
        live = self.session.scalars(select(LiveClaim.outcome_id)).all()
        records = self.session.scalars(select(OutcomeRecord)).all()
        counted = sum(record.quantity for record in records if record.id.hex in set(live))
        return sum(self.received().values()) == counted and queries.verify(self.session).faults == ()


def fell(before, after):
    return {party for party, amount in before.items() if after[party] < amount}


@pytest.mark.parametrize(("seed", "evened_out"), [(0, False), (12, True), (23, True), (57, True)])
def test_a_year_of_jobs_keeps_all_within_a_unit_and_takes_only_by_named_corrections(session, world, seed, evened_out):
    year, most_rows = Year(session, world, seed), 0
    for month in range(1, 13):
        if month == 5:
            year.agree([body for body in BODIES if body != LEAVER])
        if month == 8:
            year.agree([*(body for body in BODIES if body != LEAVER), JOINER])
        if month % 3 == 0:
            make_budget(session, world, year.chance.choice(BODIES), year.chance.randint(1, 40))
        year.deliver(month)
        before = year.received()
        year.issue()
        assert fell(before, year.received()) == set()
        assert year.furthest() < 1
        if month in (6, 10):
            posted = {row.id for row in year.rows()}
            year.correct(f"Counted twice in month {month}")
            taken = [row for row in year.rows() if row.id not in posted]
            assert {row.reason for row in taken} == {f"Counted twice in month {month}"}
            most_rows = max(most_rows, len(taken))
            assert year.furthest() < 1
        assert year.books_add_up()
    assert {row.reason for row in year.rows()} == {"", "Counted twice in month 6", "Counted twice in month 10"}
    assert (most_rows > 2) is evened_out  # More than the reversal and what remains of its group.


def test_what_comes_late_to_a_group_takes_nothing_from_anybody(session, world):
    make_agreed_rule(session, world, {"kind": "equal", "rounding": "credit"})
    contract = make_contract(session, world)
    for number in range(4):
        make_record(session, world, contract, subject=str(number))
        commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    rows = session.scalars(select(PostedSplit).order_by(PostedSplit.seq)).all()
    assert [row.total for row in rows] == [1, 1, 1, 1]
    assert [row.amounts.index(1) for row in rows[:3]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("credits_held", "amounts", "answer"),
    [
        ({"a": -UNIT, "b": UNIT // 2, "c": UNIT // 2}, {"a": 1, "b": 0, "c": 0}, True),
        ({"a": -UNIT, "b": UNIT // 2, "c": UNIT // 2}, {"a": 0, "b": 1, "c": 0}, False),  # it has none to give
        ({"a": 1 - UNIT, "b": UNIT - 1}, {"a": 1, "b": 0}, False),  # nobody is a unit off
        ({"a": -UNIT, UNALLOCATED: UNIT}, {"a": 1, UNALLOCATED: 0}, True),
        ({"a": UNIT, "b": -1, "c": 1 - UNIT}, {"a": 0, "b": 1, "c": 0}, True),
        ({"a": UNIT, "b": 0, "c": -UNIT + 1}, {"a": 0, "b": 1, "c": 0}, False),  # b would be as far behind
        ({"a": UNIT, "b": 1 - UNIT, UNALLOCATED: -1}, {"b": 1, UNALLOCATED: 0}, False),  # a had no part
        ({UNALLOCATED: UNIT, "a": -UNIT // 2, "b": -UNIT // 2}, {"a": 1, "b": 1, UNALLOCATED: 0}, False),
        ({"a": UNIT, "b": -UNIT}, {"a": 0, "b": 0}, False),
    ],
)
def test_a_split_is_divided_anew_only_if_that_brings_nearer_who_is_a_unit_off(credits_held, amounts, answer):
    assert would_even_out(credits_held, amounts) is answer


def test_the_unallocated_place_is_no_body_that_could_be_off():
    assert a_unit_off({"a": UNIT, "b": -UNIT, "c": UNIT - 1, UNALLOCATED: -UNIT - 1}) == {"a", "b"}
