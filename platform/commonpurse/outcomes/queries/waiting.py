"""What waits for people in the ledger: outcomes to split, and statements to issue."""

from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.identity.models import Role
from commonpurse.outcomes.models import PRIMARY, PostedSplit, StatementEdition
from commonpurse.outcomes.queries.rows import is_split
from commonpurse.outcomes.queries.weighing import list_outdated, weighing_of
from commonpurse.outcomes.queries.weights import find_refusal
from commonpurse.workspaces.models import AgendaItem, ItemKind, ItemState, Workspace


def waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:  # noqa: ARG001 - these have no date
    """Outcomes for buyers of the lead authority to split, and statements for its approvers to issue."""
    return [
        *_waiting_to_split(session, actor),
        *_waiting_for_weights(session, actor),
        *_waiting_to_issue(session, actor),
    ]


def _waiting_to_split(session: Session, actor: Actor) -> list[Waiting]:
    """Verified outcomes that a buyer of the lead authority has yet to split, by consortium."""
    if actor.organisation_id is None or not actor.has_role(Role.BUYER):
        return []
    rows = session.execute(
        select(Consortium.id, Consortium.name, func.count(OutcomeRecord.id))
        .join(Contract, Contract.consortium_id == Consortium.id)
        .join(OutcomeRecord, OutcomeRecord.contract_id == Contract.id)
        .join(
            Participation,
            (Participation.consortium_id == Consortium.id)
            & (Participation.organisation_id == actor.organisation_id)
            & (Participation.state == ParticipationState.JOINED),
        )
        .where(
            Consortium.lead_organisation_id == actor.organisation_id,
            OutcomeRecord.status == VerificationStatus.VERIFIED,
            ~is_split(),
        )
        .group_by(Consortium.id, Consortium.name)
        .order_by(Consortium.name, Consortium.id)
    )
    return [
        Waiting(
            msgid="Split verified outcomes: %(count)s wait",
            endpoint="outcomes.ledger",
            values={"count": count},
            arguments={"consortium_id": consortium_id},
            consortium=name,
        )
        for consortium_id, name, count in rows
    ]


def _waiting_for_weights(session: Session, actor: Actor) -> list[Waiting]:
    """What a buyer of the lead authority has to do about weights, of the few consortia that agreed any."""
    if actor.organisation_id is None or not actor.has_role(Role.BUYER):
        return []
    led = session.scalars(
        select(Consortium)
        .join(Workspace, Workspace.consortium_id == Consortium.id)
        .where(
            Consortium.lead_organisation_id == actor.organisation_id,
            exists().where(
                AgendaItem.workspace_id == Workspace.id,
                AgendaItem.kind == ItemKind.WEIGHTS,
                AgendaItem.state == ItemState.AGREED,
            ),
        )
        .order_by(Consortium.name, Consortium.id)
        .options(selectinload(Consortium.participations).joinedload(Participation.organisation))
    )
    return [found for consortium in led for found in _about_weights(session, consortium)]


def _about_weights(session: Session, consortium: Consortium) -> list[Waiting]:
    weighing = weighing_of(session, consortium)
    arguments = {"consortium_id": consortium.id}
    found = []
    if find_refusal(session, consortium, weighing) is not None:
        msgid = message("Agree weights: outcomes wait that cannot be split by those in force")
        found.append(Waiting(msgid, "outcomes.weights", arguments=arguments, consortium=consortium.name))
    outdated = sum(each.splits for each in list_outdated(session, consortium, weighing))
    if outdated:
        msgid = message("Divide splits again by the weights in force: %(count)s wait")
        values = {"count": outdated}
        found.append(Waiting(msgid, "outcomes.weights", values, arguments, consortium=consortium.name))
    return found


def _waiting_to_issue(session: Session, actor: Actor) -> list[Waiting]:
    """Consortia in which something was split since statements were issued last."""
    if actor.organisation_id is None or not actor.has_role(Role.APPROVER):
        return []
    split_at = (
        select(func.max(PostedSplit.posted_at))
        .where(PostedSplit.consortium_id == Consortium.id, PostedSplit.book == PRIMARY)
        .scalar_subquery()
    )
    issued_at = (
        select(func.max(StatementEdition.issued_at))
        .where(StatementEdition.consortium_id == Consortium.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Consortium.id, Consortium.name)
        .where(
            Consortium.lead_organisation_id == actor.organisation_id,
            split_at.is_not(None),
            or_(issued_at.is_(None), split_at > issued_at),
        )
        .order_by(Consortium.name, Consortium.id)
    )
    return [
        Waiting(
            msgid="Issue statements: the ledger has new splits",
            endpoint="outcomes.statements",
            arguments={"consortium_id": consortium_id},
            consortium=name,
        )
        for consortium_id, name in rows
    ]
