"""What answers say of every amount in a sentence: true for the parties they name, and for no more than fifty."""

import json

import pytest

from commonpurse.calc import operations


def explained(name, changed):
    return operations.find(name).answer(json.dumps({**operations.OPERATIONS[name].example, **changed}))


WHOLE = {"core", "decision", "net_additional"}
"""Operations that are explained as a whole, not party by party."""


@pytest.mark.parametrize("name", list(operations.OPERATIONS))
def test_an_answer_is_explained_party_by_party(name):
    answer = explained(name, {})
    lines = [line for line in answer["explanation"] if ": " in line]
    if name in WHOLE:
        assert len(" ".join(answer["explanation"])) > 20
    else:
        named = [line.partition(": ")[0] for line in lines]
        assert named == answer["parties"][: len(named)]
        assert len(named) >= len(operations.OPERATIONS[name].example.get("parties", "1"))


SEATS = {"parties": ["Leeds", "Hull", "York"], "total": 10, "weights": [5, 3, 3]}


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("largest_remainder", SEATS, "Leeds: 10 × 5 ÷ 11 = 4 and 6/11"),
        ("largest_remainder", SEATS, "Hull: 10 × 3 ÷ 11 = 2 and 8/11; rounding left 2, and one of that makes 3"),
        ("dhondt", {}, "Newcastle: 5,117 ÷ 97 = 52.752577…, rounded down: 52"),
        (
            "dhondt",
            SEATS,
            "Leeds: 5 ÷ 1 = 5, rounded down: 5; it ties for the last units, and the order of the parties decided",
        ),
        (
            "dhondt",
            {**SEATS, "total": -9, "weights": [5, 3, 1]},
            "Leeds: 5 ÷ 0.9 = 5.555555…, rounded down: 5; taken back",
        ),
        ("adams", {**SEATS, "total": 2}, "York: 0; no one divisor gives the last units"),
        ("dean", {}, "Hartlepool: 161 ÷ 101.2 = 1.590909…, rounded at the harmonic mean of both neighbours: 2"),
        ("quota_method", SEATS, "York: 10 × 3 ÷ 11 = 2 and 8/11"),
        ("quota_method", SEATS, "Hull: 10 × 3 ÷ 11 = 2 and 8/11; one of the units beyond the floors makes 3"),
        ("staircase", SEATS, "Hull: 7 with all before it, 4 without it: 3"),
        (
            "credit_ledger",
            {},
            "Newcastle: a credit of −250,000 millionths and 1,251,000 more, less 1 × 1,000,000, leaves 1,000",
        ),
        ("credit_reversal", {}, "Newcastle: gives back 1; its credit goes from 1,000 to −250,000 millionths"),
        ("credit_roster", {}, "unallocated: a credit of 0 millionths before, and of −250,000 now"),
        ("cumulative_sainte_lague", {}, "Newcastle: 5 of all units so far, 4 before: 1"),
        ("claims_proportional", {}, "Newcastle: the exact share is 100/3; in whole units 33"),
        ("claims_proportional", {}, "Darlington: the exact share is 100"),
        ("within_bounds", {}, "Newcastle: at its cap of 500"),
        ("within_bounds", {}, "Gateshead: 8/5 × 250 = 400; in whole units 400"),
        ("within_bounds", {}, "Darlington: at its floor of 100"),
        ("within_bounds", {"total": 60}, "Darlington: the floors are more than the total; 60 of its 100"),
        ("biproportional", {}, "Newcastle / jobs: 123 ÷ 220 ÷ 207/200 = 0.540184…, rounded: 1"),
        (
            "biproportional",
            {
                "parties": ["a", "b"],
                "columns": ["x", "y"],
                "weights": [[1, 1], [1, 1]],
                "party_totals": [1, 1],
                "column_totals": [1, 1],
            },
            "a / x: 1 ÷ 2 ÷ 1 = 0.5, rounded: 1; it ties, and the order decided",
        ),
        (
            "biproportional",
            {
                "parties": ["a", "b"],
                "columns": ["x", "y"],
                "weights": [[1, 1], [0, 1]],
                "party_totals": [2, 0],
                "column_totals": [1, 1],
            },
            "b / y: 0",
        ),
        ("controlled_rounding", {}, "Newcastle / jobs: 1/3 becomes 1"),
        ("gross_to_net", {}, "year 3: 243/5 exactly and 813/5 in all so far; in whole units 48"),
        ("net_additional", {}, "792/5 with it, less 198/5 without it, is 594/5"),
        ("equal_price", {}, "Newcastle: 100 × 95 = 9,500; alone it would pay 110 for each unit"),
        ("shapley", {}, "Newcastle: the exact share is 2750/3; in whole units 917"),
        ("voting_power", {}, "Newcastle: decides 3 of the 4 groups of the others"),
    ],
)
def test_the_explanation_says_how_an_amount_came_about(name, changed, said):
    assert said in explained(name, changed)["explanation"]


def test_no_more_than_fifty_parties_are_explained():
    crowd = {"parties": [f"body {place}" for place in range(60)], "total": 60, "weights": [1] * 60}
    for name in ("dhondt", "largest_remainder"):
        assert len(explained(name, crowd)["explanation"]) == 50
