"""Tables of whole numbers whose rows and columns both add up: by divisors, and by rounding a table of fractions.

**Biproportional rounding** (body by measure, body by period) takes weights for every cell and a total for every row
and every column. Each weight is divided by the divisor of its row and by that of its column, and rounded to the
nearest whole number: the divisors are chosen so that all totals are met. It is Webster's method in two directions.

What holds, and why:

- Every row and every column has its total, and a weight of zero receives nothing.
- The answer is in proportion both ways: every row is Webster's division of its total by its weights over the divisors
  of the columns, and so is every column. Scaling the weights of a row or of a column changes nothing, since its
  divisor takes it up.
- There is an answer whenever any table of whole numbers with these totals is empty where the weights are. If there is
  none the ValueError names rows that need more than the columns take in which they have any weight.
- There is only one, but for ties (Balinski and Demange 1989). Of tied tables the one is taken whose first cell is the
  largest, then the second, row by row, so the answer does not depend on how it was found.
- Not promised: quota, or that more to divide is never less for anybody.

*How.* Divisors that fit closely (a few rounds of scaling rows and columns by turns) give every cell its rounded
number. Units that are then too many in one row or column go to where they are too few along the path that asks for
the least change of the divisors, found exactly (Dijkstra, with products of fractions in place of sums). Should very
many be out of place, as with weights of very different size, they first move in lots of 2^k units, then of 2^(k-1),
and so on; after each halving not more lots are out of place than there are cells, rows and columns. So it always
ends, and the time depends on the size of the table and the number of digits only.

**Controlled rounding** takes fractions whose rows and columns add up to whole numbers already, and rounds each up or
down so that they still do; that can always be done (whole flows: Causey, Cox and Ernst). Cells are rounded up from
the largest remainder to the smallest, as far as rows and columns allow, equal ones row by row.

Sources: M. L. Balinski and G. Demange, Algorithms for proportional matrices in reals and integers, Mathematical
Programming 45 (1989); G. Rote and M. Zachariasen, Matrix scaling by network flow (SODA 2007); F. Pukelsheim,
Proportional Representation (2nd edition, 2017), chapters 14 and 15. B. D. Causey, L. H. Cox and L. R. Ernst,
Applications of transportation theory to statistical problems, Journal of the American Statistical Association 80
(1985).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from commonpurse.calc.divisors import shortest_between
from commonpurse.calc.scaling import ScaledTable
from commonpurse.calc.transport import Cell, exchangeable, fill, prefer
from commonpurse.calc.worked import Worked, exact

LARGEST_TABLE = 2_000
"""Cells of the largest table that is taken: a few seconds for the worst of them."""

_HALF = Fraction(1, 2)


def round_biproportionally(weights: Sequence[Sequence[int]], rows: Sequence[int], columns: Sequence[int]) -> Worked:
    """The whole numbers in proportion to `weights` that add up to the totals of `rows` and `columns`.

    The amounts are the cells, row by row; `table` in the steps holds them as rows. Every weight / divisor of its row
    / divisor of its column is nowhere further than 1/2 from its amount: that is the whole proof. `tied` names the
    cells, by row and column counted from zero, for which another answer would have done as well. A row or column
    whose total is zero has no divisor (None).

    Raises:
        ValueError: unless all are ints and not negative, every row of weights has one for each column, there is a
            total for every row and column and both add up to the same; if no table has these totals; if there are
            more than LARGEST_TABLE cells.

    >>> round_biproportionally([[123, 45, 815], [912, 714, 414], [312, 255, 215]], [5, 11, 4], [7, 5, 8]).amounts
    (1, 0, 4, 4, 4, 3, 2, 1, 1)
    """
    _check_table(weights, rows, columns)
    ours = [i for i, total in enumerate(rows) if total]
    theirs = [j for j, total in enumerate(columns) if total]
    inner = [[weights[i][j] for j in theirs] for i in ours]
    _refuse_impossible(inner, rows, columns, ours, theirs)
    scaled = ScaledTable(inner, [rows[i] for i in ours], [columns[j] for j in theirs])
    scaled.settle()
    tied = _settle_ties(scaled)
    table = [[0] * len(columns) for _ in rows]
    for (a, i), (b, j) in product(enumerate(ours), enumerate(theirs)):
        table[i][j] = scaled.units[a][b]
    row_divisors, column_divisors = _short_divisors(scaled)
    steps = {
        "weights": [list(row) for row in weights],
        "rows": list(rows),
        "columns": list(columns),
        "row_divisors": _spread(row_divisors, ours, len(rows)),
        "column_divisors": _spread(column_divisors, theirs, len(columns)),
        "table": table,
        "tied": [[ours[a], theirs[b]] for a, b in tied],
    }
    return Worked(tuple(amount for row in table for amount in row), steps)


def round_table(table: Sequence[Sequence[Fraction]]) -> Worked:
    """Fractions rounded up or down so that the sums of rows and columns, which are whole numbers, stay as they are.

    The amounts are the cells, row by row; `table` in the steps holds them as rows, and `raised` the cells that were
    rounded up, by row and column counted from zero, the largest remainder first. Negative fractions are rounded in
    the same way: down is away from zero.

    Raises:
        ValueError: unless all are Fractions or ints, all rows are equally long and there is a cell, and the sums of
            all rows and columns are whole numbers; if there are more than LARGEST_TABLE cells.

    >>> third = Fraction(1, 3)
    >>> round_table([[third, third, third], [third, third, third], [third, third, third]]).amounts
    (1, 0, 0, 0, 1, 0, 0, 0, 1)
    """
    _check_shape(table)
    if any(type(cell) not in (Fraction, int) for row in table for cell in row):
        raise ValueError("the cells of the table must be fractions or ints")
    floors = [[cell.__floor__() for cell in row] for row in table]
    remainders = [[cell - floor for cell, floor in zip(*pair, strict=True)] for pair in zip(table, floors, strict=True)]
    rows, columns = [sum(row) for row in remainders], [sum(column) for column in zip(*remainders, strict=True)]
    for name, sums in (("row", rows), ("column", columns)):
        if ragged := [place for place, total in enumerate(sums) if Fraction(total).denominator != 1]:
            raise ValueError(f"the sum of {_named(name, ragged)} is no whole number")
    flow = fill(
        [int(total) for total in rows], [int(total) for total in columns], lambda i, j: int(remainders[i][j] > 0)
    )
    cells = [(i, j) for i, row in enumerate(remainders) for j, remainder in enumerate(row) if remainder]
    cells.sort(key=lambda cell: -remainders[cell[0]][cell[1]])
    raised = prefer((cell for cell in cells if flow.units[cell[0]][cell[1]]), cells)
    rounded = [[floor + ((i, j) in raised) for j, floor in enumerate(row)] for i, row in enumerate(floors)]
    steps = {
        "fractions": [[exact(cell) for cell in row] for row in table],
        "table": rounded,
        "raised": [list(cell) for cell in cells if cell in raised],
    }
    return Worked(tuple(amount for row in rounded for amount in row), steps)


def _refuse_impossible(
    weights: list[list[int]], rows: Sequence[int], columns: Sequence[int], ours: list[int], theirs: list[int]
) -> None:
    """Raise ValueError if the units of some rows do not fit into the columns where they have weight."""
    held, total = [rows[i] for i in ours], sum(rows)
    flow = fill(held, [columns[j] for j in theirs], lambda a, b: total if weights[a][b] else 0)
    if flow.rows:
        blamed, taken = [ours[a] for a in flow.rows], [theirs[b] for b in flow.columns]
        needed, room = sum(rows[i] for i in blamed), sum(columns[j] for j in taken)
        where = f"weight only in {_named('column', taken)}, which takes {room}" if taken else "no weight"
        raise ValueError(f"no table has these totals: {_named('row', blamed)} must hold {needed} but has {where}")


def _settle_ties(scaled: ScaledTable) -> list[Cell]:
    """Take of several answers the one with the largest first cells. The cells in which they differ."""
    edge, raised = [], []
    for i, row in enumerate(scaled.units):
        for j, units in enumerate(row):
            over = units - scaled.product(i, j)
            if abs(over) == _HALF:
                edge.append((i, j))
                if over > 0:
                    raised.append((i, j))
    chosen = prefer(raised, edge)
    for i, j in chosen.symmetric_difference(raised):
        scaled.units[i][j] += 1 if (i, j) in chosen else -1
    return exchangeable(chosen, edge)


def _short_divisors(scaled: ScaledTable) -> tuple[list[Fraction], list[Fraction]]:
    """Divisors for the rows and the columns that have as few digits as the others leave room for.

    The search leaves many without any room. Each that has some moves away from its edges and so makes room for
    others; only what is tied stays where it is.
    """
    height, width = range(len(scaled.rows)), range(len(scaled.columns))
    stuck = len(height) + len(width) + 1
    while stuck:
        before, stuck = stuck, 0
        for i in height:
            short = _short_factor(scaled, scaled.by_row[i], [(i, j) for j in width])
            scaled.by_row[i], stuck = short or scaled.by_row[i], stuck + (short is None)
        for j in width:
            short = _short_factor(scaled, scaled.by_column[j], [(i, j) for i in height])
            scaled.by_column[j], stuck = short or scaled.by_column[j], stuck + (short is None)
        if stuck == before:
            break
    return [1 / factor for factor in scaled.by_row], [1 / factor for factor in scaled.by_column]


def _short_factor(scaled: ScaledTable, factor: Fraction, cells: list[Cell]) -> Fraction | None:
    """One over a short divisor with which the cells of one row or column are rounded as they are; None if no room."""
    pairs = [(scaled.product(i, j) / factor, scaled.units[i][j]) for i, j in cells if scaled.weights[i][j]]
    most = min((units + _HALF) / weight for weight, units in pairs)
    least = max((units - _HALF) / weight for weight, units in pairs)
    return None if least == most else 1 / shortest_between(1 / most, 1 / least)


def _spread(divisors: list[Fraction], places: list[int], count: int) -> list[str | None]:
    known = dict(zip(places, divisors, strict=True))
    return [exact(known[place]) if place in known else None for place in range(count)]


def _named(noun: str, places: list[int]) -> str:
    """Rows or columns as people count them."""
    return f"{noun} {', '.join(str(place + 1) for place in places)}"


def _check_shape(table: Sequence[Sequence[object]]) -> None:
    if not table or not table[0] or len({len(row) for row in table}) != 1:
        raise ValueError("a table needs rows that are equally long and not empty")
    if len(table) * len(table[0]) > LARGEST_TABLE:
        raise ValueError(f"a table may have {LARGEST_TABLE} cells at most")


def _check_table(weights: Sequence[Sequence[int]], rows: Sequence[int], columns: Sequence[int]) -> None:
    _check_shape(weights)
    numbers = [*rows, *columns, *(weight for row in weights for weight in row)]
    if any(type(number) is not int for number in numbers):
        raise ValueError("weights and totals must be ints")
    if min(numbers) < 0:
        raise ValueError("weights and totals must be zero or more")
    if (len(rows), len(columns)) != (len(weights), len(weights[0])):
        raise ValueError(
            f"{len(rows)} row totals and {len(columns)} column totals for a table of {len(weights)} x {len(weights[0])}"
        )
    if sum(rows) != sum(columns):
        raise ValueError(f"the rows add up to {sum(rows)} and the columns to {sum(columns)}")
