from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.allocation_rules import (
    BASES,
    COMMITTED_BUDGET,
    LARGEST_REMAINDER,
    NEED,
    POPULATION,
    REQUIRED_QUANTITY,
    ROUNDINGS,
    RULES,
    BadRule,
    Case,
    describe,
    parse_rule,
)
from commonpurse.calc.rounding import WAYS, round_shares

SPECS = {
    "equal": {"kind": "equal"},
    "committed_budget": {"kind": "committed_budget"},
    "required_quantity": {"kind": "required_quantity"},
    "population": {"kind": "population"},
    "need": {"kind": "need"},
    "recorded_weights": {"kind": "recorded_weights", "basis": "Litres called off"},
    "fixed_percentages": {"kind": "fixed_percentages", "percentages": {"a": "60", "b": "40"}},
    "place_then_budget": {"kind": "place_then_budget"},
    "tiers": {"kind": "tiers", "shares": {"district": "60", "county": "30", "combined_authority": "10"}},
    "hybrid": {
        "kind": "hybrid",
        "legs": [{"percent": "60", "rule": {"kind": "equal"}}, {"percent": "40", "rule": {"kind": "need"}}],
    },
}


def fixed(**percentages):
    return {"kind": "fixed_percentages", "percentages": percentages}


def tiers(**shares):
    return {"kind": "tiers", "shares": shares}


def mixed(*legs):
    return {"kind": "hybrid", "legs": [{"percent": percent, "rule": {"kind": kind}} for percent, kind in legs]}


def test_every_rule_has_an_example_here():
    assert list(RULES) == list(SPECS)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_rule_is_written_as_it_is_read(spec):
    rule = parse_rule(spec)
    assert rule.kind == spec["kind"]
    assert rule.spec() == spec
    assert parse_rule(rule.spec()) == rule


@pytest.mark.parametrize(
    ("kind", "basis", "uses_place"),
    [
        ("equal", None, False),
        ("committed_budget", COMMITTED_BUDGET, False),
        ("required_quantity", REQUIRED_QUANTITY, False),
        ("fixed_percentages", None, False),
        ("place_then_budget", COMMITTED_BUDGET, True),
        ("population", POPULATION, False),
        ("need", NEED, False),
        ("tiers", None, True),
        ("recorded_weights", None, False),
        ("hybrid", None, False),
    ],
)
def test_a_rule_says_what_it_needs_to_know(kind, basis, uses_place):
    assert (RULES[kind].basis, RULES[kind].uses_place) == (basis, uses_place)


@pytest.mark.parametrize(
    ("spec", "holder", "weights"),
    [
        (SPECS["equal"], None, [1, 1, 1, 0]),
        (SPECS["committed_budget"], None, [7, 0, 5, 0]),
        (SPECS["required_quantity"], None, [7, 0, 5, 0]),
        (SPECS["place_then_budget"], None, [7, 0, 5, 0]),
        (SPECS["place_then_budget"], "b", [0, 1, 0, 0]),
        (fixed(a="41.7", b="33.3", c="25"), None, [417, 333, 250, 0]),
        (fixed(c="0.000001", a="99.999999"), None, [99999999, 0, 1, 0]),
        (fixed(b="100"), None, [0, 100, 0, 0]),
        (fixed(a="50", leaver="20.5", other="29.5"), None, [500, 0, 0, 500]),
        (SPECS["population"], None, [7, 0, 5, 0]),
        (SPECS["need"], None, [7, 0, 5, 0]),
        (SPECS["recorded_weights"], None, [0, 7, 2, 0]),
        (mixed(("25", "equal"), ("75", "need")), None, [520833333334, 83333333333, 395833333333, 0]),
        ({"kind": "population", "cap": "45"}, None, [450000000000, 0, 450000000000, 100000000000]),
        ({"kind": "population", "floor": "10"}, None, [525000000000, 100000000000, 375000000000, 0]),
        ({**fixed(a="50", leaver="50"), "floor": "30"}, None, [300000000000, 300000000000, 300000000000, 100000000000]),
    ],
)
def test_a_rule_comes_to_the_weight_of_every_place(spec, holder, weights):
    bases = {basis: {"a": 7, "c": 5} for basis in BASES} | {"recorded:Litres called off": {"b": 7, "c": 2}}
    case = Case(("a", "b", "c"), holder, bases)
    assert parse_rule(spec).weigh(case) == weights


@pytest.mark.parametrize(
    ("spec", "held", "weights"),
    [
        (SPECS["tiers"], {}, [0, 0, 0, 100]),
        (SPECS["tiers"], {"district": "a", "county": "b", "combined_authority": "c"}, [60, 30, 10, 0]),
        (SPECS["tiers"], {"district": "b", "combined_authority": "b"}, [0, 70, 0, 30]),
        (SPECS["tiers"], {"region": "a", "nation": "b"}, [0, 0, 0, 100]),
        (tiers(district="62.5", nation="37.5"), {"district": "c"}, [0, 0, 625, 375]),
        (tiers(county="100"), {"county": "a"}, [100, 0, 0, 0]),
    ],
)
def test_a_tier_weighs_for_its_holder_and_one_without_stays_unallocated(spec, held, weights):
    case = Case(("a", "b", "c"), None, {}, tuple(held.items()))
    assert parse_rule(spec).weigh(case) == weights


def test_only_a_rule_for_tiers_goes_by_tier():
    assert [kind for kind, rule in RULES.items() if rule.by_tier] == ["tiers"]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (SPECS["equal"], "In equal shares"),
        (SPECS["committed_budget"], "In proportion to the budget each body has committed"),
        (SPECS["required_quantity"], "In proportion to the quantity each body requires"),
        (
            SPECS["place_then_budget"],
            (
                "To the body whose area holds the place of delivery; where no body's area does, "
                "in proportion to the budget each body has committed"
            ),
        ),
        (
            tiers(nation="10", district="60.50", county="29.5"),
            "By tiers of place: 60.5% to the district of the place of delivery, 29.5% to its county, 10% to its nation",
        ),
        (fixed(b="58.30", a="41.7"), "By fixed percentages: Gateshead 41.7%, b 58.3%"),
        (
            SPECS["recorded_weights"],
            "In proportion to Litres called off, as the bodies agreed it for the quarter",
        ),
        (SPECS["population"], "In proportion to the number of people who live in each body's area"),
        (
            SPECS["need"],
            "In proportion to the people who live in each body's area, weighted by its deprivation score",
        ),
        (
            mixed(("60", "equal"), ("40", "population")),
            (
                "60% of a total: In equal shares. 40% of a total: "
                "In proportion to the number of people who live in each body's area"
            ),
        ),
        (
            mixed(("20", "equal"), ("30.5", "committed_budget"), ("49.5", "required_quantity")),
            (
                "20% of a total: In equal shares. 30.5% of a total: In proportion to the budget each body has "
                "committed. 49.5% of a total: In proportion to the quantity each body requires"
            ),
        ),
        (
            {"kind": "equal", "floor": "5", "rounding": "credit"},
            (
                "In equal shares, but no body receives less than 5% of a total, "
                "in whole units, with a credit for what a body is still owed"
            ),
        ),
        ({"kind": "equal", "cap": "50.0"}, "In equal shares, but no body receives more than 50% of a total"),
        (
            {"kind": "equal", "floor": "1", "cap": "50"},
            "In equal shares, but no body receives less than 1% or more than 50% of a total",
        ),
    ],
)
def test_a_rule_is_described_in_words(spec, words):
    assert describe(parse_rule(spec), {"a": "Gateshead"}) == words


def test_weights_that_are_only_tried_are_not_said_to_be_agreed():
    names = {"recorded:Litres called off": "litres, as offered"}
    assert describe(parse_rule(SPECS["recorded_weights"]), names) == "In proportion to litres, as offered"
    leg = {"percent": "40", "rule": SPECS["recorded_weights"]}
    mixed_rule = parse_rule({"kind": "hybrid", "legs": [{"percent": "60", "rule": {"kind": "equal"}}, leg]})
    assert describe(mixed_rule, names).endswith("40% of a total: In proportion to litres, as offered")


def test_members_are_called_by_their_key_where_no_name_is_given():
    assert describe(parse_rule(fixed(a="100"))) == "By fixed percentages: a 100%"


@given(st.permutations(["a", "b", "c"]), st.integers(0, 5))
def test_percentages_that_mean_the_same_make_the_same_rule(order, zeros):
    percentages = {"a": "41.7", "b": "33.3", "c": "25"}
    padded = {name: percentages[name] + ("" if "." in percentages[name] else ".") + "0" * zeros for name in order}
    assert parse_rule(fixed(**padded)) == parse_rule(fixed(**percentages))
    assert parse_rule(fixed(**padded)).spec() == fixed(**percentages)


def test_percentages_may_come_as_decimals():
    assert parse_rule(fixed(a=Decimal("41.70"), b=Decimal("58.30"))).spec() == fixed(a="41.7", b="58.3")


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=6))
def test_percentages_are_taken_exactly_when_they_make_one_hundred(cuts):
    edges = [0, *sorted(cuts), 10**8]
    parts = [high - low for low, high in pairwise(edges)]
    percentages = {str(n): f"{part // 10**6}.{part % 10**6:06}" for n, part in enumerate(parts)}
    weights = parse_rule(fixed(**percentages)).weigh(Case(tuple(percentages)))
    assert [weight * 10**8 for weight in weights] == [part * sum(weights) for part in [*parts, 0]]
    percentages["0"] = f"{parts[0] // 10**6}.{parts[0] % 10**6 + 1:06}"
    with pytest.raises(BadRule, match="must add up to 100"):
        parse_rule(fixed(**percentages))


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        (None, "kind", "Select how outcomes are divided"),
        ("equal", "kind", "Select how outcomes are divided"),
        ({}, "kind", "Select how outcomes are divided"),
        ({"kind": "by size"}, "kind", "Select how outcomes are divided"),
        ({"kind": []}, "kind", "Select how outcomes are divided"),
        ({"kind": "recorded_weights"}, "basis", "Select the weights to share by"),
        ({"kind": "recorded_weights", "basis": " "}, "basis", "Select the weights to share by"),
        ({"kind": "recorded_weights", "basis": 5}, "basis", "Select the weights to share by"),
        ({"kind": "recorded_weights", "basis": "a", "unit": "b"}, "unit", "unit is not part of this rule"),
        ({"kind": "equal", "tap": 3}, "tap", "tap is not part of this rule"),
        ({**fixed(a="100"), "tap": 3}, "tap", "tap is not part of this rule"),
        ({"kind": "equal", "cap": 3}, "cap", "Enter each percentage as a number, like 41.7"),
        ({"kind": "equal", "cap": "100.5"}, "cap", "A percentage must be 100 or less"),
        ({"kind": "equal", "floor": "-1"}, "floor", "A percentage must be 0 or more"),
        ({"kind": "equal", "floor": "30", "cap": "20"}, "floor", "The least share must not be more than the greatest"),
        ({"kind": "place_then_budget", "cap": "20"}, "cap", "A rule that goes by place has no least or greatest share"),
        (
            {"kind": "place_then_budget", "floor": "2"},
            "floor",
            "A rule that goes by place has no least or greatest share",
        ),
        (
            {"kind": "place_then_budget", "floor": "0"},
            "floor",
            "A rule that goes by place has no least or greatest share",
        ),
        ({**SPECS["tiers"], "cap": "20"}, "cap", "A rule that goes by place has no least or greatest share"),
        ({"kind": "tiers"}, "shares", "Enter a percentage for each tier of place"),
        (tiers(), "shares", "Enter a percentage for each tier of place"),
        (tiers(district="50", parish="50"), "shares", "Enter a percentage for each tier of place"),
        (tiers(district="50", county="40"), "shares", "The percentages must add up to 100, but add up to 90"),
        (tiers(district="100", county="0"), "shares", "Each tier of place must have more than 0%"),
        (
            tiers(district="many"),
            "shares",
            "Enter each percentage as a number with no more than 6 decimal places, like 41.7",
        ),
        (tiers(district=100), "shares", "Enter each percentage as a number, like 41.7"),
        ({**SPECS["tiers"], "percentages": {}}, "percentages", "percentages is not part of this rule"),
        ({"kind": "equal", "rounding": "up"}, "rounding", "Select how shares are rounded"),
        ({"kind": "equal", "rounding": []}, "rounding", "Select how shares are rounded"),
        (mixed(), "legs", "Choose between 2 and 5 parts for a mixed rule"),
        ({"kind": "hybrid", "legs": "equal"}, "legs", "Choose between 2 and 5 parts for a mixed rule"),
        (mixed(("60", "equal"), ("30", "need")), "legs", "The percentages must add up to 100, but add up to 90"),
        (mixed(("60", "equal"), ("40", "equal")), "legs", "Each part of a mixed rule must go by something else"),
        (mixed(("60", "equal"), ("40", "hybrid")), "legs", "A mixed rule cannot have a part of this kind"),
        (mixed(("100", "equal"), ("0", "need")), "legs", "Each part of a mixed rule must have more than 0%"),
        ({"kind": "hybrid", "legs": [1, 2]}, "legs", "Each part of a mixed rule needs a percentage and a rule"),
        ({"kind": "equal", 5: 3}, "5", "5 is not part of this rule"),
        ({"kind": "fixed_percentages"}, "percentages", "Enter a percentage for each body"),
        (fixed(), "percentages", "Enter a percentage for each body"),
        ({"kind": "fixed_percentages", "percentages": [100]}, "percentages", "Enter a percentage for each body"),
        (fixed(a="60", b="30.5"), "percentages", "The percentages must add up to 100, but add up to 90.5"),
        (fixed(a="100", b="20"), "percentages", "The percentages must add up to 100, but add up to 120"),
        (fixed(a="100.000001"), "percentages", "The percentages must add up to 100, but add up to 100.000001"),
        (fixed(a="0"), "percentages", "The percentages must add up to 100, but add up to 0"),
        (fixed(a="110", b="-10"), "percentages", "A percentage must be 0 or more"),
        (fixed(a=100), "percentages", "Enter each percentage as a number, like 41.7"),
        (fixed(a=100.0), "percentages", "Enter each percentage as a number, like 41.7"),
        (
            {"kind": "fixed_percentages", "percentages": {1: "100"}},
            "percentages",
            "Enter each percentage as a number, like 41.7",
        ),
        (
            {"kind": "fixed_percentages", "percentages": {"": "100"}},
            "percentages",
            "Enter each percentage as a number, like 41.7",
        ),
        (
            fixed(a="all"),
            "percentages",
            "Enter each percentage as a number with no more than 6 decimal places, like 41.7",
        ),
        (
            fixed(a="33.3333333", b="66.6666667"),
            "percentages",
            "Enter each percentage as a number with no more than 6 decimal places, like 41.7",
        ),
    ],
)
def test_a_bad_rule_is_refused_with_a_sentence_and_its_field(spec, field, message):
    with pytest.raises(BadRule) as refused:
        parse_rule(spec)
    assert (refused.value.field, str(refused.value), str(refused.value.sentence)) == (field, message, message)
    assert isinstance(refused.value, ValueError)


def test_every_rounding_has_its_sum():
    assert {*WAYS, LARGEST_REMAINDER} == set(ROUNDINGS)
    with pytest.raises(ValueError, match="no way of rounding"):
        round_shares("up", 1, [1], [0])


def test_settings_are_written_only_where_they_change_something():
    assert parse_rule({"kind": "equal", "rounding": "largest_remainder"}).spec() == {"kind": "equal"}
    assert parse_rule({"kind": "equal", "floor": "5.50"}).spec() == {"kind": "equal", "floor": "5.5"}


def test_a_mixed_rule_weighs_by_all_that_its_parts_weigh_by():
    assert parse_rule(mixed(("50", "need"), ("25", "equal"), ("25", "population"))).bases == (NEED, POPULATION)


@pytest.mark.parametrize(
    "setting", [{"cap": "100"}, {"floor": "100"}, {"floor": "33.3", "cap": "33.3"}, {"floor": "0", "cap": "0"}]
)
def test_bounds_may_be_the_whole_and_may_meet(setting):
    rule = parse_rule({"kind": "equal", **setting})
    assert parse_rule(rule.spec()) == rule
    assert {name: rule.spec()[name] for name in setting} == setting
