import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.money import parse_pounds, pounds


@pytest.mark.parametrize(
    ("pence", "text"),
    [(123456, "£1,234.56"), (-100, "−£1.00"), (0, "£0.00"), (-1, "−£0.01"), (10**14, "£1,000,000,000,000.00")],
)
def test_pence_are_written_as_pounds(pence, text):
    assert pounds(pence) == text


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£1,234.5", 123450),
        ("1 234", 123400),
        ("(12.00)", -1200),
        ("(£12.00)", -1200),
        ("£(12)", -1200),
        ("-£12", -1200),
        ("− £ 12", -1200),
        ("+£12", 1200),
        ("£-12", -1200),
        ("£12.00-", -1200),
        ("  £ 5 ", 500),
        ("12.340", 1234),
        ("0.29", 29),
        ("£.01", 1),
    ],
)
def test_pounds_are_read_as_people_type_them(typed, pence):
    assert parse_pounds(typed) == pence


@pytest.mark.parametrize(
    "typed", ["", "£", "££1", "1£", "-£-1", "(£-1)", "1.234", "£1,5", "12.345", "€5", "5p", "1e3", "£one"]
)
def test_what_is_not_an_amount_of_pounds_is_refused(typed):
    with pytest.raises(ValueError, match=r"is not a number|finer than 2|more than one sign"):
        parse_pounds(typed)


@given(st.integers(-(10**18), 10**18))
def test_an_amount_written_is_read_back_to_the_penny(pence):
    assert parse_pounds(pounds(pence)) == pence
