"""A delivered quantity divided among the members of a consortium, with a record that proves it.

The record of a split, its explanation, is plain JSON with everything that is needed to do the sum again by
hand: for each place of the roster total x weight = floor x whole + remainder, and who got one of the units
that rounding left. Nothing is dropped: what no member can receive stands at the last place of every
roster, UNALLOCATED. The same arguments give the same bytes for ever; should the sum ever change, ENGINE changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonpurse.calc.allocation_rules import UNALLOCATED, BadRule, Case, Rule, describe, parse_rule
from commonpurse.calc.apportion import Apportionment, apportion
from commonpurse.calc.digest import sha256_hex

__all__ = [
    "ENGINE", "UNALLOCATED", "BadRule", "Rule", "Split", "describe", "parse_rule", "replay", "reverse", "split",
]  # fmt: skip

ENGINE = "largest-remainder/1"
"""Name and version of the sum; part of every record."""


@dataclass(frozen=True, slots=True)
class Split:
    """One division. `amounts` has one int for each place of `roster`, whose last place is UNALLOCATED."""

    total: int
    roster: tuple[str, ...]
    amounts: tuple[int, ...]
    explanation: dict[str, Any]

    def share_of(self, place: str) -> int:
        """What a member, or UNALLOCATED, receives. Raises ValueError if it is not on the roster."""
        return self.amounts[self.roster.index(place)]


def split(
    total: int,
    rule: Rule,
    *,
    roster: Sequence[str],
    weights: Mapping[str, int] | None = None,
    holder: str | None = None,
) -> Split:
    """Divide `total` among the members of `roster` by `rule`.

    Args:
        total: in smallest units of the measure, or pence; below zero for a correction.
        roster: the members in their agreed order, which settles ties; UNALLOCATED may end it or be left out.
        weights: what `rule.basis` asks for, each zero or more; a member left out weighs nothing.
        holder: the member whose area holds the place of delivery, for a rule that `uses_place`.

    Raises:
        ValueError: if the roster is empty or names anybody twice, if weights or holder name somebody
            else, if the weights the rule cannot do without are missing, or a number is no int.
    """
    members = _members(roster)
    if rule.basis and weights is None and not rule.uses_place:
        raise ValueError(f"{rule.kind} needs weights")
    given = weights or {}
    if strangers := sorted(given.keys() - set(members)):
        raise ValueError(f"weights for {', '.join(strangers)}, who are not on the roster")
    if holder is not None and holder not in members:
        raise ValueError(f"{holder} holds the place but is not on the roster")
    case = Case(members, given, holder if rule.uses_place else None)
    return _record(rule, case, apportion(total, _weigh(rule, case)))


def replay(explanation: Mapping[str, Any]) -> list[int]:
    """The amounts, worked out anew from the explanation alone.

    Raises:
        ValueError: if any part of the explanation is not what its own inputs give: somebody changed it.
    """
    try:
        rule, (*members, _) = parse_rule(explanation["rule"]), explanation["roster"]
        weights = dict(zip(explanation["roster"], explanation["weights"], strict=True))
        case = Case(tuple(members), weights, explanation["holder"])
        again = _record(rule, case, apportion(explanation["total"], _weigh(rule, case)))
    except (KeyError, TypeError) as error:
        raise ValueError("the explanation is not complete") from error
    if again.explanation != explanation or sha256_hex(again.explanation) != sha256_hex(explanation):
        raise ValueError("the explanation does not follow from its own inputs")
    return list(again.amounts)


def reverse(original: Split) -> Split:
    """The exact negative, to take a posted split back. It is copied, never worked out anew."""
    record = original.explanation
    negative = Apportionment(
        total=-original.total,
        weights=tuple(record["weights"]),
        floors=tuple(-floor for floor in record["floors"]),
        remainders=tuple(-remainder for remainder in record["remainders"]),
        extra=tuple(record["extra_unit"]),
    )
    return _record(parse_rule(record["rule"]), Case(original.roster[:-1], {}, record["holder"]), negative)


def _members(roster: Sequence[str]) -> tuple[str, ...]:
    members = tuple(roster[:-1] if roster and roster[-1] == UNALLOCATED else roster)
    if not members or len(set(members)) != len(members) or UNALLOCATED in members:
        raise ValueError("a roster needs members, each named once, and may end with the unallocated place")
    return members


def _weigh(rule: Rule, case: Case) -> list[int]:
    """The weight of every place; where no place has any, the unallocated one receives all."""
    weights = rule.weigh(case)
    return weights if any(weights) else [*weights[:-1], 1]


def _record(rule: Rule, case: Case, steps: Apportionment) -> Split:
    spec, roster = rule.spec(), [*case.members, UNALLOCATED]
    inputs = {"roster": roster, "weights": list(steps.weights), "holder": case.holder, "total": steps.total}
    explanation = {
        "engine": ENGINE,
        "rule": spec,
        "rule_digest": sha256_hex(spec),
        **inputs,
        "input_digest": sha256_hex({"engine": ENGINE, "rule": spec, **inputs}),
        "whole": sum(steps.weights),
        "floors": list(steps.floors),
        "remainders": list(steps.remainders),
        "extra_unit": list(steps.extra),
        "output_digest": sha256_hex(list(steps.amounts)),
    }
    return Split(steps.total, tuple(roster), steps.amounts, explanation)
