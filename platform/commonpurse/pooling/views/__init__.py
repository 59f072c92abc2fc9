"""Pages of pooling."""

from commonpurse.pooling.views import budgets, needs, spending, uploads
from commonpurse.pooling.views.blueprint import blueprint

__all__ = ["blueprint", "budgets", "needs", "spending", "uploads"]
