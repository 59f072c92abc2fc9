"""The only place that opens sessions and commits.

`transaction()` is for commands, `reading()` for pages: see docs/decisions/0002-two-kinds-of-transaction.md.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from commonpurse.calc.sentence import message
from commonpurse.core import jobs, log
from commonpurse.core.db import new_session
from commonpurse.core.errors import DomainError, Stale

SOMEBODY_WAS_FASTER = message("Somebody else changed this just now. Check and try again")
SERIALIZATION_FAILURES = {"40001", "40P01"}
KEPT = "kept"


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a session, commit at the end of the block, then publish what was recorded.

    Raises:
        Stale: another transaction won the race for the same rows.
    """
    with new_session() as session:
        try:
            with session.begin():
                yield session
        except DomainError:
            _keep(session.info.pop(KEPT, []))
            raise
        except (StaleDataError, IntegrityError) as error:
            logging.getLogger(__name__).warning("lost a race", exc_info=error)
            raise Stale(SOMEBODY_WAS_FASTER) from error
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) in SERIALIZATION_FAILURES:
                raise Stale(SOMEBODY_WAS_FASTER) from error
            raise
        _tell([*log.to_publish(session), *jobs.to_send(session)])


def hold(session: Session, what: str) -> None:
    """Hold `what` until the transaction ends, and wait for whoever holds it: for what has no row to lock yet.

    SQLite lets one transaction write at a time, so there is nothing to wait for.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def _tell(others: list[Callable[[], None]]) -> None:
    """Tell everybody who can be told: what is committed is done, whoever may not hear of it."""
    for tell in others:
        try:
            tell()
        except Exception:
            logging.getLogger(__name__).exception("done, but not everybody was told")


def keep_although_refused(session: Session, act: Callable[[Session], None]) -> None:
    """Do `act` in a transaction of its own if the one of `session` is refused: a record of the attempt outlives it.

    Should it fail, the person still hears why they were refused, and the operator what was not recorded.
    """
    session.info.setdefault(KEPT, []).append(act)


def _keep(acts: list[Callable[[Session], None]]) -> None:
    for act in acts:
        try:
            with transaction() as session:
                act(session)
        except Exception:
            logging.getLogger(__name__).exception("a refused attempt is not on record")


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that can only read; a flush in it is our own mistake."""
    with new_session() as session:
        event.listen(session, "before_flush", _refuse_flush)
        with session.begin():
            session.connection(execution_options={"reading": True})
            yield session
            session.rollback()


def _refuse_flush(*_: object) -> None:
    raise RuntimeError("a page view tried to write: use transaction()")
