"""The largest-remainder rule for many rows at once, in numpy int64 and exact.

The product total x weight passes 2**63 long before money does (GBP 10 million split by budgets of GBP
10 billion), and there is no 128-bit integer here. So the quotient is guessed in floating point from below and the
remainder is found in arithmetic modulo 2**64:

- factor = weight / whole x (1 - 2**-50). Three roundings, each within 2**-53, cannot make up for the
  bias of 8 x 2**-53, so size x factor is below the exact share s, and above s - 11 x 2**-53 x size. With
  size <= 2**49 that is above s - 0.69: cut to an integer it is floor(s) or floor(s) - 1.
- The remainder size x weight - guess x whole lies in [0, 2 x whole) and 2 x whole <= 2**54. Both products wrap
  round, but their difference modulo 2**64 is the remainder itself. One comparison corrects the guess.
- Spare units: key = remainder x scale + rank x scale / 512 orders by remainder, then by roster (the first place has
  the highest rank, at most 511), with no two keys equal. The scale of a row is the power of two for which
  whole x scale is at most 2**62: at least 2**9, and no key, even before the correction, reaches 2**63. So totals and
  wholes are multiplied by the scale from the start. A key under the scale has no remainder and never receives, which
  also covers rows with nothing to spare.
- The row needs the least key that receives: the one at place `spare` from the top. The upper halves of the keys are
  sorted, which is faster; where two of them are equal just there, the whole keys of that row are.

One thread does it all: two, handing the interpreter's lock to and fro, gained a tenth on a machine that had other work
for one of its two processors, and took twice as long where it had work for both.

Rows outside these bounds go through `apportion`, the reference; the tests hold one against the other.
"""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from commonpurse.calc.apportion import largest_remainder

Int64s = NDArray[np.int64]

MOST_SIZE = 2**49
MOST_WHOLE = 2**53
MOST_PLACES = 512
_BLOCK_CELLS = 2**16
"""Cells worked on together: their scratch arrays stay in the processor's cache, which is 2.5 times faster."""
_BELOW = 1 - 2.0**-50
_UPPER = slice(1 if sys.byteorder == "little" else 0, None, 2)
"""The upper halves of a row of int64, seen as int32."""


def _have_memory_of_small_arrays_kept() -> None:
    """Make an array of 8 MiB and give it back: glibc then keeps the memory of smaller ones for the next.

    Otherwise those of 128 KiB go back to the system, and faulting them in takes longer than filling them. Source:
    mallopt(3), M_MMAP_THRESHOLD.
    """
    np.empty(2**20)


_have_memory_of_small_arrays_kept()


def largest_remainder_rows(totals: ArrayLike, weights: ArrayLike) -> Int64s:
    """Split each total by `apportion.largest_remainder`, and return the parts as rows of int64.

    Args:
        totals: one int per row; each must fit in 64 bits, the sign is free.
        weights: one row of ints for all totals, or a row for each total.

    Raises:
        ValueError: if the shapes do not match, anything is not an int, a weight is negative, or a
            row of weights has none above zero.
    """
    quantities, shares = _ints(totals), _ints(weights)
    if quantities.ndim != 1 or shares.ndim not in (1, 2) or (shares.ndim == 2 and len(shares) != len(quantities)):
        raise ValueError("totals must be one column, and weights one row or a row for each total")
    if shares.shape[-1] == 0 or (shares < 0).any() or not (shares > 0).any(axis=-1).all():
        raise ValueError("weights must be zero or more, and one of each row above zero")
    rows = (len(quantities), shares.shape[-1])
    parts = np.empty(rows, dtype=np.int64)
    each = np.broadcast_to(shares, rows)
    quick = _within_bounds(quantities, shares)
    for row in np.flatnonzero(~quick):
        parts[row] = largest_remainder(int(quantities[row]), [int(weight) for weight in each[row]])
    if quick.all():
        _fill(parts, quantities, shares)
    elif quick.any():
        done = np.empty((int(quick.sum()), rows[1]), dtype=np.int64)
        _fill(done, quantities[quick].astype(np.int64), each[quick].astype(np.int64))
        parts[quick] = done
    return parts


def _ints(numbers: ArrayLike) -> NDArray[Any]:
    """The numbers as int64, or as Python ints where they do not fit."""
    array = np.asarray(numbers)
    if array.dtype.kind == "i" or array.size == 0:
        return array.astype(np.int64, copy=False)
    array = np.asarray(numbers, dtype=object)
    if any(isinstance(number, bool) or not isinstance(number, int | np.integer) for number in array.flat):
        raise ValueError("totals and weights must be ints")
    return array


def _within_bounds(quantities: NDArray[Any], shares: NDArray[Any]) -> NDArray[np.bool_]:
    rows, places = len(quantities), shares.shape[-1]
    if object in (quantities.dtype, shares.dtype) or places > MOST_PLACES:
        return np.zeros(rows, dtype=bool)
    small = (shares <= MOST_WHOLE).all(axis=-1)  # also keeps the sum from wrapping
    fits = small & (shares.sum(axis=-1, where=shares <= MOST_WHOLE) <= MOST_WHOLE)
    return np.asarray((quantities >= -MOST_SIZE) & (quantities <= MOST_SIZE) & fits)


def _fill(parts: Int64s, quantities: Int64s, shares: Int64s) -> None:
    """Write the parts of every row, which are all within bounds: block by block, in the same scratch arrays."""
    rows, places = parts.shape
    height = max(1, min(rows, _BLOCK_CELLS // places))
    floats, key, mark = (np.empty((height, places), dtype) for dtype in (np.float64, np.int64, np.bool_))
    shared = _prepare(shares[np.newaxis]) if shares.ndim == 1 else None
    if shared and rows > height:
        shared = shared.repeated(height)
    for start in range(0, rows, height):
        block = slice(start, min(start + height, rows))
        count = slice(block.stop - start)
        weights = shared.top(count) if shared else _prepare(shares[block])
        scratch = floats[count], key[count], mark[count]
        _fill_block(parts[block], quantities[block, np.newaxis], weights, *scratch)


@dataclass(frozen=True, slots=True)
class _Weights:
    """What can be told from the weights of a block alone. Keys are explained above; `whole` and `scale` are columns."""

    factor: NDArray[np.float64]
    key: Int64s
    rank: Int64s
    whole: Int64s
    scale: Int64s

    def repeated(self, rows: int) -> "_Weights":
        """The same for each of `rows` rows: numpy takes three times as long over a row that it has to repeat."""
        shape = (rows, 1)
        return _Weights(
            np.tile(self.factor, shape), np.tile(self.key, shape), np.tile(self.rank, shape), self.whole, self.scale
        )

    def top(self, rows: slice) -> "_Weights":
        return _Weights(self.factor[rows], self.key[rows], self.rank[rows], self.whole, self.scale)


def _prepare(shares: Int64s) -> _Weights:
    places = shares.shape[1]
    whole = shares.sum(axis=1, keepdims=True)
    scale = np.int64(1) << (62 - np.frexp(whole - 1)[1]).astype(np.int64)
    rank = np.arange(places - 1, -1, -1, dtype=np.int64) * (scale // MOST_PLACES)
    return _Weights(shares / whole * _BELOW, shares * scale, rank, whole * scale, scale)


def _fill_block(
    parts: Int64s,
    quantity: Int64s,
    weights: _Weights,
    floats: NDArray[np.float64],
    key: Int64s,
    mark: NDArray[np.bool_],
) -> None:
    """Write the parts of one block. The last three arguments are scratch of its shape."""
    rows, places = parts.shape
    size = np.abs(quantity)
    floats[:] = size.astype(np.float64)
    floats *= weights.factor
    np.copyto(parts, floats, casting="unsafe")
    spent = floats.view(np.int64)  # the same memory: the floats have done their work
    np.multiply(parts, weights.whole, out=spent)
    key[:] = size
    key *= weights.key
    key -= spent
    key += weights.rank
    if np.greater_equal(key, weights.whole, out=mark).any():
        parts += mark
        key -= mark * weights.whole
    spare = size[:, 0] - np.add.reduceat(parts.reshape(-1), np.arange(rows) * places)
    least = _least_keys(key, spare, floats)
    np.greater_equal(key, np.maximum(least[:, np.newaxis], weights.scale), out=mark)
    parts += mark
    if (quantity < 0).any():
        np.negative(parts, out=parts, where=quantity < 0)


def _least_keys(key: Int64s, spare: Int64s, scratch: NDArray[np.float64]) -> Int64s:
    """For each row a bound that just `spare` of its keys reach; where nothing is to spare it says nothing."""
    rows, places = key.shape
    upper = scratch.reshape(-1).view(np.int32)[: key.size].reshape(rows, places)
    upper[:] = key.view(np.int32)[:, _UPPER]
    upper.sort(axis=1)
    lowest = np.arange(rows) * places + places - np.maximum(spare, 1)
    halves = upper.reshape(-1)[lowest]
    least: Int64s = halves.astype(np.int64) << 32
    unclear = np.flatnonzero((spare > 0) & (upper.reshape(-1)[lowest - 1] == halves))
    if unclear.size:
        ordered = np.sort(key[unclear], axis=1)
        least[unclear] = ordered[np.arange(unclear.size), places - spare[unclear]]
    return least
