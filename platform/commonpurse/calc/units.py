"""Units in which public bodies state what they need, with exact factors.

Two quantities can be compared, and added, only when their units have the same dimension. An hour, a
day and a week are kept apart on purpose: a day of hire has 24 hours and a day of work about seven, so
only the requirement itself can say. Packs, boxes and pallets are apart for the same reason, and a "ton" is
unknown because it is not said which.

Source of the imperial factors: Weights and Measures Act 1985, Schedule 1.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: so many of the base unit of its dimension as `factor` says. `code` is how it is stored and shown."""

    code: str
    dimension: str
    factor: Fraction

    @property
    def is_counted(self) -> bool:
        """Whether there are only whole ones of the base unit."""
        return self.dimension in COUNTED


COUNTED = frozenset({"count", "pack", "box", "licence", "visit", "trip", "meal", "person", "place", "lot"})
"""Dimensions whose base unit is counted one by one; half pallets are sold."""


# dimension: unit = factor: what else people type for it (case, spaces, dots, hyphens and a plural s do not matter)
_TABLE = """
count: each = 1: no, number, unit, item, ea, piece, pc, nr, off
count: pair = 2: pr
count: dozen = 12: doz
count: hundred = 100
count: thousand = 1000
hour: minute = 1/60: min
hour: hour = 1: hr, h, person hour, man hour
day: day = 1: d, person day, man day
week: week = 1: wk, w, person week
month: month = 1: mth, mnth, calendar month, per month
month: quarter = 3: qtr
month: year = 12: yr, annum, per annum, pa
fte: fte = 1: full time equivalent, wte, whole time equivalent
length: mm = 1/1000: millimetre, millimeter
length: cm = 1/100: centimetre, centimeter
length: m = 1: metre, meter, lm, linear metre, mtr
length: km = 1000: kilometre, kilometer
length: yard = 0.9144: yd
length: foot = 0.3048: feet, ft
length: mile = 1609.344
area: m2 = 1: sq m, sqm, square metre, square meter, m^2, metre squared
area: hectare = 10000: ha
area: km2 = 1000000: sq km, square kilometre, square kilometer, km^2
area: acre = 4046.8564224: ac
volume: ml = 1/1000000: millilitre, milliliter
volume: litre = 1/1000: l, ltr, liter
volume: m3 = 1: cu m, cubic metre, cubic meter, cbm, m^3, metre cubed
volume: gallon = 0.00454609: gal, imperial gallon
mass: g = 1/1000: gram, gramme
mass: kg = 1: kilo, kilogram, kilogramme
mass: tonne = 1000: t, te, metric ton, metric tonne
energy: kWh = 1: kilowatt hour
energy: MWh = 1000: megawatt hour
energy: GWh = 1000000: gigawatt hour
energy: MJ = 1/3.6: megajoule
power: kW = 1: kilowatt
power: MW = 1000: megawatt
emissions: kgCO2e = 1: kg co2 equivalent
emissions: tCO2e = 1000: tonne co2e, tonne co2 equivalent
pack: pack = 1: packet, pk
box: box = 1: boxes, bx
pallet: pallet = 1
licence: licence = 1: license, seat
visit: visit = 1: call out
trip: trip = 1: journey
meal: meal = 1
person: person = 1: people, user, head, learner, participant
place: place = 1
lot: lump sum = 1: sum, lot, job, contract, service
"""


def resolve(text: str) -> Unit:
    """The unit somebody typed: "hrs", "Sq. M", "tonnes", "No.", "units".

    Raises:
        ValueError: if the unit is not in the table.

    >>> resolve("Sq. M").code
    'm2'
    """
    typed = _squash(text)
    unit = _BY_NAME.get(typed) or _BY_NAME.get(typed.removesuffix("s"))
    if unit is None:
        raise ValueError(f"{text!r} is not a unit we know")
    return unit


def _squash(text: str) -> str:
    return re.sub(r"[\s.\-^]", "", unicodedata.normalize("NFKC", text)).casefold()


def _factor(text: str) -> Fraction:
    over, _, under = text.partition("/")
    return Fraction(over) / Fraction(under or "1")


def _read_table() -> tuple[tuple[Unit, ...], dict[str, Unit]]:
    units: list[Unit] = []
    names: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        dimension, defined, *also = (part.strip() for part in line.split(":"))
        code, _, factor = defined.partition(" = ")
        unit = Unit(code, dimension, _factor(factor))
        units.append(unit)
        for name in (code, *"".join(also).split(",")):
            if _squash(name) and names.setdefault(_squash(name), unit) is not unit:
                raise ValueError(f"{name} means two units")
    return tuple(units), names


UNITS, _BY_NAME = _read_table()
"""Every unit, in the order in which to offer them."""
