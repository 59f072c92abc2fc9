from fractions import Fraction

import pytest

from commonpurse.calc import units
from commonpurse.calc.units import UNITS, resolve


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
def test_the_factors_of_two_units_turn_one_into_the_other_exactly(quantity, unit, to, expected):
    assert resolve(unit).dimension == resolve(to).dimension
    assert Fraction(quantity) * resolve(unit).factor / resolve(to).factor == expected


@pytest.mark.parametrize(
    ("one", "other"), [("hour", "day"), ("day", "week"), ("week", "month"), ("box", "each"), ("m", "m2")]
)
def test_units_that_only_the_requirement_could_relate_are_kept_apart(one, other):
    assert resolve(one).dimension != resolve(other).dimension


def test_a_name_cannot_mean_two_units(monkeypatch):
    monkeypatch.setattr(units, "_TABLE", "mass: t = 1000\nvolume: tank = 1: t")
    with pytest.raises(ValueError, match="t means two units"):
        units._read_table()


@pytest.mark.parametrize(
    ("typed", "counted"), [("each", True), ("dozen", True), ("box", True), ("hour", False), ("kg", False)]
)
def test_whether_only_whole_ones_are_bought_goes_by_what_a_unit_counts(typed, counted):
    assert resolve(typed).is_counted is counted
