"""The award's contract, what the supplier committed to, and what was delivered and verified."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from commonpurse.consortia.models import Consortium
from commonpurse.core.db import Base, Keyed, LongText, Pence, SmallestUnits, unique_where
from commonpurse.identity.models import Organisation, Person
from commonpurse.measures.models import Measure
from commonpurse.reference.models import Area


class Contract(Keyed, Base):
    """The contract a consortium awarded: supplier, price excluding VAT, term."""

    __tablename__ = "delivery_contract"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="term_in_order"),
        CheckConstraint("price_pence > 0", name="price_above_zero"),
    )

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    title: Mapped[str]
    reference: Mapped[str]
    price_pence: Mapped[Pence]
    awarded_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    consortium: Mapped[Consortium] = relationship()
    supplier: Mapped[Organisation] = relationship()
    commitments: Mapped[list["Commitment"]] = relationship(order_by="Commitment.measure_id")
    __mapper_args__ = {"version_id_col": version}


class Commitment(Base):
    """What the supplier promised for one measure over the whole term."""

    __tablename__ = "delivery_commitment"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_above_zero"),)

    contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id), primary_key=True)
    measure_id: Mapped[UUID] = mapped_column(ForeignKey(Measure.id), primary_key=True)
    quantity: Mapped[SmallestUnits]
    measure: Mapped[Measure] = relationship()


class SubjectKind(StrEnum):
    """The real-world thing an outcome is claimed for."""

    BENEFICIARY = "beneficiary"
    ASSET = "asset"


class VerificationStatus(StrEnum):
    """Where a record stands; a corrected one was replaced by another record."""

    REPORTED = "reported"
    VERIFIED = "verified"
    RETURNED = "returned"
    CORRECTED = "corrected"


class OutcomeRecord(Keyed, Base):
    """A delivered quantity of one measure in one quarter and place, for one beneficiary or asset.

    One real-world thing is claimed once: the partial unique index spans all contracts.
    """

    __tablename__ = "delivery_outcome_record"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        CheckConstraint("checked_by_id <> reported_by_id", name="second_person_checks"),
        CheckConstraint("status IN ('reported', 'corrected') OR checked_by_id IS NOT NULL", name="check_has_a_person"),
        unique_where(
            "uq_delivery_outcome_record_claimed_once",
            "measure_id",
            "quarter_starting",
            "subject_key",
            condition="status IN ('reported', 'verified')",
        ),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id), index=True)
    measure_id: Mapped[UUID] = mapped_column(ForeignKey(Measure.id))
    quantity: Mapped[SmallestUnits]
    quarter_starting: Mapped[date]
    place_gss: Mapped[str] = mapped_column(ForeignKey(Area.gss))
    subject_kind: Mapped[SubjectKind]
    subject_key: Mapped[str]
    description: Mapped[LongText]
    status: Mapped[VerificationStatus] = mapped_column(default=VerificationStatus.REPORTED)
    reported_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    reported_for_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    reported_at: Mapped[datetime]
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    checked_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery_outcome_record.id"), unique=True)
    version: Mapped[int] = mapped_column()
    contract: Mapped[Contract] = relationship()
    measure: Mapped[Measure] = relationship()
    place: Mapped[Area] = relationship()
    evidence: Mapped[list["EvidenceItem"]] = relationship(order_by="EvidenceItem.added_at", back_populates="record")
    __mapper_args__ = {"version_id_col": version}


class EvidenceContent(Base):
    """The bytes of a file under their SHA-256, stored once and backed up with the database."""

    __tablename__ = "delivery_evidence_content"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size_bytes: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class EvidenceItem(Keyed, Base):
    """A file that proves a record."""

    __tablename__ = "delivery_evidence_item"

    record_id: Mapped[UUID] = mapped_column(ForeignKey(OutcomeRecord.id), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey(EvidenceContent.sha256))
    filename: Mapped[str]
    media_type: Mapped[str]
    added_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    added_at: Mapped[datetime]
    record: Mapped[OutcomeRecord] = relationship(back_populates="evidence")


class ClashStepKind(StrEnum):
    """What happened to a claim that was refused."""

    REFUSED = "refused"
    ASKED = "asked"
    KEPT = "kept"
    FREED = "freed"


class Clash(Keyed, Base):
    """A body's claim under a contract that was refused because another record holds it. Append-only.

    The two sides are contracts: a record that is corrected keeps its claim through the one that replaces it. Tries of
    the same are steps of one clash.
    """

    __tablename__ = "delivery_clash"
    __table_args__ = (
        UniqueConstraint(
            "contract_id",
            "organisation_id",
            "held_contract_id",
            "measure_id",
            "quarter_starting",
            "subject_key",
            name="uq_delivery_clash_of_two_sides",
        ),
        Index("ix_delivery_clash_over", "held_contract_id", "measure_id", "quarter_starting", "subject_key"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    held_contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id))
    measure_id: Mapped[UUID] = mapped_column(ForeignKey(Measure.id))
    quarter_starting: Mapped[date]
    subject_kind: Mapped[SubjectKind]
    subject_key: Mapped[str]
    contract: Mapped[Contract] = relationship(foreign_keys=contract_id)
    held_contract: Mapped[Contract] = relationship(foreign_keys=held_contract_id)
    measure: Mapped[Measure] = relationship()
    steps: Mapped[list["ClashStep"]] = relationship(order_by="ClashStep.number")


class ClashStep(Base):
    """One thing that happened to a clash, with the record that held the claim then. Append-only."""

    __tablename__ = "delivery_clash_step"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("kind NOT IN ('asked', 'kept') OR grounds <> ''", name="has_grounds"),
        Index("ix_delivery_clash_step_by", "organisation_id", "at"),
    )

    clash_id: Mapped[UUID] = mapped_column(ForeignKey(Clash.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ClashStepKind]
    record_id: Mapped[UUID] = mapped_column(ForeignKey(OutcomeRecord.id))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]
    grounds: Mapped[LongText] = mapped_column(default="")
