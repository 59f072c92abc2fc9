"""Who may do what with the ledger. A consortium's participations must be loaded."""

from commonpurse.consortia.models import Consortium, Stage
from commonpurse.core.actor import Actor
from commonpurse.identity.models import Role


def may_issue(actor: Actor, consortium: Consortium) -> bool:
    """Buyers of the lead authority."""
    return consortium.lead_organisation_id == actor.organisation_id and actor.has_role(Role.BUYER)


def may_keep_books(actor: Actor, consortium: Consortium) -> bool:
    """Whoever may split what goes into them."""
    return may_issue(actor, consortium)


def may_issue_statements(actor: Actor, consortium: Consortium) -> bool:
    """Approvers of the lead authority: whoever splits does not also publish."""
    return consortium.lead_organisation_id == actor.organisation_id and actor.has_role(Role.APPROVER)


def may_propose_rule(actor: Actor, stage: Stage) -> bool:
    """Buyers of joined bodies, while the room is open: those who may put an offer on its table."""
    return stage not in (Stage.FORMING, Stage.CLOSED) and actor.has_role(Role.BUYER)
