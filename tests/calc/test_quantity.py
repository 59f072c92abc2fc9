from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.quantity import from_smallest, say, say_figure, say_with_unit, to_smallest

amounts = st.integers(-(10**20), 10**20)
decimals = st.integers(0, 9)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0", 0),
        ("7", 700),
        (" 1,234.5 ", 123450),
        ("1 234", 123400),
        ("1\u00a0234\u00a0567.89", 123456789),
        ("12,345,678", 1234567800),
        (".5", 50),
        ("5.", 500),
        ("+5", 500),
        ("-5", -500),
        ("−5", -500),
        ("5-", -500),
        ("5 −", -500),
        ("(12.00)", -1200),
        ("( 12 )", -1200),
        ("1.2300000", 123),
        ("007", 700),
        ("9" * 28, int("9" * 28) * 100),
        (Decimal("1.50"), 150),
        (Decimal("-1E+3"), -100000),
        (Decimal("0E+999999"), 0),
        (3, 300),
        (-3, -300),
    ],
)
def test_a_figure_becomes_an_exact_count_of_hundredths(typed, expected):
    assert to_smallest(typed, 2) == expected


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "is not a number"),
        (" ", "is not a number"),
        (".", "is not a number"),
        ("-", "is not a number"),
        ("()", "is not a number"),
        ("ten", "is not a number"),
        ("1e5", "is not a number"),
        ("nan", "is not a number"),
        ("0x1F", "is not a number"),
        ("١٢", "is not a number"),
        ("1_000", "is not a number"),
        ("1,5", "is not a number"),
        ("1,2345", "is not a number"),
        ("1,234 567", "is not a number"),
        (",123", "is not a number"),
        ("1.2.3", "is not a number"),
        ("--1", "is not a number"),
        ("-1-", "more than one sign"),
        ("(-1)", "more than one sign"),
        ("+1-", "more than one sign"),
        ("(1", "half a pair of brackets"),
        ("1)", "half a pair of brackets"),
        ("0.001", "finer than 2 decimal places"),
        ("1" * 31, "at most 30 digits"),
        ("1" * 5000, "at most 30 digits"),
        ("0." + "1" * 31, "at most 30 digits"),
        (Decimal("NaN"), "not an exact number"),
        (Decimal("Infinity"), "not an exact number"),
        (10**30, "at most 30 digits"),
        (-(10**30), "at most 30 digits"),
        (Decimal("1E+30"), "at most 30 digits"),
        (Decimal("1E-31"), "at most 30 digits"),
        (Decimal("1E+999999"), "at most 30 digits"),
        (Decimal("1E-999999"), "at most 30 digits"),
        (Decimal("0.001"), "finer than 2 decimal places"),
        (1.5, "not an exact number"),
        (True, "not an exact number"),
        (None, "not an exact number"),
    ],
)
def test_anything_else_is_refused_with_the_reason(typed, complaint):
    with pytest.raises(ValueError, match=complaint):
        to_smallest(typed, 2)


@pytest.mark.parametrize("figure", ["9" * 30, "." + "9" * 30, 10**30 - 1, Decimal("9E+29"), Decimal("1E-30")])
def test_thirty_digits_are_still_taken(figure):
    assert to_smallest(figure, 30) == Fraction(figure) * 10**30


@given(amounts, decimals)
def test_what_is_said_can_be_typed_again(amount, places):
    assert to_smallest(say(amount, places), places) == amount


@given(amounts, decimals)
def test_units_and_smallest_units_turn_into_each_other_in_any_decimal_context(amount, places):
    with localcontext() as context:
        context.prec = 3
        units = from_smallest(amount, places)
        assert to_smallest(units, places) == amount
    assert Fraction(units) == Fraction(amount, 10**places)
    assert -units.as_tuple().exponent == places


@pytest.mark.parametrize(
    ("amount", "places", "said"),
    [
        (0, 0, "0"),
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 2, "−0.05"),
        (-1234567, 0, "−1,234,567"),
        (123456789, 3, "123,456.789"),
    ],
)
def test_a_quantity_is_said_with_separators_and_all_its_decimals(amount, places, said):
    assert say(amount, places) == said


def test_a_quantity_is_whole_unless_told():
    assert say(1000) == "1,000"


@pytest.mark.parametrize("call", [to_smallest, from_smallest, say])
def test_a_smallest_unit_is_never_larger_than_the_unit(call):
    with pytest.raises(ValueError, match="decimals must be zero or more"):
        call(1, -1)


@pytest.mark.parametrize(
    ("quantity", "unit", "figure", "words"),
    [
        ("150.00", "people", "150", "150 people"),
        ("1.00", "opportunities", "1", "1 opportunity"),
        ("37.50", "FTE", "37.5", "37.5 FTE"),
        ("1E+3", "hours", "1,000", "1,000 hours"),
        ("0.125", "tCO2e", "0.125", "0.125 tCO2e"),
        ("1200000", "GBP", "1,200,000", "£1,200,000"),
        ("12.5", "GBP", "12.50", "£12.50"),
        ("-1200000.05", "GBP", "−1,200,000.05", "−£1,200,000.05"),
        ("12.50", "percent", "12.5", "12.5%"),
        (f"{10**29}.5", "m2", f"{10**29:,}.5", f"{10**29:,}.5 m2"),
    ],
)
def test_a_target_is_said_as_people_write_it(quantity, unit, figure, words):
    assert say_figure(Decimal(quantity), unit) == figure
    assert say_with_unit(Decimal(quantity), unit) == words
