"""One sheet of a workbook, read as a stream: every cell as exact text."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from zipfile import ZipFile

from msgspec import Struct, field

from commonpurse.calc.sentence import Sentence
from commonpurse.core.errors import Refused
from commonpurse.core.tabular.delimited import NumberedCells
from commonpurse.core.tabular.parts import Sheet, Workbook, feed, local, unescape
from commonpurse.core.tabular.table import Limits

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_SHOWN_DIGITS = 15
_LONGEST_NUMBER = 30
_NAMED = 5


class SheetReader(Struct):
    """The parser's target for one sheet; collects rows, and what has to be said about them."""

    workbook: Workbook
    limits: Limits
    rows: list[NumberedCells] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0
    merged: list[str] = field(default_factory=list)
    _number: int = 0
    _column: int = 0
    _cells: dict[int, str] = field(default_factory=dict)
    _type: str = "n"
    _style: int = 0
    _in_cell: bool = False
    _value: list[str] | None = None
    _text: str = ""
    _size: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Called by the parser at the start of an element."""
        match local(tag):
            case "c":
                self._open_cell(attributes)
            case "v" | "t" if self._in_cell:
                self._value = []
            case "row":
                self._number = int(attributes.get("r", self._number + 1))
                self._column, self._cells = 0, {}
                self.hidden_rows += attributes.get("hidden") in {"1", "true"}
            case "f" if self._in_cell:  # validations have formulas of their own, which are no cells
                raise Refused("Cell %(cell)s holds a formula. Paste values only", field="file", cell=self._address())
            case "mergeCell":
                self.merged.append(attributes.get("ref", ""))
            case "col":
                self.hidden_columns += attributes.get("hidden") in {"1", "true"}

    def data(self, text: str) -> None:
        """Called by the parser for a piece of text."""
        if self._value is not None:
            self._value.append(text)
            self._size += len(text)
            if self._size > self.limits.table_characters:
                raise Refused("The file holds more text than can be read at once. Split it", field="file")

    def end(self, tag: str) -> None:
        """Called by the parser at the end of an element."""
        match local(tag):
            case "v" | "t" if self._in_cell:
                self._text += "".join(self._value or ())
                self._value = None
            case "c":
                self._in_cell = False
                text = self._cell_text().strip()
                if text:
                    self._cells[self._column] = text
            case "row" if self._cells:
                width = max(self._cells)
                self.rows.append((self._number, tuple(self._cells.get(at, "") for at in range(1, width + 1))))

    def remarks(self) -> Iterator[Sentence]:
        """What a person should know about the rows that were read."""
        if self.hidden_rows or self.hidden_columns:
            values = {"rows": self.hidden_rows, "columns": self.hidden_columns}
            yield Sentence("Hidden rows (%(rows)s) and hidden columns (%(columns)s) were read too", values)

    def refuse_merged(self) -> None:
        """Raise Refused, naming the ranges, if cells are merged: what they mean for a row is a guess."""
        if self.merged:
            named = ", ".join(sorted(self.merged, key=_from_top)[:_NAMED]) + ("…" if len(self.merged) > _NAMED else "")
            raise Refused("Cells are merged: %(ranges)s. Unmerge them", field="file", ranges=named)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        address = _ADDRESS.fullmatch(attributes.get("r", ""))
        self._column = _column_number(address[1]) if address else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._text, self._in_cell = "", True

    def _address(self) -> str:
        from openpyxl.utils.cell import get_column_letter

        return f"{get_column_letter(max(self._column, 1))}{self._number}"

    def _cell_text(self) -> str:
        match self._type:
            case "s":
                return self._shared(self._text)
            case "b":
                return "TRUE" if self._text.strip() == "1" else "FALSE"
            case "e":
                raise Refused(
                    "Cell %(cell)s holds the error %(error)s. Correct it",
                    field="file",
                    cell=self._address(),
                    error=self._text,
                )
            case "n":
                return self._number_text(self._text.strip())
            case _:
                return unescape(self._text)

    def _shared(self, index: str) -> str:
        """Text number `index` of the workbook. Raises ValueError if it has none."""
        if not index:
            return ""
        at = int(index)
        if not 0 <= at < len(self.workbook.texts):
            raise ValueError(index)
        return self.workbook.texts[at]

    def _number_text(self, digits: str) -> str:
        if digits and self._style in self.workbook.date_styles:
            return _date_text(digits, since_1904=self.workbook.since_1904)
        return plain_number(digits)


def read_sheet(package: ZipFile, sheet: Sheet, reader: SheetReader) -> Iterator[NumberedCells]:
    """The rows of `sheet` that are not blank.

    Raises:
        Refused: a cell holds a formula or an error, or cells are merged.
    """
    for _ in feed(package, sheet.part, reader):
        yield from reader.rows
        reader.rows.clear()
    reader.refuse_merged()


def plain_number(digits: str) -> str:
    """A stored number as a person sees it: at most 15 significant digits, as spreadsheets show, no exponent.

    >>> plain_number("0.30000000000000004"), plain_number("1.2E3"), plain_number("2740.10")
    ('0.3', '1200', '2740.1')
    """
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return digits
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER or digits.lstrip("-").isdigit():
        return digits
    shown = Decimal(f"{number:.{_SHOWN_DIGITS}g}")
    whole = shown == shown.to_integral_value()
    return f"{shown.quantize(Decimal(1)) if whole else shown.normalize():f}"


def _date_text(digits: str, *, since_1904: bool) -> str:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        moment = from_excel(float(digits), CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return plain_number(digits)
    return str(moment).partition(".")[0].removesuffix(" 00:00:00")


def _from_top(merged_range: str) -> tuple[int, str]:
    """The order in which a person comes upon merged cells."""
    address = _ADDRESS.match(merged_range)
    return (int(address[2]) if address else 0, merged_range)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
