"""What waits for a person, gathered from every feature; the demonstration's outbox."""

from datetime import date

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.consortia import queries as consortia
from commonpurse.core import mail
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting, gather


class HomePage(Struct, frozen=True):
    """The home page: what waits, by date, and the consortia of the organisation."""

    waiting: tuple[Waiting, ...]
    consortia: tuple[consortia.ConsortiumRow, ...]
    may_create: bool


def home_page(session: Session, actor: Actor, today: date) -> HomePage:
    """What waits for the actor, dated things first, soonest first."""
    return HomePage(
        tuple(gather(session, actor, today)),
        tuple(consortia.joined_consortia(session, actor, today)),
        may_create=consortia.may_create(session, actor),
    )


def outbox(session: Session) -> list[mail.Mail]:
    """The newest letters, to be filled in by the page."""
    return mail.list_newest(session)
