"""What every rule answers: whole numbers, and the steps by which anybody can check them by hand.

A rule may work in exact fractions on its way; what leaves it is whole smallest units that add up. Nothing in
an answer is a float: `digest.canonical` refuses one, and the tests put every answer through it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Worked:
    """An answer. `amounts` has one whole number for each place of the question, in its order.

    `steps` is canonical JSON: text, ints, bools, None, lists and dicts; a fraction is text such as "7/12".
    """

    amounts: tuple[int, ...]
    steps: dict[str, Any]


def exact(number: Fraction | int) -> str:
    """A number as text that loses nothing.

    >>> exact(Fraction(14, 24)), exact(Fraction(6, 3))
    ('7/12', '2')
    """
    return str(Fraction(number))


def whole_units(shares: Sequence[Fraction]) -> tuple[int, ...]:
    """Exact shares, which add up to a whole number, in whole units with the same sum.

    Each is rounded down, and the units that are left go one each to the largest remainders, equal ones in order:
    `apportion.apportion` for shares that are known as fractions. Shares whose sum is negative are rounded as the
    reverse of their opposites, so that taking back is exact.

    Raises:
        ValueError: if the shares do not add up to a whole number.

    >>> whole_units([Fraction(10, 3), Fraction(10, 3), Fraction(10, 3)])
    (4, 3, 3)
    """
    total = sum(shares, Fraction(0))
    if total.denominator != 1:
        raise ValueError(f"shares of {total} do not make a whole number of units")
    if total < 0:
        return tuple(-amount for amount in whole_units([-share for share in shares]))
    floors = [share.numerator // share.denominator for share in shares]
    spare = int(total) - sum(floors)
    first = sorted(range(len(shares)), key=lambda place: floors[place] - shares[place])[:spare]
    lucky = set(first)
    return tuple(floor + (place in lucky) for place, floor in enumerate(floors))
