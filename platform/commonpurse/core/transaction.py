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
        refusal: DomainError | None = None
        try:
            with session.begin():
                try:
                    yield session
                except DomainError as error:
                    is_alone = session.info.pop(KEPT, None)
                    if is_alone is None:
                        raise
                    if not is_alone:
                        raise RuntimeError("a refused command has done something that would be kept") from error
                    refusal = error
        except (StaleDataError, IntegrityError) as error:
            logging.getLogger(__name__).warning("lost a race", exc_info=error)
            raise Stale(SOMEBODY_WAS_FASTER) from error
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) in SERIALIZATION_FAILURES:
                raise Stale(SOMEBODY_WAS_FASTER) from error
            raise
        _tell([*log.to_publish(session), *jobs.to_send(session)])
        if refusal is not None:
            raise refusal


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


def keep_although_refused(session: Session, act: Callable[[], None]) -> None:
    """Do `act` for good, although the command is refused next: a record of the attempt outlives it.

    It is part of the transaction, so whoever waits for what the command holds finds the attempt on record. Nothing else
    may be done before, as it would be kept too: a transaction that is refused then fails as a mistake of ours. Should
    `act` fail, the person still hears why they were refused, and the operator what was not recorded.
    """
    recorded = list(session.info.get("recorded", ()))
    is_alone = not (recorded or session.new or session.dirty or session.deleted)
    try:
        with session.begin_nested():
            act()
    except OperationalError:
        raise  # Most likely a deadlock: nothing is answered, and the person may try again.
    except Exception:
        logging.getLogger(__name__).exception("a refused attempt is not on record")
        session.info["recorded"] = recorded
        return
    session.info[KEPT] = is_alone


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
