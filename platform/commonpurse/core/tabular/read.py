"""From the bytes of an upload to a table, whatever program wrote them."""

from collections.abc import Iterator
from itertools import chain

from msgspec.structs import replace

from commonpurse.calc.sentence import Sentence
from commonpurse.core.errors import Refused
from commonpurse.core.tabular.delimited import read_delimited
from commonpurse.core.tabular.encoding import decode
from commonpurse.core.tabular.headings import to_table
from commonpurse.core.tabular.kinds import Kind, kind_of, refuse_kind, refuse_ole
from commonpurse.core.tabular.package import damage_refused, open_package
from commonpurse.core.tabular.parts import Sheet, Workbook, read_workbook
from commonpurse.core.tabular.sheet import SheetReader, read_sheet
from commonpurse.core.tabular.table import Limits, Table

_STANDARD = Limits()


def read_table(filename: str, content: bytes, *, limits: Limits = _STANDARD) -> Table:
    """The table in an uploaded CSV file or Excel workbook, told apart by content.

    Args:
        filename: as the person named it; used in sentences only.
        content: all bytes of the file.
        limits: how much is read before the file is refused.

    Raises:
        Refused: with `field="file"` and a sentence that says what to do about the file.
    """
    if not content.strip():
        raise Refused("The file is empty", field="file")
    if len(content) > limits.file_bytes:
        raise Refused(
            "The file must be smaller than %(limit)s MB", field="file", limit=f"{limits.file_bytes / 1_000_000:g}"
        )
    kind = kind_of(content)
    if kind is Kind.ZIP:
        return _read_workbook(filename, content, limits)
    if kind is Kind.OLE:
        raise refuse_ole(filename, content)
    if kind is not Kind.TEXT:
        raise refuse_kind(filename, kind)
    text, encoding_notes = decode(content)
    rows, separator_notes = read_delimited(text)
    return to_table(rows, (*encoding_notes, *separator_notes), limits)


def _read_workbook(filename: str, content: bytes, limits: Limits) -> Table:
    with open_package(filename, content, limits) as package, damage_refused():
        workbook = read_workbook(package, limits)
        for sheet in sorted(workbook.sheets, key=lambda each: each.hidden):
            reader = SheetReader(workbook, limits)
            rows = read_sheet(package, sheet, reader)
            first = next(rows, None)
            if first is not None:
                table = to_table(chain([first], rows), tuple(_sheet_notes(workbook, sheet)), limits)
                return replace(table, notes=(*table.notes, *reader.remarks()))
    raise Refused("The workbook is empty", field="file")


def _sheet_notes(workbook: Workbook, sheet: Sheet) -> Iterator[Sentence]:
    others = [other.name for other in workbook.sheets if other is not sheet]
    if others:
        values = {"sheet": sheet.name, "others": ", ".join(others)}
        yield Sentence("The sheet “%(sheet)s” was read. Not read: %(others)s", values)
    if sheet.hidden:
        yield Sentence("The sheet “%(sheet)s” is hidden", {"sheet": sheet.name})
