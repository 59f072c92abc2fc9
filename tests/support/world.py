"""A small world that most tests start from, made of rows, without going through commands."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.models import (
    Consortium,
    DecisionRule,
    JoinAgreement,
    Milestone,
    MilestoneKind,
    Participation,
    ParticipationRole,
    ParticipationState,
    Signature,
    Stage,
)
from commonpurse.core.actor import Actor
from commonpurse.identity.models import (
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PublicBodyKind,
    Role,
    SignIn,
)
from commonpurse.measures.models import FrameworkVersion, Measure, MeasureKind
from commonpurse.reference.models import Area, Category

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()

AREAS = {
    "newcastle": ("E08000021", "Newcastle upon Tyne"),
    "gateshead": ("E08000037", "Gateshead"),
    "darlington": ("E06000005", "Darlington"),
    "leeds": ("E08000035", "Leeds"),
}
MEMBERS = ("newcastle", "gateshead", "darlington")


@dataclass
class World:
    """Bodies by short name, people by (body, role), one consortium of the three north-eastern ones.

    `leeds` belongs to no consortium; `builder` is a supplier; `stranger` is a person of no organisation.
    """

    bodies: dict[str, Organisation] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    consortium: Consortium = field(default=None)  # type: ignore[assignment]
    measure: Measure = field(default=None)  # type: ignore[assignment]

    def actor(self, body: str, role: str = "buyer") -> Actor:
        """The actor of a person of the world; `role` may also be `stranger`."""
        person = self.people[body, role]
        if role == "stranger":
            return Actor(person_id=person.id, label=person.label)
        return Actor(person.id, self.bodies[body].id, frozenset({role}), person.label)

    def organisation(self, body: str) -> UUID:
        """The key of a body."""
        return self.bodies[body].id

    def sign_in(self, session: Session, body: str, role: str = "buyer") -> str:
        """Sign a person in, and return the token their cookie holds."""
        token = token_urlsafe(32)
        now = datetime.now(UTC)
        session.add(
            SignIn(
                person_id=self.people[body, role].id,
                organisation_id=None if role == "stranger" else self.bodies[body].id,
                token_hash=sha256(token.encode()).hexdigest(),
                started_at=now,
                last_seen_at=now,
                address="127.0.0.1",
                browser="tests",
                with_second_factor=False,
            )
        )
        session.flush()
        session.commit()
        return token


def make_area(session: Session, gss: str, name: str) -> Area:
    """The area, made if it is not there yet."""
    found = session.get(Area, gss)
    if found is None:
        found = Area(
            gss=gss,
            name=name,
            official_name=f"{name} Council",
            kind="metropolitan district",
            nation="England",
            region="North East",
            county="",
            combined_authority="",
            population=200_000,
            population_year=2020,
            searchable=name.casefold(),
            source="tests",
        )
        session.add(found)
    return found


def make_category(session: Session, code: str = "45000000", title: str = "Construction work") -> Category:
    """The category, made if it is not there yet."""
    found = session.get(Category, code)
    if found is None:
        found = Category(code=code, title=title, parent_code=None, searchable=f"{code} {title.casefold()}")
        session.add(found)
    return found


def make_organisation(session: Session, name: str, **values: Any) -> Organisation:
    """A local authority unless `values` say otherwise."""
    values.setdefault("kind", OrganisationKind.PUBLIC_BODY)
    organisation = _organisation(name, **values)
    session.add(organisation)
    session.flush()
    return organisation


def _organisation(name: str, **values: Any) -> Organisation:
    if values["kind"] is OrganisationKind.PUBLIC_BODY:
        values.setdefault("public_body_kind", PublicBodyKind.LOCAL_AUTHORITY)
    return Organisation(id=uuid4(), name=name, registered_at=NOW, **values)


def make_person(session: Session, label: str, email: str) -> Person:
    """A person without a password."""
    person = _person(label, email)
    session.add(person)
    session.flush()
    return person


def _person(label: str, email: str) -> Person:
    return Person(id=uuid4(), email=email.lower(), label=label, joined_at=NOW)


def make_measure(session: Session, code: str = "APP-L3", **values: Any) -> Measure:
    """A published measure counted in people, of a framework made for tests."""
    framework = session.scalars(select(FrameworkVersion).where(FrameworkVersion.framework == "tests")).first()
    if framework is None:
        framework = FrameworkVersion(
            framework="tests",
            title="Framework of the tests",
            edition="1",
            publisher="tests",
            licence="OGL-UK-3.0",
            source="tests",
            confirmation="",
            level_names={},
        )
        session.add(framework)
        session.flush()
    values = {
        "framework_version_id": framework.id,
        "kind": MeasureKind.REPORTING,
        "title": "Apprenticeship starts, level 3",
        "unit": "people",
        "decimals": 0,
        "counts": "beneficiary",
        "source": "tests",
        "status": "confirmed",
        **values,
    }
    measure = Measure(code=code, **values)
    session.add(measure)
    session.flush()
    return measure


def make_consortium(session: Session, world: World, bodies: tuple[str, ...] = MEMBERS, **values: Any) -> Consortium:
    """A consortium whose bodies have all joined and signed; the first leads. Weights are 300, 200, 100 pounds."""
    values = {
        "name": "Level crossings and light",
        "purpose": "Buy street lighting together.",
        "category_code": "45000000",
        "areas": [make_area(session, *AREAS["newcastle"])],
        "decision_rule": DecisionRule.CONSENT,
        "stage": Stage.NEGOTIATING,
        "formed_at": NOW,
        **values,
    }
    lead = world.bodies[bodies[0]]
    consortium = Consortium(lead_organisation_id=lead.id, **values)
    session.add(consortium)
    session.flush()
    agreement = JoinAgreement(
        consortium_id=consortium.id,
        number=1,
        text="Each body pays its share.",
        written_at=NOW,
        written_by_id=world.people[bodies[0], "buyer"].id,
    )
    session.add(agreement)
    session.add(Milestone(consortium_id=consortium.id, kind=MilestoneKind.AWARD, due_on=date(2027, 3, 1)))
    session.flush()
    for position, body in enumerate(bodies):
        session.add(
            Participation(
                consortium_id=consortium.id,
                organisation_id=world.bodies[body].id,
                role=ParticipationRole.LEAD if position == 0 else ParticipationRole.PARTICIPATING,
                state=ParticipationState.JOINED,
                position=position,
                voting_weight=(len(bodies) - position) * 100_00,
                invited_at=NOW,
                answered_at=NOW + timedelta(days=1),
            )
        )
        session.add(
            Signature(
                agreement_id=agreement.id,
                organisation_id=world.bodies[body].id,
                person_id=world.people[body, "buyer"].id,
                signed_at=NOW + timedelta(days=1),
            )
        )
    session.flush()
    session.refresh(consortium)
    return consortium


def make_world(session: Session) -> World:
    """The world described by `World`, committed so that requests of the test see it."""
    world = World()
    make_category(session)
    for body, (gss, name) in AREAS.items():
        make_area(session, gss, name)
        kind = OrganisationKind.PUBLIC_BODY
        world.bodies[body] = _organisation(f"{name} Council", kind=kind, area_gss=gss)
    world.bodies["builder"] = _organisation("Brightway Ltd", kind=OrganisationKind.SUPPLIER)
    world.people["nowhere", "stranger"] = _person("Stranger", "stranger@nowhere.example")
    for body in world.bodies:
        for role in Role:
            label = f"{role.replace('_', ' ').capitalize()}, {body}"
            world.people[body, role.value] = _person(label, f"{role}@{body}.example")
    session.flush()
    session.add_all([*world.bodies.values(), *world.people.values()])
    session.flush()
    session.add_all(
        Membership(person_id=person.id, organisation_id=world.bodies[body].id, roles=[role], since=NOW)
        for (body, role), person in world.people.items()
        if body in world.bodies
    )
    world.measure = make_measure(session)
    world.consortium = make_consortium(session, world)
    session.commit()
    return world
