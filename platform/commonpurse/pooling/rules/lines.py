"""Lines of need and of budget in an uploaded file: every fault of every row is found, nothing is guessed."""

from collections.abc import Callable, Collection, Container, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Generic, TypeVar

from msgspec import Struct

from commonpurse.calc.sentence import Sentence
from commonpurse.pooling.rules import fields, templates
from commonpurse.pooling.rules.columns import RowLike, TableLike, Unreadable, find_columns

_Line = TypeVar("_Line")
_Value = TypeVar("_Value")


class RequirementLine(Struct, frozen=True):
    """What a body needs: `quantity` in `unit` (a code of `calc.units`) at `place_gss` between two days."""

    row: int
    description: str
    category_code: str
    quantity: Decimal
    unit: str
    place_gss: str
    needed_from: date
    needed_until: date


class BudgetLine(Struct, frozen=True):
    """Money a body brings in; `financial_year` 2026 is 2026-27, `commitment_level` one of `fields.COMMITMENTS`."""

    row: int
    financial_year: int
    amount_pence: int
    commitment_level: str
    source: str


class Fault(Struct, frozen=True):
    """What is wrong with a cell; `column` is empty where it is the whole row."""

    row: int
    column: str
    text: str
    reason: Sentence


class LinesRead(Struct, Generic[_Line], frozen=True):
    """The right lines, and the faults of the other rows."""

    lines: tuple[_Line, ...]
    faults: tuple[Fault, ...]


def read_requirements(
    table: TableLike, *, known_cpv: Container[str], known_places: Mapping[str, Collection[str]]
) -> LinesRead[RequirementLine]:
    """The requirement lines in a file that follows `templates.REQUIREMENTS`; `known_places` as of `fields.place`.

    Raises:
        WrongColumns: naming all the columns that are missing.
    """
    places = find_columns(table.headers, templates.REQUIREMENTS.columns)

    def read(cells: "_Cells") -> RequirementLine | None:
        description = cells.read(templates.DESCRIPTION, fields.description)
        category = cells.read(templates.CPV, lambda text: fields.category(text, known_cpv))
        quantity = cells.read(templates.QUANTITY, fields.quantity)
        unit = cells.read(templates.UNIT, fields.unit)
        if quantity and unit:
            cells.check(templates.QUANTITY, partial(fields.counted, quantity, unit))
        place = cells.read(templates.PLACE, lambda text: fields.place(text, known_places))
        start = cells.read(templates.FROM, fields.day)
        end = cells.read(templates.UNTIL, fields.day)
        if start and end and end < start:
            values = {"until": end, "from": start}
            cells.fault(templates.UNTIL, Sentence("%(until)s is before %(from)s", values))
        if not (description and category and quantity and unit and place and start and end) or cells.faults:
            return None
        return RequirementLine(cells.row.number, description, category, quantity, unit, place, start, end)

    return _read_lines(table, places, read)


def read_budget(table: TableLike) -> LinesRead[BudgetLine]:
    """The budget lines in a file that follows `templates.BUDGET`.

    Raises:
        WrongColumns: naming all the columns that are missing.
    """
    places = find_columns(table.headers, templates.BUDGET.columns)

    def read(cells: "_Cells") -> BudgetLine | None:
        year = cells.read(templates.YEAR, fields.financial_year)
        amount = cells.read(templates.AMOUNT, fields.amount)
        level = cells.read(templates.COMMITMENT, fields.commitment_level)
        source = cells.read(templates.SOURCE, fields.source)
        if not (year and amount and level and source):
            return None
        return BudgetLine(cells.row.number, year, amount, level, source)

    return _read_lines(table, places, read)


class _Cells:
    """One row while it is read: a cell that cannot be read becomes a fault and None."""

    def __init__(self, row: RowLike, places: Mapping[str, int]) -> None:
        self.row = row
        self.places = places
        self.faults: list[Fault] = []

    def read(self, column: str, reader: Callable[[str], _Value]) -> _Value | None:
        text = self._text(column)
        if not text:
            self.fault(column, Sentence("“%(column)s” is missing", {"column": column}))
            return None
        return self.check(column, lambda: reader(text))

    def check(self, column: str, rule: Callable[[], _Value]) -> _Value | None:
        try:
            return rule()
        except Unreadable as error:
            self.fault(column, error.sentence)
            return None

    def fault(self, column: str, reason: Sentence) -> None:
        self.faults.append(Fault(self.row.number, column, self._text(column), reason))

    def _text(self, column: str) -> str:
        return " ".join(self.row.cells[self.places[column]].split())


def _read_lines(
    table: TableLike, places: Mapping[str, int], read: Callable[[_Cells], _Line | None]
) -> LinesRead[_Line]:
    lines: list[_Line] = []
    faults: list[Fault] = []
    first_rows: dict[tuple[object, ...], int] = {}
    for row in table.rows:
        if row.overlong:
            reason = Sentence("The row has more cells than there are headings")
            faults.append(Fault(row.number, "", row.cells[-1], reason))
            continue
        cells = _Cells(row, places)
        line = read(cells)
        faults += cells.faults
        if line is None:
            continue
        first = first_rows.setdefault(_contents(line), row.number)
        if first == row.number:
            lines.append(line)
        else:
            faults.append(Fault(row.number, "", "", Sentence("The row repeats row %(row)s", {"row": first})))
    return LinesRead(tuple(lines), tuple(faults))


def _contents(line: object) -> tuple[object, ...]:
    """What makes two lines the same: everything but the row, and the case of words."""
    values = (getattr(line, name) for name in line.__slots__ if name != "row")  # type: ignore[attr-defined]
    return tuple(value.casefold() if isinstance(value, str) else value for value in values)
