"""Money that bodies bring in, and the second person who stands by it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.consortia.commands import set_weight
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, Stale, require
from commonpurse.pooling import policy, queries
from commonpurse.pooling.commands import checks
from commonpurse.pooling.events import BudgetAdded, BudgetApproved, BudgetRefused
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel

SECOND_PERSON = message("A second person with the role of approver in the same organisation must answer this")
WHO_APPROVES = message("An approver of your organisation who did not enter it")


def add_budget(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    financial_year: int,
    amount_pence: int,
    commitment_level: str,
    source: str,
    now: datetime,
) -> UUID:
    """Enter money of the actor's body; committed and guaranteed money waits for a second person.

    Args:
        financial_year: its first calendar year: 2026 for 2026-27.
        commitment_level: a `CommitmentLevel`.

    Returns:
        The key of the contribution.

    Raises:
        NotFound, NotAllowed: see `checks.get_open_consortium`.
        Refused: something is wrong with a field, the body has the same line already, or pooling is over.
    """
    consortium = checks.get_open_consortium(session, actor, consortium_id)
    level = CommitmentLevel(commitment_level)
    contribution = BudgetContribution(
        id=uuid4(),
        consortium_id=consortium_id,
        organisation_id=actor.organisation,
        financial_year=checks.financial_year(financial_year),
        amount_pence=checks.amount(amount_pence),
        commitment_level=level,
        source=checks.source(source),
        approval=first_approval(level),
        entered_by_id=actor.person,
        entered_at=now,
    )
    contents = queries.budget_contents(
        contribution.financial_year, contribution.amount_pence, contribution.commitment_level, contribution.source
    )
    if contents in queries.own_budget_contents(session, consortium_id, actor.organisation):
        raise Refused("Your organisation has the same line already", field="amount_pence")
    session.add(contribution)
    session.flush()
    event = BudgetAdded(
        contribution.id, contribution.financial_year, contribution.amount_pence, level, contribution.approval
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return contribution.id


def first_approval(level: CommitmentLevel) -> ApprovalState:
    """Firm money waits for a second person; indicative money binds nobody."""
    return ApprovalState.NOT_NEEDED if level is CommitmentLevel.INDICATIVE else ApprovalState.AWAITED


def approve_budget(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    contribution_id: UUID,
    now: datetime,
    seen_version: int | None = None,
) -> None:
    """Stand by money that somebody else of the same body entered; the body's voting weight follows.

    Raises:
        NotFound, NotAllowed: see `policy.may_approve`.
        Refused: pooling is over.
        Stale: it was answered already.
    """
    consortium, contribution = _get_awaited(session, actor, consortium_id, contribution_id, seen_version)
    contribution.approval = ApprovalState.APPROVED
    contribution.approved_by_id, contribution.approved_at = actor.person, now
    session.flush()
    event = BudgetApproved(contribution.id, contribution.amount_pence)
    log.record(session, actor, consortium.stream, event, at=now)
    weight = queries.committed_weights(session, consortium_id)[contribution.organisation_id]
    set_weight(
        session,
        actor,
        consortium_id=consortium_id,
        organisation_id=contribution.organisation_id,
        weight_pence=weight,
        now=now,
    )


def refuse_budget(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    contribution_id: UUID,
    reason: str,
    now: datetime,
    seen_version: int | None = None,
) -> None:
    """Do not stand by money that somebody else of the same body entered, and say why.

    Raises:
        NotFound, NotAllowed, Stale: as `approve_budget`.
        Refused: there is no reason, or pooling is over.
    """
    consortium, contribution = _get_awaited(session, actor, consortium_id, contribution_id, seen_version)
    if not reason.strip():
        raise Refused("Enter why you refuse this money", field="reason")
    contribution.approval = ApprovalState.REFUSED
    contribution.approved_by_id, contribution.approved_at = actor.person, now
    contribution.reason = reason.strip()
    session.flush()
    event = BudgetRefused(contribution.id, contribution.amount_pence, contribution.reason)
    log.record(session, actor, consortium.stream, event, at=now)


def _get_awaited(
    session: Session, actor: Actor, consortium_id: UUID, contribution_id: UUID, seen_version: int | None
) -> tuple[Consortium, BudgetContribution]:
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    contribution = queries.get_contribution(session, consortium_id, contribution_id, lock=True)
    if not policy.is_open(consortium):
        raise Refused(checks.CLOSED)
    if contribution.approval is not ApprovalState.AWAITED:
        raise Stale("This was answered already. Look at the budget for the answer")
    require(policy.may_approve(actor, contribution, consortium), SECOND_PERSON, who=WHO_APPROVES)
    if seen_version is not None and contribution.version != seen_version:
        raise Stale("Somebody else changed this line. Check it and try again")
    return consortium, contribution
