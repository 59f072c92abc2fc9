"""Pages by area: which memo books a consortium keeps, and what each place has in one of them."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc import quantity
from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.calc.explain import adds_up
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.measures.models import Measure
from commonpurse.outcomes import policy
from commonpurse.outcomes.models import posting
from commonpurse.outcomes.queries.books import books_kept, names_of_places, places_of_consortium
from commonpurse.outcomes.queries.ledger import MeasureColumn


class AreasPage(Struct, frozen=True):
    """The books of areas that are kept, and the tiers of which another could be begun."""

    consortium_id: UUID
    consortium: str
    kept: tuple[str, ...]
    offered: tuple[str, ...]
    may_keep: bool


class Place(Struct, frozen=True):
    """A place of a tier: its GSS code, or empty, and its name; the one without a name is what no place received."""

    gss: str
    name: str


class AreaBookPage(Struct, frozen=True):
    """What each place of a tier has of each measure, in smallest units; never added to what bodies have."""

    consortium_id: UUID
    consortium: str
    tier: str
    kept: tuple[str, ...]
    places: tuple[Place, ...]
    measures: tuple[MeasureColumn, ...]


def areas_page(session: Session, actor: Actor, consortium_id: UUID) -> AreasPage:
    """The books of areas of a consortium. Raises NotFound, also for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    kept = tuple(books_kept(session, consortium_id))
    places = places_of_consortium(session, consortium)
    return AreasPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        kept=kept,
        offered=tuple(tier for tier in places if tier not in kept),
        may_keep=policy.may_keep_books(actor, consortium),
    )


def area_book_page(session: Session, actor: Actor, consortium_id: UUID, tier: str) -> AreaBookPage:
    """One book of areas. Raises NotFound, also for outsiders and where it is not kept."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    kept = tuple(books_kept(session, consortium_id))
    if tier not in kept:
        raise NotFound("This consortium keeps no such book")
    sums = session.execute(
        select(posting.c.measure_id, posting.c.party, func.sum(posting.c.amount))
        .where(posting.c.consortium_id == consortium_id, posting.c.book == tier)
        .group_by(posting.c.measure_id, posting.c.party)
    )
    shares = {(measure_id, party): int(amount) for measure_id, party, amount in sums}
    names = names_of_places(session, {party for _, party in shares})
    order = sorted(names, key=lambda place: (names[place], place))
    order += [UNALLOCATED] if shares else []
    measures = session.scalars(
        select(Measure)
        .where(Measure.id.in_({measure_id for measure_id, _ in shares}))
        .order_by(Measure.title, Measure.id)
    )
    return AreaBookPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        tier=tier,
        kept=kept,
        places=tuple(_place(place, names) for place in order),
        measures=tuple(_column(one, [shares.get((one.id, place), 0) for place in order]) for one in measures),
    )


def _place(place: str, names: dict[str, str]) -> Place:
    name = names.get(place, "")
    return Place("" if name == place or not name else place, name)


def _column(measure: Measure, amounts: list[int]) -> MeasureColumn:
    total = sum(amounts)
    certificate = adds_up(total, amounts, lambda smallest: quantity.say(smallest, measure.decimals))
    return MeasureColumn(measure.id, measure.title, measure.unit, measure.decimals, total, tuple(amounts), certificate)
