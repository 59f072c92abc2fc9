"""The tau value: the compromise between what each member can hope for and what it can insist on.

In a game of gains a member's hope M_i is what it adds to all the others. What it can insist on, m_i, is the most that
is left to it in any group whose other members are all paid their hopes. The tau value is the one division on the
line from m to M. A game of costs is read as one of gains, with every sign changed.

What holds, and why: efficiency and symmetry by the formula; who adds to every group just what it has alone gets
that, for hope and right are then the same; the opposite of a game of costs is its game of gains, with the opposite
answer, if the total is not nil. Not promised: the core; additivity.

Source: S. H. Tijs, Bounds for the Core and the tau-Value (1981).
"""

from fractions import Fraction

from commonpurse.calc.games.table import Game, answer, places, subset_sums
from commonpurse.calc.worked import Worked


def tau(game: Game) -> Worked:
    """The tau value of a table, in pence.

    Raises:
        ValueError: if somebody can insist on more than it can hope for, as when all hopes are less than there is, or
            all of them on more than there is: the game is not quasi-balanced, and has no tau value.
    """
    sign, total = game.sign, game.sign * game.total
    hopes = [sign * added for added in game.separable]
    left = [sign * value - paid for value, paid in zip(game.values, subset_sums(hopes), strict=True)]
    rights = [
        hope + max(left[mask] for mask in range(1, len(left)) if mask >> place & 1) for place, hope in enumerate(hopes)
    ]
    for place, (hope, right) in enumerate(zip(hopes, rights, strict=True)):
        if right > hope:
            raise ValueError(f"no tau value: what member {place} can insist on is more than it can hope for")
    if sum(rights) > total:
        raise ValueError("no tau value: together the members can insist on more than there is")
    reach = sum(hopes) - sum(rights)
    part = Fraction(total - sum(rights), reach) if reach else Fraction(0)
    shares = [sign * (right + part * (hope - right)) for hope, right in zip(hopes, rights, strict=True)]
    steps = {
        "hopes": [sign * hope for hope in hopes],
        "rights": [sign * right for right in rights],
        "groups": [_binding(left, place) for place in range(game.members)],
    }
    return answer("tau", game.kind, shares, steps)


def _binding(left: list[int], place: int) -> list[int]:
    # The group in which the member's right is found: the first of those that leave it most.
    return places(max((mask for mask in range(1, len(left)) if mask >> place & 1), key=lambda mask: left[mask]))
