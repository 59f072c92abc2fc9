"""Reading the state of the service."""

import logging

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.core.log import Verification
from commonpurse.core.transaction import reading


def database_answers() -> bool:
    """Whether the database answers and has been migrated; the log says what is wrong if not."""
    try:
        with reading() as session:
            session.execute(text("SELECT version_num FROM alembic_version")).one()
    except SQLAlchemyError:
        logging.getLogger(__name__).exception("the database does not answer")
        return False
    return True


def verify_streams(session: Session, names: list[str]) -> list[Verification]:
    """Check the chain of each of these streams, or of all for an empty list."""
    return [log.verify(session, name) for name in names or log.stream_names(session)]
