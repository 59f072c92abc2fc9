"""Tables written so that no cell is a formula of somebody else's."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from commonpurse.core.tabular.table import only_text

Cell = str | int | Decimal | None
"""What a written cell may be; numbers are written by us, text may come from anybody."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_NARROWEST, _WIDEST = 12, 60


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The rows as CSV that every spreadsheet opens: UTF-8 with its mark, CRLF line ends.

    Text that a spreadsheet would take for a formula gets an apostrophe in front; ints and Decimals do not.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in (headers, *rows):
        writer.writerow([_harmless(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig", errors="replace")


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """The rows as a workbook of one sheet called `title`: bold frozen headings, text as text, numbers as numbers."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils.cell import get_column_letter

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = re.sub(r"[\\/*?:\[\]]", " ", title).strip()[:31] or "Sheet1"
    widths = [_NARROWEST] * len(headers)
    for number, row in enumerate((headers, *rows), start=1):
        for at, value in enumerate(row, start=1):
            cell = sheet.cell(number, at)
            if isinstance(value, str):
                cell.value = only_text(value)
                cell.data_type = "s"
                cell.number_format = "@"
            else:
                cell.value = value
            if at <= len(widths):
                widths[at - 1] = min(max(widths[at - 1], len(str(value or "")) + 2), _WIDEST)
    for at, width in enumerate(widths, start=1):
        heading = sheet.cell(1, at)
        heading.font, heading.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _harmless(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_RISKY) else cell
    return "" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
