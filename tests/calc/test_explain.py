from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.allocation import UNALLOCATED, parse_rule, replay, reverse, split
from commonpurse.calc.allocation_rules import LARGEST_REMAINDER
from commonpurse.calc.explain import adds_up, decimal, explain, tie_broken
from commonpurse.calc.money import pounds

PARTNERS = ["Sedgemoor", "Taunton", "Mendip", "Us"]
FIXED = parse_rule(
    {
        "kind": "fixed_percentages",
        "percentages": {"Sedgemoor": "20.5", "Taunton": "20.01", "Mendip": "13.73", "Us": "45.76"},
    }
)
PLACE = parse_rule({"kind": "place_then_budget"})


def say_in_words(done, place, **how):
    return [str(sentence) for sentence in explain(done.explanation, place, **how)]


def test_an_exact_share_is_one_multiplication_and_one_division():
    weights = {"Us": 41700, "Mendip": 33300, "Taunton": 25000}
    done = split(1000, parse_rule({"kind": "committed_budget"}), roster=PARTNERS, weights=weights)
    assert say_in_words(done, "Us") == [
        "In proportion to the budget each body has committed",
        "1,000 × 41,700 ÷ 100,000 = 417 exactly",
    ]


def test_a_share_with_a_remainder_says_where_the_pennies_went():
    done = split(123456, FIXED, roster=PARTNERS)
    rule = "By fixed percentages: Mendip 13.73%, Sedgemoor 20.5%, Taunton 20.01%, Us 45.76%"
    assert say_in_words(done, "Us", say=pounds, one="a penny") == [
        rule,
        "£1,234.56 × 4,576 ÷ 10,000 = £564.93 and 4,656/10,000 of a penny left over",
        (
            "Rounding left £0.02, given to the largest remainders, a penny each; "
            "yours is not among them, so your share is £564.93"
        ),
    ]
    assert say_in_words(done, "Mendip", say=pounds, one="a penny", names={"Mendip": "You"}) == [
        rule.replace("Mendip", "You"),
        "£1,234.56 × 1,373 ÷ 10,000 = £169.50 and 5,088/10,000 of a penny left over",
        (
            "Rounding left £0.02, given to the largest remainders, a penny each; "
            "yours is among them, so your share is £169.51"
        ),
    ]


def test_a_correction_is_explained_with_its_sign():
    done = reverse(split(123456, FIXED, roster=PARTNERS))
    assert say_in_words(done, "Mendip", say=pounds)[1:] == [
        "−£1,234.56 × 1,373 ÷ 10,000 = −£169.50 and −5,088/10,000 of £0.01 left over",
        (
            "Rounding left −£0.02, given to the largest remainders, £0.01 each; "
            "yours is among them, so your share is −£169.51"
        ),
    ]


def test_weights_are_said_as_the_caller_wishes():
    done = split(6, parse_rule({"kind": "committed_budget"}), roster=["a", "b"], weights={"a": 100, "b": 200})
    assert say_in_words(done, "b", say_weight=pounds)[1] == "6 × £2.00 ÷ £3.00 = 4 exactly"


def test_place_of_delivery_is_explained_to_the_holder_and_to_the_others():
    done = split(9, PLACE, roster=["a", "b"], weights={"a": 1}, holder="b")
    assert say_in_words(done, "b")[1:] == ["The place of delivery is in your area, so all of it is yours: 9"]
    elsewhere = ["The place of delivery is in another body's area, so none of it comes here"]
    assert say_in_words(done, "a")[1:] == elsewhere
    assert say_in_words(done, UNALLOCATED)[1:] == elsewhere


def test_tiers_of_place_are_explained_to_their_holders_and_to_the_others():
    rule = parse_rule({"kind": "tiers", "shares": {"district": "60", "county": "40"}})
    done = split(10, rule, roster=["a", "b"], holder={"district": "b"})
    assert say_in_words(done, "b")[1:] == ["10 × 60 ÷ 100 = 6 exactly"]
    assert say_in_words(done, UNALLOCATED)[1:] == ["10 × 40 ÷ 100 = 4 exactly"]
    assert say_in_words(done, "a")[1:] == [
        "At no tier of this rule is the place of delivery in your area, so none of it comes here"
    ]


@pytest.mark.parametrize("place", ["a", UNALLOCATED])
def test_what_nobody_can_receive_is_explained(place):
    done = split(9, PLACE, roster=["a"])
    assert say_in_words(done, place)[1:] == ["No body can receive this, so all of it stays unallocated: 9"]


def test_a_remainder_that_stays_unallocated_is_explained():
    rule = parse_rule({"kind": "fixed_percentages", "percentages": {"a": "50", "left": "50"}})
    shared = split(9, rule, roster=["a"])
    assert say_in_words(shared, UNALLOCATED)[1:] == [
        "9 × 50 ÷ 100 = 4 and 50/100 of 1 left over",
        "Rounding left 1, given to the largest remainders, 1 each; this is not among them, so 4 stays unallocated",
    ]
    rule = parse_rule({"kind": "fixed_percentages", "percentages": {"a": "30", "left": "70"}})
    assert say_in_words(split(4, rule, roster=["a"]), UNALLOCATED)[2] == (
        "Rounding left 1, given to the largest remainders, 1 each; this is among them, so 3 stays unallocated"
    )


def test_somebody_who_is_not_on_the_roster_has_no_share_to_explain():
    with pytest.raises(ValueError, match="not in list"):
        explain(split(9, PLACE, roster=["a"]).explanation, "b")


@pytest.mark.parametrize(
    ("total", "amounts", "line"),
    [
        (1000, [417, 333, 250, 0], "Adds up exactly: 1,000 = 417 + 333 + 250"),
        (1000, [417, 333, 200, 50], "Adds up exactly: 1,000 = 417 + 333 + 200 + 50 unallocated"),
        (-1000, [-417, -583, 0], "Adds up exactly: −1,000 = (−417) + (−583)"),
        (-10, [-4, -3, -3], "Adds up exactly: −10 = (−4) + (−3) + (−3) unallocated"),
        (5, [0, 5, 0], "Adds up exactly: 5 = 0 + 5"),
        (5, [0, 0, 5], "Adds up exactly: 5 = 0 + 0 + 5 unallocated"),
        (5, [5], "Adds up exactly: all of 5 is unallocated"),
        (0, [0, 0], "Adds up exactly: 0 = 0"),
    ],
)
def test_the_certificate_shows_the_sum(total, amounts, line):
    assert str(adds_up(total, amounts)) == line


def test_the_certificate_says_figures_as_the_caller_wishes():
    assert str(adds_up(-300, [-100, -200, 0], pounds)) == "Adds up exactly: −£3.00 = (−£1.00) + (−£2.00)"


@pytest.mark.parametrize(("total", "amounts"), [(1000, [417, 333, 249, 0]), (0, []), (1, [1, 1]), (-1, [1])])
def test_there_is_no_certificate_for_what_does_not_add_up(total, amounts):
    with pytest.raises(ValueError, match="do not add up to"):
        adds_up(total, amounts)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=2, max_size=6).filter(any))
def test_every_split_has_its_certificate_and_every_share_its_words(total, weights):
    roster = [f"body {n}" for n in range(len(weights))]
    rule = parse_rule({"kind": "required_quantity"})
    done = split(total, rule, roster=roster, weights=dict(zip(roster, weights, strict=True)))
    assert str(adds_up(total, replay(done.explanation))).startswith("Adds up exactly: ")
    for place, amount in zip(done.roster, done.amounts, strict=True):
        last = say_in_words(done, place, say=str)[-1]
        assert last.endswith((f"= {amount} exactly", f"share is {amount}"))


@pytest.mark.parametrize(
    ("rounding", "said"),
    [
        ("sainte_lague", "rounded to the nearest: 3"),
        ("dhondt", "rounded down: 3"),
        ("adams", "rounded up: 3"),
        ("huntington_hill", "the whole numbers beside it: 3"),
        (
            "staircase",
            ("Shares are added up along the roster and rounded down: 6 before you and 10 with you, so your share is 4"),
        ),
        (
            "credit",
            (
                "A credit of 0 units came from before; you receive 3, and a credit of 0.333333 units is left "
                "for next time"
            ),
        ),
    ],
)
def test_every_rounding_is_explained_with_its_own_steps(rounding, said):
    rule = parse_rule({"kind": "committed_budget", "rounding": rounding})
    done = split(10, rule, roster=["a", "b"], weights={"a": 2, "b": 1})
    by, exact, how = say_in_words(done, "b")
    assert by.startswith("In proportion to the budget each body has committed, ")
    assert exact == "10 × 1 ÷ 3 = 3 and 1/3 of 1 left over"
    assert how.endswith(said)


def test_a_division_by_a_divisor_can_be_done_with_a_calculator():
    rule = parse_rule({"kind": "committed_budget", "rounding": "sainte_lague"})
    done = split(100, rule, roster=["a", "b", "c"], weights={"a": 18, "b": 4, "c": 1})
    assert [say_in_words(done, place)[2] for place in "abc"] == [
        "Every weight is divided by 0.229; yours comes to 78.60262… units, rounded to the nearest: 79",
        "Every weight is divided by 0.229; yours comes to 17.467248… units, rounded to the nearest: 17",
        "Every weight is divided by 0.229; yours comes to 4.366812… units, rounded to the nearest: 4",
    ]


@pytest.mark.parametrize(
    ("rounding", "said"),
    [
        ("sainte_lague", "yours comes to 3.333333… units of £0.01, rounded to the nearest: £0.03"),
        (
            "credit",
            (
                "A credit of 0 units of £0.01 came from before; you receive £0.03, and a credit of 0.333333 units of "
                "£0.01 is left for next time"
            ),
        ),
    ],
)
def test_what_counts_pennies_is_not_said_to_count_pounds(rounding, said):
    rule = parse_rule({"kind": "committed_budget", "rounding": rounding})
    done = split(10, rule, roster=["a", "b"], weights={"a": 2, "b": 1})
    assert say_in_words(done, "b", say=pounds)[2].endswith(said)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (Fraction(1, 3), "0.333333…"), (Fraction(-1, 3), "−0.333333…"), (Fraction(-5, 2), "−2.5"),
        (Fraction(0), "0"), (Fraction(10), "10"), (Fraction(1, 10**6), "0.000001"),
    ],
)  # fmt: skip
def test_a_number_is_cut_off_after_six_places_and_said_to_go_on(number, said):
    assert decimal(number) == said


def test_units_without_a_divisor_of_their_own_are_said_to_have_none():
    rule = parse_rule({"kind": "equal", "rounding": "adams"})
    done = split(1, rule, roster=["a", "b"])
    assert say_in_words(done, "a")[2] == "The method gives you 1; the last units had no divisor of their own"


@pytest.mark.parametrize(
    ("rounding", "total", "tied"),
    [
        ("largest_remainder", 5, True),
        ("largest_remainder", 4, False),
        ("largest_remainder", -5, True),
        ("sainte_lague", 5, True),
        ("sainte_lague", 4, False),
        ("sainte_lague", 0, False),
        ("adams", 1, True),
        ("adams", 2, False),
        ("credit", 5, True),
        ("credit", -5, True),
        ("credit", 4, False),
        ("credit", 0, False),
        ("staircase", 5, False),
    ],
)
def test_a_split_says_whether_the_roster_decided(rounding, total, tied):
    done = split(total, parse_rule({"kind": "equal", "rounding": rounding}), roster=["a", "b"])
    assert tie_broken(done.explanation) is tied


@given(
    st.sampled_from([LARGEST_REMAINDER, "sainte_lague", "dhondt", "adams", "huntington_hill"]),
    st.integers(-30, 30),
    st.lists(st.integers(0, 6), min_size=2, max_size=6).filter(any),
)
def test_the_roster_is_said_to_decide_exactly_where_another_order_gives_other_shares(rounding, total, weights):
    rule, named = (
        parse_rule({"kind": "committed_budget", "rounding": rounding}),
        {f"body {n}": weight for n, weight in enumerate(weights)},
    )
    forwards, backwards = (
        split(total, rule, roster=order, weights=named) for order in (list(named), list(named)[::-1])
    )
    shares, turned = (dict(zip(done.roster, done.amounts, strict=True)) for done in (forwards, backwards))
    assert tie_broken(forwards.explanation) is (shares != turned)


@pytest.mark.parametrize(("total", "tied"), [(5, False), (3, True), (-5, False)])
def test_units_that_went_to_larger_remainders_were_no_tie(total, tied):
    weights = {"a": 3, "b": 2, "c": 1}  # of 5: 2.5, 1.67 and 0.83; of 3: 1.5, 1 and 0.5
    done = split(total, parse_rule({"kind": "committed_budget"}), roster=["a", "b", "c"], weights=weights)
    assert tie_broken(done.explanation) is tied
