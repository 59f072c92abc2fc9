from fractions import Fraction

import pytest

from commonpurse.calc.claims import award, rule_named


def thirds(*amounts):
    return [Fraction(amount, 3) for amount in amounts]


MISHNAH = "Mishnah Ketubot 10:4 (Talmud 93a); Aumann and Maschler 1985"
GARMENT = "Mishnah Bava Metzia 1:1; Aumann and Maschler 1985"
NEGOTIATIONS = "Copernicus (read in 2026), Foundations of Legal Negotiations, fig. 1, on Ketubot 93a"
WIKIPEDIA = "Wikipedia (read in 2026), Proportional rule (bankruptcy), Examples"
MAIMONIDES = "Maimonides 1180, Mishneh Torah, Creditor and Debtor 20:4"
TILBURG = "Tilburg University (read in 2026), Wiskunde op TiU, Bankroetproblemen"
JUDGES = "Maschler, Solan and Zamir, Game Theory (2013), exercise on the three judges"
DELLA = "Bankruptcy in Practice (read in 2026), s. 13.2, Della's creditors"
WIVES = [100, 200, 300]

PUBLISHED = [
    # source, rule, endowment, claims, shares
    (MISHNAH, "talmud", 100, WIVES, thirds(100, 100, 100)),
    (MISHNAH, "talmud", 200, WIVES, [50, 75, 75]),
    (MISHNAH, "talmud", 300, WIVES, [50, 100, 150]),
    (NEGOTIATIONS, "talmud", 400, WIVES, [50, 125, 225]),
    (NEGOTIATIONS, "talmud", 450, WIVES, [50, 150, 250]),
    (NEGOTIATIONS, "talmud", 500, WIVES, thirds(200, 500, 800)),
    (NEGOTIATIONS, "talmud", 550, WIVES, thirds(250, 550, 850)),
    (NEGOTIATIONS, "talmud", 600, WIVES, WIVES),
    (NEGOTIATIONS, "proportional", 100, WIVES, thirds(50, 100, 150)),
    ("Piniles 1861, on " + MISHNAH, "piniles", 100, WIVES, thirds(100, 100, 100)),
    ("Piniles 1861, on " + MISHNAH, "piniles", 200, WIVES, [50, 75, 75]),
    ("Piniles 1861, on " + MISHNAH, "piniles", 300, WIVES, [50, 100, 150]),
    (GARMENT, "concede_and_divide", 4, [4, 4], [2, 2]),
    (GARMENT, "concede_and_divide", 4, [4, 2], [3, 1]),
    (GARMENT, "talmud", 4, [4, 2], [3, 1]),
    (JUDGES, "concede_and_divide", 100, [80, 140], [40, 60]),
    (JUDGES, "constrained_equal_losses", 100, [80, 140], [20, 80]),
    (MAIMONIDES, "constrained_equal_awards", 300, WIVES, [100, 100, 100]),
    (MAIMONIDES, "constrained_equal_awards", 500, WIVES, [100, 200, 200]),
    (MAIMONIDES, "constrained_equal_awards", 600, WIVES, WIVES),
    (WIKIPEDIA, "proportional", 100, [60, 90], [40, 60]),
    (WIKIPEDIA, "proportional", 100, [50, 100], thirds(100, 200)),
    (WIKIPEDIA, "proportional", 100, [40, 80], thirds(100, 200)),
    (WIKIPEDIA, "proportional", 200, WIVES, thirds(100, 200, 300)),
    (WIKIPEDIA, "proportional", 300, WIVES, [50, 100, 150]),
    (DELLA, "proportional", 1440, [1200, 800, 400], [720, 480, 240]),
    (TILBURG + ", voorbeeld", "proportional", 108, [85, 23, 42], ["306/5", "414/25", "756/25"]),
    (TILBURG + ", opgave 1", "proportional", 50, [45, 40, 30], ["450/23", "400/23", "300/23"]),
    (TILBURG + ", opgave 1", "constrained_equal_awards", 50, [45, 40, 30], thirds(50, 50, 50)),
    (TILBURG + ", run-to-the-bank", "random_arrival", 50, [45, 40, 30], [20, "35/2", "25/2"]),
    # Jacob's four sons claim all, a half, a third and a quarter of 120.
    ("Ibn Ezra 1146, after Aumann 2010, CoopGame 0.2.2 shapleyValue.Rd", "minimal_overlap", 120, [120, 60, 40, 30],
     ["485/6", "125/6", "65/6", "15/2"]),
]  # fmt: skip

WORKED = [
    # Worked by hand: in tradition "all of it is mine" against a third of it, in sixths; and a half against two thirds.
    ("worked by hand", "concede_and_divide", 6, [6, 2], [5, 1]),
    ("worked by hand", "concede_and_divide", 12, [6, 8], [5, 7]),
]


@pytest.mark.parametrize(("source", "rule", "endowment", "claims", "shares"), PUBLISHED + WORKED)
def test_published_examples_come_out_as_printed(source, rule, endowment, claims, shares):
    expected = tuple(Fraction(share) for share in shares)
    assert rule_named(rule)(endowment, claims) == expected
    worked = award(endowment, claims, rule)
    assert [Fraction(share) for share in worked.steps["shares"]] == list(expected)
    assert all(abs(amount - share) < 1 for amount, share in zip(worked.amounts, expected, strict=False))


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        ("proportional", ["20/21", "40/21", "10/3", "80/21"]),
        ("constrained_equal_awards", [2, "8/3", "8/3", "8/3"]),
        ("constrained_equal_losses", [0, 1, 4, 5]),
        ("talmud", [1, 2, "7/2", "7/2"]),
        ("reverse_talmud", ["7/8", "15/8", "27/8", "31/8"]),
        ("piniles", [1, 2, "7/2", "7/2"]),
        ("adjusted_proportional", ["20/21", "40/21", "10/3", "80/21"]),
        ("minimal_overlap", ["1/2", "7/6", "11/3", "14/3"]),
        ("random_arrival", [1, "11/6", "10/3", "23/6"]),
    ],
)
def test_ten_among_two_four_seven_and_eight_by_hand(rule, shares):
    # The running problem of the manual of the R package ClaimsProblems; worked by hand from its formulae.
    assert rule_named(rule)(10, [2, 4, 7, 8]) == tuple(Fraction(share) for share in shares)
