"""Lines by file: checked first, stored only on a person's word."""

from collections.abc import Container
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import asdict
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.models import Consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.tabular import Table, read_table
from commonpurse.pooling import queries
from commonpurse.pooling.commands import checks
from commonpurse.pooling.commands.budgets import first_approval
from commonpurse.pooling.commands.spending import read_columns
from commonpurse.pooling.events import UploadDropped, UploadStored
from commonpurse.pooling.models import (
    BudgetContribution,
    CommitmentLevel,
    RequirementLine,
    Upload,
    UploadKind,
    UploadState,
)
from commonpurse.pooling.rules import lines
from commonpurse.reference.queries import areas_by_name, known_categories

MOST_ROWS = 5_000
"""Rows in one file: every one of them is shown."""

_Line = lines.RequirementLine | lines.BudgetLine


def check_upload(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    kind: str,
    filename: str,
    content: bytes,
    now: datetime,
) -> UUID:
    """Read a file of lines of the actor's body and keep what was found, for the person to decide. Stores no line.

    Returns:
        The key of the upload. Files of this kind that the person had not stored are dropped for it.

    Raises:
        NotFound, NotAllowed: see `checks.get_open_consortium`.
        Refused: the file cannot be read as a whole, or was stored before.
    """
    checks.get_open_consortium(session, actor, consortium_id)
    kind = UploadKind(kind)
    digest = sha256(content).hexdigest()
    before = queries.find_stored_upload(session, consortium_id, actor.organisation, kind, digest)
    if before is not None:
        raise Refused("This file was stored already, as “%(before)s”", field="file", before=before.filename)
    table = read_table(filename, content)
    if len(table.rows) > MOST_ROWS:
        raise Refused("The file has more than %(limit)s rows. Split it", field="file", limit=f"{MOST_ROWS:,}")
    read = _read_lines(session, kind, table)
    known = _known(session, consortium_id, actor.organisation, kind)
    new: list[_Line] = []
    faults = list(read.faults)
    for line in read.lines:
        if _contents(kind, _values(line)) in known:
            faults.append(lines.Fault(line.row, "", "", Sentence("Your organisation has the same line already")))
        else:
            new.append(line)
    _drop_unanswered(session, actor, consortium_id, kind)
    upload = Upload(
        id=uuid4(),
        consortium_id=consortium_id,
        organisation_id=actor.organisation,
        person_id=actor.person,
        kind=kind,
        filename=filename,
        digest=digest,
        lines=[log.plain(line) for line in new],
        faults=[_fault(fault) for fault in sorted(faults, key=lambda fault: fault.row)],
        uploaded_at=now,
    )
    session.add(upload)
    session.flush()
    return upload.id


def store_upload(
    session: Session, actor: Actor, *, consortium_id: UUID, upload_id: UUID, seen_version: int, now: datetime
) -> int:
    """Make lines of the right rows of a checked file, and set the faulty ones aside.

    Returns:
        How many lines there are more.

    Raises:
        NotFound: it is no file of the actor's body.
        NotFound, NotAllowed: see `checks.get_open_consortium`.
        Refused: there is no right row, a line is there by now, or pooling is over.
        Stale: it was stored or dropped already, by this or another press of the button.
    """
    consortium, upload = _get_checked(session, actor, consortium_id, upload_id, seen_version)
    if not upload.lines:
        raise Refused("There is no right row to store")
    upload.state = UploadState.STORED
    session.flush()
    rows = [_stored(upload.kind, line) for line in upload.lines]
    known = _known(session, consortium_id, upload.organisation_id, upload.kind)
    if any(_contents(upload.kind, row) in known for row in rows):
        raise Refused("Some of these lines were entered since the file was checked. Upload the file again")
    if upload.kind is UploadKind.BUDGET:
        rows = [{**row, "approval": first_approval(row["commitment_level"])} for row in rows]
    own = {
        "consortium_id": consortium_id,
        "organisation_id": upload.organisation_id,
        "entered_by_id": actor.person,
        "entered_at": now,
        "version": 1,
    }
    table = RequirementLine if upload.kind is UploadKind.REQUIREMENTS else BudgetContribution
    session.execute(insert(table), [{"id": uuid4(), **own, **row} for row in rows])
    event = UploadStored(upload.id, upload.kind, upload.filename, len(rows), queries.faulty_rows(upload))
    log.record(session, actor, consortium.stream, event, at=now)
    return len(rows)


def drop_upload(
    session: Session, actor: Actor, *, consortium_id: UUID, upload_id: UUID, seen_version: int, now: datetime
) -> None:
    """Give a checked file up: nothing of it is stored. Raises as `store_upload`."""
    consortium, upload = _get_checked(session, actor, consortium_id, upload_id, seen_version)
    upload.state = UploadState.DROPPED
    session.flush()
    log.record(session, actor, consortium.stream, UploadDropped(upload.id, upload.filename), at=now)


def _get_checked(
    session: Session, actor: Actor, consortium_id: UUID, upload_id: UUID, seen_version: int
) -> tuple[Consortium, Upload]:
    consortium = checks.get_open_consortium(session, actor, consortium_id)
    upload = queries.get_upload(session, actor, consortium_id, upload_id, lock=True)
    if upload.state is not UploadState.CHECKED or upload.version != seen_version:
        raise Stale("This file was answered already. Look at the table before you upload another")
    return consortium, upload


def _drop_unanswered(session: Session, actor: Actor, consortium_id: UUID, kind: UploadKind) -> None:
    """Drop the actor's files of this kind that were checked and neither stored nor dropped."""
    session.execute(
        update(Upload)
        .where(
            Upload.consortium_id == consortium_id,
            Upload.person_id == actor.person,
            Upload.organisation_id == actor.organisation,
            Upload.kind == kind,
            Upload.state == UploadState.CHECKED,
        )
        .values(state=UploadState.DROPPED, version=Upload.version + 1)
    )


def _read_lines(session: Session, kind: UploadKind, table: Table) -> lines.LinesRead[Any]:
    if kind is UploadKind.BUDGET:
        return read_columns(lambda: lines.read_budget(table))
    cpv, places = known_categories(session), areas_by_name(session)
    return read_columns(lambda: lines.read_requirements(table, known_cpv=cpv, known_places=places))


def _known(
    session: Session, consortium_id: UUID, organisation_id: UUID, kind: UploadKind
) -> Container[queries.Contents]:
    """The contents of the lines that the body has already."""
    if kind is UploadKind.REQUIREMENTS:
        return queries.own_requirement_contents(session, consortium_id, organisation_id)
    return queries.own_budget_contents(session, consortium_id, organisation_id)


def _contents(kind: UploadKind, values: dict[str, Any]) -> queries.Contents:
    if kind is UploadKind.REQUIREMENTS:
        return queries.requirement_contents(**values)
    return queries.budget_contents(**values)


def _values(line: _Line) -> dict[str, Any]:
    return {name: value for name, value in asdict(line).items() if name != "row"}


def _fault(fault: lines.Fault) -> dict[str, Any]:
    return {
        "row": fault.row,
        "column": fault.column,
        "text": fault.text,
        "reason": fault.reason.msgid,
        "values": {
            name: {"day": value.isoformat()} if isinstance(value, date) else value
            for name, value in fault.reason.values.items()
        },
    }


def _stored(kind: UploadKind, line: dict[str, Any]) -> dict[str, Any]:
    """The values of a row of the table, from a line as its upload keeps it."""
    values = {name: value for name, value in line.items() if name != "row"}
    if kind is UploadKind.REQUIREMENTS:
        return {**values, **queries.exact_requirement(line)}
    return {**values, "commitment_level": CommitmentLevel(line["commitment_level"])}
