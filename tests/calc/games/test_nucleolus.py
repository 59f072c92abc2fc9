import random
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commonpurse.calc.digest import canonical
from commonpurse.calc.games.core import worst_group
from commonpurse.calc.games.nucleolus import nucleolus
from commonpurse.calc.games.shapley import shapley
from commonpurse.calc.games.table import Game, Kind, places
from commonpurse.calc.games.volume import Tariff, VolumeGame, equal_price, volume_table
from support.games import (
    airport,
    alone_or_better,
    bankruptcy,
    convex_games,
    cost_game,
    games,
    opposite,
    saving_game,
    shares,
    swapped,
    volume_games,
)

answerable = (games(4, low=-30, high=30) | convex_games(4) | convex_games(4).map(opposite)).filter(alone_or_better)


def gains(game, amounts):
    """What each group gains, by mask."""
    return [
        game.sign * (sum(amounts[place] for place in places(mask)) - value) for mask, value in enumerate(game.values)
    ]


def rank(vectors):
    """The rank of rows of numbers, by plain elimination."""
    rows, found = [list(map(Fraction, row)) for row in vectors], 0
    for column in range(len(rows[0])):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            times = rows[at][column] / rows[found][column]
            rows[at] = [a - times * b for a, b in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found


def indicator(members, group):
    return [int(place in group) for place in range(members)]


def prove(game, worked):
    """Check by hand what the steps claim, stage by stage, with nothing but sums: see the module's docstring."""
    members, amounts = game.members, shares(worked)
    have = gains(game, amounts)
    assert sum(amounts) == game.total
    assert all(have[1 << place] >= 0 for place in range(members))
    settled = [tuple(range(members))]
    for stage in worked.steps["stages"]:
        level = Fraction(stage["level"])
        groups = [(tuple(part["members"]), Fraction(part["weight"])) for part in stage["groups"]]
        alone = [(tuple(part["members"]), Fraction(part["weight"])) for part in stage["alone"]]
        before = [(tuple(part["members"]), Fraction(part["weight"])) for part in stage["settled"]]
        assert all(weight > 0 for _, weight in groups + alone)
        assert sum(weight for _, weight in groups) == 1
        for place in range(members):
            assert sum(weight for group, weight in groups + alone + before if place in group) == 0
        known = [indicator(members, group) for group in settled]
        assert all(rank([*known, indicator(members, group)]) == rank(known) for group, _ in before)
        assert all(len(group) == 1 and have[1 << group[0]] == 0 for group, _ in alone)
        assert all(have[sum(1 << place for place in group)] == level for group, _ in groups)
        for part in stage["settled"]:
            assert Fraction(part["amount"]) == sum(amounts[place] for place in part["members"])
        for mask in range(1, 1 << members):  # whatever is not settled gains at least the level
            if rank([*known, indicator(members, places(mask))]) > rank(known):
                assert have[mask] >= level
        settled += [group for group, _ in groups + alone]
    assert rank([indicator(members, group) for group in settled]) == members


def feasible(rows):
    """Whether some y has every row . y >= bound, by Fourier and Motzkin's elimination of one unknown at a time."""
    rows = {tuple(map(Fraction, row)) for row in rows}
    while rows and len(next(iter(rows))) > 1:
        up, down, rest = [], [], {row[1:] for row in rows if not row[0]}
        for row in rows:
            (up if row[0] > 0 else down if row[0] < 0 else []).append(
                [number / abs(row[0]) for number in row[1:] if row[0]]
            )
        rows = rest | {tuple(a + b for a, b in zip(one, other, strict=True)) for one in up for other in down}
    return all(row[0] <= 0 for row in rows)


def kohlberg(game, amounts):
    """Kohlberg's criterion: no change of the shares helps a group at some level or above and hurts none of them."""
    have, members = gains(game, amounts), game.members
    open_ = range(1, (1 << members) - 1)
    held = [indicator(members, (place,)) for place in range(members) if have[1 << place] == 0]
    for level in sorted({have[mask] for mask in open_}):
        least = [indicator(members, places(mask)) for mask in open_ if have[mask] <= level]
        total = [sum(column) for column in zip(*least, strict=True)]
        sums = [([1] * members, 0), ([-1] * members, 0), (total, 1), *((row, 0) for row in least + held)]
        if feasible([(*row, bound) for row, bound in sums]):
            return False
    return True


@given(answerable)
def test_the_steps_prove_the_answer_by_sums_alone(game):
    worked = nucleolus(game)
    prove(game, worked)
    canonical(worked.steps)
    assert sum(worked.amounts) == game.total


@settings(max_examples=60, deadline=None)
@given(games(3, low=-30, high=30).filter(alone_or_better), st.data())
def test_kohlbergs_criterion_holds_for_the_answer_and_for_nothing_near_it(game, data):
    found = shares(nucleolus(game))
    assert kohlberg(game, found)
    assume(game.members > 1)
    one, other = data.draw(st.sampled_from(list(combinations(range(game.members), 2))))
    moved = list(found)
    moved[one] += Fraction(1, 7)
    moved[other] -= Fraction(1, 7)
    if all(gain >= 0 for gain in (gains(game, moved)[1 << place] for place in range(game.members))):
        assert not kohlberg(game, moved)


@given(answerable, st.randoms(use_true_random=False))
def test_no_other_division_has_better_gains_in_order_from_the_least(game, chance):
    found = shares(nucleolus(game))
    best = sorted(gains(game, found)[1:-1])
    for _ in range(12):
        moved = [share + Fraction(chance.randint(-3, 3), chance.choice([1, 4, 32])) for share in found]
        moved[0] += game.total - sum(moved)
        others = gains(game, moved)
        if moved != found and all(others[1 << place] >= 0 for place in range(game.members)):
            assert sorted(others[1:-1]) < best


@given(answerable, st.data())
def test_members_that_change_places_change_shares(game, data):
    one, other = (data.draw(st.integers(0, game.members - 1)) for _ in range(2))
    found = shares(nucleolus(game))
    found[one], found[other] = found[other], found[one]
    assert shares(nucleolus(swapped(game, one, other))) == found


@given(answerable)
def test_the_opposite_game_has_the_opposite_answer(game):
    assume(game.total)
    assert nucleolus(opposite(game)).amounts == tuple(-amount for amount in nucleolus(game).amounts)


@given(convex_games(5))
def test_it_is_in_the_core_if_there_is_one(game):
    assert worst_group(game, shares(shapley(game))) is None  # so there is one
    assert worst_group(game, shares(nucleolus(game))) is None


@given(volume_games(5, falling=True))
def test_of_a_falling_tariff_it_is_in_the_core(game):
    table = volume_table(game)
    assert worst_group(table, equal_price(game).amounts) is None
    assert worst_group(table, shares(nucleolus(table))) is None


@given(answerable.filter(lambda game: game.members < 4))
def test_who_adds_nothing_to_any_group_bears_nothing(game):
    wider = Game(game.kind, game.values + game.values)
    assert shares(nucleolus(wider)) == [*shares(nucleolus(game)), 0]


@given(answerable, st.integers(1, 9), st.lists(st.integers(-99, 99), min_size=4, max_size=4))
def test_another_unit_and_what_each_has_anyway_change_nothing_else(game, factor, extra):
    values = [factor * value + sum(extra[place] for place in places(mask)) for mask, value in enumerate(game.values)]
    expected = [factor * share + own for share, own in zip(shares(nucleolus(game)), extra, strict=False)]
    assert shares(nucleolus(Game(game.kind, tuple(values)))) == expected


def talmud(estate, claims):
    """Aumann and Maschler's rule: half-claims first, by equal awards, then by equal losses."""

    def equal_awards(amount, limits):
        shared, level, left = [Fraction(0)] * len(limits), Fraction(0), len(limits)
        for limit in sorted(limits):
            step = min(limit - level, (amount - sum(shared)) / left)
            level += step
            shared = [min(level, own) for own in limits]
            left -= 1
        return shared

    halves = [Fraction(claim, 2) for claim in claims]
    if 2 * estate <= sum(claims):
        return equal_awards(Fraction(estate), halves)
    losses = equal_awards(Fraction(sum(claims) - estate), halves)
    return [claim - loss for claim, loss in zip(claims, losses, strict=True)]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(0, 100))
def test_of_a_bankruptcy_it_is_the_talmuds_division(claims, part):  # Aumann & Maschler 1985, theorem D
    estate = sum(claims) * part // 100
    assert shares(nucleolus(bankruptcy(estate, claims))) == talmud(estate, claims)


@pytest.mark.parametrize("members", [8, 10, 12])
def test_large_games_are_answered_and_proved(members):
    chance = random.Random(members)
    volumes = tuple(chance.randint(10, 400) for _ in range(members))
    tariff = Tariff((0, 500, 1500), (1310, 1170, 990))
    table = volume_table(VolumeGame(volumes, tariff))
    worked = nucleolus(table)
    assert worst_group(table, shares(worked)) is None
    assert sum(worked.amounts) == table.total
    if members == 8:
        prove(table, worked)


def test_a_large_game_of_chance_is_proved():
    chance = random.Random(7)
    values = [0, *(1000 * mask.bit_count() - chance.randint(0, 40 * mask.bit_count() ** 2) for mask in range(1, 256))]
    values[-1] = 5000
    prove(cost_game(values), nucleolus(cost_game(values)))


def test_a_runway_of_many_equal_users_does_not_go_round_in_circles():
    assert nucleolus(airport([9] * 9)).amounts == (1,) * 9


def test_where_no_group_but_everybody_counts_all_get_the_same():
    assert nucleolus(saving_game([0] * 1023 + [10])).amounts == (1,) * 10


def test_members_are_held_at_what_they_have_alone_where_there_is_no_core():
    # The first two could share 8 without the third, who has 1 alone: every group of two lacks something.
    game = saving_game([0, 0, 0, 8, 4, 0, 0, 6])
    worked = nucleolus(game)
    assert worked.amounts == (1, 1, 4)
    assert worked.steps["stages"][0]["alone"] == [{"members": [2], "weight": "1"}]
    prove(game, worked)


def test_one_member_has_the_total():
    worked = nucleolus(Game(Kind.COST, (0, 7)))
    assert (worked.amounts, worked.steps["stages"]) == ((7,), [])


def test_members_that_have_more_apart_are_refused():
    with pytest.raises(ValueError, match="as well off as alone"):
        nucleolus(cost_game([0, 6, 5, 12]))
    with pytest.raises(ValueError, match="as well off as alone"):
        nucleolus(saving_game([0, 6, 5, 10]))
    assert nucleolus(saving_game([0, 6, 5, 11])).amounts == (6, 5)


def test_thirteen_members_are_refused():
    with pytest.raises(ValueError, match="13 members are too many"):
        nucleolus(Game(Kind.COST, (0,) * 8192))
