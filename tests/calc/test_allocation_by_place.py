"""Rules that ask who holds the place of delivery, at one tier or several."""

import pytest

from commonpurse.calc.allocation import parse_rule, replay, split, split_again

EQUAL = parse_rule({"kind": "equal"})
PLACE = parse_rule({"kind": "place_then_budget"})
TIERED = parse_rule({"kind": "tiers", "shares": {"district": "60", "county": "30", "combined_authority": "10"}})


def test_what_is_delivered_in_a_members_area_is_all_theirs():
    done = split(7, PLACE, roster=["g", "n"], weights={"g": 5, "n": 1}, holder="n")
    assert done.amounts == (0, 7, 0)
    assert done.explanation["holder"] == "n"
    assert split(7, PLACE, roster=["g", "n"], holder="n").amounts == (0, 7, 0)


def test_what_is_delivered_elsewhere_goes_by_budget():
    assert split(6, PLACE, roster=["g", "n"], weights={"g": 5, "n": 1}).amounts == (5, 1, 0)


def test_a_holder_is_recorded_only_for_a_rule_that_asks_for_the_place():
    assert split(5, EQUAL, roster=["g"], holder="g").explanation["holder"] is None


def test_the_holder_of_each_tier_has_its_share_and_a_tier_without_one_stays_unallocated():
    done = split(1001, TIERED, roster=["g", "n", "d"], holder={"district": "g", "combined_authority": "d"})
    assert done.amounts == (601, 0, 100, 300)
    assert done.explanation["holder"] == {"district": "g", "combined_authority": "d"}
    assert split_again(10, done.explanation).amounts == (6, 0, 1, 3)
    assert split(7, TIERED, roster=["g"]).explanation["holder"] == {}


@pytest.mark.parametrize(
    ("rule", "holder", "complaint"),
    [
        (TIERED, "g", "tiers asks who holds each tier of the place"),
        (PLACE, {"district": "g"}, "place_then_budget asks who holds the place"),
        (TIERED, {"parish": "g"}, "parish is no tier of place"),
        (TIERED, {"district": "z", "county": "g"}, "z holds the place but is not on the roster"),
        (EQUAL, {"district": "z"}, "z holds the place but is not on the roster"),
    ],
)
def test_a_rule_is_told_of_the_place_what_it_asks_for(rule, holder, complaint):
    with pytest.raises(ValueError, match=complaint):
        split(5, rule, roster=["g", "n"], holder=holder)


@pytest.mark.parametrize("holder", [None, "g", [], {"district": 5}, {"district": "g", "x": "n"}])
def test_holders_of_tiers_that_were_changed_are_not_believed(holder):
    record = split(5, TIERED, roster=["g", "n"], holder={"district": "n"}).explanation
    with pytest.raises(ValueError, match=r"does not follow|is not complete"):
        replay({**record, "holder": holder})
