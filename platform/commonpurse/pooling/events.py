"""What happens in pooling, as the log tells it."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from msgspec import Struct


class RequirementAdded(Struct, frozen=True):
    """A body said what it needs."""

    kind: ClassVar[str] = "pooling.requirement_added"
    line_id: UUID
    description: str
    category_code: str
    quantity: Decimal
    unit: str


class RequirementChanged(Struct, frozen=True):
    """A body said something else about what it needs."""

    kind: ClassVar[str] = "pooling.requirement_changed"
    line_id: UUID
    description: str
    category_code: str
    quantity: Decimal
    unit: str
    previous_quantity: Decimal
    previous_unit: str


class RequirementRemoved(Struct, frozen=True):
    """A body no longer needs something."""

    kind: ClassVar[str] = "pooling.requirement_removed"
    line_id: UUID
    description: str
    quantity: Decimal
    unit: str
    reason: str


class BudgetAdded(Struct, frozen=True):
    """A body entered money for one financial year."""

    kind: ClassVar[str] = "pooling.budget_added"
    contribution_id: UUID
    financial_year: int
    amount_pence: int
    commitment_level: str
    approval: str


class BudgetChanged(Struct, frozen=True):
    """A body entered other money in place of money that nobody had approved."""

    kind: ClassVar[str] = "pooling.budget_changed"
    contribution_id: UUID
    financial_year: int
    amount_pence: int
    commitment_level: str
    approval: str
    previous_financial_year: int
    previous_amount_pence: int
    previous_commitment_level: str
    previous_approval: str


class BudgetRemoved(Struct, frozen=True):
    """A body took away money that nobody had approved, and says why."""

    kind: ClassVar[str] = "pooling.budget_removed"
    contribution_id: UUID
    financial_year: int
    amount_pence: int
    commitment_level: str
    approval: str
    reason: str


class BudgetApproved(Struct, frozen=True):
    """A second person stands by the money."""

    kind: ClassVar[str] = "pooling.budget_approved"
    contribution_id: UUID
    amount_pence: int


class BudgetRefused(Struct, frozen=True):
    """A second person does not stand by the money, and says why."""

    kind: ClassVar[str] = "pooling.budget_refused"
    contribution_id: UUID
    amount_pence: int
    reason: str


class UploadStored(Struct, frozen=True):
    """The right rows of a checked file became lines; the faulty ones were set aside."""

    kind: ClassVar[str] = "pooling.upload_stored"
    upload_id: UUID
    lines_of: str
    filename: str
    rows_stored: int
    rows_set_aside: int


class UploadDropped(Struct, frozen=True):
    """A checked file was given up; nothing of it was stored."""

    kind: ClassVar[str] = "pooling.upload_dropped"
    upload_id: UUID
    filename: str


class SpendingImported(Struct, frozen=True):
    """A body's published spending was read."""

    kind: ClassVar[str] = "pooling.spending_imported"
    file_id: UUID
    filename: str
    rows_read: int
    rows_set_aside: int
