"""What happens in a workspace, for its stream of the event log and for every open page of the room."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True)
class WorkspaceOpened:
    """The room of a consortium was opened."""

    kind: ClassVar[str] = "workspaces.workspace_opened"
    consortium_id: UUID


@dataclass(frozen=True)
class ItemAdded:
    """Something to agree was put on the agenda. `title` is empty for an allocation rule."""

    kind: ClassVar[str] = "workspaces.item_added"
    item_id: UUID
    body: str
    item_kind: str
    title: str
    position: int


@dataclass(frozen=True)
class OfferMade:
    """A body put an offer on the table; with a number above 1 it replaced the one before.

    `quantity` is in `unit`; `allocation` is the spec of a rule.
    """

    kind: ClassVar[str] = "workspaces.offer_made"
    item_id: UUID
    body: str
    title: str
    number: int
    quantity: Decimal | None
    unit: str
    allocation: dict[str, Any] | None


@dataclass(frozen=True)
class PositionTaken:
    """A body said what it thinks of the offer on the table."""

    kind: ClassVar[str] = "workspaces.position_taken"
    item_id: UUID
    body: str
    title: str
    number: int
    answer: str
    reason: str


@dataclass(frozen=True)
class ItemAgreed:
    """The decision rule closed an item with the offer `number`; `msgid` and `values` say why."""

    kind: ClassVar[str] = "workspaces.item_agreed"
    item_id: UUID
    title: str
    number: int
    quantity: Decimal | None
    unit: str
    allocation: dict[str, Any] | None
    msgid: str
    values: dict[str, str | int]


@dataclass(frozen=True)
class ItemParked:
    """An open item was set aside for later."""

    kind: ClassVar[str] = "workspaces.item_parked"
    item_id: UUID
    body: str
    title: str


@dataclass(frozen=True)
class ItemResumed:
    """A parked item was taken up again."""

    kind: ClassVar[str] = "workspaces.item_resumed"
    item_id: UUID
    body: str
    title: str


@dataclass(frozen=True)
class CommentMade:
    """Somebody commented. The text stays in its row, where only readers of the room see it."""

    kind: ClassVar[str] = "workspaces.comment_made"
    item_id: UUID
    body: str
    title: str
    comment_id: UUID
