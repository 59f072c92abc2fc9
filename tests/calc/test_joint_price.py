"""Rebates and curves of the equal price as operations: each line is a sum that a calculator can do."""

import json
import re
from fractions import Fraction

import pytest

from commonpurse.calc import operations
from commonpurse.calc.savings import RULES

FALLING = {"starts": [0, 90], "prices": [120, 110]}
RISING = {"starts": [0, 150], "prices": [10, 12]}
FREE = {"starts": [0, 150], "prices": [10, 0]}
FLAT = {"starts": [0], "prices": [10]}


def answered(name, changed):
    return operations.find(name).answer(json.dumps({**operations.OPERATIONS[name].example, **changed}))


OPEN = (
    "it would save most just below 150, nearly 150 × (110 − 95) = 2,250: its saving falls on the way there, so neither "
    "side can be said"
)
PAST = "it would save most just below 150, nearly 150 × (110 − 95) = 2,250: it stands past that"
CURVES = [
    (
        {},
        (
            "Darlington: 20 × (120 − 95) = 500; 20 ÷ 180 = 11.1% of the joint volume; "
            f"with what the others buy {OPEN}; with the joint volume as it is {OPEN}; "
            "one unit less changes its saving by −25, one unit more by 25"
        ),
    ),
    (
        {"volumes": [160, 60, 20]},
        (
            "Newcastle: 160 × (95 − 95) = 0; 160 ÷ 240 = 66.7% of the joint volume; "
            f"with what the others buy {PAST}; with the joint volume as it is {PAST}; "
            "one unit less changes its saving by 0, one unit more by 0"
        ),
    ),
    (
        {"volumes": [100, 60, 60], "tariff": FALLING},
        (
            "Gateshead: 60 × (120 − 110) = 600; 60 ÷ 220 = 27.3% of the joint volume; "
            "with what the others buy it would save most just below 90, nearly 90 × (120 − 110) = 900: "
            "it stands before that, and more up to there never saves less; "
            "with the joint volume as it is it would save most just below 90, nearly 90 × (120 − 110) = 900: "
            "it stands before that, and more up to there never saves less; "
            "one unit less changes its saving by −10, one unit more by 10"
        ),
    ),
    (
        {"volumes": [30, 30, 20], "tariff": FALLING},
        (
            "Darlington: 20 × (120 − 120) = 0; 20 ÷ 80 = 25.0% of the joint volume; "
            "with what the others buy it would save most just below 90, nearly 90 × (120 − 110) = 900: "
            "it stands before that, and more up to there never saves less; "
            "with the joint volume as it is it would save by no volume; "
            "one unit less changes its saving by 0, one unit more by 0"
        ),
    ),
    (
        {"parties": ["Leeds"], "volumes": [100]},
        (
            "Leeds: 100 × (110 − 110) = 0; 100 ÷ 100 = 100.0% of the joint volume; "
            "by no volume does anybody save on the price"
        ),
    ),
]


@pytest.mark.parametrize(("changed", "said"), CURVES)
def test_where_a_party_stands_is_said_in_sums(changed, said):
    assert said in answered("equal_price_curve", changed)["explanation"]


def test_a_price_that_rises_has_no_curve():
    with pytest.raises(operations.BadProblem, match="tariff: rises somewhere with the volume"):
        answered("equal_price_curve", {"tariff": RISING})


REBATES = [
    (
        {},
        (
            "Newcastle: it is invoiced 100 × 95 = 9,500 and bears (2 × 11,000 + 1 × 19,400 + 2 × 8,300) ÷ 6 = 29000/3, "
            "in whole pence 9,667; 9,500 − 9,667 = −167, so it pays in 167"
        ),
    ),
    (
        {"rule": "in_proportion", "fixed": 1000},
        (
            "Gateshead: it is invoiced 60 × 95 + 1,000 ÷ 3 = 18100/3, in whole pence 6,033 and bears 18,100 × 60 ÷ 180 "
            "= 18100/3, in whole pence 6,033; 6,033 − 6,033 = 0, so it is paid back nothing"
        ),
    ),
    (
        {"rule": "equal_gains"},
        (
            "Darlington: it is invoiced 20 × 95 = 1,900 and bears 2,400 − 2,900 ÷ 3 = 4300/3, in whole pence 1,433; "
            "1,900 − 1,433 = 467, so it is paid back 467"
        ),
    ),
    (
        {"rule": "equal_gains", "tariff": RISING},
        "Darlington: it is invoiced 20 × 12 = 240 and bears 200 + 360 ÷ 3 = 320; 240 − 320 = −80, so it pays in 80",
    ),
    (
        {"rule": "equal_gains", "volumes": [149, 30, 1], "tariff": FREE},
        (
            "Darlington: it is invoiced 1 × 0 = 0 and bears 10 − 1,800 ÷ 3 = −590; 0 − (−590) = 590, so it is paid "
            "back 590"
        ),
    ),
    (
        {"rule": "proportional_gains"},
        (
            "Gateshead: it is invoiced 60 × 95 = 5,700 and bears 17,100 × 6,600 ÷ 20,000 = 5,643; 5,700 − 5,643 = 57, "
            "so it is paid back 57"
        ),
    ),
    (
        {"rule": "proportional_gains", "tariff": FREE},
        "Gateshead: it is invoiced 60 × 0 = 0 and bears 0; 0 − 0 = 0, so it is paid back nothing",
    ),
    (
        {"rule": "separable"},
        (
            "Gateshead: it is invoiced 60 × 95 = 5,700 and bears 3,900 + 3,000 × 2,700 ÷ 5,900 = 311100/59, in "
            "whole pence 5,273; 5,700 − 5,273 = 427, so it is paid back 427"
        ),
    ),
    (
        {"rule": "separable", "tariff": FLAT},
        "Gateshead: it is invoiced 60 × 10 = 600 and bears 600; 600 − 600 = 0, so it is paid back nothing",
    ),
    (
        {"rule": "nucleolus", "tariff": FLAT},
        (
            "Gateshead: it is invoiced 60 × 10 = 600 and bears its part of the nucleolus = 600; 600 − 600 = 0, so it "
            "is paid back nothing"
        ),
    ),
    (
        {"parties": list("abcdefg"), "volumes": [10] * 7},
        (
            "a: it is invoiced 10 × 110 = 1,100 and bears its Shapley value = 1,100; 1,100 − 1,100 = 0, so it "
            "is paid back nothing"
        ),
    ),
]


@pytest.mark.parametrize(("changed", "said"), REBATES)
def test_how_a_rebate_comes_about_is_said_in_sums(changed, said):
    assert said in answered("equal_price_rebate", changed)["explanation"]


def _worked(sum_):
    """What a calculator gives for a sum as it is written; an exact fraction is one as well."""
    typed = sum_.replace(",", "").replace("×", "*").replace("−", "-").replace("÷", "/")
    assert re.fullmatch(r"[-0-9 +*/()]+", typed), sum_
    return eval(re.sub(r"\d+", r"Fraction(\g<0>)", typed), {"Fraction": Fraction})


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in {"equal_price", "nucleolus"}])
@pytest.mark.parametrize("changed", [{}, {"fixed": 1001}, {"volumes": [49, 1, 1]}, {"tariff": FALLING, "fixed": 7}])
def test_a_calculator_comes_to_every_figure_of_a_rebate(rule, changed):
    answer = answered("equal_price_rebate", {"rule": rule, **changed})
    for place, line in enumerate(answer["explanation"]):
        invoiced, bears, difference = re.fullmatch(
            r".*: it is invoiced (.*) and bears (.*); (.*), so it .*", line
        ).groups()
        for kind, said in (("invoices", invoiced), ("bears", bears)):
            formula, _, result = said.partition(" = ")
            assert _worked(formula) == Fraction(answer["steps"][kind]["exact"][place])
            exactly, _, whole = result.partition(", in whole pence ")
            assert not result or _worked(formula) == _worked(exactly)
            assert not whole or abs(_worked(whole) - _worked(exactly)) < 1
        formula, _, result = difference.partition(" = ")
        assert _worked(formula) == _worked(result) == answer["amounts"][place]


def test_the_joint_price_itself_is_no_rule_to_be_rebated_to():
    with pytest.raises(operations.BadProblem, match="rule: must be one of in_proportion"):
        answered("equal_price_rebate", {"rule": "equal_price"})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"volumes": [100, 60, 0]}, r"volumes\[2\]: must be 1 or more"),
        ({"rule": "separable", "tariff": RISING}, "Newcastle adds more to the bill of the others than it pays alone"),
        ({"rule": "nucleolus", "parties": list("abcdefghijk"), "volumes": [1] * 11}, "up to 10 bodies"),
        ({"fixed": -1}, "fixed: must be 0 or more"),
    ],
)
def test_what_has_no_rebate_is_refused_in_a_sentence(changed, said):
    with pytest.raises(operations.BadProblem, match=said):
        answered("equal_price_rebate", changed)
