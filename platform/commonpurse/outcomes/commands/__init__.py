"""What people do with the ledger."""

from commonpurse.outcomes.commands.issue import correct_outcome, issue_splits, reopen_outcome

__all__ = ["correct_outcome", "issue_splits", "reopen_outcome"]
