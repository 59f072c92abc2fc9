"""Rules that are only their kind: every member weighs the same, or what a recorded basis says."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from commonpurse.calc.allocation_rules.rule import (
    COMMITTED_BUDGET,
    NEED,
    POPULATION,
    REQUIRED_QUANTITY,
    Case,
    Rule,
    only,
)
from commonpurse.calc.sentence import Sentence, message


class _Plain(Rule):
    """A rule that is only its kind."""

    __slots__ = ()
    _words: ClassVar[str]

    @classmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """There is nothing but the kind to read."""
        only(spec, "kind")
        return cls()

    def own_spec(self) -> dict[str, Any]:
        """The kind."""
        return {"kind": self.kind}

    def own_words(self, _names: Mapping[str, str], /) -> Sentence:
        """The same for every consortium."""
        return Sentence(self._words)


class Equal(_Plain):
    """Every member counts the same."""

    __slots__ = ()
    kind = "equal"
    _words = message("In equal shares")

    def own_weights(self, case: Case) -> list[int]:
        """One each."""
        return [1] * len(case.members) + [0]


class _Recorded(_Plain):
    """In proportion to what is recorded for each member."""

    __slots__ = ()

    def own_weights(self, case: Case) -> list[int]:
        """What the basis says."""
        return [*case.recorded(self.basis or ""), 0]


class CommittedBudget(_Recorded):
    """In proportion to committed budgets, in pence."""

    __slots__ = ()
    kind = "committed_budget"
    basis = COMMITTED_BUDGET
    _words = message("In proportion to the budget each body has committed")


class RequiredQuantity(_Recorded):
    """In proportion to what each member needs, in smallest units of one measure."""

    __slots__ = ()
    kind = "required_quantity"
    basis = REQUIRED_QUANTITY
    _words = message("In proportion to the quantity each body requires")


class Population(_Recorded):
    """In proportion to residents."""

    __slots__ = ()
    kind = "population"
    basis = POPULATION
    _words = message("In proportion to the number of people who live in each body's area")


class Need(_Recorded):
    """In proportion to residents times the deprivation score of their area."""

    __slots__ = ()
    kind = "need"
    basis = NEED
    _words = message("In proportion to the people who live in each body's area, weighted by its deprivation score")


class PlaceThenBudget(_Recorded):
    """All of it to the member whose area holds the place of delivery; if there is none, by committed budget."""

    __slots__ = ()
    kind = "place_then_budget"
    basis = COMMITTED_BUDGET
    uses_place = True
    _words = message(
        "To the body whose area holds the place of delivery; where no body's area does, "
        "in proportion to the budget each body has committed"
    )

    def own_weights(self, case: Case) -> list[int]:
        """One for the holder and nothing for the others, or the pence brought."""
        if case.holder is None:
            return _Recorded.own_weights(self, case)
        return [int(member == case.holder) for member in case.members] + [0]
