"""Many totals divided by one way of rounding, row by row what `apportion` and `rounding` answer for each alone.

Largest remainders are `kernel`'s. Of the divisor methods a guess is improved in floating point until it looks right,
and kept only where floating point can prove it: every quotient of a unit that was given is above every quotient of
one that was not by more than a millionth of a millionth of it, a thousand times what rounding can do here. A row
where that does not hold, as where two places tie, goes to `divisors`. Cumulative shares are worked out in Python ints.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonpurse.calc.apportion import apportion
from commonpurse.calc.kernel import MOST_SIZE, MOST_WHOLE, largest_remainder_rows
from commonpurse.calc.rounding import round_shares

Rows = NDArray[Any]
Floats = NDArray[np.float64]
_CLEAR = 1 + 1e-12
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
    if any(total < 0 for total in totals):
        raise ValueError("totals must be zero or more")
    if not totals:
        return np.empty((0, len(weights)), dtype=np.int64)
    if rounding == "largest_remainder":
        return largest_remainder_rows(list(totals), list(weights))
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
