"""Secrets that are handed out once and kept only as a hash."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

IDLE = timedelta(hours=12)
"""How long a browser stays signed in without a request."""

ABSOLUTE = timedelta(days=14)
"""How long a browser stays signed in at most."""

TOUCH_EVERY = timedelta(minutes=5)
"""How exact `last_seen_at` is: not every request is worth a write."""

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=1)


def new_token() -> str:
    """256 random bits, fit for an address or a cookie."""
    return token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a token. It is random and long, so a plain hash cannot be turned back."""
    return sha256(token.encode()).hexdigest()


def is_live(started_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a sign-in that nobody ended still counts."""
    return now - started_at < ABSOLUTE and now - last_seen_at < IDLE


def is_touch_due(last_seen_at: datetime, now: datetime) -> bool:
    """Whether it is time to write down again that the person was here."""
    return now - last_seen_at >= TOUCH_EVERY
