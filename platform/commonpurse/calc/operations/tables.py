"""Tables whose rows and columns both add up."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from commonpurse.calc.biproportional import round_biproportionally, round_table
from commonpurse.calc.explain import decimal
from commonpurse.calc.operations.fields import Name, Part, Ratio, Series, Whole
from commonpurse.calc.operations.operation import Answer, Operation, aligned, one_by_one
from commonpurse.calc.operations.problem import BadProblem
from commonpurse.calc.quantity import say
from commonpurse.calc.worked import Worked

MOST_ROWS = 60
MOST_COLUMNS = 24
MOST_WORK = 100_000
"""Cells squared x digits of the total of a table that is divided: under a second."""
_LARGEST = 10**15
_ROWS = Part(f"The rows, such as bodies, at most {MOST_ROWS}", Series(Name(), most=MOST_ROWS, distinct=True))
_COLUMNS = Part(
    f"The columns, such as measures or periods, at most {MOST_COLUMNS}",
    Series(Name(), most=MOST_COLUMNS, distinct=True),
)


def _biproportional(
    parties: list[str],
    columns: list[str],
    weights: list[list[int]],
    party_totals: list[int],
    column_totals: list[int],
) -> Answer:
    aligned(parties, party_totals=party_totals, weights=weights)
    _fit(columns, weights, "weights", column_totals)
    if (len(parties) * len(columns)) ** 2 * len(str(sum(party_totals))) > MOST_WORK:
        raise BadProblem("is too large with such totals: give fewer parties or columns, or smaller totals", "weights")
    found = round_biproportionally(weights, party_totals, column_totals)

    def told(row: int, column: int) -> str:
        over, under = found.steps["row_divisors"][row], found.steps["column_divisors"][column]
        amount = say(found.steps["table"][row][column])
        if over is None or under is None or not weights[row][column]:
            return amount
        quotient = weights[row][column] / Fraction(over) / Fraction(under)
        tied = "; it ties, and the order decided" if [row, column] in found.steps["tied"] else ""
        return f"{say(weights[row][column])} ÷ {over} ÷ {under} = {decimal(quotient)}, rounded: {amount}{tied}"

    return _table(parties, columns, found, sum(party_totals), told)


def _controlled(parties: list[str], columns: list[str], table: list[list[Fraction]]) -> Answer:
    aligned(parties, table=table)
    _fit(columns, table, "table")
    found = round_table(table)
    total = sum((cell for row in table for cell in row), Fraction(0))

    def told(row: int, column: int) -> str:
        return f"{table[row][column]} becomes {say(found.steps['table'][row][column])}"

    return _table(parties, columns, found, int(total), told)


def _fit(columns: list[str], table: Sequence[list[Any]], key: str, totals: list[int] | None = None) -> None:
    for place, row in enumerate(table):
        if len(row) != len(columns):
            raise BadProblem(f"must have one entry for each of the {len(columns)} columns", f"{key}[{place}]")
    if totals is not None and len(totals) != len(columns):
        raise BadProblem(f"must have one entry for each of the {len(columns)} columns", "column_totals")


def _table(
    parties: list[str], columns: list[str], found: Worked, total: int, told: Callable[[int, int], str]
) -> Answer:
    cells = tuple(f"{party} / {column}" for party in parties for column in columns)
    if len(set(cells)) < len(cells):
        raise BadProblem('two cells would have the same name; leave " / " out of the names')
    said = one_by_one(cells, lambda cell: told(*divmod(cell, len(columns))))
    return Answer(cells, found.amounts, total, found.steps, said, {"table": found.steps["table"]})


OPERATIONS = (
    Operation(
        "biproportional",
        "Biproportional rounding: a table with totals both ways",
        "Divides in proportion to a table of weights so that every row and every column has its total: Sainte-Laguë in "
        "two directions. There is one amount for each cell, row by row.",
        "Divide each weight by the divisor of its row and by that of its column and round to the nearest whole number.",
        {
            "parties": _ROWS,
            "columns": _COLUMNS,
            "weights": Part(
                "One row for each party, with one weight for each column",
                Series(Series(Whole(0, _LARGEST), most=MOST_COLUMNS), most=MOST_ROWS),
            ),
            "party_totals": Part("What each party receives in all", Series(Whole(0, _LARGEST), most=MOST_ROWS)),
            "column_totals": Part(
                "What there is of each column; both totals add up to the same",
                Series(Whole(0, _LARGEST), most=MOST_COLUMNS),
            ),
        },
        {
            "parties": ["Newcastle", "Gateshead", "Darlington"],
            "columns": ["jobs", "placements", "training"],
            "weights": [[123, 45, 815], [912, 714, 414], [312, 255, 215]],
            "party_totals": [5, 11, 4],
            "column_totals": [7, 5, 8],
        },
        _biproportional,
    ),
    Operation(
        "controlled_rounding",
        "Controlled rounding of a table",
        "Rounds a table of fractions up or down so that all its rows and columns, which add up to whole numbers, still "
        "do. There is one amount for each cell, row by row.",
        "Every cell is its fraction rounded down, and one more for those raised; add up the rows and the columns.",
        {
            "parties": _ROWS,
            "columns": _COLUMNS,
            "table": Part(
                'One row for each party, with one number for each column, such as "1/3", "0.25" or 2',
                Series(Series(Ratio(digits=9), most=MOST_COLUMNS), most=MOST_ROWS),
            ),
        },
        {
            "parties": ["Newcastle", "Gateshead", "Darlington"],
            "columns": ["jobs", "placements", "training"],
            "table": [["1/3", "1/3", "1/3"], ["1/3", "1/3", "1/3"], ["1/3", "1/3", "1/3"]],
        },
        _controlled,
    ),
)
