"""What everybody receives when less is there than was promised: the claims, or bankruptcy, rules.

An endowment is divided among claims that add up to at least as much. Every rule answers in exact fractions, and
`award` turns them into whole units by the largest remainder. What is left when the endowment exceeds the
claims goes to a last place of its own, the unallocated one, so that nothing is dropped.

In exact shares, for every rule here: they add up to the endowment; 0 <= share <= claim; equal claims receive
equally; a larger claim receives no less and loses no less (order preservation); and a larger endowment means less
for nobody (resource monotonicity). Further:

- Self-dual, so that dividing what is there and dividing what is missing agree: proportional, Talmud, reverse
  Talmud, random arrival, adjusted proportional, concede-and-divide. Equal awards and equal losses are each
  other's dual.
- Consistent, so that some of the claimants who put their shares together and divide anew receive the same:
  proportional, equal awards, equal losses, Talmud, reverse Talmud, Piniles.
- The Talmud rule is the nucleolus of the bankruptcy game, and random arrival is its Shapley value.

In whole units: the sum, the bounds, and the share rounded down or up hold for all; the order holds wherever the
exact shares (or losses) differ, and equal ones differ by at most a unit, the earlier in the roster first. That more
to divide is never less for anybody survives rounding for equal awards, equal losses and the reverse Talmud rule:
there all who stand between nothing and their claim, both whole numbers, rise at one speed, so rounding is one
threshold that moves up with the endowment. It survives too wherever there are two claimants, because then it is
rounding to the nearest. With the other rules a unit more can cost somebody a unit: those who stopped at half a
claim, or rise at a speed of their own, compete for the spare units. `steps` names the laws that hold.

Sources: B. O'Neill, A problem of rights arbitration from the Talmud (1982); R. Aumann and M. Maschler, Game
theoretic analysis of a bankruptcy problem from the Talmud (1985); I. Curiel, M. Maschler and S. Tijs, Bankruptcy
games (1987); Y. Chun, J. Schummer and W. Thomson, Constrained egalitarianism (2001); W. Thomson, Axiomatic and
game-theoretic analysis of bankruptcy and taxation problems (2003, with an update of 2015).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from math import factorial
from types import MappingProxyType

from commonpurse.calc.worked import Worked, exact, whole_units

MOST_ARRIVALS = 24
"""Random arrival looks at every subset of each half of the claimants: with more it would take too long."""

Amount = Fraction | int
Shares = tuple[Fraction, ...]


def award(endowment: int, claims: Sequence[int], rule: str) -> Worked:
    """Divide `endowment` among `claims` by the rule of that name, in whole units.

    Args:
        endowment: what there is, in smallest units; zero or more.
        claims: what was promised to each place, in smallest units; zero or more.
        rule: a name from RULES.

    Returns:
        One amount for each claim and, at the last place, what no claim takes: they add up to the endowment.

    Raises:
        ValueError: if a number is no int or below zero, nobody claims, or the rule is unknown or cannot take so many.
    """
    _check(endowment, claims)
    divide = rule_named(rule)
    spare = max(0, endowment - sum(claims))
    shares = divide(endowment - spare, claims)
    amounts = whole_units(shares)
    floors = [share.numerator // share.denominator for share in shares]
    monotone = len(claims) <= 2 or rule in MONOTONE_IN_UNITS
    steps = {
        "rule": rule,
        "endowment": endowment,
        "claims": list(claims),
        "claimed": sum(claims),
        "shares": [exact(share) for share in shares],
        "floors": floors,
        "extra_unit": [amount > floor for amount, floor in zip(amounts, floors, strict=True)],
        "unallocated": spare,
        "laws": [*_ROUNDED_LAWS, *(["resource_monotonicity"] if monotone else [])],
    }
    return Worked((*amounts, spare), steps)


def rule_named(name: str) -> Callable[[Amount, Sequence[Amount]], Shares]:
    """The rule of that name: what it answers are the shares before rounding. Raises ValueError if there is none.

    >>> [str(share) for share in rule_named("constrained_equal_awards")(10, [2, 7, 8])]
    ['2', '4', '4']
    """
    if name not in RULES:
        raise ValueError(f"{name!r} is not a rule for claims; the rules are {', '.join(RULES)}")
    return RULES[name]


def proportional(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """To each the same part of the claim."""
    _check_exact(endowment, claims)
    claimed = sum(claims)
    return tuple(Fraction(endowment * claim) / claimed if claimed else Fraction(0) for claim in claims)


def constrained_equal_awards(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """To each the same amount, but nobody more than the claim (Maimonides)."""
    _check_exact(endowment, claims)
    level = _level(endowment, claims)
    return tuple(Fraction(min(claim, level)) for claim in claims)


def constrained_equal_losses(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """Each loses the same amount, but nobody more than the claim."""
    return _dual(constrained_equal_awards, endowment, claims)


def talmud(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """Equal awards up to half of every claim, then equal losses down to half of it (Aumann and Maschler)."""
    _check_exact(endowment, claims)
    if 2 * endowment > sum(claims):
        return _dual(talmud, endowment, claims)
    return constrained_equal_awards(endowment, _halves(claims))


def reverse_talmud(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """Equal losses on the half-claims, then half of every claim and equal awards on the rest."""
    _check_exact(endowment, claims)
    if 2 * endowment > sum(claims):
        return _dual(reverse_talmud, endowment, claims)
    return constrained_equal_losses(endowment, _halves(claims))


def piniles(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """Equal awards on the half-claims, and once these are met, equal awards on the other halves (Piniles 1861)."""
    _check_exact(endowment, claims)
    halves = _halves(claims)
    if endowment <= sum(halves):
        return constrained_equal_awards(endowment, halves)
    return _sum(halves, constrained_equal_awards(endowment - sum(halves), halves))


def adjusted_proportional(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """To each what all others concede, then in proportion to what is still claimed, cut off at what is left."""
    _check_exact(endowment, claims)
    claimed = sum(claims)
    minimal = [Fraction(max(0, endowment - (claimed - claim))) for claim in claims]
    left = endowment - sum(minimal)
    rest = [min(claim - right, left) for claim, right in zip(claims, minimal, strict=True)]
    return _sum(minimal, proportional(left, rest))


def concede_and_divide(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """Each of two receives what the other does not claim, and half of the rest: the contested garment."""
    _check_exact(endowment, claims)
    if len(claims) != 2:
        raise ValueError(f"concede-and-divide is for two claimants, not {len(claims)}")
    first, second = max(0, endowment - claims[1]), max(0, endowment - claims[0])
    half = Fraction(endowment - first - second) / 2
    return first + half, second + half


def minimal_overlap(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """Claims are laid on parts of the endowment so that they overlap least; each part is shared by its claimants.

    If one claim covers the endowment, all start at the same end: Ibn Ezra's layers. If not, everybody's claim up to a
    level is laid so, on as much of the endowment, and what each claims above that level lies alone (O'Neill 1982).
    """
    _check_exact(endowment, claims)
    level = endowment if endowment <= max(claims) else _least_overlap(endowment, claims)
    above = [Fraction(max(0, claim - level) if endowment > level else 0) for claim in claims]
    return _sum(_layers([min(claim, level) for claim in claims]), above)


def random_arrival(endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """First come, first served, averaged over all orders of arrival: O'Neill's recursive completion.

    Whoever comes after the set S receives min(claim, max(0, endowment - claims of S)). So only sums over the
    subsets that leave something are needed: of what they leave, by size, in all and for those with a given
    claimant. The subsets of one half of the claimants meet the sorted subsets of the other.

    Raises:
        ValueError: as all rules, and for more than MOST_ARRIVALS claimants.
    """
    _check_exact(endowment, claims)
    if len(claims) > MOST_ARRIVALS:
        raise ValueError(f"random arrival can be worked out for up to {MOST_ARRIVALS} claimants, not {len(claims)}")
    number, half = len(claims), len(claims) // 2
    total, mine = _left_by_subsets(endowment, claims[:half], claims[half:])
    _, others = _left_by_subsets(endowment, claims[half:], claims[:half])
    orders = factorial(number)
    weights = [Fraction(factorial(size) * factorial(number - 1 - size), orders) for size in range(number)]
    return tuple(
        sum((weight * (total[size] - own[size] - own[size + 1]) for size, weight in enumerate(weights)), Fraction(0))
        for own in (*mine, *others)
    )


RULES: Mapping[str, Callable[[Amount, Sequence[Amount]], Shares]] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            proportional,
            constrained_equal_awards,
            constrained_equal_losses,
            talmud,
            reverse_talmud,
            piniles,
            adjusted_proportional,
            minimal_overlap,
            random_arrival,
            concede_and_divide,
        )
    }
)
"""Every rule by its name: a function of the endowment and the claims that gives exact shares."""

MONOTONE_IN_UNITS = frozenset({"constrained_equal_awards", "constrained_equal_losses", "reverse_talmud"})
"""The rules by which more to divide is never less for anybody, after rounding too, however many claim."""

_ROUNDED_LAWS = ("conservation", "bounds", "quota", "order")


def _dual(rule: Callable[[Amount, Sequence[Amount]], Shares], endowment: Amount, claims: Sequence[Amount]) -> Shares:
    """What is left of the claims after what is missing was divided by the rule."""
    _check_exact(endowment, claims)
    losses = rule(sum(claims) - endowment, claims)
    return tuple(claim - loss for claim, loss in zip(claims, losses, strict=True))


def _halves(claims: Sequence[Amount]) -> Shares:
    return tuple(Fraction(claim) / 2 for claim in claims)


def _sum(some: Sequence[Fraction], more: Sequence[Fraction]) -> Shares:
    return tuple(one + other for one, other in zip(some, more, strict=True))


def _level(endowment: Amount, claims: Sequence[Amount]) -> Amount:
    """The level at which claims must be cut off so that what is below it adds up to the endowment."""
    left, ascending, place = endowment, sorted(claims), 0
    while ascending[place] * (len(ascending) - place) < left:
        left, place = left - ascending[place], place + 1
    return Fraction(left) / (len(ascending) - place)


def _layers(claims: Sequence[Amount]) -> Shares:
    """Every stretch between one claim and the next larger is shared by those whose claims reach over it."""
    below, share, reached = Fraction(0), Fraction(0), {}
    for place, claim in enumerate(sorted(claims)):
        share += Fraction(claim - below) / (len(claims) - place)
        reached[claim] = share
        below = Fraction(claim)
    return tuple(reached[claim] for claim in claims)


def _least_overlap(endowment: Amount, claims: Sequence[Amount]) -> Fraction:
    """The level s for which what is claimed above it fills the endowment but for s; every claim is below endowment.

    Between two claims with `count` above, sum - count x s = endowment - s. The left side falls faster, so the first
    stretch that holds its solution is the right one; with one claim above there is none, as it is below endowment.
    """
    ascending = sorted(claims)
    above, count, place = sum(ascending), len(ascending), 0
    while Fraction(above - endowment) / (count - 1) > ascending[place]:
        above, count, place = above - ascending[place], count - 1, place + 1
    return Fraction(above - endowment) / (count - 1)


def _left_by_subsets(
    endowment: Amount, these: Sequence[Amount], those: Sequence[Amount]
) -> tuple[list[Amount], list[list[Amount]]]:
    """What subsets of all claimants leave of the endowment, summed by size: in all, and with each of `these` in it."""
    sizes = len(these) + len(those) + 1
    total: list[Amount] = [0] * sizes
    mine: list[list[Amount]] = [[0] * sizes for _ in these]
    # By size, the claims of the subsets of `those` in ascending order, and their running sums.
    ranks: list[tuple[list[Amount], list[Amount]]] = []
    for sums in _sums_by_size(those):
        ranked = sorted(claimed for claimed, _ in sums)
        ranks.append((ranked, list(accumulate(ranked, initial=0))))
    for size, subsets in enumerate(_sums_by_size(these)):
        for claimed, members in subsets:
            free = endowment - claimed
            for more, (ranked, running) in enumerate(ranks):
                count = bisect_left(ranked, free)
                left = count * free - running[count]
                total[size + more] += left
                for place in members:
                    mine[place][size + more] += left
    return total, mine


def _sums_by_size(claims: Sequence[Amount]) -> list[list[tuple[Amount, tuple[int, ...]]]]:
    """For every size, what each subset of that size claims, and its places."""
    by_size: list[list[tuple[Amount, tuple[int, ...]]]] = [[] for _ in range(len(claims) + 1)]
    by_size[0].append((0, ()))
    for place, claim in enumerate(claims):
        for size in range(place, -1, -1):
            by_size[size + 1] += [(claimed + claim, (*members, place)) for claimed, members in by_size[size]]
    return by_size


def _check(endowment: int, claims: Sequence[int]) -> None:
    # A numpy integer would overflow in silence and a bool is a slip, so only true ints are taken.
    if any(type(number) is not int for number in (endowment, *claims)):
        raise ValueError("the endowment and the claims must be ints")
    if endowment < 0 or any(claim < 0 for claim in claims):
        raise ValueError("the endowment and the claims must be zero or more")
    if not claims:
        raise ValueError("nobody claims anything: there must be at least one claim")


def _check_exact(endowment: Amount, claims: Sequence[Amount]) -> None:
    if any(type(number) not in (int, Fraction) for number in (endowment, *claims)):
        raise ValueError("the endowment and the claims must be ints or fractions")
    if not claims or endowment < 0 or any(claim < 0 for claim in claims):
        raise ValueError("there must be claims, and they and the endowment must be zero or more")
    if endowment > sum(claims):
        raise ValueError(f"the endowment of {endowment} is more than the claims of {sum(claims)} together")
