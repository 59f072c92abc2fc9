"""Percentages for the tiers of place: so much to the district that holds it, so much to the county, and so on."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from commonpurse.calc.allocation_rules.rule import (
    WHOLE_PERCENT,
    BadRule,
    Case,
    Rule,
    only,
    percent_in_millionths,
    shortest_percent,
)
from commonpurse.calc.quantity import to_smallest
from commonpurse.calc.sentence import Sentence, message

TIERS = {
    "district": message("%(percent)s%% to the district of the place of delivery"),
    "county": message("%(percent)s%% to its county"),
    "combined_authority": message("%(percent)s%% to its combined authority"),
    "region": message("%(percent)s%% to its region"),
    "nation": message("%(percent)s%% to its nation"),
}
"""The tiers of place, from the smallest, and what a share of one says."""


@dataclass(frozen=True, slots=True)
class Tiers(Rule):
    """Percentages for tiers of place, which make exactly 100.

    The holder of a tier weighs its percentage; what a body holds of several tiers is added. The percentage of a tier
    at which nobody holds the place stays unallocated.
    """

    kind = "tiers"
    uses_place = True
    by_tier = True
    shares: tuple[tuple[str, Decimal], ...]

    @classmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """`shares` maps tiers to decimal text: {"district": "60", "county": "30", "combined_authority": "10"}."""
        only(spec, "kind", "shares")
        given = spec.get("shares")
        if not isinstance(given, Mapping) or not given or not all(tier in TIERS for tier in given):
            raise BadRule("Enter a percentage for each tier of place", "shares")
        read = {tier: percent_in_millionths(given[tier], "shares") for tier in TIERS if tier in given}
        if not all(read.values()):
            raise BadRule("Each tier of place must have more than 0%%", "shares")
        total = sum(read.values())
        if total != WHOLE_PERCENT:
            made = f"{shortest_percent(total):f}"
            raise BadRule("The percentages must add up to 100, but add up to %(total)s", "shares", total=made)
        return cls(tuple((tier, shortest_percent(millionths)) for tier, millionths in read.items()))

    def own_spec(self) -> dict[str, Any]:
        """Percentages without idle zeros, from the smallest tier."""
        return {"kind": self.kind, "shares": {tier: f"{percent:f}" for tier, percent in self.shares}}

    def own_weights(self, case: Case) -> list[int]:
        """Percentages as whole numbers, each for whoever holds its tier; the others are unallocated."""
        finest = max(-int(percent.as_tuple().exponent) for _, percent in self.shares)
        held, places = dict(case.tiers), {member: at for at, member in enumerate(case.members)}
        weights = [0] * (len(case.members) + 1)
        for tier, percent in self.shares:
            weights[places.get(held.get(tier, ""), -1)] += to_smallest(percent, finest)
        return weights

    def own_words(self, _names: Mapping[str, str], /) -> Sentence:
        """Every tier with its percentage, from the smallest."""
        first, *others = (Sentence(TIERS[tier], {"percent": f"{percent:f}"}) for tier, percent in self.shares)
        said = Sentence("By tiers of place: %(share)s", {"share": first})
        for share in others:
            said = Sentence("%(before)s, %(share)s", {"before": said, "share": share})
        return said
