"""Reads of delivery: rows for commands, pages for views."""

from commonpurse.delivery.queries.rows import (
    find_place,
    find_supplier,
    get_contract,
    get_evidence,
    get_record,
    has_content,
    is_claimed,
    list_contracts,
    list_suppliers,
)

__all__ = [
    "find_place",
    "find_supplier",
    "get_contract",
    "get_evidence",
    "get_record",
    "has_content",
    "is_claimed",
    "list_contracts",
    "list_suppliers",
]
