"""When wrong tries close an account for a while."""

from datetime import datetime, timedelta

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether the account is closed at the moment."""
    return locked_until is not None and now < locked_until


def after_failure(failures: int, now: datetime) -> tuple[int, datetime | None]:
    """How many failures count now, and until when the account is closed because of them."""
    return (0, now + LOCKED_FOR) if failures + 1 >= MOST_FAILURES else (failures + 1, None)
