"""What waits for a person: each feature says its own, and pages gather them without knowing the features."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct, field
from sqlalchemy.orm import Session

from commonpurse.core.actor import Actor


class Waiting(Struct, frozen=True):
    """One thing to do. `msgid` and `values` make the sentence; `endpoint` and `arguments` the page to do it on.

    Attributes:
        is_news: there is nothing to do but to know it.
    """

    msgid: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    due: date | None = None
    consortium: str = ""
    is_news: bool = False

    @property
    def consortium_id(self) -> UUID | None:
        """The consortium it belongs to; its name alone may be that of another one."""
        key: UUID | None = self.arguments.get("consortium_id")
        return key


Source = Callable[[Session, Actor, date], list[Waiting]]

SOURCES: dict[str, Source] = {}
"""What to ask, by feature; `app` fills it."""


def gather(session: Session, actor: Actor, today: date) -> list[Waiting]:
    """What waits for the actor in every feature: dated things first, the soonest first of all."""
    found = [thing for source in SOURCES.values() for thing in source(session, actor, today)]
    return sorted(found, key=lambda thing: (thing.due is None, thing.due or date.max, thing.consortium, thing.msgid))
