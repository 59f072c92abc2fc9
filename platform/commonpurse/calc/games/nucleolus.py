"""The nucleolus: make the gain of the group that gains least as large as can be, then of the next, and so on.

A group's gain is what its members pay less together than the group would alone, or receive more. Nobody may be worse
off than alone. Each stage settles the groups whose gain cannot be raised further, until everybody's share is settled.

A stage is a linear program in the shares and the level t: raise t, while every group that is not settled gains at
least t, nobody is worse off than alone, and settled groups keep what they have. It is solved exactly, in integers, by
the simplex method on its dual: one row for each member and one for the level, so the basis is small, and all groups
are looked at by one pass of sums. The most violated group enters; after a step that gained nothing the first one does
(Bland's rule), so it cannot go round in circles.

The answer is proved by its steps. Every stage has weights: those of its `groups` are above zero and add up to one, and
together with those of members held at what they have `alone`, above zero too, and of groups `settled` before, they add
up to nil for each member. So the weighted sum of the gains of the stage's groups is no larger in any division that the
stages before allow than it is here. As all these groups have the level here, no division gives all of them more, and
in every division that gives no open group less than the level they have just that: they are settled.

What holds, and why: efficiency; symmetry and uniqueness (D. Schmeidler); everybody as well off as alone; in the core
if there is one, since the least gain is then not negative. Null player: who adds nothing to any group keeps nil.
The opposite game has the opposite answer, if its total is not nil. Not promised: that more to divide is never less
for somebody.

Sources: D. Schmeidler, The Nucleolus of a Characteristic Function Game (1969); M. Maschler, B. Peleg and L. S. Shapley,
Geometric Properties of the Kernel, Nucleolus, and Related Solution Concepts (1979), for the stages; E. Kohlberg, On the
Nucleolus of a Characteristic Function Game (1971), for the weights that prove it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from commonpurse.calc.games.frame import Frame, unit_frame
from commonpurse.calc.games.table import Game, answer, places, subset_sums
from commonpurse.calc.worked import Worked, exact

MOST_MEMBERS = 12
"""Four thousand groups: well below a second for ten members, and about one for twelve."""


@dataclass(frozen=True, slots=True, order=True)
class _Row:
    # A group's amount, less the level if `gains`, is at least the bound: or just the bound, if settled.
    mask: int
    gains: bool
    bound: Fraction
    settled: bool = False

    @property
    def order(self) -> tuple[bool, int]:
        """Where it comes among all rows: groups by their mask, then members' own limits."""
        return (not self.gains, self.mask)

    def vector(self, members: int) -> list[int]:
        return [self.mask >> place & 1 for place in range(members)] + [-int(self.gains)]


def nucleolus(game: Game) -> Worked:
    """The nucleolus of a table, in pence, with its proof.

    Raises:
        ValueError: if there are more than twelve members, or no division leaves everybody as well off as alone.

    >>> from commonpurse.calc.games.table import Kind
    >>> nucleolus(Game(Kind.SAVING, (0, 0, 0, 60, 0, 60, 0, 60))).amounts  # one seller, two buyers
    (60, 0, 0)
    """
    members, sign = game.members, game.sign
    if members > MOST_MEMBERS:
        raise ValueError(f"{members} members are too many for the nucleolus, which takes {MOST_MEMBERS}")
    if sign * (game.total - sum(game.alone)) < 0:
        raise ValueError("no division leaves everybody as well off as alone, so there is no nucleolus")
    values = [sign * value for value in game.values]
    settled = [_Row(game.everybody, False, Fraction(values[-1]), settled=True)]
    point = [Fraction(values[-1])]
    stages = []
    while len(settled) < members:
        stage = _Stage.opened(members, values, settled).solved()
        point = stage.point
        stages.append(stage.told(sign))
        settled = stage.settling
    return answer("nucleolus", game.kind, [sign * share for share in point], {"stages": stages})


@dataclass(frozen=True, slots=True)
class _Stage:
    # One linear program on its way: `rows` are the basis, `open` the groups not yet settled.
    members: int
    values: list[int]
    open: list[int]
    rows: list[_Row]
    frame: Frame

    @classmethod
    def opened(cls, members: int, values: list[int], settled: Sequence[_Row]) -> "_Stage":
        """The program after what is settled, at a basis that the dual allows.

        A group that is not settled and all the others are balanced: half of each is everybody.
        """
        frame = unit_frame(members + 1)
        rows: list[_Row | None] = [None] * (members + 1)
        for row in settled:
            frame = _filled(frame, rows, row)
        unsettled = _outside(frame, rows, len(values))
        first = unsettled[0]
        for mask in (first, len(values) - 1 ^ first, *(1 << place for place in range(members))):
            frame = _filled(frame, rows, _Row(mask, True, Fraction(values[mask])))
        return cls(members, values, unsettled, [row for row in rows if row is not None], frame)

    @property
    def weights(self) -> list[Fraction]:
        """The dual solution: the weight of each row."""
        return [Fraction(-number, self.frame.scale) for number in self.frame.inverse[-1]]

    @property
    def point(self) -> list[Fraction]:
        """Everybody's share, in terms of gains."""
        shares, _, scale = self._found()
        return [Fraction(share, scale) for share in shares]

    @property
    def level(self) -> Fraction:
        """The least gain of an open group."""
        _, level, scale = self._found()
        return Fraction(level, scale)

    @property
    def settling(self) -> list[_Row]:
        """Independent groups that are settled after this stage."""
        frame = unit_frame(self.members + 1)
        rows: list[_Row | None] = [None] * (self.members + 1)
        kept = [row for row in self.rows if row.settled]
        fresh = [row for row, weight in zip(self.rows, self.weights, strict=True) if weight > 0 and not row.settled]
        level = self.level
        for row in kept + [_Row(row.mask, False, row.bound + level * row.gains, settled=True) for row in fresh]:
            frame = _filled(frame, rows, row)
        return [row for row in rows if row is not None]

    def solved(self) -> "_Stage":
        """The program at a basis that no group violates."""
        stage, careful = self, False
        while (row := stage._violated(careful)) is not None:
            coordinates = stage.frame.coordinates(row.vector(stage.members))
            place = stage._leaving(coordinates)
            careful = not stage.frame.inverse[-1][place]
            rows = [row if at == place else other for at, other in enumerate(stage.rows)]
            stage = _Stage(stage.members, stage.values, stage.open, rows, stage.frame.exchanged(coordinates, place))
        return stage

    def told(self, sign: int) -> dict[str, Any]:
        """The proof of this stage, in canonical JSON."""
        weighed = [(row, weight) for row, weight in zip(self.rows, self.weights, strict=True) if weight]
        alone = [(row, weight) for row, weight in weighed if not row.gains and not row.settled]
        settled = [(row, weight) for row, weight in weighed if row.settled]
        return {
            "level": exact(self.level),
            "groups": [_weight(row, weight) for row, weight in sorted(weighed) if row.gains],
            "alone": [_weight(row, weight) for row, weight in sorted(alone)],
            "settled": [_weight(row, weight) | {"amount": exact(sign * row.bound)} for row, weight in sorted(settled)],
        }

    def _found(self) -> tuple[list[int], int, int]:
        common = lcm(*(row.bound.denominator for row in self.rows))
        solution = self.frame.solution([int(row.bound * common) for row in self.rows])
        return solution[:-1], solution[-1], self.frame.scale * common

    def _violated(self, careful: bool) -> _Row | None:
        # The most violated row, or, when careful, the first. Members' own limits come after the groups.
        shares, level, scale = self._found()
        sums = subset_sums(shares)
        worst, found = 0, None
        for mask in self.open:
            lacking = scale * self.values[mask] + level - sums[mask]
            if lacking > worst:
                worst, found = lacking, _Row(mask, True, Fraction(self.values[mask]))
                if careful:
                    return found
        for place, share in enumerate(shares):
            own = self.values[1 << place]
            if scale * own - share > worst:
                worst, found = scale * own - share, _Row(1 << place, False, Fraction(own))
                if careful:
                    return found
        return found

    def _leaving(self, coordinates: Sequence[int]) -> int:
        # The row whose weight falls to nil first as the new row's rises; of equal ones the first.
        weights = [-number for number in self.frame.inverse[-1]]
        falling = [place for place, row in enumerate(self.rows) if coordinates[place] > 0 and not row.settled]
        return min(falling, key=lambda at: (Fraction(weights[at], coordinates[at]), self.rows[at].order))


def _filled(frame: Frame, rows: list[_Row | None], row: _Row) -> Frame:
    # The frame with the row in the first empty place that takes it; unchanged if it depends on those that are in.
    coordinates = frame.coordinates(row.vector(len(rows) - 1))
    place = next((at for at, part in enumerate(coordinates) if part and rows[at] is None), None)
    if place is None:
        return frame
    rows[place] = row
    return frame.exchanged(coordinates, place)


def _outside(frame: Frame, rows: Sequence[_Row | None], groups: int) -> list[int]:
    # Groups whose amount does not follow from what is settled.
    unsettled = [False] * groups
    for place, row in enumerate(rows):
        if row is None:
            sums = subset_sums([line[place] for line in frame.inverse[:-1]])
            unsettled = [seen or bool(part) for seen, part in zip(unsettled, sums, strict=True)]
    return [mask for mask, seen in enumerate(unsettled) if seen]


def _weight(row: _Row, weight: Fraction) -> dict[str, Any]:
    return {"members": places(row.mask), "weight": exact(weight)}
