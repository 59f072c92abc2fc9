"""Which allocation rules the bodies agreed one after another, and which of them counts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.queries import LONDON
from commonpurse.workspaces.models import AgendaItem, ItemKind, ItemState


class AgreedRule(Struct, frozen=True):
    """An allocation rule that was agreed: where it stands on the agenda, and the day in London."""

    item_id: UUID
    agreed_on: date


def list_agreed_rules(session: Session, workspace_id: UUID) -> tuple[AgreedRule, ...]:
    """Every allocation rule the bodies agreed, the one that counts last. The caller has checked who asks."""
    rows = session.execute(
        select(AgendaItem.id, AgendaItem.agreed_at)
        .where(
            AgendaItem.workspace_id == workspace_id,
            AgendaItem.kind == ItemKind.ALLOCATION_RULE,
            AgendaItem.state == ItemState.AGREED,
        )
        .order_by(AgendaItem.agreed_at, AgendaItem.position)
    )
    return tuple(AgreedRule(item_id, at.astimezone(LONDON).date()) for item_id, at in rows if at is not None)


def replaced_by(rules: Sequence[AgreedRule], item_id: UUID) -> AgreedRule | None:
    """The rule that was agreed next after this one, which replaced it."""
    keys = [rule.item_id for rule in rules]
    after = keys.index(item_id) + 1 if item_id in keys else len(rules)
    return rules[after] if after < len(rules) else None
