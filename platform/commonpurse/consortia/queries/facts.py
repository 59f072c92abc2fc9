"""What is settled in a consortium, as the rules about stages and voting power need it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia import policy, rules
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.consortia.queries.membership import latest_numbers, signed_numbers
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotAllowed
from commonpurse.identity.models import Membership, Organisation, OrganisationKind, Person, Role


def standing(session: Session, consortium: Consortium) -> rules.Standing:
    """What is settled, for `rules.obstacles`."""
    return standings(session, [consortium])[consortium.id]


def standings(session: Session, consortia: Sequence[Consortium]) -> dict[UUID, rules.Standing]:
    """What is settled in each of them, in two SELECTs. Participations, milestones and areas must be loaded."""
    latest = latest_numbers(session, [consortium.id for consortium in consortia])
    signed = signed_numbers(session, [consortium.id for consortium in consortia])
    found = {}
    for consortium in consortia:
        parts, number = joined_parts(consortium), latest.get(consortium.id, 0)
        found[consortium.id] = rules.Standing(
            has_category=consortium.category_code is not None,
            has_place=bool(consortium.areas),
            decision_rule=consortium.decision_rule.value if consortium.decision_rule else None,
            milestones=frozenset(milestone.kind.value for milestone in consortium.milestones),
            has_agreement=number > 0,
            joined=len(parts),
            unsigned=sum(signed.get((consortium.id, part.organisation_id), 0) < number for part in parts),
            weight=sum(part.voting_weight for part in parts),
        )
    return found


def joined_parts(consortium: Consortium) -> list[Participation]:
    """The participations of the bodies that have joined, in roster order."""
    return [part for part in consortium.participations if part.state is ParticipationState.JOINED]


def weights_of(consortium: Consortium) -> dict[str, int]:
    """The voting weight of each joined body, by its key as text."""
    return {str(part.organisation_id): part.voting_weight for part in joined_parts(consortium)}


def find_public_body(session: Session, organisation_id: UUID) -> Organisation | None:
    """The public body with this key."""
    found = session.get(Organisation, organisation_id)
    return found if found is not None and found.kind is OrganisationKind.PUBLIC_BODY else None


def may_create(session: Session, actor: Actor) -> bool:
    """Whether the actor can start a consortium for the body they act for."""
    body = find_public_body(session, actor.organisation_id) if actor.organisation_id else None
    return body is not None and policy.may_create(actor, body)


def leading_body(session: Session, actor: Actor) -> Organisation:
    """The body for which the actor starts a consortium. Raises NotAllowed: see `policy.may_create`."""
    if not may_create(session, actor):
        raise NotAllowed(
            "Only a buyer or an administrator of a public body can start a consortium",
            who="An administrator of your organisation, if it is a public body",
        )
    return session.get_one(Organisation, actor.organisation)


def started_from(session: Session, consortium: Consortium) -> str:
    """The shared supplier the consortium began with, as its first event tells; empty where there was none."""
    first = log.entries_after(session, consortium.stream, 0, limit=1)
    return str(first[0].data.get("supplier", "")) if first else ""


def administrators_of(session: Session, organisation_id: UUID) -> list[Person]:
    """The people who answer for a body: its administrators, by address."""
    members = session.execute(
        select(Person, Membership.roles)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Person.email)
    )
    return [person for person, roles in members if Role.ADMINISTRATOR in roles]


def find_public_bodies(session: Session, q: str, *, limit: int = 20) -> list[Organisation]:
    """Public bodies whose name holds every word of `q`, by name."""
    words = q.split()
    if not words:
        return []
    holds = [Organisation.name.icontains(word, autoescape=True) for word in words]
    rows = session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.PUBLIC_BODY, *holds)
        .order_by(Organisation.name, Organisation.id)
        .limit(limit)
    )
    return list(rows)
