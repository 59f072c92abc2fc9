"""Divisor methods, the quota method, the staircase, and whole units over many periods."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from commonpurse.calc.credit import UNIT, change_roster, divide_by_credit, divide_by_cumulative_webster, take_back
from commonpurse.calc.divisors import divide_by_divisor
from commonpurse.calc.explain import decimal
from commonpurse.calc.operations.fields import PARTIES, ByName, Name, Part, Series, Whole
from commonpurse.calc.operations.operation import Answer, Operation, aligned, one_by_one
from commonpurse.calc.operations.sharing import TOTAL, WEIGHTS, exact_share
from commonpurse.calc.quantity import say
from commonpurse.calc.quota import divide_by_quota, divide_by_staircase
from commonpurse.calc.worked import Worked

_PROPORTION = {"parties": PARTIES, "total": TOTAL, "weights": WEIGHTS}
_EXAMPLE = {
    "parties": ["Newcastle", "Gateshead", "Darlington", "Hartlepool", "Redcar"],
    "total": 100,
    "weights": [5117, 4400, 162, 161, 160],
}
_CREDIT = f"A credit is in millionths of a unit ({UNIT:,} make one)"
_CREDITS = Part(
    f"What each party is still owed, in the order of the parties; below zero if it is ahead. {_CREDIT}; all add up to "
    "zero. Without it all begin with zero",
    Series(Whole()),
    optional=True,
)


def _proportional(
    divide: Callable[[int, list[int]], Worked], told: Callable[[Worked, int], str]
) -> Callable[..., Answer]:
    def work(parties: list[str], total: int, weights: list[int]) -> Answer:
        aligned(parties, weights=weights)
        found = divide(total, weights)
        said = one_by_one(parties, lambda place: told(found, place))
        return Answer(tuple(parties), found.amounts, total, found.steps, said)

    return work


def _by_divisor(found: Worked, place: int, rounding: str) -> str:
    steps, amount = found.steps, found.amounts[place]
    if steps["divisor"] is None:
        return f"{say(amount)}; no one divisor gives the last units"
    weight, divisor = steps["weights"][place], Fraction(steps["divisor"])
    said = f"{say(weight)} ÷ {decimal(divisor)} = {decimal(weight / divisor)}, rounded {rounding}: {say(abs(amount))}"
    tied = "; it ties for the last units, and the order of the parties decided" if place in steps["tied"] else ""
    return f"{said}{tied}; taken back" if amount < 0 else f"{said}{tied}"


def _by_quota(found: Worked, place: int) -> str:
    steps, amount = found.steps, found.amounts[place]
    weight, floor, remainder = (steps[name][place] for name in ("weights", "floors", "remainders"))
    share = exact_share(steps["total"], weight, steps["whole"], floor, remainder)
    return share if amount == floor else f"{share}; one of the units beyond the floors makes {say(amount)}"


def _by_staircase(found: Worked, place: int) -> str:
    stairs = (0, *found.steps["stairs"])
    return f"{say(stairs[place + 1])} with all before it, {say(stairs[place])} without it: {say(found.amounts[place])}"


def _divisor(name: str, method: str, title: str, rounding: str) -> Operation:
    return Operation(
        name,
        title,
        "Divides a total in proportion to weights: all are divided by one divisor and the quotients rounded "
        f"{rounding}, with the divisor chosen so that they add up. More to divide is never less for anybody.",
        "Divide each weight by the divisor in the steps and round; where parties tie, the units from the first to the "
        "last that was given go by the quotients, and equal ones by the order of the parties.",
        _PROPORTION,
        _EXAMPLE,
        _proportional(
            lambda total, weights: divide_by_divisor(total, weights, method),
            lambda found, place: _by_divisor(found, place, rounding),
        ),
    )


def _credit_ledger(
    parties: list[str], total: int, weights: list[int], credits_before: list[int] | None = None
) -> Answer:
    before = [0] * len(parties) if credits_before is None else credits_before
    aligned(parties, weights=weights, credits_before=before)
    found = divide_by_credit(total, weights, before)
    amounts, entitled = found.worked.amounts, found.worked.steps["entitled"]
    said = one_by_one(
        parties,
        lambda place: (
            f"a credit of {say(before[place])} millionths and {say(entitled[place])} more, less "
            f"{say(amounts[place])} × {say(UNIT)}, leaves {say(found.credits[place])}"
        ),
    )
    return Answer(tuple(parties), amounts, total, found.worked.steps, said, _credits(parties, found.credits))


def _credit_reversal(
    parties: list[str], amounts: list[int], credit_change: list[int], credits_before: list[int]
) -> Answer:
    aligned(parties, amounts=amounts, credit_change=credit_change, credits_before=credits_before)
    posted = Worked(tuple(amounts), {"total": sum(amounts), "credit_change": credit_change})
    found = take_back(posted, credits_before)
    said = one_by_one(
        parties,
        lambda place: (
            f"gives back {say(amounts[place])}; its credit goes from {say(credits_before[place])} to "
            f"{say(found.credits[place])} millionths"
        ),
    )
    credits_after = _credits(parties, found.credits)
    return Answer(tuple(parties), found.worked.amounts, -sum(amounts), found.worked.steps, said, credits_after)


def _credit_roster(credits_before: dict[str, int], roster: list[str]) -> Answer:
    found = change_roster(credits_before, roster)
    said = one_by_one(
        roster,
        lambda place: (
            f"a credit of {say(credits_before.get(roster[place], 0))} millionths before, and of "
            f"{say(found.amounts[place])} now"
        ),
    )
    return Answer(tuple(roster), found.amounts, sum(credits_before.values()), found.steps, said)


def _cumulative(parties: list[str], total: int, weights: list[int], before: int) -> Answer:
    aligned(parties, weights=weights)
    found = divide_by_cumulative_webster(total, weights, before)
    told: dict[str, Sequence[int]] = found.steps
    said = one_by_one(
        parties,
        lambda place: (
            f"{say(told['after'][place])} of all units so far, {say(told['before'][place])} before: "
            f"{say(found.amounts[place])}"
        ),
    )
    return Answer(tuple(parties), found.amounts, total, found.steps, said)


def _credits(parties: list[str], amounts: tuple[int, ...]) -> Mapping[str, Any]:
    return {"credits": dict(zip(parties, amounts, strict=True))}


_LEDGER = {
    "parties": ["Newcastle", "Gateshead", "unallocated"],
    "total": 3,
    "weights": [417, 583, 0],
    "credits_before": [-250000, 250000, 0],
}

OPERATIONS = (
    _divisor("sainte_lague", "webster", "Sainte-Laguë, or Webster", "to the nearest whole number"),
    _divisor("dhondt", "dhondt", "D'Hondt, or Jefferson", "down"),
    _divisor("adams", "adams", "Adams", "up"),
    _divisor("huntington_hill", "huntington-hill", "Huntington-Hill", "at the geometric mean of both neighbours"),
    _divisor("dean", "dean", "Dean", "at the harmonic mean of both neighbours"),
    Operation(
        "quota_method",
        "The quota method of Balinski and Young",
        "Divides a total in proportion to weights so that nobody is further than a unit from its exact share, and more "
        "to divide is never less for anybody.",
        "For each party total × weight = floor × whole + remainder; the steps name each unit beyond the floors, at "
        "which number it was given and to which place, counted from 0.",
        _PROPORTION,
        _EXAMPLE,
        _proportional(divide_by_quota, _by_quota),
    ),
    Operation(
        "staircase",
        "Staircase: cumulative shares rounded down",
        "Divides a total in proportion to weights: each party receives the whole units between its two steps of the "
        "cumulative share.",
        "Each stair is total × cumulative weight ÷ sum of the weights, rounded down; each amount is the difference of "
        "two stairs.",
        _PROPORTION,
        _EXAMPLE,
        _proportional(divide_by_staircase, _by_staircase),
    ),
    Operation(
        "credit_ledger",
        "Whole units over many periods, by credit",
        "Divides the whole units of one period so that nobody waits for ever: what a party did not get stays to its "
        "credit, and units go to the largest credit.",
        f"For each place, in millionths: credit before + entitled - amount × {UNIT:,} = credit after; all credits add "
        "up to zero.",
        {**_PROPORTION, "credits_before": _CREDITS},
        _LEDGER,
        _credit_ledger,
    ),
    Operation(
        "credit_reversal",
        "A period of the credit ledger taken back",
        "The exact reverse of a posted period: its amounts and its change of the credits with the other sign, against "
        "the credits of today.",
        "Each amount is the posted one with the other sign; each credit after is the credit before less the posted "
        "change.",
        {
            "parties": PARTIES,
            "amounts": Part("What the period gave each party", Series(Whole())),
            "credit_change": Part(f"How it changed each party's credit, from its steps. {_CREDIT}", Series(Whole())),
            "credits_before": Part("The credits of today; all add up to zero", Series(Whole())),
        },
        {
            "parties": ["Newcastle", "Gateshead", "unallocated"],
            "amounts": [1, 2, 0],
            "credit_change": [251000, -251000, 0],
            "credits_before": [1000, -1000, 0],
        },
        _credit_reversal,
    ),
    Operation(
        "credit_roster",
        "Credits when a party leaves or joins",
        "The credits of a new roster: who is on it no more leaves its credit to the unallocated place, and who joins "
        "begins with zero.",
        "Every credit is the one before, and the unallocated place has that of those who left as well.",
        {
            "credits_before": Part(f"The credits of the old roster, by name. {_CREDIT}", ByName(Whole(), least=1)),
            "roster": Part('The new roster in its order, which ends with "unallocated"', Series(Name(), distinct=True)),
        },
        {
            "credits_before": {"Newcastle": 400000, "Gateshead": -150000, "Darlington": -250000, "unallocated": 0},
            "roster": ["Newcastle", "Gateshead", "Hartlepool", "unallocated"],
        },
        _credit_roster,
    ),
    Operation(
        "cumulative_sainte_lague",
        "Whole units over many periods, by Sainte-Laguë of all so far",
        "Divides the units of one period so that every party then has Sainte-Laguë's share of all that was ever "
        "delivered; for weights that stay the same.",
        "Each amount is the share of all units after the period less that of all units before it.",
        {
            **_PROPORTION,
            "before": Part("Units of all periods before, divided with these same weights", Whole(least=0)),
        },
        {"parties": ["Newcastle", "Gateshead", "Darlington"], "total": 2, "weights": [5, 3, 1], "before": 7},
        _cumulative,
    ),
)
