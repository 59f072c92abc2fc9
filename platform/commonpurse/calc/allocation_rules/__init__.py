"""The rules by which a consortium can agree to divide what is delivered.

A rule is agreed before award and kept as JSON, `{"kind": ...}`, what that kind needs, and the settings that any rule
may have: `rounding`, `floor` and `cap`. Whatever it is called, it comes to the weight of every place of the roster and
a way to round. To add a rule, write a class with the four methods of `Rule` and name it in `RULES`.
"""

from collections.abc import Mapping

from commonpurse.calc.allocation_rules.fixed import FixedPercentages
from commonpurse.calc.allocation_rules.hybrid import Hybrid
from commonpurse.calc.allocation_rules.plain import (
    CommittedBudget,
    Equal,
    Need,
    PlaceThenBudget,
    Population,
    RequiredQuantity,
)
from commonpurse.calc.allocation_rules.recorded import RecordedWeights
from commonpurse.calc.allocation_rules.rule import (
    BASES,
    COMMITTED_BUDGET,
    CREDIT,
    LARGEST_REMAINDER,
    NEED,
    POPULATION,
    REQUIRED_QUANTITY,
    ROUNDINGS,
    UNALLOCATED,
    BadRule,
    Case,
    Rule,
)
from commonpurse.calc.allocation_rules.tiers import TIERS, Tiers

__all__ = [
    "BASES", "COMMITTED_BUDGET", "CREDIT", "LARGEST_REMAINDER", "NEED", "POPULATION", "REQUIRED_QUANTITY", "ROUNDINGS",
    "RULES", "TIERS", "UNALLOCATED", "BadRule", "Case", "FixedPercentages", "Hybrid", "RecordedWeights", "Rule",
    "Tiers", "describe", "parse_rule",
]  # fmt: skip

RULES: dict[str, type[Rule]] = {
    rule.kind: rule
    for rule in (
        Equal,
        CommittedBudget,
        RequiredQuantity,
        Population,
        Need,
        RecordedWeights,
        FixedPercentages,
        PlaceThenBudget,
        Tiers,
        Hybrid,
    )
}
"""Every kind of rule, in the order in which to offer them."""

SETTINGS = ("rounding", "floor", "cap")


def parse_rule(spec: object) -> Rule:
    """The rule of a spec.

    Raises:
        BadRule: with a sentence for the user, and the field of the spec it belongs to.

    >>> parse_rule({"kind": "equal"}).spec()
    {'kind': 'equal'}
    """
    if not isinstance(spec, Mapping) or not isinstance(spec.get("kind"), str) or spec["kind"] not in RULES:
        raise BadRule("Select how outcomes are divided", "kind")
    own = {name: value for name, value in spec.items() if name not in SETTINGS}
    settings = {name: value for name, value in spec.items() if name in SETTINGS}
    return RULES[spec["kind"]].read(own).with_settings(settings)


def describe(rule: Rule, names: Mapping[str, str] | None = None) -> str:
    """The rule in English words; `rule.words(names)` is the same for gettext.

    >>> describe(parse_rule({"kind": "equal", "rounding": "adams"}))
    "In equal shares, rounded by Adams's method"
    """
    return str(rule.words(names or {}))
