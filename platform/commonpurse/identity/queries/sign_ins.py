"""Who is signed in where."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from commonpurse.identity.models import Membership, Organisation, Person, SignIn
from commonpurse.identity.rules import tokens


class LiveSignIn(Struct, frozen=True):
    """A sign-in that counts, with what every request needs to know about its person."""

    id: UUID
    person_id: UUID
    label: str
    email: str
    organisation_id: UUID | None
    organisation_name: str
    organisations: tuple[tuple[UUID, str], ...]
    roles: frozenset[str]
    last_seen_at: datetime


def list_acting(session: Session, organisation_ids: Collection[UUID], *, now: datetime) -> list[UUID]:
    """The live sign-ins of people who act for one of the organisations and still belong to it."""
    rows = session.execute(
        select(SignIn.id, SignIn.started_at, SignIn.last_seen_at)
        .join(
            Membership,
            (Membership.person_id == SignIn.person_id) & (Membership.organisation_id == SignIn.organisation_id),
        )
        .where(
            SignIn.organisation_id.in_(organisation_ids),
            SignIn.ended_at.is_(None),
            SignIn.last_seen_at > now - tokens.IDLE,
            Membership.ended_at.is_(None),
        )
        .order_by(SignIn.id)
    )
    return [row.id for row in rows if tokens.is_live(row.started_at, row.last_seen_at, now)]


def find_live_sign_in(session: Session, token: str, *, now: datetime) -> LiveSignIn | None:
    """The sign-in that `token` stands for, in two SELECTs, or None where it ended, lapsed or never was.

    A person whose membership of the chosen organisation has ended acts for none until they choose another.
    """
    sign_in = session.execute(_sign_in(), {"token_hash": tokens.hash_token(token)}).one_or_none()
    if sign_in is None or not tokens.is_live(sign_in.started_at, sign_in.last_seen_at, now):
        return None
    memberships = session.execute(_memberships(), {"person_id": sign_in.person_id}).all()
    chosen = next((row for row in memberships if row.id == sign_in.organisation_id), None)
    return LiveSignIn(
        id=sign_in.id,
        person_id=sign_in.person_id,
        label=sign_in.label,
        email=sign_in.email,
        organisation_id=chosen.id if chosen else None,
        organisation_name=chosen.name if chosen else "",
        organisations=tuple((row.id, row.name) for row in memberships),
        roles=frozenset(chosen.roles) if chosen else frozenset(),
        last_seen_at=sign_in.last_seen_at,
    )


# Every request of every page asks these two: they are put together once.
@cache
def _sign_in() -> Select[UUID, UUID, UUID | None, datetime, datetime, str, str]:
    return (
        select(
            SignIn.id,
            SignIn.person_id,
            SignIn.organisation_id,
            SignIn.started_at,
            SignIn.last_seen_at,
            Person.label,
            Person.email,
        )
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None))
    )


@cache
def _memberships() -> Select[UUID, str, list[Any]]:
    return (
        select(Organisation.id, Organisation.name, Membership.roles)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == bindparam("person_id"), Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
