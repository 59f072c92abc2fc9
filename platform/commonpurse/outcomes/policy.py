"""Who may do what with the ledger. A consortium's participations must be loaded."""

from commonpurse.consortia.models import Consortium
from commonpurse.core.actor import Actor
from commonpurse.identity.models import Role


def may_issue(actor: Actor, consortium: Consortium) -> bool:
    """Buyers of the lead authority."""
    return consortium.lead_organisation_id == actor.organisation_id and actor.has_role(Role.BUYER)
