"""Pages of consortia."""

from commonpurse.consortia.views import deciding, forming, joining, showing
from commonpurse.consortia.views.blueprint import blueprint

__all__ = ["blueprint", "deciding", "forming", "joining", "showing"]
