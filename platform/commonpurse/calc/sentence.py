"""English sentences that can be translated later, because their values are kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def message(msgid: str) -> str:
    """Mark English that becomes a Sentence elsewhere, so that it is found for translation."""
    return msgid


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message and its values, sentences among them; `str()` gives the English, gettext other languages by `msgid`.

    >>> str(Sentence("Enter %(least)s or more", {"least": "£1.00"}))
    'Enter £1.00 or more'
    """

    msgid: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid % self.values
