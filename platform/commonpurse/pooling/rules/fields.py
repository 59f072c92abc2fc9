"""What one cell of a requirement or budget line may hold; the forms of the pages ask the same rules."""

import re
from collections.abc import Collection, Container, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from commonpurse.calc import units
from commonpurse.pooling.rules.cells import read_day, read_number, read_pence
from commonpurse.pooling.rules.columns import Unreadable

COMMITMENTS = ("indicative", "committed", "guaranteed_minimum")
"""How firm money can be, least first."""

LONGEST_DESCRIPTION = 500
LONGEST_SOURCE = 200
LARGEST_QUANTITY = 10**12
LARGEST_PENCE = 10**13
"""A hundred billion pounds: more than any consortium spends, and thousands of them add up within a column."""
_DECIMALS = 6

_CPV = re.compile(r"(\d{7,8})(?:\s*-\s*\d)?", re.ASCII)
_GSS = re.compile(r"[A-Z]\d{8}", re.ASCII)
_YEAR = re.compile(r"(?:FY\s*)?(20\d{2})\s*[-/–]\s*(?:20)?(\d{2})", re.IGNORECASE | re.ASCII)
_COMMITMENT_WORDS = {
    "indicative": "indicative",
    "estimate": "indicative",
    "committed": "committed",
    "firm": "committed",
    "guaranteedminimum": "guaranteed_minimum",
    "guaranteed": "guaranteed_minimum",
    "minimum": "guaranteed_minimum",
}


def description(text: str) -> str:
    """Words, not a bare number. Raises Unreadable."""
    if len(text) > LONGEST_DESCRIPTION:
        raise Unreadable("The description is longer than %(most)s characters", most=LONGEST_DESCRIPTION)
    if not any(letter.isalpha() for letter in text):
        raise Unreadable("“%(text)s” does not describe anything", text=text)
    return text


def category(text: str, known: Container[str]) -> str:
    """The eight digits of a CPV code. Raises Unreadable.

    A digit after a hyphen is not used: check digits are published with the codes, and our list of them has none.
    Spreadsheets drop the zero of codes that begin with one; seven digits get it back.
    """
    match = _CPV.fullmatch(text)
    if match is None:
        raise Unreadable("“%(text)s” is not a CPV code: eight digits, like 30192700", text=text)
    code = match[1].rjust(8, "0")
    if code not in known:
        raise Unreadable("There is no CPV code %(code)s", code=code)
    return code


def quantity(text: str) -> Decimal:
    """A number above zero with at most six decimals. Raises Unreadable."""
    number = read_number(text)
    if number <= 0:
        raise Unreadable("The quantity must be more than zero, and is %(text)s", text=text)
    if number > LARGEST_QUANTITY:
        raise Unreadable("The quantity %(text)s is too large", text=text)
    if number != round(number, _DECIMALS):
        raise Unreadable("The quantity %(text)s has more than %(most)s decimals", text=text, most=_DECIMALS)
    return number


def unit(text: str) -> str:
    """The code of a unit, however it is typed. Raises Unreadable."""
    try:
        return units.resolve(text).code
    except ValueError as error:
        raise Unreadable("“%(text)s” is not a unit we know, like each, hour, kg or m2", text=text) from error


def counted(number: Decimal, unit_code: str) -> None:
    """Raises Unreadable where a unit is counted one by one and the quantity, such as 1.5, makes no whole ones of it."""
    unit = units.resolve(unit_code)
    if not unit.is_counted or (Fraction(number) * unit.factor).denominator == 1:
        return
    values = {"unit": unit.code, "text": f"{number:f}"}
    if unit.factor == 1:
        raise Unreadable("The quantity must be a whole number where the unit is “%(unit)s”, and is %(text)s", **values)
    raise Unreadable("%(text)s %(unit)s does not make a whole number of items", **values)


def place(text: str, known: Mapping[str, Collection[str]]) -> str:
    """The GSS code of an area by its code or its name.

    Args:
        known: the codes of the areas by each name of theirs in small letters, and each code by itself.

    Raises:
        Unreadable: there is no such area, or several have the name.
    """
    code = text.replace(" ", "").upper()
    if _GSS.fullmatch(code):
        if code not in known:
            raise Unreadable("There is no place with the GSS code %(code)s", code=code)
        return code
    named = known.get(" ".join(text.split()).lower(), ())
    if len(named) == 1:
        return next(iter(named))
    if named:
        values = {"text": text, "codes": ", ".join(sorted(named))}
        raise Unreadable("“%(text)s” could be any of %(codes)s. Give the code of the one you mean", **values)
    raise Unreadable("There is no area called “%(text)s”. Give its name, like Gateshead, or its GSS code", text=text)


def day(text: str) -> date:
    """A day in ISO or UK form, the day first as the templates say; a bare number is no day here. Raises Unreadable."""
    return read_day(text, serials=False)


def financial_year(text: str) -> int:
    """The first year of a financial year written as 2026-27, 2026/27 or 2026/2027. Raises Unreadable."""
    match = _YEAR.fullmatch(text)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise Unreadable("“%(text)s” is not a financial year, like 2026-27", text=text)
    return int(match[1])


def amount(text: str) -> int:
    """Pounds and pence above zero, in whole pence. Raises Unreadable."""
    pence = read_pence(text)
    if pence <= 0:
        raise Unreadable("The amount must be more than £0, and is %(text)s", text=text)
    if pence > LARGEST_PENCE:
        raise Unreadable("The amount %(text)s is too large", text=text)
    return pence


def commitment_level(text: str) -> str:
    """One of `COMMITMENTS`, in the words of the template. Raises Unreadable."""
    level = _COMMITMENT_WORDS.get(re.sub(r"[^a-z]", "", text.casefold()))
    if level is None:
        raise Unreadable("“%(text)s” is not indicative, committed or guaranteed minimum", text=text)
    return level


def source(text: str) -> str:
    """Where the money comes from. Raises Unreadable."""
    if len(text) > LONGEST_SOURCE:
        raise Unreadable("The source is longer than %(most)s characters", most=LONGEST_SOURCE)
    return text
