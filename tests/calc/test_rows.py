import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commonpurse.calc.allocation_rules import ROUNDINGS
from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.bounds import within_bounds
from commonpurse.calc.kernel import MOST_SIZE, MOST_WHOLE
from commonpurse.calc.rounding import round_shares
from commonpurse.calc.rows import bound_rows, divide_rows

WAYS = sorted(ROUNDINGS)
weights = st.lists(
    st.integers(0, 9) | st.integers(0, 10**9) | st.sampled_from([MOST_WHOLE, 10**20]), min_size=1, max_size=9
).filter(any)
totals = st.lists(st.integers(0, 40) | st.integers(0, 10**12) | st.sampled_from([MOST_SIZE, 10**17]), max_size=5)


def one_by_one(rounding, sizes, shares):
    """The slow reference: each total by the rule itself."""
    if rounding == "largest_remainder":
        return [list(largest_remainder(size, shares)) for size in sizes]
    return [list(round_shares(rounding, size, shares, [0] * len(shares)).amounts) for size in sizes]


@pytest.mark.parametrize("rounding", WAYS)
@settings(max_examples=150, deadline=None)
@given(totals=totals, weights=weights)
@example(totals=[0, 1, 2, 3], weights=[1, 1, 0, 1])
@example(totals=[5, 6], weights=[9, 9, 2])
@example(totals=[100], weights=[5117, 4400, 162, 161, 160])
def test_each_row_is_what_the_rule_says_of_its_total(rounding, totals, weights):
    assert divide_rows(rounding, totals, weights).tolist() == one_by_one(rounding, totals, weights)


@pytest.mark.parametrize("rounding", WAYS)
def test_many_bodies_and_quarters_are_divided_alike(rounding):
    shares = [7919 * (place * place % 101 + 1) for place in range(50)]
    sizes = [31 * row * row % 4099 for row in range(40)]
    assert divide_rows(rounding, sizes, shares).tolist() == one_by_one(rounding, sizes, shares)


@pytest.mark.parametrize("rounding", WAYS)
def test_what_cannot_be_divided_is_refused(rounding):
    for sizes, shares in (([-1], [1]), ([1], [0, 0]), ([1], [1, -1])):
        with pytest.raises(ValueError, match="must be zero or more"):
            divide_rows(rounding, sizes, shares)


@st.composite
def bounded(draw):
    """A total, the bounds of some places, and rows of what they may weigh."""
    size = draw(st.integers(1, 6))
    small = st.integers(0, 12) | st.integers(0, 10**9)
    floors = draw(st.lists(st.just(0) | small, min_size=size, max_size=size))
    caps = [draw(st.none() | small.map(lambda more, floor=floor: floor + more)) for floor in floors]
    weights = st.lists(st.just(0) | small | st.just(10**20), min_size=size, max_size=size)
    total = draw(small | small.map(lambda more: more + sum(floors)) | st.just(sum(floors)))
    return total, draw(st.lists(weights, min_size=1, max_size=5)), floors, caps


@settings(max_examples=300, deadline=None)
@given(bounded())
@example((10, [[1, 1], [5, 1], [0, 0]], [0, 4], [3, None]))  # Nobody is free; nobody weighs anything.
@example((10, [[1, 1, 1]], [5, 0, 0], [None, 1, None]))
@example((12, [[1, 2, 3], [2, 2, 2]], [4, 0, 0], [None, None, 4]))  # Bounds that are just met.
@example((12, [[4, 1, 1], [1, 4, 1]], [0, 0, 3], [7, 7, None]))  # As much beyond one bound as is lacking at another.
@example((3, [[1, 2]], [2, 2], [None, 2]))  # The floors cannot be met.
def test_each_row_within_bounds_is_what_the_rule_says_of_its_weights(problem):
    total, rows, floors, caps = problem
    bounds = {"floors": floors, "caps": caps, "shortfall": "constrained_equal_awards"}
    weights = np.array(rows, dtype=object if any(10**20 in row for row in rows) else np.int64)
    slowly = [list(within_bounds(total, row, **bounds).amounts) for row in rows]
    assert bound_rows(total, weights, floors, caps, shortfall="constrained_equal_awards").tolist() == slowly


def test_a_figure_at_a_time_is_larger_within_bounds():
    shares = [7919 * (place * place % 101 + 1) for place in range(50)]
    rows = np.array(
        [
            shares,
            *([11 * share if at == place else 10 * share for at, share in enumerate(shares)] for place in range(50)),
        ]
    )
    bounds = {"floors": [10**10] * 50, "caps": [4 * 10**10] * 50, "shortfall": "constrained_equal_awards"}
    slowly = [list(within_bounds(10**12, row, **bounds).amounts) for row in rows.tolist()]
    fast = bound_rows(10**12, rows, bounds["floors"], bounds["caps"], shortfall="constrained_equal_awards")
    assert fast.tolist() == slowly


@pytest.mark.parametrize("total", [-1, 2**62])
def test_totals_that_do_not_fit_are_refused_within_bounds(total):
    with pytest.raises(ValueError, match="less than"):
        bound_rows(total, np.array([[1]]), [0], [None], shortfall="constrained_equal_awards")
