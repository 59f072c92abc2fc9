"""A rule made of others: so many percent of every total by one, so many by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from commonpurse.calc.allocation_rules.fixed import FixedPercentages
from commonpurse.calc.allocation_rules.plain import CommittedBudget, Equal, Need, Population, RequiredQuantity
from commonpurse.calc.allocation_rules.recorded import RecordedWeights
from commonpurse.calc.allocation_rules.rule import (
    PARTS,
    WHOLE_PERCENT,
    BadRule,
    Case,
    Rule,
    only,
    percent_in_millionths,
    shortest_percent,
)
from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.sentence import Sentence

MOST_LEGS = 5
LEGS: dict[str, type[Rule]] = {
    rule.kind: rule
    for rule in (Equal, CommittedBudget, RequiredQuantity, Population, Need, RecordedWeights, FixedPercentages)
}
"""The rules that can be part of another. One that goes by place needs the whole of an outcome."""


@dataclass(frozen=True, slots=True)
class Hybrid(Rule):
    """Percentages of every total, which make exactly 100, each by a rule of its own.

    Each leg has its percentage of PARTS, divided by its own rule; what a place has of all legs is its weight. So
    there is one rounding to units, not one for each leg, and what it rounds is the agreed mixture but for less than
    a part of PARTS for each leg.
    """

    kind = "hybrid"
    legs: tuple[tuple[Decimal, Rule], ...]

    @property
    def bases(self) -> tuple[str, ...]:
        """Those of all legs, each once."""
        return tuple(dict.fromkeys(basis for _, rule in self.legs for basis in rule.bases))

    @classmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """`legs` is a list of {"percent": "50", "rule": {...}}."""
        only(spec, "kind", "legs")
        given = spec.get("legs")
        if not isinstance(given, list) or not 2 <= len(given) <= MOST_LEGS:
            raise BadRule("Choose between 2 and %(most)s parts for a mixed rule", "legs", most=MOST_LEGS)
        legs = tuple(_leg(leg) for leg in given)
        total = sum(millionths for millionths, _ in legs)
        if total != WHOLE_PERCENT:
            made = f"{shortest_percent(total):f}"
            raise BadRule("The percentages must add up to 100, but add up to %(total)s", "legs", total=made)
        if len({str(rule.spec()) for _, rule in legs}) != len(legs):
            raise BadRule("Each part of a mixed rule must go by something else", "legs")
        return cls(tuple((shortest_percent(millionths), rule) for millionths, rule in legs))

    def own_spec(self) -> dict[str, Any]:
        """The legs in the order in which they were agreed."""
        return {
            "kind": self.kind,
            "legs": [{"percent": f"{percent:f}", "rule": rule.spec()} for percent, rule in self.legs],
        }

    def own_weights(self, case: Case) -> list[int]:
        """What each place has of PARTS."""
        percents = [percent_in_millionths(percent, "legs") for percent, _ in self.legs]
        parts = largest_remainder(PARTS, percents)
        shares = [largest_remainder(part, rule.weigh(case)) for part, (_, rule) in zip(parts, self.legs, strict=True)]
        return [sum(column) for column in zip(*shares, strict=True)]

    def own_words(self, names: Mapping[str, str], /) -> Sentence:
        """Every leg with its percentage."""
        first, *others = ({"percent": f"{percent:f}", "rule": rule.words(names)} for percent, rule in self.legs)
        said = Sentence("%(percent)s%% of a total: %(rule)s", first)
        for values in others:
            said = Sentence("%(before)s. %(percent)s%% of a total: %(rule)s", {"before": said, **values})
        return said


def _leg(leg: object) -> tuple[int, Rule]:
    if not isinstance(leg, Mapping) or leg.keys() != {"percent", "rule"} or not isinstance(leg["rule"], Mapping):
        raise BadRule("Each part of a mixed rule needs a percentage and a rule", "legs")
    spec = leg["rule"]
    if not isinstance(spec.get("kind"), str) or spec["kind"] not in LEGS:
        raise BadRule("A mixed rule cannot have a part of this kind", "legs")
    millionths = percent_in_millionths(leg["percent"], "legs")
    if not millionths:
        raise BadRule("Each part of a mixed rule must have more than 0%%", "legs")
    return millionths, LEGS[spec["kind"]].read(spec)
