"""Who takes part in which consortium: the rows that commands of this and of higher features start from."""

from collections.abc import Collection
from functools import cache
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.sentence import message
from commonpurse.consortia import policy
from commonpurse.consortia.models import (
    Consortium,
    JoinAgreement,
    Participation,
    ParticipationState,
    Signature,
    Stage,
)
from commonpurse.core.actor import Actor
from commonpurse.core.db import read_columns
from commonpurse.core.errors import NotFound
from commonpurse.identity.models import Organisation

NO_CONSORTIUM = message("There is no such consortium among yours")


class Body(Struct, frozen=True):
    """A body that has joined; `weight` is its voting weight in pence, `position` its place in the roster."""

    organisation_id: UUID
    name: str
    position: int
    weight: int
    area_gss: str | None


def get_consortium(session: Session, actor: Actor, consortium_id: UUID, *, lock: bool = False) -> Consortium:
    """The consortium, with its participations and their bodies, for a body that is invited or has joined.

    Args:
        lock: hold its row until the transaction ends, so that two decisions about it follow each other.

    Raises:
        NotFound: it does not exist, or the actor's body neither was invited nor has joined.
    """
    consortium = _consortium(session, consortium_id, lock=lock)
    if consortium is None or not policy.may_see(actor, consortium):
        raise NotFound(NO_CONSORTIUM)
    return consortium


def get_joined_consortium(session: Session, actor: Actor, consortium_id: UUID, *, lock: bool = False) -> Consortium:
    """As `get_consortium`, but only for bodies that have joined. Raises NotFound."""
    consortium = _consortium(session, consortium_id, lock=lock)
    if consortium is None or not policy.is_joined(actor, consortium):
        raise NotFound(NO_CONSORTIUM)
    return consortium


def _consortium(session: Session, consortium_id: UUID, *, lock: bool) -> Consortium | None:
    query = (
        select(Consortium)
        .where(Consortium.id == consortium_id)
        .options(selectinload(Consortium.participations).joinedload(Participation.organisation))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def participation_of(consortium: Consortium, organisation_id: UUID | None) -> Participation | None:
    """The body's part in the consortium, whatever its state; None where it never was invited."""
    return policy.participation_of(consortium, organisation_id)


def joined_bodies(session: Session, consortium_id: UUID) -> list[Body]:
    """The bodies that have joined, in roster order."""
    rows = session.execute(
        select(
            Organisation.id,
            Organisation.name,
            Participation.position,
            Participation.voting_weight,
            Organisation.area_gss,
        )
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Participation.consortium_id == consortium_id, Participation.state == ParticipationState.JOINED)
        .order_by(Participation.position)
    )
    return [Body(*row) for row in rows]


class Joined(Struct, frozen=True):
    """A consortium as one of its joined bodies may know it; all of these, in roster order."""

    name: str
    stage: Stage
    bodies: tuple[Body, ...]


def read_joined(session: Session, actor: Actor, consortium_id: UUID) -> Joined:
    """What `get_joined_consortium` would give, in one statement and without rows to change. Raises NotFound."""
    found = read_columns(session, _joined(), {"consortium_id": consortium_id})
    bodies = tuple(Body(*row[2:]) for row in found)
    if not any(actor.is_system or body.organisation_id == actor.organisation_id for body in bodies):
        raise NotFound(NO_CONSORTIUM)
    return Joined(found[0][0], found[0][1], bodies)


@cache
def _joined() -> Select[str, Stage, UUID, str, int, int, str | None]:
    return (
        select(
            Consortium.name,
            Consortium.stage,
            Organisation.id,
            Organisation.name,
            Participation.position,
            Participation.voting_weight,
            Organisation.area_gss,
        )
        .join(Participation, Participation.consortium_id == Consortium.id)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Consortium.id == bindparam("consortium_id"), Participation.state == ParticipationState.JOINED)
        .order_by(Participation.position)
    )


def latest_agreement(session: Session, consortium_id: UUID) -> JoinAgreement | None:
    """The version of the join agreement that counts now."""
    return session.scalars(
        select(JoinAgreement)
        .where(JoinAgreement.consortium_id == consortium_id)
        .order_by(JoinAgreement.number.desc())
        .limit(1)
    ).one_or_none()


def latest_numbers(session: Session, consortium_ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of each consortium's latest join agreement; those without one are left out."""
    rows = session.execute(
        select(JoinAgreement.consortium_id, func.max(JoinAgreement.number).label("number"))
        .where(JoinAgreement.consortium_id.in_(consortium_ids))
        .group_by(JoinAgreement.consortium_id)
    )
    return {row.consortium_id: row.number for row in rows}


def signatures_by_body(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """The latest version of the join agreement that each body signed."""
    return {body: number for (_, body), number in signed_numbers(session, [consortium_id]).items()}


def signed_numbers(session: Session, consortium_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], int]:
    """The latest version of the join agreement that each body signed, by consortium and body."""
    rows = session.execute(
        select(JoinAgreement.consortium_id, Signature.organisation_id, func.max(JoinAgreement.number))
        .join(JoinAgreement, JoinAgreement.id == Signature.agreement_id)
        .where(JoinAgreement.consortium_id.in_(consortium_ids))
        .group_by(JoinAgreement.consortium_id, Signature.organisation_id)
    )
    return {(consortium_id, body): number for consortium_id, body, number in rows}
