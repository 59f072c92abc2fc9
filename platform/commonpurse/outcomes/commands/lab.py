"""What leads from the laboratory to the table: a rule that somebody proposes there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.core.actor import Actor
from commonpurse.outcomes.queries.agenda import read_agenda
from commonpurse.workspaces.commands import add_item, make_offer
from commonpurse.workspaces.queries import get_workspace


def propose_rule(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    allocation: Mapping[str, Any],
    seen_number: int,
    now: datetime,
    idempotency_key: str,
) -> UUID:
    """Offer a rule on the item that is open for it, which is put on the agenda if there is none.

    The consortium's own rule decides, as on every offer.

    Args:
        allocation: the spec of a rule of `calc.allocation`.
        seen_number: the number of the offer on the table that the actor saw, 0 if there was none.

    Returns:
        The key of the item on the agenda.

    Raises:
        NotFound, NotAllowed, Refused, Stale: see `workspaces.commands.add_item` and `make_offer`.
    """
    get_workspace(session, actor, consortium_id, lock=True)
    table = read_agenda(session, consortium_id, now.date()).table
    item_id = table.item_id if table is not None else None
    if item_id is None:
        key = f"{idempotency_key}-item"
        item_id = add_item(
            session,
            actor,
            consortium_id=consortium_id,
            kind="allocation_rule",
            measure_id=None,
            now=now,
            idempotency_key=key,
        )
    make_offer(
        session,
        actor,
        item_id=item_id,
        seen_number=seen_number,
        allocation=allocation,
        now=now,
        idempotency_key=idempotency_key,
    )
    return item_id
