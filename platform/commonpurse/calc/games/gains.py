"""Plain rules: in proportion to volume, and what is gained together shared equally or in proportion.

With c(i) what a member has alone, C the sum of these and T the total of all together:

- In proportion to volume: T q_i / Q.
- Equal gains: c(i) + (T - C) / n, so that everybody gains the same.
- Proportional gains: c(i) T / C, so that everybody gains the same part of what it has alone.

What holds, and why:

- The shares add up and symmetry: by the formulas.
- Nobody is worse off than alone by the two rules of gains, if the members together are not.
- Core, for proportion to volume, if the unit price never rises: what a group pays on its own for a unit, its part of
  the fixed cost included, is then never less than what all pay together for one.
- Not promised by the two rules of gains: the core. A group that gains much on its own may gain less here. Equal gains
  may even pay a member to take part, if it has less alone than its part of the gain.
- Reversal: the opposite game has the opposite answer, if its total is not nil.
"""

from fractions import Fraction

from commonpurse.calc.games.table import Game, answer
from commonpurse.calc.games.volume import VolumeGame
from commonpurse.calc.worked import Worked


def in_proportion(game: VolumeGame) -> Worked:
    """Everybody's part of the cost in proportion to its volume, in pence."""
    shares = [Fraction(game.total * volume, game.volume) for volume in game.volumes]
    return answer("in proportion to volume", game.kind, shares, {"volumes": list(game.volumes)})


def equal_gains(game: Game | VolumeGame) -> Worked:
    """What everybody has alone, and an equal part of what all gain together, in pence.

    >>> from commonpurse.calc.games.table import Kind
    >>> equal_gains(Game(Kind.COST, (0, 6, 5, 9))).amounts
    (5, 4)
    """
    gain = game.total - sum(game.alone)
    shares = [own + Fraction(gain, len(game.alone)) for own in game.alone]
    return answer("equal gains", game.kind, shares, {"alone": list(game.alone), "gain": gain})


def proportional_gains(game: Game | VolumeGame) -> Worked:
    """The total in proportion to what everybody has alone, in pence.

    Raises:
        ValueError: if the members have nothing alone, or one of them less than nothing, and there is a total.
    """
    whole = sum(game.alone)
    if game.total and (whole <= 0 or min(game.alone) < 0):
        raise ValueError("what the members have alone gives no proportion")
    shares = [Fraction(game.total * own, whole) if game.total else Fraction(0) for own in game.alone]
    return answer("proportional gains", game.kind, shares, {"alone": list(game.alone)})
