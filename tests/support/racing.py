"""Several people who act at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.orm import Session

from commonpurse.core.errors import DomainError
from commonpurse.core.transaction import transaction


def at_once(acts: Sequence[Callable[[Session], object]]) -> list[object]:
    """What each of several simultaneous transactions gave, or the kind of the domain error it met."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[Session], object]) -> object:
        barrier.wait()
        try:
            with transaction() as session:
                return act(session)
        except DomainError as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))
