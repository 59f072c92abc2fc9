"""How many groups there are of each size and each volume, packed into Python integers.

A row of counts is one big integer: count w stands in slot w, a fixed number of bits wide. To let one more member
into every group is then one shift and one addition, at the speed of C and exact. The counts of the groups without
one member come by subtraction: those of size s at volume w are all of them, less those that are a group of size
s - 1 without the member at volume w less its own, with the member added. A slot must be wide enough for every count.

Source: the generating functions of D. G. Cantor and of I. Mann and L. S. Shapley, Values of Large Games VI (1962);
the packing is Kronecker's substitution (1882).
"""

import struct
from collections.abc import Sequence


def by_size(volumes: Sequence[int], slot: int, limit: int) -> list[int]:
    """For each size from 0, packed: how many groups of that size have each volume below `limit`.

    Args:
        slot: bits of a slot; at least as many as there are members, and one more.

    >>> [unpacked(row, 4) for row in by_size([1, 2], 64, 4)]
    [(1, 0, 0, 0), (0, 1, 1, 0), (0, 0, 0, 1)]
    """
    keep = (1 << slot * limit) - 1
    counts = [1] + [0] * len(volumes)
    for place, volume in enumerate(volumes):
        for size in range(place + 1, 0, -1):
            counts[size] += (counts[size - 1] << slot * volume) & keep
    return counts


def without(counts: Sequence[int], volume: int, slot: int, limit: int) -> list[int]:
    """`by_size` for the groups without one member of that volume: one size fewer."""
    keep = (1 << slot * limit) - 1
    left = [counts[0]]
    for size in range(1, len(counts) - 1):
        left.append(counts[size] - ((left[-1] << slot * volume) & keep))
    return left


def unpacked(row: int, count: int) -> tuple[int, ...]:
    """The first `count` counts of a row whose slots are 64 bits wide; there must be no more."""
    return struct.unpack(f"<{count}Q", row.to_bytes(8 * count, "little"))
