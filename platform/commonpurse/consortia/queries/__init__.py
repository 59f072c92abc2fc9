"""Reads of consortia: rows for commands, pages for views."""

from commonpurse.consortia.queries.decisions import due_decisions, get_decision, open_stage_move
from commonpurse.consortia.queries.facts import (
    administrators_of,
    find_area,
    find_category,
    find_public_body,
    joined_parts,
    standing,
    weights_of,
)
from commonpurse.consortia.queries.membership import (
    Body,
    get_consortium,
    get_joined_consortium,
    joined_bodies,
    latest_agreement,
    participation_of,
    signatures_by_body,
)

__all__ = [
    "Body",
    "administrators_of",
    "due_decisions",
    "find_area",
    "find_category",
    "find_public_body",
    "get_consortium",
    "get_decision",
    "get_joined_consortium",
    "joined_bodies",
    "joined_parts",
    "latest_agreement",
    "open_stage_move",
    "participation_of",
    "signatures_by_body",
    "standing",
    "weights_of",
]
