"""The quota method, which never leaves the exact share by a unit nor takes back, and the staircase.

**The quota method** hands out the units one after the other. Unit number h may only go to a place that then has
less than h x weight / whole, so that it stays within its exact share rounded up; among these it goes to the one with
the largest weight / (units + 1), as D'Hondt would; equal ones go by place in the roster.

What holds, and why:

- The parts add up to the total, and a weight of zero receives nothing.
- Quota: every part is the exact share rounded down or up (Balinski and Young, theorem 3; the reason below).
- More to divide is never less for anybody (house monotone), because nothing handed out is taken back. The largest
  remainders (`apportion`) keep quota but not this.
- Not promised: that growing against another never costs a unit. No rule that keeps quota can promise that.
- Reversal: a total of -n gives the parts of n with the sign changed.

**How it is done for a large total.** Unit k + 1 of a place may be given from number floor(k x whole / weight) + 1 on,
and is due at number (k + 1) x whole / weight: the rule is "the earliest due date first", which meets all due dates.
So at number `total` everybody has the floor of its share, and the spare units went to places whose next unit was
not due yet, each at a number at which nothing due by `total` was waiting. These numbers are found by counting alone:
up to number s, sum of ceil(s x weight / whole) units may have been given, less the ones not due by `total` (one at
most for each place); as many numbers have been idle as the largest s has ever been above this. No idle number comes
before those not yet due have earned one whole unit together, so the count starts there. It is short unless very many
very small places share an enormous total; should it be longer than LONGEST_COUNT, the rule is refused, never guessed.
A whole round, whole / gcd of the weights, brings everybody to its exact share, so only what follows the last counts.

Source: M. L. Balinski and H. P. Young, The Quota Method of Apportionment, American Mathematical Monthly 82 (1975),
701-730. That due dates are met: R. Tijdeman, The Chairman Assignment Problem, Discrete Mathematics 32 (1980).

**The staircase** gives every place the whole units between its two steps of the cumulative share: the share of all up
to and with it, rounded down, less that of all before it.

What holds: the parts add up; quota; a weight of zero receives nothing; reversal; places that stand next to each other
receive together what one place with their weights would. Not promised: that equal weights receive equally or a
heavier one not less (position decides), nor that more to divide is never less for anybody: of weights 50, 17 and 33
the second has 1 of 3 units, and 0 of 4.
"""

import heapq
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import gcd
from typing import Any

from commonpurse.calc.apportion import apportion
from commonpurse.calc.worked import Worked

LONGEST_COUNT = 500_000
"""How many unit numbers the quota method looks at; about a second."""


def divide_by_quota(total: int, weights: Sequence[int]) -> Worked:
    """Divide `total` in proportion to `weights` by the quota method.

    The steps hold for each place total x weight = floor x whole + remainder, as for the largest remainders, and in
    `spare` every spare unit: at which number between 1 and the size of the total it was given, and to which place.

    Raises:
        ValueError: unless total and weights are ints, no weight is negative and one is above zero; if the count
            would be longer than LONGEST_COUNT.

    >>> divide_by_quota(100, [5117, 4400, 162, 161, 160]).amounts
    (52, 44, 2, 1, 1)
    """
    shares = apportion(total, weights)
    size, sign, whole = abs(total), -1 if total < 0 else 1, sum(weights)
    round_length = whole // gcd(*weights)
    rounds, rest = divmod(size, round_length)
    spare = _spare_units(rest, weights, whole)
    amounts = [abs(floor) for floor in shares.floors]
    for _, place in spare:
        amounts[place] += 1
    steps: dict[str, Any] = {
        "total": total,
        "weights": list(weights),
        "whole": whole,
        "floors": list(shares.floors),
        "remainders": list(shares.remainders),
        "spare": [{"number": rounds * round_length + number, "place": place} for number, place in spare],
    }
    return Worked(tuple(sign * amount for amount in amounts), steps)


def divide_by_staircase(total: int, weights: Sequence[int]) -> Worked:
    """Divide `total` in proportion to `weights` by cumulative shares rounded down.

    The steps hold the cumulative weights and, in `stairs`, the cumulative units: each amount is the difference of two.

    Raises:
        ValueError: unless total and weights are ints, no weight is negative and one is above zero.

    >>> divide_by_staircase(10000, [1] * 6).amounts
    (1666, 1667, 1667, 1666, 1667, 1667)
    """
    apportion(total, weights)  # Refuses what cannot be divided.
    size, sign, climbed = abs(total), -1 if total < 0 else 1, list(accumulate(weights))
    stairs = [0, *(sign * (size * height // climbed[-1]) for height in climbed)]
    amounts = tuple(after - before for before, after in pairwise(stairs))
    steps = {"total": total, "weights": list(weights), "cumulative": climbed, "stairs": stairs[1:]}
    return Worked(amounts, steps)


def _spare_units(total: int, weights: Sequence[int], whole: int) -> list[tuple[int, int]]:
    """Number and place of each unit beyond the floors, in the order in which they are given."""
    floors = [total * weight // whole for weight in weights]
    wanted = total - sum(floors)
    if not wanted:
        return []
    start = _first_possible(total, weights, whole, floors)
    if total - start >= LONGEST_COUNT:
        raise ValueError(
            f"the quota method would have to follow {total - start + 1} of {total} units one by one, more than"
            f" {LONGEST_COUNT}: the weights are too uneven for so large a total"
        )
    # For each place: how many of its units may be given so far, and the number from which on one more may.
    released = [-(-start * weight // whole) for weight in weights]
    events = [(units * whole // weights[place] + 1, place) for place, units in enumerate(released) if weights[place]]
    heapq.heapify(events)
    waiting: list[tuple[Fraction, int]] = []
    for place, units in enumerate(released):
        if units > floors[place]:
            waiting.append((Fraction(units, weights[place]), place))
    heapq.heapify(waiting)
    due = sum(released) - len(waiting)
    spare: list[tuple[int, int]] = []
    number = start
    while len(spare) < wanted:
        while events[0][0] <= number:
            place = events[0][1]
            released[place] += 1
            heapq.heapreplace(events, (released[place] * whole // weights[place] + 1, place))
            if released[place] > floors[place]:
                heapq.heappush(waiting, (Fraction(released[place], weights[place]), place))
            else:
                due += 1
        if number - due > len(spare):
            spare.append((number, heapq.heappop(waiting)[1]))
        number += 1
    return spare


def _first_possible(total: int, weights: Sequence[int], whole: int, floors: list[int]) -> int:
    """The first number at which the units not due by `total` have earned one whole unit together."""
    below, at = 0, total
    while at - below > 1:
        middle = (below + at) // 2
        earned = sum(max(0, middle * weight - floor * whole) for weight, floor in zip(weights, floors, strict=True))
        below, at = (below, middle) if earned >= whole else (middle, at)
    return at
