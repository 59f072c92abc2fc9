"""Groups that would pay less on their own than a division asks of them.

A group counts if its exact shares add up to more than its exact bill, and by a penny or more in what is shown: its
whole-pence payments less its bill in whole pence. So nobody is said to gain by the rounding alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from commonpurse.calc.games.core import groups_that_gain, worst_group
from commonpurse.calc.games.volume import volume_table
from commonpurse.calc.savings.dividing import MOST_IN_TABLE, Division

MOST_CELLS = 500_000
"""Buyers x volume that are looked at where there are too many groups for a table: some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Leaver:
    """A group, by the places of its members, and what it would pay less on its own, in whole pence."""

    members: tuple[int, ...]
    pence: int


@dataclass(frozen=True, slots=True)
class Leavers:
    """What is known of groups that would pay less on their own.

    If `every`, all groups were looked at and `groups` has each of those, the smallest first, then by what they gain.
    Otherwise it has at most the one that gains most. `any_at_all` says whether some group gains by a part of a penny.
    """

    groups: tuple[Leaver, ...]
    every: bool
    any_at_all: bool


def leavers(done: Division) -> Leavers | None:
    """The groups that would pay less on their own; None if the quantities are too uneven to look at every group."""
    game = done.purchase.game
    amounts = [share * done.purchase.parts for share in done.shares]
    members = len(game.volumes)
    if members <= MOST_IN_TABLE:
        found = [group.members for group in groups_that_gain(volume_table(game), amounts)]
        groups = sorted(_in_pence(done, found), key=lambda group: (len(group.members), -group.pence, group.members))
        return Leavers(tuple(groups), True, bool(found))
    if members * game.grid > MOST_CELLS:
        return None
    worst = worst_group(game, amounts)
    found = [worst.members] if worst is not None else []
    return Leavers(tuple(_in_pence(done, found)), False, bool(found))


def _in_pence(done: Division, groups: Sequence[tuple[int, ...]]) -> list[Leaver]:
    gains = [
        Leaver(members, sum(done.pays[place] for place in members) - done.purchase.bill_of(members))
        for members in groups
    ]
    return [leaver for leaver in gains if leaver.pence >= 1]
