"""What the joined bodies of one consortium paid the suppliers they have in common, by their published spending."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.consortia.queries import get_joined_consortium, joined_bodies, started_from
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.pooling.models import Payment, Spelling, SpendFile, SpendSupplier
from commonpurse.pooling.queries.spending import PER_PAGE, page_count, require_reader
from commonpurse.pooling.queries.suppliers import current_supplier, shared_rows

NO_SHARED_SUPPLIER = message("No supplier that two of the joined bodies pay is known by this address")


class CommonSupplier(Struct, frozen=True):
    """A supplier that `bodies` of the joined bodies pay, two at least, and what they paid, net of refunds."""

    id: UUID
    name: str
    pence: int
    bodies: int
    is_first: bool
    """Whether the consortium began with it."""


class CommonSuppliers(Struct, frozen=True):
    """A page of suppliers, the one the consortium began with first, then by spend; `unread` are bodies by name.

    They are those of which no payment was read.
    """

    suppliers: tuple[CommonSupplier, ...]
    unread: tuple[str, ...]
    found: int
    search: str
    page: int
    pages: int


class PaidBy(Struct, frozen=True):
    """What one joined body paid, net of refunds: None where no payment of it was read at all, to anybody.

    `first` and `last` are the days of the first and the last payment of its that was read.
    """

    organisation_id: UUID
    name: str
    pence: int | None
    first: date | None
    last: date | None


class Spent(Struct, frozen=True):
    """What each joined body paid one supplier, in roster order; the days of the first and the last payment to it."""

    supplier: str
    bodies: tuple[PaidBy, ...]
    first: date
    last: date


def common_suppliers(
    session: Session, actor: Actor, consortium_id: UUID, *, search: str = "", page: int = 1
) -> CommonSuppliers:
    """The suppliers that two joined bodies or more pay, in a fixed number of statements. Raises NotFound.

    Args:
        search: part of the name or of a spelling.
    """
    consortium = get_joined_consortium(session, actor, consortium_id)
    require_reader(session, actor)
    bodies = joined_bodies(session, consortium_id)
    joined = [body.organisation_id for body in bodies]
    rows = shared_rows(search, among=joined)
    found = session.scalar(select(func.count()).select_from(rows)) or 0
    pages = page_count(found)
    shown = min(max(page, 1), pages)
    begun = started_from(session, consortium)
    # Its name can be another spelling by now, but it keeps the one it had.
    spelt = select(Spelling.supplier_id).where(Spelling.beneficiary == begun)
    is_first = case((or_(rows.c.name == begun, rows.c.id.in_(spelt)), 1), else_=0)
    suppliers = session.execute(
        select(rows.c.id, rows.c.name, rows.c.pence, rows.c.bodies, is_first)
        .order_by(is_first.desc(), rows.c.pence.desc(), func.lower(rows.c.name), rows.c.id)
        .limit(PER_PAGE)
        .offset((shown - 1) * PER_PAGE)
    )
    read = set(session.scalars(select(SpendFile.organisation_id).where(SpendFile.organisation_id.in_(joined), _READ)))
    return CommonSuppliers(
        tuple(
            CommonSupplier(key, name, int(pence), count, bool(first)) for key, name, pence, count, first in suppliers
        ),
        tuple(body.name for body in bodies if body.organisation_id not in read),
        found,
        search,
        shown,
        pages,
    )


_READ = select(Payment.row).where(Payment.file_id == SpendFile.id).exists()


def spent_with(session: Session, actor: Actor, consortium_id: UUID, supplier_id: UUID) -> Spent:
    """What each joined body paid a supplier over all payments read, in a fixed number of statements.

    Raises:
        NotFound: the actor's body has not joined or is not public, or fewer than two joined bodies pay the supplier.
    """
    get_joined_consortium(session, actor, consortium_id)
    supplier = session.get_one(SpendSupplier, current_supplier(session, actor, supplier_id))
    bodies = joined_bodies(session, consortium_id)
    joined = [body.organisation_id for body in bodies]
    days = func.min(Payment.paid_on), func.max(Payment.paid_on)
    payments = (
        select(SpendFile.organisation_id, func.sum(Payment.amount_pence), *days)
        .join(SpendFile, SpendFile.id == Payment.file_id)
        .where(SpendFile.organisation_id.in_(joined))
        .group_by(SpendFile.organisation_id)
    )
    read = {row[0]: (row[2], row[3]) for row in session.execute(payments)}
    to_it = payments.join(Spelling, Spelling.id == Payment.spelling_id).where(Spelling.supplier_id == supplier.id)
    paid = {row[0]: row for row in session.execute(to_it)}
    if len(paid) < 2:
        raise NotFound(NO_SHARED_SUPPLIER)
    return Spent(
        supplier.name,
        tuple(
            PaidBy(
                body.organisation_id,
                body.name,
                (int(paid[body.organisation_id][1]) if body.organisation_id in paid else 0)
                if body.organisation_id in read
                else None,
                *read.get(body.organisation_id, (None, None)),
            )
            for body in bodies
        ),
        min(row[2] for row in paid.values()),
        max(row[3] for row in paid.values()),
    )
