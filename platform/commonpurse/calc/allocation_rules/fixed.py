"""Percentages written into the agreement."""

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
from commonpurse.calc.sentence import Sentence


@dataclass(frozen=True, slots=True)
class FixedPercentages(Rule):
    """By percentages written into the agreement, which make exactly 100."""

    kind = "fixed_percentages"
    percentages: tuple[tuple[str, Decimal], ...]

    @classmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """`percentages` maps members to decimal text: {"gateshead": "41.7", ...}."""
        only(spec, "kind", "percentages")
        given = spec.get("percentages")
        if not isinstance(given, Mapping) or not given:
            raise BadRule("Enter a percentage for each body", "percentages")
        read = {member: _percentage(member, text) for member, text in given.items()}
        total = sum(read.values())
        if total != WHOLE_PERCENT:
            made = f"{shortest_percent(total):f}"
            raise BadRule("The percentages must add up to 100, but add up to %(total)s", "percentages", total=made)
        return cls(tuple(sorted((member, shortest_percent(millionths)) for member, millionths in read.items())))

    def own_spec(self) -> dict[str, Any]:
        """Percentages without idle zeros."""
        return {"kind": self.kind, "percentages": {member: f"{percent:f}" for member, percent in self.percentages}}

    def own_weights(self, case: Case) -> list[int]:
        """Percentages as whole numbers; that of a body which is not on the roster stays unallocated."""
        finest = max(-int(percent.as_tuple().exponent) for _, percent in self.percentages)
        whole = {member: to_smallest(percent, finest) for member, percent in self.percentages}
        return [whole.pop(member, 0) for member in case.members] + [sum(whole.values())]

    def own_words(self, names: Mapping[str, str], /) -> Sentence:
        """Each body with its percentage, in the order of their keys."""
        shares = ", ".join(f"{names.get(member, member)} {percent:f}%" for member, percent in self.percentages)
        return Sentence("By fixed percentages: %(shares)s", {"shares": shares})


def _percentage(member: object, text: object) -> int:
    if not isinstance(member, str) or not member:
        raise BadRule("Enter each percentage as a number, like 41.7", "percentages")
    return percent_in_millionths(text, "percentages")
