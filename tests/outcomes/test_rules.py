"""What a split shows: ties, and what a share is worth."""

from decimal import Decimal

from commonpurse.calc.allocation import parse_rule, split
from commonpurse.outcomes.rules import is_tie_broken, worth_pence


def explained(total, **weights):
    return split(total, parse_rule({"kind": "committed_budget"}), roster=list(weights), weights=weights).explanation


def test_a_tie_is_broken_where_equal_remainders_met_at_the_last_unit():
    assert is_tie_broken(explained(10, a=1, b=1, c=1))
    assert is_tie_broken(explained(-10, a=1, b=1, c=1))


def test_no_tie_is_broken_where_nothing_was_left_or_all_equals_received():
    assert not is_tie_broken(explained(9, a=1, b=1, c=1))
    assert not is_tie_broken(explained(10, a=417, b=333, c=250))
    assert not is_tie_broken(explained(5, a=3, b=3, c=1))


def test_worth_is_exact_until_the_penny_and_rounds_halves_away_from_zero():
    assert worth_pence(334, 2, Decimal(260)) == 868_40
    assert worth_pence(1, 1, Decimal("0.05")) == 1
    assert worth_pence(-1, 1, Decimal("0.05")) == -1
    assert worth_pence(10**15, 0, Decimal("1.005")) == 1_005 * 10**14
