"""What would happen to a division if something were otherwise: a unit more, a larger figure, a body fewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from heapq import nlargest
from typing import Any

from commonpurse.calc.allocation_rules import CREDIT, LARGEST_REMAINDER, Case
from commonpurse.calc.fairness.division import Division, Scene, divide, follow_credits
from commonpurse.calc.sentence import Sentence

MOST_ROWS = 300
"""Divisions that are looked at for a population paradox: the largest lots with every larger figure."""

CLOSE = 1e-9
"""Beside a number that it was worked out from, much more than floating point can be wrong by."""


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
    """Every figure that a rule weighs by, a tenth larger by itself; those of nothing stay nothing and are left out.

    `figures` has the body and the basis of each. `before` is what all places weigh, `after` the same in a row for each
    figure: whole numbers of numpy, of which only ratios count.
    """

    figures: tuple[tuple[str, str], ...]
    before: Any
    after: Any


def larger_figures(done: Division) -> Larger:
    """What the places of a division would weigh."""
    import numpy as np

    from commonpurse.calc.fairness.weighing import weigh_rows

    rule, scene = done.rule, done.scene
    recorded = {basis: Case(scene.roster, None, scene.bases).recorded(basis) for basis in rule.bases}
    found = [(place, basis) for basis, weights in recorded.items() for place, weight in enumerate(weights) if weight]
    # Tenfold, so that a tenth more is a whole number.
    kind = np.int64 if all(max(weights) < 2**58 for weights in recorded.values()) else object
    rows = {
        basis: np.tile(np.array(weights, dtype=kind) * 10, (len(found) + 1, 1)) for basis, weights in recorded.items()
    }
    for row, (place, basis) in enumerate(found, start=1):
        rows[basis][row, place] += recorded[basis][place]
    weights = weigh_rows(rule, scene.roster, rows, len(found) + 1)
    return Larger(tuple((scene.roster[place], basis) for place, basis in found), weights[0], weights[1:])


@dataclass(frozen=True, slots=True)
class Sensitive:
    """The figure on which most hangs: a tenth more of it moves the exact share of the body at `place` most."""

    body: str
    basis: str
    place: int
    before: Fraction
    after: Fraction


def most_sensitive(done: Division, larger: Larger) -> Sensitive | None:
    """Of all bodies and figures, where the exact share of any body would move most; None if nothing would move."""
    total = sum(done.scene.lots[number].total for number in done.by_figures)
    if not larger.figures or not total:
        return None
    parts, parts_after = (
        weights[..., :-1].astype(float) / weights.sum(axis=-1, keepdims=True).astype(float)
        for weights in (larger.before, larger.after)
    )
    moved = abs(parts_after - parts)
    before, whole = [int(weight) for weight in larger.before], sum(larger.before.tolist())
    most: tuple[Fraction, int, int] | None = None
    # Floating point leaves out what cannot be, with room for its rounding; the rest is looked at exactly.
    for row, place in zip(*(moved >= moved.max() - CLOSE).nonzero(), strict=True):
        share = Fraction(int(larger.after[row, place]), sum(larger.after[row].tolist()))
        change = share - Fraction(before[place], whole)
        if change and (most is None or abs(change) > abs(most[0])):
            most = change, int(row), int(place)
    if most is None:
        return None
    change, row, place = most
    return Sensitive(*larger.figures[row], place, done.exact[place], done.exact[place] + total * change)


@dataclass(frozen=True, slots=True)
class Paradox:
    """A figure that grew, a body that lost a unit and one that gained, though the first weighs no less beside it."""

    lot: int
    body: str
    basis: str
    loser: int
    loses: tuple[int, int]
    gainer: int
    gains: tuple[int, int]


def population_paradox(done: Division, larger: Larger) -> Paradox | None:
    """The first that happens in the largest lots, if one does; no divisor method has any.

    Source: M. Balinski and H. P. Young, Fair Representation (1982), on population monotonicity.
    """
    size = len(larger.figures)
    if done.rule.rounding != LARGEST_REMAINDER or not size or not done.by_figures:
        return None
    import numpy as np

    from commonpurse.calc.kernel import largest_remainder_rows

    lots = done.scene.lots
    numbers = nlargest(max(1, MOST_ROWS // size), done.by_figures, key=lambda number: lots[number].total)
    old, new = larger.before[:-1], larger.after[:, :-1]
    grown = new.astype(float) / np.maximum(old.astype(float), 1)
    totals = [lots[number].total for number in numbers for _ in larger.figures]
    rows = largest_remainder_rows(totals, np.tile(larger.after, (len(numbers), 1)))
    # A table of figures and places for each lot.
    before, after = done.each[numbers][:, np.newaxis], rows.reshape(len(numbers), size, -1)
    change = (after - before)[..., :-1]
    # As above.
    steadiest = np.where(change < 0, grown, -np.inf).max(axis=2)
    slowest = np.where(change > 0, grown, np.inf).min(axis=2)
    suspect = np.isfinite(steadiest) & np.isfinite(slowest) & (steadiest >= slowest * (1 - CLOSE))
    suspects = ((int(at), int(row)) for at, row in zip(*suspect.nonzero(), strict=True))
    pairs = ((at, row, _against_weight(old.tolist(), new[row].tolist(), change[at, row])) for at, row in suspects)
    found = next(((at, row, *pair) for at, row, pair in pairs if pair is not None), None)
    if found is None:
        return None
    at, row, loser, gainer = found
    body, basis = larger.figures[row]
    loses, gains = ((int(before[at, 0, place]), int(after[at, row, place])) for place in (loser, gainer))
    return Paradox(numbers[at], body, basis, loser, loses, gainer, gains)


def _against_weight(old: Sequence[int], new: Sequence[int], change: Sequence[int]) -> tuple[int, int] | None:
    """A body that loses and one that gains, although the first does not weigh less beside the second than before."""
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
    scene = _without(done.scene, leaver)
    fewer = dict(zip(scene.places, divide(done.rule, scene).amounts, strict=True))
    return Leaving(leaver, done.amounts, tuple(fewer.get(place, 0) for place in done.scene.places))


# Every rule of a scene asks for it, and scenes never change.
_without = lru_cache(maxsize=4)(Scene.without)


def envious(done: Division) -> list[tuple[int, int]]:
    """Pairs of bodies (i, j) of which i has less for its weight than j would have with one unit less.

    The weight of a body is its exact share, since it may weigh differently in different lots.
    """
    import numpy as np

    shares, whole = done.entitled
    places = [place for place, share in enumerate(shares[:-1]) if share]
    sizes = np.array([shares[place] / whole for place in places])
    own = (np.array([done.amounts[place] for place in places]) / sizes)[:, np.newaxis]
    others = np.array([done.amounts[place] - 1 for place in places]) / sizes
    more, room = others - own, CLOSE * (abs(others) + own)
    found = more > room
    # As above.
    for row, column in zip(*(abs(more) <= room).nonzero(), strict=True):
        i, j = places[row], places[column]
        found[row, column] = (done.amounts[j] - 1) * shares[i] > done.amounts[i] * shares[j]
    one, other = (np.array(places)[numbers].tolist() for numbers in found.nonzero())
    return list(zip(one, other, strict=True))
