"""Money that bodies bring in, and the second person who stands by it."""

from datetime import datetime
from typing import Any
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
from commonpurse.pooling.events import BudgetAdded, BudgetApproved, BudgetChanged, BudgetRefused, BudgetRemoved
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel

SECOND_PERSON = message("A second person with the role of approver in the same organisation must answer this")
NOT_YOURS = message("You can change only the money of your own organisation")
APPROVED = message("This money is approved and others rely on it, so it can no longer be changed or removed")
WHO_CHANGES = message("A buyer of that organisation can change or remove it")
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
    values = _checked(financial_year, amount_pence, commitment_level, source)
    _refuse_repeat(session, actor, consortium_id, values)
    contribution = BudgetContribution(
        id=uuid4(),
        consortium_id=consortium_id,
        organisation_id=actor.organisation,
        approval=first_approval(values["commitment_level"]),
        entered_by_id=actor.person,
        entered_at=now,
        **values,
    )
    session.add(contribution)
    session.flush()
    log.record(session, actor, consortium.stream, BudgetAdded(contribution.id, *_money(contribution)), at=now)
    return contribution.id


def change_budget(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    contribution_id: UUID,
    financial_year: int,
    amount_pence: int,
    commitment_level: str,
    source: str,
    seen_version: int,
    now: datetime,
) -> None:
    """Enter other money in place of money of the actor's body that nobody approved; arguments as of `add_budget`.

    It is then money that the actor entered: firm money waits for a second person anew, also where it was refused.

    Raises:
        NotFound, NotAllowed, Refused: as `add_budget`; NotAllowed also for another body's money.
        Refused: it is approved.
        Stale: somebody changed or answered it in the meantime.
    """
    consortium, contribution = _get_own(session, actor, consortium_id, contribution_id, seen_version)
    values = _checked(financial_year, amount_pence, commitment_level, source)
    _refuse_repeat(session, actor, consortium_id, values, but=contribution.id)
    before = _money(contribution)
    for name, value in values.items():
        setattr(contribution, name, value)
    contribution.approval = first_approval(contribution.commitment_level)
    contribution.entered_by_id, contribution.entered_at = actor.person, now
    contribution.approved_by_id, contribution.approved_at, contribution.reason = None, None, ""
    session.flush()
    event = BudgetChanged(contribution.id, *_money(contribution), *before)
    log.record(session, actor, consortium.stream, event, at=now)


def remove_budget(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    contribution_id: UUID,
    reason: str,
    seen_version: int,
    now: datetime,
) -> None:
    """Take money of the actor's body away that nobody approved, with the reason.

    Raises:
        NotFound, NotAllowed, Stale: as `change_budget`.
        Refused: there is no reason, it is approved, or pooling is over.
    """
    consortium, contribution = _get_own(session, actor, consortium_id, contribution_id, seen_version)
    if not reason.strip():
        raise Refused("Enter why your organisation takes this money away", field="reason")
    session.delete(contribution)
    session.flush()
    event = BudgetRemoved(contribution.id, *_money(contribution), reason.strip())
    log.record(session, actor, consortium.stream, event, at=now)


def _get_own(
    session: Session, actor: Actor, consortium_id: UUID, contribution_id: UUID, seen_version: int
) -> tuple[Consortium, BudgetContribution]:
    consortium = checks.get_open_consortium(session, actor, consortium_id)
    contribution = queries.get_contribution(session, consortium_id, contribution_id, lock=True)
    require(contribution.organisation_id == actor.organisation, NOT_YOURS, who=WHO_CHANGES)
    if contribution.version != seen_version:
        raise Stale(checks.CHANGED)
    if not policy.may_change_budget(actor, contribution, consortium):
        raise Refused(APPROVED)
    return consortium, contribution


def _checked(financial_year: int, amount_pence: int, commitment_level: str, source: str) -> dict[str, Any]:
    return {
        "financial_year": checks.financial_year(financial_year),
        "amount_pence": checks.amount(amount_pence),
        "commitment_level": CommitmentLevel(commitment_level),
        "source": checks.source(source),
    }


def _refuse_repeat(
    session: Session, actor: Actor, consortium_id: UUID, values: dict[str, Any], *, but: UUID | None = None
) -> None:
    """A line that is there already is nearly always a second press of the button."""
    known = queries.own_budget_contents(session, consortium_id, actor.organisation)
    if known.get(queries.budget_contents(**values), but) != but:
        raise Refused("Your organisation has the same line already", field="amount_pence")


def _money(contribution: BudgetContribution) -> tuple[int, int, CommitmentLevel, ApprovalState]:
    """What the log keeps of money: year, pence, how firm and whether approved."""
    return (
        contribution.financial_year,
        contribution.amount_pence,
        contribution.commitment_level,
        contribution.approval,
    )


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
        raise Stale(checks.CHANGED)
    return consortium, contribution
