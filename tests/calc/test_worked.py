from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.worked import exact, whole_units

weight_rows = st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any)
fractions = st.fractions(-1000, 1000, max_denominator=60)


@given(st.integers(-(10**9), 10**9), weight_rows)
def test_exact_shares_in_proportion_are_rounded_as_the_reference_does(total, weights):
    shares = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert list(whole_units(shares)) == largest_remainder(total, weights)


@given(st.lists(fractions, min_size=1, max_size=8))
def test_shares_of_either_sign_keep_their_sum_and_stay_within_a_unit(shares):
    shares.append(-(sum(shares) % 1))
    units = whole_units(shares)
    assert sum(units) == sum(shares)
    assert all(abs(unit - share) < 1 for unit, share in zip(units, shares, strict=True))
    assert whole_units([-share for share in shares]) == tuple(-unit for unit in units) or sum(shares) == 0


def test_shares_that_make_no_whole_number_are_refused():
    with pytest.raises(ValueError, match="1/2"):
        whole_units([Fraction(1, 4), Fraction(1, 4)])


@given(fractions)
def test_a_number_as_text_comes_back_as_itself(number):
    assert Fraction(exact(number)) == number
