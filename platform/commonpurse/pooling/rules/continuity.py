"""Which recognised supplier is which of those already known, so that links stay while files are added."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

_Id = TypeVar("_Id", bound=Hashable)


class Recognised(Struct, Generic[_Id], frozen=True):
    """A supplier as it was just recognised: its key, and how many payments each known supplier brings to it."""

    key: str
    payments: Mapping[_Id, int]


class Continuity(Struct, Generic[_Id], frozen=True):
    """For each recognised supplier the known one that it is, or None for a new one; and who went into whom.

    `merged` names, by place, the recognised supplier that has most of the payments of a known one left over.
    """

    identities: tuple[_Id | None, ...]
    merged: Mapping[_Id, int]


def continue_suppliers(recognised: Sequence[Recognised[_Id]], known: Mapping[str, _Id]) -> Continuity[_Id]:
    """Give every recognised supplier the identity it had.

    Its own key decides first; then the known supplier that most of its payments belonged to, the largest
    recognised suppliers choosing first. No known supplier is given twice.

    Args:
        recognised: suppliers as recognised over all spellings, each known supplier's payments among them.
        known: every known supplier by its key, also those without spellings.
    """
    identities: list[_Id | None] = [None] * len(recognised)
    in_use = {identity for each in recognised for identity in each.payments}
    taken: set[_Id] = set()
    for at, each in enumerate(recognised):
        identity = known.get(each.key)
        if identity is not None and (identity in each.payments or identity not in in_use):
            identities[at] = identity
            taken.add(identity)
    for at in sorted(range(len(recognised)), key=lambda place: -sum(recognised[place].payments.values())):
        free = {identity: count for identity, count in recognised[at].payments.items() if identity not in taken}
        if identities[at] is None and free:
            identities[at] = max(free, key=lambda identity: free[identity])
            taken.add(identities[at])  # type: ignore[arg-type]
    return Continuity(tuple(identities), _merged(recognised, in_use - taken))


def _merged(recognised: Sequence[Recognised[_Id]], left: set[_Id]) -> dict[_Id, int]:
    counts: dict[_Id, Counter[int]] = {identity: Counter() for identity in left}
    for at, each in enumerate(recognised):
        for identity in left.intersection(each.payments):
            counts[identity][at] += each.payments[identity]
    return {identity: count.most_common(1)[0][0] for identity, count in counts.items()}
