"""The API: calculations, and the document that describes them. It reads no cookie and sets none."""

from commonpurse.api.views import calculations
from commonpurse.api.views.blueprint import blueprint

__all__ = ["READS_COOKIES", "blueprint", "calculations"]

READS_COOKIES = False
"""Without a cookie nobody can be made to send a request as somebody else: there is no token to ask for."""
