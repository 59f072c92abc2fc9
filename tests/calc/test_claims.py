from fractions import Fraction
from itertools import combinations, permutations
from math import factorial, lcm

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonpurse.calc.claims import MONOTONE_IN_UNITS, MOST_ARRIVALS, RULES, award, rule_named
from commonpurse.calc.digest import canonical

FOR_ANY_NUMBER = sorted(RULES.keys() - {"concede_and_divide"})
SELF_DUAL = ["proportional", "talmud", "reverse_talmud", "random_arrival", "adjusted_proportional"]
CONSISTENT = [*SELF_DUAL[:3], "constrained_equal_awards", "constrained_equal_losses", "piniles"]

any_rule = st.sampled_from(FOR_ANY_NUMBER)
claim_rows = st.lists(st.integers(0, 12) | st.integers(0, 10**12), min_size=1, max_size=6)


@st.composite
def problems(draw, rows=claim_rows):
    claims = draw(rows)
    return draw(st.integers(0, sum(claims))), claims


few_small = problems(st.lists(st.integers(0, 9), min_size=1, max_size=5))


def exact_shares(endowment, claims, rule):
    return rule_named(rule)(endowment, claims)


@given(any_rule, problems())
def test_shares_add_up_and_stay_between_nothing_and_the_claim(rule, problem):
    endowment, claims = problem
    shares = exact_shares(endowment, claims, rule)
    assert sum(shares) == endowment
    assert all(type(share) is Fraction and 0 <= share <= claim for share, claim in zip(shares, claims, strict=True))


@given(any_rule, problems())
def test_equal_claims_get_equally_and_larger_ones_neither_receive_nor_lose_less(rule, problem):
    endowment, claims = problem
    shares = exact_shares(endowment, claims, rule)
    for (claim, share), (other, its) in permutations(zip(claims, shares, strict=True), 2):
        if claim <= other:
            assert share <= its
            assert claim - share <= other - its


@given(any_rule, problems(), st.data())
def test_more_to_divide_is_never_less_for_anybody_in_exact_shares(rule, problem, data):
    endowment, claims = problem
    more = data.draw(st.integers(endowment, sum(claims)))
    before, after = exact_shares(endowment, claims, rule), exact_shares(more, claims, rule)
    assert all(share <= later for share, later in zip(before, after, strict=True))


@given(any_rule, problems(), st.randoms(use_true_random=False), st.integers(1, 1000))
def test_neither_the_order_of_the_claimants_nor_the_unit_of_account_matters(rule, problem, random, factor):
    endowment, claims = problem
    shares = exact_shares(endowment, claims, rule)
    places = random.sample(range(len(claims)), len(claims))
    other = exact_shares(endowment * factor, [claims[place] * factor for place in places], rule)
    assert other == tuple(shares[place] * factor for place in places)


@given(st.sampled_from(SELF_DUAL), problems())
@example("adjusted_proportional", (11, [2, 2, 10]))  # only the last has a right to something, and it is not cut off
def test_self_dual_rules_divide_what_is_missing_as_they_divide_what_is_there(rule, problem):
    assert dual(rule, *problem) == exact_shares(*problem, rule)


@given(problems())
def test_equal_losses_are_the_dual_of_equal_awards(problem):
    assert exact_shares(*problem, "constrained_equal_losses") == dual("constrained_equal_awards", *problem)


def dual(rule, endowment, claims):
    losses = exact_shares(sum(claims) - endowment, claims, rule)
    return tuple(claim - loss for claim, loss in zip(claims, losses, strict=True))


@pytest.mark.parametrize("rule", sorted(set(FOR_ANY_NUMBER) - set(SELF_DUAL)))
def test_the_other_rules_are_not_self_dual(rule):
    assert dual(rule, 10, [2, 4, 7, 8]) != exact_shares(10, [2, 4, 7, 8], rule)


@given(st.sampled_from(CONSISTENT), problems(), st.data())
def test_consistent_rules_give_any_group_the_same_again(rule, problem, data):
    endowment, claims = problem
    shares = exact_shares(endowment, claims, rule)
    group = data.draw(st.lists(st.sampled_from(range(len(claims))), min_size=1, unique=True))
    again = exact_shares(sum(shares[place] for place in group), [claims[place] for place in group], rule)
    assert again == tuple(shares[place] for place in group)


@pytest.mark.parametrize("rule", ["random_arrival", "minimal_overlap", "adjusted_proportional"])
def test_the_other_rules_are_not_consistent(rule):
    claims = [100, 200, 300]
    shares = exact_shares(200, claims, rule)
    assert exact_shares(shares[0] + shares[1], claims[:2], rule) != shares[:2]


@given(problems(st.lists(st.integers(0, 10**9), min_size=2, max_size=2)))
def test_for_two_four_rules_are_concede_and_divide(problem):
    expected = exact_shares(*problem, "concede_and_divide")
    for rule in ("talmud", "random_arrival", "adjusted_proportional", "minimal_overlap"):
        assert exact_shares(*problem, rule) == expected


def coalitions(number):
    return [set(group) for size in range(number + 1) for group in combinations(range(number), size)]


@given(problems(st.lists(st.integers(0, 30), min_size=2, max_size=5)))
def test_the_talmud_rule_is_the_nucleolus_of_the_bankruptcy_game(problem):
    # The game is convex, so its kernel is its nucleolus (Maschler, Peleg and Shapley 1972): nobody can complain
    # more loudly about another than the other about him.
    endowment, claims = problem
    shares, groups = exact_shares(endowment, claims, "talmud"), coalitions(len(claims))
    worth = [
        max(0, endowment - sum(claims) + sum(claims[i] for i in group)) - sum(shares[i] for i in group)
        for group in groups
    ]
    for one, other in combinations(range(len(claims)), 2):
        against = max(gain for gain, group in zip(worth, groups, strict=True) if one in group and other not in group)
        back = max(gain for gain, group in zip(worth, groups, strict=True) if other in group and one not in group)
        assert against == back


@given(few_small)
def test_random_arrival_is_the_average_over_all_orders(problem):
    endowment, claims = problem
    taken = [0] * len(claims)
    for order in permutations(range(len(claims))):
        left = endowment
        for place in order:
            taken[place] += min(left, claims[place])
            left -= min(left, claims[place])
    average = tuple(Fraction(units, factorial(len(claims))) for units in taken)
    assert exact_shares(endowment, claims, "random_arrival") == average


def lie_side_by_side(endowment, claims):
    """Minimal overlap by laying claims on single small parts, so small that every level falls between two parts."""
    fine = lcm(*range(1, len(claims) + 1))
    size, wanted = endowment * fine, [claim * fine for claim in claims]
    level = size
    if size > max(wanted):
        level = next(s for s in range(size + 1) if sum(max(0, claim - s) for claim in wanted) == size - s)
    shares = [Fraction(max(0, claim - level) if size > level else 0) for claim in wanted]
    for part in range(level):
        claimants = [place for place, claim in enumerate(wanted) if claim > part]
        for place in claimants:
            shares[place] += Fraction(1, len(claimants))
    return tuple(share / fine for share in shares)


@given(few_small)
def test_minimal_overlap_is_what_laying_part_by_part_gives(problem):
    assert exact_shares(*problem, "minimal_overlap") == lie_side_by_side(*problem)


def unit_by_unit(endowment, claims):
    """Equal awards in whole units: the next unit to whoever has least and can take it, the earlier in the roster."""
    amounts = [0] * len(claims)
    for _ in range(endowment):
        open_places = [place for place, claim in enumerate(claims) if amounts[place] < claim]
        amounts[min(open_places, key=lambda place: amounts[place])] += 1
    return amounts


@given(few_small)
def test_equal_awards_in_units_are_handed_out_one_at_a_time(problem):
    assert list(award(*problem, "constrained_equal_awards").amounts[:-1]) == unit_by_unit(*problem)


@given(few_small)
def test_equal_losses_in_units_are_taken_away_one_at_a_time_from_the_end_of_the_roster(problem):
    endowment, claims = problem
    losses = unit_by_unit(sum(claims) - endowment, claims[::-1])[::-1]
    amounts = award(endowment, claims, "constrained_equal_losses").amounts[:-1]
    assert list(amounts) == [claim - loss for claim, loss in zip(claims, losses, strict=True)]


@given(few_small)
def test_equal_awards_are_those_in_very_small_units(problem):
    endowment, claims = problem
    fine = lcm(*range(1, len(claims) + 1))
    parts = unit_by_unit(endowment * fine, [claim * fine for claim in claims])
    assert exact_shares(endowment, claims, "constrained_equal_awards") == tuple(Fraction(part, fine) for part in parts)


@given(any_rule, claim_rows, st.integers(0, 10**13))
def test_units_add_up_stay_in_bounds_and_round_the_exact_share(rule, claims, endowment):
    worked = award(endowment, claims, rule)
    *amounts, unallocated = worked.amounts
    assert sum(worked.amounts) == endowment
    assert unallocated == max(0, endowment - sum(claims)) == worked.steps["unallocated"]
    for amount, claim, share in zip(amounts, claims, worked.steps["shares"], strict=True):
        assert 0 <= amount <= claim
        assert abs(amount - Fraction(share)) < 1
    canonical(worked.steps)


@given(any_rule, problems())
def test_units_keep_the_order_of_unequal_shares_and_of_unequal_losses(rule, problem):
    endowment, claims = problem
    worked = award(endowment, claims, rule)
    places = list(zip(claims, worked.amounts[:-1], map(Fraction, worked.steps["shares"]), strict=True))
    for (claim, amount, share), (other, its, wide) in permutations(places, 2):
        if share < wide:
            assert amount <= its
        if claim - share < other - wide:
            assert claim - amount <= other - its
        assert share != wide or abs(amount - its) <= 1


@given(any_rule, problems())
def test_the_steps_can_be_checked_by_hand(rule, problem):
    steps = award(*problem, rule).steps
    assert (steps["rule"], steps["endowment"], steps["claims"]) == (rule, *problem)
    assert steps["claimed"] == sum(problem[1])
    extra = sum(Fraction(share) for share in steps["shares"]) - sum(steps["floors"])
    assert sum(steps["extra_unit"]) == extra
    assert all(floor == Fraction(share) // 1 for floor, share in zip(steps["floors"], steps["shares"], strict=True))


@given(st.sampled_from(sorted(MONOTONE_IN_UNITS)), claim_rows, st.data())
def test_rules_of_one_speed_stay_monotone_in_units(rule, claims, data):
    never_less(rule, claims, data.draw(st.integers(0, sum(claims) + 3)))


@given(st.sampled_from(sorted(RULES)), st.lists(st.integers(0, 40), min_size=2, max_size=2), st.data())
def test_between_two_claimants_every_rule_stays_monotone_in_units(rule, claims, data):
    never_less(rule, claims, data.draw(st.integers(0, sum(claims) + 3)))


def never_less(rule, claims, endowment):
    before, after = award(endowment, claims, rule), award(endowment + 1, claims, rule)
    assert all(amount <= later for amount, later in zip(before.amounts, after.amounts, strict=True))
    assert before.steps["laws"] == ["conservation", "bounds", "quota", "order", "resource_monotonicity"]


@pytest.mark.parametrize("rule", sorted(set(FOR_ANY_NUMBER) - MONOTONE_IN_UNITS))
def test_every_other_rule_can_cost_somebody_a_unit_and_says_so(rule):
    claims, units = ([1, 3, 3], 3) if rule == "proportional" else ([1, 2, 2], 1)
    first = award(units, claims, rule)
    assert award(units + 1, claims, rule).amounts[0] == first.amounts[0] - 1
    assert first.steps["laws"] == ["conservation", "bounds", "quota", "order"]


@pytest.mark.parametrize("rule", FOR_ANY_NUMBER)
def test_nothing_claimed_and_nothing_there_are_answered(rule):
    assert award(5, [0, 0], rule).amounts == (0, 0, 5)
    assert award(0, [4, 2], rule).amounts == (0, 0, 0)
    assert award(6, [4, 2], rule).amounts == (4, 2, 0)
    assert award(3, [7], rule).amounts == (3, 0)


@pytest.mark.parametrize("rule", FOR_ANY_NUMBER)
def test_huge_sums_among_many_are_quick(rule):
    claims = [10**60 + place * 10**40 for place in range(MOST_ARRIVALS)]
    assert sum(award(10**61, claims, rule).amounts) == 10**61


def test_random_arrival_refuses_more_claimants_than_it_can_work_out():
    assert award(24, [2] * 24, "random_arrival").amounts == (*[1] * 24, 0)
    with pytest.raises(ValueError, match="up to 24 claimants, not 25"):
        award(10, [1] * 25, "random_arrival")


def test_concede_and_divide_is_for_two():
    with pytest.raises(ValueError, match="two claimants, not 3"):
        award(2, [1, 1, 1], "concede_and_divide")


@pytest.mark.parametrize(
    ("endowment", "claims", "complaint"),
    [
        (1, [], "nobody claims anything"),
        (-1, [2], "the endowment and the claims must be zero or more"),
        (1, [2, -1], "the endowment and the claims must be zero or more"),
        (1.0, [1], "must be ints"),
        (1, [Fraction(1)], "must be ints"),
        (True, [1], "must be ints"),
        (1, [True], "must be ints"),
        (np.int64(1), [1], "must be ints"),
        (1, [np.int64(1)], "must be ints"),
    ],
)
def test_nonsense_is_refused(endowment, claims, complaint):
    with pytest.raises(ValueError, match=complaint):
        award(endowment, claims, "talmud")


@pytest.mark.parametrize(
    ("endowment", "claims", "complaint"),
    [
        (1.5, [2], "ints or fractions"),
        (1, [True], "ints or fractions"),
        (0, [], "there must be claims"),
        (Fraction(-1, 2), [2], "zero or more"),
        (1, [2, -1], "zero or more"),
        (Fraction(7, 2), [2, 1], "endowment of 7/2 is more than the claims of 3"),
    ],
)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_nonsense_is_refused_in_exact_shares_too(rule, endowment, claims, complaint):
    with pytest.raises(ValueError, match=complaint):
        exact_shares(endowment, claims, rule)


@pytest.mark.parametrize("ask", [award, exact_shares])
def test_a_rule_nobody_knows_is_refused_with_the_list_of_rules(ask):
    with pytest.raises(ValueError, match="'coin toss' is not a rule for claims; the rules are proportional, constr"):
        ask(1, [1], "coin toss")
