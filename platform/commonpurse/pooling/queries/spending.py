"""Published spending: the files there are, and what could not be read in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session, joinedload

from commonpurse.calc.sentence import Sentence, message
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.identity.models import Organisation
from commonpurse.pooling import policy
from commonpurse.pooling.models import SetAsideRow, SpendFile

NO_SPENDING = message("There is no such page for you")
PER_PAGE = 50
MOST_FILES = 1_000
"""Files that the page lists; its sums are of all."""


class FileRow(Struct, frozen=True):
    """A file that was read: how much of it, and when."""

    id: UUID
    filename: str
    organisation_id: UUID
    organisation: str
    rows_read: int
    rows_set_aside: int
    imported_at: datetime


class SpendingPage(Struct, frozen=True):
    """The files by body, newest first, `MOST_FILES` at most; the counts are of all files there are."""

    files: tuple[FileRow, ...]
    file_count: int
    rows_read: int
    rows_set_aside: int
    bodies: int
    own_name: str
    may_import: bool


class SetAside(Struct, frozen=True):
    """A row that was left out, and why."""

    row: int
    reason: Sentence
    cells: tuple[str, ...]


class SpendFilePage(Struct, frozen=True):
    """One file with the rows left out of it."""

    file: FileRow
    notes: tuple[Sentence, ...]
    headers: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    page: int
    pages: int


def get_own_organisation(session: Session, actor: Actor) -> Organisation | None:
    """The organisation the actor acts for; None for visitors and the service itself."""
    return session.get(Organisation, actor.organisation_id) if actor.organisation_id else None


def require_reader(session: Session, actor: Actor) -> Organisation | None:
    """The actor's organisation. Raises NotFound unless it is a public body."""
    organisation = get_own_organisation(session, actor)
    if not policy.may_read_spending(actor, organisation):
        raise NotFound(NO_SPENDING)
    return organisation


def find_spend_file(session: Session, organisation_id: UUID, digest: str) -> SpendFile | None:
    """The file of the body with this content, if it was imported."""
    return session.scalars(
        select(SpendFile).where(SpendFile.organisation_id == organisation_id, SpendFile.digest == digest)
    ).one_or_none()


def spending_page(session: Session, actor: Actor) -> SpendingPage:
    """The files there are, in a fixed number of SELECTs. Raises NotFound for people of no public body."""
    organisation = require_reader(session, actor)
    rows = session.scalars(
        select(SpendFile)
        .join(SpendFile.organisation)
        .options(joinedload(SpendFile.organisation))
        .order_by(Organisation.name, SpendFile.imported_at.desc(), SpendFile.filename, SpendFile.id)
        .limit(MOST_FILES)
    )
    count, rows_read, rows_set_aside, bodies = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(SpendFile.rows_read), 0),
            func.coalesce(func.sum(SpendFile.rows_set_aside), 0),
            func.count(distinct(SpendFile.organisation_id)),
        ).select_from(SpendFile)
    ).one()
    return SpendingPage(
        tuple(_file_row(row) for row in rows),
        count,
        int(rows_read),
        int(rows_set_aside),
        bodies,
        organisation.name if organisation else "",
        policy.may_import_spending(actor, organisation),
    )


def spend_file_page(session: Session, actor: Actor, file_id: UUID, *, page: int = 1) -> SpendFilePage:
    """One file and a page of the rows left out of it. Raises NotFound."""
    require_reader(session, actor)
    file = session.get(SpendFile, file_id, options=[joinedload(SpendFile.organisation)])
    if file is None:
        raise NotFound(NO_SPENDING)
    pages = page_count(file.rows_set_aside)
    shown = min(max(page, 1), pages)
    rows = session.scalars(
        select(SetAsideRow)
        .where(SetAsideRow.file_id == file_id)
        .order_by(SetAsideRow.row)
        .limit(PER_PAGE)
        .offset((shown - 1) * PER_PAGE)
    )
    set_aside = tuple(SetAside(row.row, Sentence(row.reason, row.values), tuple(row.cells)) for row in rows)
    return SpendFilePage(_file_row(file), _notes(file.notes), tuple(file.headers), set_aside, shown, pages)


def page_count(rows: int) -> int:
    """How many pages so many rows take; one at least."""
    return max(1, -(-rows // PER_PAGE))


def _notes(notes: list[Any]) -> tuple[Sentence, ...]:
    return tuple(Sentence(msgid, values) for msgid, values in notes)


def _file_row(file: SpendFile) -> FileRow:
    return FileRow(
        file.id,
        file.filename,
        file.organisation_id,
        file.organisation.name,
        file.rows_read,
        file.rows_set_aside,
        file.imported_at,
    )
