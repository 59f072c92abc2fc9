"""Reads of workspaces: rows for commands, pages for views, and what was agreed for higher features."""

from commonpurse.workspaces.queries.pages import (
    ItemPage,
    RoomPage,
    item_page,
    waiting,
    workspace_page,
)
from commonpurse.workspaces.queries.rows import (
    NO_ROOM,
    AgreedAllocation,
    AgreedTarget,
    agreed_allocation,
    agreed_targets,
    electorate,
    find_measure,
    find_workspace,
    get_item,
    get_workspace,
    list_items,
    list_measure_choices,
    offered_in,
    presence,
    spec_of,
)

__all__ = [
    "NO_ROOM",
    "AgreedAllocation",
    "AgreedTarget",
    "ItemPage",
    "RoomPage",
    "agreed_allocation",
    "agreed_targets",
    "electorate",
    "find_measure",
    "find_workspace",
    "get_item",
    "get_workspace",
    "item_page",
    "list_items",
    "list_measure_choices",
    "offered_in",
    "presence",
    "spec_of",
    "waiting",
    "workspace_page",
]
