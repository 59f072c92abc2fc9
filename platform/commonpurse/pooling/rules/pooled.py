"""Needs of several bodies side by side: what can be added, what cannot, and each body's weight."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import gcd, lcm
from uuid import UUID

from msgspec import Struct

from commonpurse.calc import units
from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.quantity import from_smallest

LARGEST_WEIGHT = 10**15
"""Weights add up to this at most, far from the end of a 64-bit column."""

_SHORT, _LONG = 6, 30


class Need(Struct, frozen=True):
    """A requirement line, as far as pooling it goes; `unit` is a code of `calc.units`."""

    line_id: UUID
    organisation_id: UUID
    category_code: str
    description: str
    quantity: Decimal
    unit: str

    @property
    def dimension(self) -> str:
        """What the unit measures."""
        return units.resolve(self.unit).dimension

    @property
    def in_base_units(self) -> Fraction:
        """The quantity in the base unit of its dimension, exactly."""
        return Fraction(self.quantity) * units.resolve(self.unit).factor


class PooledRow(Struct, frozen=True):
    """Needs that add up: one description, one kind of unit. `amounts` holds only bodies that need some of it."""

    unit: str
    amounts: dict[UUID, Decimal]
    total: Decimal


class PooledGroup(Struct, frozen=True):
    """Needs of one category under one description, whatever its case and spacing; a row for each kind of unit."""

    category_code: str
    description: str
    rows: tuple[PooledRow, ...]
    conflicts: tuple[tuple[Need, Need], ...]
    """Pairs of lines, each the first of its kind of unit, that cannot be added."""


class PooledCategory(Struct, frozen=True):
    """All needs of one category: its descriptions, and a sum for each kind of unit that more than one row is in."""

    category_code: str
    groups: tuple[PooledGroup, ...]
    subtotals: tuple[PooledRow, ...]


def pool_categories(needs: Sequence[Need]) -> tuple[PooledCategory, ...]:
    """The needs by category. Subtotals are exact, and of what can be compared only."""
    by_code: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        by_code[need.category_code].append(need)
    return tuple(_category(code, same) for code, same in sorted(by_code.items()))


def _category(code: str, needs: Sequence[Need]) -> PooledCategory:
    groups = pool(needs)
    kinds = _by_kind(needs)
    rows = Counter(units.resolve(row.unit).dimension for group in groups for row in group.rows)
    return PooledCategory(code, groups, tuple(_row(same) for kind, same in kinds.items() if rows[kind] > 1))


def pool(needs: Iterable[Need]) -> tuple[PooledGroup, ...]:
    """The needs by category and description, in that order; nothing is added that cannot be compared."""
    groups: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in needs:
        groups[need.category_code, " ".join(need.description.split()).casefold()].append(need)
    return tuple(_group(same) for _, same in sorted(groups.items()))


def _group(needs: Sequence[Need]) -> PooledGroup:
    kinds = _by_kind(needs)
    first, *others = (same[0] for same in kinds.values())
    return PooledGroup(
        first.category_code,
        first.description,
        tuple(_row(same) for same in kinds.values()),
        tuple((first, other) for other in others),
    )


def _by_kind(needs: Iterable[Need]) -> dict[str, list[Need]]:
    """The needs by what their units measure, in the order in which each kind comes first."""
    kinds: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        kinds[need.dimension].append(need)
    return kinds


def _row(needs: Sequence[Need]) -> PooledRow:
    sums = _sums(needs)
    unit = _unit_for(needs, sums.values())
    amounts = {body: _decimal(amount / unit.factor) for body, amount in sums.items()}
    return PooledRow(unit.code, amounts, _decimal(sum(sums.values(), Fraction(0)) / unit.factor))


def _unit_for(needs: Sequence[Need], sums: Iterable[Fraction]) -> units.Unit:
    """The smallest unit somebody used in which every sum is short, else one in which every sum ends.

    Only the minute and the megajoule are no finite decimal of their base unit, and in them everything ends.
    """
    used = sorted((units.resolve(need.unit) for need in needs), key=lambda unit: unit.factor)
    base = next(unit for unit in units.UNITS if unit.dimension == used[0].dimension and unit.factor == 1)
    amounts = list(sums)
    short = (unit for unit in used if all(_ends(amount / unit.factor, _SHORT) for amount in amounts))
    exact = (unit for unit in (base, *used) if all(_ends(amount / unit.factor, _LONG) for amount in amounts))
    return next(chain(short, exact))


def _ends(amount: Fraction, decimals: int) -> bool:
    """Whether the number has at most so many decimals."""
    return bool((amount * 10**decimals).denominator == 1)


def _decimal(amount: Fraction) -> Decimal:
    """The same number, which ends."""
    decimals = next(few for few in range(_LONG + 1) if _ends(amount, few))
    return from_smallest((amount * 10**decimals).numerator, decimals)


def quantity_weights(needs: Sequence[Need]) -> dict[UUID, int]:
    """How much each body needs, as whole numbers of which only the ratios count.

    Where all lines are in comparable units, a body weighs what it needs in all. Otherwise nothing can be added
    across kinds of unit: each group of one category and one kind of unit counts alike, and a body weighs the
    sum of its shares of the groups. Both are exact fractions, brought to whole numbers by their common
    denominator; only where those would pass `LARGEST_WEIGHT` are they rounded, to parts of it by
    `calc.apportion`, in the order of the lines. Bodies without lines are left out.
    """
    if len({need.dimension for need in needs}) <= 1:
        shares = _sums(needs)
    else:
        shares = defaultdict(Fraction)
        for same in weighed_groups(needs):
            sums = _sums(same)
            whole = sum(sums.values(), Fraction(0))
            for body, amount in sums.items():
                shares[body] += amount / whole
    return _whole_numbers(shares)


def weighed_groups(needs: Iterable[Need]) -> list[list[Need]]:
    """The groups that count alike where units are of several kinds: one category and one kind of unit each."""
    groups: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in needs:
        groups[need.category_code, need.dimension].append(need)
    return list(groups.values())


def _sums(needs: Iterable[Need]) -> dict[UUID, Fraction]:
    """What each body needs, in the base unit of the one kind they are in."""
    sums: dict[UUID, Fraction] = defaultdict(Fraction)
    for need in needs:
        sums[need.organisation_id] += need.in_base_units
    return sums


def _whole_numbers(shares: dict[UUID, Fraction]) -> dict[UUID, int]:
    """The smallest whole numbers in the same ratios, rounded only where they would be too large."""
    scale = lcm(*(share.denominator for share in shares.values()))
    exact = {body: (share * scale).numerator for body, share in shares.items()}
    common = gcd(*exact.values()) or 1
    weights = {body: weight // common for body, weight in exact.items()}
    if sum(weights.values()) <= LARGEST_WEIGHT:
        return weights
    return dict(zip(weights, largest_remainder(LARGEST_WEIGHT, list(weights.values())), strict=True))
