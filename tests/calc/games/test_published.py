"""Published answers, each with its source. Values are whole, so some tables stand in smaller units than printed."""

from fractions import Fraction
from math import isqrt

import pytest

from commonpurse.calc.games.core import groups_that_gain
from commonpurse.calc.games.nucleolus import nucleolus
from commonpurse.calc.games.separable import alternate_cost_avoided, gately, remaining_benefits
from commonpurse.calc.games.shapley import shapley
from commonpurse.calc.games.tau import tau
from commonpurse.calc.games.volume import Tariff, VolumeGame, equal_price
from support.games import (
    GATELY,
    LEMAIRE,
    SKANE,
    SKANE_MEMBERS,
    TVA,
    airport,
    bankruptcy,
    by_size,
    cost_game,
    saving_game,
    shares,
)

F = Fraction
COOPGAME = "Staudacher and Anwander 2021, CoopGame 0.2.2: "
SKANE_1979 = "Young, Okada & Hashimoto 1979, IIASA WP-79-77 table 7: "

GLOVES = saving_game(by_size([0, 0, 0, 60, 60, 0, 60]))  # a left hand, two right hands; a pair is worth 60
FOUR = saving_game(by_size([2 * value for value in (0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21)]))
MIXED = saving_game(by_size([68, 102, 0, 170, 710, 762, 992]))
DISRUPTION = saving_game(by_size([0, 0, 0, 4, 0, 3, 6]))

EXACT = [
    # source, rule, game, exact shares
    ("Airport problem, Wikipedia, after Littlechild & Owen 1973", shapley, airport([8, 11, 13, 18]), [2, 3, 4, 9]),
    (
        "Splitting paper 1.3, after Lemaire 1991: Shapley value",
        shapley,
        saving_game(LEMAIRE),
        [5175000, 2587500, 1237500],
    ),
    ("Lemaire 1991, GameTheory 2.7 Nucleolus.Rd", nucleolus, saving_game(LEMAIRE), [5268750, 2446875, 1284375]),
    ("Splitting paper 1.3", nucleolus, MIXED, [149, 192, 651]),
    ("Aumann & Maschler 1985 p. 195: estate 100", nucleolus, bankruptcy(100, [100, 200, 300]), [F(100, 3)] * 3),
    ("Aumann & Maschler 1985 p. 195: estate 200", nucleolus, bankruptcy(200, [100, 200, 300]), [50, 75, 75]),
    ("Aumann & Maschler 1985 p. 195: estate 300", nucleolus, bankruptcy(300, [100, 200, 300]), [50, 100, 150]),
    ("Aumann & Maschler 1985: contested garment", nucleolus, bankruptcy(4, [2, 4]), [1, 3]),
    (COOPGAME + "nucleolus.Rd: four members", nucleolus, FOUR, [7, 9, 11, 15]),
    (
        "Saavedra-Nieves 2016, GameTheoryAllocation 1.0: Shapley_value.Rd",
        shapley,
        cost_game(by_size([1, 1, 2, 1, 2, 2, 2])),
        [F(1, 3), F(1, 3), F(4, 3)],
    ),
    (COOPGAME + "gatelyValue.Rd", gately, DISRUPTION, [F(18, 11), F(36, 11), F(12, 11)]),
    (
        "Stach 2011, CoopGame 0.2.2 tauValue.Rd",
        tau,
        saving_game(by_size([0, 0, 0, 1, 2, 1, 3])),
        [F(6, 5), F(3, 5), F(6, 5)],
    ),
]

EXACT_WORKED = [
    # the same, worked out in other ways here, without a source that was confirmed
    ("Tennessee Valley, worked by hand: Shapley value", shapley, cost_game(TVA), [117829, F(201513, 2), F(387997, 2)]),
    ("Tennessee Valley, worked by hand: nucleolus", nucleolus, cost_game(TVA), [116234, 93540, 202810]),
    ("Glove market of textbooks: Shapley value 2/3, 1/6, 1/6", shapley, GLOVES, [40, 10, 10]),
    ("Glove market of textbooks: nucleolus 1, 0, 0", nucleolus, GLOVES, [60, 0, 0]),
]

PRINTED = [
    # source, rule, game, shares as printed in units of the table, and how far a last printed digit may be off
    (SKANE_1979 + "Shapley value", shapley, SKANE, [2001, 1071, 661, 1037, 1694, 1918], 1),
    (SKANE_1979 + "SCRB", alternate_cost_avoided, SKANE, [1954, 1328, 562, 1090, 1666, 1782], 1),
]

PRINTED_WORKED = [
    # the same, worked out in other ways here, without a source that was confirmed
    (
        "Tennessee Valley, worked by hand: alternate cost avoided",
        alternate_cost_avoided,
        TVA,
        [117476, 99157, 195951],
        1,
    ),
    ("Tennessee Valley, worked by hand: Gately's point is the same", gately, TVA, [117476, 99157, 195951], 1),
    ("Skåne, worked by hand: nucleolus", nucleolus, SKANE, [2035, 1206, 500, 861, 1832, 1949], 1),
]

LEAVING = [
    # source, rule, groups that would gain by leaving
    ("Product paper B6, after Young, Okada & Hashimoto 1982: Shapley value", shapley, {"HKL"}),
    ("Product paper B6, after Young, Okada & Hashimoto 1982: SCRB", alternate_cost_avoided, {"HKL", "AHL", "AHKL"}),
    ("Product paper B6, after Young, Okada & Hashimoto 1982: nucleolus", nucleolus, set()),
]


@pytest.mark.parametrize(
    ("source", "rule", "game", "expected"), EXACT + EXACT_WORKED, ids=[row[0] for row in EXACT + EXACT_WORKED]
)
def test_published_shares_come_out_exactly(source, rule, game, expected):
    assert shares(rule(game)) == expected


@pytest.mark.parametrize(
    ("source", "rule", "table", "expected", "near"),
    PRINTED + PRINTED_WORKED,
    ids=[row[0] for row in PRINTED + PRINTED_WORKED],
)
def test_published_shares_come_out_as_printed(source, rule, table, expected, near):
    assert all(
        abs(share - printed) <= near for share, printed in zip(shares(rule(cost_game(table))), expected, strict=True)
    )


@pytest.mark.parametrize(("source", "rule", "groups"), LEAVING, ids=[row[0] for row in LEAVING])
def test_the_groups_that_would_leave_are_those_published(source, rule, groups):
    game = cost_game(SKANE)
    found = groups_that_gain(game, shares(rule(game)))
    assert {"".join(SKANE_MEMBERS[place] for place in group.members) for group in found} == groups


def test_gately_1974_power_in_three_regions_of_india():  # p. 203; CoopGame 0.2.2 gatelyValue.Rd
    found = shares(gately(saving_game(GATELY)))
    assert [f"{float(share):.4f}" for share in found] == ["827.7049", "476.5574", "225.7377"]


def test_benefits_above_the_cost_alone_change_nothing_in_the_tennessee_valley():
    game = cost_game(TVA)
    assert remaining_benefits(game, [10**6] * 3).amounts == alternate_cost_avoided(game).amounts


def root_tariff(volume):
    """A price that falls as one over the root of the volume, with a step at every unit."""
    return Tariff(tuple(range(volume + 1)), tuple(isqrt(10**24 // max(start, 1)) for start in range(volume + 1)))


def saving_of_the_first(volumes, tariff):
    return equal_price(VolumeGame(volumes, tariff)).steps["savings"][0]


def test_schotanus_2008_a_members_saving_is_largest_at_38_per_cent_where_the_others_are_given():
    others, tariff = 618, root_tariff(2000)
    best = max(range(1, 1300), key=lambda own: saving_of_the_first((own, others), tariff))
    assert round(100 * best / (best + others), 1) == 38.2


def test_schotanus_2008_a_members_saving_is_largest_at_25_per_cent_where_the_total_is_given():
    total, tariff = 1000, root_tariff(1000)
    best = max(range(1, total), key=lambda own: saving_of_the_first((own, total - own), tariff))
    assert best == 250
