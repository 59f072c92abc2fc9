"""Entering and leaving."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from commonpurse.identity.models import SignIn


def touch(session: Session, sign_in_id: UUID, *, now: datetime) -> None:
    """Note that the person was here. Not recorded in the log: it is no act."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))
