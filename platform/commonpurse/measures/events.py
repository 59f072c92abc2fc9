"""What happened to measures."""

from typing import ClassVar
from uuid import UUID

from msgspec import Struct


class MeasureAdded(Struct, frozen=True):
    """A body added a measure of its own."""

    kind: ClassVar[str] = "measures.measure_added"
    measure_id: UUID
    code: str
    title: str
    unit: str
