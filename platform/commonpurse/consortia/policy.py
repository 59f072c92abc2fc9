"""Who may do what in a consortium. A consortium's participations must be loaded."""

from uuid import UUID

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import (
    Consortium,
    Decision,
    DecisionState,
    Participation,
    ParticipationRole,
    ParticipationState,
    Stage,
)
from commonpurse.core.actor import Actor
from commonpurse.identity.models import Organisation, OrganisationKind, Role

LEAD_CHANGES_THIS = message("Only the lead authority can change this")
WHO_LEADS = message("A buyer or an administrator of the lead authority")

ANSWERING = (Role.BUYER, Role.APPROVER)
SIGNING = (Role.APPROVER, Role.ADMINISTRATOR)
FORMING = (Role.BUYER, Role.ADMINISTRATOR)
ADMITTING = (Stage.FORMING, Stage.POOLING, Stage.NEGOTIATING)


def participation_of(consortium: Consortium, organisation_id: UUID | None) -> Participation | None:
    """The body's part in the consortium, whatever its state; None where it never was invited."""
    return next((part for part in consortium.participations if part.organisation_id == organisation_id), None)


def _stands(actor: Actor, consortium: Consortium, *states: ParticipationState) -> bool:
    part = participation_of(consortium, actor.organisation_id)
    return part is not None and part.state in states


def may_see(actor: Actor, consortium: Consortium) -> bool:
    """People of the bodies that are invited or have joined, and the service itself."""
    return actor.is_system or _stands(actor, consortium, ParticipationState.INVITED, ParticipationState.JOINED)


def is_joined(actor: Actor, consortium: Consortium) -> bool:
    """People of the bodies that have joined, and the service itself."""
    return actor.is_system or consortium.has_joined(actor.organisation_id)


def is_invited(actor: Actor, consortium: Consortium) -> bool:
    """People of a body that has not yet answered its invitation."""
    return _stands(actor, consortium, ParticipationState.INVITED)


def leads(actor: Actor, consortium: Consortium) -> bool:
    """People of the lead authority."""
    part = participation_of(consortium, actor.organisation_id)
    return part is not None and part.role is ParticipationRole.LEAD and part.state is ParticipationState.JOINED


def may_create(actor: Actor, organisation: Organisation) -> bool:
    """Buyers and administrators of a public body, for that body."""
    return (
        actor.organisation_id == organisation.id
        and organisation.kind is OrganisationKind.PUBLIC_BODY
        and actor.has_role(*FORMING)
    )


def may_edit(actor: Actor, consortium: Consortium) -> bool:
    """Buyers and administrators of the lead authority."""
    return leads(actor, consortium) and actor.has_role(*FORMING)


def may_settle(actor: Actor, consortium: Consortium) -> bool:
    """As `may_edit`, while purpose, place and rule are not settled yet: until forming ends."""
    return may_edit(actor, consortium) and consortium.stage is Stage.FORMING


def may_invite(actor: Actor, consortium: Consortium) -> bool:
    """As `may_edit`, until the consortium goes out to bid."""
    return may_edit(actor, consortium) and consortium.stage in ADMITTING


def may_sign(actor: Actor, consortium: Consortium) -> bool:
    """Approvers and administrators of a body that is invited or has joined."""
    return may_see(actor, consortium) and actor.has_role(*SIGNING)


def may_leave(actor: Actor, consortium: Consortium) -> bool:
    """Approvers and administrators of a joined body that does not lead."""
    return is_joined(actor, consortium) and not leads(actor, consortium) and actor.has_role(*SIGNING)


def may_propose(actor: Actor, consortium: Consortium) -> bool:
    """Buyers of joined bodies."""
    return is_joined(actor, consortium) and actor.has_role(Role.BUYER)


def may_vote(actor: Actor, consortium: Consortium) -> bool:
    """Buyers and approvers of joined bodies; whether a body is in the electorate is the decision's own matter."""
    return is_joined(actor, consortium) and actor.has_role(*ANSWERING)


def may_withdraw(actor: Actor, consortium: Consortium, decision: Decision) -> bool:
    """Buyers of the body that put the question, while it is open."""
    return (
        may_propose(actor, consortium)
        and decision.opened_for_id == actor.organisation_id
        and decision.state is DecisionState.OPEN
    )


def may_set_weight(actor: Actor, consortium: Consortium, organisation_id: UUID) -> bool:
    """Buyers and approvers for their own joined body, and the service itself."""
    if actor.is_system:
        return True
    return may_vote(actor, consortium) and actor.organisation_id == organisation_id
