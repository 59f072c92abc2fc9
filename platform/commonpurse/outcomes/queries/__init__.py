"""Reads of the ledger: rows for commands, pages for views, and its proof."""

from commonpurse.outcomes.queries.corrections import CorrectPage, ReopenPage, correct_page, reopen_page
from commonpurse.outcomes.queries.ledger import LedgerPage, SplitPage, ledger_page, split_page
from commonpurse.outcomes.queries.proof import Report, verify
from commonpurse.outcomes.queries.rows import (
    areas_of,
    content_of,
    digests_of,
    find_roster,
    find_rule_version,
    find_weight_keys,
    find_weight_version,
    get_split,
    heads_of,
    is_split,
    list_live_splits,
    list_unsplit_records,
    live_split_of,
    measures_of,
    roster_at_agreement,
    roster_digest,
    rule_digest,
    spec_of,
    weight_digest,
)
from commonpurse.outcomes.queries.shares import list_quarterly_shares
from commonpurse.outcomes.queries.statements import Statement, statement
from commonpurse.outcomes.queries.waiting import waiting

__all__ = [
    "CorrectPage",
    "LedgerPage",
    "ReopenPage",
    "Report",
    "SplitPage",
    "Statement",
    "areas_of",
    "content_of",
    "correct_page",
    "digests_of",
    "find_roster",
    "find_rule_version",
    "find_weight_keys",
    "find_weight_version",
    "get_split",
    "heads_of",
    "is_split",
    "ledger_page",
    "list_live_splits",
    "list_quarterly_shares",
    "list_unsplit_records",
    "live_split_of",
    "measures_of",
    "reopen_page",
    "roster_at_agreement",
    "roster_digest",
    "rule_digest",
    "spec_of",
    "split_page",
    "statement",
    "verify",
    "waiting",
    "weight_digest",
]
