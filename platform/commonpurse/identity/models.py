"""Organisations, people and how people sign in."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commonpurse.core.db import Base, Keyed
from commonpurse.reference.models import Area


class OrganisationKind(StrEnum):
    """What an organisation is to a consortium."""

    PUBLIC_BODY = "public_body"
    SUPPLIER = "supplier"
    VCFSE = "vcfse"
    BID_BODY = "bid_body"


class PublicBodyKind(StrEnum):
    """Kinds of public body; the Social Value Models bind some of them."""

    LOCAL_AUTHORITY = "local_authority"
    NHS_BODY = "nhs_body"
    UNIVERSITY = "university"
    SCHOOL_TRUST = "school_trust"
    HOUSING_ASSOCIATION = "housing_association"
    CENTRAL_GOVERNMENT = "central_government"
    POLICE_OR_FIRE = "police_or_fire"
    OTHER = "other"


class Role(StrEnum):
    """What a person may do for one organisation."""

    ADMINISTRATOR = "organisation_administrator"
    BUYER = "buyer"
    APPROVER = "approver"
    EVALUATOR = "evaluator"
    OBSERVER = "observer"


class Organisation(Keyed, Base):
    """A public body, supplier, VCFSE or BID body."""

    __tablename__ = "identity_organisation"
    __table_args__ = (
        CheckConstraint("(kind = 'public_body') = (public_body_kind IS NOT NULL)", name="kind_of_public_body"),
    )

    name: Mapped[str] = mapped_column(index=True)
    kind: Mapped[OrganisationKind]
    public_body_kind: Mapped[PublicBodyKind | None]
    area_gss: Mapped[str | None] = mapped_column(ForeignKey(Area.gss))
    registered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    identifiers: Mapped[list["Identifier"]] = relationship(order_by="Identifier.scheme", cascade="all, delete-orphan")
    area: Mapped[Area | None] = relationship()
    __mapper_args__ = {"version_id_col": version}

    @property
    def stream(self) -> str:
        """The organisation's stream in the event log."""
        return f"organisation:{self.id}"


class Identifier(Base):
    """An organisation's number in a public scheme, such as GB-PPON or GB-COH; one holder each."""

    __tablename__ = "identity_identifier"

    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)


class Person(Keyed, Base):
    """Somebody who signs in. `label` is how others see them."""

    __tablename__ = "identity_person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower_case"),)

    email: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    password_hash: Mapped[str | None]
    second_factor_secret: Mapped[str | None]
    second_factor_since: Mapped[datetime | None]
    second_factor_last_step: Mapped[int] = mapped_column(default=0)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    joined_at: Mapped[datetime]

    @property
    def stream(self) -> str:
        """The person's stream in the event log."""
        return f"person:{self.id}"


class RecoveryCode(Keyed, Base):
    """A code that replaces the second factor once."""

    __tablename__ = "identity_recovery_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Membership(Keyed, Base):
    """A person belongs to an organisation, with roles, until it ends."""

    __tablename__ = "identity_membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    roles: Mapped[list[Any]]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
    __mapper_args__ = {"version_id_col": version}


class LinkPurpose(StrEnum):
    """What a single-use link lets its holder do."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105


class SingleUseLink(Keyed, Base):
    """A link sent by mail; only the hash of its token is kept."""

    __tablename__ = "identity_single_use_link"

    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[LinkPurpose]
    email: Mapped[str] = mapped_column(index=True)
    label: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organisation.id), index=True)
    roles: Mapped[list[Any]]
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(Keyed, Base):
    """One browser in which a person is signed in, and the organisation they act for there."""

    __tablename__ = "identity_sign_in"

    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organisation.id))
    token_hash: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    browser: Mapped[str]
    with_second_factor: Mapped[bool]
