"""Who belongs to an organisation, and with which roles."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, Stale, require
from commonpurse.identity import policy, queries
from commonpurse.identity.events import AccountMade, MembershipEnded, PersonJoined, RolesChanged
from commonpurse.identity.models import Membership, Organisation, Person, Role
from commonpurse.identity.rules import addresses, passwords

MOST_IN_LABEL = 100
CHANGED_MEANWHILE = message("Somebody else changed this person's roles. Check them and try again")


def join(
    session: Session, actor: Actor, *, person_id: UUID, organisation: Organisation, roles: Iterable[str], now: datetime
) -> None:
    """Make a person a member; one who is a member already keeps their roles and gains these.

    For commands that have made sure that the person may join.
    """
    gained = in_order(roles)
    membership = session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.organisation_id == organisation.id)
        .with_for_update()
    ).one_or_none()
    if membership is None:
        membership = Membership(person_id=person_id, organisation_id=organisation.id, roles=gained, since=now)
        session.add(membership)
    elif membership.ended_at is not None:
        membership.roles, membership.since, membership.ended_at = gained, now, None
    elif set(gained) <= set(membership.roles):
        return
    else:
        membership.roles = in_order([*membership.roles, *gained])
    session.flush()
    label = queries.labels_of(session, [person_id])[person_id]
    event = PersonJoined(person_id, label, tuple(membership.roles))
    log.record(session, actor, organisation.stream, event, at=now)


def change_roles(
    session: Session,
    actor: Actor,
    *,
    organisation_id: UUID,
    person_id: UUID,
    roles: Iterable[str],
    seen_version: int,
    now: datetime,
) -> int:
    """Give a member other roles.

    Returns:
        The number of the entry in the organisation's stream.

    Raises:
        Refused: no role at all, or nobody would administer the organisation.
        Stale: somebody changed them in the meantime.
    """
    organisation, membership = _membership(session, actor, organisation_id, person_id)
    if membership.version != seen_version:
        raise Stale(CHANGED_MEANWHILE)
    wanted = in_order(roles)
    if not wanted:
        raise Refused("Select at least one role", field="roles")
    if Role.ADMINISTRATOR not in wanted:
        _keep_an_administrator(session, membership, field="roles")
    before = tuple(membership.roles)
    membership.roles = wanted
    return log.record(session, actor, organisation.stream, RolesChanged(person_id, before, tuple(wanted)), at=now)


def end_membership(
    session: Session, actor: Actor, *, organisation_id: UUID, person_id: UUID, seen_version: int, now: datetime
) -> int:
    """End a membership; the person keeps their account. Raises as `change_roles` does."""
    organisation, membership = _membership(session, actor, organisation_id, person_id)
    if membership.version != seen_version:
        raise Stale(CHANGED_MEANWHILE)
    _keep_an_administrator(session, membership)
    membership.ended_at = now
    return log.record(session, actor, organisation.stream, MembershipEnded(person_id), at=now)


def make_person(
    session: Session,
    actor: Actor,
    *,
    email: str,
    label: str,
    password: str,
    organisation_id: UUID | None,
    roles: Iterable[str],
    now: datetime,
) -> UUID:
    """Make an account without an invitation, for seeds and set-up only.

    A person whose address is known already keeps their label and password, and joins the organisation if they
    are not a member with these roles: doing it twice changes nothing.
    """
    require(policy.may_make_people(actor), "People join by invitation")
    known = queries.get_person_by_email(session, email)
    if known is None:
        fault = passwords.fault(password)
        if fault is not None:
            raise Refused(fault, field="password")
        known = add_person(
            session, actor, email=email, label=label, password_hash=passwords.hash_password(password), now=now
        )
    if organisation_id is not None:
        organisation = queries.get_organisation(session, actor, organisation_id)
        join(session, actor, person_id=known.id, organisation=organisation, roles=roles, now=now)
    return known.id


def add_person(session: Session, actor: Actor, *, email: str, label: str, password_hash: str, now: datetime) -> Person:
    """Store a new person, recorded as their own act unless the service makes them."""
    person = Person(
        email=addresses.normal_email(email), label=accepted_label(label), password_hash=password_hash, joined_at=now
    )
    session.add(person)
    session.flush()
    by = actor if actor.is_system else Actor(person_id=person.id, label=person.label)
    log.record(session, by, person.stream, AccountMade(person.id, person.label), at=now)
    return person


def accepted_label(typed: str) -> str:
    """How others will see a person. Raises Refused."""
    label = addresses.one_line(typed)
    if not label:
        raise Refused("Enter a name or job title", field="label")
    if len(label) > MOST_IN_LABEL:
        raise Refused("The name must be %(most)s characters or fewer", field="label", most=MOST_IN_LABEL)
    if "://" in label:
        raise Refused("The name must not contain a web address", field="label")
    return label


def in_order(roles: Iterable[str]) -> list[str]:
    """The roles without repetition, in the order people know them. Raises Refused for an unknown one."""
    wanted = set(roles)
    if not wanted <= set(Role):
        raise Refused("Select a role from the list", field="roles")
    return [role.value for role in Role if role in wanted]


def _membership(
    session: Session, actor: Actor, organisation_id: UUID, person_id: UUID
) -> tuple[Organisation, Membership]:
    organisation = queries.get_own_organisation(session, actor, organisation_id, lock=True)
    return organisation, queries.get_membership(session, organisation_id, person_id)


def _keep_an_administrator(session: Session, leaving: Membership, *, field: str | None = None) -> None:
    if Role.ADMINISTRATOR not in leaving.roles:
        return
    others = session.scalars(
        select(Membership.roles).where(
            Membership.organisation_id == leaving.organisation_id,
            Membership.ended_at.is_(None),
            Membership.id != leaving.id,
        )
    )
    if not any(Role.ADMINISTRATOR in roles for roles in others):
        raise Refused("Make somebody else an administrator first: an organisation must have one", field=field)
