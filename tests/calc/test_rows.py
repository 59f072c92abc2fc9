import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commonpurse.calc.allocation_rules import ROUNDINGS
from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.kernel import MOST_SIZE, MOST_WHOLE
from commonpurse.calc.rounding import round_shares
from commonpurse.calc.rows import divide_rows

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
        with pytest.raises(ValueError, match=r"."):
            divide_rows(rounding, sizes, shares)
