from fractions import Fraction
from itertools import pairwise
from math import gcd

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonpurse.calc import quota
from commonpurse.calc.digest import canonical
from commonpurse.calc.quota import divide_by_quota, divide_by_staircase

totals = st.integers(0, 90)
signed_totals = st.integers(-(10**5), 10**5)
weight_rows = st.lists(st.integers(0, 5) | st.integers(0, 300), min_size=1, max_size=7).filter(any)
# Everybody has a hundredth at least, so that no total is too large.
even_rows = st.lists(st.integers(10**9, 10**11), min_size=1, max_size=9)


def one_unit_at_a_time(total, weights):
    """The definition: of those below their exact share of the next number, the largest weight / (units + 1)."""
    units, whole = [0] * len(weights), sum(weights)
    for number in range(1, total + 1):
        eligible = [place for place, weight in enumerate(weights) if units[place] < Fraction(number * weight, whole)]
        units[max(eligible, key=lambda place: (Fraction(weights[place], units[place] + 1), -place))] += 1
    return tuple(units)


@given(totals, weight_rows)
@example(100, [5117, 4400, 162, 161, 160])
@example(13, [1, 1, 1, 1, 1, 1, 1])
@example(7, [6, 0, 6, 1])
@example(60, [1000, 1, 1, 1, 1, 1])
def test_the_quota_method_gives_what_handing_out_unit_by_unit_gives(total, weights):
    assert divide_by_quota(total, weights).amounts == one_unit_at_a_time(total, weights)


@given(st.integers(0, 10**15), even_rows)
def test_parts_of_a_large_total_keep_quota(total, weights):
    answer, whole = divide_by_quota(total, weights), sum(weights)
    assert sum(answer.amounts) == total
    for part, weight in zip(answer.amounts, weights, strict=True):
        assert abs(part - Fraction(total * weight, whole)) < 1


@given(st.integers(0, 10**15), even_rows)
def test_more_to_divide_is_never_less_for_anybody_by_the_quota_method(total, weights):
    less, more = (divide_by_quota(number, weights).amounts for number in (total, total + 1))
    assert all(before <= after for before, after in zip(less, more, strict=True))


@given(signed_totals, weight_rows)
def test_zero_weights_receive_nothing_and_the_sign_turns_the_answer(total, weights):
    for rule in (divide_by_quota, divide_by_staircase):
        answer = rule(total, weights)
        assert sum(answer.amounts) == total
        assert all(weight or not part for part, weight in zip(answer.amounts, weights, strict=True))
        assert all(
            abs(part - Fraction(total * weight, sum(weights))) < 1
            for part, weight in zip(answer.amounts, weights, strict=True)
        )
        assert rule(-total, weights).amounts == tuple(-part for part in answer.amounts)
        canonical(answer.steps)


@given(signed_totals, weight_rows)
@example(10**5, [3, 3, 3])
def test_every_spare_unit_can_be_checked_by_hand(total, weights):
    answer, whole, one = divide_by_quota(total, weights), sum(weights), -1 if total < 0 else 1
    steps = answer.steps
    assert (steps["total"], steps["weights"], steps["whole"]) == (total, weights, whole)
    parts = list(steps["floors"])
    for floor, remainder, weight in zip(steps["floors"], steps["remainders"], weights, strict=True):
        assert total * weight == floor * whole + remainder
    for unit in steps["spare"]:
        parts[unit["place"]] += one
    assert tuple(parts) == answer.amounts
    numbers = [unit["number"] for unit in steps["spare"]]
    assert numbers == sorted(set(numbers))
    for unit in steps["spare"][-2:]:
        if unit["number"] <= 300 and gcd(*weights):
            before, after = (one_unit_at_a_time(number, weights) for number in (unit["number"] - 1, unit["number"]))
            assert after[unit["place"]] == before[unit["place"]] + 1


@given(signed_totals, weight_rows)
def test_each_amount_of_the_staircase_is_the_difference_of_two_stairs(total, weights):
    answer = divide_by_staircase(total, weights)
    so_far = 0
    for place, (part, stair) in enumerate(zip(answer.amounts, answer.steps["stairs"], strict=True)):
        so_far += part
        height = sum(weights[: place + 1])
        assert answer.steps["cumulative"][place] == height
        assert stair == so_far
        assert 0 <= abs(total) * height - abs(stair) * sum(weights) < sum(weights)


@given(signed_totals, weight_rows, st.data())
def test_neighbours_on_the_staircase_receive_together_what_one_in_their_place_would(total, weights, data):
    first = data.draw(st.integers(0, len(weights) - 1))
    after = data.draw(st.integers(first + 1, len(weights)))
    merged = [*weights[:first], sum(weights[first:after]), *weights[after:]]
    parts = divide_by_staircase(total, weights).amounts
    assert divide_by_staircase(total, merged).amounts[first] == sum(parts[first:after])


def test_more_to_divide_can_mean_less_on_the_staircase_as_the_documentation_says():
    assert divide_by_staircase(3, [50, 17, 33]).amounts[1] == 1
    assert divide_by_staircase(4, [50, 17, 33]).amounts[1] == 0


AMM = "Balinski and Young, The quota method, American Mathematical Monthly 82 (1975)"
PUBLISHED = [
    (f"{AMM}: 100 seats", divide_by_quota, 100, [5117, 4400, 162, 161, 160], (52, 44, 2, 1, 1)),
    (f"{AMM}: 26 seats", divide_by_quota, 26, [9061, 7179, 5259, 3319, 1182], (10, 7, 5, 3, 1)),
    ("design notes, section 1.3: 100.00 in six", divide_by_staircase, 10000, [1] * 6,
     (1666, 1667, 1667, 1666, 1667, 1667)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "rule", "total", "weights", "parts"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published_examples_come_out_as_printed(source, rule, total, weights, parts):
    assert rule(total, weights).amounts == parts


def test_the_alabama_paradox_does_not_happen_where_largest_remainders_have_it():
    weights = [1500, 1500, 900, 500, 500, 200]
    seats = [divide_by_quota(total, weights).amounts for total in range(52)]
    for less, more in pairwise(seats):
        assert sorted(b - a for a, b in zip(less, more, strict=True)) == [0, 0, 0, 0, 0, 1]


def test_a_round_of_the_weights_brings_everybody_to_the_exact_share():
    assert divide_by_quota(7 * 10**20, [2, 4, 8]).amounts == (10**20, 2 * 10**20, 4 * 10**20)
    spare = divide_by_quota(10**20 + 3, [2, 4, 8]).steps["spare"]
    assert all(10**20 - 7 < unit["number"] <= 10**20 + 3 for unit in spare)


def test_a_count_that_would_be_too_long_is_refused():
    weights = [10**12 + 7, 10**12 + 9, *range(1000, 1100)]
    assert sum(divide_by_quota(quota.LONGEST_COUNT, weights).amounts) == quota.LONGEST_COUNT
    with pytest.raises(ValueError, match=r"would have to follow \d+ of 10{11} units one by one, more than 500000"):
        divide_by_quota(10**11, weights)


def test_the_bound_of_the_count_is_exact(monkeypatch):
    # All six small places have earned one unit together at number 168 of 1000: the last 833 are counted.
    weights = [10**6 + 3, 999_983, *[2000] * 6]
    counted = 0
    for bound in (1000, 10):
        monkeypatch.setattr(quota, "LONGEST_COUNT", bound)
        try:
            divide_by_quota(1000, weights)
        except ValueError as refusal:
            counted = int(str(refusal).split()[7])
    assert counted == 833
    monkeypatch.setattr(quota, "LONGEST_COUNT", counted)
    assert divide_by_quota(1000, weights).amounts == one_unit_at_a_time(1000, weights)
    monkeypatch.setattr(quota, "LONGEST_COUNT", counted - 1)
    with pytest.raises(ValueError, match="833 of 1000"):
        divide_by_quota(1000, weights)


@pytest.mark.parametrize("rule", [divide_by_quota, divide_by_staircase])
@pytest.mark.parametrize(
    ("total", "weights", "complaint"),
    [
        (1, [], "above zero"),
        (1, [0], "above zero"),
        (1, [1, -1], "zero or more"),
        (True, [1], "ints"),
        (1, [1.0], "ints"),
    ],
)
def test_nonsense_is_refused(rule, total, weights, complaint):
    with pytest.raises(ValueError, match=complaint):
        rule(total, weights)
