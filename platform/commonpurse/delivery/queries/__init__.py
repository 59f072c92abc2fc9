"""Reads of delivery: rows for commands, pages for views."""

from commonpurse.delivery.queries.contracts import AwardPage, award_page, delivery_page, report_page
from commonpurse.delivery.queries.records import (
    RecordFilter,
    RecordPage,
    RecordRow,
    list_records,
    record_page,
    records_page,
    waiting,
)
from commonpurse.delivery.queries.rows import (
    count_awaiting_check,
    find_place,
    find_supplier,
    get_contract,
    get_evidence,
    get_record,
    has_content,
    is_claimed,
    list_contracts,
    list_suppliers,
    rule_agreed_on,
)
from commonpurse.delivery.rules import quarters_of, say_quarter

__all__ = [
    "AwardPage",
    "RecordFilter",
    "RecordPage",
    "RecordRow",
    "award_page",
    "count_awaiting_check",
    "delivery_page",
    "find_place",
    "find_supplier",
    "get_contract",
    "get_evidence",
    "get_record",
    "has_content",
    "is_claimed",
    "list_contracts",
    "list_records",
    "list_suppliers",
    "quarters_of",
    "record_page",
    "records_page",
    "report_page",
    "rule_agreed_on",
    "say_quarter",
    "waiting",
]
