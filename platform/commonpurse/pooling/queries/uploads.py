"""Files of lines that were checked, row by row."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.pooling import policy
from commonpurse.pooling.models import Upload, UploadKind, UploadState
from commonpurse.reference.queries import names_of_areas

LATEST = 10
"""Files of the body that the page lists."""


class FaultRow(Struct, frozen=True):
    """One fault of one row; `column` is empty where it is the whole row."""

    row: int
    column: str
    text: str
    reason: Sentence


class UploadRow(Struct, frozen=True):
    """A file of one's own body, and what became of it."""

    id: UUID
    filename: str
    uploaded_at: datetime
    right_count: int
    faulty_count: int
    state: str


class UploadsPage(Struct, frozen=True):
    """Where files are uploaded: who may, and the latest files of the reader's body."""

    consortium_id: UUID
    consortium: str
    files: tuple[UploadRow, ...]
    may_enter: bool


class UploadPage(Struct, frozen=True):
    """A checked file: its right rows and its faults, and whether it still waits for an answer."""

    id: UUID
    consortium_id: UUID
    consortium: str
    kind: str
    filename: str
    uploaded_at: datetime
    requirements: tuple[dict[str, Any], ...]
    budget: tuple[dict[str, Any], ...]
    faults: tuple[FaultRow, ...]
    right_count: int
    faulty_count: int
    state: str
    version: int
    may_store: bool


def get_upload(session: Session, actor: Actor, consortium_id: UUID, upload_id: UUID, *, lock: bool = False) -> Upload:
    """A file of the actor's body. Raises NotFound, also for the other bodies of the consortium."""
    query = select(Upload).where(
        Upload.id == upload_id,
        Upload.consortium_id == consortium_id,
        Upload.organisation_id == actor.organisation_id,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    upload = session.scalars(query).one_or_none()
    if upload is None:
        raise NotFound("There is no such file of your organisation")
    return upload


def find_stored_upload(
    session: Session, consortium_id: UUID, organisation_id: UUID, kind: UploadKind, digest: str
) -> Upload | None:
    """The file of this kind and content whose rows the body has stored, if there is one."""
    return session.scalars(
        select(Upload)
        .where(
            Upload.consortium_id == consortium_id,
            Upload.organisation_id == organisation_id,
            Upload.kind == kind,
            Upload.digest == digest,
            Upload.state == UploadState.STORED,
        )
        .order_by(Upload.uploaded_at, Upload.id)
        .limit(1)
    ).one_or_none()


def uploads_page(session: Session, actor: Actor, consortium_id: UUID, kind: str) -> UploadsPage:
    """The latest files of this kind of the actor's body, newest first. Raises NotFound unless it joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    files = session.scalars(
        select(Upload)
        .where(
            Upload.consortium_id == consortium_id,
            Upload.organisation_id == actor.organisation_id,
            Upload.kind == UploadKind(kind),
        )
        .order_by(Upload.uploaded_at.desc(), Upload.id)
        .limit(LATEST)
    )
    rows = tuple(
        UploadRow(file.id, file.filename, file.uploaded_at, len(file.lines), faulty_rows(file), file.state)
        for file in files
    )
    return UploadsPage(consortium_id, consortium.name, rows, policy.may_enter(actor, consortium))


def faulty_rows(upload: Upload) -> int:
    """How many rows of the file have a fault."""
    return len({fault["row"] for fault in upload.faults})


def upload_page(session: Session, actor: Actor, consortium_id: UUID, upload_id: UUID) -> UploadPage:
    """A checked file of the actor's body. Raises NotFound."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    upload = get_upload(session, actor, consortium_id, upload_id)
    needs = upload.kind is UploadKind.REQUIREMENTS
    places = names_of_areas(session, {line["place_gss"] for line in upload.lines}) if needs else {}
    return UploadPage(
        upload.id,
        consortium_id,
        consortium.name,
        upload.kind,
        upload.filename,
        upload.uploaded_at,
        tuple({**line, **exact_requirement(line), "place": places.get(line["place_gss"], "")} for line in upload.lines)
        if needs
        else (),
        () if needs else tuple(upload.lines),
        tuple(FaultRow(each["row"], each["column"], each["text"], _reason(each)) for each in upload.faults),
        len(upload.lines),
        faulty_rows(upload),
        upload.state,
        upload.version,
        upload.state is UploadState.CHECKED and policy.may_store(actor, upload, consortium),
    )


def _reason(fault: dict[str, Any]) -> Sentence:
    """What is wrong; days among its values are days again."""
    values = fault["values"].items()
    return Sentence(
        fault["reason"],
        {name: date.fromisoformat(value["day"]) if isinstance(value, dict) else value for name, value in values},
    )


def exact_requirement(line: dict[str, Any]) -> dict[str, Any]:
    """The quantity and the days of a requirement line, which its upload keeps as text."""
    return {
        "quantity": Decimal(line["quantity"]),
        "needed_from": date.fromisoformat(line["needed_from"]),
        "needed_until": date.fromisoformat(line["needed_until"]),
    }
