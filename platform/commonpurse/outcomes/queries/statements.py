"""The page of a body's statement: its document as the ledger stands, and what it is chosen by."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.models import Consortium, ParticipationState
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.delivery.queries import count_awaiting_check, say_quarter
from commonpurse.outcomes.queries.documents import document_of, source_of
from commonpurse.outcomes.queries.editions import EditionRow, list_editions
from commonpurse.outcomes.queries.ledger import Party
from commonpurse.outcomes.rules import Document


class Statement(Struct, frozen=True):
    """A body's statement up to the end of a quarter; `document` is None before anything was split."""

    consortium_id: UUID
    consortium: str
    organisation_id: UUID
    organisation: str
    until: date | None
    quarters: tuple[tuple[date, Sentence], ...]
    bodies: tuple[Party, ...]
    document: Document | None
    editions: tuple[EditionRow, ...]
    awaiting_check: int


def statement(
    session: Session, actor: Actor, consortium_id: UUID, organisation_id: UUID, *, until: date | None = None
) -> Statement:
    """The statement of a body up to the quarter `until`, by default the last with an outcome.

    Raises:
        NotFound: the actor's body has not joined, or the other body has no part in the consortium.
    """
    consortium = get_joined_consortium(session, actor, consortium_id)
    bodies = bodies_of(consortium)
    organisation = next((body.name for body in bodies if body.id == organisation_id), None)
    if organisation is None:
        raise NotFound("There is no such body in this consortium")
    source = source_of(session, consortium)
    quarters = source.quarters
    until = until if until in quarters else (quarters[0] if quarters else None)
    return Statement(
        consortium_id=consortium_id,
        consortium=consortium.name,
        organisation_id=organisation_id,
        organisation=organisation,
        until=until,
        quarters=tuple((quarter, say_quarter(quarter)) for quarter in quarters),
        bodies=bodies,
        document=document_of(source, organisation_id, until) if until else None,
        editions=list_editions(session, consortium_id, organisation_id),
        awaiting_check=count_awaiting_check(session, consortium_id),
    )


def bodies_of(consortium: Consortium) -> tuple[Party, ...]:
    """The bodies that have or had a part: those who joined, and those who left with shares to their name."""
    states = {ParticipationState.JOINED, ParticipationState.LEFT}
    return tuple(
        Party(part.organisation_id, part.organisation.name)
        for part in consortium.participations
        if part.state in states
    )
