"""The search behind `biproportional`: units that are out of place are moved along the cheapest paths."""

import heapq
from collections.abc import Iterator, Sequence
from fractions import Fraction

_HALF = Fraction(1, 2)


class ScaledTable:
    """A table in the making; for `biproportional` only.

    What holds at every moment, for the size of parcel that is moved: each cell is a multiple of the parcel, and not
    further than half a parcel from weight x its row's factor x its column's factor. So when the parcel is one unit
    and every total is met, the table is the rounding of these products.

    Attributes:
        units: the numbers, row by row.
        by_row, by_column: the factors, each one over a divisor.
    """

    def __init__(self, weights: Sequence[Sequence[int]], rows: Sequence[int], columns: Sequence[int]) -> None:
        """Begin with totals above zero that some table of these weights can meet."""
        self.weights, self.rows, self.columns = weights, rows, columns
        self.by_row, self.by_column = [Fraction(1)] * len(rows), [Fraction(1)] * len(columns)
        self.units: list[list[int]] = []
        # With so many digits the products are right to a small part of a unit.
        self._bits = sum(rows).bit_length() + 16

    def settle(self) -> None:
        """Find the numbers."""
        # Scaling gets nearer by a digit or more in most rounds. Where it does not, the parcels take over.
        for _ in range(self._bits // 2):
            self._scale()
        parcel = 1
        self._round(parcel)
        misplaced, cells = sum(map(abs, self._excess())), len(self.rows) * len(self.columns)
        while misplaced > parcel * cells * 4:
            parcel *= 2
        while parcel:
            self._round(parcel)
            self._move(parcel)
            parcel //= 2

    def product(self, row: int, column: int) -> Fraction:
        """What a cell is rounded from."""
        return self.weights[row][column] * self.by_row[row] * self.by_column[column]

    def _excess(self) -> list[int]:
        """For each node, the rows and then the columns: units that it should pass on.

        A row passes on to the columns what its cells do not hold yet, a column back to the rows what is too much.
        """
        lacking = [total - sum(units) for total, units in zip(self.rows, self.units, strict=True)]
        surplus = [sum(units) - total for total, units in zip(self.columns, zip(*self.units, strict=True), strict=True)]
        return lacking + surplus

    def _scale(self) -> None:
        """Make the products of every row, and then those of every column, add up to its total, nearly."""
        for i, total in enumerate(self.rows):
            self.by_row[i] = Fraction(1)
            self.by_row[i] = self._rough(
                total / sum((self.product(i, j) for j in range(len(self.columns))), Fraction(0))
            )
        for j, total in enumerate(self.columns):
            self.by_column[j] = Fraction(1)
            self.by_column[j] = self._rough(
                total / sum((self.product(i, j) for i in range(len(self.rows))), Fraction(0))
            )

    def _round(self, parcel: int) -> None:
        """Begin anew with parcels of this size, from factors near the present ones: any will do to begin with."""
        self.by_row = [self._rough(factor) for factor in self.by_row]
        self.by_column = [self._rough(factor) for factor in self.by_column]
        self.units = [
            [round(self.product(i, j) / parcel) * parcel for j in range(len(self.columns))]
            for i in range(len(self.rows))
        ]

    def _rough(self, factor: Fraction) -> Fraction:
        """The factor, cut off after so many binary digits that it stays near and short."""
        places = self._bits - factor.numerator.bit_length() + factor.denominator.bit_length()
        scale = Fraction(2) ** places
        return (factor * scale).__floor__() / scale

    def _move(self, parcel: int) -> None:
        """Move parcels from nodes with too much to such with too little, while there are paths.

        Parcels of one unit always find a path, because the totals can be met. Larger ones may not; then no more than
        a parcel for each row and column is out of place, and smaller parcels will see to it.
        """
        excess, height = self._excess(), len(self.rows)
        while True:
            came_from, cost, end = self._cheapest(parcel, excess)
            if end is None:
                return
            self._change_factors(cost, cost[end])
            excess[end] += parcel
            while end in came_from:
                before = came_from[end]
                if end >= height:
                    self.units[before][end - height] += parcel
                else:
                    self.units[end][before - height] -= parcel
                end = before
            excess[end] -= parcel

    def _cheapest(self, parcel: int, excess: list[int]) -> tuple[dict[int, int], dict[int, Fraction], int | None]:
        """Dijkstra's paths from all nodes with a parcel too much to the nearest with one too little.

        The cost of a step is the factor, never below one, by which the product of a cell must change until it can
        be rounded to one parcel more or less. The cost of a path is the product of its steps.

        Returns:
            The node before each that was reached, the costs, and the node where the path ends, if there is any.
        """
        came_from: dict[int, int] = {}
        cost = {node: Fraction(1) for node, much in enumerate(excess) if much >= parcel}
        queue, done = [(Fraction(1), node) for node in cost], set[int]()
        while queue:
            _, node = heapq.heappop(queue)
            if excess[node] <= -parcel:
                return came_from, cost, node
            if node in done:
                continue
            done.add(node)
            for other, step in self._steps(node, parcel):
                further = cost[node] * step
                if other not in cost or further < cost[other]:
                    cost[other], came_from[other] = further, node
                    heapq.heappush(queue, (further, other))
        return came_from, cost, None

    def _steps(self, node: int, parcel: int) -> Iterator[tuple[int, Fraction]]:
        height = len(self.rows)
        if node < height:
            for j, units in enumerate(self.units[node]):
                if self.weights[node][j]:
                    yield height + j, (units + parcel * _HALF) / self.product(node, j)
        else:
            j = node - height
            for i in range(height):
                if self.units[i][j]:
                    yield i, self.product(i, j) / (self.units[i][j] - parcel * _HALF)

    def _change_factors(self, cost: dict[int, Fraction], most: Fraction) -> None:
        """Bring every product on the path to its edge, and none over its own."""
        for i in range(len(self.rows)):
            self.by_row[i] /= min(cost.get(i, most), most)
        for j in range(len(self.columns)):
            self.by_column[j] *= min(cost.get(len(self.rows) + j, most), most)
