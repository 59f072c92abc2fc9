from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonpurse.calc.apportion import apportion, largest_remainder
from commonpurse.calc.bounds import CAP, FLOOR, FREE, SHORT, within_bounds
from commonpurse.calc.claims import RULES, award
from commonpurse.calc.digest import canonical

numbers = st.integers(0, 12) | st.integers(0, 10**9)


@st.composite
def places(draw):
    """Weights, floors and caps of one to seven places."""
    rows = []
    for _ in range(draw(st.integers(1, 7))):
        floor = draw(st.just(0) | numbers)
        rows.append((draw(numbers), floor, draw(st.none() | numbers.map(lambda more, floor=floor: floor + more))))
    return tuple(map(list, zip(*rows, strict=True)))


@st.composite
def problems(draw):
    """As `places`, with a total that the floors leave room for."""
    weights, floors, caps = draw(places())
    return sum(floors) + draw(numbers), weights, floors, caps


def bounded(total, weights, floors=None, caps=None, shortfall="proportional"):
    none = [None] * len(weights)
    return within_bounds(total, weights, floors=floors or [0] * len(weights), caps=caps or none, shortfall=shortfall)


def clamp(level, weight, floor, cap):
    share = max(level * weight, floor)
    return share if cap is None else min(share, cap)


def level_by_bisection(total, weights, floors, caps):
    """The exact level, or None if all are as high as they may go: halve the breakpoints, then solve one line."""
    rows = list(zip(weights, floors, caps, strict=True))
    breaks = {Fraction(bound, weight) for weight, *bounds in rows for bound in bounds if weight and bound is not None}
    levels = sorted(breaks | {Fraction(0)})

    def reached(level):
        return sum(clamp(level, *row) for row in rows)

    low, high = 0, len(levels)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if reached(levels[middle]) <= total else (low, middle)
    slope = reached(levels[low] + 1) - reached(levels[low]) if high == len(levels) else None
    if slope is None:
        slope = (reached(levels[high]) - reached(levels[low])) / (levels[high] - levels[low])
    return levels[low] + (total - reached(levels[low])) / Fraction(slope) if slope else None


@given(problems())
@example((10, [1, 1], [0, 4], [3, None]))
@example((10, [1, 1, 1], [5, 0, 0], [None, 1, None]))
@example((6, [0, 0], [1, 2], [3, None]))
def test_every_part_is_the_clamped_share_at_the_level_that_bisection_finds(problem):
    _, weights, floors, caps = problem
    worked, level = bounded(*problem), level_by_bisection(*problem)
    rows = list(zip(weights, floors, caps, strict=True))
    for amount, row in zip(worked.amounts, rows, strict=False):
        highest = row[1] if not row[0] else row[2]
        share = clamp(level, *row) if level is not None else highest
        assert abs(amount - share) < 1
        assert share.denominator != 1 or amount == share


@given(problems())
def test_parts_add_up_within_the_bounds_and_only_full_places_leave_anything_over(problem):
    total, weights, floors, caps = problem
    *amounts, unallocated = bounded(*problem).amounts
    assert sum(amounts) + unallocated == total
    for amount, weight, floor, cap in zip(amounts, weights, floors, caps, strict=True):
        assert floor <= amount
        assert cap is None or amount <= cap
        assert weight or amount == floor
        assert not unallocated or not weight or amount == cap


@given(problems())
def test_the_steps_can_be_checked_by_hand(problem):
    total, weights, floors, caps = problem
    worked = bounded(*problem)
    steps = worked.steps
    canonical(steps)
    assert (steps["total"], steps["weights"], steps["floors"], steps["caps"]) == problem
    assert len(steps["rounds"]) <= len(weights) + 1
    assert (steps["shortfall"], steps["unallocated"]) == (None, worked.amounts[-1])
    settled = {FLOOR: floors, CAP: caps}
    at = [settled[how][place] for place, how in enumerate(steps["frozen"]) if how != FREE]
    free = [place for place, how in enumerate(steps["frozen"]) if how == FREE]
    last = steps["rounds"][-1]
    assert (last["at_floor"], last["at_cap"]) == ([], [])
    assert (last["left"], last["whole"]) == (total - sum(at), sum(weights[place] for place in free))
    for place in free:
        floor, remainder = divmod(last["left"] * weights[place], last["whole"])
        assert worked.amounts[place] == floor + steps["extra_unit"][place]
        assert steps["remainders"][place] == remainder
    assert sum(steps["extra_unit"]) <= len(free)
    assert steps["level"] == (str(Fraction(last["left"], last["whole"])) if free else None)
    frozen = [place for each in steps["rounds"] for place in each["at_floor"] + each["at_cap"]]
    assert sorted(frozen + free) == [
        place for place, (how, weight) in enumerate(zip(steps["frozen"], weights, strict=True)) if how == FREE or weight
    ]


@given(st.integers(0, 10**12), st.lists(numbers, min_size=1, max_size=8).filter(any))
def test_without_bounds_it_is_the_largest_remainder(total, weights):
    worked = bounded(total, weights)
    assert worked.amounts == (*largest_remainder(total, weights), 0)
    expected = zip(weights, apportion(total, weights).remainders, strict=True)
    assert worked.steps["remainders"] == [remainder if weight else None for weight, remainder in expected]


@given(st.lists(numbers, min_size=1, max_size=7), st.integers(0, 10**10))
def test_equal_weights_with_caps_alone_are_constrained_equal_awards(caps, total):
    expected = award(total, caps, "constrained_equal_awards").amounts
    assert bounded(total, [1] * len(caps), caps=caps).amounts == expected


@given(numbers, places(), st.sampled_from(sorted(RULES.keys() - {"concede_and_divide"})))
def test_floors_that_exceed_the_total_are_claims_for_the_rule_that_was_agreed(total, rows, rule):
    weights, floors, _ = rows
    total = min(total, sum(floors) - 1)
    if total < 0:
        return
    worked, short = bounded(total, *rows, shortfall=rule), award(total, floors, rule)
    assert worked.amounts == short.amounts
    assert worked.steps["shortfall"] == short.steps
    assert (worked.steps["frozen"], worked.steps["unallocated"]) == ([SHORT] * len(weights), 0)
    canonical(worked.steps)


@given(problems(), st.data())
def test_of_two_places_with_the_same_bounds_the_heavier_receives_no_less(problem, data):
    total, weights, floors, caps = problem
    twin = data.draw(st.integers(0, len(weights) - 1))
    weights, floors, caps = [*weights, weights[twin] + data.draw(numbers)], [*floors, floors[twin]], [*caps, caps[twin]]
    worked = bounded(total + floors[twin], weights, floors, caps)
    assert worked.amounts[-2] >= worked.amounts[twin] - (weights[-1] == weights[twin])


PUBLISHED = [
    # source, total, weights, caps, amounts
    # In tenths: a link of 10 shared by demands of 2, 2.6, 4 and 5.
    ("Keshav 1997, max-min fair share", 100, [1, 1, 1, 1], [20, 26, 40, 50], [20, 26, 27, 27]),
    ("Keshav 1997, weighted max-min fair share", 16, [5, 8, 1, 2], [4, 2, 10, 4], [4, 2, 6, 4]),
    ("Maimonides 1180, Mishneh Torah, Creditor and Debtor 20:4", 300, [1, 1, 1], [100, 200, 300], [100, 100, 100]),
    ("Maimonides 1180, Mishneh Torah, Creditor and Debtor 20:4", 500, [1, 1, 1], [100, 200, 300], [100, 200, 200]),
]


@pytest.mark.parametrize(("source", "total", "weights", "caps", "amounts"), PUBLISHED)
def test_published_examples_come_out_as_printed(source, total, weights, caps, amounts):
    assert bounded(total, weights, caps=caps).amounts == (*amounts, 0)


def test_both_sides_freeze_together_when_they_balance():
    # 4 each: the first lacks 2 of its floor and the second has 2 above its cap, so the third keeps its 4.
    worked = bounded(12, [1, 1, 1], [6, 0, 0], [None, 2, None])
    assert worked.amounts == (6, 2, 4, 0)
    assert worked.steps["rounds"] == [
        {"left": 12, "whole": 3, "at_floor": [0], "at_cap": [1]},
        {"left": 4, "whole": 1, "at_floor": [], "at_cap": []},
    ]
    assert worked.steps["frozen"] == ["floor", "cap", "free"]


@pytest.mark.parametrize(
    ("total", "weights", "floors", "caps", "amounts", "frozen"),
    [
        # Who comes to the bound by the share alone stays free.
        (9, [1, 2], [0, 0], [3, None], (3, 6), (FREE, FREE)),
        (9, [1, 2], [3, 0], [None, None], (3, 6), (FREE, FREE)),
        # Half a unit, the least there can be with two equal weights, breaks a bound.
        (1, [1, 1], [0, 1], [None, None], (0, 1), (FREE, FLOOR)),
        (1, [1, 1], [0, 0], [0, None], (0, 1), (CAP, FREE)),
        # The side that is broken by a third of a unit more freezes alone, which mends the other.
        (4, [1, 1, 1], [2, 0, 0], [None, 1, None], (2, 1, 1), (FLOOR, FREE, FREE)),
        (5, [1, 1, 1], [2, 0, 0], [None, 1, None], (2, 1, 2), (FREE, CAP, FREE)),
    ],
)
def test_the_least_difference_decides_who_freezes(total, weights, floors, caps, amounts, frozen):
    worked = bounded(total, weights, floors, caps)
    assert (worked.amounts, tuple(worked.steps["frozen"])) == ((*amounts, 0), frozen)


def test_a_place_that_was_above_its_cap_can_come_back_below_it():
    # Alone the first would break its cap of 4; the others' floors take so much that it does not reach it.
    worked = bounded(12, [5, 1, 1, 1], [0, 3, 3, 3], [4, None, None, None])
    assert worked.amounts == (3, 3, 3, 3, 0)
    assert worked.steps["rounds"][0] == {"left": 12, "whole": 8, "at_floor": [1, 2, 3], "at_cap": []}


def test_what_the_caps_cannot_take_goes_to_the_unallocated_place():
    worked = bounded(10, [1, 2, 0], [0, 0, 1], [2, 3, 5])
    assert worked.amounts == (2, 3, 1, 4)
    assert (worked.steps["level"], worked.steps["unallocated"]) == (None, 4)


def test_weights_of_zero_alone_leave_everything_beyond_the_floors():
    assert bounded(7, [0, 0], [2, 0]).amounts == (2, 0, 5)


def test_huge_numbers_take_as_many_rounds_as_small_ones():
    huge = 10**60
    weights, caps = [huge * place for place in range(1, 40)], [huge // place for place in range(1, 40)]
    worked = bounded(3 * huge, weights, caps=caps)
    assert sum(worked.amounts) == 3 * huge
    assert len(worked.steps["rounds"]) <= 40


@pytest.mark.parametrize(
    ("total", "weights", "floors", "caps", "complaint"),
    [
        (1, [], [], [], "there must be places"),
        (1, [1, 2], [0], [None, None], "a floor and a cap"),
        (1, [1, 2], [0, 0], [None], "a floor and a cap"),
        (-1, [1], [0], [None], "zero or more"),
        (1, [-1], [0], [None], "zero or more"),
        (1, [1], [-1], [None], "zero or more"),
        (1, [1], [0], [-1], "zero or more"),
        (5, [1, 1], [0, 3], [None, 2], "cap of 2 is below the floor of 3 at place 2"),
        (1.0, [1], [0], [None], "must be ints"),
        (1, [True], [0], [None], "must be ints"),
        (1, [1], [np.int64(0)], [None], "must be ints"),
        (1, [1], [0], [Fraction(1)], "must be ints"),
    ],
)
def test_nonsense_is_refused(total, weights, floors, caps, complaint):
    with pytest.raises(ValueError, match=complaint):
        within_bounds(total, weights, floors=floors, caps=caps, shortfall="proportional")


def test_a_shortfall_rule_nobody_knows_is_refused_even_if_it_is_not_needed():
    with pytest.raises(ValueError, match="'coin toss' is not a rule for claims; the rules are proportional"):
        bounded(1, [1], shortfall="coin toss")
