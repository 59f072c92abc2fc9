"""Text with separators: CSV as spreadsheets of all countries write it."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from commonpurse.calc.sentence import Sentence
from commonpurse.core.errors import Refused

_SEPARATORS = {",": "Commas", ";": "Semicolons", "\t": "Tabs", "|": "Vertical bars"}
_NOTES = {
    ";": Sentence("Semicolons separate the columns"),
    "\t": Sentence("Tabs separate the columns"),
    "|": Sentence("Vertical bars separate the columns"),
}
_SAMPLE_CHARACTERS = 100_000
_SAMPLE_ROWS = 100

NumberedCells = tuple[int, tuple[str, ...]]
"""The number of a row as a spreadsheet shows it, and its cells without the blanks at the end."""


def read_delimited(text: str) -> tuple[Iterator[NumberedCells], tuple[Sentence, ...]]:
    """The rows of `text` that are not blank, as they are asked for, and remarks."""
    separator, skip = _declared_separator(text)
    if separator is None:
        separator = _likeliest_separator(text)
    notes = (_NOTES[separator],) if separator in _NOTES else ()
    return _rows(text, separator, skip), notes


def _declared_separator(text: str) -> tuple[str | None, int]:
    """Excel's first line `sep=;`, and how many rows that takes."""
    first = text[:10].splitlines()[0].strip('"') if text[:10].strip() else ""
    if first.lower().startswith("sep=") and len(first) == 5 and first[4] in _SEPARATORS:
        return first[4], 1
    return None, 0


def _likeliest_separator(text: str) -> str:
    """The separator that makes most rows equally wide, and of those the one that makes the widest."""
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", (0, 0)
    for separator in _SEPARATORS:
        widths = _widths(sample, separator)
        if widths:
            width, rows = widths.most_common(1)[0]
            score = (rows * 100 // widths.total() // 10, width)
            if width > 1 and score > best_score:
                best, best_score = separator, score
    return best


def _widths(sample: str, separator: str) -> Counter[int]:
    widths: Counter[int] = Counter()
    for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
        if any(cell.strip() for cell in row):
            widths[len(row)] += 1
        if widths.total() >= _SAMPLE_ROWS:
            break
    return widths


def _rows(text: str, separator: str, skip: int) -> Iterator[NumberedCells]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            cells = [cell.strip() for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells and number > skip:
                yield number, tuple(cells)
    except csv.Error as error:
        raise _refuse_quotes(str(error), number + 1) from error


def _refuse_quotes(reason: str, row: int) -> Refused:
    if "field limit" in reason:
        return Refused("Row %(row)s opens a quotation mark that is closed far too late", field="file", row=row)
    if "unexpected end" in reason:
        return Refused("Row %(row)s opens a quotation mark that is never closed", field="file", row=row)
    return Refused(
        "A quotation mark inside a cell of row %(row)s is not doubled. Save the file as CSV from a spreadsheet",
        field="file",
        row=row,
    )
