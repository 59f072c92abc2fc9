"""Reading the state of the service."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.core.log import Verification


def check_database(session: Session) -> None:
    """Raise SQLAlchemyError unless the database answers and holds the migrations' tables."""
    session.execute(text("SELECT version_num FROM alembic_version")).one()
    session.execute(select(1)).one()


def verify_streams(session: Session, names: list[str]) -> list[Verification]:
    """Check the chain of each of these streams, or of all for an empty list."""
    return [log.verify(session, name) for name in names or log.stream_names(session)]
