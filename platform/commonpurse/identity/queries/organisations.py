"""Organisations: one, lists of them, and their names."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.sentence import message
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound, require
from commonpurse.identity import policy
from commonpurse.identity.models import (
    Identifier,
    LinkPurpose,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PublicBodyKind,
    SingleUseLink,
)
from commonpurse.identity.rules.identifiers import SCHEMES
from commonpurse.reference.models import Area

PER_PAGE = 50
MOST_PEOPLE = 500
NO_SUCH_ORGANISATION = message("There is no such organisation")
CANNOT_CHANGE = message("You cannot change who works for this organisation")


class OrganisationRow(Struct, frozen=True):
    """An organisation in a list."""

    id: UUID
    name: str
    kind: OrganisationKind
    public_body_kind: PublicBodyKind | None
    area_gss: str | None
    area_name: str | None


class OrganisationList(Struct, frozen=True):
    """One page of the organisations that match."""

    organisations: tuple[OrganisationRow, ...]
    total: int
    page: int
    pages: int


class PersonRow(Struct, frozen=True):
    """A person on the page of an organisation."""

    person_id: UUID
    label: str
    email: str
    roles: tuple[str, ...]
    since: datetime


class PendingInvitation(Struct, frozen=True):
    """An invitation nobody has answered yet."""

    link_id: UUID
    label: str
    email: str
    roles: tuple[str, ...]
    expires_at: datetime


class OrganisationPage(Struct, frozen=True):
    """What the page of an organisation shows. People and invitations are empty for those outside it."""

    organisation: OrganisationRow
    registered_at: datetime
    identifiers: tuple[tuple[str, str], ...]
    population: int | None
    population_year: int | None
    region: str
    people: tuple[PersonRow, ...]
    invitations: tuple[PendingInvitation, ...]
    is_own: bool
    may_manage: bool


def get_organisation(session: Session, actor: Actor, organisation_id: UUID, *, lock: bool = False) -> Organisation:
    """The row, for anybody signed in: who is registered here is known to all. Raises NotFound.

    Args:
        lock: keep others from changing who administers it until the transaction ends.
    """
    query = select(Organisation).where(Organisation.id == organisation_id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None or not policy.may_see_organisations(actor):
        raise NotFound(NO_SUCH_ORGANISATION)
    return found


def find_organisation(session: Session, *, scheme: str, value: str) -> OrganisationRow | None:
    """The holder of an identifier, such as scheme GB-COH, value 00000006."""
    holder = select(Identifier.organisation_id).where(Identifier.scheme == scheme, Identifier.value == value)
    return _row_or_none(session, _rows().where(Organisation.id.in_(holder)))


def is_number(scheme: str, typed: str) -> bool:
    """Whether what was typed, once tidied, looks like a number of the scheme; whoever holds it."""
    known = SCHEMES[scheme]
    return known.accepts(known.tidy(typed))


def find_organisation_by_name(session: Session, name: str) -> OrganisationRow | None:
    """The organisation called `name`, in upper or lower case; the first registered if there are several."""
    query = _rows().where(func.lower(Organisation.name) == name.lower())
    return _row_or_none(session, query.order_by(Organisation.registered_at, Organisation.id).limit(1))


def list_public_bodies(session: Session, *, q: str = "", limit: int = 20) -> tuple[OrganisationRow, ...]:
    """Public bodies whose name contains `q`, by name, at most `limit`."""
    return _list(session, OrganisationKind.PUBLIC_BODY, q, limit)


def list_suppliers(session: Session, *, q: str = "", limit: int = 20) -> tuple[OrganisationRow, ...]:
    """Suppliers whose name contains `q`, by name, at most `limit`."""
    return _list(session, OrganisationKind.SUPPLIER, q, limit)


def list_organisations(
    session: Session, actor: Actor, *, q: str = "", kind: str = "", page: int = 1
) -> OrganisationList:
    """One page of those whose name contains `q`, by name, in two SELECTs. Raises NotFound for visitors."""
    if not policy.may_see_organisations(actor):
        raise NotFound(NO_SUCH_ORGANISATION)
    query = _matching(q)
    if kind in set(OrganisationKind):
        query = query.where(Organisation.kind == OrganisationKind(kind))
    total = session.scalar(query.with_only_columns(func.count(Organisation.id)).order_by(None)) or 0
    pages = max(1, -(-total // PER_PAGE))
    shown = min(max(page, 1), pages)
    rows = session.execute(query.limit(PER_PAGE).offset((shown - 1) * PER_PAGE)).all()
    return OrganisationList(tuple(OrganisationRow(*row) for row in rows), total, shown, pages)


def names_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of organisations, by key. Keys of no organisation are left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    return {row.id: row.name for row in session.execute(query.order_by(Organisation.name))}


def labels_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """How people are called, by key. Keys of nobody are left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = select(Person.id, Person.label).where(Person.id.in_(wanted)).order_by(Person.label)
    return {row.id: row.label for row in session.execute(query)}


def organisation_page(session: Session, actor: Actor, organisation_id: UUID, *, now: datetime) -> OrganisationPage:
    """Everything the page of an organisation shows. Raises NotFound."""
    query = select(Organisation).where(Organisation.id == organisation_id)
    organisation = session.scalars(
        query.options(selectinload(Organisation.identifiers), selectinload(Organisation.area))
    ).one_or_none()
    if organisation is None or not policy.may_see_organisations(actor):
        raise NotFound(NO_SUCH_ORGANISATION)
    area = organisation.area
    is_own, may_manage = policy.may_see_people(actor, organisation), policy.may_manage_people(actor, organisation)
    return OrganisationPage(
        organisation=OrganisationRow(
            organisation.id,
            organisation.name,
            organisation.kind,
            organisation.public_body_kind,
            organisation.area_gss,
            area.name if area else None,
        ),
        registered_at=organisation.registered_at,
        identifiers=tuple((identifier.scheme, identifier.value) for identifier in organisation.identifiers),
        population=area.population if area else None,
        population_year=area.population_year if area else None,
        region=area.region if area else "",
        people=_people(session, organisation_id) if is_own else (),
        invitations=_invitations(session, organisation_id, now) if may_manage else (),
        is_own=is_own,
        may_manage=may_manage,
    )


def get_own_organisation(session: Session, actor: Actor, organisation_id: UUID, *, lock: bool = False) -> Organisation:
    """The row, for those who may change who works for it.

    Raises:
        NotFound: for everybody outside it, who cannot know its people.
        NotAllowed: for its own people who do not administer it.
    """
    organisation = get_organisation(session, actor, organisation_id, lock=lock)
    if not policy.may_see_people(actor, organisation):
        raise NotFound(NO_SUCH_ORGANISATION)
    require(policy.may_manage_people(actor, organisation), CANNOT_CHANGE, who=policy.WHO_MANAGES)
    return organisation


def managed_organisation(session: Session, actor: Actor, organisation_id: UUID) -> OrganisationRow:
    """The organisation, for those who may manage its people. Raises NotFound and NotAllowed."""
    organisation = get_organisation(session, actor, organisation_id)
    require(
        policy.may_manage_people(actor, organisation),
        CANNOT_CHANGE,
        who=policy.WHO_MANAGES,
    )
    return OrganisationRow(
        organisation.id,
        organisation.name,
        organisation.kind,
        organisation.public_body_kind,
        organisation.area_gss,
        None,
    )


def _rows() -> Select[UUID, str, OrganisationKind, PublicBodyKind | None, str | None, str | None]:
    return select(
        Organisation.id,
        Organisation.name,
        Organisation.kind,
        Organisation.public_body_kind,
        Organisation.area_gss,
        Area.name,
    ).outerjoin(Area, Area.gss == Organisation.area_gss)


def _row_or_none(
    session: Session, query: Select[UUID, str, OrganisationKind, PublicBodyKind | None, str | None, str | None]
) -> OrganisationRow | None:
    row = session.execute(query).one_or_none()
    return OrganisationRow(*row) if row else None


def _matching(q: str) -> Select[UUID, str, OrganisationKind, PublicBodyKind | None, str | None, str | None]:
    query = _rows().order_by(Organisation.name, Organisation.id)
    words = q.lower().split()[:10]
    return query.where(*(func.lower(Organisation.name).contains(word, autoescape=True) for word in words))


def _list(session: Session, kind: OrganisationKind, q: str, limit: int) -> tuple[OrganisationRow, ...]:
    rows = session.execute(_matching(q).where(Organisation.kind == kind).limit(limit))
    return tuple(OrganisationRow(*row) for row in rows)


def _people(session: Session, organisation_id: UUID) -> tuple[PersonRow, ...]:
    rows = session.execute(
        select(Person.id, Person.label, Person.email, Membership.roles, Membership.since)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Person.label, Person.id)
        .limit(MOST_PEOPLE)
    )
    return tuple(PersonRow(row.id, row.label, row.email, tuple(row.roles), row.since) for row in rows)


def _invitations(session: Session, organisation_id: UUID, now: datetime) -> tuple[PendingInvitation, ...]:
    rows = session.scalars(
        select(SingleUseLink)
        .where(
            SingleUseLink.purpose == LinkPurpose.INVITATION,
            SingleUseLink.organisation_id == organisation_id,
            SingleUseLink.used_at.is_(None),
            SingleUseLink.expires_at > now,
        )
        .order_by(SingleUseLink.made_at, SingleUseLink.id)
        .limit(MOST_PEOPLE)
    )
    return tuple(PendingInvitation(row.id, row.label, row.email, tuple(row.roles), row.expires_at) for row in rows)
