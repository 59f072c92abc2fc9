"""The text of one cell read as an amount, a quantity or a day, exactly or not at all."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from commonpurse.pooling.rules.columns import Unreadable

LARGEST_PENCE = 10**15
"""Ten trillion pounds: more than any public body pays, and far from the end of a 64-bit column."""

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?", re.ASCII)
_CURRENCY = re.compile(r"£|\bGBP\b", re.IGNORECASE)
_MINUSES = str.maketrans(dict.fromkeys("\u2212\u2013\u2010\u2011", "-"))
_MONTHS = {
    name: at
    for at, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_LONG_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sept",
]
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})(\d{2})(\d{2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})[-/., ]*(\d{4}|\d{2})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_EPOCH = date(1899, 12, 30)
_SERIALS = range(25_569, 73_051)
_YEARS = range(1970, 2100)


def read_number(text: str) -> Decimal:
    """An exact number in UK notation: thousands by commas, minus in front or behind, or brackets.

    Raises:
        Unreadable: it is no number, or its commas do not stand at thousands.

    >>> read_number("(1,234.50)")
    Decimal('-1234.50')
    """
    plain = text.translate(_MINUSES).strip()
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1] if negative else plain
    if plain.upper().endswith("CR"):
        negative, plain = not negative, plain[:-2].strip()
    if plain.startswith("-") or plain.endswith("-"):
        negative, plain = not negative, plain.removeprefix("-") if plain.startswith("-") else plain.removesuffix("-")
    plain = plain.strip().removeprefix("+")
    if not _NUMBER.fullmatch(plain) or not any(character.isdigit() for character in plain):
        raise Unreadable("“%(text)s” is not a number", text=text)
    number = Decimal(plain.replace(",", ""))
    return number.copy_negate() if negative else number


def read_pence(text: str) -> int:
    """Pounds and pence as whole pence.

    Raises:
        Unreadable: it is no amount of money, has parts of a penny, or is beyond `LARGEST_PENCE`.

    >>> read_pence("£1,234.5"), read_pence("-114746")
    (123450, -11474600)
    """
    try:
        pence = Fraction(read_number(_CURRENCY.sub("", text))) * 100
    except Unreadable as error:
        raise Unreadable("“%(text)s” is not an amount in pounds, like 1,234.50", text=text) from error
    if abs(pence) > LARGEST_PENCE:
        raise Unreadable("The amount %(text)s is too large", text=text)
    if pence.denominator != 1:
        raise Unreadable("The amount %(text)s has parts of a penny", text=text)
    return pence.numerator


def read_day(text: str, *, month_first: bool = False, serials: bool = True) -> date:
    """A day in ISO form, in UK forms (day first) or as a spreadsheet's number of days.

    Args:
        text: the cell.
        month_first: whether other cells of the column put the month first, so that 04/05/2022 could be either.
        serials: whether a bare number of days since 1900 is accepted.

    Raises:
        Unreadable: it is no day between 1970 and 2099, or could be two different days.

    >>> read_day("3 May 2022"), read_day("03/05/22")
    (datetime.date(2022, 5, 3), datetime.date(2022, 5, 3))
    """
    plain = _TIME.sub("", text.strip()).casefold()
    if match := _ISO.fullmatch(plain):
        year, month, day = (int(part) for part in match.groups() if part)
        return _day(text, year, month, day)
    if match := _NUMERIC.fullmatch(plain):
        return _numeric_day(text, match, month_first=month_first)
    if (match := _NAMED.fullmatch(plain)) and (match[2] in _MONTHS or match[2] in _LONG_MONTHS):
        return _day(text, _full_year(match[3]), _MONTHS[match[2][:3]], int(match[1]))
    if serials and _SERIAL.fullmatch(plain) and int(plain[:5]) in _SERIALS:
        return _EPOCH + timedelta(days=int(plain[:5]))
    raise Unreadable("“%(text)s” is not a day, like 31/03/2027", text=text)


def puts_month_first(text: str) -> bool:
    """Whether the cell is a day only if its month comes first: 04/13/2022."""
    match = _NUMERIC.fullmatch(_TIME.sub("", text.strip()))
    return match is not None and int(match[3]) > 12 >= int(match[1]) > 0


def _numeric_day(text: str, match: re.Match[str], *, month_first: bool) -> date:
    first, mark, second, year = int(match[1]), match[2], int(match[3]), match[4]
    if len(year) == 2 and mark == "-":
        raise Unreadable("“%(text)s” could be read in two ways. Write the year in full", text=text)
    if month_first and first <= 12 and second <= 12 and first != second:
        raise Unreadable(
            "“%(text)s” could be day/month or month/day: other rows of this column put the month first", text=text
        )
    if second > 12:
        raise Unreadable("“%(text)s”, read as day/month/year, has no month %(month)s", text=text, month=second)
    return _day(text, _full_year(year), second, first)


def _full_year(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _day(text: str, year: int, month: int, day: int) -> date:
    if year in _YEARS:
        try:
            return date(year, month, day)
        except ValueError:
            pass
    raise Unreadable("“%(text)s” is not a day of the calendar", text=text)
