from fractions import Fraction

import pytest
from hypothesis import assume, given

from commonpurse.calc.digest import canonical
from commonpurse.calc.games.core import worst_group
from commonpurse.calc.games.gains import equal_gains, in_proportion, proportional_gains
from commonpurse.calc.games.table import Game, Kind
from commonpurse.calc.games.volume import Tariff, VolumeGame, equal_price, volume_table
from support.games import cost_game, games, opposite, shares, volume_games


@pytest.mark.parametrize("rule", [in_proportion, equal_gains, proportional_gains])
@given(game=volume_games())
def test_the_shares_add_up_and_the_steps_are_canonical(rule, game):
    assume(rule is not proportional_gains or sum(game.alone))
    worked = rule(game)
    assert sum(worked.amounts) == game.total == sum(shares(worked))
    canonical(worked.steps)


@given(games())
def test_by_equal_gains_everybody_gains_the_same(game):
    found = shares(equal_gains(game))
    assert len({share - own for share, own in zip(found, game.alone, strict=True)}) == 1


@given(volume_games())
def test_by_proportional_gains_everybody_pays_the_same_part_of_what_it_would_alone(game):
    assume(sum(game.alone))
    for share, own in zip(shares(proportional_gains(game)), game.alone, strict=True):
        assert share * sum(game.alone) == own * game.total


@given(games())
def test_the_opposite_game_has_the_opposite_answer(game):
    assume(game.total)
    assert equal_gains(opposite(game)).amounts == tuple(-amount for amount in equal_gains(game).amounts)


@given(volume_games())
def test_without_a_fixed_cost_proportion_to_volume_is_the_equal_price(game):
    assert in_proportion(game).amounts == equal_price(game).amounts


@given(volume_games(falling=True))
def test_where_the_price_never_rises_no_group_gains_by_leaving_proportion_to_volume(game):
    dear = VolumeGame(game.volumes, game.tariff, 37)
    assert worst_group(volume_table(dear), shares(in_proportion(dear))) is None
    assert worst_group(dear, shares(in_proportion(dear))) is None


def test_three_councils_share_a_bill_by_each_of_them():
    game = VolumeGame((100, 60, 20), Tariff((0, 50, 150), (120, 110, 95)), 500)
    assert (game.total, game.alone) == (17600, (11500, 7100, 2900))
    assert shares(in_proportion(game)) == [Fraction(17600 * part, 9) for part in (5, 3, 1)]
    assert equal_gains(game).amounts == (10200, 5800, 1600)
    assert proportional_gains(game).amounts == (9414, 5812, 2374)


def test_equal_gains_may_pay_a_member_to_take_part():
    assert equal_gains(cost_game([0, 1, 20, 11])).amounts == (-4, 15)


def test_what_the_members_have_alone_must_give_a_proportion():
    with pytest.raises(ValueError, match="gives no proportion"):
        proportional_gains(Game(Kind.COST, (0, 0, 0, 5)))
    with pytest.raises(ValueError, match="gives no proportion"):
        proportional_gains(Game(Kind.COST, (0, -1, 9, 5)))
    assert proportional_gains(Game(Kind.COST, (0, 3, 4, 0))).amounts == (0, 0)
