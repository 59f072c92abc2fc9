"""Rules that start from what each member adds to all the others: its separable cost.

With m_i = c(everybody) - c(everybody but i) and g = c(everybody) - sum of m, the cost that nobody causes alone:

- Equal non-separable cost: m_i + g / n.
- Alternate cost avoided: m_i + g r_i / sum of r, with r_i = c(i) - m_i, what the member avoids by not being alone.
- Separable costs, remaining benefits (SCRB): the same with r_i = min(b_i, c(i)) - m_i, where b_i is what the purchase
  is worth to the member. Nobody would do alone what costs more than it is worth.
- Gately's point: everybody has the same propensity to disrupt, which is what the others would lose if the member
  left, as a multiple of what the member itself would lose. It is alternate cost avoided by another road: equal ratios
  (x_i - m_i) / (c(i) - x_i) say that x_i divides the way from m_i to c(i) alike for everybody.

What holds, and why:

- The shares add up, since g is divided whole. Symmetry: by the formulas.
- Who adds to every group just what it costs alone has r_i = 0 and pays that; but not by the equal rule.
- Nobody pays more than alone by alternate cost avoided, if the members together pay no more than apart.
- Core, up to three members: alternate cost avoided is in it if there is one, for the core is then every division
  between all m_i and all c(i). Not promised for four members or more, nor by the equal rule.
- Reversal: the opposite game has the opposite answer, if its total is not nil.

A game of savings is read the same way: what a member adds, and what it has alone.

They ask only for values of one, of all and of all but one, so they take a table or volumes with a tariff.

Sources: J. S. Ransmeier, The Tennessee Valley Authority (1942); D. Gately, Sharing the Gains from Regional Cooperation
(1974); P. D. Straffin and J. P. Heaney, Game Theory and the Tennessee Valley Authority (1981), where the two meet;
H. P. Young, N. Okada and T. Hashimoto, Cost Allocation in Water Resources Development (1982).
"""

from collections.abc import Sequence
from fractions import Fraction

from commonpurse.calc.games.table import Game, answer
from commonpurse.calc.games.volume import VolumeGame
from commonpurse.calc.worked import Worked, exact


def equal_nonseparable(game: Game | VolumeGame) -> Worked:
    """Everybody's separable cost and an equal part of the rest, in pence."""
    added = game.separable
    rest = game.total - sum(added)
    shares = [own + Fraction(rest, len(added)) for own in added]
    return answer("equal non-separable cost", game.kind, shares, {"separable": list(added), "rest": rest})


def alternate_cost_avoided(game: Game | VolumeGame) -> Worked:
    """Everybody's separable cost and a part of the rest in proportion to what it avoids by not being alone, in pence.

    Raises:
        ValueError: if a member alone does better than it adds, or there is a rest and nothing is avoided.
    """
    return _by_remaining("alternate cost avoided", game, game.alone)


def remaining_benefits(game: Game | VolumeGame, benefits: Sequence[int]) -> Worked:
    """Separable costs, remaining benefits, in pence.

    Args:
        benefits: what the purchase is worth to each member, in pence.

    Raises:
        ValueError: if the game is one of savings, there is not one benefit for each member, a benefit is below what
            its member adds, a member alone does better than it adds, or there is a rest and no benefit remains.
    """
    if game.sign > 0:
        raise ValueError("remaining benefits need a game of costs")
    if any(type(benefit) is not int for benefit in benefits):
        raise ValueError("benefits must be ints, in pence")
    if len(benefits) != len(game.alone):
        raise ValueError(f"{len(benefits)} benefits are not one for each of {len(game.alone)} members")
    justified = [min(benefit, alone) for benefit, alone in zip(benefits, game.alone, strict=True)]
    return _by_remaining("separable costs, remaining benefits", game, justified)


def gately(game: Game | VolumeGame) -> Worked:
    """Gately's point, at which everybody has the same propensity to disrupt, in pence.

    Raises:
        ValueError: if the members gain nothing together, or one is worth more to the others than it has alone while
            another is worth less: then no propensity is the same for everybody.
    """
    sign, alone, added = game.sign, game.alone, game.separable
    gain = sign * (game.total - sum(alone))
    reach = [sign * (most - own) for most, own in zip(added, alone, strict=True)]
    if gain <= 0:
        raise ValueError("the members gain nothing together, so no propensity to disrupt is defined")
    if not any(reach) or min(reach) < 0 < max(reach):
        raise ValueError("no propensity to disrupt can be the same for everybody in this game")
    shares = [own + sign * Fraction(gain * step, sum(reach)) for own, step in zip(alone, reach, strict=True)]
    steps = {
        "alone": list(alone),
        "separable": list(added),
        "propensity": exact(Fraction(sum(reach), gain) - 1),
    }
    return answer("gately", game.kind, shares, steps)


def _by_remaining(rule: str, game: Game | VolumeGame, most: Sequence[int]) -> Worked:
    added = game.separable
    remaining = [own - part for own, part in zip(most, added, strict=True)]
    for place, left in enumerate(remaining):
        if game.sign * left > 0:
            raise ValueError(f"member {place} adds {added[place]} to the others, against {most[place]} of its own")
    rest, whole = game.total - sum(added), sum(remaining)
    if not whole and rest:
        raise ValueError(f"{rest} is left to divide, and nobody has anything to divide it by")
    parts = [Fraction(rest * left, whole) if whole else Fraction(0) for left in remaining]
    steps = {"separable": list(added), "most": list(most), "remaining": remaining, "rest": rest}
    return answer(rule, game.kind, [own + part for own, part in zip(added, parts, strict=True)], steps)
