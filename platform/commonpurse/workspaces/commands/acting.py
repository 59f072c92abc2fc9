"""What every act in the room shares: its key, its refusals, and what happens after an offer or an answer."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc import decision
from commonpurse.calc.quantity import from_smallest
from commonpurse.calc.sentence import message
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Stale, require
from commonpurse.workspaces import events, policy, queries
from commonpurse.workspaces.models import AgendaItem, ItemState, Offer, Workspace
from commonpurse.workspaces.queries import standing

WHO_ANSWERS = message("Buyers and approvers of the bodies that have joined")


def key_of(actor: Actor, idempotency_key: str | None) -> str | None:
    """The key under which an act is recorded: everybody has their own."""
    return f"{actor.person}:{idempotency_key}" if idempotency_key else None


def already(session: Session, workspace: Workspace, key: str | None) -> int | None:
    """The number of the act with this key, if it was done before. The room must be locked."""
    return log.seq_of(session, workspace.stream, key) if key else None


def require_may_act(actor: Actor, workspace: Workspace) -> None:
    """Raise NotAllowed unless the actor may put things on the table."""
    require(policy.may_act(actor, workspace.consortium), "You cannot negotiate here", who=policy.WHO_ACTS)


def refuse_frozen(item: AgendaItem) -> None:
    """Raise Stale for an agreed item: nothing about it changes any more."""
    if item.state is ItemState.AGREED:
        raise Stale("This was agreed and is frozen. Nothing about it can be changed")


def refuse_closed(item: AgendaItem, now: datetime) -> None:
    """Raise Stale unless the item can be negotiated."""
    refuse_frozen(item)
    if item.state is ItemState.PARKED:
        raise Stale("This is parked. Take it up again before you negotiate it")
    if standing.carried_by_silence(item.workspace.consortium, item, now):
        raise Stale("This was agreed when its time to answer ran out. Nothing about it can be changed")


def refuse_replaced(item: AgendaItem, seen_number: int) -> None:
    """Raise Stale if another offer came to the table since the actor looked."""
    if item.current_number != seen_number:
        offer = standing.current_offer(item)
        who = offer.organisation.name if offer else ""
        raise Stale("%(body)s made a new offer in the meantime. Check it, then act again", body=who)


def settle(session: Session, actor: Actor, item: AgendaItem, now: datetime) -> None:
    """Ask the decision rule, and freeze the item if the offer on the table is carried."""
    consortium, offer = item.workspace.consortium, standing.current_offer(item)
    if offer is None or consortium.decision_rule is None:
        return
    outcome = standing.outcome_of(consortium, offer, now)
    if outcome is None or outcome.state is not decision.State.CARRIED:
        return
    item.state, item.agreed_number, item.agreed_at = ItemState.AGREED, offer.number, now
    item.agreed_rule = consortium.decision_rule
    item.agreed_record = _record(item, offer, outcome)
    event = events.ItemAgreed(
        item_id=item.id,
        title=title_of(item),
        number=offer.number,
        quantity=quantity_of(item, offer),
        unit=unit_of(item),
        allocation=queries.spec_of(offer),
        weights=queries.weights_of(offer),
        msgid=outcome.reason.msgid,
        values=dict(outcome.reason.values),
    )
    log.record(session, actor, item.workspace.stream, event, at=now)


def _record(item: AgendaItem, offer: Offer, outcome: decision.Outcome) -> dict[str, object]:
    """Who could answer, who answered what, under which rule, to what end: plain JSON, never changed again."""
    consortium = item.workspace.consortium
    weights = queries.electorate(consortium)
    names = standing.names_of(consortium)
    counted = [position for position in offer.positions if position.organisation_id in weights]
    return {
        "number": offer.number,
        "quantity": offer.quantity,
        "allocation": queries.spec_of(offer),
        "weights": queries.weights_of(offer),
        "rule": str(consortium.decision_rule),
        "quorum_percent": consortium.quorum_percent,
        "electorate": [
            {"organisation_id": str(body), "name": names[str(body)], "weight": weight}
            for body, weight in weights.items()
        ],
        "positions": [
            {
                "organisation_id": str(position.organisation_id),
                "name": names[str(position.organisation_id)],
                "answer": position.answer.value,
                "reason": position.reason,
                "person_id": str(position.person_id),
                "taken_at": position.taken_at.isoformat(),
            }
            for position in sorted(counted, key=lambda each: list(weights).index(each.organisation_id))
        ],
        "outcome": {"msgid": outcome.reason.msgid, "values": dict(outcome.reason.values)},
        "sentence": str(outcome.reason),
    }


def title_of(item: AgendaItem) -> str:
    """The measure's title, or the name of the basis; empty for an allocation rule."""
    return item.measure.title if item.measure else item.basis.name if item.basis else ""


def unit_of(item: AgendaItem) -> str:
    """The unit of the measure or the basis; empty for an allocation rule."""
    return item.measure.unit if item.measure else item.basis.unit if item.basis else ""


def quantity_of(item: AgendaItem, offer: Offer) -> Decimal | None:
    """The offered target in the measure's unit; None for anything else."""
    if item.measure is None or offer.quantity is None:
        return None
    return from_smallest(offer.quantity, item.measure.decimals)


def body_of(actor: Actor, workspace: Workspace) -> str:
    """What the actor's organisation is called."""
    return standing.name_of(workspace.consortium, actor.organisation)


def item_of_entry(session: Session, workspace: Workspace, seq: int) -> UUID:
    """The item that the entry with this number is about."""
    [entry] = log.entries_after(session, workspace.stream, seq - 1, limit=1)
    return UUID(entry.data["item_id"])
