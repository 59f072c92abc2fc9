"""Who may do what with organisations and their people."""

from commonpurse.calc.sentence import message
from commonpurse.core.actor import Actor
from commonpurse.identity.models import Organisation, Role

WHO_MANAGES = message("An administrator of the organisation")


def may_see_organisations(actor: Actor) -> bool:
    """Everybody who is signed in, and the service itself."""
    return actor.is_system or actor.person_id is not None


def may_register(actor: Actor) -> bool:
    """Everybody who is signed in becomes the administrator of what they register; seeds register too."""
    return actor.is_system or actor.person_id is not None


def may_see_people(actor: Actor, organisation: Organisation) -> bool:
    """Its own people, while they act for it."""
    return actor.is_system or actor.organisation_id == organisation.id


def may_manage_people(actor: Actor, organisation: Organisation) -> bool:
    """Its administrators: invite, change roles, end memberships."""
    if actor.is_system:
        return True
    return actor.organisation_id == organisation.id and actor.has_role(Role.ADMINISTRATOR)


def may_make_people(actor: Actor) -> bool:
    """Only the service itself makes people without an invitation, for seeds and at set-up."""
    return actor.is_system
