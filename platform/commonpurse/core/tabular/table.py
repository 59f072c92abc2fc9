"""What a file of rows becomes: headings, numbered rows and remarks; and how large it may be."""

import re

from msgspec import Struct

from commonpurse.calc.sentence import Sentence

_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Limits(Struct, frozen=True):
    """How much of a file is read before it is refused."""

    file_bytes: int = 20_000_000
    rows: int = 200_000
    columns: int = 100
    cell_characters: int = 5_000
    table_characters: int = 50_000_000
    archive_entries: int = 1_000
    unpacked_bytes: int = 100_000_000
    unpacked_ratio: int = 200


class Row(Struct, frozen=True):
    """One row: its number as a spreadsheet shows it, and its cells, at least one for each heading.

    `overlong` rows have text beyond the last heading, so their cells may stand in the wrong columns.
    """

    number: int
    cells: tuple[str, ...]
    overlong: bool = False


class Table(Struct, frozen=True):
    """The rows of a file that are not blank, below the headings."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Sentence, ...] = ()


def only_text(text: str) -> str:
    """The same text with U+FFFD for every character that XML forbids, such as NUL and half a surrogate pair."""
    return _NO_TEXT.sub("\ufffd", text)
