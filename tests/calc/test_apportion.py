from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonpurse.calc.apportion import apportion, largest_remainder

totals = st.integers(-(10**15), 10**15) | st.integers(-60, 60)
weight_rows = st.lists(st.integers(0, 10**13) | st.integers(0, 6), min_size=1, max_size=12).filter(any)


def one_unit_at_a_time(total, weights):
    """The same rule by another way: round down in fractions, then hand out unit by unit."""
    shares = [Fraction(abs(total) * weight, sum(weights)) for weight in weights]
    parts = [share.numerator // share.denominator for share in shares]
    while sum(parts) < abs(total):
        lacking = [share - part for share, part in zip(shares, parts, strict=True)]
        parts[lacking.index(max(lacking))] += 1
    return [part if total >= 0 else -part for part in parts]


@given(totals, weight_rows)
@example(10, [3, 3, 3])
@example(-1, [0, 1, 1, 0])
def test_the_parts_are_those_of_an_independent_slow_reference(total, weights):
    assert largest_remainder(total, weights) == one_unit_at_a_time(total, weights)


@given(totals, weight_rows)
def test_parts_add_up_keep_quota_and_leave_zero_weights_alone(total, weights):
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert weight or part == 0


@given(totals, weight_rows)
def test_every_step_can_be_checked_by_hand(total, weights):
    steps = apportion(total, weights)
    whole = sum(weights)
    assert (steps.total, steps.weights) == (total, tuple(weights))
    for floor, remainder, weight in zip(steps.floors, steps.remainders, weights, strict=True):
        assert floor * whole + remainder == total * weight
        assert abs(remainder) < whole
        assert remainder * total >= 0
    assert sum(steps.extra) == abs(total - sum(steps.floors))
    assert all(remainder for remainder, extra in zip(steps.remainders, steps.extra, strict=True) if extra)


@given(totals, weight_rows)
def test_a_negative_total_is_split_as_the_exact_reverse(total, weights):
    assert largest_remainder(-total, weights) == [-part for part in largest_remainder(total, weights)]


@given(totals, weight_rows, st.integers(1, 10**6))
def test_only_the_ratios_of_the_weights_count(total, weights, factor):
    assert largest_remainder(total, [weight * factor for weight in weights]) == largest_remainder(total, weights)


@given(st.integers(0, 10**9), weight_rows)
def test_a_heavier_member_never_receives_less_than_a_lighter_one(total, weights):
    parts = largest_remainder(total, weights)
    for part, weight in zip(parts, weights, strict=True):
        assert all(part >= other for other, lighter in zip(parts, weights, strict=True) if lighter < weight)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        # Somerset Waste Partnership's cost shares, in hundredths of a per cent; the rule applied to a sum of pence.
        (123456789, [4576, 1095, 1163, 1633, 1533], [56493827, 13518518, 14358024, 20160494, 18925926]),
        # SAP, knowledge base article 3010629.
        (232558, [60, 40], [139535, 93023]),
        # Product paper B2: the smallest of three loses its second unit as the total grows by two.
        (49, [3, 7, 90], [2, 3, 44]),
        (51, [3, 7, 90], [1, 4, 46]),
        # Equal remainders go by place in the roster.
        (2, [1, 1, 1], [1, 1, 0]),
        (-2, [1, 1, 1], [-1, -1, 0]),
        (0, [5, 0], [0, 0]),
    ],
)
def test_worked_examples_come_out_as_published(total, weights, parts):
    assert largest_remainder(total, weights) == parts


def test_more_to_divide_can_mean_less_for_somebody_which_is_known_of_this_rule():
    weights = [1500, 1500, 900, 500, 500, 200]  # the Alabama paradox as commonly printed, from 25 to 26 seats
    assert largest_remainder(25, weights) == [7, 7, 4, 3, 3, 1]
    assert largest_remainder(26, weights) == [8, 8, 5, 2, 2, 1]


def test_the_example_in_the_documentation_is_true():
    assert largest_remainder(5, [9, 9, 2])[2] == 1
    assert largest_remainder(6, [9, 9, 2])[2] == 0


@pytest.mark.parametrize(
    ("total", "weights", "complaint"),
    [
        (1, [], "one of them above zero"),
        (1, [0, 0], "one of them above zero"),
        (1, [2, -1], "zero or more"),
        (1.0, [1], "must be ints"),
        (1, [1.0], "must be ints"),
        (True, [1], "must be ints"),
        (1, [True], "must be ints"),
        (np.int64(1), [1], "must be ints"),
        (1, [np.int64(1)], "must be ints"),
    ],
)
def test_nonsense_is_refused(total, weights, complaint):
    with pytest.raises(ValueError, match=complaint):
        largest_remainder(total, weights)
