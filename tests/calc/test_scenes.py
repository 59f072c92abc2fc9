from dataclasses import asdict

import pytest

from commonpurse.calc.allocation_rules import BASES, parse_rule
from commonpurse.calc.fairness import Lot, Scene, compare
from commonpurse.calc.fairness.division import divide


def test_a_scene_keeps_what_it_was_given_and_answers_about_it_are_remembered():
    weights = {"a": 1, "b": 1}
    scene = Scene((Lot("it", 4),), ("a", "b"), {BASES[0]: weights}, names := {"a": "Ada"})
    rule = parse_rule({"kind": "committed_budget"})
    [first] = compare([rule], scene, today=rule)
    weights["b"], names["a"] = 3, "Bo"
    [again] = compare([rule], scene, today=rule)
    [other] = compare([rule], Scene(scene.lots, scene.roster, {BASES[0]: weights}), today=rule)
    assert again is first
    assert (first.amounts, other.amounts) == ((2, 2, 0), (1, 3, 0))
    assert scene.names == {"a": "Ada"}
    with pytest.raises(TypeError):
        scene.bases[BASES[0]]["b"] = 3


def test_an_answer_is_remembered_for_its_own_rule_leaver_and_today():
    scene = Scene((Lot("it", 10),), ("a", "b", "c"), {BASES[0]: {"a": 1, "b": 2, "c": 2}})
    rules = [parse_rule({"kind": kind, **more}) for kind in ("equal", BASES[0]) for more in ({}, {"cap": "30"})]
    asked = [(today, leaver) for today in (None, *rules) for leaver in (None, "a", "b")]
    found = [compare(rules, scene, today=today, leaver=leaver) for today, leaver in asked]
    for (today, leaver), answers in zip(asked, found, strict=True):
        new = Scene(scene.lots, scene.roster, scene.bases)
        for anew, remembered in zip(compare(rules, new, today=today, leaver=leaver), answers, strict=True):
            assert asdict(anew) == asdict(remembered)


@pytest.mark.parametrize(
    ("rule", "by_figures"),
    [
        ({"kind": "committed_budget"}, (0, 1)),
        ({"kind": "place_then_budget"}, (1,)),
        ({"kind": "tiers", "shares": {"district": "60", "county": "40"}}, ()),
    ],
)
def test_lots_that_go_by_place_are_not_among_those_that_go_by_recorded_figures(rule, by_figures):
    lots = (Lot("it", 10, holder="a"), Lot("it", 10))
    done = divide(parse_rule(rule), Scene(lots, ("a", "b"), {BASES[0]: {"a": 1, "b": 1}}))
    assert done.by_figures == by_figures
