"""Groups that would gain by leaving: the test of whether a division is in the core.

A group gains by leaving as much as its members pay together above what the group would pay on its own, or, where
savings are divided, as much as the group saves on its own above what its members receive. A division is in the core
if no group would gain.

Of groups that gain the same, the one with fewer members is named first, then the one whose members come first in the
roster. To find it in one pass, every member is one integer whose sum over a group orders groups just so: the amount
in the high digits, then one less for each member, then the members themselves.

Over a table every group is looked at. Over volume and a tariff, what a group would pay depends on its volume only, so
for each volume just the group that pays most is kept, as in the knapsack problem.

Source: D. B. Gillies, Some Theorems on n-Person Games (1953).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from commonpurse.calc.games.table import Game, places, subset_sums
from commonpurse.calc.games.volume import VolumeGame

MOST_CELLS = 10_000_000
"""Members x volume that are looked at: some two seconds."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group, by the places of its members, and what it would gain by leaving."""

    members: tuple[int, ...]
    gain: Fraction


def groups_that_gain(game: Game, amounts: Sequence[int | Fraction]) -> list[Group]:
    """Every group that would gain by leaving this division, the largest gain first.

    Raises:
        ValueError: unless the amounts are as many as the members and add up to the total.
    """
    scale, keys = _keys(amounts, game.members, game.total, game.sign)
    base = 1 << 2 * (game.members + 1)
    found = [
        (key + game.sign * value * scale * base, mask)
        for mask, (key, value) in enumerate(zip(subset_sums(keys), game.values, strict=True))
    ]
    found = sorted((entry for entry in found if _gain(entry[0], base) > 0), reverse=True)
    return [Group(tuple(places(mask)), Fraction(_gain(key, base), scale)) for key, mask in found]


def worst_group(game: Game | VolumeGame, amounts: Sequence[int | Fraction]) -> Group | None:
    """The group that would gain most by leaving, or None if the division is in the core.

    Raises:
        ValueError: unless the amounts are as many as the members and add up to the total; or if the volumes, in
            their greatest common unit, are too many to look at.

    >>> from commonpurse.calc.games.table import Kind
    >>> worst_group(Game(Kind.COST, (0, 6, 5, 9)), [7, 2])
    Group(members=(0,), gain=Fraction(1, 1))
    """
    if isinstance(game, Game):
        return next(iter(groups_that_gain(game, amounts)), None)
    members = len(game.volumes)
    if members * game.grid > MOST_CELLS:
        raise ValueError(
            f"{members} members with {game.grid} units of {game.unit} together are too many to look at: "
            "give rounder volumes"
        )
    scale, keys = _keys(amounts, members, game.total, game.sign)
    base = 1 << 2 * (members + 1)
    most: list[int | None] = [0] + [None] * game.grid
    for volume, key in zip(game.counted, keys, strict=True):
        for units in range(game.grid, volume - 1, -1):
            before = most[units - volume]
            now = most[units]
            if before is not None and (now is None or before + key > now):
                most[units] = before + key
    costs = zip(most, game.grid_costs, strict=True)
    best = max(key - cost * scale * base for key, cost in costs if key is not None)
    if _gain(best, base) <= 0:
        return None
    roster = best % (1 << members + 1)
    named = tuple(place for place in range(members) if roster >> members - 1 - place & 1)
    return Group(named, Fraction(_gain(best, base), scale))


def _keys(amounts: Sequence[int | Fraction], members: int, total: int, sign: int) -> tuple[int, list[int]]:
    # A sum of keys is gain x 2**(2n + 2) - size x 2**(n + 1) + members, the first of the roster in the highest bit.
    if any(type(amount) not in (int, Fraction) for amount in amounts):
        raise ValueError("amounts must be ints or fractions")
    if len(amounts) != members:
        raise ValueError(f"{len(amounts)} amounts are not one for each of {members} members")
    if sum(amounts) != total:
        raise ValueError(f"amounts of {sum(amounts)} do not add up to {total}")
    scale = lcm(*(Fraction(amount).denominator for amount in amounts))
    rest = [(1 << members - 1 - place) - (1 << members + 1) for place in range(members)]
    return scale, [
        (-sign * int(amount * scale) << 2 * (members + 1)) + low for amount, low in zip(amounts, rest, strict=True)
    ]


def _gain(key: int, base: int) -> int:
    # The low part is negative, or nil for nobody, and smaller than the base: rounding up removes it.
    return -(-key // base)
