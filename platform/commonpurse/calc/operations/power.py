"""Voting power."""

from math import gcd

from commonpurse.calc.operations.fields import Name, Part, Series, Whole
from commonpurse.calc.operations.operation import Answer, Operation, aligned, one_by_one
from commonpurse.calc.operations.problem import BadProblem
from commonpurse.calc.quantity import say
from commonpurse.calc.voting import groups_are_listed, voting_power
from commonpurse.calc.worked import exact

MOST_VOTERS = 100
MOST_VOTES = 2_000_000
"""Parties x parties x quota, divided by what all weights have in common, that are counted."""


def _voting_power(parties: list[str], weights: list[int], quota: int) -> Answer:
    aligned(parties, weights=weights)
    needed = -(-quota // (gcd(*weights) or 1))
    counted = quota <= sum(weights) and not groups_are_listed(len(parties), needed)
    if counted and len(parties) ** 2 * needed > MOST_VOTES:
        raise BadProblem("are too many votes to count exactly: give smaller weights", "weights")
    found = voting_power(weights, quota)
    named = {
        "shapley_shubik": found.shapley_shubik,
        "banzhaf": found.banzhaf,
        "normalised_banzhaf": found.normalised_banzhaf,
    }
    more = {index: dict(zip(parties, map(exact, parts), strict=True)) for index, parts in named.items()}
    groups, swings = say(1 << len(parties) - 1), found.swings
    said = one_by_one(parties, lambda place: f"decides {say(swings[place])} of the {groups} groups of the others")
    return Answer(tuple(parties), swings, None, found.steps, said, more)


OPERATIONS = (
    Operation(
        "voting_power",
        "Voting power: Shapley-Shubik and Banzhaf",
        "Says how often each party decides where votes have weights and a quota carries. The amounts are the groups of "
        "the others that each party decides.",
        "The steps have for each party how many groups of each size of the others it decides; Banzhaf divides their "
        "number by all groups, Shapley-Shubik weighs size s with s! (n - 1 - s)! / n!.",
        {
            "parties": Part("The parties, each named once", Series(Name(), most=MOST_VOTERS, distinct=True)),
            "weights": Part("The votes of each party", Series(Whole(0), most=MOST_VOTERS)),
            "quota": Part("The votes that carry", Whole(1)),
        },
        {"parties": ["Newcastle", "Gateshead", "Darlington"], "weights": [50, 49, 1], "quota": 51},
        _voting_power,
    ),
)
