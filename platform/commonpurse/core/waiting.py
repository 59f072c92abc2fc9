"""What waits for a person: each feature says its own, the home page gathers them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """One thing to do. `msgid` and `values` make the sentence; `endpoint` and `arguments` the page to do it on."""

    msgid: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    due: date | None = None
    consortium: str = ""
