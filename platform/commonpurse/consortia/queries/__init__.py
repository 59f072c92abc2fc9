"""Reads of consortia: rows for commands, pages for views."""

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
    "get_consortium",
    "get_joined_consortium",
    "joined_bodies",
    "latest_agreement",
    "participation_of",
    "signatures_by_body",
]
