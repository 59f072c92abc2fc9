"""Which column of somebody's file is which of ours, whatever they call it."""

import re
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from commonpurse.calc.sentence import Sentence


class Unreadable(ValueError):
    """Text that is not what its column promises; `sentence` says so in words for the person."""

    def __init__(self, msgid: str, **values: str | int) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, values)

    def __str__(self) -> str:
        """The sentence in English."""
        return str(self.sentence)


class WrongColumns(Unreadable):
    """The file lacks columns, or has one of them twice: no row of it can be read."""


class RowLike(Protocol):
    """A row of `core.tabular`, which rules may not import."""

    @property
    def number(self) -> int:
        """As a spreadsheet shows it."""

    @property
    def cells(self) -> tuple[str, ...]:
        """One for each heading at least."""

    @property
    def overlong(self) -> bool:
        """Whether there is text beyond the last heading."""


class TableLike(Protocol):
    """A table of `core.tabular`, which rules may not import."""

    @property
    def headers(self) -> tuple[str, ...]:
        """The headings."""

    @property
    def rows(self) -> Sequence[RowLike]:
        """The rows below them."""


class Column(Struct, frozen=True):
    """A column we read: our name for it, what others call it (best first), and whether a file can lack it."""

    name: str
    synonyms: tuple[str, ...] = ()
    optional: bool = False


_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def find_columns(headers: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """The place of each of `columns` among `headers`; optional ones may be missing from the answer.

    Raises:
        WrongColumns: naming all the columns that are missing, or a heading that stands there twice.
    """
    places: dict[str, list[int]] = {}
    for at, header in enumerate(headers):
        places.setdefault(_plain(header), []).append(at)
    found: dict[str, int] = {}
    missing: list[str] = []
    for column in columns:
        names = (_plain(name) for name in (column.name, *column.synonyms))
        here = next((places[name] for name in names if name in places), None)
        if here is None:
            missing += [] if column.optional else [column.name]
        elif len(here) > 1:
            raise WrongColumns("The file has the column “%(column)s” more than once", column=headers[here[0]])
        else:
            found[column.name] = here[0]
    if missing:
        raise WrongColumns("The file has no column %(columns)s", columns=", ".join(f"“{name}”" for name in missing))
    return found


def _plain(header: str) -> str:
    """A heading without case, spacing, punctuation and currency marks."""
    return _NOT_LETTERS.sub("", header.casefold().replace("(gbp)", ""))
