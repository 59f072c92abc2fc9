"""What happened to measures."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True)
class MeasureAdded:
    """A body added a measure of its own."""

    kind: ClassVar[str] = "measures.measure_added"
    measure_id: UUID
    code: str
    title: str
    unit: str
