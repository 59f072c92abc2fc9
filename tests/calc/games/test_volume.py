from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.digest import canonical
from commonpurse.calc.games.core import worst_group
from commonpurse.calc.games.table import Kind
from commonpurse.calc.games.volume import Tariff, VolumeGame, equal_price, volume_table
from support.games import tariffs, volume_games


@given(volume_games(falling=True))
def test_where_the_price_never_rises_nobody_gains_by_leaving_the_equal_price(game):
    assert game.tariff.falling
    assert worst_group(volume_table(game), equal_price(game).amounts) is None
    assert worst_group(game, equal_price(game).amounts) is None


@given(volume_games())
def test_the_equal_price_adds_up_and_its_steps_are_canonical(game):
    worked = equal_price(game)
    assert sum(worked.amounts) == game.total
    canonical(worked.steps)
    together = game.tariff.price(sum(game.volumes))
    for volume, paid, saved in zip(game.volumes, worked.amounts, worked.steps["savings"], strict=True):
        assert paid == volume * together
        assert saved == volume * (game.tariff.price(volume) - together)


@given(volume_games())
def test_a_table_of_volumes_has_what_every_group_pays(game):
    table = volume_table(game)
    assert table.kind is game.kind is Kind.COST
    assert table.sign == game.sign
    assert (table.total, table.alone, table.separable) == (game.total, game.alone, game.separable)
    for mask, value in enumerate(table.values):
        volume = sum(volume for place, volume in enumerate(game.volumes) if mask >> place & 1)
        assert value == volume * game.tariff.price(volume)


@given(tariffs(), st.integers(0, 100))
def test_the_price_is_that_of_the_last_start_reached(tariff, volume):
    price = None
    for start, stepped in zip(tariff.starts, tariff.prices, strict=True):
        price = stepped if volume >= start else price
    assert tariff.price(volume) == price


@given(volume_games())
def test_volumes_are_counted_in_their_greatest_common_unit(game):
    larger = VolumeGame(tuple(6 * volume for volume in game.volumes), game.tariff)
    assert larger.counted == game.counted
    assert larger.unit == 6 * game.unit
    assert (game.grid, game.volume) == (sum(game.counted), sum(game.volumes))


def test_a_rising_tariff_is_said_and_somebody_may_gain_by_leaving():
    game = VolumeGame((1, 9), Tariff((0, 10), (5, 6)))
    worked = equal_price(game)
    assert worked.steps["falling"] is False
    assert worked.steps["savings"] == [-1, -9]
    assert worst_group(game, worked.amounts).members == (1,)
    assert worst_group(game, worked.amounts).gain == Fraction(9)


def test_sixteen_members_make_a_table_and_seventeen_do_not():
    tariff = Tariff((0,), (1,))
    assert volume_table(VolumeGame((1,) * 16, tariff)).members == 16
    with pytest.raises(ValueError, match="17 members"):
        volume_table(VolumeGame((1,) * 17, tariff))


def test_sixty_members_can_buy_together():
    assert VolumeGame((1,) * 60, Tariff((0,), (7,))).total == 420


@pytest.mark.parametrize(
    ("starts", "prices", "complaint"),
    [
        ((), (), "from 0"),
        ((1,), (5,), "from 0"),
        ((0, 5, 5), (3, 2, 1), "must rise"),
        ((0, 5, 4), (3, 2, 1), "must rise"),
        ((0, 5), (3,), "2 starts"),
        ((0,), (-1,), "negative"),
        ((0,), (1.0,), "ints"),
        ((False,), (1,), "ints"),
        ((0,), (np.int64(1),), "ints"),
    ],
)
def test_what_is_no_tariff_is_refused(starts, prices, complaint):
    with pytest.raises(ValueError, match=complaint):
        Tariff(starts, prices)


@pytest.mark.parametrize(
    ("volumes", "complaint"),
    [
        ((), "0 members"),
        ((1,) * 61, "61 members"),
        ((0, 0), "above zero"),
        ((1, -1), "zero or more"),
        ((1.0,), "ints"),
        ((True,), "ints"),
    ],
)
def test_volumes_that_cannot_be_are_refused(volumes, complaint):
    with pytest.raises(ValueError, match=complaint):
        VolumeGame(volumes, Tariff((0,), (1,)))


@given(volume_games())
def test_a_fixed_cost_is_paid_once_by_every_group_that_buys(game):
    dear = VolumeGame(game.volumes, game.tariff, 7)
    for before, value, mask in zip(volume_table(game).values, volume_table(dear).values, range(256), strict=False):
        buys = any(volume for place, volume in enumerate(game.volumes) if mask >> place & 1)
        assert value == before + 7 * buys


def test_a_fixed_cost_is_no_debt_no_fraction_and_has_no_unit_price():
    tariff = Tariff((0,), (5,))
    for fixed in (-1, 0.5):
        with pytest.raises(ValueError, match="a fixed cost must be an int"):
            VolumeGame((1,), tariff, fixed)
    with pytest.raises(ValueError, match="no unit price"):
        equal_price(VolumeGame((1,), tariff, 1))
