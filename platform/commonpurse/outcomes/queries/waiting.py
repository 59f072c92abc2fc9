"""What waits for people in the ledger: outcomes to split, and statements to issue."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.identity.models import Role
from commonpurse.outcomes.models import PRIMARY, PostedSplit, StatementEdition
from commonpurse.outcomes.queries.editions import due_of, list_newest_editions, standings_of
from commonpurse.outcomes.queries.rows import is_split
from commonpurse.outcomes.queries.weighing import list_outdated, weighings_of
from commonpurse.outcomes.queries.weights import find_refusals
from commonpurse.workspaces.models import AgendaItem, ItemKind, ItemState, Workspace

CLOSE = timedelta(hours=1)
"""How much earlier than statements were issued a row may have been posted that they do not know of."""


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
    """What a buyer of the lead authority has to do about weights, in a fixed number of SELECTs."""
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
    ).all()
    if not led:
        return []
    weighings = weighings_of(session, led)
    refusals = find_refusals(session, led, weighings)
    outdated: Counter[UUID] = Counter()
    for key, group in list_outdated(session, weighings):
        outdated[key] += group.splits
    found = []
    for consortium in led:
        about: dict[str, Any] = {"arguments": {"consortium_id": consortium.id}, "consortium": consortium.name}
        if consortium.id in refusals:
            msgid = message("Agree weights: outcomes wait that cannot be split by those in force")
            found.append(Waiting(msgid, "outcomes.weights", **about))
        if count := outdated[consortium.id]:
            msgid = message("Divide splits again by the weights in force: %(count)s wait")
            found.append(Waiting(msgid, "outcomes.weights", {"count": count}, **about))
    return found


def _waiting_to_issue(session: Session, actor: Actor) -> list[Waiting]:
    """Statements that an approver of the lead authority has yet to issue, or to issue again, by consortium."""
    if actor.organisation_id is None or not actor.has_role(Role.APPROVER):
        return []
    names = _changed_since_issued(session, actor.organisation_id)
    standings = standings_of(session, names) if names else {}
    newest: dict[UUID, list[StatementEdition]] = {key: [] for key in names}
    for row in list_newest_editions(session, *names) if names else ():
        newest[row.consortium_id].append(row)
    found = []
    for key, name in names.items():
        due = due_of(standings[key], newest[key], standings[key].quarters[0])
        if due.again:
            msgid = message("Issue statements again: the ledger has changed since")
        elif due.first:
            msgid = message("Issue statements: the ledger has new splits")
        else:
            continue
        arguments = {"consortium_id": key}
        found.append(Waiting(msgid, "outcomes.statements", arguments=arguments, consortium=name))
    return found


def _changed_since_issued(session: Session, lead_id: UUID) -> dict[UUID, str]:
    """The consortia of a lead in which statements may be due, which reading their splits can tell, with their names.

    Who waited for another to finish writes an earlier time than that one did, so times that are close tell nothing.
    """
    splits = (
        select(
            PostedSplit.consortium_id,
            func.max(PostedSplit.posted_at).label("at"),
            func.max(PostedSplit.quarter_starting).label("quarter"),
        )
        .where(PostedSplit.book == PRIMARY)
        .group_by(PostedSplit.consortium_id)
        .subquery()
    )
    issued = (
        select(
            StatementEdition.consortium_id,
            func.max(StatementEdition.issued_at).label("at"),
            func.max(StatementEdition.until).label("quarter"),
        )
        .group_by(StatementEdition.consortium_id)
        .subquery()
    )
    rows = session.execute(
        select(Consortium.id, Consortium.name, splits.c.at, splits.c.quarter, issued.c.at, issued.c.quarter)
        .join(splits, splits.c.consortium_id == Consortium.id)
        .outerjoin(issued, issued.c.consortium_id == Consortium.id)
        .where(Consortium.lead_organisation_id == lead_id)
        .order_by(Consortium.name, Consortium.id)
    )
    return {
        key: name
        for key, name, split_at, quarter, issued_at, until in rows
        if issued_at is None or split_at > issued_at - CLOSE or quarter > until
    }
