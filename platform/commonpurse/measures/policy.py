"""Who may add measures."""

from commonpurse.core.actor import Actor
from commonpurse.identity.models import Organisation, OrganisationKind, Role


def may_add_measure(actor: Actor, organisation: Organisation) -> bool:
    """Buyers of a public body, for that body."""
    return (
        organisation.kind is OrganisationKind.PUBLIC_BODY
        and actor.organisation_id == organisation.id
        and actor.has_role(Role.BUYER)
    )
