"""The largest-remainder rule in Python integers: the reference that every faster path must equal.

Each place is entitled to total x weight / whole, where whole is the sum of the weights. Everybody is
rounded towards zero, and the units that are left go one each to the largest remainders, equal ones
by place in the roster.

What holds, and why:

- The parts add up to the total: as many units are given back as rounding took away.
- Quota: every part is its exact share rounded down or up (by magnitude).
- A place with no remainder gets no spare unit, so a weight of zero receives nothing: the remainders
  add up to spare x whole and each is less than whole, so more than `spare` of them are above zero.
- Reversal: a total of -n gives the parts of n with the sign changed, because the rule is applied to
  the size of the total.
- Not promised: that more to divide is never less for anybody. Weights 9, 9 and 2 (of 20) give the last
  1 of 5 and 0 of 6 units. Balinski and Young proved that no rule keeps quota and is free of all such paradoxes.

Source: Hamilton's method (1792); M. Balinski and H. P. Young, Fair Representation (1982).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Apportionment:
    """One division, with every step. For each place: total x weight = floor x whole + remainder.

    `floors` and `remainders` have the sign of the total, or are zero. `extra` marks who received
    one of the units that rounding left.
    """

    total: int
    weights: tuple[int, ...]
    floors: tuple[int, ...]
    remainders: tuple[int, ...]
    extra: tuple[bool, ...]

    @property
    def amounts(self) -> tuple[int, ...]:
        """What each place receives."""
        one = -1 if self.total < 0 else 1
        return tuple(floor + one * extra for floor, extra in zip(self.floors, self.extra, strict=True))


def apportion(total: int, weights: Sequence[int]) -> Apportionment:
    """Divide `total` in proportion to `weights` and keep every step.

    Raises:
        ValueError: unless total and weights are ints, no weight is negative and one is above zero.
    """
    _check(total, weights)
    whole, size, sign = sum(weights), abs(total), -1 if total < 0 else 1
    steps = [divmod(size * weight, whole) for weight in weights]
    spare = size - sum(floor for floor, _ in steps)
    # Sorting is stable, so equal remainders stay in roster order.
    first = sorted(range(len(steps)), key=lambda place: -steps[place][1])[:spare]
    lucky = set(first)
    return Apportionment(
        total=total,
        weights=tuple(weights),
        floors=tuple(sign * floor for floor, _ in steps),
        remainders=tuple(sign * remainder for _, remainder in steps),
        extra=tuple(place in lucky for place in range(len(steps))),
    )


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `total` in proportion to `weights`, in the same order, summing to exactly `total`.

    >>> largest_remainder(100, [1, 1, 1])
    [34, 33, 33]
    >>> largest_remainder(-100, [1, 1, 1])
    [-34, -33, -33]
    """
    return list(apportion(total, weights).amounts)


def _check(total: int, weights: Sequence[int]) -> None:
    # A numpy integer would overflow in silence and a bool is a slip, so only true ints are taken.
    if any(type(number) is not int for number in (total, *weights)):
        raise ValueError("total and weights must be ints")
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("weights must be zero or more, and one of them above zero")
