"""Inviting people by mail, and accepting."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from commonpurse.core import log, mail
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound, Refused, require
from commonpurse.identity import policy, queries
from commonpurse.identity.commands.memberships import accepted_label, add_person, in_order, join
from commonpurse.identity.events import InvitationWithdrawn, PersonInvited
from commonpurse.identity.models import LinkPurpose, Organisation, SingleUseLink
from commonpurse.identity.rules import addresses, tokens

MOST_PENDING = 200


def invite_person(
    session: Session,
    actor: Actor,
    *,
    organisation_id: UUID,
    email: str,
    label: str,
    roles: Iterable[str],
    now: datetime,
) -> UUID:
    """Send somebody a link with which they join; an earlier invitation of theirs stops counting.

    Returns:
        The key of the invitation.

    Raises:
        Refused: no role, a member already, or too many invitations are open.
    """
    organisation = queries.get_organisation(session, actor, organisation_id, lock=True)
    require(policy.may_manage_people(actor, organisation), queries.CANNOT_CHANGE, who=policy.WHO_MANAGES)
    wanted = in_order(roles)
    if not wanted:
        raise Refused("Select at least one role", field="roles")
    normal = addresses.normal_email(email)
    if queries.is_member(session, organisation_id, normal):
        raise Refused("This person already works for %(name)s", field="email", name=organisation.name)
    _withdraw_earlier(session, actor, organisation, normal, now)
    if _count_pending(session, organisation_id, now) >= MOST_PENDING:
        raise Refused("Too many invitations are waiting for an answer. Withdraw some first")
    link = _send(session, actor, organisation, email=normal, label=label, roles=wanted, now=now)
    log.record(session, actor, organisation.stream, PersonInvited(link.id, link.label, tuple(wanted)), at=now)
    return link.id


def invite_to_service(session: Session, actor: Actor, *, email: str, label: str, now: datetime) -> UUID:
    """Send somebody a link to make an account, to register an organisation of their own. For set-up only."""
    require(policy.may_make_people(actor), "People join by invitation")
    return _send(session, actor, None, email=addresses.normal_email(email), label=label, roles=[], now=now).id


def withdraw_invitation(session: Session, actor: Actor, *, organisation_id: UUID, link_id: UUID, now: datetime) -> int:
    """Make an invitation's link useless. Raises NotFound where it is no longer open."""
    organisation = queries.get_own_organisation(session, actor, organisation_id, lock=True)
    link = session.scalars(_pending(organisation_id, now).where(SingleUseLink.id == link_id)).one_or_none()
    if link is None:
        raise NotFound("There is no such invitation")
    link.expires_at = now
    return log.record(session, actor, organisation.stream, InvitationWithdrawn(link.id), at=now)


def accept_as_new(session: Session, *, token: str, label: str, password_hash: str, now: datetime) -> UUID:
    """Make the invited person's account and join. Returns the person's key.

    Raises:
        Refused: the link is over, or its address has an account, whose owner must sign in.
    """
    link = queries.get_link(session, token, LinkPurpose.INVITATION, now=now)
    if queries.get_person_by_email(session, link.email) is not None:
        raise Refused("Sign in to accept this invitation")
    person = add_person(session, Actor(), email=link.email, label=label, password_hash=password_hash, now=now)
    _use(session, link, Actor(person_id=person.id, label=person.label), now)
    return person.id


def accept_as_self(session: Session, actor: Actor, *, token: str, now: datetime) -> UUID | None:
    """Join with the account one has. Returns the key of the organisation joined, if the invitation is to one.

    Raises:
        Refused: the link is over, or it is for somebody else.
    """
    link = queries.get_link(session, token, LinkPurpose.INVITATION, now=now)
    if queries.get_person(session, actor.person).email != link.email:
        raise Refused("This invitation is for another email address than yours")
    _use(session, link, actor, now)
    return link.organisation_id


def _send(
    session: Session,
    actor: Actor,
    organisation: Organisation | None,
    *,
    email: str,
    label: str,
    roles: list[str],
    now: datetime,
) -> SingleUseLink:
    token = tokens.new_token()
    link = SingleUseLink(
        token_hash=tokens.hash_token(token),
        purpose=LinkPurpose.INVITATION,
        email=email,
        label=accepted_label(label),
        organisation_id=organisation.id if organisation else None,
        roles=roles,
        invited_by_id=actor.person_id,
        made_at=now,
        expires_at=now + tokens.INVITATION_LASTS,
    )
    session.add(link)
    session.flush()
    mail.write(
        session,
        recipient=email,
        template="invitation",
        token=token,
        invited_by=actor.label,
        organisation=organisation.name if organisation else "",
        expires_at=link.expires_at.isoformat(),
    )
    return link


def _use(session: Session, link: SingleUseLink, actor: Actor, now: datetime) -> None:
    link.used_at = now
    if link.organisation_id is not None:
        organisation = queries.get_organisation(session, actor, link.organisation_id, lock=True)
        member = Actor(actor.person_id, organisation.id, frozenset(link.roles), actor.label)
        join(session, member, person_id=actor.person, organisation=organisation, roles=link.roles, now=now)


def _pending(organisation_id: UUID, now: datetime) -> Select[SingleUseLink]:
    return select(SingleUseLink).where(
        SingleUseLink.purpose == LinkPurpose.INVITATION,
        SingleUseLink.organisation_id == organisation_id,
        SingleUseLink.used_at.is_(None),
        SingleUseLink.expires_at > now,
    )


def _withdraw_earlier(session: Session, actor: Actor, organisation: Organisation, email: str, now: datetime) -> None:
    for link in session.scalars(_pending(organisation.id, now).where(SingleUseLink.email == email)):
        link.expires_at = now
        log.record(session, actor, organisation.stream, InvitationWithdrawn(link.id), at=now)


def _count_pending(session: Session, organisation_id: UUID, now: datetime) -> int:
    pending = _pending(organisation_id, now).subquery()
    return session.scalar(select(func.count()).select_from(pending)) or 0
