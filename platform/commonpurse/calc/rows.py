"""Many totals divided by one way of rounding, row by row what `apportion` and `rounding` answer for each alone.

Largest remainders are `kernel`'s. Of the divisor methods a guess is improved in floating point until it looks right,
and kept only where floating point can prove it: every quotient of a unit that was given is above every quotient of
one that was not by more than a millionth of a millionth of it, a thousand times what rounding can do here. A row
where that does not hold, as where two places tie, goes to `divisors`. Cumulative shares are worked out in Python ints.

Within bounds it is weights that differ from row to row. Floating point says who breaks a bound; where two sides are
too close for it to tell, the row goes to `bounds`.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonpurse.calc.apportion import apportion
from commonpurse.calc.bounds import within_bounds
from commonpurse.calc.kernel import MOST_SIZE, MOST_WHOLE, largest_remainder_rows
from commonpurse.calc.rounding import round_shares

Rows = NDArray[Any]
Floats = NDArray[np.float64]
_CLEAR = 1 + 1e-12
_CLOSE = 1e-9
"""Of the larger of two sides: what rounding can do to their difference is a thousandth of that at most."""
_NEARLY_NOTHING = 1e-200
"""For a signpost of nothing: such a first unit comes before any second, and of several the heaviest place has it."""


def divide_rows(rounding: str, totals: Sequence[int], weights: Sequence[int]) -> Rows:
    """One row of whole numbers for each total; credits are not known here, so each total stands alone.

    Args:
        rounding: one of `allocation_rules.ROUNDINGS`.
        totals: zero or more each.

    Raises:
        ValueError: if a total is below zero; otherwise as the rule of rounding does.
    """
    if not totals:
        return np.empty((0, len(weights)), dtype=np.int64)
    if min(totals) < 0:
        raise ValueError("totals must be zero or more")
    if rounding == "largest_remainder":
        return largest_remainder_rows(totals, weights)
    if rounding == "staircase":
        return _staircase(totals, weights)
    if rounding in _SIGNPOSTS and max(totals) <= MOST_SIZE and sum(weights) <= MOST_WHOLE:
        return _by_divisor(rounding, totals, weights)
    return _one_by_one(rounding, totals, weights)


def _one_by_one(rounding: str, totals: Sequence[int], weights: Sequence[int]) -> Rows:
    """By the rule itself, each total once."""
    owed = [0] * len(weights)
    known = {total: round_shares(rounding, total, weights, owed).amounts for total in set(totals)}
    return np.array([known[total] for total in totals], dtype=object)


def _staircase(totals: Sequence[int], weights: Sequence[int]) -> Rows:
    apportion(0, weights)  # Refuses what cannot be divided.
    climbed = list(accumulate(weights))
    stairs: Rows = np.multiply.outer(np.array(totals, dtype=object), np.array(climbed, dtype=object)) // climbed[-1]
    stairs[:, 1:] -= stairs[:, :-1].copy()
    return stairs


_SIGNPOSTS: MappingProxyType[str, tuple[float, Callable[[Floats], Floats]]] = MappingProxyType(
    {
        "sainte_lague": (0.5, lambda units: units + 0.5),
        "dhondt": (1.0, lambda units: units + 1.0),
        "adams": (0.0, lambda units: units),
        "huntington_hill": (0.5, lambda units: np.sqrt(units * (units + 1.0))),
    }
)
"""Above how much of a further unit a quotient is rounded up, about; and the signpost itself."""


def _by_divisor(rounding: str, totals: Sequence[int], weights: Sequence[int]) -> Rows:
    apportion(0, weights)  # Refuses what cannot be divided.
    places = [place for place, weight in enumerate(weights) if weight]
    weighed = np.array([weights[place] for place in places], dtype=np.float64)
    sizes = np.array(totals, dtype=np.float64)
    units, proved = _improved(sizes, weighed, *_SIGNPOSTS[rounding])
    rows = np.zeros((len(totals), len(weights)), dtype=np.int64)
    rows[:, places] = units.astype(np.int64)
    unclear = np.flatnonzero(~proved).tolist()
    if unclear:
        rows[unclear] = _one_by_one(rounding, [totals[row] for row in unclear], weights).astype(np.int64)
    return rows


def _improved(
    sizes: Floats, weights: Floats, up: float, signpost: Callable[[Floats], Floats]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Units for each total and place with weight, and for which totals they are proved right."""
    # The sizes are moved so that the quotients, rounded at their signposts, come to about the sizes themselves.
    moved = sizes + (up - 0.5) * len(weights)
    units = np.maximum(np.floor(np.multiply.outer(moved, weights / weights.sum()) + (1 - up)), 0)
    proved = np.zeros(len(sizes), dtype=np.bool_)
    open_rows = np.arange(len(sizes))
    # It ends: a swap takes a smaller quotient for a larger one, and the rest comes nearer to the total.
    while open_rows.size:
        some = units[open_rows]
        following = weights / np.maximum(signpost(some), _NEARLY_NOTHING)
        given = weights / np.maximum(signpost(np.maximum(some - 1, 0)), _NEARLY_NOTHING)
        given[some == 0] = np.inf
        missing = sizes[open_rows] - some.sum(axis=1)
        best, worst = following.argmax(axis=1), given.argmin(axis=1)
        rows = np.arange(len(open_rows))
        top, bottom = following[rows, best], given[rows, worst]
        right = (missing == 0) & (bottom > top * _CLEAR)
        proved[open_rows[right]] = True
        # One unit more where one is missing, one less where there is one too many, and a swap where two are amiss.
        add, take = (missing > 0) | ((missing == 0) & (top > bottom)), (missing < 0) | ((missing == 0) & (top > bottom))
        units[open_rows[add], best[add]] += 1
        units[open_rows[take], worst[take]] -= 1
        open_rows = open_rows[add | take]
    return units, proved


def bound_rows(total: int, weights: Rows, floors: Sequence[int], caps: Sequence[int | None], *, shortfall: str) -> Rows:
    """`bounds.within_bounds` of one total for each row of weights: a row of amounts, the unallocated one last.

    Args:
        total: zero or more, and less than 2**62.
        weights: rows of int64, or of Python ints, which are zero or more.
        floors: the same for every row, as are the caps; no cap is below its floor.

    Raises:
        ValueError: if the total is none that can be divided here, or as the rule of a shortfall does.
    """
    if not 0 <= total < 2**62:
        raise ValueError("a total within bounds must be zero or more, and less than 2**62")
    if sum(floors) > total:  # Then weights do not matter.
        short = within_bounds(total, [0] * len(floors), floors=floors, caps=caps, shortfall=shortfall).amounts
        return np.array([short] * len(weights), dtype=object)
    settled, free, clear = _settled(total, weights, floors, [total if cap is None else cap for cap in caps])
    left = total - settled.sum(axis=1)
    rows = np.concatenate([settled, left[:, np.newaxis]], axis=1)
    shared = free.any(axis=1)
    rows[shared, :-1] += largest_remainder_rows(left[shared], np.where(free, weights, 0)[shared])
    rows[shared, -1] = 0
    for row in np.flatnonzero(~clear):
        again = [int(weight) for weight in weights[row]]
        rows[row] = within_bounds(total, again, floors=floors, caps=caps, shortfall=shortfall).amounts
    return rows


def _settled(
    total: int, weights: Rows, floors: Sequence[int], caps: Sequence[int]
) -> tuple[Rows, NDArray[np.bool_], NDArray[np.bool_]]:
    """What places have that stand at a bound; which places are free; and for which rows that is beyond doubt."""
    least, most = np.array(floors, dtype=np.int64), np.array([min(cap, total) for cap in caps], dtype=np.int64)
    weighed, lowest, highest = (numbers.astype(np.float64) for numbers in (weights, least, most))
    free = weighed > 0
    settled = np.where(free, 0, least)
    clear = np.ones(len(weighed), dtype=np.bool_)
    frozen = free
    while frozen.any():
        left = (total - settled.sum(axis=1, keepdims=True)).astype(np.float64)
        whole = (weighed * free).sum(axis=1, keepdims=True)
        reached, floor, cap = left * weighed * free, lowest * whole * free, highest * whole * free
        lacking, beyond = np.maximum(floor - reached, 0), np.maximum(reached - cap, 0)
        more, less = lacking.sum(axis=1, keepdims=True), beyond.sum(axis=1, keepdims=True)
        near = _CLOSE * (floor + reached)
        clear &= ~(free & ((np.abs(floor - reached) <= near) | (np.abs(reached - cap) <= near))).any(axis=1)
        clear &= ((more == 0) | (less == 0) | (np.abs(more - less) > near.sum(axis=1, keepdims=True)))[:, 0]
        at_floor, at_cap = (lacking > 0) & (more >= less), (beyond > 0) & (more <= less)
        settled = np.where(at_floor, least, np.where(at_cap, most, settled))
        frozen = at_floor | at_cap
        free = free & ~frozen
    return settled, free, clear
