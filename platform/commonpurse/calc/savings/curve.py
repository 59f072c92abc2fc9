"""What a body saves on the price if all pay the same one, by how much it buys: at equal price the largest gain least.

With others buying R, a body that buys q saves s(q) = q (p(q) - p(R + q)) on the price. Between two quantities at which
either price steps, the difference is the same, so s rises in a straight line, and then it jumps down. So it is largest
just below one of these steps: the peak is that quantity, and the saving there is what s comes near to.

Where the price falls as one over the root of the volume, the peak is at 38.2 % of the joint volume (`games.volume`).
"""

from dataclasses import dataclass
from fractions import Fraction

from commonpurse.calc.savings.purchase import Purchase


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a body stands: what it saves on the price, in exact pence, and just below which volume that were most.

    `lower` and `at_lower` are the same of volumes up to its own: if it saved more there, it is past a peak.
    """

    saves: Fraction
    peak: int
    most: Fraction
    lower: int
    at_lower: Fraction


def standings(purchase: Purchase) -> tuple[Standing, ...] | None:
    """Everybody's place on its curve; None where the price rises somewhere, or volume saves nobody anything."""
    if not purchase.game.tariff.falling or len(purchase.game.tariff.starts) == 1:
        return None
    found = tuple(_standing(purchase, place) for place in range(len(purchase.names)))
    return found if any(each.most for each in found) else None


def _standing(purchase: Purchase, place: int) -> Standing:
    game, parts = purchase.game, purchase.parts
    volume, price = game.volumes[place], game.tariff.price
    others = game.volume - volume
    steps = sorted({step for start in game.tariff.starts for step in (start, start - others) if step > 0})
    reached = [
        (step * (price(below) - price(others + below)), -step) for below, step in zip([0, *steps], steps, strict=False)
    ]
    most, peak = max(reached)
    at_lower, lower = max([each for each in reached if -each[1] <= volume], default=(0, 0))
    saves = volume * (price(volume) - price(game.volume))
    return Standing(Fraction(saves, parts), -peak, Fraction(most, parts), -lower, Fraction(at_lower, parts))
