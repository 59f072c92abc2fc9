from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from commonpurse.calc.digest import canonical
from commonpurse.calc.games.table import Game, places
from commonpurse.calc.games.tau import tau
from support.games import convex_games, cost_game, games, opposite, saving_game, shares, swapped

some_games = convex_games(5) | convex_games(5).map(opposite) | games(3, low=-9, high=9)


def answered(game):
    """The answer, if there is one."""
    try:
        return tau(game)
    except ValueError:
        assume(False)


def by_definition(game):
    """Hopes, rights and the point between them, in terms of gains, from the definition."""
    everybody = (1 << game.members) - 1
    value = [game.sign * number for number in game.values]
    hopes = [value[everybody] - value[everybody - (1 << place)] for place in range(game.members)]
    rights = []
    for place in range(game.members):
        masks = [mask for mask in range(everybody + 1) if mask >> place & 1]
        rights.append(max(value[mask] - sum(hopes[o] for o in places(mask) if o != place) for mask in masks))
    return hopes, rights


@given(some_games)
def test_the_shares_lie_between_rights_and_hopes_all_at_the_same_part_of_the_way(game):
    worked = answered(game)
    hopes, rights = by_definition(game)
    assert worked.steps["hopes"] == [game.sign * hope for hope in hopes]
    assert worked.steps["rights"] == [game.sign * right for right in rights]
    found = [game.sign * share for share in shares(worked)]
    assert sum(found) == game.sign * game.total
    part = game.sign * game.total - sum(rights)
    for share, hope, right in zip(found, hopes, rights, strict=True):
        assert right <= share <= hope
        assert (share - right) * (sum(hopes) - sum(rights)) == part * (hope - right)


@given(some_games)
def test_a_game_is_refused_only_if_it_is_not_quasi_balanced(game):
    hopes, rights = by_definition(game)
    total = game.sign * game.total
    if all(right <= hope for hope, right in zip(hopes, rights, strict=True)) and sum(rights) <= total <= sum(hopes):
        worked = tau(game)
        assert sum(worked.amounts) == game.total
        canonical(worked.steps)
    else:
        with pytest.raises(ValueError, match="no tau value"):
            tau(game)


@given(some_games)
def test_each_right_is_found_in_the_group_that_is_named(game):
    steps = answered(game).steps
    for place, group in enumerate(steps["groups"]):
        others = sum(steps["hopes"][other] for other in group if other != place)
        assert steps["rights"][place] == game.values[sum(1 << member for member in group)] - others


@given(some_games, st.data())
def test_members_that_change_places_change_shares(game, data):
    one, other = (data.draw(st.integers(0, game.members - 1)) for _ in range(2))
    found = shares(answered(game))
    found[one], found[other] = found[other], found[one]
    assert shares(tau(swapped(game, one, other))) == found


@given(some_games)
def test_the_opposite_game_has_the_opposite_answer(game):
    assume(game.total)
    expected = tuple(-amount for amount in answered(game).amounts)
    assert tau(opposite(game)).amounts == expected


@given(convex_games(4))
def test_who_adds_just_what_it_has_alone_gets_that(game):
    wider = Game(game.kind, game.values + tuple(value + 7 for value in game.values))
    assert shares(tau(wider))[-1] == 7


@given(convex_games(5))
def test_a_convex_game_is_never_refused(game):
    assert sum(tau(game).amounts) == game.total


@pytest.mark.parametrize(
    ("game", "complaint"),
    [
        (cost_game([0, 6, 5, 12]), "member 0 can insist on"),
        (saving_game([0, 0, 0, 5, 0, 5, 5, 6]), "member 0 can insist on"),
        (saving_game([0, 3, 3, 0, 3, 0, 0, 8]), "together the members can insist on more"),
    ],
)
def test_games_that_are_not_quasi_balanced_are_refused(game, complaint):
    with pytest.raises(ValueError, match=complaint):
        tau(game)


def test_where_only_everybody_together_saves_all_get_the_same():
    assert shares(tau(saving_game([0, 0, 0, 0, 0, 0, 0, 5]))) == [Fraction(5, 3)] * 3


def test_rights_that_use_up_the_total_are_the_shares():
    assert tau(saving_game([0, 3, 3, 0, 3, 0, 0, 9])).amounts == (3, 3, 3)
