import numpy as np
import pytest
from hypothesis import given

from commonpurse.calc.games.table import Game, Kind, places, subset_sums
from support.games import by_size, cost_game, games, saving_game


@given(games())
def test_a_game_reads_its_table_by_groups(game):
    members = range(game.members)
    by_group = {tuple(places(mask)): game.values[mask] for mask in range(1, len(game.values))}
    make = cost_game if game.kind is Kind.COST else saving_game
    assert make(by_group) == make(list(game.values)) == game
    assert game.total == by_group[tuple(members)]
    assert game.alone == tuple(by_group[(place,)] for place in members)
    others = [tuple(other for other in members if other != place) for place in members]
    assert game.separable == tuple(game.total - by_group.get(group, 0) for group in others)
    assert game.everybody == sum(1 << place for place in members)


def test_more_is_better_of_savings_and_less_of_costs():
    assert (saving_game([0, 1]).sign, cost_game([0, 1]).sign) == (1, -1)


def test_the_sums_of_all_groups_come_by_mask():
    assert subset_sums([1, 10, 100]) == [0, 1, 10, 11, 100, 101, 110, 111]
    assert subset_sums([]) == [0]


def test_groups_of_a_table_printed_by_size_are_in_order():
    assert by_size([1, 2, 3, 4, 5, 6, 7]) == {
        (0,): 1,
        (1,): 2,
        (2,): 3,
        (0, 1): 4,
        (0, 2): 5,
        (1, 2): 6,
        (0, 1, 2): 7,
    }


def test_the_largest_table_has_sixteen_members():
    assert cost_game([0] * 65536).members == 16


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ([], "not 0"),
        ([0], "not 1"),
        ([0, 1, 2], "not 3"),
        ([0] * 131072, "not 131072"),
        ([1, 2], "must have the value 0"),
        ([0, 2.0], "must be an int"),
        ([0, True], "must be an int"),
        ([0, np.int64(3)], "must be an int"),
    ],
)
def test_what_is_no_table_is_refused(values, complaint):
    with pytest.raises(ValueError, match=complaint):
        cost_game(values)


def test_a_kind_that_is_not_one_is_refused():
    with pytest.raises(ValueError, match="costs or of savings"):
        Game("saving", (0, 1))
