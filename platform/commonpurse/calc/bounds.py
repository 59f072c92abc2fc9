"""A quantity in proportion to weights, with a floor that everybody is sure of and a cap that nobody exceeds.

Place i receives level x weight i, raised to its floor or cut off at its cap, where the one level is such that the
parts add up to the total. The level is found as a browser resolves flexible lengths: share what is left in
proportion, see who falls below a floor and who rises above a cap, freeze those on the side that weighs more (both if
they weigh the same), and share anew among the rest. Each round freezes somebody, so there are at most as many
rounds as places. Whoever is still free at the end is rounded by the largest remainder; floors and caps are whole
numbers, so that rounding up or down cannot cross one.

What holds, and why:

- The parts, with the unallocated place, add up to the total. Nothing is dropped: if all caps together are less than
  the total, the rest stands at the unallocated place.
- Floors and caps are kept exactly. Only where the floors together exceed the total can they not be: then the
  floors are claims, the total is divided among them by the rule of `claims` that the caller names, and caps (never
  below a floor) hold by themselves.
- Order: of two places with the same floor and cap, the heavier receives no less, ties apart by a unit.
- A weight of zero receives its floor and no more.
- Without bounds it is `apportion`. With equal weights and caps alone it is the rule of constrained equal awards.
- Not promised: that more to divide is never less for anybody (as in `apportion`).

Sources: W3C, CSS Flexible Box Layout Module Level 1, section 9.7, for the order of freezing; S. Keshav, An Engineering
Approach to Computer Networking (1997), for weighted max-min shares, which are this rule without floors.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from commonpurse.calc.apportion import apportion
from commonpurse.calc.claims import award, rule_named
from commonpurse.calc.worked import Worked, exact

FREE, FLOOR, CAP, SHORT = "free", "floor", "cap", "short"
"""How a place stands at the end: in proportion, at its floor, at its cap, or the floors could not be met."""


def within_bounds(
    total: int,
    weights: Sequence[int],
    *,
    floors: Sequence[int],
    caps: Sequence[int | None],
    shortfall: str,
) -> Worked:
    """Divide `total` in proportion to `weights`, within the bounds of each place.

    Args:
        total: in smallest units; zero or more.
        weights: one for each place, zero or more.
        floors: what each place is sure of, in smallest units; zero for none.
        caps: what each place receives at most; None for no cap.
        shortfall: the rule of `claims` by which the total is divided should the floors exceed it.

    Returns:
        One amount for each place and, at the last, what no place may take: they add up to the total.

    Raises:
        ValueError: if a number is no int or below zero, the rows differ in length or are empty, a cap is below its
            floor, the rule is unknown, or the floors exceed the total and the rule cannot take so many places.
    """
    _check(total, weights, floors, caps)
    rule_named(shortfall)  # Refuses what nobody knows, even where it is not needed.
    asked = {"total": total, "weights": list(weights), "floors": list(floors), "caps": list(caps)}
    if sum(floors) > total:
        return _short(asked, award(total, floors, shortfall))
    # Whatever the level, a weight of zero comes to nothing more than its floor.
    settled = {place: floors[place] for place, weight in enumerate(weights) if not weight}
    frozen = dict.fromkeys(settled, FLOOR)
    rounds: list[dict[str, Any]] = []
    while not rounds or rounds[-1]["at_floor"] or rounds[-1]["at_cap"]:
        rounds.append(_round(total - sum(settled.values()), weights, floors, caps, frozen))
        at_floor, at_cap = rounds[-1]["at_floor"], rounds[-1]["at_cap"]
        settled |= {place: floors[place] for place in at_floor} | {place: caps[place] or 0 for place in at_cap}
        frozen |= dict.fromkeys(at_floor, FLOOR) | dict.fromkeys(at_cap, CAP)
    return _worked(asked, settled, frozen, rounds)


def _round(
    left: int, weights: Sequence[int], floors: Sequence[int], caps: Sequence[int | None], frozen: Mapping[int, str]
) -> dict[str, Any]:
    """Share what is left among those who are free, and name who breaks a bound on the side that is broken by more.

    All is compared after multiplication by the sum of the weights, so that everything is a whole number.
    """
    free = [place for place in range(len(weights)) if place not in frozen]
    whole = sum(weights[place] for place in free)
    lacking = {place: floors[place] * whole - left * weights[place] for place in free}
    beyond = {place: left * weights[place] - cap * whole for place in free if (cap := caps[place]) is not None}
    below = [place for place, gap in lacking.items() if gap > 0]
    above = [place for place, gap in beyond.items() if gap > 0]
    balance = sum(lacking[place] for place in below) - sum(beyond[place] for place in above)
    return {
        "left": left,
        "whole": whole,
        "at_floor": below if balance >= 0 else [],
        "at_cap": above if balance <= 0 else [],
    }


def _short(asked: dict[str, Any], short: Worked) -> Worked:
    """The answer when the floors cannot be met; how it came about stands under `shortfall`."""
    size = len(asked["weights"])
    steps = {
        **asked,
        "frozen": [SHORT] * size,
        "rounds": [],
        "level": None,
        "remainders": [None] * size,
        "extra_unit": [False] * size,
        "unallocated": 0,
        "shortfall": short.steps,
    }
    return Worked(short.amounts, steps)


def _worked(
    asked: dict[str, Any], settled: Mapping[int, int], frozen: Mapping[int, str], rounds: list[dict[str, Any]]
) -> Worked:
    """The answer, once nobody who is free breaks a bound."""
    places, left, whole = range(len(asked["weights"])), rounds[-1]["left"], rounds[-1]["whole"]
    amounts, remainders, extra = dict(settled), {}, {}
    free = [place for place in places if place not in frozen]
    if free:
        parts = apportion(left, [asked["weights"][place] for place in free])
        amounts |= dict(zip(free, parts.amounts, strict=True))
        remainders = dict(zip(free, parts.remainders, strict=True))
        extra = dict(zip(free, parts.extra, strict=True))
    unallocated = 0 if free else left
    steps = {
        **asked,
        "frozen": [frozen.get(place, FREE) for place in places],
        "rounds": rounds,
        "level": exact(Fraction(left, whole)) if free else None,
        "remainders": [remainders.get(place) for place in places],
        "extra_unit": [extra.get(place, False) for place in places],
        "unallocated": unallocated,
        "shortfall": None,
    }
    return Worked((*(amounts[place] for place in places), unallocated), steps)


def _check(total: int, weights: Sequence[int], floors: Sequence[int], caps: Sequence[int | None]) -> None:
    if not len(weights) == len(floors) == len(caps) or not weights:
        raise ValueError("there must be places, and a weight, a floor and a cap (or None) for each")
    stated = [cap for cap in caps if cap is not None]
    # A numpy integer would overflow in silence and a bool is a slip, so only true ints are taken.
    if any(type(number) is not int for number in (total, *weights, *floors, *stated)):
        raise ValueError("total, weights, floors and caps must be ints")
    if min((total, *weights, *floors, *stated)) < 0:
        raise ValueError("total, weights, floors and caps must be zero or more")
    for place, (floor, cap) in enumerate(zip(floors, caps, strict=True)):
        if cap is not None and cap < floor:
            raise ValueError(f"the cap of {cap} is below the floor of {floor} at place {place + 1}")
