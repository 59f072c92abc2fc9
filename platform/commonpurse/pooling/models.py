"""Needs and budgets of a consortium, and the published spending of its bodies."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commonpurse.consortia.models import Consortium
from commonpurse.core.db import Base, Keyed, LongText, Pence
from commonpurse.identity.models import Organisation, Person
from commonpurse.reference.models import Area, Category


class RequirementLine(Keyed, Base):
    """What one body needs, in the unit it names."""

    __tablename__ = "pooling_requirement_line"
    __table_args__ = (CheckConstraint("needed_until >= needed_from", name="dates_in_order"),)

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    description: Mapped[LongText]
    category_code: Mapped[str] = mapped_column(ForeignKey(Category.code))
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    place_gss: Mapped[str] = mapped_column(ForeignKey(Area.gss))
    needed_from: Mapped[date]
    needed_until: Mapped[date]
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    entered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    organisation: Mapped[Organisation] = relationship()
    __mapper_args__ = {"version_id_col": version}


class CommitmentLevel(StrEnum):
    """How firm a budget contribution is."""

    INDICATIVE = "indicative"
    COMMITTED = "committed"
    GUARANTEED_MINIMUM = "guaranteed_minimum"


class ApprovalState(StrEnum):
    """Committed money counts only once a second person approved it."""

    NOT_NEEDED = "not_needed"
    AWAITED = "awaited"
    APPROVED = "approved"
    REFUSED = "refused"


class BudgetContribution(Keyed, Base):
    """Money one body brings in one financial year; `financial_year` 2026 is 2026-27."""

    __tablename__ = "pooling_budget_contribution"
    __table_args__ = (
        CheckConstraint("amount_pence > 0", name="amount_above_zero"),
        CheckConstraint("approved_by_id <> entered_by_id", name="second_person_approves"),
        CheckConstraint(
            "approval IN ('not_needed', 'awaited') OR approved_by_id IS NOT NULL", name="approval_has_a_person"
        ),
    )

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    financial_year: Mapped[int]
    amount_pence: Mapped[Pence]
    commitment_level: Mapped[CommitmentLevel]
    source: Mapped[str]
    approval: Mapped[ApprovalState]
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    entered_at: Mapped[datetime]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    approved_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column()
    organisation: Mapped[Organisation] = relationship()
    __mapper_args__ = {"version_id_col": version}


class UploadKind(StrEnum):
    """Which template an uploaded file follows."""

    REQUIREMENTS = "requirements"
    BUDGET = "budget"


class UploadState(StrEnum):
    """A checked file waits for a person to store or drop it."""

    CHECKED = "checked"
    STORED = "stored"
    DROPPED = "dropped"


class Upload(Keyed, Base):
    """A file that was read and checked; its lines are stored only on a person's word."""

    __tablename__ = "pooling_upload"

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[UploadKind]
    filename: Mapped[str]
    digest: Mapped[str]
    lines: Mapped[list[Any]]
    faults: Mapped[list[Any]]
    state: Mapped[UploadState] = mapped_column(default=UploadState.CHECKED)
    uploaded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class SpendFile(Keyed, Base):
    """A published spending file of one body."""

    __tablename__ = "pooling_spend_file"
    __table_args__ = (UniqueConstraint("organisation_id", "digest"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    filename: Mapped[str]
    digest: Mapped[str]
    headers: Mapped[list[Any]]
    notes: Mapped[list[Any]]
    rows_read: Mapped[int]
    rows_set_aside: Mapped[int]
    imported_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    imported_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()


class SpendSupplier(Keyed, Base):
    """A supplier recognised behind one or more spellings; its keys stay, whatever is imported later.

    One that turned out to be another has no spellings left and points to the other, so that links to it still lead on.
    """

    __tablename__ = "pooling_spend_supplier"

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("pooling_spend_supplier.id"))


class Spelling(Keyed, Base):
    """A beneficiary as files write it, and the supplier it was recognised as, with the reason."""

    __tablename__ = "pooling_spelling"
    __table_args__ = (UniqueConstraint("beneficiary", "company_number", "charity_number"),)

    beneficiary: Mapped[str]
    company_number: Mapped[str]
    charity_number: Mapped[str]
    supplier_id: Mapped[UUID | None] = mapped_column(ForeignKey(SpendSupplier.id), index=True)
    reason: Mapped[str]
    confidence_percent: Mapped[int]


class Payment(Base):
    """One row of a spending file. Negative amounts are refunds and corrections."""

    __tablename__ = "pooling_payment"

    file_id: Mapped[UUID] = mapped_column(ForeignKey(SpendFile.id), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    paid_on: Mapped[date]
    amount_pence: Mapped[Pence]
    unit: Mapped[str]
    spelling_id: Mapped[UUID] = mapped_column(ForeignKey(Spelling.id), index=True)


class SetAsideRow(Base):
    """A row of a spending file that could not be used, and why."""

    __tablename__ = "pooling_set_aside_row"

    file_id: Mapped[UUID] = mapped_column(ForeignKey(SpendFile.id), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    values: Mapped[dict[str, Any]]
    cells: Mapped[list[Any]]
