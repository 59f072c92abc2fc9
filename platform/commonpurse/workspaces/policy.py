"""Who may do what in a workspace. A workspace's consortium and its participations must be loaded."""

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium, Stage
from commonpurse.core.actor import Actor
from commonpurse.identity.models import Role

WHO_ACTS = message("Buyers of the bodies that have joined")
NO_ROOM_IN = frozenset({Stage.FORMING, Stage.CLOSED})


def is_open(consortium: Consortium) -> bool:
    """From pooling until the consortium closes, targets and the allocation rule can be negotiated."""
    return consortium.stage not in NO_ROOM_IN


def may_open(actor: Actor, consortium: Consortium) -> bool:
    """Anybody of a joined body, and the service itself, once pooling has begun."""
    return (actor.is_system or consortium.has_joined(actor.organisation_id)) and is_open(consortium)


def may_act(actor: Actor, consortium: Consortium) -> bool:
    """Buyers of joined bodies put items, offers and comments on the table."""
    return is_open(consortium) and consortium.has_joined(actor.organisation_id) and actor.has_role(Role.BUYER)


def may_answer(actor: Actor, consortium: Consortium) -> bool:
    """Buyers and approvers of joined bodies answer offers."""
    return (
        is_open(consortium)
        and consortium.has_joined(actor.organisation_id)
        and actor.has_role(Role.BUYER, Role.APPROVER)
    )
