"""Published spending: made-up faults, and the ten real files."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from commonpurse.core.tabular import Row, Table, read_table
from commonpurse.pooling.rules.columns import WrongColumns
from commonpurse.pooling.rules.spend import (
    Payment,
    charity_number,
    company_number,
    hides_a_person,
    read_payments,
)

FILES = sorted((Path(__file__).parents[2] / "reference" / "demo" / "spend").glob("*.csv"))
HEADERS = ("Payment Date", "Amount", "Organisational Unit", "Beneficiary Name", "Company Number", "Charity Number")
RIGHT = ("2022-04-01", "5.50", "Housing", "Broxap Ltd", "", "")


def table(*rows: tuple[str, ...], headers: tuple[str, ...] = HEADERS) -> Table:
    return Table(headers, tuple(Row(at, cells, len(cells) > len(headers)) for at, cells in enumerate(rows, start=2)))


def reason_against(**cells: str) -> str:
    row = {"day": "2022-04-01", "amount": "5.50", "unit": "Housing", "name": "Broxap Ltd"} | cells
    read = read_payments(table((row["day"], row["amount"], row["unit"], row["name"], "", "")))
    assert not read.payments
    [aside] = read.set_aside
    assert aside.row == 2
    assert aside.cells[3] == row["name"]
    return str(aside.reason)


def test_a_payment_is_read_whole():
    read = read_payments(table(("01/04/2022", "(£1,234.50)", " Adult  Care ", "BROXAP  LTD", "123456", "SC12345")))
    assert read.set_aside == ()
    assert read.payments == (
        Payment(2, date(2022, 4, 1), -123450, "Adult Care", "BROXAP LTD", "00123456", "SC012345", 1),
    )


def test_the_columns_of_other_councils_are_understood():
    headers = ("Supplier Name", "Date Paid", "Directorate", "Net Amount (£)")
    [payment] = read_payments(table(("Arco Ltd", "01-Apr-22", "Housing", "7"), headers=headers)).payments
    assert (payment.beneficiary, payment.unit, payment.amount_pence) == ("Arco Ltd", "Housing", 700)
    assert (payment.company_number, payment.charity_number) == (None, None)


def test_a_file_without_unit_and_numbers_is_read():
    [payment] = read_payments(table(("Arco", "44652", "7"), headers=("Payee", "Date", "Value"))).payments
    assert (payment.paid_on, payment.unit) == (date(2022, 4, 1), "")


def test_a_file_without_the_columns_that_matter_is_refused():
    with pytest.raises(WrongColumns, match="no column “Payment Date”, “Amount”, “Beneficiary Name”"):
        read_payments(table(("x",), headers=("Colour",)))


def test_a_beneficiary_as_long_as_a_story_is_set_aside():
    assert reason_against(name="x" * 301) == "The beneficiary is longer than 300 characters"


@pytest.mark.parametrize("name", ["", "-", "NULL", "n/a", "Unknown"])
def test_a_missing_beneficiary_is_set_aside(name):
    assert reason_against(name=name) == "The beneficiary is missing"


@pytest.mark.parametrize(
    "name",
    ["REDACTED", "Redacted - foster carer", "REDACTED PERSONAL DATA", "Personal data", "Individual", "Individual(s)",
     "Private Individual", "Name withheld", "WITHHELD", "Payee details removed under GDPR", "Confidential",
     "Mr J Smith", "MRS A. B. O'Neill"],
)  # fmt: skip
def test_a_hidden_or_private_beneficiary_is_set_aside(name):
    assert reason_against(name=name) == "The beneficiary is a person or has been redacted"


@pytest.mark.parametrize(
    "name",
    ["Redactive Publishing Limited", "Individual Care Services Ltd", "Personal Alarms Ltd", "The Name Shop",
     "Confidential Shredding Ltd", "Mr Clutch Autocentres", "Mrs Smith's Nursery Ltd", "Data Protection Ltd"],
)  # fmt: skip
def test_an_organisation_whose_name_only_sounds_so_is_kept(name):
    assert not hides_a_person(name)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"amount": ""}, "The amount is missing"),
        ({"amount": "TBC"}, "“TBC” is not an amount in pounds, like 1,234.50"),
        ({"amount": "0.00"}, "The amount is zero"),
        ({"amount": "(0)"}, "The amount is zero"),
        ({"amount": "1.005"}, "The amount 1.005 has parts of a penny"),
        ({"day": ""}, "The date is missing"),
        ({"day": "April"}, "“April” is not a day, like 31/03/2027"),
        ({"day": "31/04/2022"}, "“31/04/2022” is not a day of the calendar"),
        ({"day": "01-02-03"}, "“01-02-03” could be read in two ways. Write the year in full"),
    ],
)
def test_an_unreadable_amount_or_date_is_set_aside_with_its_reason(cells, reason):
    assert reason_against(**cells) == reason


def test_a_file_of_american_dates_sets_aside_what_could_be_either():
    days = ("04/13/2022", "04/05/2022", "2022-04-05")
    read = read_payments(table(*((day, "5", "", "Arco", "", "") for day in days)))
    assert [payment.row for payment in read.payments] == [4]
    assert [(aside.row, aside.reason.msgid[:28]) for aside in read.set_aside] == [
        (2, "“%(text)s”, read as day/mont"),
        (3, "“%(text)s” could be day/mont"),
    ]


def test_a_row_with_too_many_cells_is_set_aside_whole():
    read = read_payments(table(("2022-04-01", "5", "Housing", "Smith", " Jones", "", "x"), RIGHT))
    assert [(aside.row, len(aside.cells)) for aside in read.set_aside] == [(2, 7)]
    assert [payment.row for payment in read.payments] == [3]


def test_the_very_same_line_twice_is_two_payments_told_apart_by_occurrence():
    other = (*RIGHT[:1], "-5.50", *RIGHT[2:])
    read = read_payments(table(RIGHT, other, RIGHT, ("01/04/2022", "£5.5", *RIGHT[2:])))
    assert [(payment.row, payment.occurrence) for payment in read.payments] == [(2, 1), (3, 1), (4, 2), (5, 3)]
    assert read.repeated == 2
    assert read_payments(table(RIGHT)).repeated == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234567", "01234567"), ("01234567", "01234567"), ("12 34 56", "00123456"), ("sc12345", "SC012345"),
        ("OC301234", "OC301234"), ("NI 012345", "NI012345"), ("GB-COH-01234567", "01234567"), ("IP1234R", "IP01234R"),
        ("NULL", None), ("N/A", None), ("0", None), ("00000000", None), ("", None), ("123456789", None),
        ("Not applicable", None), ("unknown", None), ("SOLE TRADER", None), ("GB123456789", None),
    ],
)  # fmt: skip
def test_a_company_number_has_eight_characters_or_is_none(text, number):
    assert company_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1095107", "1095107"), ("1 095 107", "1095107"), ("212345-3", "212345"), ("sc12345", "SC012345"),
        ("GB-CHC-1095107", "1095107"), ("NIC100123", "NI100123"), ("0", None), ("N/A", None), ("12", None), ("", None),
        ("12345678", None),
    ],
)  # fmt: skip
def test_a_charity_number_is_plain_or_none(text, number):
    assert charity_number(text) == number


def test_all_ten_real_files_are_there():
    assert len(FILES) == 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_file_is_read_to_the_penny(path):
    with path.open(encoding="utf-8", newline="") as stream:
        real = list(csv.DictReader(stream))
    read = read_payments(read_table(path.name, path.read_bytes()))
    assert len(read.payments) + len(read.set_aside) == len(real)
    assert sum(payment.amount_pence for payment in read.payments) == sum(Decimal(row["Amount"]) for row in real) * 100
    assert Counter(payment.paid_on.isoformat() for payment in read.payments) + Counter(
        aside.cells[0] for aside in read.set_aside
    ) == Counter(row["Payment Date"] for row in real)


def test_of_the_real_rows_one_is_set_aside_and_none_is_dropped_as_a_repeat():
    reads = [read_payments(read_table(path.name, path.read_bytes())) for path in FILES]
    assert sum(len(read.payments) for read in reads) == 9227
    assert sum(read.repeated for read in reads) == 2134
    assert [(str(aside.reason), aside.row, aside.cells[3]) for read in reads for aside in read.set_aside] == [
        ("The amount is zero", 703, "PAYPOINT NETWORK LTD")
    ]
