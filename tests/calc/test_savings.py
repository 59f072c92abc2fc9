"""What buying together saves: bills to the penny, and sentences held against a slow reckoning of their own."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc.savings import RULES, Compared, Purchase, Unanswered, compare
from commonpurse.calc.savings.changes import LEAVES, LESS, MORE
from commonpurse.calc.savings.curve import standings
from commonpurse.calc.savings.dividing import CannotDivide, divide
from commonpurse.calc.savings.purchase import pence

D = Decimal
NAMES = ("Newcastle", "Gateshead", "Darlington", "Leeds", "Hull")
STEPS = ((D(0), D(12)), (D(100), D(10)), (D(1000), D(9)))
COUNCILS = Purchase.of(NAMES[:3], [D(1200), D(300), D(60)], STEPS, 250_000)


def one(purchase, rule, body=None):
    """One rule, which has an answer."""
    [found] = compare(purchase, [rule], body, standings(purchase))
    assert isinstance(found, Compared)
    return found


def said(found):
    return [str(finding.sentence) for finding in found.findings]


def finding(found, code):
    return next((each for each in found.findings if each.code == code), None)


def bill(quantities, prices, fixed):
    """The slow reckoning: what a group pays, in exact pence."""
    whole = sum((Fraction(each) for each in quantities), Fraction(0))
    if not whole:
        return Fraction(0)
    price = [Fraction(pounds) for start, pounds in prices if start <= whole][-1]
    return whole * price * 100 + fixed


@st.composite
def bought(draw, most=5):
    """Names, quantities, prices and the cost of a procurement, as people would type them."""
    numbers = st.integers(1, 3000).map(lambda number: D(number) / 10)
    quantities = draw(st.lists(numbers, min_size=2, max_size=most))
    starts = [D(0), *sorted(draw(st.sets(st.integers(1, 900), max_size=3)))]
    pounds = st.integers(1, 20_000_000).map(lambda number: D(number) / 1_000_000)
    prices = draw(st.lists(pounds, min_size=len(starts), max_size=len(starts)))
    if draw(st.booleans()):
        prices.sort(reverse=True)
    typed = [(D(start), price) for start, price in zip(starts, prices, strict=True)]
    return NAMES[: len(quantities)], quantities, typed, draw(st.sampled_from([0, 1, 99_999]))


@given(bought())
def test_bills_are_those_of_a_reckoning_in_fractions_of_a_pound(typed):
    _names, quantities, prices, fixed = typed
    purchase = Purchase.of(*typed)
    assert purchase.bill == bill(quantities, prices, fixed)
    assert purchase.exactly_alone == tuple(bill([each], prices, fixed) for each in quantities)
    assert Fraction(purchase.price) == (purchase.bill - fixed) / 100 / sum(map(Fraction, quantities))
    assert purchase.without(0).bill == bill(quantities[1:], prices, fixed)
    for tenths in (9, 11):
        changed = [quantities[0], quantities[1] * tenths / 10, *quantities[2:]]
        assert purchase.scaled(1, tenths).bill == bill(changed, prices, fixed)
        assert purchase.scaled(1, tenths).exactly_alone[0] == purchase.exactly_alone[0]


@pytest.mark.parametrize("rule", list(RULES))
@given(typed=bought())
def test_whole_pence_add_up_to_the_bill_and_are_within_a_penny_of_the_exact_shares(rule, typed):
    purchase = Purchase.of(*typed)
    try:
        done = divide(purchase, rule)
    except CannotDivide:
        return
    assert sum(done.shares) == purchase.bill
    assert sum(done.pays) == purchase.total == pence(purchase.bill)
    scaled = [share * purchase.total / purchase.bill for share in done.shares]
    assert all(abs(paid - share) < 1 for paid, share in zip(done.pays, scaled, strict=True))
    assert done.saves == tuple(own - paid for own, paid in zip(purchase.alone, done.pays, strict=True))


@pytest.mark.parametrize("rule", list(RULES))
@settings(max_examples=60)
@given(typed=bought())
def test_every_sentence_is_true_of_the_figures(rule, typed):
    _names, quantities, prices, fixed = typed
    purchase = Purchase.of(*typed)
    [found] = compare(purchase, [rule], 1, standings(purchase))
    if isinstance(found, Unanswered):
        assert str(found.reason)
        return
    pays, shares = found.done.pays, found.done.shares
    alone = [pence(bill([each], prices, fixed)) for each in quantities]
    worse = tuple(place for place, paid in enumerate(pays) if paid > alone[place])
    numbers = finding(found, "worse_off").numbers
    assert numbers["bodies"] == worse
    if worse:
        assert numbers["pence"] == max(pays[place] - alone[place] for place in worse)
    _leaving_is_true(found, quantities, prices, fixed)
    gains = finding(found, "gains").numbers
    saves = [own - paid for own, paid in zip(alone, pays, strict=True)]
    assert (gains["least"], gains["most"]) == (min(saves), max(saves))
    parts = [Fraction(saved, own) if own else Fraction(0) for saved, own in zip(saves, alone, strict=True)]
    told = finding(found, "part_saved").numbers
    assert (told["least"], told["most"]) == (min(parts), max(parts))
    paid_to = [each.numbers["body"] for each in found.findings if each.code == "paid"]
    assert paid_to == [place for place, paid in enumerate(pays) if paid < 0]
    assert sum(shares) == bill(quantities, prices, fixed)
    _changes_are_true(found, rule, typed)


def _leaving_is_true(found, quantities, prices, fixed):
    pays, shares = found.done.pays, found.done.shares
    groups = {}
    for size in range(1, len(pays) + 1):
        for group in combinations(range(len(pays)), size):
            own = bill([quantities[place] for place in group], prices, fixed)
            gain = sum(pays[place] for place in group) - pence(own)
            if sum(shares[place] for place in group) > own and gain >= 1:
                groups[group] = gain
    assert finding(found, "leaving").numbers["groups"] == len(groups)
    told = [each.numbers for each in found.findings if each.code == "would_leave"]
    assert len(told) == min(3, len(groups))
    assert all(groups[each["members"]] == each["pence"] for each in told)
    sizes = sorted(map(len, groups))[: len(told)]
    assert [len(each["members"]) for each in told] == sizes


def _changes_are_true(found, rule, typed):
    names, quantities, prices, fixed = typed
    others = [place for place in range(len(names)) if place != 1]
    cases = {
        LEAVES: ([name for name in names if name != names[1]], [quantities[place] for place in others]),
        LESS: (names, [each * 9 / 10 if place == 1 else each for place, each in enumerate(quantities)]),
        MORE: (names, [each * 11 / 10 if place == 1 else each for place, each in enumerate(quantities)]),
    }
    for kind, (left, needed) in cases.items():
        told = finding(found, f"if_{kind}")
        try:
            after = divide(Purchase.of(left, needed, prices, fixed), rule)
        except CannotDivide:
            assert told is None
            assert finding(found, f"no_answer_if_{kind}") is not None
            assert found.changes[kind] is None
            continue
        own = found.done.purchase.alone[1] if kind == LEAVES else after.pays[1]
        assert told.numbers["own"] == own - found.done.pays[1]
        rest = after.pays if kind == LEAVES else [after.pays[place] for place in others]
        assert told.numbers["others"] == sum(rest) - sum(found.done.pays[place] for place in others)
        assert told.numbers["bill"] == pence(bill(needed, prices, fixed)) - found.done.purchase.total


@pytest.mark.parametrize("rule", list(RULES))
@settings(max_examples=40)
@given(typed=bought(4))
def test_who_has_the_others_carry_a_change_is_true_of_every_body(rule, typed):
    names, quantities, prices, fixed = typed
    purchase = Purchase.of(*typed)
    [found] = compare(purchase, [rule], None, None)
    if isinstance(found, Unanswered):
        return
    carried = []
    for body in range(len(names)):
        needed = [each * 9 / 10 if place == body else each for place, each in enumerate(quantities)]
        try:
            after = divide(Purchase.of(names, needed, prices, fixed), rule).pays
        except CannotDivide:
            assert finding(found, "carried") is None
            return
        carried.append(sum(after) - after[body] - sum(found.done.pays) + found.done.pays[body])
    numbers = finding(found, "carried").numbers
    assert (numbers["pence"], numbers["body"]) == (max(carried), carried.index(max(carried)))
    if max(carried) > 0:
        assert numbers["times"] == sum(each > 0 for each in carried)


@given(bought(4))
def test_nobody_saves_more_on_the_price_at_any_other_quantity_than_is_said(typed):
    _names, quantities, prices, _ = typed
    curve = standings(Purchase.of(*typed))
    rises = any(later > former for (_, former), (_, later) in pairwise(prices))
    if curve is None:
        whole = sum(map(Fraction, quantities))
        saved = [
            bill([each], prices, 0) - each * bill([whole], prices, 0) / whole for each in map(Fraction, quantities)
        ]
        assert rises or not any(saved)
        return
    for place, each in enumerate(curve):
        others = sum(map(Fraction, quantities)) - Fraction(quantities[place])

        def saves(needed, others=others):
            return bill([needed], prices, 0) - needed * bill([needed + others], prices, 0) / (needed + others)

        assert each.saves == saves(Fraction(quantities[place]))
        tried = [Fraction(tenths, 2) for tenths in range(1, 2400, 37)]
        assert all(saves(needed) <= each.given_others.most for needed in tried)
        assert all(saves(n) <= max(each.at_lower, each.saves) for n in tried if n <= quantities[place])
        if each.given_others.most:
            peak = Fraction(each.given_others.at, 10 ** Purchase.of(*typed).decimals)
            assert each.given_others.most - saves(peak - Fraction(1, 10**9)) < Fraction(1, 10**4)
        if each.at_lower:
            lower = Fraction(each.lower, 10 ** Purchase.of(*typed).decimals)
            assert lower <= quantities[place]
            assert each.at_lower - saves(lower - Fraction(1, 10**9)) < Fraction(1, 10**4)


def test_the_sentences_of_three_councils_at_equal_price():
    found = one(COUNCILS, "equal_price", 1)
    assert found.done.pays == (1_163_334, 353_333, 137_333)
    assert str(found.done.certificate) == ("Adds up exactly: £16,540.00 = £11,633.34 + £3,533.33 + £1,373.33")
    assert said(found) == [
        "Nobody pays more than alone",
        "No group of bodies would pay less by leaving",
        "Savings run from £1,666.66 (Newcastle) to £1,966.67 (Gateshead)",
        "As a part of what each pays alone, savings run from 12.5% (Newcastle) to 57.4% (Darlington)",
        (
            "Newcastle needs 76.9% of the joint quantity and saves £0.00 on the price. If it needed just less than "
            "1,000, and the others what they need, it would save nearly £1,000.00"
        ),
        "Whichever body needed 10% less, the others together would pay no more than now",
        (
            "If Gateshead left and bought alone, it would pay £1,966.67 more than now, and the others together would "
            "pay £833.33 more than now. The largest change among the others is that of Darlington: £416.67 more than "
            "now"
        ),
        (
            "If Gateshead needed 10% less, the joint bill would be £270.00 less than now: Gateshead would pay £270.00 "
            "less than now, and the others together as much as now"
        ),
        (
            "If Gateshead needed 10% more, the joint bill would be £270.00 more than now: Gateshead would pay £270.00 "
            "more than now, and the others together as much as now"
        ),
    ]


def test_two_small_councils_would_leave_a_division_by_what_each_pays_alone():
    words = said(one(COUNCILS, "proportional_gains"))
    assert words[1:3] == [
        "One group would pay less by leaving",
        "Gateshead and Darlington would pay £449.90 less on their own",
    ]
    assert "Everybody saves 24.9% of what it pays alone, to a tenth of one percent" in words
    assert (
        "Only of Darlington would the others carry a change: if it needed 10% less, they would together pay £0.07 more"
        in words
    )


def test_whoever_is_paid_to_take_part_is_named():
    purchase = Purchase.of(NAMES[:2], [D(1), D(100)], [(D(0), D(10)), (D(100), D(5)), (D(101), D(1))])
    words = said(one(purchase, "equal_gains", 0))
    assert "Newcastle would be paid £194.50 for taking part" in words
    assert words[-1].startswith("If Newcastle needed 10% more")
    assert "largest change" not in words[-1]


def test_of_many_bodies_the_group_that_gains_most_is_named_in_part():
    rising = [(D(0), D(1)), (D(1000), D(2))]
    many = Purchase.of([f"Body {number}" for number in range(1, 15)], [D(100)] * 14, rising)
    words = said(one(many, "equal_price"))
    assert (
        "Groups would pay less by leaving. The one that gains most is Body 1, Body 2, Body 3, Body 4, Body 5, Body 6 "
        "and 3 more: £900.00 less" in words
    )
    falling = Purchase.of([f"Body {number}" for number in range(1, 15)], [D(100)] * 14, STEPS)
    assert "No group of bodies would pay less by leaving" in said(one(falling, "shapley"))
    assert finding(one(falling, "shapley"), "carried") is None


def test_what_cannot_be_looked_at_is_said():
    names = [f"Body {number}" for number in range(13)]
    uneven = Purchase.of(names, [D(12_345 + number) for number in range(13)], STEPS)
    assert (
        "The quantities are too uneven to look at every group of 13 bodies: rounder ones, such as hundreds, can be "
        "looked at" in said(one(uneven, "in_proportion"))
    )
    reasons = [str(each.reason) for each in compare(uneven, ["shapley", "nucleolus"], 3, None)]
    assert reasons == [
        "13 quantities are too uneven to count for this rule: rounder ones, such as hundreds, can be",
        "This rule is worked out for up to 10 bodies, and here are 13",
    ]


def test_who_needs_too_much_for_its_own_good_is_named_up_to_three():
    purchase = Purchase.of(NAMES, [D(100)] * 5, STEPS)
    words = said(one(purchase, "equal_price"))
    assert (
        sum("just less than 100, and the others what they need, it would save nearly £200.00" in each for each in words)
        == 3
    )
    assert "Other bodies of which the same is true: 2" in words
    small = Purchase.of(NAMES[:2], [D(60), D(60)], STEPS)
    assert "Nobody needs so much that it would save more on the price by needing less" in said(
        one(small, "equal_price")
    )


def test_a_gain_below_a_penny_moves_no_group():
    purchase = Purchase.of(NAMES[:2], [D(1), D(1)], [(D(0), D("0.101")), (D(2), D("0.102"))])
    words = said(one(purchase, "equal_price"))
    assert words[:2] == [
        "Nobody pays more than alone",
        "No group of bodies would pay less by leaving, by a penny or more",
    ]


def test_what_makes_no_purchase_is_our_own_mistake():
    for quantities, prices in (([D(1)], STEPS), ([D(1), D(0)], STEPS), ([D(1), D(2)], [(D(0), D(0))])):
        with pytest.raises(ValueError, match="above zero"):
            Purchase.of(NAMES[:2], quantities, prices)
    with pytest.raises(ValueError, match="must rise, from 0"):
        Purchase.of(NAMES[:2], [D(1), D(2)], [(D(1), D(1))])
    with pytest.raises(KeyError):
        compare(COUNCILS, ["nonsense"], None, None)


def test_a_price_that_rises_makes_somebody_pay_more_than_alone():
    rising = Purchase.of(NAMES[:3], [D(10), D(20), D(30)], [(D(0), D(1)), (D(60), D(2))])
    words = said(one(rising, "equal_price"))
    assert "3 of 3 bodies pay more than alone, Darlington most of all: £30.00 more than on its own" in words
    assert "6 groups would pay less by leaving; the 3 smallest follow" in words
    assert "Darlington would pay £30.00 less alone" in words
    [unanswered] = compare(rising, ["nucleolus"], None, None)
    assert "Together the bodies pay more than alone" in str(unanswered.reason)
    [unanswered] = compare(rising, ["separable"], None, None)
    assert str(unanswered.reason).startswith("Newcastle adds more to the bill of the others than it pays alone")


def test_rounding_alone_is_said_to_be_rounding():
    flat = Purchase.of(NAMES[:3], [D(1)] * 3, [(D(0), D("0.004"))])
    assert (flat.alone, flat.total) == ((0, 0, 0), 1)
    words = said(one(flat, "in_proportion"))
    assert words[:2] == [
        "By the rounding to whole pence alone, Newcastle pays £0.01 more than alone",
        "No group of bodies would pay less by leaving",
    ]
    many = Purchase.of(NAMES, [D(1)] * 5, [(D(0), D("0.004"))])
    assert said(one(many, "in_proportion"))[0] == (
        "By the rounding to whole pence alone, 2 of 5 bodies pay £0.01 more than alone"
    )


def test_a_rule_may_have_no_answer_after_a_change():
    steps = [(D(0), D(10)), (D(100), D(20)), (D(200), D(5))]
    purchase = Purchase.of(NAMES[:3], [D(100), D(50), D(55)], steps)
    found = one(purchase, "nucleolus", 0)
    assert said(found)[-3:-1] == [
        "If Newcastle left, this rule would have no answer",
        "If Newcastle needed 10% less, this rule would have no answer",
    ]
    assert found.changes[LEAVES] is found.changes[LESS] is None
    assert found.changes[MORE] is not None
    assert finding(found, "carried") is None


def test_where_nothing_is_avoided_by_being_together_separable_costs_have_no_answer():
    purchase = Purchase.of(NAMES[:3], [D(1)] * 3, [(D(0), D(2)), (D(2), D("0.5")), (D(3), D(1))])
    [unanswered] = compare(purchase, ["separable"], None, None)
    assert str(unanswered.reason).startswith("Every body adds just what it pays alone")


def test_one_price_for_every_quantity_has_no_curve():
    assert standings(Purchase.of(NAMES[:2], [D(1), D(2)], [(D(0), D(3))])) is None
    assert standings(Purchase.of(NAMES[:2], [D(1), D(2)], [(D(0), D(3)), (D(2), D(3))])) is None
    assert standings(Purchase.of(NAMES[:2], [D(1), D(2)], [(D(0), D(3)), (D(2), D(4))])) is None
