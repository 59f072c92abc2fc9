"""What the bodies agreed one after another: which allocation rule counts, and what was replaced by what."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.queries import LONDON
from commonpurse.workspaces.models import AgendaItem, ItemKind, ItemState
from commonpurse.workspaces.queries.weights import AgreedWeights


class AgreedItem(Struct, frozen=True):
    """A rule or weights that were agreed: where they stand on the agenda, and the day in London."""

    item_id: UUID
    agreed_on: date


def list_agreed_rules(session: Session, workspace_id: UUID) -> tuple[AgreedItem, ...]:
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
    return tuple(_agreed(item_id, at) for item_id, at in rows if at is not None)


def replacements(rules: Sequence[AgreedItem], versions: Sequence[AgreedWeights]) -> dict[UUID, AgreedItem]:
    """What replaced each item wholly, by the item's key.

    A rule gives way to the next one, weights to the next by the same basis that count from the same day.

    Args:
        rules: as `list_agreed_rules` has them.
        versions: as `agreed_weights` has them.
    """
    found = {old.item_id: new for old, new in pairwise(rules)}
    latest: dict[tuple[str, date], UUID] = {}
    for version in versions:
        same = (version.basis, version.effective_from)
        if same in latest:
            found[latest[same]] = _agreed(version.item_id, version.agreed_at)
        latest[same] = version.item_id
    return found


def _agreed(item_id: UUID, at: datetime) -> AgreedItem:
    return AgreedItem(item_id, at.astimezone(LONDON).date())
