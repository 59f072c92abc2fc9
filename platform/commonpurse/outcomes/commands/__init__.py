"""What people do with the ledger."""

from commonpurse.outcomes.commands.books import keep_books
from commonpurse.outcomes.commands.issue import correct_outcome, issue_splits, reopen_outcome
from commonpurse.outcomes.commands.reweigh import divide_anew
from commonpurse.outcomes.commands.statements import issue_statements

__all__ = ["correct_outcome", "divide_anew", "issue_splits", "issue_statements", "keep_books", "reopen_outcome"]
