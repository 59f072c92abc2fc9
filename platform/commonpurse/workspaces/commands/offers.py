"""Offers on the table, and what bodies say to them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import BadRule, parse_rule
from commonpurse.calc.allocation_rules.recorded import name_of
from commonpurse.calc.digest import canonical
from commonpurse.calc.quantity import to_smallest
from commonpurse.consortia.models import Answer
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, require
from commonpurse.measures.models import Measure
from commonpurse.workspaces import events, policy, queries, rules
from commonpurse.workspaces.commands.acting import (
    WHO_ANSWERS,
    already,
    body_of,
    key_of,
    quantity_of,
    refuse_closed,
    refuse_replaced,
    require_may_act,
    settle,
    title_of,
    unit_of,
)
from commonpurse.workspaces.commands.weights import read_weights
from commonpurse.workspaces.models import AgendaItem, ItemKind, Offer, Position
from commonpurse.workspaces.queries import standing

LONGEST_REASON = 2_000


def make_offer(
    session: Session,
    actor: Actor,
    *,
    item_id: UUID,
    seen_number: int,
    now: datetime,
    quantity: Decimal | None = None,
    allocation: Mapping[str, Any] | None = None,
    weights: Mapping[str, Any] | None = None,
    rationale: str = "",
    idempotency_key: str | None = None,
) -> int:
    """Put an offer on the table in place of the last one; the body that makes it counts as agreeing.

    Args:
        seen_number: the number of the offer the actor was looking at, 0 if there was none.
        quantity: for a target, in the measure's unit.
        allocation: for an allocation rule, the spec of a rule of `calc.allocation`.
        weights: for weights, see `commands.weights.read_weights`.

    Returns:
        The number of the entry in the workspace's stream; the same one again for the same key.

    Raises:
        NotFound, NotAllowed: see `queries.get_item` and `policy.may_act`.
        Stale: the item is frozen or parked, or another offer came in the meantime.
        Refused: the figure, the rule or the weights cannot be agreed to, or stands on the table already.
    """
    item = queries.get_item(session, actor, item_id, lock=True)
    require_may_act(actor, item.workspace)
    key = key_of(actor, idempotency_key)
    if (seq := already(session, item.workspace, key)) is not None:
        return seq
    refuse_closed(item, now)
    refuse_replaced(item, seen_number)
    _require_rule(item)
    offered = _read(session, item, quantity, allocation, weights)
    offer = Offer(
        item_id=item.id,
        number=item.current_number + 1,
        organisation_id=actor.organisation,
        person_id=actor.person,
        quantity=offered.quantity,
        allocation=offered.allocation,
        weights=offered.weights,
        rationale=_short(rationale, "rationale"),
        made_at=now,
    )
    item.offers.append(offer)
    item.current_number = offer.number
    session.flush()
    _answer(session, actor, offer, Answer.AGREE, "", now)
    event = events.OfferMade(
        item_id=item.id,
        body=body_of(actor, item.workspace),
        title=title_of(item),
        number=offer.number,
        quantity=quantity_of(item, offer),
        unit=unit_of(item),
        allocation=queries.spec_of(offer),
        weights=queries.weights_of(offer),
    )
    seq = log.record(session, actor, item.workspace.stream, event, idempotency_key=key, at=now)
    settle(session, actor, item, now)
    return seq


def _require_rule(item: AgendaItem) -> None:
    if item.workspace.consortium.decision_rule is None:
        raise Refused("The consortium has not chosen how it decides, so nothing can be agreed yet")


class _Offered(Struct, frozen=True):
    """What an offer holds, as it is stored: one of the three."""

    quantity: int | None = None
    allocation: str | None = None
    weights: str | None = None


_FIELDS = {ItemKind.TARGET: "quantity", ItemKind.ALLOCATION_RULE: "kind", ItemKind.WEIGHTS: "source"}


def _read(
    session: Session,
    item: AgendaItem,
    quantity: Decimal | None,
    allocation: Mapping[str, Any] | None,
    weights: Mapping[str, Any] | None,
) -> _Offered:
    """What the offer holds, checked against the item and against the offer on the table."""
    if item.measure is not None:
        offered = _Offered(quantity=_amount(item.measure, quantity))
    elif item.kind is ItemKind.WEIGHTS:
        offered = _Offered(weights=read_weights(item.workspace.consortium, weights))
    else:
        offered = _Offered(allocation=_spec(session, item, allocation))
    on_table = standing.current_offer(item)
    if on_table is not None and offered == _Offered(on_table.quantity, on_table.allocation, on_table.weights):
        raise Refused(
            "This is what is on the table already. Agree to it, or offer something else", field=_FIELDS[item.kind]
        )
    return offered


def _amount(measure: Measure, quantity: Decimal | None) -> int:
    if quantity is None:
        raise Refused("Enter a target", field="quantity")
    if quantity <= 0:
        raise Refused("The target must be more than 0", field="quantity")
    finest = measure.stated_decimals
    try:
        to_smallest(quantity, finest)
    except ValueError as error:
        if finest == 0:
            raise Refused(
                "The target must be a whole number of %(unit)s", field="quantity", unit=measure.unit
            ) from error
        raise Refused(
            "The target must have no more than %(decimals)s decimal places", field="quantity", decimals=finest
        ) from error
    amount = to_smallest(quantity, measure.decimals)
    if amount > rules.LARGEST_TARGET:
        most = rules.say_smallest(rules.LARGEST_TARGET, measure.decimals, measure.unit)
        raise Refused("The target must be %(most)s or less", field="quantity", most=most)
    return amount


def _spec(session: Session, item: AgendaItem, allocation: Mapping[str, Any] | None) -> str:
    try:
        rule = parse_rule(allocation)
    except BadRule as error:
        raise Refused(error.sentence.msgid, field=error.field, **error.sentence.values) from error
    joined = {str(body) for body in queries.electorate(item.workspace.consortium)}
    if rule.floor is not None and rule.floor * len(joined) > 100:
        raise Refused(
            "%(floor)s%% for each of %(bodies)s bodies is more than all there is. Enter a smaller least share",
            field="floor",
            floor=f"{rule.floor:f}",
            bodies=len(joined),
        )
    if rules.strangers(rule, joined):
        raise Refused("Enter percentages only for bodies that have joined", field="percentages")
    agreed = {version.basis for version in queries.agreed_weights(session, item.workspace.consortium_id)}
    if missing := [name for basis in rule.bases if (name := name_of(basis)) is not None and name not in agreed]:
        raise Refused("Agree the weights by %(basis)s first", field="basis", basis=missing[0])
    return canonical(rule.spec()).decode()


def take_position(
    session: Session,
    actor: Actor,
    *,
    item_id: UUID,
    seen_number: int,
    answer: str,
    now: datetime,
    reason: str = "",
    idempotency_key: str | None = None,
) -> int:
    """Agree to the offer on the table, object with a reason, or abstain. A later answer replaces an earlier one.

    Args:
        seen_number: the number of the offer the actor is answering.

    Returns:
        The number of the entry in the workspace's stream; the same one again for the same key.

    Raises:
        NotFound, NotAllowed: see `queries.get_item` and `policy.may_answer`.
        Stale: the item is frozen or parked, or another offer came in the meantime.
        Refused: there is no offer, or an objection without a reason.
    """
    item = queries.get_item(session, actor, item_id, lock=True)
    require(policy.may_answer(actor, item.workspace.consortium), "You cannot answer offers here", who=WHO_ANSWERS)
    key = key_of(actor, idempotency_key)
    if (seq := already(session, item.workspace, key)) is not None:
        return seq
    refuse_closed(item, now)
    refuse_replaced(item, seen_number)
    offer = standing.current_offer(item)
    if offer is None:
        raise Refused("Nothing has been offered yet")
    said = _short(reason, "reason") if answer == Answer.OBJECT else ""
    if answer == Answer.OBJECT and not said:
        raise Refused("Enter a reason for the objection", field="reason")
    _answer(session, actor, offer, Answer(answer), said, now)
    event = events.PositionTaken(
        item_id=item.id,
        body=body_of(actor, item.workspace),
        title=title_of(item),
        number=offer.number,
        answer=Answer(answer).value,
        reason=said,
    )
    seq = log.record(session, actor, item.workspace.stream, event, idempotency_key=key, at=now)
    settle(session, actor, item, now)
    return seq


def _answer(session: Session, actor: Actor, offer: Offer, answer: Answer, reason: str, now: datetime) -> None:
    found = next((each for each in offer.positions if each.organisation_id == actor.organisation), None)
    if found is None:
        found = Position(offer_id=offer.id, organisation_id=actor.organisation)
        offer.positions.append(found)
    found.answer, found.reason, found.person_id, found.taken_at = answer, reason, actor.person, now
    session.flush()


def _short(text: str, field: str) -> str:
    said = text.strip()
    if len(said) > LONGEST_REASON:
        raise Refused("The reason must be %(most)s characters or fewer", field=field, most=f"{LONGEST_REASON:,}")
    return said
