from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import trunc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc.additionality import MOST_YEARS, REDUCTIONS, Case, net_additional, net_by_year, net_share
from commonpurse.calc.digest import canonical

grosses = st.integers(-60, 60) | st.integers(-(10**15), 10**15)
percents = st.integers(0, 100).map(lambda percent: f"{percent // 100}.{percent % 100:02d}")
shares = percents | st.fractions(0, 1, max_denominator=30)
reductions = st.dictionaries(st.sampled_from(REDUCTIONS), shares)
multipliers = st.sampled_from(["1", "1.1", "1.25", "3/2", "0.9", "0"])
years = st.integers(1, 8)
cases = st.builds(Case, gross=grosses, leakage=shares, displacement=shares, substitution=shares, multiplier=multipliers)


@pytest.mark.parametrize(
    ("gross", "taken", "amounts"),
    [
        # In pence: quantity x value of one, less what would have happened anyway or is owed to others.
        (7 * 94_00, {"attribution_to_others": "0.05"}, 625_10),
        (7 * 7_220_00, {"attribution_to_others": "0.05"}, 48_013_00),
        (7 * 5_115_00, {"attribution_to_others": "0.05"}, 34_014_75),
        (90 * 19_00, {"attribution_to_others": "0.1"}, 1_539_00),
        (16 * 48_25, {"deadweight": "0.1", "attribution_to_others": "0.35"}, 451_62),
        (1500, {"deadweight": "0.40"}, 900),
        (200, {"deadweight": "0.15"}, 170),
    ],
)  # fmt: skip
def test_examples_worked_by_hand_come_out(gross, taken, amounts):
    assert net_by_year(gross, taken).amounts == (amounts,)


def test_the_second_year_worked_by_hand_comes_out():
    # 0.85 x 0.90 (its own part) x 0.90 (after a year) = 0.6885.
    taken = {"deadweight": "0.15", "attribution_to_others": "0.10"}
    assert net_by_year(10_000, taken, years=2, drop_off="0.10").amounts[1] == 6885


def by_hand(gross, taken, multiplier, drop_off, count):
    """Exact net by year, each worked out from nothing."""
    return [
        Fraction(multiplier) * gross * (1 - Fraction(drop_off)) ** year
        * (1 - Fraction(taken.get("deadweight", 0))) * (1 - Fraction(taken.get("displacement", 0)))
        * (1 - Fraction(taken.get("substitution", 0))) * (1 - Fraction(taken.get("leakage", 0)))
        * (1 - Fraction(taken.get("attribution_to_others", 0)))
        for year in range(count)
    ]  # fmt: skip


@settings(max_examples=40)
@given(grosses, reductions, multipliers, shares, years)
def test_every_year_is_the_product_of_its_factors(gross, taken, multiplier, drop_off, count):
    worked = net_by_year(gross, taken, years=count, drop_off=drop_off, multiplier=multiplier)
    expected = by_hand(gross, taken, multiplier, drop_off, count)
    assert [Fraction(row["net"]) for row in worked.steps["years"]] == expected
    assert len(worked.amounts) == count
    assert all(abs(amount - net) < 1 for amount, net in zip(worked.amounts, expected, strict=True))


@settings(max_examples=40)
@given(grosses, reductions, multipliers, shares, years)
def test_what_is_counted_so_far_is_the_exact_net_so_far_rounded_towards_zero(gross, taken, multiplier, drop_off, count):
    worked = net_by_year(gross, taken, years=count, drop_off=drop_off, multiplier=multiplier)
    expected = by_hand(gross, taken, multiplier, drop_off, count)
    for year, row in enumerate(worked.steps["years"], start=1):
        so_far = sum(expected[:year])
        assert sum(worked.amounts[:year]) == trunc(so_far)
        assert (row["year"], Fraction(row["cumulative"])) == (year, so_far)
        assert Fraction(row["carried"]) == so_far - trunc(so_far)


@settings(max_examples=40)
@given(grosses, reductions, shares, years)
def test_more_years_never_change_the_earlier_ones(gross, taken, drop_off, count):
    longer = net_by_year(gross, taken, years=count + 1, drop_off=drop_off)
    shorter = net_by_year(gross, taken, years=count, drop_off=drop_off)
    assert longer.amounts[:-1] == shorter.amounts
    assert longer.steps["years"][:-1] == shorter.steps["years"]


@settings(max_examples=40)
@given(grosses, reductions, multipliers, shares, years)
def test_a_correction_is_the_exact_reverse(gross, taken, multiplier, drop_off, count):
    forth = net_by_year(gross, taken, years=count, drop_off=drop_off, multiplier=multiplier)
    back = net_by_year(-gross, taken, years=count, drop_off=drop_off, multiplier=multiplier)
    assert back.amounts == tuple(-amount for amount in forth.amounts)


@given(grosses, st.dictionaries(st.sampled_from(REDUCTIONS), shares, max_size=4))
def test_the_order_of_the_factors_changes_the_steps_and_never_the_net(gross, taken):
    first = net_by_year(gross, taken)
    for order in permutations(taken.items()):
        other = net_by_year(gross, dict(order))
        assert other.amounts == first.amounts
        assert [row["reduction"] for row in other.steps["reductions"]] == [name for name, _ in order]
        assert net_share(dict(order)) == Fraction(first.steps["net_share"])


@given(grosses, reductions, multipliers)
def test_the_steps_can_be_checked_by_hand(gross, taken, multiplier):
    steps = net_by_year(gross, taken, multiplier=multiplier).steps
    canonical(steps)
    left = Fraction(gross)
    for row, (name, share) in zip(steps["reductions"], taken.items(), strict=True):
        assert (row["reduction"], Fraction(row["share"])) == (name, Fraction(share))
        assert Fraction(row["removes"]) == left * Fraction(share)
        left -= Fraction(row["removes"])
        assert Fraction(row["leaves"]) == left
    assert left * Fraction(steps["multiplier"]) == Fraction(steps["years"][0]["net"])
    assert (steps["gross"], steps["drop_off"]) == (gross, "0")
    assert gross * Fraction(steps["net_share"]) == Fraction(steps["years"][0]["net"])


def test_what_a_share_removes_depends_on_what_those_before_it_left():
    rows = net_by_year(100, {"deadweight": "0.4", "leakage": "0.3"}).steps["reductions"]
    assert rows == [
        {"reduction": "deadweight", "share": "2/5", "removes": "40", "leaves": "60"},
        {"reduction": "leakage", "share": "3/10", "removes": "18", "leaves": "42"},
    ]


def test_what_rounding_withholds_is_carried_into_the_next_year():
    worked = net_by_year(10, {"deadweight": "0.25"}, years=4, drop_off="0.1")
    assert worked.amounts == (7, 7, 6, 5)  # 7.5, 6.75, 6.075 and 5.4675 make 25.7925
    assert [row["carried"] for row in worked.steps["years"]] == ["1/2", "1/4", "13/40", "317/400"]
    assert worked.steps["drop_off"] == "1/10"


def test_nothing_taken_away_leaves_everything_and_everything_taken_leaves_nothing():
    assert net_by_year(7, {}, years=3).amounts == (7, 7, 7)
    assert net_by_year(7, {}, years=3, drop_off="1").amounts == (7, 0, 0)
    assert net_by_year(7, {"deadweight": "1"}, years=2).amounts == (0, 0)
    assert net_by_year(0, {"leakage": "0.5"}).amounts == (0,)


# --- the full form ---------------------------------------------------------------------------------------------------
@settings(max_examples=40)
@given(cases, cases)
def test_the_full_form_is_the_difference_of_two_products(intervention, reference):
    worked = net_additional(intervention, reference)
    with_it, without_it = (
        case.gross * (1 - Fraction(case.leakage)) * (1 - Fraction(case.displacement))
        * (1 - Fraction(case.substitution)) * Fraction(case.multiplier)
        for case in (intervention, reference)
    )  # fmt: skip
    assert worked.amounts == (trunc(with_it - without_it),)
    assert worked.steps == {
        "intervention": {"gross": intervention.gross, "net": str(with_it)},
        "reference": {"gross": reference.gross, "net": str(without_it)},
        "net": str(with_it - without_it),
    }
    canonical(worked.steps)
    assert net_additional(reference, intervention).amounts == (-worked.amounts[0],)


@given(st.integers(0, 10**9), percents, shares, shares, shares, multipliers)
def test_both_forms_agree_when_deadweight_is_the_reference_case(
    hundreds, deadweight, leakage, displacement, substitution, multiplier
):
    gross, same = 100 * hundreds, (leakage, displacement, substitution, multiplier)
    full = net_additional(Case(gross, *same), Case(int(gross * Fraction(deadweight)), *same))
    taken = {"deadweight": deadweight, "leakage": leakage, "displacement": displacement, "substitution": substitution}
    assert full.amounts == net_by_year(gross, taken, multiplier=multiplier).amounts


def test_an_intervention_can_be_worth_less_than_what_would_have_been():
    assert net_additional(Case(100, leakage="0.5"), Case(80)).amounts == (-30,)


# --- what is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "rate",
    [
        0.25, 1, True, Decimal("0.25"), None, "", "25%", "1e-2", "-0.1", " 0.1", ".5", "0.", "1/0", "0/00", "nan",
        "0,5", "1/2/3", "0.5/2", "٠.٥", "0." + "1" * 31, Fraction(-1, 2), Fraction(1, 10**30), np.float64(0.5),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["deadweight", "drop_off", "multiplier"])
def test_a_rate_that_is_not_exact_is_refused_by_name(rate, how):
    taken, others = ({how: rate}, {}) if how in REDUCTIONS else ({}, {how: rate})
    with pytest.raises(ValueError, match=f"^{how} must be zero or more, as an exact decimal such as 0.25"):
        net_by_year(10, taken, **others)


@pytest.mark.parametrize("rate", ["1.01", "7/6", "100", Fraction(3, 2)])
def test_a_share_above_one_is_refused_and_a_multiplier_is_not(rate):
    with pytest.raises(ValueError, match=r"^leakage is a share from 0 to 1, not"):
        net_by_year(10, {"leakage": rate})
    with pytest.raises(ValueError, match=r"^drop_off is a share from 0 to 1, not"):
        net_by_year(10, {}, drop_off=rate)
    assert net_share({}, multiplier=rate) == Fraction(rate)


@pytest.mark.parametrize("name", ["optimism", "drop_off", "multiplier"])
def test_a_share_nobody_knows_is_refused_with_the_list_of_those_there_are(name):
    with pytest.raises(ValueError, match=f"'{name}' is not taken away from outcomes; what can be is deadweight, disp"):
        net_share({name: "0.1"})


@pytest.mark.parametrize("gross", [1.0, True, np.int64(3), "3", Fraction(3)])
def test_a_gross_amount_that_is_no_int_is_refused(gross):
    for ask in (lambda: net_by_year(gross, {}), lambda: net_additional(Case(gross), Case(1)), Case(gross).net):
        with pytest.raises(ValueError, match="the gross amount must be an int"):
            ask()


@pytest.mark.parametrize("count", [0, -1, MOST_YEARS + 1, 10**12, 1.0, True, "2"])
def test_years_are_one_to_a_hundred(count):
    with pytest.raises(ValueError, match="years must be a whole number from 1 to 100"):
        net_by_year(10, {}, years=count)


def test_a_hundred_years_of_the_finest_shares_can_still_be_written_out():
    finest = "0." + "0" * 29 + "1"
    worked = net_by_year(10**30, dict.fromkeys(REDUCTIONS, finest), years=MOST_YEARS, drop_off=finest)
    assert sum(worked.amounts) == trunc(Fraction(worked.steps["years"][-1]["cumulative"]))
    canonical(worked.steps)
