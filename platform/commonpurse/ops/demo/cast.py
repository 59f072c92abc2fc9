"""The people of the demonstration, who are called by their role."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.core.actor import SYSTEM, Actor
from commonpurse.identity import commands
from commonpurse.identity.models import OrganisationKind, PublicBodyKind
from commonpurse.ops.demo.story import BODIES, PASSWORD, ROLES, SUPPLIER


class Cast(Struct, frozen=True):
    """Organisations by key, and who acts for them."""

    organisations: dict[str, UUID]
    people: dict[tuple[str, str], Actor]

    def actor(self, body: str, role: str = "buyer") -> Actor:
        """The person of `body` with this part."""
        return self.people[body, role]


def address(body: str, role: str = "buyer") -> str:
    """The e-mail address of a person of the demonstration."""
    return f"{role}@{body}.example"


def make_cast(session: Session, now: datetime) -> Cast:
    """Register the councils, the supplier and everybody who acts for them."""
    organisations: dict[str, UUID] = {}
    people: dict[tuple[str, str], Actor] = {}
    for body in BODIES:
        organisations[body.key] = commands.register_organisation(
            session,
            SYSTEM,
            name=body.name,
            kind=OrganisationKind.PUBLIC_BODY,
            public_body_kind=PublicBodyKind.LOCAL_AUTHORITY,
            area_gss=body.gss,
            identifiers={"GSS": body.gss},
            now=now,
        )
        for role, (title, roles) in ROLES.items():
            label = f"{title}, {body.key.capitalize()}"
            person_id = commands.make_person(
                session,
                SYSTEM,
                email=address(body.key, role),
                label=label,
                password=PASSWORD,
                organisation_id=organisations[body.key],
                roles=roles,
                now=now,
            )
            people[body.key, role] = Actor(person_id, organisations[body.key], frozenset(roles), label)
    organisations["supplier"] = commands.register_organisation(
        session,
        SYSTEM,
        name=SUPPLIER,
        kind=OrganisationKind.SUPPLIER,
        public_body_kind=None,
        area_gss=None,
        identifiers={},
        now=now,
    )
    return Cast(organisations, people)
