"""The five divisor methods: one common divisor for everybody, and five ways of rounding what it gives.

Each weight is divided by the same number, the divisor, and the quotient is rounded: the divisor is chosen so that
the rounded quotients add up to the total. The methods differ in their signpost between k and k + 1 units, above
which a quotient is rounded up:

    adams            k, so always up                dean    2k(k+1) / (2k+1), the harmonic mean
    huntington-hill  the root of k(k+1)             webster k + 1/2, also sainte-lague
    dhondt           k + 1, so always down; also jefferson

The same rule told in another way: the units are handed out one after the other, each to the place whose weight
divided by its next signpost is largest. That quotient is what the steps call `quotient`; for Huntington-Hill it is
its square, which is a fraction while the quotient is none.

What holds, and why:

- The parts add up to the total, and a weight of zero receives nothing, whatever the method.
- More to divide is never less for anybody (house monotone): the next unit is added to what was handed out.
- Whose weight grows against another's never loses a unit to it (population monotone), because only the two
  quotients decide who is served first. Balinski and Young showed that only divisor methods are so.
- The heavier place never receives less, and only the ratios of the weights count.
- Quota: D'Hondt never gives less than the exact share rounded down, Adams never more than it rounded up. Webster
  stays near: no unit can change hands so that both places come nearer to their exact shares. None of the five keeps
  both sides always; whoever needs that takes `quota` or `apportion`.
- Reversal: a total of -n gives the parts of n with the sign changed.

Equal quotients go by place in the roster. Adams, Dean and Huntington-Hill owe every place its first unit before
anybody has a second (the signpost below one is zero, the quotient has no end); if there are fewer units than places
with weight, these first units go to the larger weight, equal ones by place in the roster.

The time does not depend on the total: all but the last few units follow from the proportional shares at once.

Sources: M. Balinski and H. P. Young, Fair Representation (1982), appendix A; F. Pukelsheim, Proportional
Representation (2nd edition, 2017), chapters 3 and 4.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from commonpurse.calc.apportion import apportion
from commonpurse.calc.worked import Worked, exact


@dataclass(frozen=True, slots=True)
class _Method:
    """Signposts by their `power`: (a k² + b k + c) / (d k + 1), the signpost itself, or its square if power is 2."""

    a: int
    b: int
    c: Fraction
    d: int = 0
    power: int = 1

    def signpost(self, k: int) -> Fraction:
        return Fraction(self.a * k * k + self.b * k + self.c) / (self.d * k + 1)


_METHODS = {
    "adams": _Method(0, 1, Fraction(0)),
    "dean": _Method(2, 2, Fraction(0), d=2),
    "huntington-hill": _Method(1, 1, Fraction(0), power=2),
    "webster": _Method(0, 1, Fraction(1, 2)),
    "dhondt": _Method(0, 1, Fraction(1)),
}
_ALSO = {"sainte-lague": "webster", "jefferson": "dhondt"}

METHODS = tuple(_METHODS)
"""The names of the methods, from the kindest to small places to the kindest to large ones."""


def divide_by_divisor(total: int, weights: Sequence[int], method: str) -> Worked:
    """Divide `total` in proportion to `weights` by a divisor method.

    Args:
        method: one of METHODS, or "sainte-lague" for Webster, or "jefferson" for D'Hondt.

    The steps name the last unit that was given and the first that was not, each with its quotient (for the size of
    the total). Every divisor between the two quotients gives these amounts; `divisor` is one of them, with as few
    digits as there can be. It is None where none does it alone: if first units had to go by weight, or if the method
    takes squares and two places tie for the last unit. `tied` names places whose quotients tie; the roster decided.

    Raises:
        ValueError: unless total and weights are ints, no weight is negative and one is above zero; if nobody knows
            the method.

    >>> divide_by_divisor(100, [18, 4, 1], "webster").amounts
    (79, 17, 4)
    """
    apportion(total, weights)  # Refuses what cannot be divided.
    name = _ALSO.get(method, method)
    if name not in _METHODS:
        raise ValueError(f"{method!r} is none of the methods {', '.join(METHODS)}")
    rule, size, sign = _METHODS[name], abs(total), -1 if total < 0 else 1
    units = _jump(size, weights, rule)
    queue = [_claim(rule, place, weight, units[place]) for place, weight in enumerate(weights) if weight]
    heapq.heapify(queue)
    for _ in range(size - sum(units)):
        place = queue[0][2]
        units[place] += 1
        heapq.heapreplace(queue, _claim(rule, place, weights[place], units[place]))
    steps = {
        "method": name,
        "total": total,
        "weights": list(weights),
        "whole": sum(weights),
        **_proof(rule, weights, units, queue),
    }
    return Worked(tuple(sign * unit for unit in units), steps)


def shortest_between(low: Fraction, high: Fraction, *, power: int = 1) -> Fraction:
    """The number above zero with the fewest digits whose `power` (1 or 2) lies between the two and equals neither.

    >>> shortest_between(Fraction(9876), Fraction(10321)), shortest_between(Fraction(2), Fraction(9, 4), power=2)
    (Fraction(10000, 1), Fraction(71, 50))

    Raises:
        ValueError: unless 0 <= low < high.
    """
    if not 0 <= low < high:
        raise ValueError(f"no number lies between {low} and {high}")
    # From numbers of the size of `high`, ten times finer each time: the gap is wider than the grid in the end.
    exponent = len(str(high.numerator // high.denominator))
    while True:
        grid = Fraction(10) ** exponent
        below = low / grid**power
        steps = below.numerator // below.denominator
        number = ((steps if power == 1 else isqrt(steps)) + 1) * grid
        if number**power < high:
            return number
        exponent -= 1


def _jump(size: int, weights: Sequence[int], rule: _Method) -> list[int]:
    """Units that everybody has for certain: all whose quotient is at least a divisor that is a little too large.

    A signpost of k lies between k and k + 1, so a share of y reaches at least its floor and at most one unit more.
    Shares of a total that is smaller by the number of places can therefore not overshoot, and miss at most twice
    that number of units.
    """
    whole, places = sum(weights), sum(weight > 0 for weight in weights)
    less = size - places
    if less <= 0:
        return [0] * len(weights)
    units = []
    for weight in weights:
        share = Fraction(weight * less, whole)
        floor = share.numerator // share.denominator
        reaches = weight > 0 and rule.signpost(floor) <= share**rule.power
        units.append(floor + reaches)
    return units


def _claim(rule: _Method, place: int, weight: int, units: int) -> tuple[bool, Fraction, int]:
    """What a place brings to the queue: smaller is served first. A first unit that cannot wait comes before all."""
    signpost = rule.signpost(units)
    return (True, -(weight**rule.power / signpost), place) if signpost else (False, Fraction(-weight), place)


def _proof(
    rule: _Method, weights: Sequence[int], units: list[int], queue: list[tuple[bool, Fraction, int]]
) -> dict[str, Any]:
    """The last unit given, the first that was not, and the divisors between them."""
    served = [_claim(rule, place, weights[place], units[place] - 1) for place, given in enumerate(units) if given]
    last, first = max(served, default=None), queue[0]
    low = -first[1] if first[0] else None
    high = -last[1] if last and last[0] else None
    tied, divisor = [], None
    if low is not None and low == high:
        tied = sorted(claim[2] for claim in served + queue if claim[0] and -claim[1] == low)
        divisor = low if rule.power == 1 else None
    elif low is not None:
        # Without an upper end (nothing given, or first units only) any larger number will do.
        divisor = shortest_between(low, high if high is not None else (low + 1) * 100, power=rule.power)
    return {
        "quotients": "squared" if rule.power == 2 else "plain",
        "last_given": _unit(last, units, 0),
        "first_not_given": _unit(first, units, 1),
        "divisor": None if divisor is None else exact(divisor),
        "tied": tied,
    }


def _unit(claim: tuple[bool, Fraction, int] | None, units: list[int], ahead: int) -> dict[str, Any] | None:
    """A unit in the steps: whose it is, which one of theirs, and its quotient (None if it could not wait)."""
    if claim is None:
        return None
    finite, negative, place = claim
    return {"place": place, "unit": units[place] + ahead, "quotient": exact(-negative) if finite else None}
