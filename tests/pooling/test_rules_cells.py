"""Amounts, numbers and days as people type them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.pooling.rules.cells import LARGEST_PENCE, puts_month_first, read_day, read_number, read_pence
from commonpurse.pooling.rules.columns import Column, Unreadable, WrongColumns, find_columns


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("2740.00", 274000),
        ("484", 48400),
        ("817.2", 81720),
        ("-114746", -11474600),
        ("£1,234.50", 123450),
        ("-£1,234.50", -123450),
        ("£-1,234.50", -123450),
        ("(1,234.50)", -123450),
        ("(£5.00)", -500),
        ("123.45-", -12345),
        ("123.45 CR", -12345),
        ("\u22125", -500),
        ("\u20135", -500),
        ("+5", 500),
        ("GBP 5", 500),
        (".5", 50),
        ("5.", 500),
        ("12.340000", 1234),
        ("1,000,000", 100000000),
        ("0.07", 7),
        ("10,000,000,000,000.00", LARGEST_PENCE),
    ],
)
def test_an_amount_is_read_to_the_penny(text, pence):
    assert read_pence(text) == pence


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1,23", "1.234,56", "12,34,567", "1,2345", "--5", "1e5", "NaN", "Infinity", "5 6", "£", "-", ".", "()",
     "5%", "٣", "TBC", "#REF!"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Unreadable) as caught:
        read_pence(text)
    assert str(caught.value) == f"“{text}” is not an amount in pounds, like 1,234.50"


def test_parts_of_a_penny_and_impossible_sums_are_refused():
    with pytest.raises(Unreadable, match=r"The amount 12\.345 has parts of a penny"):
        read_pence("12.345")
    with pytest.raises(Unreadable, match="has parts of a penny"):
        read_pence("1." + "0" * 40 + "1")
    with pytest.raises(Unreadable, match="is too large"):
        read_pence("10,000,000,000,000.01")


@given(st.integers(-LARGEST_PENCE, LARGEST_PENCE))
def test_every_way_to_write_an_amount_gives_the_same_pence(pence):
    pounds = Decimal(abs(pence)) / 100
    minus = "-" if pence < 0 else ""
    brackets = f"({pounds:,.2f})" if pence < 0 else f"{pounds:,.2f}"
    for text in (f"{minus}{pounds:.2f}", f"{minus}£{pounds:,.2f}", brackets):
        assert read_pence(text) == pence


def test_a_number_keeps_all_its_digits():
    assert read_number("1,234.000000000000000001") == Decimal("1234.000000000000000001")
    assert read_number("(1.0000000000000000000000000000001)") == Decimal("-1.0000000000000000000000000000001")


@pytest.mark.parametrize(
    "text",
    ["2022-05-03", "2022/5/3", "2022.05.03", "20220503", "03/05/2022", "3/5/2022", "3.5.2022", "3-5-2022", "03 05 2022",
     "03/05/22", "3.5.22", "03-May-22", "3 May 2022", "3rd May 2022", "03MAY2022", "3 may, 2022", "2022-05-03 00:00:00",
     "2022-05-03T00:00:00Z", "03/05/2022 13:45", " 03/05/2022 ", "44684", "44684.5"],
)  # fmt: skip
def test_every_uk_form_of_a_day_is_read(text):
    assert read_day(text) == date(2022, 5, 3)


@pytest.mark.parametrize(("word", "month"), [("Jan", 1), ("January", 1), ("Sept", 9), ("September", 9), ("DEC", 12)])
def test_months_are_read_by_their_names(word, month):
    assert read_day(f"1 {word} 2027") == date(2027, month, 1)


@pytest.mark.parametrize("text", ["31/02/2022", "2022-13-01", "00/01/2022", "30 Feb 2022", "01/01/1899"])
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(Unreadable, match="is not a day of the calendar"):
        read_day(text)


@pytest.mark.parametrize(
    "text", ["", "soon", "May 2022", "3 Mayday 2022", "1/2-2022", "12345", "99999", "Q1", "2022", "٣/٥/٢٠٢٢"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Unreadable, match="is not a day"):
        read_day(text)


def test_a_day_whose_year_could_stand_first_is_refused():
    with pytest.raises(Unreadable, match="could be read in two ways"):
        read_day("01-02-03")


def test_a_day_whose_month_does_not_exist_says_how_it_was_read():
    with pytest.raises(Unreadable, match="read as day/month/year, has no month 13"):
        read_day("04/13/2022")


def test_a_column_that_puts_the_month_first_makes_its_other_days_ambiguous():
    assert puts_month_first("04/13/2022")
    assert not puts_month_first("13/04/2022")
    assert not puts_month_first("2022-04-13")
    with pytest.raises(Unreadable, match="could be day/month or month/day"):
        read_day("04/05/2022", month_first=True)
    assert read_day("04/04/2022", month_first=True) == date(2022, 4, 4)
    assert read_day("2022-04-05", month_first=True) == date(2022, 4, 5)


def test_a_bare_number_is_a_day_only_where_spreadsheets_may_have_written_it():
    with pytest.raises(Unreadable, match="is not a day"):
        read_day("44684", serials=False)


@given(st.dates(date(1970, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_from_every_form(day):
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d %B %Y}", str(serial)):
        assert read_day(text) == day


COLUMNS = (Column("Amount", ("Net Amount", "Value")), Column("Payment Date"), Column("Unit", optional=True))


def test_columns_are_found_whatever_their_case_spacing_and_order():
    assert find_columns(("PAYMENT  date", "net_amount (£)", "x"), COLUMNS) == {"Amount": 1, "Payment Date": 0}


def test_the_best_name_for_a_column_wins():
    assert find_columns(("Value", "Payment Date", "Amount", "unit"), COLUMNS) == {
        "Amount": 2,
        "Payment Date": 1,
        "Unit": 3,
    }


def test_all_missing_columns_are_named_in_one_sentence():
    with pytest.raises(WrongColumns) as caught:
        find_columns(("A", "B"), COLUMNS)
    assert str(caught.value) == "The file has no column “Amount”, “Payment Date”"


def test_a_column_that_stands_there_twice_is_refused():
    with pytest.raises(WrongColumns, match="the column “Amount” more than once"):
        find_columns(("Amount", "Payment Date", "AMOUNT"), COLUMNS)
