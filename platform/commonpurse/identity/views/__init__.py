"""Pages of identity."""

from commonpurse.identity.views import entrance
from commonpurse.identity.views.blueprint import blueprint

__all__ = ["blueprint", "entrance"]
