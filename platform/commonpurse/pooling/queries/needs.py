"""What the bodies of a consortium need, line by line and pooled."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium, joined_bodies
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.pooling import policy
from commonpurse.pooling.models import RequirementLine
from commonpurse.pooling.queries.weights import list_needs
from commonpurse.pooling.rules.pooled import Need, PooledCategory, pool_categories
from commonpurse.pooling.rules.weights import WeightWords, explain_weights
from commonpurse.reference.queries import names_of_areas, titles_of_categories

NO_LINE = message("There is no such line in this consortium")
MOST_SHOWN = 500
"""Rows of one table on the page; the downloads have the whole pool."""

Contents = tuple[object, ...]


class PooledNeed(Struct, frozen=True):
    """One row of the pooled table: a description in one kind of unit, or all of its category in one kind of unit.

    `amounts` follow the bodies of the page.
    """

    category_code: str
    category: str
    description: str
    unit: str
    amounts: tuple[Decimal | None, ...]
    total: Decimal
    is_subtotal: bool


class Conflict(Struct, frozen=True):
    """Two lines under one description whose quantities cannot be added."""

    description: str
    first_body: str
    first_quantity: Decimal
    first_unit: str
    second_body: str
    second_quantity: Decimal
    second_unit: str


class NeedLine(Struct, frozen=True):
    """One line as a body entered it."""

    id: UUID
    organisation: str
    description: str
    category_code: str
    category: str
    quantity: Decimal
    unit: str
    place_gss: str
    place: str
    needed_from: date
    needed_until: date
    version: int
    may_change: bool


class NeedsPage(Struct, frozen=True):
    """The pooled need of a consortium; `lines` are at most `MOST_SHOWN`, those of the reader's body first."""

    consortium_id: UUID
    consortium: str
    bodies: tuple[tuple[UUID, str], ...]
    rows: tuple[PooledNeed, ...]
    conflicts: tuple[Conflict, ...]
    weights: WeightWords
    lines: tuple[NeedLine, ...]
    line_count: int
    is_open: bool
    may_enter: bool


def requirement_contents(
    *,
    description: str,
    category_code: str,
    quantity: Decimal,
    unit: str,
    place_gss: str,
    needed_from: date,
    needed_until: date,
) -> Contents:
    """What makes two lines of a body the same."""
    return description.casefold(), category_code, quantity, unit, place_gss, needed_from, needed_until


def own_requirement_contents(session: Session, consortium_id: UUID, organisation_id: UUID) -> dict[Contents, UUID]:
    """The contents of every line of the body, with the line's key."""
    rows = session.execute(
        select(
            RequirementLine.id,
            RequirementLine.description,
            RequirementLine.category_code,
            RequirementLine.quantity,
            RequirementLine.unit,
            RequirementLine.place_gss,
            RequirementLine.needed_from,
            RequirementLine.needed_until,
        ).where(RequirementLine.consortium_id == consortium_id, RequirementLine.organisation_id == organisation_id)
    )
    return {
        requirement_contents(
            description=row.description,
            category_code=row.category_code,
            quantity=row.quantity,
            unit=row.unit,
            place_gss=row.place_gss,
            needed_from=row.needed_from,
            needed_until=row.needed_until,
        ): row.id
        for row in rows
    }


def get_requirement(session: Session, consortium_id: UUID, line_id: UUID, *, lock: bool = False) -> RequirementLine:
    """A line of the consortium, which the caller has looked up for the actor. Raises NotFound."""
    query = select(RequirementLine).where(RequirementLine.id == line_id, RequirementLine.consortium_id == consortium_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    line = session.scalars(query).one_or_none()
    if line is None:
        raise NotFound(NO_LINE)
    return line


def needs_page(session: Session, actor: Actor, consortium_id: UUID) -> NeedsPage:
    """Needs pooled and line by line, always in the same number of SELECTs. Raises NotFound unless the body joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    bodies = tuple((body.organisation_id, body.name) for body in joined_bodies(session, consortium_id))
    names = dict(bodies)
    needs = [need for need in list_needs(session, consortium_id) if need.organisation_id in names]
    titles = titles_of_categories(session, {need.category_code for need in needs})
    categories = pool_categories(needs)
    rows = tuple(row for category in categories for row in _rows(category, titles, names))
    groups = [group for category in categories for group in category.groups]
    conflicts = tuple(_conflict(first, second, names) for group in groups for first, second in group.conflicts)
    return NeedsPage(
        consortium_id,
        consortium.name,
        bodies,
        rows,
        conflicts,
        explain_weights(needs, names, titles),
        _lines(session, actor, consortium, names),
        len(needs),
        policy.is_open(consortium),
        policy.may_enter(actor, consortium),
    )


def _rows(category: PooledCategory, titles: dict[str, str], bodies: Collection[UUID]) -> list[PooledNeed]:
    """The rows of a category, then its subtotals."""
    described = [(group.description, row, False) for group in category.groups for row in group.rows]
    return [
        PooledNeed(
            category.category_code,
            titles.get(category.category_code, ""),
            description,
            row.unit,
            tuple(row.amounts.get(body) for body in bodies),
            row.total,
            is_subtotal,
        )
        for description, row, is_subtotal in [*described, *(("", row, True) for row in category.subtotals)]
    ]


def _conflict(first: Need, second: Need, names: dict[UUID, str]) -> Conflict:
    return Conflict(
        first.description,
        names[first.organisation_id],
        first.quantity,
        first.unit,
        names[second.organisation_id],
        second.quantity,
        second.unit,
    )


def _lines(session: Session, actor: Actor, consortium: Consortium, bodies: Collection[UUID]) -> tuple[NeedLine, ...]:
    """The lines of the actor's body first, then the others'."""
    own_first = RequirementLine.organisation_id != actor.organisation_id
    found = session.scalars(
        select(RequirementLine)
        .where(RequirementLine.consortium_id == consortium.id, RequirementLine.organisation_id.in_(bodies))
        .options(joinedload(RequirementLine.organisation))
        .order_by(own_first, RequirementLine.organisation_id, RequirementLine.entered_at, RequirementLine.id)
        .limit(MOST_SHOWN)
    ).all()
    titles = titles_of_categories(session, {line.category_code for line in found})
    places = names_of_areas(session, {line.place_gss for line in found})
    return tuple(_line(line, titles, places, may_change=policy.may_change(actor, line, consortium)) for line in found)


def need_page(session: Session, actor: Actor, consortium_id: UUID, line_id: UUID) -> tuple[str, NeedLine]:
    """The consortium's name and one line of it. Raises NotFound unless the body joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    line = get_requirement(session, consortium_id, line_id)
    titles = titles_of_categories(session, {line.category_code})
    places = names_of_areas(session, {line.place_gss})
    return consortium.name, _line(line, titles, places, may_change=policy.may_change(actor, line, consortium))


def _line(line: RequirementLine, titles: dict[str, str], places: dict[str, str], *, may_change: bool) -> NeedLine:
    return NeedLine(
        line.id,
        line.organisation.name,
        line.description,
        line.category_code,
        titles.get(line.category_code, ""),
        line.quantity,
        line.unit,
        line.place_gss,
        places.get(line.place_gss, ""),
        line.needed_from,
        line.needed_until,
        line.version,
        may_change,
    )
