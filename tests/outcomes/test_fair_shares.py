"""Exact fractions of smallest units, as a statement says them."""

from fractions import Fraction

import pytest

from commonpurse.outcomes.rules import Fair


@pytest.mark.parametrize(
    ("exact", "decimals", "said"),
    [
        (Fraction(0), 0, "0"),
        (Fraction(0), 2, "0.00"),
        (Fraction(1000, 3), 0, "333 1/3"),
        (Fraction(-1000, 3), 0, "−333 1/3"),
        (Fraction(-1, 3), 0, "−1/3"),
        (Fraction(-7), 0, "−7"),
        (Fraction(123456), 2, "1,234.56"),
        (Fraction(100001, 3), 2, "333.33 + 2/3 × 0.01"),
        (Fraction(-100001, 3), 2, "−(333.33 + 2/3 × 0.01)"),
        (Fraction(-1, 3), 2, "−1/3 × 0.01"),
        (Fraction(1, 2000), 1, "1/2,000 × 0.1"),
    ],
)
def test_a_fraction_is_said_exactly(exact, decimals, said):
    assert Fair.of(exact).say(decimals) == said
