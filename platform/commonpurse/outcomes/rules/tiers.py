"""Which body holds the place of an outcome, tier by tier."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct


class Holding(Struct, frozen=True):
    """A body and its own area, from one day and until another; None where it is from the first or without an end."""

    body: str
    area: str
    since: date | None = None
    until: date | None = None

    def counts(self, first: date, after: date) -> bool:
        """Whether it covers any day of a time, given by its first day and the first day after it."""
        return (self.since is None or self.since < after) and (self.until is None or self.until > first)


def holders_of(
    places: Mapping[str, str], holdings: Sequence[Holding], *, first: date, after: date
) -> tuple[tuple[str, str], ...]:
    """The body that holds a place at each tier, as pairs of tier and body; a tier that nobody holds is left out.

    A body holds a tier where its own area is the place of that tier. Of two with one area, it is the earlier.

    Args:
        places: the place of each tier, as `reference.rules.places_of` has them.
        holdings: in the order of the roster.
        first: the first day of the time in which the outcome was delivered; `after` is the first day after it.
    """
    held: dict[str, str] = {}
    for holding in holdings:
        if holding.counts(first, after):
            held.setdefault(holding.area, holding.body)
    return tuple((tier, held[place]) for tier, place in places.items() if place in held)
