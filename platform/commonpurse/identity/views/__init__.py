"""Pages of identity."""

from commonpurse.identity.views import account, entrance, links, organisations, people
from commonpurse.identity.views.blueprint import blueprint

__all__ = ["account", "blueprint", "entrance", "links", "organisations", "people"]
