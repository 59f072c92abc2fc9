"""Whole units from the rows to the columns of a table: how many fit, and which of several ways is preferred.

Rows hold units, columns take them, and a cell lets through so many. The largest flow is found along shortest paths
(J. Edmonds and R. M. Karp, Journal of the ACM 19, 1972), so the time depends on the number of cells and not on that
of the units. Where not everything fits, the rows that still hold units, and all that these could be exchanged with,
say why (L. R. Ford and D. R. Fulkerson, Flows in Networks, 1962): those rows hold more than the cells let through to
other columns and those columns take.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

Cell = tuple[int, int]
"""Row and column, counted from zero."""

_Node = tuple[bool, int]
"""A row (False) or a column (True) and its number."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Units in each cell. `rows` and `columns` are the two sides of what is in the way; empty if everything fits."""

    units: list[list[int]]
    rows: list[int]
    columns: list[int]


def fill(rows: Sequence[int], columns: Sequence[int], limit: Callable[[int, int], int]) -> Flow:
    """As many units as fit.

    Args:
        rows: units that each row holds.
        columns: units that each column takes.
        limit: units that the cell of this row and this column lets through.
    """
    units, left, room = [[0] * len(columns) for _ in rows], list(rows), list(columns)
    # A first filling from the upper left, so that few units are left to the search.
    for row, column in product(range(len(rows)), range(len(columns))):
        pushed = min(left[row], room[column], limit(row, column))
        units[row][column] = pushed
        left[row] -= pushed
        room[column] -= pushed

    def onward(node: _Node) -> Iterator[_Node]:
        is_column, at = node
        if is_column:
            yield from ((False, row) for row in range(len(rows)) if units[row][at])
        else:
            yield from ((True, column) for column in range(len(columns)) if units[at][column] < limit(at, column))

    while True:
        starts = [(False, row) for row, held in enumerate(left) if held]
        came_from, end = _search(starts, onward, lambda node: node[0] and room[node[1]] > 0)
        if end is None:
            reached = [sorted(at for is_column, at in came_from if is_column == side) for side in (False, True)]
            return Flow(units, *reached)
        way = _way(came_from, end)
        start = way[0][0]
        slack = [units[i][j] if back else limit(i, j) - units[i][j] for i, j, back in _cells(way)]
        pushed = min(left[start[1]], room[end[1]], *slack)
        for i, j, back in _cells(way):
            units[i][j] += -pushed if back else pushed
        left[start[1]] -= pushed
        room[end[1]] -= pushed


def prefer(raised: Iterable[Cell], cells: Sequence[Cell]) -> set[Cell]:
    """Of all ways to raise as many cells in every row and column, the one that raises the earliest.

    That is, one that raises the first cell if any does, among these one that raises the second if any does, and so on.

    Args:
        raised: the cells that are raised in one of these ways.
        cells: all cells that may be raised, the most preferred first.
    """
    chosen, free = set(raised), set(cells)
    onward = _exchange(chosen, free)
    for cell in cells:
        free.remove(cell)
        if cell not in chosen:
            chosen ^= _circle(cell, onward)
    return chosen


def exchangeable(raised: set[Cell], cells: Sequence[Cell]) -> list[Cell]:
    """The cells that are raised in one way and not in another, of all that raise as many in every row and column."""
    onward = _exchange(raised, set(cells))
    reversed_ = _exchange(set(cells) - raised, set(cells))
    return [cell for cell in cells if _circle(cell, reversed_ if cell in raised else onward)]


def _exchange(chosen: set[Cell], free: set[Cell]) -> Callable[[_Node], Iterator[_Node]]:
    """A row gives up a raised cell, whose column raises another of its cells, whose row gives up one, and so on."""
    by_row: dict[int, list[int]] = {}
    by_column: dict[int, list[int]] = {}
    for row, column in sorted(free):
        by_row.setdefault(row, []).append(column)
        by_column.setdefault(column, []).append(row)

    def onward(node: _Node) -> Iterator[_Node]:
        is_column, at = node
        if is_column:
            yield from ((False, row) for row in by_column[at] if (row, at) in free and (row, at) not in chosen)
        else:
            yield from ((True, column) for column in by_row[at] if (at, column) in free and (at, column) in chosen)

    return onward


def _circle(cell: Cell, onward: Callable[[_Node], Iterator[_Node]]) -> set[Cell]:
    """The cells to turn over so that this one is raised and no sum changes; none if that cannot be."""
    came_from, end = _search([(False, cell[0])], onward, lambda node: node == (True, cell[1]))
    return set() if end is None else {cell, *((i, j) for i, j, _ in _cells(_way(came_from, end)))}


def _search(
    starts: Sequence[_Node], onward: Callable[[_Node], Iterator[_Node]], arrived: Callable[[_Node], bool]
) -> tuple[dict[_Node, _Node], _Node | None]:
    """Breadth first: how every node was reached (a start from itself), and the first that `arrived` accepts."""
    came_from = {node: node for node in starts}
    queue = deque(starts)
    while queue:
        node = queue.popleft()
        if arrived(node):
            return came_from, node
        for other in onward(node):
            if other not in came_from:
                came_from[other] = node
                queue.append(other)
    return came_from, None


def _way(came_from: dict[_Node, _Node], end: _Node) -> list[tuple[_Node, _Node]]:
    """The steps of the way found, from its start on."""
    nodes = [end]
    while came_from[nodes[-1]] != nodes[-1]:
        nodes.append(came_from[nodes[-1]])
    return list(pairwise(reversed(nodes)))


def _cells(way: list[tuple[_Node, _Node]]) -> Iterator[tuple[int, int, bool]]:
    """Row and column of the cell of every step, and whether it goes back, from the column to the row."""
    for (is_column, at), (_, other) in way:
        yield (other, at, True) if is_column else (at, other, False)
