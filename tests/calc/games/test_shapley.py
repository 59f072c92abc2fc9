from fractions import Fraction
from itertools import permutations
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc.digest import canonical
from commonpurse.calc.games import shapley as module
from commonpurse.calc.games.core import worst_group
from commonpurse.calc.games.shapley import shapley, shapley_by_volume
from commonpurse.calc.games.table import Game, Kind
from commonpurse.calc.games.volume import Tariff, VolumeGame, volume_table
from support.games import convex_games, games, opposite, shares, swapped, volume_games


def over_all_orders(game):
    """The definition: what each adds, averaged over every order."""
    added = [0] * game.members
    for order in permutations(range(game.members)):
        mask = 0
        for place in order:
            added[place] += game.values[mask | 1 << place] - game.values[mask]
            mask |= 1 << place
    return [Fraction(sum_, factorial(game.members)) for sum_ in added]


@given(games())
def test_the_shares_are_the_average_over_all_orders(game):
    assert shares(shapley(game)) == over_all_orders(game)


@given(games())
def test_the_answer_adds_up_and_its_steps_are_canonical(game):
    worked = shapley(game)
    assert sum(worked.amounts) == game.total
    assert all(abs(amount - share) < 1 for amount, share in zip(worked.amounts, shares(worked), strict=True))
    canonical(worked.steps)


@given(games())
def test_the_steps_say_what_each_adds_by_size(game):
    members = game.members
    for place, sums in enumerate(shapley(game).steps["added"]):
        for size, sum_ in enumerate(sums):
            masks = [mask for mask in range(1 << members) if mask.bit_count() == size and not mask >> place & 1]
            assert sum_ == sum(game.values[mask | 1 << place] - game.values[mask] for mask in masks)


@given(games(), st.data())
def test_members_that_change_places_change_shares(game, data):
    one, other = (data.draw(st.integers(0, game.members - 1)) for _ in range(2))
    found = shares(shapley(game))
    found[one], found[other] = found[other], found[one]
    assert shares(shapley(swapped(game, one, other))) == found


@given(games(4))
def test_who_adds_nothing_bears_nothing(game):
    wider = Game(game.kind, game.values + game.values)
    assert shapley(wider).amounts[-1] == 0
    assert shares(shapley(wider))[:-1] == shares(shapley(game))


@given(games(), st.randoms(use_true_random=False))
def test_shares_of_two_games_add_up(game, random):
    second = Game(game.kind, (0, *(random.randint(-99, 99) for _ in game.values[1:])))
    both = Game(game.kind, tuple(a + b for a, b in zip(game.values, second.values, strict=True)))
    added = [a + b for a, b in zip(shares(shapley(game)), shares(shapley(second)), strict=True)]
    assert shares(shapley(both)) == added


@given(convex_games())
def test_of_a_convex_game_it_is_in_the_core(game):
    assert worst_group(game, shares(shapley(game))) is None


@given(games().filter(lambda game: game.total))
def test_the_opposite_game_has_the_opposite_answer(game):
    assert shapley(opposite(game)).amounts == tuple(-amount for amount in shapley(game).amounts)


@given(volume_games(6))
def test_counting_by_volume_finds_what_the_table_finds(game):
    by_volume, by_table = shapley_by_volume(game), shapley(volume_table(game))
    assert by_volume == by_table
    canonical(by_volume.steps)


@settings(max_examples=10)
@given(volume_games(12, 40))
def test_counting_by_volume_finds_what_the_table_finds_for_more_members(game):
    assert shapley_by_volume(game) == shapley(volume_table(game))


def test_fifty_members_are_counted():
    volumes = tuple(7 * (1 + place % 9) for place in range(50))
    game = VolumeGame(volumes, Tariff((0, 500, 1200), (1300, 1170, 990)))
    worked = shapley_by_volume(game)
    assert sum(worked.amounts) == game.total == sum(shares(worked))
    assert all(a <= b for a, b in zip(worked.amounts[:9], worked.amounts[1:9], strict=False))


def test_sixty_members_still_fit_the_counts():
    game = VolumeGame((1,) * 60, Tariff((0, 30), (10, 9)))
    assert shapley_by_volume(game).amounts == (9,) * 60


def test_few_members_with_odd_volumes_are_looked_at_group_by_group():
    game = VolumeGame((10**15 + 1, 10**15, 3), Tariff((0, 10**15), (10, 9)))
    assert shapley_by_volume(game) == shapley(volume_table(game))


def test_many_members_with_odd_volumes_are_refused():
    game = VolumeGame((*range(1, 17), 10**15), Tariff((0,), (1,)))
    with pytest.raises(ValueError, match="give rounder volumes"):
        shapley_by_volume(game)


def test_the_limit_of_counting_is_where_it_says(monkeypatch):
    game = VolumeGame((2, 4) * 9, Tariff((0,), (1,)))  # two volumes, eighteen members, 27 units of 2
    monkeypatch.setattr(module, "MOST_COUNTS", 2 * 18 * 27)
    assert shapley_by_volume(game).amounts == (2, 4) * 9
    monkeypatch.setattr(module, "MOST_COUNTS", 2 * 18 * 27 - 1)
    with pytest.raises(ValueError, match="18 members with 27 units of 2 "):
        shapley_by_volume(game)


def test_whole_pence_that_cannot_be_equal_go_by_place():
    assert shapley(Game(Kind.COST, (0, 0, 0, 1))).amounts == (1, 0)
