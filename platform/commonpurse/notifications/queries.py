"""What waits for a person, gathered from every feature; the demonstration's outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.core import mail
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting

Source = Callable[[Session, Actor, date], list[Waiting]]
SOURCES: tuple[Source, ...] = ()


@dataclass(frozen=True)
class HomePage:
    """The home page: what waits, by date, and the consortia of the organisation."""

    waiting: tuple[Waiting, ...]
    consortia: tuple[object, ...]


def home_page(session: Session, actor: Actor, today: date) -> HomePage:
    """What waits for the actor, dated things first, soonest first."""
    found = [thing for source in SOURCES for thing in source(session, actor, today)]
    found.sort(key=lambda thing: (thing.due is None, thing.due or date.max, thing.consortium, thing.msgid))
    return HomePage(tuple(found), ())


@dataclass(frozen=True)
class LetterRow:
    """A letter as the outbox shows it."""

    id: UUID
    recipient: str
    subject: str
    body: str
    written_at: datetime


def outbox(session: Session) -> list[LetterRow]:
    """The newest letters, rendered."""
    rows = []
    for letter in mail.list_newest(session):
        subject, body = letter.template, ""
        rows.append(LetterRow(letter.id, letter.recipient, subject, body, letter.written_at))
    return rows
