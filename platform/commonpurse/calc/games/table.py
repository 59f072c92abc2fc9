"""A game: what every group of the members would pay, or save, on its own, in whole pence.

Members are known by their place in the roster, from 0. A group is a bit mask: bit i stands for member i.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from commonpurse.calc.worked import Worked, exact, whole_units

MOST_MEMBERS = 16
"""A table has 2**members values: 65,536 at the most."""


class Kind(StrEnum):
    """Whether the values of a game are paid or received."""

    COST = "cost"
    SAVING = "saving"


@dataclass(frozen=True, slots=True)
class Game:
    """A game by its table: `values[mask]` is the value of the group `mask`; that of nobody is nil."""

    kind: Kind
    values: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse a table that is no game."""
        if type(self.kind) is not Kind:
            raise ValueError("a game is one of costs or of savings")
        if any(type(value) is not int for value in self.values):
            raise ValueError("every value must be an int, in pence")
        count = len(self.values)
        if count not in {1 << members for members in range(1, MOST_MEMBERS + 1)}:
            raise ValueError(f"a table has 2, 4, 8 ... {1 << MOST_MEMBERS} values, one for each group, not {count}")
        if self.values[0]:
            raise ValueError("the group without members must have the value 0")

    @property
    def members(self) -> int:
        """How many members there are."""
        return len(self.values).bit_length() - 1

    @property
    def everybody(self) -> int:
        """The mask of all members."""
        return len(self.values) - 1

    @property
    def total(self) -> int:
        """The value of all members together: what is divided."""
        return self.values[-1]

    @property
    def alone(self) -> tuple[int, ...]:
        """What each member has on its own."""
        return tuple(self.values[1 << place] for place in range(self.members))

    @property
    def separable(self) -> tuple[int, ...]:
        """What each member adds to all the others."""
        return tuple(self.total - self.values[self.everybody ^ 1 << place] for place in range(self.members))

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is: times this, a game is one of gains."""
        return 1 if self.kind is Kind.SAVING else -1


def subset_sums(amounts: Sequence[int]) -> list[int]:
    """The sum of the amounts of every group, by bit mask.

    >>> subset_sums([1, 10, 100])
    [0, 1, 10, 11, 100, 101, 110, 111]
    """
    sums = [0]
    for amount in amounts:
        sums += [sum_ + amount for sum_ in sums]
    return sums


def places(mask: int) -> list[int]:
    """The members of a group, by place.

    >>> places(0b1101)
    [0, 2, 3]
    """
    return [place for place in range(mask.bit_length()) if mask >> place & 1]


def answer(rule: str, kind: Kind, shares: Sequence[Fraction], steps: dict[str, Any]) -> Worked:
    """Exact shares in whole pence, with the steps of the rule that found them."""
    told = {"rule": rule, "kind": kind.value, "shares": [exact(share) for share in shares]}
    return Worked(whole_units(shares), told | steps)
