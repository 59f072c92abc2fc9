from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.allocation_rules import (
    COMMITTED_BUDGET,
    REQUIRED_QUANTITY,
    RULES,
    BadRule,
    Case,
    describe,
    parse_rule,
)

SPECS = {
    "equal": {"kind": "equal"},
    "committed_budget": {"kind": "committed_budget"},
    "required_quantity": {"kind": "required_quantity"},
    "fixed_percentages": {"kind": "fixed_percentages", "percentages": {"a": "60", "b": "40"}},
    "place_then_budget": {"kind": "place_then_budget"},
}


def fixed(**percentages):
    return {"kind": "fixed_percentages", "percentages": percentages}


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
    ],
)
def test_a_rule_comes_to_the_weight_of_every_place(spec, holder, weights):
    case = Case(("a", "b", "c"), {"a": 7, "c": 5}, holder)
    assert parse_rule(spec).weigh(case) == weights


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
        (fixed(b="58.30", a="41.7"), "By fixed percentages: Gateshead 41.7%, b 58.3%"),
    ],
)
def test_a_rule_is_described_in_words(spec, words):
    assert describe(parse_rule(spec), {"a": "Gateshead"}) == words


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
    weights = parse_rule(fixed(**percentages)).weigh(Case(tuple(percentages), {}, None))
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
        ({"kind": "equal", "cap": 3}, "cap", "cap is not part of this rule"),
        ({**fixed(a="100"), "cap": 3}, "cap", "cap is not part of this rule"),
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
