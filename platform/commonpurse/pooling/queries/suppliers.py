"""Suppliers behind the published spending, and what bodies pay them. Amounts are net of refunds."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Subquery, extract, func, or_, select
from sqlalchemy.orm import Session

from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.identity.models import Organisation
from commonpurse.pooling import policy
from commonpurse.pooling.models import Payment, Spelling, SpendFile, SpendSupplier
from commonpurse.pooling.queries.spending import NO_SPENDING, PER_PAGE, page_count, require_reader
from commonpurse.reference.models import Area

LARGEST = 10
"""How many suppliers the chart shows."""


class Order(StrEnum):
    """What a list of suppliers is sorted by."""

    SPEND = "spend"
    BODIES = "bodies"
    PAYMENTS = "payments"
    NAME = "name"


class Paid(Struct, frozen=True):
    """What one body paid, net of refunds, and in how many payments."""

    pence: int
    payments: int


class SharedSupplier(Struct, frozen=True):
    """A supplier that two bodies or more pay. `by_body` holds only those that do."""

    id: UUID
    name: str
    total_pence: int
    payments: int
    by_body: Mapping[UUID, Paid]


class SharedSuppliersPage(Struct, frozen=True):
    """Suppliers in the order asked for, and the largest of them for the chart."""

    suppliers: tuple[SharedSupplier, ...]
    bodies: tuple[tuple[UUID, str], ...]
    """Those that pay at least one supplier of this page, each by the name of its area where that is enough."""
    largest: tuple[tuple[str, int], ...]
    found: int
    search: str
    mine: bool
    order: Order
    page: int
    pages: int
    may_start: bool


class SpellingRow(Struct, frozen=True):
    """A name as files write it, and why it was recognised as this supplier."""

    beneficiary: str
    company_number: str
    charity_number: str
    payments: int
    reason: str
    confidence_percent: int


class SupplierPage(Struct, frozen=True):
    """One supplier: its spellings, and what each body paid in each month."""

    id: UUID
    name: str
    spellings: tuple[SpellingRow, ...]
    bodies: tuple[tuple[UUID, str], ...]
    months: tuple[date, ...]
    """Each by its first day."""
    by_month: Mapping[date, Mapping[UUID, Paid]]
    by_body: Mapping[UUID, Paid]
    total: Paid
    may_start: bool


def shared_suppliers_page(
    session: Session,
    actor: Actor,
    *,
    search: str = "",
    mine: bool = False,
    order: Order = Order.SPEND,
    page: int = 1,
) -> SharedSuppliersPage:
    """A page of the shared suppliers, always in the same number of SELECTs. Raises NotFound for outsiders.

    Args:
        search: part of the name or of a spelling.
        mine: whether to show only suppliers that the actor's body pays.
    """
    reader = require_reader(session, actor)
    rows = shared_rows(search, payer=actor.organisation_id if mine else None)
    found = session.scalar(select(func.count()).select_from(rows)) or 0
    pages = page_count(found)
    shown = min(max(page, 1), pages)
    suppliers = _suppliers(session, rows, _ordered(rows, order).limit(PER_PAGE).offset((shown - 1) * PER_PAGE))
    largest = session.execute(_ordered(rows, Order.SPEND).where(rows.c.pence > 0).limit(LARGEST))
    return SharedSuppliersPage(
        suppliers,
        _short_names(session, {body for supplier in suppliers for body in supplier.by_body}),
        tuple((row.name, int(row.pence)) for row in largest),
        found,
        search,
        mine,
        order,
        shown,
        pages,
        may_start=policy.may_start(actor, reader),
    )


def list_shared_suppliers(
    session: Session, actor: Actor, *, search: str = "", mine: bool = False
) -> tuple[tuple[SharedSupplier, ...], tuple[tuple[UUID, str], ...]]:
    """Every shared supplier, by spending, and the bodies that pay them: for a download. Raises NotFound."""
    require_reader(session, actor)
    rows = shared_rows(search, payer=actor.organisation_id if mine else None)
    suppliers = _suppliers(session, rows, _ordered(rows, Order.SPEND))
    return suppliers, _names(session, {body for supplier in suppliers for body in supplier.by_body})


def _by_body(among: Collection[UUID] | None = None) -> Subquery:
    """A row for each supplier and body that pays it; with `among`, only for those bodies."""
    statement = (
        select(
            Spelling.supplier_id,
            SpendFile.organisation_id,
            func.sum(Payment.amount_pence).label("pence"),
            func.count().label("payments"),
        )
        .join(Spelling, Spelling.id == Payment.spelling_id)
        .join(SpendFile, SpendFile.id == Payment.file_id)
        .group_by(Spelling.supplier_id, SpendFile.organisation_id)
    )
    if among is not None:
        statement = statement.where(SpendFile.organisation_id.in_(among))
    return statement.subquery()


def _paid_by(body: UUID) -> Select[UUID | None]:
    """The suppliers that the body pays."""
    return (
        select(Spelling.supplier_id)
        .join(Payment, Payment.spelling_id == Spelling.id)
        .join(SpendFile, SpendFile.id == Payment.file_id)
        .where(SpendFile.organisation_id == body)
    )


def shared_rows(search: str, *, payer: UUID | None = None, among: Collection[UUID] | None = None) -> Subquery:
    """A row for each supplier that two bodies or more pay and whose name, or a spelling of it, holds `search`.

    Args:
        payer: where there is one, only suppliers that it pays.
        among: where there are any, only these bodies and what they pay count.
    """
    paid = _by_body(among)
    statement = (
        select(
            SpendSupplier.id,
            SpendSupplier.name,
            func.sum(paid.c.pence).label("pence"),
            func.sum(paid.c.payments).label("payments"),
            func.count().label("bodies"),
        )
        .join(paid, paid.c.supplier_id == SpendSupplier.id)
        .group_by(SpendSupplier.id, SpendSupplier.name)
        .having(func.count() >= 2)
    )
    if payer is not None:
        statement = statement.where(SpendSupplier.id.in_(_paid_by(payer)))
    if search:
        spelt = select(Spelling.supplier_id).where(Spelling.beneficiary.icontains(search, autoescape=True))
        statement = statement.where(
            or_(SpendSupplier.name.icontains(search, autoescape=True), SpendSupplier.id.in_(spelt))
        )
    return statement.subquery()


def _ordered(rows: Subquery, order: Order) -> Select[Any]:
    name = func.lower(rows.c.name)
    first: dict[Order, tuple[ColumnElement[Any], ...]] = {
        Order.SPEND: (rows.c.pence.desc(),),
        Order.BODIES: (rows.c.bodies.desc(), rows.c.pence.desc()),
        Order.PAYMENTS: (rows.c.payments.desc(), rows.c.pence.desc()),
        Order.NAME: (),
    }
    return select(rows).order_by(*first[order], name, rows.c.id)


def _suppliers(session: Session, among: Subquery, statement: Select[Any]) -> tuple[SharedSupplier, ...]:
    rows = session.execute(statement).all()
    paid = _by_body()
    by_supplier: dict[UUID, dict[UUID, Paid]] = defaultdict(dict)
    asked = [row.id for row in rows] if len(rows) <= PER_PAGE else None
    each = select(paid).order_by(paid.c.supplier_id, paid.c.organisation_id)
    chosen = paid.c.supplier_id.in_(asked) if asked is not None else paid.c.supplier_id.in_(select(among.c.id))
    for row in session.execute(each.where(chosen)):
        by_supplier[row.supplier_id][row.organisation_id] = Paid(int(row.pence), row.payments)
    return tuple(
        SharedSupplier(row.id, row.name, int(row.pence), int(row.payments), by_supplier[row.id]) for row in rows
    )


def _names(session: Session, bodies: set[UUID]) -> tuple[tuple[UUID, str], ...]:
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(bodies)).order_by(Organisation.name)
    )
    return tuple((key, name) for key, name in rows)


def _short_names(session: Session, bodies: set[UUID]) -> tuple[tuple[UUID, str], ...]:
    """The bodies by the names of their areas, which fit a table's head; official names where two would be alike."""
    names = _names(session, bodies)
    rows = session.execute(
        select(Organisation.id, Area.name)
        .join(Area, Area.gss == Organisation.area_gss)
        .where(Organisation.id.in_(bodies))
    )
    areas = {row.id: row.name for row in rows}
    shared = Counter(areas.values())
    return tuple((key, areas[key] if shared[areas.get(key, "")] == 1 else name) for key, name in names)


def current_supplier(session: Session, actor: Actor, supplier_id: UUID) -> UUID:
    """The supplier itself, or the one it turned out to be. Raises NotFound."""
    require_reader(session, actor)
    supplier = session.get(SpendSupplier, supplier_id)
    if supplier is None:
        raise NotFound(NO_SPENDING)
    return supplier.merged_into_id or supplier.id


def supplier_page(session: Session, actor: Actor, supplier_id: UUID) -> SupplierPage:
    """One supplier, in a fixed number of SELECTs. Raises NotFound, also for people of no public body."""
    reader = require_reader(session, actor)
    supplier = session.get(SpendSupplier, supplier_id)
    if supplier is None:
        raise NotFound(NO_SPENDING)
    year, month = extract("year", Payment.paid_on), extract("month", Payment.paid_on)
    rows = session.execute(
        select(year, month, SpendFile.organisation_id, func.sum(Payment.amount_pence), func.count())
        .join(Spelling, Spelling.id == Payment.spelling_id)
        .join(SpendFile, SpendFile.id == Payment.file_id)
        .where(Spelling.supplier_id == supplier_id)
        .group_by(year, month, SpendFile.organisation_id)
        .order_by(year, month, SpendFile.organisation_id)
    ).all()
    by_month: dict[date, dict[UUID, Paid]] = defaultdict(dict)
    for row in rows:
        by_month[date(int(row[0]), int(row[1]), 1)][row[2]] = Paid(int(row[3]), row[4])
    by_body = {
        body: _sum([paid[body] for paid in by_month.values() if body in paid]) for body in {row[2] for row in rows}
    }
    return SupplierPage(
        supplier.id,
        supplier.name,
        _spellings(session, supplier_id),
        _names(session, set(by_body)),
        tuple(by_month),
        by_month,
        by_body,
        _sum(list(by_body.values())),
        policy.may_start(actor, reader),
    )


def _sum(parts: Sequence[Paid]) -> Paid:
    return Paid(sum(part.pence for part in parts), sum(part.payments for part in parts))


def _spellings(session: Session, supplier_id: UUID) -> tuple[SpellingRow, ...]:
    payments = func.count(Payment.row)
    rows = session.execute(
        select(
            Spelling.beneficiary,
            Spelling.company_number,
            Spelling.charity_number,
            payments,
            Spelling.reason,
            Spelling.confidence_percent,
        )
        .join(Payment, Payment.spelling_id == Spelling.id)
        .where(Spelling.supplier_id == supplier_id)
        .group_by(Spelling.id)
        .order_by(payments.desc(), Spelling.beneficiary, Spelling.id)
    )
    return tuple(SpellingRow(*row) for row in rows)
