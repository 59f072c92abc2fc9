"""What a share is worth."""

from decimal import Decimal

from commonpurse.outcomes.rules import worth_pence


def test_worth_is_exact_until_the_penny_and_rounds_halves_away_from_zero():
    assert worth_pence(334, 2, Decimal(260)) == 868_40
    assert worth_pence(1, 1, Decimal("0.05")) == 1
    assert worth_pence(-1, 1, Decimal("0.05")) == -1
    assert worth_pence(10**15, 0, Decimal("1.005")) == 1_005 * 10**14
    assert worth_pence(2**63 - 1, 0, Decimal("12345678.9012")) == 11_386_878_955_331_607_448_893_610_327
