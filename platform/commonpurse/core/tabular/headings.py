"""Which row holds the headings, and the rows below it as a table."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from commonpurse.calc.sentence import Sentence
from commonpurse.core.errors import Refused
from commonpurse.core.tabular.delimited import NumberedCells
from commonpurse.core.tabular.table import Limits, Row, Table

_LOOKED_AT = 100
_TITLES_AT_MOST = 30
_FIGURE = re.compile(r"[-+(£$€]*\s*\d[\d,.\s]*\)?%?|\d{1,4}[-/. ]\w{1,9}[-/. ]\d{1,4}.*")
_NAMED_ROWS = 10


def to_table(rows: Iterable[NumberedCells], notes: Sequence[Sentence], limits: Limits) -> Table:
    """The table in `rows`, blank ones left out by the caller.

    Raises:
        Refused: there is nothing below the headings, or more than `limits` allow.
    """
    source = _within(iter(rows), limits)
    start = list(islice(source, _LOOKED_AT))
    if not start:
        raise Refused("The file is empty", field="file")
    at = _heading_index([cells for _, cells in start])
    heading_number, headers = start[at]
    body = tuple(_as_row(numbered, len(headers)) for numbered in chain(start[at + 1 :], source))
    if not body:
        raise Refused("The file has headings but no rows below them", field="file")
    return Table(headers, body, (*notes, *_remarks(at, heading_number, body)))


def _heading_index(rows: Sequence[tuple[str, ...]]) -> int:
    """The first row of words that is nearly as full as most rows; titles above it are narrower."""
    usual = Counter(_filled(cells) for cells in rows).most_common(1)[0][0]
    widest = max(_filled(cells) for cells in rows)
    for index, cells in enumerate(rows[:_TITLES_AT_MOST]):
        filled = [cell for cell in cells if cell]
        full_enough = len(filled) * 10 >= usual * 6 and (len(filled) > 1 or widest == 1)
        if full_enough and not any(_FIGURE.fullmatch(cell) for cell in filled):
            return index
    return 0


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def _as_row(numbered: NumberedCells, width: int) -> Row:
    number, cells = numbered
    return Row(number, cells + ("",) * (width - len(cells)), overlong=len(cells) > width)


def _remarks(at: int, heading_number: int, body: Sequence[Row]) -> Iterator[Sentence]:
    if at:
        yield Sentence("The headings are in row %(row)s: the lines above it were left out", {"row": heading_number})
    overlong = [row.number for row in body if row.overlong]
    if overlong:
        named = ", ".join(map(str, overlong[:_NAMED_ROWS])) + ("…" if len(overlong) > _NAMED_ROWS else "")
        yield Sentence("Rows with more cells than there are headings: %(rows)s", {"rows": named})


def _within(rows: Iterator[NumberedCells], limits: Limits) -> Iterator[NumberedCells]:
    """The same rows, refused as soon as they pass a limit."""
    characters = 0
    for count, (number, cells) in enumerate(rows):
        if count > limits.rows:
            raise Refused("The file has more than %(limit)s rows. Split it", field="file", limit=f"{limits.rows:,}")
        if len(cells) > limits.columns:
            raise Refused("Row %(row)s has more than %(limit)s columns", field="file", row=number, limit=limits.columns)
        lengths = [len(cell) for cell in cells]
        characters += sum(lengths)
        if max(lengths) > limits.cell_characters:
            raise Refused(
                "A cell of row %(row)s is longer than %(limit)s characters. Is a quotation mark not closed?",
                field="file",
                row=number,
                limit=f"{limits.cell_characters:,}",
            )
        if characters > limits.table_characters:
            raise Refused("The file holds more text than can be read at once. Split it", field="file")
        yield number, cells
