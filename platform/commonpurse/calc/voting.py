"""Voting power: how often each member decides, where votes have weights and a quota carries.

A group carries if its votes reach the quota. A member decides a group if the group carries with it and not without it.

- Shapley-Shubik: the fraction of all orders of voting in which the member is the one whose vote reaches the quota.
- Banzhaf, absolute (Penrose): the fraction of all groups of the others that the member decides.
- Banzhaf, normalised: the member's part of all decided groups of all members.

What holds, and why: Shapley-Shubik and normalised Banzhaf add up to one, as in each order exactly one vote
reaches the quota. Symmetry: equal weights have equal power. A larger weight has no less power. Powerless is who decides
nothing, whatever its weight; a blocker is needed by every group that carries; a dictator carries alone and is needed.

Exact: groups are counted by size and votes (`games.counting`); where the votes are large and the members few, every
group is looked at instead. Votes above the quota are counted as the quota, which changes no group, and votes are
divided by what they have in common.

Sources: L. S. Shapley and M. Shubik, A Method for Evaluating the Distribution of Power in a Committee System (1954);
L. S. Penrose, The Elementary Statistics of Majority Voting (1946); J. F. Banzhaf, Weighted Voting Doesn't Work (1965).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, gcd
from typing import Any

from commonpurse.calc.games.counting import by_size, without
from commonpurse.calc.games.table import subset_sums
from commonpurse.calc.worked import exact

MOST_VOTERS = 300
MOST_LISTED = 16
"""Members for whom every group may be looked at: 65,536."""
MOST_BYTES = 5_000_000_000
"""Bytes of counts that are added up: some two seconds."""


@dataclass(frozen=True, slots=True)
class Power:
    """The power of each member, in roster order.

    `decided[i][s]` is how many groups of s others member i decides: everything else follows from it.
    """

    weights: tuple[int, ...]
    quota: int
    decided: tuple[tuple[int, ...], ...]

    @property
    def swings(self) -> tuple[int, ...]:
        """How many groups of the others each member decides."""
        return tuple(sum(row) for row in self.decided)

    @property
    def shapley_shubik(self) -> tuple[Fraction, ...]:
        """The fraction of all orders of voting in which each member decides."""
        members = len(self.weights)
        orders = [factorial(size) * factorial(members - 1 - size) for size in range(members)]
        return tuple(
            Fraction(sum(count * times for count, times in zip(row, orders, strict=True)), factorial(members))
            for row in self.decided
        )

    @property
    def banzhaf(self) -> tuple[Fraction, ...]:
        """The fraction of all groups of the others that each member decides."""
        return tuple(Fraction(swings, 1 << len(self.weights) - 1) for swings in self.swings)

    @property
    def normalised_banzhaf(self) -> tuple[Fraction, ...]:
        """Each member's part of all swings."""
        swings = self.swings
        return tuple(Fraction(own, sum(swings)) for own in swings)

    @property
    def powerless(self) -> tuple[int, ...]:
        """The places of members that never decide, although they may have votes."""
        return tuple(place for place, swings in enumerate(self.swings) if not swings)

    @property
    def blockers(self) -> tuple[int, ...]:
        """The places of members without whom nothing carries."""
        whole = sum(self.weights)
        return tuple(place for place, weight in enumerate(self.weights) if whole - weight < self.quota)

    @property
    def dictators(self) -> tuple[int, ...]:
        """The place of the member that alone decides, if there is one."""
        return tuple(place for place in self.blockers if self.weights[place] >= self.quota)

    @property
    def steps(self) -> dict[str, Any]:
        """Everything needed to check this by hand, as canonical JSON."""
        return {
            "rule": "voting power",
            "weights": list(self.weights),
            "quota": self.quota,
            "decided": [list(row) for row in self.decided],
            "shapley_shubik": [exact(part) for part in self.shapley_shubik],
            "banzhaf": [exact(part) for part in self.banzhaf],
            "normalised_banzhaf": [exact(part) for part in self.normalised_banzhaf],
            "powerless": list(self.powerless),
            "blockers": list(self.blockers),
            "dictators": list(self.dictators),
        }


def voting_power(weights: Sequence[int], quota: int) -> Power:
    """The power of each member where `quota` votes carry.

    Raises:
        ValueError: unless weights and quota are ints, no weight is negative, and the quota is above zero and within
            reach of all votes; or if the votes are too many to count exactly.

    >>> [str(part) for part in voting_power([50, 49, 1], 51).shapley_shubik]
    ['2/3', '1/6', '1/6']
    """
    _check(weights, quota)
    common = gcd(*weights)
    needed = -(-quota // common)
    votes = [min(weight // common, needed) for weight in weights]
    different = sorted(set(votes))
    if groups_are_listed(len(votes), needed):
        rows = {vote: _listed(votes, votes.index(vote), needed) for vote in different}
    elif _bytes(len(votes), len(different), needed) <= MOST_BYTES:
        rows = _counted(votes, different, needed)
    else:
        raise ValueError(f"a quota of {quota} among {len(votes)} members is too much to count: use smaller weights")
    return Power(tuple(weights), quota, tuple(rows[vote] for vote in votes))


def groups_are_listed(members: int, needed: int) -> bool:
    """Whether every group is looked at: where there are no more of them than votes that carry."""
    return members <= MOST_LISTED and 1 << members <= needed


def _check(weights: Sequence[int], quota: int) -> None:
    if any(type(number) is not int for number in (quota, *weights)):
        raise ValueError("weights and quota must be ints")
    if not 1 <= len(weights) <= MOST_VOTERS:
        raise ValueError(f"{len(weights)} members are not 1 to {MOST_VOTERS}")
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight cannot be negative")
    if not 0 < quota <= sum(weights):
        raise ValueError(f"a quota of {quota} is not above zero and within the {sum(weights)} votes")


def _slot(members: int) -> int:
    # Bytes that hold any count of groups.
    return members // 8 + 1


def _bytes(members: int, different: int, needed: int) -> int:
    return members * (members // 2 + different) * needed * _slot(members)


def _counted(votes: Sequence[int], different: Sequence[int], needed: int) -> dict[int, tuple[int, ...]]:
    # A member decides the groups of others whose votes are short of the quota by no more than its own.
    slot = _slot(len(votes))
    counts = by_size(votes, 8 * slot, needed)
    rows = {}
    for vote in different:
        others = without(counts, vote, 8 * slot, needed)
        short = (row >> 8 * slot * (needed - vote) for row in others)
        rows[vote] = tuple(_added_up(row.to_bytes(slot * vote, "little"), slot) for row in short)
    return rows


def _added_up(packed: bytes, slot: int) -> int:
    return sum(int.from_bytes(packed[start : start + slot], "little") for start in range(0, len(packed), slot))


def _listed(votes: Sequence[int], place: int, needed: int) -> tuple[int, ...]:
    others = [*votes[:place], *votes[place + 1 :]]
    decided = [0] * len(votes)
    for mask, sum_ in enumerate(subset_sums(others)):
        if sum_ < needed <= sum_ + votes[place]:
            decided[mask.bit_count()] += 1
    return tuple(decided)
