"""The Shapley value: everybody bears the average of what it adds, over all orders in which the group can form.

A member that joins a group of size s adds value(group with it) - value(group). In a fraction s! (n - 1 - s)! / n!
of all orders exactly that group stands before the member, so the value needs only, for every member and size, the
sum of what the member adds to the groups of that size. Those sums are in the steps.

What holds, and why:

- Efficiency: in each order the additions make up the total.
- Symmetry: members that add the same to every group have the same sums. Equal exact shares may still differ by one
  whole penny, which goes by place in the roster.
- Null player: who adds nothing has sums of nil.
- Additivity: the exact shares of two games add up to those of their sum. Whole pence need not.
- A division in the core if what a member adds never gets worse as the group grows (a convex game): each order's
  additions are then in the core, which is convex. With steps in a tariff that fails, and so may this.
- Reversal: the opposite game has the opposite answer, if its total is not nil.

Over a table: every group is looked at once. Over volume and a tariff, groups are counted by size and volume
(`counting`), so fifty members take a second or two.

Source: L. S. Shapley, A Value for n-Person Games (1953).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import factorial

from commonpurse.calc.games.counting import by_size, unpacked, without
from commonpurse.calc.games.table import MOST_MEMBERS, Game, Kind, answer
from commonpurse.calc.games.volume import VolumeGame, volume_table
from commonpurse.calc.worked import Worked

MOST_COUNTS = 30_000_000
"""Members x members x volume that are counted for members of so many different volumes: some two seconds."""


def shapley(game: Game) -> Worked:
    """The Shapley value of a table, in pence.

    >>> shapley(Game(Kind.COST, (0, 8, 11, 11))).amounts
    (4, 7)
    """
    members = game.members
    sizes = [0] * (members + 1)
    within = [[0] * (members + 1) for _ in range(members)]
    for mask, value in enumerate(game.values):
        size = mask.bit_count()
        sizes[size] += value
        for place in range(members):
            if mask >> place & 1:
                within[place][size] += value
    added = [[row[size + 1] - (sizes[size] - row[size]) for size in range(members)] for row in within]
    return answer("shapley", game.kind, [_average(sums) for sums in added], {"added": added})


def shapley_by_volume(game: VolumeGame) -> Worked:
    """The Shapley value of the costs of a tariff: what each pays, in pence.

    Raises:
        ValueError: if the volumes, in their greatest common unit, are too many to count, and so are the groups.
    """
    members = len(game.volumes)
    different = sorted(set(game.counted))
    if len(different) * members * game.grid > MOST_COUNTS:
        if members <= MOST_MEMBERS:
            return shapley(volume_table(game))
        raise ValueError(
            f"{members} members with {game.grid} units of {game.unit} together are too many to count: "
            "give rounder volumes"
        )
    counts = by_size(game.counted, 64, game.grid + 1)
    costs = game.grid_costs
    sums = {volume: _added(counts, volume, costs) for volume in different}
    added = [sums[volume] for volume in game.counted]
    return answer("shapley", Kind.COST, [_average(row) for row in added], {"added": added})


def _added(counts: Sequence[int], volume: int, costs: Sequence[int]) -> list[int]:
    grid = len(costs) - volume
    margins = [after - before for before, after in zip(costs, costs[volume:], strict=False)]
    rows = without(counts, volume, 64, len(costs))
    return [
        sum(count * margin for count, margin in zip(unpacked(row, grid), margins, strict=True) if count) for row in rows
    ]


def _average(sums: Sequence[int]) -> Fraction:
    members = len(sums)
    weighted = sum(factorial(size) * factorial(members - 1 - size) * sum_ for size, sum_ in enumerate(sums))
    return Fraction(weighted, factorial(members))
