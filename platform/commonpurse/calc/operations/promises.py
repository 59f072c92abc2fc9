"""What everybody receives when less is there than was promised, and division within floors and caps."""

from fractions import Fraction

from commonpurse.calc.bounds import CAP, FLOOR, FREE, within_bounds
from commonpurse.calc.claims import MOST_ARRIVALS, RULES, award
from commonpurse.calc.operations.fields import MOST_PARTIES, PARTIES, Choice, Name, OrNothing, Part, Series, Whole
from commonpurse.calc.operations.operation import Answer, Operation, aligned, from_shares, one_by_one
from commonpurse.calc.operations.problem import BadProblem
from commonpurse.calc.quantity import say
from commonpurse.calc.worked import Worked, exact

_UNALLOCATED = "unallocated"
_ENDOWMENT = Part("What there is, in smallest units such as pence", Whole(least=0))


def _claims(rule: str, most: int, title: str, description: str) -> Operation:
    def work(parties: list[str], endowment: int, claims: list[int]) -> Answer:
        aligned(parties, claims=claims)
        found = award(endowment, claims, rule)
        said = from_shares(parties, found.steps["shares"], found.amounts)
        return Answer(_with_unallocated(parties), found.amounts, endowment, found.steps, said)

    two = most == 2
    return Operation(
        f"claims_{rule}",
        title,
        f"Divides what is there among claims that are more: {description} What no claim takes stands at the "
        "last place.",
        "Each exact share is rounded down to its floor; whoever has an extra unit received one of those left, by the "
        "largest remainders.",
        {
            "parties": Part(
                f"The parties, each named once and at most {most:,}; the order settles ties",
                Series(Name(), most=most, distinct=True),
            ),
            "endowment": _ENDOWMENT,
            "claims": Part("What was promised to each, in the order of the parties", Series(Whole(least=0), most=most)),
        },
        {
            "parties": ["Newcastle", "Gateshead"] if two else ["Newcastle", "Gateshead", "Darlington"],
            "endowment": 200,
            "claims": [100, 200] if two else [100, 200, 300],
        },
        work,
    )


def _bounded(
    parties: list[str],
    total: int,
    weights: list[int],
    floors: list[int] | None = None,
    caps: list[int | None] | None = None,
    shortfall: str = "constrained_equal_awards",
) -> Answer:
    floors = [0] * len(parties) if floors is None else floors
    caps = [None] * len(parties) if caps is None else caps
    aligned(parties, weights=weights, floors=floors, caps=caps)
    found = within_bounds(total, weights, floors=floors, caps=caps, shortfall=shortfall)
    said = one_by_one(parties, lambda place: _bound(found, place))
    return Answer(_with_unallocated(parties), found.amounts, total, found.steps, said)


def _bound(found: Worked, place: int) -> str:
    steps, amount = found.steps, say(found.amounts[place])
    if steps["frozen"][place] == FREE:
        weight = steps["weights"][place]
        return f"{steps['level']} × {say(weight)} = {exact(Fraction(steps['level']) * weight)}; in whole units {amount}"
    return {FLOOR: f"at its floor of {amount}", CAP: f"at its cap of {amount}"}.get(
        steps["frozen"][place], f"the floors are more than the total; {amount} of its {say(steps['floors'][place])}"
    )


def _with_unallocated(parties: list[str]) -> tuple[str, ...]:
    if _UNALLOCATED in parties:
        raise BadProblem(f"{_UNALLOCATED} is what the last place of the answer is called", "parties")
    return (*parties, _UNALLOCATED)


_TOLD = {
    "proportional": ("Claims: proportional", "to each the same part of the claim."),
    "constrained_equal_awards": (
        "Claims: equal awards (Maimonides)",
        "to each the same amount, but nobody more than the claim.",
    ),
    "constrained_equal_losses": ("Claims: equal losses", "each loses the same amount, but nobody more than the claim."),
    "talmud": ("Claims: Talmud (Aumann and Maschler)", "equal awards up to half of every claim, then equal losses."),
    "reverse_talmud": ("Claims: reverse Talmud", "equal losses on the half-claims, then equal awards on the rest."),
    "piniles": ("Claims: Piniles", "equal awards on the half-claims, and again on the other halves."),
    "adjusted_proportional": (
        "Claims: adjusted proportional",
        "to each what all others concede, then in proportion to what is still claimed.",
    ),
    "minimal_overlap": (
        "Claims: minimal overlap (O'Neill)",
        "claims are laid on parts of what there is so that they overlap least, and each part is shared equally.",
    ),
    "random_arrival": (
        "Claims: random arrival (O'Neill)",
        "first come, first served, averaged over all orders of arrival.",
    ),
    "concede_and_divide": (
        "Claims: concede and divide (the contested garment)",
        "each of two receives what the other does not claim, and half of the rest.",
    ),
}
_MOST = {"random_arrival": MOST_ARRIVALS, "concede_and_divide": 2}

OPERATIONS = (
    *(_claims(rule, _MOST.get(rule, MOST_PARTIES), *_TOLD[rule]) for rule in RULES),
    Operation(
        "within_bounds",
        "In proportion, with floors and caps",
        "Divides a total in proportion to weights so that nobody receives less than its floor or more than its cap; if "
        "the floors are more than the total, they are claims. What no party may take stands at the last place.",
        "The free parties receive level × weight, rounded by the largest remainders; the others their floor or cap; "
        "the rounds say who was fixed when.",
        {
            "parties": PARTIES,
            "total": Part("What is divided, in smallest units such as pence", Whole(least=0)),
            "weights": Part("What each party weighs, in the order of the parties", Series(Whole(least=0))),
            "floors": Part("What each party is sure of; without it nothing", Series(Whole(least=0)), optional=True),
            "caps": Part(
                "What each party receives at most; null for no cap", Series(OrNothing(Whole(least=0))), optional=True
            ),
            "shortfall": Part(
                "The rule for claims if the floors are more than the total; without it equal awards",
                Choice(tuple(RULES)),
                optional=True,
            ),
        },
        {
            "parties": ["Newcastle", "Gateshead", "Darlington"],
            "total": 1000,
            "weights": [700, 250, 50],
            "floors": [0, 0, 100],
            "caps": [500, None, None],
        },
        _bounded,
    ),
)
