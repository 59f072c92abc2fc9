import copy
import json
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc.allocation import (
    ENGINE,
    UNALLOCATED,
    Split,
    credit_change,
    parse_rule,
    replay,
    reverse,
    split,
    split_again,
)
from commonpurse.calc.allocation_rules import LARGEST_REMAINDER, ROUNDINGS, RULES, TIERS
from commonpurse.calc.digest import canonical, sha256_hex

BUDGET = parse_rule({"kind": "committed_budget"})
EQUAL = parse_rule({"kind": "equal"})
PLACE = parse_rule({"kind": "place_then_budget"})
TIERED = parse_rule({"kind": "tiers", "shares": {"district": "60", "county": "30", "combined_authority": "10"}})


MEMBERS = "abcdefgh"


SETTINGS = [
    {},
    *({"rounding": rounding} for rounding in ROUNDINGS if rounding != LARGEST_REMAINDER),
    {"floor": "5"},
    {"cap": "33.3"},
    {"floor": "10", "cap": "40"},
    {"floor": "2.5", "rounding": "sainte_lague"},
]
WITHIN_A_UNIT = {"largest-remainder/1", "staircase/1"}
"""The engines that round every exact share down or up."""


def spec_of(kind, cuts):
    """A rule of this kind; percentages may name a body that is not on the roster."""
    if kind == "fixed_percentages":
        edges = [0, *sorted(cuts), 1000]
        parts = (high - low for low, high in pairwise(edges))
        percentages = {name: f"{part // 10}.{part % 10}" for name, part in zip(MEMBERS, parts, strict=False)}
        return {"kind": kind, "percentages": percentages}
    if kind == "hybrid":
        legs = [("12.5", spec_of("fixed_percentages", cuts)), ("37.5", {"kind": "equal"})]
        legs.append(("50", {"kind": "committed_budget"}))
        return {"kind": kind, "legs": [{"percent": percent, "rule": rule} for percent, rule in legs]}
    if kind == "recorded_weights":
        return {"kind": kind, "basis": "Headcount"}
    if kind == "tiers":
        return {"kind": kind, "shares": {"district": "62.5", "county": "30", "nation": "7.5"}}
    return {"kind": kind}


def case_of(total, kind, setting, weights, holder, cuts):
    """Arguments of `split` from plain numbers."""
    members = list(MEMBERS[: len(weights)])
    if RULES[kind].uses_place:
        setting = {name: value for name, value in setting.items() if name == "rounding"}
    named = {member: weight for member, weight in zip(members, weights, strict=True) if weight != 1}
    return (
        total,
        parse_rule({**spec_of(kind, cuts), **setting}),
        {
            "roster": members,
            "bases": {
                "committed_budget": named,
                "required_quantity": named,
                "population": named,
                "need": named,
                "recorded:Headcount": named,
            },
            "holder": dict(enumerate(members)).get(holder)
            if not RULES[kind].by_tier
            else {tier: members[at] for at, tier in enumerate(TIERS, holder - 2) if 0 <= at < len(members)},
        },
    )


def cases_with(settings_of_rules):
    return st.builds(
        case_of,
        st.integers(-40, 40) | st.integers(-(10**15), 10**15),
        st.sampled_from(list(RULES)),
        st.sampled_from(settings_of_rules),
        st.lists(st.integers(0, 5), min_size=1, max_size=len(MEMBERS))
        | st.lists(st.integers(0, 10**13), min_size=1, max_size=len(MEMBERS)),
        st.integers(0, 2 * len(MEMBERS)),
        st.lists(st.integers(0, 1000), max_size=4),
    )


cases = cases_with(SETTINGS)


def test_the_laws_hold_for_ten_thousand_random_splits():
    chance = random.Random(1792)
    for _ in range(10_000):
        most = chance.choice([5, 10**13])
        weights = [chance.randint(0, most) for _ in range(chance.randint(1, len(MEMBERS)))]
        total = chance.randint(-40, 40) if chance.random() < 0.5 else chance.randint(-(10**15), 10**15)
        cuts = [chance.randint(0, 1000) for _ in range(chance.randint(0, 4))]
        holder = chance.randint(0, 2 * len(MEMBERS))
        laws_hold(case_of(total, chance.choice(list(RULES)), {}, weights, holder, cuts))


@settings(max_examples=500, deadline=None)
@given(cases)
def test_the_laws_of_a_split_hold_for_every_rule_and_rounding_and_within_bounds(case):
    laws_hold(case)


def laws_hold(case):
    total, rule, given_ = case
    done = split(total, rule, **given_)
    record = done.explanation

    assert done.roster == (*given_["roster"], UNALLOCATED)
    assert len(done.amounts) == len(done.roster)
    assert sum(done.amounts) == total

    for amount, weight in zip(done.amounts, record["weights"], strict=True):
        assert weight or amount == 0
        assert amount * total >= 0
        if record["engine"] in WITHIN_A_UNIT:  # the exact share, rounded down or up
            assert abs(amount * record["whole"] - total * weight) < record["whole"]

    again = split(-total, rule, **given_)
    assert again.amounts == tuple(-amount for amount in done.amounts)
    assert reverse(done) == again

    turned = {basis: dict(reversed(named.items())) for basis, named in given_["bases"].items()}
    assert split(total, rule, **{**given_, "bases": turned}) == done

    sent = json.loads(json.dumps(record))
    assert canonical(sent) == canonical(record)
    assert replay(sent) == list(done.amounts)


@given(cases)
def test_a_reversal_of_a_reversal_is_what_was_there_before(case):
    total, rule, given_ = case
    done = split(total, rule, **given_)
    assert reverse(reverse(done)) == done


@settings(deadline=None)
@given(cases, st.data())
def test_a_changed_explanation_is_not_believed(case, data):
    total, rule, given_ = case
    record = split(total, rule, **given_).explanation
    forged = copy.deepcopy(record)
    field = data.draw(st.sampled_from(sorted(record)))
    if isinstance(record[field], list):
        place = data.draw(st.integers(0, len(record[field]) - 1))
        old = record[field][place]
        forged[field][place] = (not old) if isinstance(old, bool) else old + 1 if isinstance(old, int) else old + "x"
    elif isinstance(record[field], int):
        forged[field] += 1
    elif isinstance(record[field], dict) and field != "rule":
        forged[field] = {**record[field], "forged": [0]}
    elif field == "rule":
        other = "equal" if record["rule"]["kind"] != "equal" else "required_quantity"
        forged["rule"] = {"kind": other}
    else:
        forged[field] = f"{record[field]}0"
    with pytest.raises(ValueError):  # noqa: PT011, a forgery may break any part of the sum
        replay(forged)


@pytest.mark.parametrize("field", sorted(split(5, EQUAL, roster=["a"]).explanation))
def test_an_explanation_that_lacks_a_part_is_not_believed(field):
    record = split(5, EQUAL, roster=["a", "b"]).explanation
    del record[field]
    with pytest.raises(ValueError, match=r"does not follow|is not complete"):
        replay(record)


@pytest.mark.parametrize(
    "changed",
    [{"floors": [True, 1, 0]}, {"extra_unit": [1, 0, 0]}, {"more": 1}, {"roster": 5}, {"holder": "b"}, {"roster": []}],
)
def test_an_explanation_that_is_only_nearly_the_same_is_not_believed(changed):
    record = split(3, EQUAL, roster=["a", "b"]).explanation
    assert replay(record) == [2, 1, 0]
    with pytest.raises(ValueError, match=r"does not follow|is not complete|not enough values"):
        replay({**record, **changed})


def test_the_record_says_everything_that_is_needed_to_do_the_sum_by_hand():
    done = split(1000, BUDGET, roster=["g", "n", "d"], weights={"n": 3, "g": 3, "d": 1})
    spec = {"kind": "committed_budget"}
    inputs = {"roster": ["g", "n", "d", UNALLOCATED], "weights": [3, 3, 1, 0], "holder": None, "total": 1000}
    assert done.amounts == (429, 428, 143, 0)
    assert done.explanation == {
        "engine": "largest-remainder/1",
        "rule": spec,
        "rule_digest": sha256_hex(spec),
        **inputs,
        "input_digest": sha256_hex({"engine": ENGINE, "rule": spec, **inputs}),
        "whole": 7,
        "floors": [428, 428, 142, 0],
        "remainders": [4, 4, 6, 0],
        "extra_unit": [True, False, True, False],
        "output_digest": sha256_hex([429, 428, 143, 0]),
    }


def test_the_bytes_of_a_record_are_those_of_the_first_version():
    done = split(-1000, PLACE, roster=["g", "n"], weights={"n": 3, "g": 4}, holder=None)
    assert sha256_hex(done.explanation) == "52076f2aa79084699ba575e4be8947efe7a9f2f64bd886b8faffa93fdd8bf71f"


@pytest.mark.parametrize("weights", [None, {}, {"g": 0, "n": 0}])
def test_what_no_member_can_receive_is_kept_in_sight(weights):
    done = split(-7, PLACE, roster=["g", "n"], weights=weights)
    assert done.amounts == (0, 0, -7)
    assert replay(done.explanation) == [0, 0, -7]


def test_the_percentage_of_a_body_that_is_not_on_the_roster_stays_unallocated():
    rule = parse_rule({"kind": "fixed_percentages", "percentages": {"g": "50", "left": "50"}})
    assert split(9, rule, roster=["g", "n"]).amounts == (5, 0, 4)


def test_recorded_weights_are_kept_by_the_name_of_their_basis():
    rule = parse_rule({"kind": "recorded_weights", "basis": "Headcount"})
    done = split(10, rule, roster=["g", "n"], weights={"g": 3, "n": 1})
    assert (done.amounts, done.explanation["recorded"]) == ((8, 2, 0), {"recorded:Headcount": [3, 1]})
    assert split_again(4, done.explanation).amounts == (3, 1, 0)
    assert replay(done.explanation) == [8, 2, 0]


def test_the_roster_may_name_the_unallocated_place_itself():
    assert split(5, EQUAL, roster=["g", "n", UNALLOCATED]) == split(5, EQUAL, roster=("g", "n"))


@pytest.mark.parametrize(
    ("given_", "complaint"),
    [
        ({"roster": []}, "a roster needs members"),
        ({"roster": [UNALLOCATED]}, "a roster needs members"),
        ({"roster": ["a", "a"]}, "each named once"),
        ({"roster": [UNALLOCATED, "a"]}, "end with the unallocated place"),
        ({"roster": ["a"], "weights": None}, "committed_budget needs weights by committed_budget"),
        ({"roster": ["a"], "weights": {"a": 1, "z": 1, "y": 0}}, "weights for y, z, who are not on the roster"),
        ({"roster": ["a"], "holder": "z"}, "z holds the place but is not on the roster"),
        ({"roster": ["a", "b"], "weights": {"a": -1, "b": 1}}, "zero or more"),
        ({"roster": ["a"], "weights": {"a": 1.5}}, "must be ints"),
    ],
)
def test_nonsense_is_refused(given_, complaint):
    with pytest.raises(ValueError, match=complaint):
        split(5, BUDGET, **{"weights": {"a": 1}, **given_})


def test_a_total_that_is_not_whole_is_refused():
    with pytest.raises(ValueError, match="must be ints"):
        split(5.0, EQUAL, roster=["a"])


@given(
    st.sampled_from([{"kind": "equal"}, {"kind": "committed_budget"}, {"kind": "committed_budget", "floor": "10"}]),
    st.lists(
        st.tuples(st.integers(0, 9), st.lists(st.integers(0, 50), min_size=4, max_size=4)), min_size=1, max_size=9
    ),
)
def test_credits_carry_what_rounding_left_from_one_split_to_the_next(spec, periods):
    rule, members = parse_rule({**spec, "rounding": "credit"}), list("abcd")
    held = {}
    for total, weights in periods:
        budgets = dict(zip(members, weights, strict=True))
        done = split(total, rule, roster=members, bases={"committed_budget": budgets}, credits_before=held)
        assert replay(done.explanation) == list(done.amounts)
        assert sum(credit_change(done.explanation).values()) == 0
        for place, change in credit_change(done.explanation).items():
            held[place] = held.get(place, 0) + change
        assert all(amount >= 0 for amount in done.amounts)
        assert all(-(10**6) < credit < 2 * 10**6 for credit in held.values())
        back = reverse(done)
        assert back.amounts == tuple(-amount for amount in done.amounts)
        assert replay(back.explanation) == list(back.amounts)
        assert credit_change(back.explanation) == {
            place: -change for place, change in credit_change(done.explanation).items()
        }


@pytest.mark.parametrize("rounding", [rounding for rounding in ROUNDINGS if rounding != "credit"])
def test_only_a_credit_carries_anything_on(rounding):
    done = split(5, parse_rule({"kind": "equal", "rounding": rounding}), roster=["a", "b"], credits_before={"a": 7})
    assert credit_change(done.explanation) == {}
    assert "credits_before" not in done.explanation


@given(cases)
def test_another_total_can_be_divided_by_the_record_alone(case):
    total, rule, given_ = case
    record = split(total, rule, **given_).explanation
    assert split_again(3 * total, json.loads(json.dumps(record))) == split(3 * total, rule, **given_)


def test_a_small_body_is_not_passed_over_for_ever_when_it_has_credit():
    rule, weights = parse_rule({"kind": "committed_budget", "rounding": "credit"}), {"g": 9, "n": 1}
    held, small = {}, 0
    for _ in range(10):
        done = split(1, rule, roster=["g", "n"], weights=weights, credits_before=held)
        held = {place: held.get(place, 0) + change for place, change in credit_change(done.explanation).items()}
        small += done.amounts[1]
    assert small == 1
    assert split(1, BUDGET, roster=["g", "n"], weights=weights).amounts == (1, 0, 0)


def test_a_mixed_rule_gives_each_part_by_its_own_rule():
    legs = [{"percent": "50", "rule": {"kind": "equal"}}, {"percent": "50", "rule": {"kind": "committed_budget"}}]
    rule = parse_rule({"kind": "hybrid", "legs": legs})
    done = split(1000, rule, roster=["g", "n", "d"], bases={"committed_budget": {"g": 600, "n": 400}})
    assert done.amounts == (467, 367, 166, 0)
    assert done.explanation["recorded"] == {"committed_budget": [600, 400, 0]}
    assert sum(done.explanation["weights"]) == done.explanation["whole"] == 10**12


def test_nobody_receives_less_than_the_floor_or_more_than_the_cap():
    budgets = {"g": 970, "n": 20, "d": 10}
    bounded = parse_rule({"kind": "committed_budget", "floor": "10", "cap": "60"})
    assert split(1000, bounded, roster=["g", "n", "d"], weights=budgets).amounts == (600, 267, 133, 0)
    capped = parse_rule({"kind": "committed_budget", "cap": "30"})
    assert split(1000, capped, roster=["g", "n"], weights={"g": 970, "n": 20}).amounts == (300, 300, 400)


def test_amounts_that_do_not_follow_from_their_record_are_not_taken_back():
    done = split(5, EQUAL, roster=["g", "n"])
    with pytest.raises(ValueError, match="do not follow"):
        reverse(Split(5, done.roster, (2, 3, 0), done.explanation))


@pytest.mark.parametrize("engine", ["sainte_lague", "credit"])
def test_credits_are_only_for_bodies_of_the_roster(engine):
    rule = parse_rule({"kind": "equal", "rounding": engine})
    with pytest.raises(ValueError, match="credits for z"):
        split(5, rule, roster=["g"], credits_before={"z": 0})
    with pytest.raises(ValueError, match="credits for z"):
        split_again(5, split(5, rule, roster=["g"]).explanation, credits_before={"z": 0})


def test_the_weights_of_a_rule_that_asks_for_none_must_still_be_those_of_the_roster():
    with pytest.raises(ValueError, match="weights for z"):
        split(5, EQUAL, roster=["g"], weights={"z": 1})


@pytest.mark.parametrize("part", ["credits_before", "engine", "total", "steps"])
def test_a_record_of_credits_that_lacks_a_part_is_not_believed(part):
    record = split(5, parse_rule({"kind": "equal", "rounding": "credit"}), roster=["a", "b"]).explanation
    del record[part]
    with pytest.raises(ValueError, match=r"does not follow|is not complete"):
        replay(record)


@pytest.mark.parametrize("part", ["rule", "roster", "weights", "holder", "engine", "credits_before"])
def test_nothing_is_taken_back_or_divided_again_by_a_record_that_lacks_a_part(part):
    rule = parse_rule({"kind": "committed_budget", "rounding": "credit"})
    done = split(5, rule, roster=["a", "b"], weights={"a": 1, "b": 2})
    record = {name: value for name, value in done.explanation.items() if name != part}
    for again in (lambda: reverse(Split(5, done.roster, done.amounts, record)), lambda: split_again(5, record)):
        with pytest.raises(ValueError, match="is not complete"):
            again()
