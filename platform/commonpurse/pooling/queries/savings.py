"""What the laboratory of savings starts from: the joined bodies and what they need."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.consortia.queries.membership import read_joined
from commonpurse.core.actor import Actor
from commonpurse.pooling.queries.weights import list_needs
from commonpurse.pooling.rules.pooled import Need, PooledRow, pool

MOST_LISTED = 10
"""Pooled rows that can be taken over."""


class Wanted(Struct, frozen=True):
    """What bodies need of one thing, by their place in the roster."""

    description: str
    unit: str
    amounts: dict[int, Decimal]


class SavingsPage(Struct, frozen=True):
    """The joined bodies by their place in the roster, and what they need.

    `rows` are pooled rows that more than one body needs, `MOST_LISTED` at most. Different things are never added, even
    where they have one unit: they have no one price.
    """

    consortium_id: UUID
    consortium: str
    bodies: tuple[tuple[int, str], ...]
    rows: tuple[Wanted, ...]

    @property
    def first(self) -> Wanted | None:
        """What the page begins with; None where several bodies need nothing alike."""
        return next(iter(self.rows), None)


def savings_page(session: Session, actor: Actor, consortium_id: UUID) -> SavingsPage:
    """The bodies and their needs, in a fixed number of statements. Raises NotFound unless the body joined."""
    consortium = read_joined(session, actor, consortium_id)
    places = {body.organisation_id: body.position for body in consortium.bodies}
    needs = [need for need in list_needs(session, consortium_id) if need.organisation_id in places]
    return SavingsPage(
        consortium_id,
        consortium.name,
        tuple((body.position, body.name) for body in consortium.bodies),
        tuple(_shared(needs, places))[:MOST_LISTED],
    )


def _shared(needs: Sequence[Need], places: dict[UUID, int]) -> Iterator[Wanted]:
    for group in pool(needs):
        for row in group.rows:
            if len(row.amounts) > 1:
                yield _wanted(group.description, row, places)


def _wanted(description: str, row: PooledRow, places: dict[UUID, int]) -> Wanted:
    return Wanted(description, row.unit, {places[body]: amount for body, amount in row.amounts.items()})
