from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.games import core as module
from commonpurse.calc.games.core import Group, groups_that_gain, worst_group
from commonpurse.calc.games.table import places
from commonpurse.calc.games.volume import Tariff, VolumeGame, volume_table
from support.games import cost_game, games, volume_games


@st.composite
def divided(draw, made, fine=3):
    """A game and a division of its total, in whole numbers or fractions."""
    game = draw(made)
    amounts = [Fraction(draw(st.integers(-90, 90)), draw(st.integers(1, fine))) for _ in game.alone]
    amounts[draw(st.integers(0, len(amounts) - 1))] += game.total - sum(amounts)
    return game, amounts


def one_group_at_a_time(game, amounts):
    """Every group that gains, in the order promised, by a plain sort."""
    found = []
    for mask in range(1, len(game.values)):
        members = tuple(places(mask))
        paid = sum(amounts[place] for place in members)
        gain = game.sign * (game.values[mask] - paid)
        if gain > 0:
            found.append(Group(members, gain))
    return sorted(found, key=lambda group: (-group.gain, len(group.members), group.members))


@given(divided(games()))
def test_the_groups_that_gain_are_all_found_in_order(case):
    game, amounts = case
    expected = one_group_at_a_time(game, amounts)
    assert groups_that_gain(game, amounts) == expected
    assert worst_group(game, amounts) == next(iter(expected), None)


@given(divided(volume_games(6)))
def test_counting_by_volume_finds_the_same_worst_group(case):
    game, amounts = case
    assert worst_group(game, amounts) == worst_group(volume_table(game), amounts)


def test_everybody_together_gains_nothing_by_leaving():
    assert groups_that_gain(cost_game([0, 9, 9, 10]), [5, 5]) == []


def test_fifty_members_are_looked_at():
    game = VolumeGame(tuple(range(1, 51)), Tariff((0, 1000), (10, 8)))
    assert worst_group(game, [8 * volume for volume in game.volumes]) is None
    # The last member pays 8 more and the first 8 less: whoever reaches 1000 with the last and not the first would gain.
    amounts = [8 * volume for volume in game.volumes]
    amounts[0], amounts[-1] = amounts[0] - 8, amounts[-1] + 8
    worst = worst_group(game, amounts)
    assert worst.gain == 8
    assert len(worst.members) == 28  # the largest 27 buy 999
    assert 49 in worst.members
    assert 0 not in worst.members


@pytest.mark.parametrize(
    ("amounts", "complaint"),
    [
        ([9], "1 amounts"),
        ([5, 5], "10 do not add up to 9"),
        ([4.5, 4.5], "ints or fractions"),
        ([True, 8], "ints or fractions"),
    ],
)
def test_what_is_no_division_is_refused(amounts, complaint):
    with pytest.raises(ValueError, match=complaint):
        groups_that_gain(cost_game([0, 6, 5, 9]), amounts)
    with pytest.raises(ValueError, match=complaint):
        worst_group(VolumeGame((1, 2), Tariff((0,), (3,))), amounts)


def test_too_much_volume_is_refused():
    game = VolumeGame((10**9 + 1, 1), Tariff((0,), (1,)))
    with pytest.raises(ValueError, match="2 members with 1000000002 units of 1 "):
        worst_group(game, [10**9 + 1, 1])


def test_the_limit_of_looking_is_where_it_says(monkeypatch):
    game = VolumeGame((4, 6), Tariff((0,), (1,)))  # two members, five units of 2
    monkeypatch.setattr(module, "MOST_CELLS", 10)
    assert worst_group(game, [5, 5]) == Group((0,), Fraction(1))
    monkeypatch.setattr(module, "MOST_CELLS", 9)
    with pytest.raises(ValueError, match="give rounder volumes"):
        worst_group(game, [5, 5])
