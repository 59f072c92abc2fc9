"""Files that prove a record: what one really is, and storing it once."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused
from commonpurse.core.tabular import Limits, is_workbook
from commonpurse.delivery import queries
from commonpurse.delivery.models import EvidenceContent, EvidenceItem, OutcomeRecord

MOST_FILES = 10
MOST_BYTES = 10 * 1024 * 1024

_TYPES = {
    ".pdf": ("pdf", "application/pdf"),
    ".png": ("png", "image/png"),
    ".jpg": ("jpeg", "image/jpeg"),
    ".jpeg": ("jpeg", "image/jpeg"),
    ".csv": ("text", "text/csv"),
    ".txt": ("text", "text/plain"),
    ".xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}


class UploadedFile(Struct, frozen=True):
    """A file as it was sent: the name is the sender's word, the content is what counts."""

    filename: str
    content: bytes


def read_evidence(files: Sequence[UploadedFile]) -> list[tuple[UploadedFile, str]]:
    """Each file with its media type. Raises Refused for no file, for too many, and for one that is no evidence."""
    if not files:
        raise Refused("Select a file that proves the outcome", field="files")
    if len(files) > MOST_FILES:
        raise Refused("Select %(most)s files or fewer", field="files", most=MOST_FILES)
    return [(file, media_type_of(file)) for file in files]


def media_type_of(file: UploadedFile) -> str:
    """The media type of a file, by its content. Raises Refused."""
    name = base_name(file.filename)
    if not file.content:
        raise Refused("%(name)s is empty", field="files", name=name)
    if len(file.content) > MOST_BYTES:
        raise Refused("%(name)s must be smaller than 10 MB", field="files", name=name)
    ending = PurePosixPath(name).suffix.lower()
    if ending not in _TYPES:
        raise Refused("%(name)s must be a PDF, PNG, JPEG, CSV, TXT or XLSX file", field="files", name=name)
    kind, media_type = _TYPES[ending]
    found = _kind(file.content)
    if (kind, found) == ("xlsx", "zip"):
        raise Refused(
            "%(name)s is no Excel workbook, is damaged, or unpacks to far more than a workbook needs",
            field="files",
            name=name,
        )
    if kind != found:
        raise Refused("%(name)s is not what its ending says: its content is something else", field="files", name=name)
    return media_type


def base_name(filename: str) -> str:
    """The name without folders and control characters, at most 120 characters with its ending."""
    plain = filename.replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in plain if character.isprintable()).strip()
    ending = PurePosixPath(kept).suffix[-10:]
    return kept.removesuffix(ending)[: 120 - len(ending)] + ending or "file"


def attach(
    session: Session, actor: Actor, record: OutcomeRecord, files: Sequence[tuple[UploadedFile, str]], now: datetime
) -> None:
    """Store files as evidence of a record; the same bytes are stored once, and are once on a record."""
    stored: set[str] = set()
    for file, media_type in files:
        digest = sha256(file.content).hexdigest()
        if digest in stored:
            continue
        stored.add(digest)
        if not queries.has_content(session, digest):
            session.add(EvidenceContent(sha256=digest, size_bytes=len(file.content), content=file.content))
            session.flush()
        session.add(_item(actor, record, digest, base_name(file.filename), media_type, now))
    session.flush()


def attach_again(session: Session, actor: Actor, old: OutcomeRecord, record: OutcomeRecord, now: datetime) -> None:
    """Let the evidence of a record prove the one that replaces it."""
    for item in old.evidence:
        session.add(_item(actor, record, item.sha256, item.filename, item.media_type, now))
    session.flush()


def _item(
    actor: Actor, record: OutcomeRecord, digest: str, filename: str, media_type: str, now: datetime
) -> EvidenceItem:
    return EvidenceItem(
        record_id=record.id,
        sha256=digest,
        filename=filename,
        media_type=media_type,
        added_by_id=actor.person,
        added_at=now,
    )


def _kind(content: bytes) -> str:
    for kind, start in _STARTS.items():
        if content.startswith(start):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return "xlsx" if is_workbook(content, Limits()) else "zip"
    return "text" if _is_text(content) else "other"


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(character) < 32 and character not in "\t\r\n\f" for character in text)
    return False
