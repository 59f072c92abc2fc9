"""From gross outcomes to what was added."""

from fractions import Fraction
from typing import Any

from commonpurse.calc.additionality import MOST_YEARS, REDUCTIONS, Case, net_additional, net_by_year
from commonpurse.calc.operations.fields import Part, Ratio, Record, Whole
from commonpurse.calc.operations.operation import Answer, Operation, one_by_one
from commonpurse.calc.quantity import say

_SHARE = Ratio(0, 1)
_MULTIPLIER = Part("Further effects as a factor; without it 1", Ratio(0, 1_000), optional=True)
_MEANT = {
    "deadweight": "The share that would have happened anyway",
    "displacement": "The share that only took the place of the same elsewhere",
    "substitution": "The share that only took the place of other activity",
    "leakage": "The share that went to others than those it was meant for",
    "attribution_to_others": "The share that others brought about",
}
_CASE = {
    "gross": Part("What was counted, in smallest units", Whole()),
    "leakage": Part(_MEANT["leakage"], _SHARE, optional=True),
    "displacement": Part(_MEANT["displacement"], _SHARE, optional=True),
    "substitution": Part(_MEANT["substitution"], _SHARE, optional=True),
    "multiplier": _MULTIPLIER,
}


def _gross_to_net(
    gross: int,
    years: int = 1,
    drop_off: Fraction = Fraction(0),
    multiplier: Fraction = Fraction(1),
    **reductions: Fraction,
) -> Answer:
    found = net_by_year(gross, reductions, years=years, drop_off=drop_off, multiplier=multiplier)
    told = found.steps["years"]
    named = tuple(f"year {year}" for year in range(1, years + 1))
    said = one_by_one(
        named,
        lambda place: (
            f"{told[place]['net']} exactly and {told[place]['cumulative']} in all so far; in whole units "
            f"{say(found.amounts[place])}"
        ),
    )
    return Answer(named, found.amounts, int(Fraction(told[-1]["cumulative"])), found.steps, said)


def _net_additional(intervention: dict[str, Any], reference: dict[str, Any]) -> Answer:
    found = net_additional(Case(**intervention), Case(**reference))
    net_with, net_without = (found.steps[case]["net"] for case in ("intervention", "reference"))
    said = f"{net_with} with it, less {net_without} without it, is {found.steps['net']}"
    return Answer(("net",), found.amounts, int(Fraction(found.steps["net"])), found.steps, (said,))


OPERATIONS = (
    Operation(
        "gross_to_net",
        "From gross to net, year by year",
        "Takes from a gross outcome, one after the other, what would have happened anyway, was displaced or "
        "substituted, leaked away or is due to others, and says what it adds in each year.",
        "Each reduction removes its share of what those before it leave; what has been counted by the end of a year is "
        "the exact net of all years so far, rounded towards zero.",
        {
            "gross": _CASE["gross"],
            **{name: Part(_MEANT[name], _SHARE, optional=True) for name in REDUCTIONS},
            "years": Part(
                f"How long it lasts, the first year included, at most {MOST_YEARS}; without it 1",
                Whole(1, MOST_YEARS),
                optional=True,
            ),
            "drop_off": Part("The share of a year's net that is gone the year after", _SHARE, optional=True),
            "multiplier": _MULTIPLIER,
        },
        {"gross": 120, "deadweight": "25%", "attribution_to_others": "1/3", "years": 3, "drop_off": "0.1"},
        _gross_to_net,
    ),
    Operation(
        "net_additional",
        "Net additional impact: with and without",
        "Compares an intervention with the reference case, that is with what would have been without it.",
        "Each case is its gross × (1 - leakage) × (1 - displacement) × (1 - substitution) × multiplier; the amount is "
        "the difference, rounded towards zero.",
        {
            "intervention": Part("The case with it", Record(_CASE)),
            "reference": Part("The case without it", Record(_CASE)),
        },
        {
            "intervention": {"gross": 200, "leakage": "10%", "displacement": "0.2", "multiplier": "1.1"},
            "reference": {"gross": 50, "leakage": "10%", "displacement": "0.2", "multiplier": "1.1"},
        },
        _net_additional,
    ),
)
