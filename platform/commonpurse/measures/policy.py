"""Who may see and add measures."""

from commonpurse.core.actor import Actor
from commonpurse.identity.models import Organisation, OrganisationKind, Role
from commonpurse.measures.models import Measure


def may_see_measure(actor: Actor, measure: Measure, *, is_shared: bool) -> bool:
    """Everybody sees what is published; a body's own measure its people, and those it is shared with."""
    return measure.owner_id is None or measure.owner_id == actor.organisation_id or is_shared


def may_add_measure(actor: Actor, organisation: Organisation) -> bool:
    """Buyers of a public body, for that body."""
    return (
        organisation.kind is OrganisationKind.PUBLIC_BODY
        and actor.organisation_id == organisation.id
        and actor.has_role(Role.BUYER)
    )
