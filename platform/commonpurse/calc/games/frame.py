"""Exact changes of basis in integers: a square of independent rows and its inverse, kept as integers over one scale.

Exchanging one row for another is one pivot. It stays in integers, for every number is, up to sign, a determinant of
the rows, and the division is exact.

Source: E. H. Bareiss, Sylvester's Identity and Multistep Integer-Preserving Gaussian Elimination (1968); J. Edmonds.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """The inverse of a square of rows: `inverse` over `scale`, which is above zero."""

    scale: int
    inverse: tuple[tuple[int, ...], ...]

    def coordinates(self, row: Sequence[int]) -> list[int]:
        """What times each row of the frame makes up `row`, over the scale."""
        return _times(row, self.inverse)

    def solution(self, bounds: Sequence[int]) -> list[int]:
        """The point at which every row of the frame has its bound, over the scale."""
        return [sum(number * bound for number, bound in zip(line, bounds, strict=True)) for line in self.inverse]

    def exchanged(self, coordinates: Sequence[int], place: int) -> "Frame":
        """The frame with the row of those coordinates at `place`, where they must not be nil."""
        pivot = coordinates[place]
        sign = 1 if pivot > 0 else -1
        lines = []
        for line in self.inverse:
            base = line[place]
            changed = [
                sign * (pivot * number - part * base) // self.scale
                for number, part in zip(line, coordinates, strict=True)
            ]
            changed[place] = sign * base
            lines.append(tuple(changed))
        return Frame(abs(pivot), tuple(lines))


def unit_frame(size: int) -> Frame:
    """The frame of the unit rows."""
    return Frame(1, tuple(tuple(int(line == place) for place in range(size)) for line in range(size)))


def _times(row: Sequence[int], lines: Sequence[Sequence[int]]) -> list[int]:
    result = [0] * len(row)
    for factor, line in zip(row, lines, strict=True):
        if factor:
            result = [sum_ + factor * number for sum_, number in zip(result, line, strict=True)]
    return result
