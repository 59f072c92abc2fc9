"""A delivered quantity divided among the members of a consortium, with a record that proves it.

The record of a split, its explanation, is plain JSON with everything that is needed to do the sum again by
hand. By largest remainders it holds, for each place of the roster, total x weight = floor x whole + remainder, and who
got one of the units that rounding left; by another rounding it holds the steps of that rule. Where weights
are made of what is recorded, mixed or within bounds, `recorded` has what each basis said. Nothing is dropped: what no
member can receive stands at the last place of every roster, UNALLOCATED. The same arguments give the same bytes for
ever; should a sum ever change, the name of its engine changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonpurse.calc.allocation_rules import (
    CREDIT,
    LARGEST_REMAINDER,
    TIERS,
    UNALLOCATED,
    BadRule,
    Case,
    Rule,
    describe,
    parse_rule,
)
from commonpurse.calc.apportion import Apportionment, apportion
from commonpurse.calc.digest import sha256_hex

__all__ = [
    "CREDIT_ENGINE", "ENGINE", "UNALLOCATED", "BadRule", "Rule", "Split", "credit_change", "describe", "engine_of",
    "parse_rule", "replay", "reverse", "split", "split_again",
]  # fmt: skip

ENGINE = "largest-remainder/1"
"""Name and version of the sum most rules come to; part of every record."""


@dataclass(frozen=True, slots=True)
class Split:
    """One division. `amounts` has one int for each place of `roster`, whose last place is UNALLOCATED."""

    total: int
    roster: tuple[str, ...]
    amounts: tuple[int, ...]
    explanation: dict[str, Any]


def engine_of(rule: Rule) -> str:
    """Name and version of the sum a rule comes to."""
    return f"{rule.rounding.replace('_', '-')}/1"


def split(
    total: int,
    rule: Rule,
    *,
    roster: Sequence[str],
    weights: Mapping[str, int] | None = None,
    bases: Mapping[str, Mapping[str, int]] | None = None,
    holder: str | Mapping[str, str] | None = None,
    credits_before: Mapping[str, int] | None = None,
) -> Split:
    """Divide `total` among the members of `roster` by `rule`.

    Args:
        total: in smallest units of the measure, or pence; below zero for a correction.
        roster: the members in their agreed order, which settles ties; UNALLOCATED may end it or be left out.
        weights: what the one basis of the rule says, each zero or more; a member left out weighs nothing.
        bases: the same for every one of `rule.bases`, where a rule has several.
        holder: the member whose area holds the place of delivery, for a rule that `uses_place`; for one that goes
            `by_tier`, the member that holds it at each tier, where one does.
        credits_before: in millionths of a unit, place by place, for a rule that keeps credits; zero where left out.

    Raises:
        ValueError: if the roster is empty or names anybody twice, if weights, holder or credits name somebody
            else, if the weights the rule cannot do without are missing, a number is no int, or credits do not add
            up to zero.
    """
    members = _members(roster)
    given = {name: dict(bases.get(name) or {}) for name in rule.bases} if bases is not None else {}
    sole = rule.bases[0] if len(rule.bases) == 1 else None
    if weights is not None and sole:
        given[sole] = dict(weights)
    if missing := [name for name in rule.bases if name not in given and not rule.uses_place]:
        raise ValueError(f"{rule.kind} needs weights by {', '.join(missing)}")
    known, named = set(members), {member for weighed in given.values() for member in weighed}
    if weights is not None and not sole:
        named |= weights.keys()
    if strangers := sorted(named - known):
        raise ValueError(f"weights for {', '.join(strangers)}, who are not on the roster")
    case = _case(rule, members, holder, given)
    return _divide(total, rule, case, _held(members, credits_before or {}))


def split_again(
    total: int, explanation: Mapping[str, Any], *, credits_before: Mapping[str, int] | None = None
) -> Split:
    """Another total by the very rule, roster, weights and holder of a record.

    Raises:
        ValueError: if the record is not complete, or what it holds cannot be divided by; if credits name somebody
            who is not on its roster, or do not add up to zero.
    """
    rule, case, _ = _read(explanation)
    return _divide(total, rule, case, _held(case.members, credits_before or {}))


def replay(explanation: Mapping[str, Any]) -> list[int]:
    """The amounts, worked out anew from the explanation alone.

    Raises:
        ValueError: if any part of the explanation is not what its own inputs give: somebody changed it.
    """
    rule, case, credits_before = _read(explanation)
    try:
        again = _divide(explanation["total"], rule, case, credits_before)
    except (KeyError, TypeError) as error:
        raise ValueError("the explanation is not complete") from error
    if again.explanation != explanation or sha256_hex(again.explanation) != sha256_hex(explanation):
        raise ValueError("the explanation does not follow from its own inputs")
    return list(again.amounts)


def reverse(original: Split) -> Split:
    """The exact negative, to take a posted split back.

    Every rule gives -n as the reverse of n (the credits it began with reversed too), so the record can be checked
    like any other.

    Raises:
        ValueError: if the record is not complete, or the stored amounts are not what it gives: somebody changed them.
    """
    rule, case, credits_before = _read(original.explanation)
    negative = _divide(-original.total, rule, case, [-credit for credit in credits_before])
    if negative.amounts != tuple(-amount for amount in original.amounts):
        raise ValueError("the amounts to take back do not follow from their record")
    return negative


def credit_change(explanation: Mapping[str, Any]) -> dict[str, int]:
    """By how much a split changed the credit of each place, in millionths of a unit; empty without credits."""
    if explanation["engine"] != CREDIT_ENGINE:
        return {}
    return dict(zip(explanation["roster"], explanation["steps"]["credit_change"], strict=True))


CREDIT_ENGINE = f"{CREDIT}/1"


def _members(roster: Sequence[str]) -> tuple[str, ...]:
    members = tuple(roster[:-1] if roster and roster[-1] == UNALLOCATED else roster)
    if not members or len(set(members)) != len(members) or UNALLOCATED in members:
        raise ValueError("a roster needs members, each named once, and may end with the unallocated place")
    return members


def _case(
    rule: Rule, members: tuple[str, ...], holder: str | Mapping[str, str] | None, bases: dict[str, dict[str, int]]
) -> Case:
    """What the rule looks at, with nothing of the place that it does not ask for."""
    by_tier = isinstance(holder, Mapping)
    held = dict(holder) if isinstance(holder, Mapping) else {} if holder is None else {"": holder}
    if strangers := sorted(set(held.values()) - set(members)):
        raise ValueError(f"{', '.join(strangers)} holds the place but is not on the roster")
    if rule.uses_place and held and by_tier != rule.by_tier:
        raise ValueError(f"{rule.kind} asks who holds {'each tier of ' if rule.by_tier else ''}the place")
    if strange := sorted(held.keys() - TIERS.keys()) if rule.by_tier else []:
        raise ValueError(f"{', '.join(strange)} is no tier of place")
    if rule.by_tier:
        return Case(members, None, bases, tuple(sorted(held.items())))
    return Case(members, held.get("") if rule.uses_place else None, bases)


def _held(members: Sequence[str], credits_before: Mapping[str, int]) -> list[int]:
    """The credit of every place of the roster."""
    places = (*members, UNALLOCATED)
    if strangers := sorted(credits_before.keys() - set(places)):
        raise ValueError(f"credits for {', '.join(strangers)}, who are not on the roster")
    return [credits_before.get(place, 0) for place in places]


def _read(explanation: Mapping[str, Any]) -> tuple[Rule, Case, list[int]]:
    """The rule of a record, what it looked at, and the credits it began with."""
    try:
        rule, (*members, _) = parse_rule(explanation["rule"]), explanation["roster"]
        holder = None if rule.by_tier else explanation["holder"]
        tiers = tuple(sorted(explanation["holder"].items())) if rule.by_tier else ()
        keeps_credits = explanation["engine"] == CREDIT_ENGINE
        credits_before = explanation["credits_before"] if keeps_credits else [0] * (len(members) + 1)
        recorded = dict(explanation.get("recorded", {}))
        if rule.weighs_as_recorded and rule.basis and holder is None:
            recorded[rule.basis] = explanation["weights"][:-1]
        bases = {basis: dict(zip(members, weights, strict=True)) for basis, weights in recorded.items()}
        return rule, Case(tuple(members), holder, bases, tiers), list(credits_before)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the explanation is not complete") from error


def _divide(total: int, rule: Rule, case: Case, credits_before: Sequence[int]) -> Split:
    weights, roster = rule.weigh(case), [*case.members, UNALLOCATED]
    holder = dict(case.tiers) if rule.by_tier else case.holder
    inputs: dict[str, Any] = {"roster": roster, "weights": weights, "holder": holder, "total": total}
    if rule.bases and not rule.weighs_as_recorded:
        inputs["recorded"] = {basis: case.recorded(basis) for basis in rule.bases}
    if rule.rounding == LARGEST_REMAINDER:
        steps = apportion(total, weights)
        return _record(rule, inputs, steps.amounts, _largest_remainder(steps))
    from commonpurse.calc.rounding import round_shares  # Most consortia keep to largest remainders.

    worked = round_shares(rule.rounding, total, weights, credits_before)
    if rule.rounding == CREDIT:
        inputs["credits_before"] = list(credits_before)
    steps_of_rule = {"whole": sum(weights), "amounts": list(worked.amounts), "steps": worked.steps}
    return _record(rule, inputs, worked.amounts, steps_of_rule)


def _largest_remainder(steps: Apportionment) -> dict[str, Any]:
    return {
        "whole": sum(steps.weights),
        "floors": list(steps.floors),
        "remainders": list(steps.remainders),
        "extra_unit": list(steps.extra),
    }


def _record(rule: Rule, inputs: dict[str, Any], amounts: tuple[int, ...], steps: dict[str, Any]) -> Split:
    spec, engine = rule.spec(), engine_of(rule)
    explanation = {
        "engine": engine,
        "rule": spec,
        "rule_digest": sha256_hex(spec),
        **inputs,
        "input_digest": sha256_hex({"engine": engine, "rule": spec, **inputs}),
        **steps,
        "output_digest": sha256_hex(list(amounts)),
    }
    return Split(inputs["total"], tuple(inputs["roster"]), amounts, explanation)
