"""Pages of a consortium as tests read them."""

import re

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from commonpurse.consortia.models import Consortium
from commonpurse.core import log


def path(consortium: Consortium, rest: str = "") -> str:
    """The address of a page of the consortium."""
    return f"/consortia/{consortium.id}{rest}"


def text_of(response: TestResponse) -> str:
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def events(session: Session, consortium: Consortium) -> int:
    """How many things have happened in the consortium."""
    session.expire_all()
    return len(log.entries_after(session, consortium.stream, 0))
