"""Mail as rows: written with the act that causes it, sent by a job, readable in the demo's outbox."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from commonpurse.core import jobs
from commonpurse.core.db import Base, Keyed


class Mail(Keyed, Base):
    """One letter: its template under `templates/mail/` and the values it is filled with.

    `values` may hold a single-use token, so a letter's values are emptied once it is sent; the
    demo, which sends nothing, keeps them for its outbox.
    """

    __tablename__ = "core_mail"

    recipient: Mapped[str]
    template: Mapped[str]
    values: Mapped[dict[str, Any]]
    written_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]


def write(session: Session, *, recipient: str, template: str, key: UUID | None = None, **values: Any) -> UUID:
    """Write a letter and have it sent after the commit. `values` are plain JSON values.

    Args:
        key: a letter with this key that is there already, sent or not, is not written again.
    """
    if key is not None and session.get(Mail, key) is not None:
        return key
    letter = Mail(id=key, recipient=recipient, template=template, values=values, written_at=datetime.now(UTC))
    session.add(letter)
    session.flush()
    jobs.ask(session, "deliver_mail", str(letter.id))
    return letter.id


def find(session: Session, letter_id: UUID) -> Mail | None:
    """The letter, locked, or None."""
    return session.scalars(select(Mail).where(Mail.id == letter_id).with_for_update()).one_or_none()


def list_unsent(session: Session, written_from: datetime, written_until: datetime) -> list[UUID]:
    """The letters of that time that have not left, the oldest first."""
    is_meant = Mail.sent_at.is_(None) & Mail.written_at.between(written_from, written_until)
    return list(session.scalars(select(Mail.id).where(is_meant).order_by(Mail.written_at, Mail.id)))


def list_newest(session: Session, *, limit: int = 100) -> list[Mail]:
    """The newest letters first, at most `limit`."""
    return list(session.scalars(select(Mail).order_by(Mail.written_at.desc(), Mail.id).limit(limit)))
