"""Rebates beside one joint price, and where each body stands on the curve of equal price, by a slow reckoning."""

from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import isqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc.games.volume import Tariff, VolumeGame
from commonpurse.calc.savings import RULES, Purchase
from commonpurse.calc.savings.curve import Side, standings
from commonpurse.calc.savings.dividing import CannotDivide, divide
from commonpurse.calc.savings.rebate import INVOICED_BY, rebate, tell

D = Decimal
NAMES = ("Newcastle", "Gateshead", "Darlington", "Leeds", "Hull")
FAIRER = [rule for rule in RULES if rule != INVOICED_BY]
STEPS = ((D(0), D(12)), (D(100), D(10)), (D(1000), D(9)))
COUNCILS = Purchase.of(NAMES[:3], [D(1200), D(300), D(60)], STEPS, 250_000)


@st.composite
def games(draw, most=5, falling=False):
    """Volumes, starts and prices in whole units and pence, and what a procurement costs."""
    volumes = tuple(draw(st.lists(st.integers(1, 40), min_size=1, max_size=most)))
    starts = (0, *sorted(draw(st.sets(st.integers(1, 120), max_size=5))))
    prices = draw(st.lists(st.integers(1, 10_000), min_size=len(starts), max_size=len(starts)))
    if falling or draw(st.booleans()):
        prices.sort(reverse=True)
    return VolumeGame(volumes, Tariff(starts, tuple(prices)), draw(st.sampled_from([0, 1, 99_999])))


def bought(game):
    """The purchase of a game in whole units and pence."""
    return Purchase(NAMES[: len(game.volumes)], game, 0, 2)


def found(purchase, rule):
    """The rebates of a rule, or None where it has no answer."""
    try:
        return rebate(divide(purchase, rule))
    except CannotDivide:
        return None


@pytest.mark.parametrize("rule", FAIRER)
@given(game=games())
def test_rebates_add_up_to_nothing_and_leave_to_the_penny_what_the_rule_gives(rule, game):
    purchase = bought(game)
    if (back := found(purchase, rule)) is None:
        return
    assert sum(back.amounts) == 0 == sum(back.exactly)
    pays = divide(purchase, rule).pays
    invoices = [volume * game.tariff.price(sum(game.volumes)) for volume in game.volumes]
    for place, amount in enumerate(back.amounts):
        assert back.invoiced.pays[place] - amount == pays[place]
        assert abs(back.invoiced.pays[place] - invoices[place] - Fraction(game.fixed, len(invoices))) < 1
        assert abs(amount - back.exactly[place]) < 2
    assert str(back.certificate).startswith("Adds up exactly: £0.00 = ")


@pytest.mark.parametrize("rule", FAIRER)
@given(game=games(most=1))
def test_a_body_that_is_alone_is_paid_back_nothing(rule, game):
    back = found(bought(game), rule)
    assert back is None or back.amounts == (0,)


@pytest.mark.parametrize("rule", FAIRER)
@given(volumes=st.lists(st.integers(1, 40), min_size=1, max_size=5), price=st.integers(0, 9_999), steps=st.booleans())
def test_with_one_price_for_every_quantity_all_rebates_are_nothing(rule, volumes, price, steps):
    tariff = Tariff((0, 9, 30), (price,) * 3) if steps else Tariff((0,), (price,))
    back = found(bought(VolumeGame(tuple(volumes), tariff)), rule)
    assert back is not None
    assert set(back.amounts) == {0}


@pytest.mark.parametrize("rule", FAIRER)
@given(game=games(), data=st.data())
def test_equal_quantities_have_equal_rebates_and_the_order_moves_no_more_than_pence(rule, game, data):
    if (back := found(bought(game), rule)) is None:
        return
    for place, volume in enumerate(game.volumes):
        for other in range(place):
            if game.volumes[other] == volume:
                assert back.exactly[place] == back.exactly[other]
                assert abs(back.amounts[place] - back.amounts[other]) <= 1
    order = data.draw(st.permutations(range(len(game.volumes))))
    moved = found(bought(VolumeGame(tuple(game.volumes[at] for at in order), game.tariff, game.fixed)), rule)
    assert moved.exactly == tuple(back.exactly[at] for at in order)


@pytest.mark.parametrize("rule", FAIRER)
@given(game=games(), times=st.integers(2, 9))
def test_prices_so_many_times_higher_make_exact_rebates_as_many_times_larger(rule, game, times):
    if (back := found(bought(game), rule)) is None:
        return
    dear = Tariff(game.tariff.starts, tuple(times * price for price in game.tariff.prices))
    higher = found(bought(VolumeGame(game.volumes, dear, times * game.fixed)), rule)
    assert higher.exactly == tuple(times * each for each in back.exactly)
    wide = Tariff(tuple(times * start for start in game.tariff.starts), game.tariff.prices)
    larger = bought(VolumeGame(tuple(times * each for each in game.volumes), wide, times * game.fixed))
    assert found(larger, rule).exactly == higher.exactly


@settings(max_examples=40)
@given(games(most=4))
def test_the_rebates_of_shapley_are_those_of_every_order_of_joining(game):
    orders = list(permutations(range(len(game.volumes))))
    bears = [Fraction(0)] * len(game.volumes)
    for order in orders:
        so_far = 0
        for place in order:
            bears[place] += Fraction(game.cost(so_far + game.volumes[place]) - game.cost(so_far), len(orders))
            so_far += game.volumes[place]
    joint, share = game.tariff.price(sum(game.volumes)), Fraction(game.fixed, len(bears))
    back = found(bought(game), "shapley")
    assert back.exactly == tuple(
        volume * joint + share - bear for volume, bear in zip(game.volumes, bears, strict=True)
    )


def test_the_largest_of_three_councils_is_paid_back_by_the_others():
    back = found(COUNCILS, "proportional_gains")
    assert back.amounts == (164_324, -59_791, -104_533)
    assert str(back.certificate) == "Adds up exactly: £0.00 = £1,643.24 + (−£597.91) + (−£1,045.33)"
    [told] = tell(back, "rule 2 (Proportional savings)")
    assert str(told.sentence) == (
        "Under rule 2 (Proportional savings), Newcastle is paid back £1,643.24 from the £1,643.24 that Gateshead and "
        "Darlington pay in: it is invoiced £11,633.34 and bears £9,990.10"
    )


def test_whoever_pays_in_alone_is_named():
    purchase = Purchase.of(NAMES[:2], [D(60), D(20)], [(D(0), D(12)), (D(50), D(10))])
    [told] = tell(found(purchase, "shapley"), "Shapley")
    assert str(told.sentence).startswith(
        "Under Shapley, Newcastle is paid back £20.00 from the £20.00 that Gateshead pays in"
    )


@given(game=games(), rule=st.sampled_from(FAIRER))
def test_what_is_told_is_true_of_everybody_who_is_paid_back(game, rule):
    if (back := found(bought(game), rule)) is None:
        return
    told = tell(back, "Shapley")
    gaining = {place: amount for place, amount in enumerate(back.amounts) if amount > 0}
    if not gaining:
        assert [each.code for each in told] == ["no_rebate"]
        assert set(back.amounts) == {0}
        return
    assert {each.numbers["body"]: each.numbers["pence"] for each in told} == gaining
    for each in told:
        assert each.numbers["pot"] == sum(gaining.values()) == -sum(back.amounts[at] for at in each.numbers["payers"])
        assert str(each.sentence)


def test_of_many_that_are_paid_back_the_first_have_a_sentence_and_the_others_are_counted():
    names = [f"Body {number}" for number in range(1, 10)]
    purchase = Purchase.of(names, [D(60)] * 8 + [D(5)], [(D(0), D(12)), (D(50), D(10)), (D(200), D(9))])
    back = found(purchase, "shapley")
    assert sum(amount > 0 for amount in back.amounts) == 8
    told = tell(back, "Shapley")
    assert [each.code for each in told] == ["rebate"] * 6 + ["rebate_others"]
    assert str(told[-1].sentence) == "Other bodies that are paid back something under Shapley: 2"


def test_a_joint_bill_of_nothing_is_divided():
    back = found(bought(VolumeGame((3, 4), Tariff((0, 5), (10, 0)))), "equal_gains")
    assert back.borne.pays == (-5, 5)
    assert back.amounts == (5, -5)


@given(games(falling=True))
def test_the_side_of_a_peak_is_that_of_a_walk_unit_by_unit(game):
    curve = standings(bought(game))
    if curve is None:
        return
    price, total = game.tariff.price, sum(game.volumes)
    for volume, each in zip(game.volumes, curve, strict=True):
        others = [price(own) - price(own + total - volume) for own in range(400)]
        assert each.saves == volume * others[volume]
        assert each.less == (volume - 1) * others[volume - 1] - each.saves
        assert each.more == (volume + 1) * others[volume + 1] - each.saves
        _is_true(each.given_others, others, volume)
        _is_true(each.given_total, [price(own) - price(total) for own in range(total + 1)], volume)


def _is_true(peak, gaps, volume):
    """What a unit saves changes at whole units only: just below one it is still what it was at the unit before."""
    below = [0, *(own * gap for own, gap in enumerate(gaps[:-1], 1))]
    most = max(below)
    assert peak.most == most
    if not most:
        assert (peak.at, peak.side) == (0, None)
        return
    assert peak.at == below.index(most)
    if volume >= peak.at:
        assert peak.side is Side.PAST
        assert volume * gaps[volume] < most
        return
    never_falls = all(below[own] <= own * gaps[own] for own in range(volume + 1, peak.at))
    assert peak.side is (Side.BEFORE if never_falls else Side.OPEN)


def test_a_fall_between_here_and_the_peak_leaves_the_side_open():
    purchase = Purchase.of(NAMES[:2], [D(20), D(160)], [(D(0), D(120)), (D(50), D(110)), (D(150), D(95))])
    small, large = standings(purchase)
    assert (small.given_others.at, small.given_others.side) == (150, Side.OPEN)
    assert (large.given_others.at, large.given_others.side) == (150, Side.PAST)
    assert (small.less, small.more) == (-2500, 2500)


def test_less_than_one_unit_is_all_there_can_be_less_of():
    purchase = Purchase.of(NAMES[:2], [D("0.5"), D(10)], [(D(0), D(12)), (D(5), D(10))])
    half = standings(purchase)[0]
    assert (half.saves, half.less, half.more) == (100, -100, 200)


def root_purchase(own, others):
    """A price that falls as one over the root of the volume, with a step at every unit."""
    top = 2 * (own + others)
    prices = tuple(isqrt(10**24 // max(start, 1)) for start in range(top + 1))
    return bought(VolumeGame((own, others), Tariff(tuple(range(top + 1)), prices)))


@pytest.mark.parametrize("part", [Fraction(1, 10), Fraction(9, 10)])
def test_schotanus_2008_the_peaks_come_to_38_and_25_per_cent_of_the_volume(part):
    # EJOR 187: with what the others need; with what all need. Steps of one in ten thousand bring the peak as near.
    others = 6180
    given_others = standings(root_purchase(int(others * part / (1 - part)), others))[0].given_others
    assert abs(Fraction(given_others.at, given_others.at + others) - Fraction(381_966, 10**6)) < Fraction(1, 1000)
    given_total = standings(root_purchase(int(10_000 * part), 10_000 - int(10_000 * part)))[0].given_total
    assert abs(Fraction(given_total.at, 10_000) - Fraction(1, 4)) < Fraction(1, 1000)
    if part > Fraction(1, 2):
        assert (given_others.side, given_total.side) == (Side.PAST, Side.PAST)
