"""Who is signed in where."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from commonpurse.core.db import read_columns
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
    """The sign-in that `token` stands for, in one SELECT, or None where it ended, lapsed or never was.

    A person whose membership of the chosen organisation has ended acts for none until they choose another.
    """
    rows = read_columns(session, _sign_in(), {"token_hash": tokens.hash_token(token)})
    if not rows or not tokens.is_live(rows[0].started_at, rows[0].last_seen_at, now):
        return None
    memberships = [(row.organisation_id, row.name, row.roles) for row in rows if row.organisation_id is not None]
    body, name, roles = next((each for each in memberships if each[0] == rows[0].chosen_id), (None, "", ()))
    return LiveSignIn(
        id=rows[0].id,
        person_id=rows[0].person_id,
        label=rows[0].label,
        email=rows[0].email,
        organisation_id=body,
        organisation_name=name,
        organisations=tuple((each[0], each[1]) for each in memberships),
        roles=frozenset(roles),
        last_seen_at=rows[0].last_seen_at,
    )


@cache
def _sign_in() -> Select[*tuple[Any, ...]]:
    """A row for each organisation of the person, one without if there is none; put together once for all requests."""
    return (
        select(
            SignIn.id,
            SignIn.person_id,
            SignIn.organisation_id.label("chosen_id"),
            SignIn.started_at,
            SignIn.last_seen_at,
            Person.label,
            Person.email,
            Membership.organisation_id,
            Organisation.name,
            Membership.roles,
        )
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(Membership, (Membership.person_id == SignIn.person_id) & Membership.ended_at.is_(None))
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
