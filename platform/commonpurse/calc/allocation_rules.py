"""The rules by which a consortium can agree to divide what is delivered.

A rule is agreed before award and kept as JSON, `{"kind": ...}` and what that kind needs. Whatever it is
called, it comes to one thing: the weight of every place of the roster. To add a rule, write a class with
the five members of `Rule` and name it in `RULES`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from commonpurse.calc.quantity import from_smallest, to_smallest
from commonpurse.calc.sentence import Sentence, message

UNALLOCATED = "unallocated"
"""The last place of every roster: what no member can receive is kept here, in sight."""

COMMITTED_BUDGET = "committed_budget"
REQUIRED_QUANTITY = "required_quantity"


class BadRule(ValueError):
    """A rule nobody can agree to. Its text is for the user; `sentence` is for gettext."""

    def __init__(self, msgid: str, field: str, **values: str | int) -> None:
        self.sentence = Sentence(msgid, values)
        self.field = field
        super().__init__(str(self.sentence))


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may look at: the members in roster order, what each weighs, whose area holds the place."""

    members: tuple[str, ...]
    weights: Mapping[str, int]
    holder: str | None


@dataclass(frozen=True, slots=True)
class Rule(ABC):
    """What every allocation rule can say of itself."""

    kind: ClassVar[str]
    basis: ClassVar[str | None] = None
    """Which weights the caller must bring: COMMITTED_BUDGET, REQUIRED_QUANTITY or none."""
    uses_place: ClassVar[bool] = False
    """Whether the caller must say whose area holds the place of delivery."""

    @classmethod
    @abstractmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """The rule of a spec of this kind. Raises BadRule."""

    @abstractmethod
    def spec(self) -> dict[str, Any]:
        """The rule as canonical JSON: rules that mean the same have the same spec."""

    @abstractmethod
    def weigh(self, case: Case) -> list[int]:
        """The weight of each member, then that of the unallocated place."""

    @abstractmethod
    def words(self, names: Mapping[str, str], /) -> Sentence:
        """The rule in words. `names` has what members are called where that is not their key."""


class _Plain(Rule):
    """A rule that is only its kind."""

    __slots__ = ()
    _words: ClassVar[str]

    @classmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """There is nothing but the kind to read."""
        _only(spec, "kind")
        return cls()

    def spec(self) -> dict[str, Any]:
        """The kind."""
        return {"kind": self.kind}

    def words(self, _names: Mapping[str, str], /) -> Sentence:
        """The same for every consortium."""
        return Sentence(self._words)


class Equal(_Plain):
    """Every member counts the same."""

    __slots__ = ()
    kind = "equal"
    _words = message("In equal shares")

    def weigh(self, case: Case) -> list[int]:
        """One each."""
        return [1] * len(case.members) + [0]


class CommittedBudget(_Plain):
    """In proportion to committed budgets, in pence."""

    __slots__ = ()
    kind = "committed_budget"
    basis = COMMITTED_BUDGET
    _words = message("In proportion to the budget each body has committed")

    def weigh(self, case: Case) -> list[int]:
        """The pence brought; a member that is not named has committed nothing."""
        return [case.weights.get(member, 0) for member in case.members] + [0]


class RequiredQuantity(CommittedBudget):
    """In proportion to what each member needs, in smallest units of one measure."""

    __slots__ = ()
    kind = "required_quantity"
    basis = REQUIRED_QUANTITY
    _words = message("In proportion to the quantity each body requires")


class PlaceThenBudget(CommittedBudget):
    """All of it to the member whose area holds the place of delivery; if there is none, by committed budget."""

    __slots__ = ()
    kind = "place_then_budget"
    uses_place = True
    _words = message(
        "To the body whose area holds the place of delivery; where no body's area does, "
        "in proportion to the budget each body has committed"
    )

    def weigh(self, case: Case) -> list[int]:
        """One for the holder and nothing for the others, or the pence brought."""
        if case.holder is None:
            return CommittedBudget.weigh(self, case)
        return [int(member == case.holder) for member in case.members] + [0]


@dataclass(frozen=True, slots=True)
class FixedPercentages(Rule):
    """By percentages written into the agreement, which make exactly 100."""

    kind = "fixed_percentages"
    most_decimals: ClassVar[int] = 6
    percentages: tuple[tuple[str, Decimal], ...]

    @classmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """`percentages` maps members to decimal text: {"gateshead": "41.7", ...}."""
        _only(spec, "kind", "percentages")
        given = spec.get("percentages")
        if not isinstance(given, Mapping) or not given:
            raise BadRule("Enter a percentage for each body", "percentages")
        read = {member: cls._percentage(member, text) for member, text in given.items()}
        total = sum(read.values())
        if total != 100 * 10**cls.most_decimals:
            made = f"{cls._shortest(total):f}"
            raise BadRule("The percentages must add up to 100, but add up to %(total)s", "percentages", total=made)
        return cls(tuple(sorted((member, cls._shortest(millionths)) for member, millionths in read.items())))

    def spec(self) -> dict[str, Any]:
        """Percentages without idle zeros."""
        return {"kind": self.kind, "percentages": {member: f"{percent:f}" for member, percent in self.percentages}}

    def weigh(self, case: Case) -> list[int]:
        """Percentages as whole numbers; that of a body which is not on the roster stays unallocated."""
        finest = max(-int(percent.as_tuple().exponent) for _, percent in self.percentages)
        whole = {member: to_smallest(percent, finest) for member, percent in self.percentages}
        return [whole.pop(member, 0) for member in case.members] + [sum(whole.values())]

    def words(self, names: Mapping[str, str], /) -> Sentence:
        """Each body with its percentage, in the order of their keys."""
        shares = ", ".join(f"{names.get(member, member)} {percent:f}%" for member, percent in self.percentages)
        return Sentence("By fixed percentages: %(shares)s", {"shares": shares})

    @classmethod
    def _percentage(cls, member: object, text: object) -> int:
        if not isinstance(member, str) or not member or not isinstance(text, str | Decimal):
            raise BadRule("Enter each percentage as a number, like 41.7", "percentages")
        try:
            millionths = to_smallest(text, cls.most_decimals)
        except ValueError as error:
            raise BadRule(
                "Enter each percentage as a number with no more than %(decimals)s decimal places, like 41.7",
                "percentages",
                decimals=cls.most_decimals,
            ) from error
        if millionths < 0:
            raise BadRule("A percentage must be 0 or more", "percentages")
        return millionths

    @classmethod
    def _shortest(cls, millionths: int) -> Decimal:
        decimals = cls.most_decimals
        while decimals and millionths % 10 == 0:
            millionths, decimals = millionths // 10, decimals - 1
        return from_smallest(millionths, decimals)


RULES: dict[str, type[Rule]] = {
    rule.kind: rule for rule in (Equal, CommittedBudget, RequiredQuantity, FixedPercentages, PlaceThenBudget)
}
"""Every kind of rule, in the order in which to offer them."""


def parse_rule(spec: object) -> Rule:
    """The rule of a spec.

    Raises:
        BadRule: with a sentence for the user, and the field of the spec it belongs to.

    >>> parse_rule({"kind": "equal"}).spec()
    {'kind': 'equal'}
    """
    if not isinstance(spec, Mapping) or not isinstance(spec.get("kind"), str) or spec["kind"] not in RULES:
        raise BadRule("Select how outcomes are divided", "kind")
    return RULES[spec["kind"]].read(spec)


def describe(rule: Rule, names: Mapping[str, str] | None = None) -> str:
    """The rule in English words; `rule.words(names)` is the same for gettext.

    >>> describe(parse_rule({"kind": "equal"}))
    'In equal shares'
    """
    return str(rule.words(names or {}))


def _only(spec: Mapping[str, Any], *known: str) -> None:
    for field in spec:
        if field not in known:
            raise BadRule("%(unknown)s is not part of this rule", str(field), unknown=str(field))
