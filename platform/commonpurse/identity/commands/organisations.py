"""Registering organisations and their public numbers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, require
from commonpurse.core.transaction import hold
from commonpurse.identity import policy, queries
from commonpurse.identity.commands.memberships import join
from commonpurse.identity.events import IdentifierAdded, OrganisationRegistered
from commonpurse.identity.models import Identifier, Organisation, OrganisationKind, PublicBodyKind, Role
from commonpurse.identity.rules import addresses
from commonpurse.identity.rules import identifiers as schemes
from commonpurse.reference import queries as reference

MOST_IN_NAME = 160


def register_organisation(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: OrganisationKind,
    public_body_kind: PublicBodyKind | None,
    area_gss: str | None,
    identifiers: Mapping[str, str],
    now: datetime,
) -> UUID:
    """Make an organisation known; a person who registers one becomes its administrator.

    Args:
        area_gss: the GSS code of its area, or the area's exact name.
        identifiers: number by scheme, such as {"GB-COH": "6"}; empty numbers are left out.

    Returns:
        The organisation's key.

    Raises:
        Refused: a name or number that is taken, malformed or missing; `field` says which.
    """
    require(policy.may_register(actor), "Sign in to register an organisation")
    kind = OrganisationKind(kind)
    body_kind = _public_body_kind(kind, public_body_kind)
    hold(session, f"organisation {addresses.one_line(name).lower()}")
    organisation = Organisation(
        name=_free_name(session, name),
        kind=kind,
        public_body_kind=body_kind,
        area_gss=_area(session, area_gss, needed=body_kind is PublicBodyKind.LOCAL_AUTHORITY),
        registered_at=now,
        identifiers=[],
    )
    accepted = {
        scheme: _free_number(session, scheme, value) for scheme, value in identifiers.items() if value and value.strip()
    }
    organisation.identifiers = [Identifier(scheme=scheme, value=value) for scheme, value in sorted(accepted.items())]
    session.add(organisation)
    session.flush()
    log.record(
        session,
        actor,
        organisation.stream,
        OrganisationRegistered(
            organisation.id,
            organisation.name,
            organisation.kind,
            organisation.public_body_kind,
            organisation.area_gss,
            accepted,
        ),
        at=now,
    )
    if actor.person_id is not None:
        join(session, actor, person_id=actor.person_id, organisation=organisation, roles=[Role.ADMINISTRATOR], now=now)
    return organisation.id


def registration_faults(
    session: Session, *, name: str, area_gss: str | None, identifiers: Mapping[str, str]
) -> list[Refused]:
    """All for which `register_organisation` would refuse a name, an area and numbers: it stops at the first."""
    checks: list[Callable[[], object]] = [
        partial(_free_name, session, name),
        partial(_area, session, area_gss, needed=False),
        *(partial(_free_number, session, scheme, value) for scheme, value in identifiers.items() if value),
    ]
    faults = []
    for check in checks:
        try:
            check()
        except Refused as fault:
            faults.append(fault)
    return faults


def add_identifier(
    session: Session, actor: Actor, *, organisation_id: UUID, scheme: str, value: str, now: datetime
) -> None:
    """Give an organisation its number in one more scheme. Raises Refused for one taken, malformed or there already."""
    organisation = queries.get_organisation(session, actor, organisation_id, lock=True)
    require(
        policy.may_manage_people(actor, organisation),
        "You cannot change this organisation",
        who=policy.WHO_MANAGES,
    )
    if scheme not in schemes.SCHEMES:
        raise Refused("Select a kind of number", field="scheme")
    if any(identifier.scheme == scheme for identifier in organisation.identifiers):
        raise Refused("The organisation already has a number of this kind", field="scheme")
    accepted = _free_number(session, scheme, value, field="value")
    organisation.identifiers.append(Identifier(scheme=scheme, value=accepted))
    log.record(session, actor, organisation.stream, IdentifierAdded(scheme, accepted), at=now)


def _free_name(session: Session, typed: str) -> str:
    name = addresses.one_line(typed)
    if not name:
        raise Refused("Enter the name of the organisation", field="name")
    if len(name) > MOST_IN_NAME:
        raise Refused("The name must be %(most)s characters or fewer", field="name", most=MOST_IN_NAME)
    if "://" in name:
        raise Refused("The name must not contain a web address", field="name")
    known = queries.find_organisation_by_name(session, name)
    if known is not None:
        raise Refused(
            "%(name)s is already registered. Ask its administrator for an invitation", field="name", name=known.name
        )
    return name


def _public_body_kind(kind: OrganisationKind, public_body_kind: PublicBodyKind | None) -> PublicBodyKind | None:
    if kind is not OrganisationKind.PUBLIC_BODY:
        return None
    if public_body_kind is None:
        raise Refused("Select the kind of public body", field="public_body_kind")
    return PublicBodyKind(public_body_kind)


def _area(session: Session, typed: str | None, *, needed: bool) -> str | None:
    if not typed or not typed.strip():
        if needed:
            raise Refused("Enter the area of the local authority", field="area_gss")
        return None
    found = reference.find_area(session, typed)
    if found is None:
        raise Refused("Enter the name of an area, such as Gateshead, or its GSS code", field="area_gss")
    return found.gss


def _free_number(session: Session, scheme: str, typed: str, *, field: str | None = None) -> str:
    known = schemes.SCHEMES.get(scheme)
    if known is None:
        raise Refused("%(scheme)s is not a kind of number that organisations have", scheme=scheme)
    field = field or known.field
    value = known.tidy(typed)
    if not known.accepts(value):
        raise Refused("The number must look like %(example)s", field=field, example=known.example)
    if scheme == schemes.GSS and reference.get_area(session, value) is None:
        raise Refused("There is no area with the GSS code %(value)s", field=field, value=value)
    holder = queries.find_organisation(session, scheme=scheme, value=value)
    if holder is not None:
        raise Refused("%(holder)s already has this number", field=field, holder=holder.name)
    return value
