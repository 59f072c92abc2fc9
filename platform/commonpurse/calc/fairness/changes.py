"""What would happen to a division if something were otherwise: a unit more, a larger figure, a body fewer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from commonpurse.calc.allocation_rules import (
    CREDIT,
    LARGEST_REMAINDER,
    Case,
    Hybrid,
    Rule,
)
from commonpurse.calc.fairness.division import Division, Scene, divide, follow_credits
from commonpurse.calc.sentence import Sentence

MOST_ROWS = 300
"""Divisions that are looked at for a population paradox: the largest lots with every larger figure."""


@dataclass(frozen=True, slots=True)
class NextUnit:
    """One smallest unit more in each of the lots looked at.

    `gained` says of each place in how many of them it would receive more. `lost` has the number of each lot in which a
    body would receive less, with the first such body's place and its amounts before and after.
    """

    looked_at: int
    last: str | Sentence
    gained: tuple[int, ...]
    lost: tuple[tuple[int, int, int, int], ...]


def one_more(done: Division) -> NextUnit:
    """What one unit more would do in each lot; where credits are kept, in the last one only."""
    import numpy as np

    rule, scene = done.rule, done.scene
    if rule.rounding == CREDIT:
        from commonpurse.calc.credit import divide_by_credit

        number, weights, _, owed = follow_credits(scene, done.groups)[-1]
        numbers = [number]
        after = np.array([divide_by_credit(scene.lots[number].total + 1, weights, owed).worked.amounts], dtype=object)
    else:
        from commonpurse.calc.rows import divide_rows

        numbers, parts = [], []
        for weights, some in done.groups:
            numbers += some
            parts.append(divide_rows(rule.rounding, [scene.lots[n].total + 1 for n in some], weights))
        after = np.concatenate(parts)
    before = done.each if numbers == list(range(len(done.each))) else done.each[numbers]
    change = after - before
    lost = []
    for row in sorted(np.flatnonzero((change[:, :-1] < 0).any(axis=1)), key=lambda row: numbers[row]):
        place = int(np.flatnonzero(change[row, :-1] < 0)[0])
        lost.append((numbers[row], place, int(before[row, place]), int(after[row, place])))
    gained = tuple(int(count) for count in (change > 0).sum(axis=0))
    return NextUnit(len(numbers), scene.lots[numbers[-1]].name, gained, tuple(lost))


@dataclass(frozen=True, slots=True)
class Larger:
    """A figure of one body, a tenth larger: the weights of all places before and after, over the same lots."""

    body: str
    basis: str
    before: tuple[int, ...]
    after: tuple[int, ...]


def larger_figures(done: Division) -> Iterator[Larger]:
    """Every figure that the rule weighs by, a tenth larger; those of nothing stay nothing and are left out."""
    rule, scene = done.rule, done.scene
    # Tenfold, so that a tenth more is a whole number; only ratios count.
    tenfold = {basis: {one: 10 * weight for one, weight in scene.bases.get(basis, {}).items()} for basis in rule.bases}
    asked = [(body, basis) for basis in rule.bases for body in scene.roster if tenfold[basis].get(body)]
    cases = [
        Case(scene.roster, None, {**tenfold, basis: {**tenfold[basis], body: tenfold[basis][body] // 10 * 11}})
        for body, basis in asked
    ]
    before, *after = _weigh(rule, [Case(scene.roster, None, tenfold), *cases])
    for (body, basis), weights in zip(asked, after, strict=True):
        yield Larger(body, basis, before, weights)


def _weigh(rule: Rule, cases: Sequence[Case]) -> list[tuple[int, ...]]:
    """What `rule.weigh` says of each case; a mixed rule's parts are divided for all cases at once."""
    if not isinstance(rule, Hybrid) or rule.floor is not None or rule.cap is not None:
        return [tuple(rule.weigh(case)) for case in cases]
    import numpy as np

    from commonpurse.calc.allocation_rules.rule import PARTS, percent_in_millionths
    from commonpurse.calc.apportion import largest_remainder
    from commonpurse.calc.kernel import largest_remainder_rows

    parts = largest_remainder(PARTS, [percent_in_millionths(percent, "legs") for percent, _ in rule.legs])
    summed = np.zeros((len(cases), len(cases[0].members) + 1), dtype=np.int64)
    for part, (_, leg) in zip(parts, rule.legs, strict=True):
        if leg.bases:
            summed += largest_remainder_rows([part] * len(cases), [leg.weigh(case) for case in cases])
        else:
            summed += largest_remainder_rows([part], leg.weigh(cases[0]))
    return [tuple(row) for row in summed.tolist()]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """The figure on which most hangs: a tenth more of it moves the exact share of the body at `place` most."""

    body: str
    basis: str
    place: int
    before: Fraction
    after: Fraction


def most_sensitive(done: Division, larger: Sequence[Larger]) -> Sensitive | None:
    """Of all bodies and figures, where the exact share of any body would move most; None if nothing would move."""
    weighed = [number for weights, numbers in done.groups for number in numbers if _goes_by_basis(done, number)]
    total = sum(done.scene.lots[number].total for number in weighed)
    most: tuple[Fraction, Larger, int] | None = None
    for one in larger:
        whole, new_whole = sum(one.before), sum(one.after)
        moved = [abs(new * whole - old * new_whole) for old, new in zip(one.before[:-1], one.after[:-1], strict=True)]
        size = max(moved)
        change = Fraction(size, whole * new_whole)
        if size and (most is None or change > most[0]):
            most = change, one, moved.index(size)
    if most is None or not total:
        return None
    _, one, place = most
    exact = done.exact[place]
    change = Fraction(one.after[place], sum(one.after)) - Fraction(one.before[place], sum(one.before))
    return Sensitive(one.body, one.basis, place, exact, exact + total * change)


def _goes_by_basis(done: Division, number: int) -> bool:
    return not done.rule.uses_place or done.scene.lots[number].holder is None


@dataclass(frozen=True, slots=True)
class Paradox:
    """A figure that grew, a body that lost a unit and one that gained, though the first weighs no less beside it."""

    lot: int
    larger: Larger
    loser: int
    loses: tuple[int, int]
    gainer: int
    gains: tuple[int, int]


def population_paradox(done: Division, larger: Sequence[Larger]) -> Paradox | None:
    """The first that happens in the largest lots, if one does; no divisor method has any.

    Source: M. Balinski and H. P. Young, Fair Representation (1982), on population monotonicity.
    """
    if done.rule.rounding != LARGEST_REMAINDER or not larger:
        return None
    import numpy as np

    from commonpurse.calc.kernel import largest_remainder_rows

    lots = done.scene.lots
    numbers = [number for number in range(len(lots)) if _goes_by_basis(done, number)]
    numbers = sorted(numbers, key=lambda number: (-lots[number].total, number))[: max(1, MOST_ROWS // len(larger))]
    if not numbers:
        return None
    fits = max(max(one.after) for one in larger) < 2**63
    old, new = (np.array(rows, dtype=np.int64 if fits else object) for rows in _before_and_after(larger))
    grown = new[:, :-1].astype(float) / np.maximum(old[:, :-1].astype(float), 1)
    totals = [lots[number].total for number in numbers for _ in larger]
    rows = largest_remainder_rows(totals, np.tile(new, (len(numbers), 1)))
    for at, number in enumerate(numbers):
        before = done.each[number]
        block = rows[at * len(larger) : (at + 1) * len(larger)]
        change = block - before
        # Floating point leaves out what cannot be, with room for its rounding; the rest is looked at exactly.
        steadiest = np.where(change[:, :-1] < 0, grown, -np.inf).max(axis=1)
        slowest = np.where(change[:, :-1] > 0, grown, np.inf).min(axis=1)
        suspect = np.isfinite(steadiest) & np.isfinite(slowest) & (steadiest >= slowest * (1 - 1e-9))
        pairs = {int(row): _against_weight(larger[row], change[row, :-1].tolist()) for row in suspect.nonzero()[0]}
        found = next(((row, *pair) for row, pair in pairs.items() if pair is not None), None)
        if found is not None:
            row, loser, gainer = found
            loses, gains = ((int(before[place]), int(block[row][place])) for place in (loser, gainer))
            return Paradox(number, larger[row], loser, loses, gainer, gains)
    return None


def _before_and_after(larger: Sequence[Larger]) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    return [one.before for one in larger], [one.after for one in larger]


def _against_weight(larger: Larger, change: Sequence[int]) -> tuple[int, int] | None:
    """A body that loses and one that gains, although the first does not weigh less beside the second than before."""
    old, new = larger.before, larger.after
    losers = [place for place, moved in enumerate(change) if moved < 0]
    gainers = [place for place, moved in enumerate(change) if moved > 0]
    pairs = ((loser, gainer) for loser in losers for gainer in gainers)
    return next((pair for pair in pairs if new[pair[0]] * old[pair[1]] >= new[pair[1]] * old[pair[0]]), None)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What everybody would receive if one body left and as much were there to divide; the leaver has nothing."""

    leaver: str
    before: tuple[int, ...]
    after: tuple[int, ...]


def leaving(done: Division, leaver: str) -> Leaving:
    """The same quantities by the same rule without one body."""
    scene: Scene = done.scene.without(leaver)
    fewer = dict(zip(scene.places, divide(done.rule, scene).amounts, strict=True))
    return Leaving(leaver, done.amounts, tuple(fewer.get(place, 0) for place in done.scene.places))


def envious(done: Division) -> list[tuple[int, int]]:
    """Pairs of bodies (i, j) of which i has less for its weight than j would have with one unit less.

    The weight of a body is its exact share, since it may weigh differently in different lots.
    """
    exact = done.exact
    common = lcm(*(share.denominator for share in exact))
    weights = [int(share * common) for share in exact[:-1]]
    amounts = done.amounts[:-1]
    return [
        (i, j)
        for i, mine in enumerate(weights)
        if mine
        for j, theirs in enumerate(weights)
        if theirs and i != j and (amounts[j] - 1) * mine > amounts[i] * theirs
    ]
