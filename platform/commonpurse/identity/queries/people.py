"""People, their accounts and the links sent to them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound, Refused
from commonpurse.identity.models import (
    LinkPurpose,
    Membership,
    Organisation,
    Person,
    RecoveryCode,
    SignIn,
    SingleUseLink,
)
from commonpurse.identity.queries.organisations import get_own_organisation
from commonpurse.identity.rules import addresses, tokens

SIGN_INS_SHOWN = 10
LINK_IS_OVER = message("This link has been used, has expired or was withdrawn")


class Credentials(Struct, frozen=True):
    """What a typed password is compared with."""

    password_hash: str | None


class LinkPage(Struct, frozen=True):
    """What the holder of a link is shown before they use it; `organisations` are theirs, now and by the link."""

    email: str
    label: str
    organisation_name: str
    roles: tuple[str, ...]
    invited_by: str
    has_account: bool
    organisations: tuple[str, ...]


class SignInRow(Struct, frozen=True):
    """One browser on the account page."""

    started_at: datetime
    last_seen_at: datetime
    address: str
    browser: str
    with_second_factor: bool
    is_live: bool
    is_this: bool


class AccountPage(Struct, frozen=True):
    """What people see of their own account."""

    email: str
    label: str
    second_factor_since: datetime | None
    pending_secret: str | None
    recovery_codes_left: int
    sign_ins: tuple[SignInRow, ...]
    organisations: tuple[tuple[UUID, str, tuple[str, ...]], ...]


class RolesPage(Struct, frozen=True):
    """The roles of one member, to be changed."""

    organisation_id: UUID
    organisation_name: str
    person_id: UUID
    label: str
    email: str
    roles: tuple[str, ...]
    version: int
    is_self: bool


def get_person(session: Session, person_id: UUID) -> Person:
    """The row, locked. Raises NotFound."""
    found = session.scalars(select(Person).where(Person.id == person_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFound("There is no such person")
    return found


def get_person_by_email(session: Session, email: str) -> Person | None:
    """The row with this address, locked, or None: whether there is one is never shown."""
    normal = addresses.normal_email(email)
    return session.scalars(select(Person).where(Person.email == normal).with_for_update()).one_or_none()


def find_person(session: Session, email: str) -> UUID | None:
    """The key of the person with this address, or None."""
    return session.scalar(select(Person.id).where(Person.email == addresses.normal_email(email)))


def find_credentials(session: Session, email: str) -> Credentials:
    """What to compare a password with; for an unknown address the same shape without a hash."""
    return Credentials(
        session.scalar(select(Person.password_hash).where(Person.email == addresses.normal_email(email)))
    )


def own_credentials(session: Session, actor: Actor) -> Credentials:
    """What to compare the actor's own password with."""
    return Credentials(session.scalar(select(Person.password_hash).where(Person.id == actor.person)))


def is_member(session: Session, organisation_id: UUID, email: str) -> bool:
    """Whether the person with this address works for the organisation now."""
    query = (
        select(func.count(Membership.id))
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email == email, Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    )
    return bool(session.scalar(query))


class Colleague(Struct, frozen=True):
    """Somebody who can act for an organisation, and where letters reach them."""

    actor: Actor
    email: str
    organisation_name: str


def list_colleagues(session: Session, organisation_ids: Collection[UUID]) -> list[Colleague]:
    """Everybody who works for these organisations now, by organisation and address."""
    rows = session.execute(
        select(Person.id, Organisation.id, Membership.roles, Person.label, Person.email, Organisation.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Organisation.id.in_(organisation_ids), Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id, Person.email)
    )
    return [
        Colleague(Actor(person_id, organisation_id, frozenset(roles), label), email, name)
        for person_id, organisation_id, roles, label, email, name in rows
    ]


def get_membership(session: Session, organisation_id: UUID, person_id: UUID) -> Membership:
    """The membership that has not ended, locked. Raises NotFound."""
    found = session.scalars(
        select(Membership)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.person_id == person_id,
            Membership.ended_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such person in this organisation")
    return found


def get_link(session: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> SingleUseLink:
    """The link of `token`, locked. Raises Refused where it cannot be used (any more)."""
    found = session.scalars(
        select(SingleUseLink)
        .where(SingleUseLink.token_hash == tokens.hash_token(token), SingleUseLink.purpose == purpose)
        .with_for_update()
    ).one_or_none()
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise Refused(LINK_IS_OVER)
    return found


def invitation_page(session: Session, token: str, *, now: datetime) -> LinkPage:
    """What the invitation of `token` is for. Raises Refused where it cannot be used (any more)."""
    return _link_page(session, token, LinkPurpose.INVITATION, now)


def reset_page(session: Session, token: str, *, now: datetime) -> LinkPage:
    """Whose password the link of `token` resets. Raises Refused where it cannot be used (any more)."""
    return _link_page(session, token, LinkPurpose.PASSWORD_RESET, now)


def _link_page(session: Session, token: str, purpose: LinkPurpose, now: datetime) -> LinkPage:
    link = get_link(session, token, purpose, now=now)
    organisation = session.get(Organisation, link.organisation_id) if link.organisation_id else None
    inviter = session.get(Person, link.invited_by_id) if link.invited_by_id else None
    names = session.scalars(
        select(Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email == link.email, Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
    return LinkPage(
        email=link.email,
        label=link.label,
        organisation_name=organisation.name if organisation else "",
        roles=tuple(link.roles),
        invited_by=inviter.label if inviter else "",
        has_account=find_person(session, link.email) is not None,
        organisations=(*names, *([organisation.name] if organisation else [])),
    )


def account_page(session: Session, actor: Actor, *, token: str, now: datetime) -> AccountPage:
    """Everything the account page shows, in four SELECTs. Raises RuntimeError for visitors."""
    person = session.scalars(select(Person).where(Person.id == actor.person)).one()
    memberships = session.execute(
        select(Organisation.id, Organisation.name, Membership.roles)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person.id, Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
    is_on = person.second_factor_since is not None
    return AccountPage(
        email=person.email,
        label=person.label,
        second_factor_since=person.second_factor_since,
        pending_secret=None if is_on else person.second_factor_secret,
        recovery_codes_left=_count_codes(session, person.id),
        sign_ins=_sign_ins(session, person.id, token, now),
        organisations=tuple((row.id, row.name, tuple(row.roles)) for row in memberships),
    )


def roles_page(session: Session, actor: Actor, *, organisation_id: UUID, person_id: UUID) -> RolesPage:
    """The roles of a member, for those who may change them. Raises NotFound and NotAllowed."""
    organisation = get_own_organisation(session, actor, organisation_id)
    membership = get_membership(session, organisation_id, person_id)
    person = membership.person
    return RolesPage(
        organisation.id,
        organisation.name,
        person.id,
        person.label,
        person.email,
        tuple(membership.roles),
        membership.version,
        is_self=person.id == actor.person_id,
    )


def _count_codes(session: Session, person_id: UUID) -> int:
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def _sign_ins(session: Session, person_id: UUID, token: str, now: datetime) -> tuple[SignInRow, ...]:
    this = tokens.hash_token(token)
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id)
        .order_by(SignIn.started_at.desc(), SignIn.id)
        .limit(SIGN_INS_SHOWN)
    )
    return tuple(
        SignInRow(
            row.started_at,
            row.last_seen_at,
            row.address,
            row.browser,
            row.with_second_factor,
            is_live=row.ended_at is None and tokens.is_live(row.started_at, row.last_seen_at, now),
            is_this=row.token_hash == this,
        )
        for row in rows
    )
