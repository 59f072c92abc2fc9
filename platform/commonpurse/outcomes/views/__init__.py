"""Pages of the ledger and of statements."""

from commonpurse.outcomes.views import lab, ledger, records, statements
from commonpurse.outcomes.views.blueprint import blueprint

blueprints = (blueprint, lab.blueprint)

__all__ = ["blueprint", "blueprints", "lab", "ledger", "records", "statements"]
