import random
import subprocess
import sys
from math import gcd
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc import kernel
from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.kernel import MOST_PLACES, MOST_SIZE, MOST_WHOLE, largest_remainder_rows


def reference(totals, weights):
    rows = weights if isinstance(weights[0], list) else [weights] * len(totals)
    return [largest_remainder(total, row) for total, row in zip(totals, rows, strict=True)]


def wrong_rows(totals, weights):
    """The first rows that differ from the reference; pytest takes minutes over two tables that differ."""
    rows = zip(totals, largest_remainder_rows(totals, weights).tolist(), reference(totals, weights), strict=True)
    return [row for row in rows if row[1] != row[2]][:2]


def whole_of(places, whole, rng):
    """Random weights of exactly this sum, some of them zero."""
    cuts = np.sort(rng.integers(0, whole, places - 1, endpoint=True))
    return np.diff(cuts, prepend=0, append=whole).tolist()


totals = (
    st.integers(-MOST_SIZE, MOST_SIZE) | st.integers(-9, 9) | st.sampled_from([MOST_SIZE, -MOST_SIZE, MOST_SIZE - 1])
)


@st.composite
def tables(draw):
    """Totals with weights for each, in the whole range in which the kernel works by itself."""
    places, rows = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    weight = st.integers(0, MOST_WHOLE // places) | st.integers(0, 3)
    row = st.lists(weight, min_size=places, max_size=places).filter(any)
    column = draw(st.lists(totals, min_size=rows, max_size=rows))
    return column, draw(st.lists(row, min_size=rows, max_size=rows) | row)


@settings(max_examples=500)
@given(tables())
def test_rows_equal_the_reference_with_shared_and_with_own_weights(table):
    column, weights = table
    parts = largest_remainder_rows(column, weights)
    assert parts.dtype == np.int64
    assert parts.tolist() == reference(column, weights)


@pytest.mark.parametrize("places", [1, 2, 7, 50, 300, MOST_PLACES])
@pytest.mark.parametrize("whole", [MOST_WHOLE, MOST_WHOLE - 1, 2**40 + 1, 1])
def test_the_extremes_of_the_range_equal_the_reference(places, whole):
    rng = np.random.default_rng([places, whole])
    edges = [MOST_SIZE, -MOST_SIZE, MOST_SIZE - 1, 0, 1, -1]
    column = edges + rng.integers(-MOST_SIZE, MOST_SIZE, 20, endpoint=True).tolist()
    shared = whole_of(places, whole, rng)
    own = [whole_of(places, whole, rng) for _ in column]
    assert largest_remainder_rows(column, shared).tolist() == reference(column, shared)
    assert largest_remainder_rows(column, own).tolist() == reference(column, own)


@pytest.mark.parametrize(
    "weights", [[1, 1, 1], [2**52, 2**52], [MOST_WHOLE], [MOST_WHOLE - 1, 1], [0, 1, MOST_WHOLE - 1]]
)
def test_exact_shares_and_ties_at_the_edge_of_the_range_equal_the_reference(weights):
    column = [MOST_SIZE, MOST_SIZE - 1, MOST_SIZE - 2, -MOST_SIZE, 2**48, 3, 2, 1, 0, -1]
    assert largest_remainder_rows(column, weights).tolist() == reference(column, weights)


# --- problems made to be hard: each function gives one total, 0 or more, and its weights ----------------------------
def anything(rng, places):
    whole = rng.choice([MOST_WHOLE, MOST_WHOLE - 1, rng.randint(1, MOST_WHOLE), rng.randint(1, 1_000)])
    return rng.randint(0, MOST_SIZE), parts_of(whole, places, rng)


def at_the_bounds(rng, places):
    whole = MOST_WHOLE - rng.randrange(3)
    return MOST_SIZE - rng.randrange(3), parts_of(whole, places, rng)


def all_equal(rng, places):
    weight = rng.randint(1, MOST_WHOLE // places)
    return rng.randint(0, rng.choice([2 * places, MOST_SIZE])), [weight] * places


def ties_in_large_weights(rng, places):
    """Few different weights with a large factor in common: remainders that are equal far above the lower half."""
    factor = rng.randint(1, MOST_WHOLE // (9 * places))
    return rng.randint(0, MOST_SIZE), [factor * rng.randint(1, 9) for _ in range(places)]


def nothing_left(rng, places):
    """Every share is whole, or one of them lacks a unit's fraction."""
    weights = [rng.randint(0, 2**30 // places) for _ in range(places)]
    weights[0] += 1
    return sum(weights) * rng.randint(0, 2**18) + rng.choice([0, 0, 1, -1]) * rng.randint(0, 1), weights


def remainders_beside_a_whole(rng, places):
    """The first place's remainder is 1, or one less than the whole."""
    whole = rng.randint(2**30, MOST_SIZE)
    weights = parts_of(whole, places, rng)
    if gcd(weights[0], whole) > 1:
        return whole - 1, weights
    inverse = pow(weights[0], -1, whole)
    return rng.choice([inverse, whole - inverse]), weights


def remainders_beside_each_other(rng, places):
    """The remainders of the first two places differ by 1."""
    whole = rng.randint(2**40, MOST_SIZE)
    weights = parts_of(whole, places, rng)
    apart = weights[0] - weights[-1]
    return (pow(apart, -1, whole) if gcd(apart, whole) == 1 else whole // 2), weights


def mostly_zero(rng, places):
    weights = [rng.choice([0, 0, 0, rng.randint(0, MOST_WHOLE // places)]) for _ in range(places)]
    weights[rng.randrange(places)] = rng.randint(1, MOST_WHOLE // places)
    return rng.randint(0, rng.choice([9, MOST_SIZE])), weights


def parts_of(whole, places, rng):
    cuts = sorted(rng.randint(0, whole) for _ in range(places - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]


HARD = [
    anything,
    at_the_bounds,
    all_equal,
    ties_in_large_weights,
    nothing_left,
    remainders_beside_a_whole,
    remainders_beside_each_other,
    mostly_zero,
]
HOW_MANY = {1: 500, 2: 4_000, 3: 4_000, 5: 3_500, 12: 1_500, 50: 100, 300: 15, MOST_PLACES: 10}
assert len(HARD) * sum(HOW_MANY.values()) >= 100_000


@pytest.mark.parametrize("places", HOW_MANY)
@pytest.mark.parametrize("make", HARD)
def test_more_than_a_hundred_thousand_hard_problems_equal_the_reference(make, places):
    rng = random.Random(f"{make.__name__} {places}")
    problems = [make(rng, places) for _ in range(HOW_MANY[places])]
    column = [max(0, total) * rng.choice([1, -1]) for total, _ in problems]
    own = [weights for _, weights in problems]
    assert kernel._within_bounds(np.array(column), np.array(own)).all()
    assert wrong_rows(column, own) == []
    assert wrong_rows(column[:50], own[0]) == []


# --- blocks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 2, 3, 31, 32, 33, 64, 65])
@pytest.mark.parametrize("places", [1, 3, 40])
def test_tables_of_any_length_are_cut_in_blocks_without_a_seam(monkeypatch, rows, places):
    monkeypatch.setattr(kernel, "_BLOCK_CELLS", 12)
    rng = np.random.default_rng([rows, places])
    column = rng.integers(-MOST_SIZE, MOST_SIZE, rows)
    own = rng.integers(0, 10**10, (rows, places)) + 1
    assert largest_remainder_rows(column, own).tolist() == reference(column.tolist(), own.tolist())
    assert largest_remainder_rows(column, own[0]).tolist() == reference(column.tolist(), own[0].tolist())


# --- outside the range -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "weights"),
    [
        ([MOST_SIZE + 1, 5, -MOST_SIZE - 1, 2**63 - 1, -(2**63) + 1], [3, 2, 2]),
        ([7, -7, 7], [[1, 2, 3], [MOST_WHOLE + 1, 1, 1], [MOST_WHOLE, 1, 0]]),
        ([7], [2**62, 2**62, 2**62]),
        ([2**62, 9], [2**70, 2**69 + 1]),
        ([7, 8], [1] * (MOST_PLACES + 1)),
        ([3, 4], [[2**64, 1], [1, 2]]),
    ],
)
def test_rows_outside_the_range_are_done_by_the_reference(column, weights):
    assert largest_remainder_rows(column, weights).tolist() == reference(column, weights)


def test_only_rows_outside_the_range_are_done_slowly(monkeypatch):
    slow = []

    def count(total, weights):
        slow.append((total, weights))
        return largest_remainder(total, weights)

    monkeypatch.setattr(kernel, "largest_remainder", count)
    weights = [[MOST_WHOLE - 1, 1], [MOST_WHOLE, 1], [1, 2], [1, 1], [2**63 - 1, 2**63 - 1]]
    column = [MOST_SIZE, 5, MOST_SIZE + 1, -MOST_SIZE, 4]
    largest_remainder_rows(column, weights)
    assert slow == [(column[place], weights[place]) for place in (1, 2, 4)]
    slow.clear()
    largest_remainder_rows([1, 2], [1] * MOST_PLACES)
    assert slow == []
    largest_remainder_rows([1, 2], [1] * (MOST_PLACES + 1))
    assert len(slow) == 2


def test_small_and_unsigned_integer_columns_do_not_overflow():
    parts = largest_remainder_rows(np.array([100, -100], dtype=np.int8), np.array([120, 100], dtype=np.uint8))
    assert parts.tolist() == reference([100, -100], [120, 100])


def test_the_arguments_are_left_as_they_were():
    column, weights = np.array([10, -7]), np.array([[1, 2, 3], [3, 2, 1]])
    largest_remainder_rows(column, weights)
    assert (column.tolist(), weights.tolist()) == ([10, -7], [[1, 2, 3], [3, 2, 1]])


@pytest.mark.parametrize("weights", [[1, 2], np.empty((0, 2), dtype=np.int64)])
def test_no_totals_give_no_rows(weights):
    parts = largest_remainder_rows([], weights)
    assert (parts.shape, parts.dtype) == ((0, 2), np.int64)


@pytest.mark.parametrize(
    ("column", "weights", "complaint"),
    [
        ([1], [], "one of each row above zero"),
        ([1], [0, 0], "one of each row above zero"),
        ([1, 2], [[1, 1], [0, 0]], "one of each row above zero"),
        ([1], [2, -1], "zero or more"),
        ([1, 2], [[1, 1]], "a row for each total"),
        ([[1]], [1], "one column"),
        (1, [1], "one column"),
        ([1], 1, "one row"),
        ([1], [[[1]]], "one row"),
        ([1.0], [1], "must be ints"),
        ([1], [0.5, 1], "must be ints"),
        ([True], [1], "must be ints"),
        ([1], ["1"], "must be ints"),
    ],
)
def test_nonsense_is_refused(column, weights, complaint):
    with pytest.raises(ValueError, match=complaint):
        largest_remainder_rows(column, weights)


def test_only_what_divides_many_rows_loads_numpy():
    calc = Path(kernel.__file__).parent
    modules = sorted({path.stem for path in calc.iterdir()} - {"kernel", "rows", "__init__", "__pycache__"})
    imports = "".join(f"import commonpurse.calc.{module}\n" for module in modules)
    script = f"import sys\n{imports}assert 'numpy' not in sys.modules\nimport commonpurse.calc.kernel"
    root = str(Path(kernel.__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": root}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
