"""The published spending of a body: the columns of the transparency code, as councils really fill them.

Source: Local Government Transparency Code 2015, Part 2.1, paragraphs 28 and 29 (expenditure exceeding 500 pounds).
"""

import re
from collections import Counter
from datetime import date

from msgspec import Struct

from commonpurse.calc.sentence import Sentence
from commonpurse.pooling.rules.cells import puts_month_first, read_day, read_pence
from commonpurse.pooling.rules.columns import (
    Column,
    RowLike,
    TableLike,
    Unreadable,
    find_columns,
)

DATE, AMOUNT, UNIT, BENEFICIARY = "Payment Date", "Amount", "Organisational Unit", "Beneficiary Name"
COMPANY, CHARITY = "Company Number", "Charity Number"

COLUMNS = (
    Column(DATE, ("Date Paid", "Paid Date", "Date of Payment", "Pay Date", "Date", "Transaction Date", "Posting Date")),
    Column(
        AMOUNT,
        ("Net Amount", "Amount Net", "Net", "Payment Amount", "Amount Paid", "Invoice Amount", "Line Amount",
         "Net Value", "Value", "Total Amount", "Total", "Spend", "Gross Amount"),
    ),
    Column(
        UNIT,
        ("Organisation Unit", "Organizational Unit", "Directorate", "Department", "Service Area", "Service",
         "Business Unit", "Division", "Cost Centre Name"),
        optional=True,
    ),
    Column(
        BENEFICIARY,
        ("Beneficiary", "Supplier Name", "Supplier", "Vendor Name", "Vendor", "Payee Name", "Payee", "Creditor Name",
         "Creditor", "Merchant Name", "Supplier Beneficiary Name"),
    ),
    Column(COMPANY, ("Company Registration Number", "Companies House Number", "Company No", "CRN"), optional=True),
    Column(CHARITY, ("Registered Charity Number", "Charity Registration Number", "Charity No"), optional=True),
)  # fmt: skip

LONGEST_NAME = 300

_NO_NUMBER = frozenset({"", "null", "none", "na", "nil", "unknown", "notapplicable", "notknown", "tbc", "x"})
_COMPANY = re.compile(r"\d{1,8}|[A-Z]{2}\d{1,6}|R\d{1,7}|[A-Z]{2}\d{1,5}[A-Z]", re.ASCII)
_CHARITY = re.compile(r"\d{6,7}|SC\d{1,6}|(?:NIC|NI)?\d{6}", re.ASCII)
_HIDING = frozenset(
    [
        "redacted",
        "redaction",
        "withheld",
        "confidential",
        "individual",
        "individuals",
        "personal",
        "undisclosed",
        "anonymised",
        "gdpr",
        "sensitive",
        "restricted",
    ]
)
_AROUND_HIDING = frozenset(
    [
        "s",
        "data",
        "name",
        "names",
        "information",
        "info",
        "payee",
        "payees",
        "supplier",
        "beneficiary",
        "vendor",
        "the",
        "to",
        "for",
        "under",
        "by",
        "act",
        "protection",
        "private",
        "named",
        "person",
        "persons",
        "details",
        "detail",
        "removed",
        "reasons",
        "commercially",
        "payment",
        "payments",
        "foi",
        "s40",
        "section",
        "40",
        "not",
        "disclosed",
        "recipient",
        "customer",
    ]
)
_PERSON = re.compile(r"(?:mr|mrs|ms|miss|mx)\.? (?:[a-z](?:\. ?| ))+[a-z][a-z'’-]+", re.IGNORECASE)


class Payment(Struct, frozen=True):
    """One line of a body's published spending.

    `occurrence` is 1 for the first of identical lines in the file, 2 for the second and so on, so that
    the contents of a line with it are a key: reading the file again finds the same keys.
    """

    row: int
    paid_on: date
    amount_pence: int
    unit: str
    beneficiary: str
    company_number: str | None
    charity_number: str | None
    occurrence: int = 1


class SetAside(Struct, frozen=True):
    """A row that is not a payment to a named organisation that can be counted, and why."""

    row: int
    reason: Sentence
    cells: tuple[str, ...]


class PaymentsRead(Struct, frozen=True):
    """Every row of a spending file: read, or set aside with the reason."""

    payments: tuple[Payment, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def repeated(self) -> int:
        """How many payments are the very same line as one before them."""
        return sum(1 for payment in self.payments if payment.occurrence > 1)


def read_payments(table: TableLike) -> PaymentsRead:
    """The payments in a published spending file.

    The very same line twice is kept twice. In the ten real files of the demonstration 647 lines occur two
    to 63 times, in all 2,763 of 9,228 rows: Gateshead pays one agency week by week for each placed worker at
    one rate and reverses such lines one by one, and a caterer bills each school the same 7.75. Each is money of its
    own: dropping repeats would leave reversals without what they reverse. They are counted in `repeated`, for
    the person to judge.

    Raises:
        WrongColumns: the date, the amount or the beneficiary has no column.
    """
    places = find_columns(table.headers, COLUMNS)
    month_first = any(puts_month_first(row.cells[places[DATE]]) for row in table.rows if not row.overlong)
    payments: list[Payment] = []
    set_aside: list[SetAside] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for row in table.rows:
        try:
            payment = _payment(row, places, month_first=month_first, seen=seen)
        except Unreadable as error:
            set_aside.append(SetAside(row.number, error.sentence, row.cells))
        else:
            payments.append(payment)
    return PaymentsRead(tuple(payments), tuple(set_aside))


def company_number(text: str) -> str | None:
    """A Companies House number in its eight characters; None where there is none or it is no such number.

    >>> company_number("1234567"), company_number("sc 12345"), company_number("N/A")
    ('01234567', 'SC012345', None)
    """
    plain = re.sub(r"[^0-9A-Z]", "", text.upper()).removeprefix("GBCOH")
    if plain.casefold() in _NO_NUMBER or not plain.strip("0") or not _COMPANY.fullmatch(plain):
        return None
    prefix = plain[: len(plain) - len(plain.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    return prefix + plain[len(prefix) :].rjust(8 - len(prefix), "0")


def charity_number(text: str) -> str | None:
    """A charity number without spaces or the number of a subsidiary; None where there is none.

    >>> charity_number("1 095 107"), charity_number("SC12345"), charity_number("0")
    ('1095107', 'SC012345', None)
    """
    main = re.sub(r"-\d{1,2}$", "", text.strip().upper())
    plain = re.sub(r"[^0-9A-Z]", "", main).removeprefix("GBCHC").removeprefix("GBSC")
    if plain.casefold() in _NO_NUMBER or not plain.strip("0") or not _CHARITY.fullmatch(plain):
        return None
    if plain.startswith("SC"):
        return f"SC{plain[2:].rjust(6, '0')}"
    return plain.replace("NIC", "NI") if plain.startswith("NI") else plain


def hides_a_person(name: str) -> bool:
    """Whether a beneficiary's name was taken out, or is plainly that of a person.

    >>> hides_a_person("REDACTED - PERSONAL DATA"), hides_a_person("Redactive Publishing Limited")
    (True, False)
    """
    words = re.findall(r"[a-z0-9]+", name.casefold())
    hidden = bool(words) and (
        words[0] in {"redacted", "redaction"}
        or (not _HIDING.isdisjoint(words) and all(word in _HIDING | _AROUND_HIDING for word in words))
    )
    return hidden or bool(_PERSON.fullmatch(" ".join(name.split())))


def _payment(row: RowLike, places: dict[str, int], *, month_first: bool, seen: Counter[tuple[object, ...]]) -> Payment:
    if row.overlong:
        raise Unreadable("The row has more cells than there are headings")
    cells = {name: " ".join(row.cells[at].split()) for name, at in places.items()}
    _refuse_beneficiary(cells[BENEFICIARY])
    if not cells[AMOUNT]:
        raise Unreadable("The amount is missing")
    if not cells[DATE]:
        raise Unreadable("The date is missing")
    amount = read_pence(cells[AMOUNT])
    if amount == 0:
        raise Unreadable("The amount is zero")
    paid_on = read_day(cells[DATE], month_first=month_first)
    company, charity = company_number(cells.get(COMPANY, "")), charity_number(cells.get(CHARITY, ""))
    content = (paid_on, amount, cells.get(UNIT, ""), cells[BENEFICIARY], company, charity)
    seen[content] += 1
    return Payment(row.number, *content, occurrence=seen[content])


def _refuse_beneficiary(beneficiary: str) -> None:
    if not re.search(r"\w", beneficiary) or beneficiary.casefold() in {"null", "n/a", "none", "unknown", "tbc"}:
        raise Unreadable("The beneficiary is missing")
    if len(beneficiary) > LONGEST_NAME:
        raise Unreadable("The beneficiary is longer than %(most)s characters", most=LONGEST_NAME)
    if hides_a_person(beneficiary):
        raise Unreadable("The beneficiary is a person or has been redacted")
