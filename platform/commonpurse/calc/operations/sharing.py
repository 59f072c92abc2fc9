"""A total divided in proportion, and by the rules a consortium can agree."""

from typing import Any

from commonpurse.calc import allocation
from commonpurse.calc.allocation_rules import BASES, ROUNDINGS, RULES, TIERS, UNALLOCATED, BadRule, Rule
from commonpurse.calc.allocation_rules.hybrid import LEGS, MOST_LEGS
from commonpurse.calc.allocation_rules.recorded import basis_of
from commonpurse.calc.apportion import apportion
from commonpurse.calc.explain import explain
from commonpurse.calc.operations.fields import (
    PARTIES,
    ByName,
    Choice,
    Field,
    Name,
    OrNothing,
    Part,
    Record,
    Schema,
    Series,
    Whole,
)
from commonpurse.calc.operations.operation import MOST_NAMED, Answer, Operation, aligned, one_by_one
from commonpurse.calc.operations.problem import BadProblem
from commonpurse.calc.quantity import say

TOTAL = Part("What is divided, in smallest units such as pence; below zero to take something back", Whole())
WEIGHTS = Part("What each party weighs, in the order of the parties; one must be above zero", Series(Whole(least=0)))


def _largest_remainder(parties: list[str], total: int, weights: list[int]) -> Answer:
    aligned(parties, weights=weights)
    found = apportion(total, weights)
    whole, one = sum(weights), -1 if total < 0 else 1
    spare = one * sum(found.extra)

    def told(place: int) -> str:
        share = exact_share(total, weights[place], whole, found.floors[place], found.remainders[place])
        left = f"; rounding left {say(spare)}, and one of that makes {say(found.floors[place] + one)}"
        return share + left if found.extra[place] else share

    return Answer(
        tuple(parties),
        found.amounts,
        total,
        {
            "weights": weights,
            "whole": whole,
            "floors": list(found.floors),
            "remainders": list(found.remainders),
            "extra_unit": list(found.extra),
        },
        one_by_one(parties, told),
    )


def exact_share(total: int, weight: int, whole: int, floor: int, remainder: int) -> str:
    """What a weight is entitled to, as a sum."""
    return f"{say(total)} × {say(weight)} ÷ {say(whole)} = {say(floor)} and {say(remainder)}/{say(whole)}"


LARGEST_REMAINDER = Operation(
    "largest_remainder",
    "Largest remainder (Hamilton's method)",
    "Divides a total in proportion to weights: exact shares are rounded down, and the units that are left go one each "
    "to the largest remainders.",
    "For each party total × weight = floor × whole + remainder; whoever has an extra unit received one of those left.",
    {"parties": PARTIES, "total": TOTAL, "weights": WEIGHTS},
    {
        "parties": ["Sedgemoor", "Taunton Deane", "West Somerset"],
        "total": 123456,
        "weights": [4576, 1095, 1163],
    },
    _largest_remainder,
)


_OWN = {
    "percentages": Part(
        'For fixed_percentages: percentages by party, as decimal text such as "41.7", that add up to 100',
        ByName(Name(), least=1),
        optional=True,
    ),
    "basis": Part("For recorded_weights: what the parties call the numbers they agreed", Name(), optional=True),
}
_SHARES = Record(
    {tier: Part(f"The percentage of the {tier}, as decimal text", Name(), optional=True) for tier in TIERS}
)
_LEG = Record(
    {
        "percent": Part('Its percentage of every total, as decimal text such as "50"', Name()),
        "rule": Part("Its rule", Record({"kind": Part("The kind of rule", Choice(tuple(LEGS))), **_OWN})),
    }
)
_BOUND = "as decimal text: a percentage of every total"
_RULE = Record(
    {
        "kind": Part("The kind of rule", Choice(tuple(RULES))),
        **_OWN,
        "shares": Part("For tiers: percentages by tier of place that add up to 100", _SHARES, optional=True),
        "legs": Part("For hybrid: its parts, which add up to 100", Series(_LEG, most=MOST_LEGS), optional=True),
        "rounding": Part("How exact shares become whole units", Choice(tuple(ROUNDINGS)), optional=True),
        "floor": Part(f"What each party is sure of, {_BOUND}", Name(), optional=True),
        "cap": Part(f"What each party receives at most, {_BOUND}", Name(), optional=True),
    }
)


class RuleSpec(Field):
    """A rule of allocation as JSON; the rule itself says what else belongs to its kind."""

    def read(self, value: Any, path: str) -> Rule:
        """The rule."""
        try:
            return allocation.parse_rule(_RULE.read(value, path))
        except BadRule as error:
            raise BadProblem(str(error), f"{path}.{error.field}") from error

    def schema(self) -> Schema:
        """An object with the kind and what it needs."""
        return _RULE.schema()


def _allocation(
    parties: list[str],
    total: int,
    rule: Rule,
    tiers: dict[str, str] | None = None,
    recorded: dict[str, dict[str, int]] | None = None,
    **given: Any,
) -> Answer:
    if recorded is not None:
        named = {basis_of(name): weights for name, weights in recorded.items()}
        given["bases"] = {**(given.get("bases") or {}), **named}
    if tiers is not None:
        if given.get("holder") is not None:
            raise BadProblem("cannot be given beside a holder", "tiers")
        given["holder"] = tiers
    found = allocation.split(total, rule, roster=parties, **given)
    said = [
        f"{place}: {'. '.join(map(str, explain(found.explanation, place)[1:]))}." for place in found.roster[:MOST_NAMED]
    ]
    return Answer(found.roster, found.amounts, total, found.explanation, (f"{allocation.describe(rule)}.", *said))


_WEIGHTS_BY_NAME = ByName(Whole(least=0))

ALLOCATION = Operation(
    "allocation",
    "A rule that a consortium agreed",
    "Divides a delivered quantity by one of the rules a consortium can agree, as statements do; what no member can "
    f"receive stands at the last place, {UNALLOCATED}.",
    "By largest remainders, for each place total × weight = floor × whole + remainder, and whoever has an extra unit "
    "received one of those left; by another rounding the steps are those of its own operation. For tiers of place, "
    "holder says who held which. The digests are SHA-256 of canonical JSON.",
    {
        "parties": PARTIES,
        "total": TOTAL,
        "rule": Part("The rule", RuleSpec()),
        "weights": Part(
            "What the rule weighs by, for each party that has any: pence of budget, or smallest units of the quantity",
            _WEIGHTS_BY_NAME,
            optional=True,
        ),
        "bases": Part(
            f"The same for a rule that weighs by several: {', '.join(BASES)}",
            Record({basis: Part("What each party weighs by it", _WEIGHTS_BY_NAME, optional=True) for basis in BASES}),
            optional=True,
        ),
        "recorded": Part(
            "The same for recorded_weights: by the name of the basis, what each party weighs",
            ByName(_WEIGHTS_BY_NAME),
            optional=True,
        ),
        "holder": Part("The party whose area holds the place of delivery", OrNothing(Name()), optional=True),
        "tiers": Part(
            "For tiers: the party that holds the place of delivery at each tier, where one does",
            Record({tier: Part(f"The party whose {tier} holds it", Name(), optional=True) for tier in TIERS}),
            optional=True,
        ),
        "credits_before": Part(
            "For rounding by credit: what each place is still owed, in millionths of a unit; all add up to zero",
            ByName(Whole()),
            optional=True,
        ),
    },
    {
        "parties": ["Newcastle", "Gateshead", "Darlington"],
        "total": 1000,
        "rule": {"kind": "committed_budget"},
        "weights": {"Newcastle": 41700, "Gateshead": 33300, "Darlington": 25000},
    },
    _allocation,
)

OPERATIONS = (LARGEST_REMAINDER, ALLOCATION)
