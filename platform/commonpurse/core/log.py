"""The event log: one append-only stream per thing, numbers without gaps, each entry chained to the last.

State tables are the truth; the log is written with them in the same transaction. The database
refuses to change or delete an entry, and refuses one whose number or previous hash does not follow.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, ClassVar, Protocol, cast
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Table, UniqueConstraint, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from commonpurse.calc.digest import chain
from commonpurse.core.actor import Actor
from commonpurse.core.db import Base

FIRST_HASH = "0" * 64


class Event(Protocol):
    """A frozen Struct in the past tense, with the `kind` it is stored under."""

    kind: ClassVar[str]


class Stream(Base):
    """The head of a stream; its row is locked while an entry is added."""

    __tablename__ = "core_stream"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[str] = mapped_column(default=FIRST_HASH)


class EntryRow(Base):
    """One thing that happened. Append-only, by triggers of the database."""

    __tablename__ = "core_entry"
    __table_args__ = (UniqueConstraint("stream", "idempotency_key"),)

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    actor_label: Mapped[str]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    idempotency_key: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]


_STREAM, _ENTRY = cast(Table, Stream.__table__), cast(Table, EntryRow.__table__)
"""Every command records, which goes quicker by the tables themselves than by their classes."""


class Entry(Struct, frozen=True):
    """An entry as it is read and sent to browsers."""

    stream: str
    seq: int
    at: datetime
    person_id: UUID | None
    organisation_id: UUID | None
    actor_label: str
    kind: str
    data: dict[str, Any]
    idempotency_key: str | None = None

    def as_message(self) -> dict[str, Any]:
        """What a browser in the stream's room receives."""
        return {
            "stream": self.stream,
            "seq": self.seq,
            "at": self.at.isoformat(),
            "organisation_id": str(self.organisation_id) if self.organisation_id else None,
            "actor": self.actor_label,
            "kind": self.kind,
            "data": self.data,
        }


Publisher = Callable[[Sequence[Entry]], None]
_publishers: dict[str, Publisher] = {}


def publish_to(name: str, publisher: Publisher) -> None:
    """Give every committed entry to `publisher`; a second one of the same name replaces the first."""
    _publishers[name] = publisher


def record(
    session: Session,
    actor: Actor,
    stream: str,
    event: Event,
    *,
    idempotency_key: str | None = None,
    at: datetime | None = None,
) -> int:
    """Append `event` to `stream` with its next number, and return that number.

    The stream's head is locked until the transaction ends, so numbers have no gaps and the order
    of numbers is the order of commits.
    """
    return record_all(session, actor, stream, [event], idempotency_key=idempotency_key, at=at)


def record_all(
    session: Session,
    actor: Actor,
    stream: str,
    events: Sequence[Event],
    *,
    idempotency_key: str | None = None,
    at: datetime | None = None,
) -> int:
    """Append several events, one or more, as `record` would one after the other; return the number of the last.

    The key is that of the first.
    """
    head = session.execute(
        select(Stream.last_seq, Stream.last_hash).where(Stream.name == stream).with_for_update()
    ).one_or_none()
    if head is None:
        session.execute(insert(_STREAM).values(name=stream))
    seq, digest = head if head is not None else (0, FIRST_HASH)
    rows: list[dict[str, Any]] = []
    recorded = session.info.setdefault("recorded", [])
    for event in events:
        seq += 1
        entry = Entry(
            stream=stream,
            seq=seq,
            at=at or datetime.now(UTC),
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            actor_label=actor.label,
            kind=event.kind,
            data=plain(event),
            idempotency_key=None if rows else idempotency_key,
        )
        rows.append({**asdict(entry), "previous_hash": digest, "hash": chain(digest, _hashed(entry))})
        digest = rows[-1]["hash"]
        recorded.append(entry)
    session.execute(insert(_ENTRY), rows if len(rows) > 1 else rows[0])
    session.execute(update(_STREAM).where(_STREAM.c.name == stream).values(last_seq=seq, last_hash=digest))
    return seq


def plain(event: Any) -> Any:
    """`event` as JSON values: keys and decimals as text, times in ISO form, enums by value."""
    if isinstance(event, Struct):
        return {name: plain(value) for name, value in asdict(event).items()}
    if isinstance(event, Enum):
        return event.value
    if isinstance(event, UUID | Decimal):
        return str(event)
    if isinstance(event, datetime | date):
        return event.isoformat()
    if isinstance(event, dict):
        return {str(plain(key)): plain(value) for key, value in event.items()}
    if isinstance(event, list | tuple):
        return [value if type(value) in (str, int) else plain(value) for value in event]
    if event is None or isinstance(event, str | int):
        return event
    raise TypeError(f"{type(event).__name__} has no exact JSON form")


def _hashed(entry: Entry) -> dict[str, Any]:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    about = {name: plain(value) for name, value in asdict(entry).items() if name != "data"}
    return {**about, "data": entry.data, "at": at}


def to_publish(session: Session) -> list[Callable[[], None]]:
    """What hands the entries recorded in `session` to each publisher. For after the commit."""
    recorded: list[Entry] = session.info.pop("recorded", [])
    return [partial(publisher, recorded) for publisher in _publishers.values()] if recorded else []


def entries_after(session: Session, stream: str, after: int, *, limit: int = 1000) -> list[Entry]:
    """The entries of `stream` numbered above `after`, oldest first, at most `limit`."""
    rows = session.scalars(
        select(EntryRow).where(EntryRow.stream == stream, EntryRow.seq > after).order_by(EntryRow.seq).limit(limit)
    )
    return [_entry(row) for row in rows]


def latest_entries(session: Session, streams: Sequence[str], *, limit: int = 20) -> list[Entry]:
    """The newest entries of several streams, newest first, at most `limit`."""
    rows = session.scalars(
        select(EntryRow)
        .where(EntryRow.stream.in_(streams))
        .order_by(EntryRow.at.desc(), EntryRow.stream, EntryRow.seq.desc())
        .limit(limit)
    )
    return [_entry(row) for row in rows]


def last_seq(session: Session, stream: str) -> int:
    """The number of the newest entry of `stream`; 0 where it has none."""
    return session.scalar(select(Stream.last_seq).where(Stream.name == stream)) or 0


def seq_of(session: Session, stream: str, idempotency_key: str) -> int | None:
    """The number under which the act with this key was already recorded, if it was."""
    return session.scalar(
        select(EntryRow.seq).where(EntryRow.stream == stream, EntryRow.idempotency_key == idempotency_key)
    )


def _entry(row: EntryRow) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__struct_fields__})


class Verification(Struct, frozen=True):
    """What checking one stream found; `fault` says in words what is wrong first."""

    stream: str
    entries: int
    head: str
    fault: str | None = None


def verify(session: Session, stream: str) -> Verification:
    """Recompute the chain of `stream` from its first entry and compare it with what is stored."""
    expected_seq, previous = 0, FIRST_HASH
    for row in session.scalars(select(EntryRow).where(EntryRow.stream == stream).order_by(EntryRow.seq)):
        expected_seq += 1
        if row.seq != expected_seq:
            return Verification(stream, expected_seq - 1, previous, f"entry {expected_seq} is missing")
        if row.previous_hash != previous:
            return Verification(stream, expected_seq - 1, previous, f"entry {row.seq} does not follow the one before")
        digest = chain(previous, _hashed(_entry(row)))
        if row.hash != digest:
            return Verification(stream, expected_seq - 1, previous, f"entry {row.seq} was changed")
        previous = digest
    head = session.get(Stream, stream, populate_existing=True)
    if head is None or (head.last_seq, head.last_hash) != (expected_seq, previous):
        return Verification(stream, expected_seq, previous, "the head of the stream does not match its last entry")
    return Verification(stream, expected_seq, previous)


def stream_names(session: Session) -> list[str]:
    """Every stream, by name."""
    return list(session.scalars(select(Stream.name).order_by(Stream.name)))
