"""Reads of the ledger: rows for commands, pages for views, and its proof."""

from commonpurse.outcomes.queries.proof import Report, verify
from commonpurse.outcomes.queries.rows import (
    areas_of,
    content_of,
    digests_of,
    find_roster,
    find_rule_version,
    find_weight_version,
    get_split,
    head_of,
    is_split,
    list_unsplit_records,
    live_split_of,
    roster_at_agreement,
    roster_digest,
    rule_digest,
    spec_of,
    title_of_measure,
    weight_digest,
)

__all__ = [
    "Report",
    "areas_of",
    "content_of",
    "digests_of",
    "find_roster",
    "find_rule_version",
    "find_weight_version",
    "get_split",
    "head_of",
    "is_split",
    "list_unsplit_records",
    "live_split_of",
    "roster_at_agreement",
    "roster_digest",
    "rule_digest",
    "spec_of",
    "title_of_measure",
    "verify",
    "weight_digest",
]
