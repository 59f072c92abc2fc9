"""Pages of the ledger and of statements."""

from commonpurse.outcomes.views import areas, lab, ledger, records, statements, weights
from commonpurse.outcomes.views.blueprint import blueprint

blueprints = (blueprint, lab.blueprint)

__all__ = ["areas", "blueprint", "blueprints", "lab", "ledger", "records", "statements", "weights"]
