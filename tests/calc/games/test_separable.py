from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from commonpurse.calc.digest import canonical
from commonpurse.calc.games.core import worst_group
from commonpurse.calc.games.separable import alternate_cost_avoided, equal_nonseparable, gately, remaining_benefits
from commonpurse.calc.games.table import Game, Kind
from commonpurse.calc.games.volume import volume_table
from support.games import (
    alone_or_better,
    convex_games,
    cost_game,
    games,
    opposite,
    saving_game,
    shares,
    swapped,
    volume_games,
)

RULES = [equal_nonseparable, alternate_cost_avoided, gately]


def answered(rule, *arguments):
    """The answer, if there is one."""
    try:
        return rule(*arguments)
    except ValueError:
        assume(False)


def usual(game):
    """Games in which nobody is dearer with the others than alone: all these rules answer, or nearly so."""
    return all(game.sign * (added - own) >= 0 for own, added in zip(game.alone, game.separable, strict=True))


def usual_games():
    return (convex_games(4) | convex_games(4).map(opposite) | games(3, low=-9, high=9)).filter(usual)


@pytest.mark.parametrize("rule", RULES)
@given(game=usual_games())
def test_the_answer_adds_up_and_its_steps_are_canonical(rule, game):
    worked = answered(rule, game)
    assert sum(worked.amounts) == game.total == sum(shares(worked))
    assert all(abs(amount - share) < 1 for amount, share in zip(worked.amounts, shares(worked), strict=True))
    canonical(worked.steps)


@pytest.mark.parametrize("rule", RULES)
@given(game=usual_games(), data=st.data())
def test_members_that_change_places_change_shares(rule, game, data):
    one, other = (data.draw(st.integers(0, game.members - 1)) for _ in range(2))
    found = shares(answered(rule, game))
    found[one], found[other] = found[other], found[one]
    assert shares(rule(swapped(game, one, other))) == found


@pytest.mark.parametrize("rule", RULES)
@given(game=usual_games())
def test_the_opposite_game_has_the_opposite_answer(rule, game):
    assume(game.total)
    expected = tuple(-amount for amount in answered(rule, game).amounts)
    assert rule(opposite(game)).amounts == expected


@pytest.mark.parametrize("rule", RULES)
@given(game=volume_games(5, falling=True))
def test_volumes_have_the_answer_of_their_table(rule, game):
    assert answered(rule, game) == rule(volume_table(game))


@given(usual_games())
def test_gately_and_alternate_cost_avoided_are_the_same(game):
    assert shares(answered(gately, game)) == shares(alternate_cost_avoided(game))


@given(usual_games())
def test_gately_gives_everybody_the_same_propensity_to_disrupt(game):
    worked = answered(gately, game)
    propensity = Fraction(worked.steps["propensity"])
    for share, own, added in zip(shares(worked), game.alone, game.separable, strict=True):
        assert added - share == propensity * (share - own)


@given(usual_games())
def test_the_rest_is_divided_as_each_rule_says(game):
    rest = game.total - sum(game.separable)
    equal = shares(equal_nonseparable(game))
    assert {share - added for share, added in zip(equal, game.separable, strict=True)} == {Fraction(rest, game.members)}
    avoided = [own - added for own, added in zip(game.alone, game.separable, strict=True)]
    parts = [
        share - added
        for share, added in zip(shares(answered(alternate_cost_avoided, game)), game.separable, strict=True)
    ]
    assert all(part * sum(avoided) == rest * own for part, own in zip(parts, avoided, strict=True))


@given(usual_games().filter(alone_or_better))
def test_nobody_is_worse_off_than_alone_by_alternate_cost_avoided(game):
    found = shares(answered(alternate_cost_avoided, game))
    assert all(game.sign * (share - own) >= 0 for share, own in zip(found, game.alone, strict=True))


@given(games(3, low=-9, high=9).filter(usual).filter(alone_or_better))
def test_up_to_three_members_alternate_cost_avoided_is_in_the_core_if_there_is_one(game):
    assume(game.sign * (game.total - sum(game.separable)) <= 0)  # else the others of each pair have too little
    assert worst_group(game, shares(answered(alternate_cost_avoided, game))) is None


@given(convex_games(3))
def test_who_adds_just_what_it_has_alone_gets_that(game):
    wider = Game(game.kind, game.values + tuple(value + 7 for value in game.values))
    assert shares(answered(alternate_cost_avoided, wider))[-1] == 7


@given(convex_games(4).map(opposite), st.lists(st.integers(-300, 50), min_size=4, max_size=4))
def test_remaining_benefits_are_limited_by_the_cost_alone(game, benefits):
    benefits = benefits[: game.members]
    worked = answered(remaining_benefits, game, benefits)
    canonical(worked.steps)
    assert sum(worked.amounts) == game.total
    limits = [min(pair) for pair in zip(benefits, game.alone, strict=True)]
    assert worked.steps["most"] == limits
    remaining = [limit - added for limit, added in zip(limits, game.separable, strict=True)]
    rest = game.total - sum(game.separable)
    for share, added, left in zip(shares(worked), game.separable, remaining, strict=True):
        assert (share - added) * sum(remaining) == rest * left


def test_a_benefit_below_the_cost_alone_lowers_its_members_part():
    game = cost_game([0, 60, 50, 90])  # separable 40 and 30, so 20 are left
    assert remaining_benefits(game, [100, 100]).amounts == (50, 40)
    assert remaining_benefits(game, [45, 100]).amounts == (44, 46)
    assert remaining_benefits(game, [40, 100]).amounts == (40, 50)


@pytest.mark.parametrize(
    ("benefits", "complaint"),
    [
        ([39, 100], "member 0 adds 40 to the others, against 39 of its own"),
        ([100, 29], "member 1 adds 30 to the others, against 29"),
        ([40, 30], "20 is left to divide"),
        ([100], "1 benefits"),
        ([100, 100.0], "ints"),
        ([100, True], "ints"),
    ],
)
def test_benefits_that_leave_nothing_are_refused(benefits, complaint):
    with pytest.raises(ValueError, match=complaint):
        remaining_benefits(cost_game([0, 60, 50, 90]), benefits)


def test_remaining_benefits_of_savings_are_refused():
    with pytest.raises(ValueError, match="a game of costs"):
        remaining_benefits(saving_game([0, 1]), [1])


def test_members_that_are_dearer_together_are_refused_by_alternate_cost_avoided():
    with pytest.raises(ValueError, match="member 0 adds 7 to the others, against 6"):
        alternate_cost_avoided(cost_game([0, 6, 5, 12]))
    with pytest.raises(ValueError, match="member 0 adds 0 to the others, against 6"):
        alternate_cost_avoided(saving_game([0, 6, 5, 5]))


def test_where_nothing_is_avoided_everybody_pays_what_it_adds():
    assert alternate_cost_avoided(cost_game([0, 6, 5, 11])).amounts == (6, 5)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ([0, 6, 5, 11], "gain nothing together"),
        ([0, 6, 5, 12], "gain nothing together"),
        # Each pair pays as much as all three less one's own cost, so nobody adds less than it has alone.
        ([0, 5, 5, 9, 5, 9, 9, 14], "the same for everybody"),
        ([0, 5, 5, 8, 5, 10, 10, 14], "the same for everybody"),
    ],
)
def test_games_without_one_propensity_are_refused_by_gately(values, complaint):
    with pytest.raises(ValueError, match=complaint):
        gately(cost_game(values))


def test_a_game_of_one_member_has_no_propensity_and_one_share():
    alone = Game(Kind.COST, (0, 7))
    assert equal_nonseparable(alone).amounts == alternate_cost_avoided(alone).amounts == (7,)
    with pytest.raises(ValueError, match="gain nothing"):
        gately(alone)
