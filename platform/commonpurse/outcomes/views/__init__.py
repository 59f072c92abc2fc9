"""Pages of the ledger and of statements."""

from commonpurse.outcomes.views import ledger, records, statements
from commonpurse.outcomes.views.blueprint import blueprint

__all__ = ["blueprint", "ledger", "records", "statements"]
