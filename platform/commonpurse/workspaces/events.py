"""What happens in a workspace, for its stream of the event log and for every open page of the room."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct


class WorkspaceOpened(Struct, frozen=True):
    """The room of a consortium was opened."""

    kind: ClassVar[str] = "workspaces.workspace_opened"
    consortium_id: UUID


class ItemAdded(Struct, frozen=True):
    """Something to agree was put on the agenda. `title` is empty for an allocation rule."""

    kind: ClassVar[str] = "workspaces.item_added"
    item_id: UUID
    body: str
    item_kind: str
    title: str
    position: int


class OfferMade(Struct, frozen=True):
    """A body put an offer on the table; with a number above 1 it replaced the one before.

    `quantity` is in `unit`; `allocation` is the spec of a rule; `weights` are as offers hold them, in `unit` too.
    """

    kind: ClassVar[str] = "workspaces.offer_made"
    item_id: UUID
    body: str
    title: str
    number: int
    quantity: Decimal | None
    unit: str
    allocation: dict[str, Any] | None
    weights: dict[str, Any] | None


class PositionTaken(Struct, frozen=True):
    """A body said what it thinks of the offer on the table."""

    kind: ClassVar[str] = "workspaces.position_taken"
    item_id: UUID
    body: str
    title: str
    number: int
    answer: str
    reason: str


class ItemAgreed(Struct, frozen=True):
    """The decision rule closed an item with the offer `number`; `msgid` and `values` say why."""

    kind: ClassVar[str] = "workspaces.item_agreed"
    item_id: UUID
    title: str
    number: int
    quantity: Decimal | None
    unit: str
    allocation: dict[str, Any] | None
    weights: dict[str, Any] | None
    msgid: str
    values: dict[str, str | int]


class ItemParked(Struct, frozen=True):
    """An open item was set aside for later."""

    kind: ClassVar[str] = "workspaces.item_parked"
    item_id: UUID
    body: str
    title: str


class ItemResumed(Struct, frozen=True):
    """A parked item was taken up again."""

    kind: ClassVar[str] = "workspaces.item_resumed"
    item_id: UUID
    body: str
    title: str


class CommentMade(Struct, frozen=True):
    """Somebody commented. The text stays in its row, where only readers of the room see it."""

    kind: ClassVar[str] = "workspaces.comment_made"
    item_id: UUID
    body: str
    title: str
    comment_id: UUID
