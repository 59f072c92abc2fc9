"""Many quantities divided among the same bodies by one rule.

A quantity is a lot: what was delivered of one measure in one quarter, say. Each lot is divided by itself, as the ledger
divides it, and the shares of all lots are added. Where a rule keeps credits, the lots of one series follow each
other, each beginning with what the one before it left owing.

The exact share of a body is what its weight entitles it to of every lot before anything is rounded, added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from types import MappingProxyType
from typing import Any

from commonpurse.calc.allocation_rules import CREDIT, UNALLOCATED, Case, Rule
from commonpurse.calc.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Lot:
    """A quantity in smallest units, zero or more; whose area holds its place; and what its credits belong to.

    `tiers` says who holds the place at each tier, as pairs.
    """

    name: str | Sentence
    total: int
    holder: str | None = None
    series: str = ""
    tiers: tuple[tuple[str, str], ...] = ()

    def case(self, rule: Rule, roster: tuple[str, ...], bases: Mapping[str, Mapping[str, int]]) -> Case:
        """What a rule looks at: of the place only what it goes by."""
        if rule.by_tier:
            return Case(roster, None, bases, self.tiers)
        return Case(roster, self.holder if rule.uses_place else None, bases)

    def without(self, body: str) -> "Lot":
        """The same quantity at a place of which a body holds nothing."""
        tiers = tuple(pair for pair in self.tiers if pair[1] != body)
        holder = self.holder if self.holder != body else None
        return self if (holder, tiers) == (self.holder, self.tiers) else replace(self, holder=holder, tiers=tiers)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What rules are held against: the lots, the bodies in the order that settles ties, and what they weigh.

    Nothing in it ever changes, so what was found of a scene stays true of it. One is equal to itself only.

    Args:
        bases: what each basis of `allocation_rules.BASES` says of each body; one that is not named weighs nothing.
        names: what bodies are called in sentences, where that is not their key.
        decimals: of the smallest unit, for sentences; "one unit" in them is always the smallest.
    """

    lots: tuple[Lot, ...]
    roster: tuple[str, ...]
    bases: Mapping[str, Mapping[str, int]]
    names: Mapping[str, str] = field(default_factory=dict)
    decimals: int = 0

    def __post_init__(self) -> None:
        """Refuse what nothing can be said of, and hold on to what was given, whatever becomes of that."""
        if not self.roster or len(set(self.roster)) != len(self.roster) or UNALLOCATED in self.roster:
            raise ValueError("a roster needs bodies, each named once, without the unallocated place")
        if any(type(lot.total) is not int or lot.total < 0 for lot in self.lots):
            raise ValueError("quantities must be ints, zero or more")
        bases = {basis: MappingProxyType(dict(weights)) for basis, weights in self.bases.items()}
        object.__setattr__(self, "bases", MappingProxyType(bases))
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))

    @property
    def places(self) -> tuple[str, ...]:
        """The roster and, last, the unallocated place."""
        return (*self.roster, UNALLOCATED)

    @property
    def total(self) -> int:
        """What all lots come to."""
        return sum(lot.total for lot in self.lots)

    def without(self, body: str) -> "Scene":
        """The same quantities, with one body fewer."""
        lots = tuple(lot.without(body) for lot in self.lots)
        bases = {
            basis: {one: weight for one, weight in weights.items() if one != body}
            for basis, weights in self.bases.items()
        }
        return replace(self, lots=lots, roster=tuple(one for one in self.roster if one != body), bases=bases)


@dataclass(frozen=True)
class Division:
    """The lots of a scene divided by one rule.

    `groups` has, for each holder the rule looks at, the weight of each place and the numbers of its lots.
    `amounts` has what each place receives of all lots, `each` what it receives of every lot (rows of numpy integers).
    """

    rule: Rule
    scene: Scene
    groups: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    each: Any
    amounts: tuple[int, ...]

    @cached_property
    def entitled(self) -> tuple[tuple[int, ...], int]:
        """What each place is entitled to of all lots, before anything is rounded, and what all that is counted in."""
        lots = self.scene.lots
        groups = [(weights, sum(lots[number].total for number in numbers)) for weights, numbers in self.groups]
        whole = lcm(*(sum(weights) for weights, _ in groups))
        shares = [0] * len(self.scene.places)
        for weights, total in groups:
            times = total * (whole // sum(weights))
            shares = [share + times * weight for share, weight in zip(shares, weights, strict=True)]
        return tuple(shares), whole

    @cached_property
    def exact(self) -> tuple[Fraction, ...]:
        """The same as fractions of a smallest unit."""
        shares, whole = self.entitled
        return tuple(Fraction(share, whole) for share in shares)

    @cached_property
    def by_figures(self) -> tuple[int, ...]:
        """The numbers of the lots that the rule divides by what is recorded of bodies, and not by their place."""
        lots = self.scene.lots
        if self.rule.by_tier:
            return ()
        if not self.rule.uses_place:
            return tuple(range(len(lots)))
        return tuple(number for number, lot in enumerate(lots) if lot.holder is None)


def divide(rule: Rule, scene: Scene) -> Division:
    """Divide every lot of a scene by itself, and add up."""
    import numpy as np

    groups = tuple(
        (tuple(rule.weigh(scene.lots[numbers[0]].case(rule, scene.roster, scene.bases))), numbers)
        for numbers in _weighed_alike(scene, rule.by_tier, rule.uses_place)
    )
    if rule.rounding == CREDIT:
        followed = [amounts for _, _, amounts, _ in follow_credits(scene, groups)]
        each = np.array(followed, dtype=object).reshape(len(scene.lots), len(scene.places))
    else:
        from commonpurse.calc.rows import divide_rows

        rows = [
            divide_rows(rule.rounding, [scene.lots[n].total for n in numbers], weights) for weights, numbers in groups
        ]
        if len(groups) == 1:
            each = rows[0]
        else:
            each = np.empty((len(scene.lots), len(scene.places)), dtype=object)
            for (_, numbers), found in zip(groups, rows, strict=True):
                each[list(numbers)] = found
    wide = scene.total >= 2**62 and each.dtype != object
    sums = (each.astype(object) if wide else each).sum(axis=0)
    return Division(rule, scene, groups, each, tuple(int(amount) for amount in sums))


# Every rule of a scene asks for it, and scenes never change.
@lru_cache(maxsize=8)
def _weighed_alike(scene: Scene, by_tier: bool, by_place: bool) -> tuple[tuple[int, ...], ...]:
    """The numbers of the lots of each place that a rule tells from others."""
    numbered: dict[Any, list[int]] = {}
    for number, lot in enumerate(scene.lots):
        holder = lot.tiers if by_tier else lot.holder if by_place else None
        numbered.setdefault(holder, []).append(number)
    return tuple(tuple(numbers) for numbers in numbered.values())


def follow_credits(
    scene: Scene, groups: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]
) -> list[tuple[int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    """Every lot with its weights, its amounts and the credits it began with, lot by lot."""
    from commonpurse.calc.credit import divide_by_credit

    weights_of = {number: weights for weights, numbers in groups for number in numbers}
    owed: dict[str, tuple[int, ...]] = {}
    answers = []
    for number, lot in enumerate(scene.lots):
        before = owed.get(lot.series, (0,) * len(scene.places))
        period = divide_by_credit(lot.total, weights_of[number], before)
        owed[lot.series] = period.credits
        answers.append((number, weights_of[number], period.worked.amounts, before))
    return answers
