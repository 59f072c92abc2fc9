"""What waits for a person, gathered from every feature; the demonstration's outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from commonpurse.consortia import queries as consortia
from commonpurse.core import mail
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting
from commonpurse.delivery import queries as delivery
from commonpurse.outcomes import queries as outcomes
from commonpurse.pooling import queries as pooling
from commonpurse.workspaces import queries as workspaces

Source = Callable[[Session, Actor, date], list[Waiting]]
SOURCES: tuple[Source, ...] = (
    consortia.waiting,
    pooling.waiting,
    workspaces.waiting,
    delivery.waiting,
    outcomes.waiting,
)


@dataclass(frozen=True)
class HomePage:
    """The home page: what waits, by date, and the consortia of the organisation."""

    waiting: tuple[Waiting, ...]
    consortia: tuple[consortia.ConsortiumRow, ...]
    may_create: bool


def home_page(session: Session, actor: Actor, today: date) -> HomePage:
    """What waits for the actor, dated things first, soonest first."""
    found = [thing for source in SOURCES for thing in source(session, actor, today)]
    found.sort(key=lambda thing: (thing.due is None, thing.due or date.max, thing.consortium, thing.msgid))
    return HomePage(
        tuple(found),
        tuple(consortia.joined_consortia(session, actor, today)),
        may_create=consortia.may_create(session, actor),
    )


def outbox(session: Session) -> list[mail.Mail]:
    """The newest letters, to be filled in by the page."""
    return mail.list_newest(session)
