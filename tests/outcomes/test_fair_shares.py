"""Exact fractions of smallest units, as a statement says them."""

from fractions import Fraction

import pytest

from commonpurse.outcomes.rules import Fair


@pytest.mark.parametrize(
    ("exact", "decimals", "said"),
    [
        (Fraction(0), 0, "0"),
        (Fraction(0), 2, "0.00"),
        (Fraction(1000, 3), 0, "333.3333…"),
        (Fraction(-1000, 3), 0, "−333.3333…"),
        (Fraction(-1, 3), 0, "−0.3333…"),
        (Fraction(-7), 0, "−7"),
        (Fraction(123456), 2, "1,234.56"),
        (Fraction(100001, 3), 2, "333.336666…"),
        (Fraction(-100001, 3), 2, "−333.336666…"),
        (Fraction(-1, 3), 2, "−0.003333…"),
        (Fraction(1, 2000), 1, "0.00005"),
    ],
)
def test_a_fraction_is_said_in_decimals_that_go_on_where_it_does(exact, decimals, said):
    assert Fair.of(exact).say(decimals) == said
