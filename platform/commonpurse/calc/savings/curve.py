"""What a body saves on the price if all pay the same one, by how much it buys: at equal price the largest gain least.

With others buying R, a body that buys q saves s(q) = q (p(q) - p(R + q)) on the price. Between two quantities at which
either price steps, the difference is the same, so s rises in a straight line; it jumps up where the joint price steps
down, and down where the body's own does. So it is largest just below one of these steps: the peak is that quantity,
and the saving there is what s comes near to. Where not R but the total Q is given, s(q) = q (p(q) - p(Q)), likewise.

Where the price falls as one over the root of the volume, the peaks are at 38.2 % and at 25 % of the joint volume
(`games.volume` has the source; derived here). With Q given, s is in proportion to the root of q less q over the root
of Q, which stops rising where the root of q is half that of Q. With R given, put x = q / (R + q): s stops rising where
1 over the root of x is 2 - x, so x^2 - 3 x + 1 = 0 and x is half of 3 less the root of 5. A tariff of few steps has
its peaks elsewhere, so a side is only said of the peaks that it has itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from commonpurse.calc.savings.purchase import Purchase


class Side(StrEnum):
    """Where a volume stands by the peak of a curve."""

    BEFORE = "before"
    """The saving never falls from here up to the peak."""
    PAST = "past"
    OPEN = "open"
    """Before it, but the saving falls somewhere on the way, so that neither can be said."""


@dataclass(frozen=True, slots=True)
class Peak:
    """Just below which volume the saving were most, what it comes near to there in exact pence, and our side of it.

    Without any saving the volume is 0 and there is no side.
    """

    at: int
    most: Fraction
    side: Side | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a body stands: what it saves on the price, in exact pence, and its peaks.

    `given_others` is the peak with what the others need, `given_total` that with what all need together: then the
    others need less where it needs more. `lower` and `at_lower` are just below which volume up to its own the saving
    were most with what the others need, and how much: if more than now, it is past a peak. `less` and `more` are by
    what the saving would change for one whole unit less, or all of what it needs if that is less, and for one more.
    """

    saves: Fraction
    given_others: Peak
    given_total: Peak
    lower: int
    at_lower: Fraction
    less: Fraction
    more: Fraction


def standings(purchase: Purchase) -> tuple[Standing, ...] | None:
    """Everybody's place on its curve; None where the price rises somewhere, or volume saves nobody anything."""
    if not purchase.game.tariff.falling or len(purchase.game.tariff.starts) == 1:
        return None
    found = tuple(_standing(purchase, place) for place in range(len(purchase.names)))
    return found if any(each.given_others.most for each in found) else None


def _standing(purchase: Purchase, place: int) -> Standing:
    game, parts, unit = purchase.game, purchase.parts, 10**purchase.decimals
    volume, price, total = game.volumes[place], game.tariff.price, game.volume
    others = total - volume

    def given_others(own: int) -> int:
        return price(own) - price(others + own)

    def given_total(own: int) -> int:
        return price(own) - price(total)

    steps = sorted({step for start in game.tariff.starts for step in (start, start - others) if step > 0})
    saves = volume * given_others(volume)
    at_lower, lower = max(_reached([step for step in steps if step <= volume], given_others), default=(0, 0))
    less, more = max(volume - unit, 0), volume + unit
    return Standing(
        Fraction(saves, parts),
        _peak(steps, given_others, volume, parts),
        _peak([start for start in game.tariff.starts if 0 < start <= total], given_total, volume, parts),
        -lower,
        Fraction(at_lower, parts),
        Fraction(less * given_others(less) - saves, parts),
        Fraction(more * given_others(more) - saves, parts),
    )


def _reached(steps: Sequence[int], gap: Callable[[int], int]) -> list[tuple[int, int]]:
    """What the saving comes near to below each step, and the step below nothing, so that the lowest of equal ones wins.

    Args:
        gap: the saving on one unit, by volume; it changes at the steps only.
    """
    return [(step * gap(below), -step) for below, step in pairwise([0, *steps])]


def _peak(steps: Sequence[int], gap: Callable[[int], int], volume: int, parts: int) -> Peak:
    most, lowest = max(_reached(steps, gap), default=(0, 0))
    if not most:
        return Peak(0, Fraction(0), None)
    peak = -lowest
    if volume >= peak:
        side = Side.PAST
    else:
        climbs = all(gap(below) <= gap(step) for below, step in pairwise([0, *steps]) if volume < step < peak)
        side = Side.BEFORE if climbs else Side.OPEN
    return Peak(peak, Fraction(most, parts), side)
