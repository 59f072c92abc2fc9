"""Quantities as whole numbers of a measure's smallest unit.

A measure has `decimals`: its smallest unit is 10 to the power of -decimals of its unit. Weeks with
two decimals are counted in hundredths of a week, pounds in pence, jobs in jobs. Nothing here rounds:
a figure finer than the smallest unit is refused.
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import MappingProxyType

MOST_DIGITS = 30
"""More digits than any public body needs; also keeps "1e999999" from being written out."""

_MINUS = "−"
_FIGURE = re.compile(
    r"(?P<open>\()?\s*(?P<before>[-+−])?\s*"
    r"(?P<whole>[0-9]{1,3}(?P<gap>[,\s])[0-9]{3}(?:(?P=gap)[0-9]{3})*|[0-9]*)(?:\.(?P<fine>[0-9]*))?"
    r"\s*(?P<after>[-−])?\s*(?P<close>\))?"
)


def to_smallest(figure: str | Decimal | int, decimals: int) -> int:
    """The figure in smallest units, exactly.

    Text may be typed as people type: "1,234.5", "1 234", "(12.00)" and "12-" as accountants write
    minus twelve. Commas and spaces must stand between thousands, so that "1,5" is never fifteen.

    Raises:
        ValueError: if it is not a number, is finer than the smallest unit, or has over 30 digits.

    >>> to_smallest("1,234.5", 2)
    123450
    """
    exact = _read(figure) if isinstance(figure, str) else _plain(figure)
    smallest = exact * _scale(decimals)
    if smallest.denominator != 1:
        raise ValueError(f"{figure!s} is finer than {decimals} decimal places")
    return smallest.numerator


def from_smallest(amount: int, decimals: int) -> Decimal:
    """The amount in units, exactly, whatever the precision of the decimal context.

    >>> from_smallest(123450, 2)
    Decimal('1234.50')
    """
    if decimals < 0:
        raise ValueError("decimals must be zero or more")
    return Decimal(f"{amount}E-{decimals}")


def say(amount: int, decimals: int = 0) -> str:
    """The amount in units with thousands separators and all its decimals.

    >>> say(-123450, 2)
    '−1,234.50'
    """
    whole, fine = divmod(abs(amount), _scale(decimals))
    sign = _MINUS if amount < 0 else ""
    return f"{sign}{whole:,}.{fine:0{decimals}}" if decimals else f"{sign}{whole:,}"


def say_figure(quantity: Decimal, unit: str) -> str:
    """A target, a promise or a record without the zeros that say nothing; of pounds, both digits of the pence or none.

    >>> say_figure(Decimal("1150.00"), "people"), say_figure(Decimal("12.5"), "GBP")
    ('1,150', '12.50')
    """
    decimals = len(f"{quantity:f}".partition(".")[2].rstrip("0"))
    if unit == "GBP" and decimals == 1:
        decimals = 2
    return f"{_MINUS if quantity < 0 else ''}{quantity.copy_abs():,.{decimals}f}"


def say_with_unit(quantity: Decimal, unit: str) -> str:
    """The same with its unit, as people write it: 150 people, 12.5%, £1,200,000.

    >>> (
    ...     say_with_unit(Decimal("37.50"), "FTE"),
    ...     say_with_unit(Decimal("-12.5"), "GBP"),
    ...     say_with_unit(Decimal(1), "people"),
    ... )
    ('37.5 FTE', '−£12.50', '1 person')
    """
    figure = say_figure(quantity, unit)
    if unit == "GBP":
        return f"{_MINUS}£{figure[1:]}" if quantity < 0 else f"£{figure}"
    if unit == "percent":
        return f"{figure}%"
    return f"{figure} {unit_after(figure, unit)}"


def unit_after(figure: str, unit: str) -> str:
    """What a unit is called after a figure.

    >>> unit_after("1", "people"), unit_after("0.5", "people")
    ('person', 'people')
    """
    return ONE.get(unit, unit) if figure == "1" else unit


ONE = MappingProxyType(
    {
        "hours": "hour",
        "litres": "litre",
        "opportunities": "opportunity",
        "people": "person",
        "person-hours": "person-hour",
        "suppliers": "supplier",
        "tonnes": "tonne",
    }
)
"""What one of a unit is called; others, and those of measures that bodies add, are called alike."""


def _read(text: str) -> Fraction:
    typed = text.strip()
    match = _FIGURE.fullmatch(typed)
    if match is None or not (match["whole"] or match["fine"]):
        raise ValueError(f"{text!r} is not a number")
    bracketed = match["open"] is not None
    marks = bracketed + (match["before"] is not None) + (match["after"] is not None)
    if bracketed != (match["close"] is not None) or marks > 1:
        raise ValueError(f"{text!r} has more than one sign, or half a pair of brackets")
    whole, fine = re.sub(r"[,\s]", "", match["whole"]), (match["fine"] or "").rstrip("0")
    _few(len(whole) + len(fine))
    size = Fraction(int(whole + fine or "0"), 10 ** len(fine))
    return -size if marks and match["before"] != "+" else size


def _plain(number: object) -> Fraction:
    exact = Decimal(number) if type(number) is int or isinstance(number, Decimal) else Decimal("NaN")
    if not exact.is_finite():
        raise ValueError(f"{number!r} is not an exact number: give text, a Decimal or an int")
    if exact:
        _few(max(exact.adjusted() + 1, -exact.adjusted()))
    return Fraction(exact) if exact else Fraction(0)


def _few(digits: int) -> None:
    if digits > MOST_DIGITS:
        raise ValueError(f"Numbers may have at most {MOST_DIGITS} digits")


@cache
def _scale(decimals: int) -> int:
    """How many smallest units make one unit."""
    return from_smallest(1, decimals).as_integer_ratio()[1]
