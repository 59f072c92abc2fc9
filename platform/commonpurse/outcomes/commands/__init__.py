"""What people do with the ledger."""

from commonpurse.outcomes.commands.issue import correct_outcome, issue_splits

__all__ = ["correct_outcome", "issue_splits"]
