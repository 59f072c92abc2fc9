"""Pages of pooling, by what they are about."""

from commonpurse.pooling.views import budgets, needs, savings, spending, uploads
from commonpurse.pooling.views.blueprint import blueprint

__all__ = ["blueprint", "budgets", "needs", "savings", "spending", "uploads"]
