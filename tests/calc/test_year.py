"""A year of whole jobs: twelve periods, weights that change, one who leaves, one who joins, and corrections.

Proved (see `calc.credit`), so random years of any kind are looked for that break it: all books add up; a credit is what
a body is entitled to less what it received, but for a millionth a period; nobody's sum falls without a correction;
until a correction no body is a whole unit ahead, also after somebody left, and none further behind than
(H_P - 1) + (H_P - 2), where P counts everybody who ever had a place. The second part is for the one who leaves: its
credit goes to the unallocated place, so k places after it are together no further behind than k + 1 before it.

Measured: in years with weights nobody chose against the rule, also with corrections, no body was a whole unit off.
Not so by a bare reversal of an old period, which can leave a body further off: see the last test. A total below zero,
by the credits of now, does not, but it may take a unit from a place that never received one (from the unallocated
place, say, for one who left a unit ahead). So the ledger reverses exactly and evens out: `tests/outcomes/test_year.py`.
"""

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.allocation import UNALLOCATED, credit_change, parse_rule, split
from commonpurse.calc.credit import UNIT, change_roster, divide_by_credit, take_back

RULE = parse_rule({"kind": "committed_budget", "rounding": "credit"})
MOST = 6


class Year:
    """What everybody was entitled to and received, kept apart from the credits."""

    def __init__(self, bodies):
        self.held = dict.fromkeys([*bodies, UNALLOCATED], 0)
        self.entitled, self.received, self.periods, self.given_away = Counter(), Counter(), 0, 0

    @property
    def bodies(self):
        return [place for place in self.held if place != UNALLOCATED]

    def divide(self, total, weights):
        asked = {body: weights[body] for body in self.bodies}
        done = split(total, RULE, roster=self.bodies, weights=asked, credits_before=self.held)
        whole = sum(done.explanation["weights"])
        for place, amount, weight in zip(done.roster, done.amounts, done.explanation["weights"], strict=True):
            self.entitled[place] += Fraction(total * weight, whole)
            self.received[place] += amount
            self.held[place] += credit_change(done.explanation)[place]
        self.periods += 1
        self.given_away += total
        return done

    def change(self, bodies):
        changed = change_roster(self.held, [*bodies, UNALLOCATED])
        for posting in changed.steps["postings"]:
            self.entitled[UNALLOCATED] += self.entitled[posting["from"]] - self.received[posting["from"]]
            self.entitled[posting["from"]] = Fraction(self.received[posting["from"]])
        self.held = dict(zip([*bodies, UNALLOCATED], changed.amounts, strict=True))

    def books_add_up(self):
        assert sum(self.received.values()) == sum(self.entitled.values()) == self.given_away
        assert sum(self.held.values()) == 0
        for place, credit in self.held.items():
            owed = (self.entitled[place] - self.received[place]) * UNIT
            assert abs(owed - credit) <= self.periods * (2 if place == UNALLOCATED else 1)

    def furthest(self):
        """How far the worst placed body is from its exact share, in units."""
        return max(abs(self.entitled[body] - self.received[body]) for body in self.bodies)


rows_of_weights = st.lists(st.integers(0, 5), min_size=MOST + 1, max_size=MOST + 1)


@given(
    st.integers(2, MOST),
    st.lists(st.tuples(st.integers(0, 8), rows_of_weights), min_size=12, max_size=12),
    st.lists(st.integers(1, 11), min_size=2, max_size=2, unique=True),
    st.data(),
)
def test_in_any_year_the_books_add_up_and_nobody_loses_or_is_a_unit_ahead(count, periods, months, data):
    bodies = [f"body {number}" for number in range(count)]
    year = Year(bodies)
    leaver, harmonic = data.draw(st.sampled_from(bodies)), sum(Fraction(1, place) for place in range(1, count + 3))
    for month, (total, weights) in enumerate(periods):
        if month == months[0]:
            year.change([body for body in year.bodies if body != leaver])
        if month == months[1]:
            year.change([*year.bodies, "joiner"])
        done = year.divide(total, dict(zip([*bodies, "joiner"], weights, strict=False)))
        assert min(done.amounts) >= 0
        year.books_add_up()
        for body in year.bodies:
            assert -UNIT < year.held[body] <= (2 * harmonic - 3) * UNIT


@pytest.mark.parametrize("seed", range(40))
def test_in_ordinary_years_with_two_corrections_nobody_was_a_unit_off(seed):
    chance = random.Random(seed)
    bodies = [f"body {number}" for number in range(chance.choice([3, 5, 12]))]
    year, weights = Year(bodies), {body: chance.randint(1, 1000) for body in [*bodies, "joiner"]}
    leaves, joins = chance.sample(range(1, 12), 2)
    for month in range(12):
        if month == leaves:
            year.change([body for body in year.bodies if body != bodies[1]])
        if month == joins:
            year.change([*year.bodies, "joiner"])
        if month % 3 == 0:
            weights |= {body: chance.randint(1, 1000) for body in chance.sample(sorted(weights), 2)}
        before = Counter(year.received)
        year.divide(chance.randint(0, 40), weights)
        assert all(year.received[place] >= amount for place, amount in before.items())
        assert year.furthest() < 1
        if month in (5, 9):
            year.divide(-min(chance.randint(1, 10), year.given_away), weights)
            assert year.furthest() < 1
        year.books_add_up()
    assert min(year.received.values()) >= -1


def test_a_reversal_alone_can_leave_a_body_more_than_a_unit_off_and_a_total_below_zero_does_not():
    held, periods = (0, 0, 0, 0), [(1, [3, 0, 2, 3]), (1, [3, 1, 0, 0]), (1, [2, 0, 2, 1])]
    posted = []
    for total, weights in periods:
        posted.append(divide_by_credit(total, weights, held))
        held = posted[-1].credits
        assert max(map(abs, held)) < UNIT
    assert take_back(posted[0].worked, held).credits == (1_150_000, 250_000, -600_000, -800_000)
    assert divide_by_credit(-1, periods[0][1], held).credits == (150_000, 250_000, -600_000, 200_000)
