from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc import units
from commonpurse.calc.units import UNITS, comparable, convert, resolve


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("hrs", "hour"),
        ("Hours", "hour"),
        ("person-hours", "hour"),
        ("sq m", "m2"),
        ("Sq. M", "m2"),
        ("m²", "m2"),
        ("M^2", "m2"),
        ("square metres", "m2"),
        ("tonnes", "tonne"),
        ("no.", "each"),
        ("units", "each"),
        ("EA", "each"),
        ("kwh", "kWh"),
        ("cu. m", "m3"),
        ("m³", "m3"),
        ("ha", "hectare"),
        ("per annum", "year"),
        ("wte", "fte"),
        ("boxes", "box"),
        ("ℓtr", "litre"),
        ("gross", None),
        ("tons", None),
        ("", None),
        ("s", None),
        ("£", None),
    ],
)
def test_a_unit_is_known_by_what_people_type(typed, code):
    if code is None:
        with pytest.raises(ValueError, match="is not a unit we know"):
            resolve(typed)
    else:
        assert resolve(typed).code == code


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.code)
def test_every_unit_is_found_by_its_code_and_has_a_positive_factor(unit):
    assert resolve(unit.code) is unit
    assert unit.factor > 0


@pytest.mark.parametrize("dimension", sorted({unit.dimension for unit in UNITS}))
def test_every_dimension_has_its_base_unit(dimension):
    factors = [unit.factor for unit in UNITS if unit.dimension == dimension]
    assert factors.count(1) == 1
    assert len(set(factors)) == len(factors)


@pytest.mark.parametrize(
    ("quantity", "unit", "to", "expected"),
    [
        ("2.5", "tonne", "kg", 2500),
        ("1", "minute", "hour", Fraction(1, 60)),
        ("3", "hectare", "m2", 30000),
        ("1", "mile", "km", Fraction(1609344, 1000000)),
        ("1", "acre", "m2", Fraction("4046.8564224")),
        ("1", "gallon", "litre", Fraction("4.54609")),
        ("3.6", "MJ", "kWh", 1),
        ("2", "MWh", "kWh", 2000),
        ("1500", "litre", "m3", Fraction(3, 2)),
        ("3", "dozen", "each", 36),
        ("2", "year", "quarter", 8),
    ],
)
def test_a_quantity_is_converted_exactly(quantity, unit, to, expected):
    assert convert(Decimal(quantity), resolve(unit), resolve(to)) == expected


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.decimals(-(10**9), 10**9, places=3))
def test_units_convert_there_and_back_or_not_at_all(one, other, quantity):
    assert comparable(one, other) is comparable(other, one)
    if comparable(one, other):
        there = convert(quantity, one, other)
        assert there * other.factor == Fraction(quantity) * one.factor
    else:
        with pytest.raises(ValueError, match=f"{one.code} cannot be turned into {other.code}"):
            convert(quantity, one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("hour", "day"), ("day", "week"), ("week", "month"), ("box", "each"), ("m", "m2")]
)
def test_units_that_only_the_requirement_could_relate_are_kept_apart(one, other):
    assert not comparable(resolve(one), resolve(other))


def test_a_name_cannot_mean_two_units(monkeypatch):
    monkeypatch.setattr(units, "_TABLE", "mass: t = 1000\nvolume: tank = 1: t")
    with pytest.raises(ValueError, match="t means two units"):
        units._read_table()
