"""Frameworks, their measures and unit values: versioned rows with dates, source and status."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commonpurse.core.db import Base, Keyed, LongText, Pence
from commonpurse.identity.models import Organisation
from commonpurse.measures.rules import is_in_force, stated_decimals


class FrameworkVersion(Keyed, Base):
    """One edition of a measurement framework, such as the Social Value Model of PPN 002."""

    __tablename__ = "measures_framework_version"
    __table_args__ = (UniqueConstraint("framework", "edition"),)

    framework: Mapped[str]
    title: Mapped[str]
    edition: Mapped[str]
    publisher: Mapped[str]
    licence: Mapped[str]
    source: Mapped[str]
    in_force_from: Mapped[date | None]
    in_force_until: Mapped[date | None]
    confirmation: Mapped[LongText]
    """What was confirmed at the source and what was not."""
    level_names: Mapped[dict[str, Any]]
    themes: Mapped[list["Theme"]] = relationship(order_by="Theme.position")

    def covers(self, day: date) -> bool:
        """Whether the edition covers procurements that commence on `day`."""
        return is_in_force(day, self.in_force_from, self.in_force_until)


class Theme(Keyed, Base):
    """Top level of a framework: a theme or mission."""

    __tablename__ = "measures_theme"

    framework_version_id: Mapped[UUID] = mapped_column(ForeignKey(FrameworkVersion.id), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    status: Mapped[str] = mapped_column(default="")
    outcomes: Mapped[list["Outcome"]] = relationship(order_by="Outcome.position")


class Outcome(Keyed, Base):
    """What should change."""

    __tablename__ = "measures_outcome"

    theme_id: Mapped[UUID] = mapped_column(ForeignKey(Theme.id), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    criteria: Mapped[list["AwardCriterionTemplate"]] = relationship(order_by="AwardCriterionTemplate.position")


class AwardCriterionTemplate(Keyed, Base):
    """A model award criterion inside an outcome, such as 1a."""

    __tablename__ = "measures_criterion"

    outcome_id: Mapped[UUID] = mapped_column(ForeignKey(Outcome.id), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]


class MeasureKind(StrEnum):
    """Whether a framework publishes the measure or a body made it."""

    REPORTING = "reporting"
    CUSTOM = "custom"


class Measure(Keyed, Base):
    """A countable thing with one unit; its smallest unit is 10**-decimals of that unit."""

    __tablename__ = "measures_measure"
    __table_args__ = (
        CheckConstraint("decimals BETWEEN 0 AND 6", name="decimals_in_range"),
        CheckConstraint("(kind = 'custom') = (owner_id IS NOT NULL)", name="custom_has_owner"),
        UniqueConstraint("framework_version_id", "code"),
        UniqueConstraint("owner_id", "code"),
    )

    framework_version_id: Mapped[UUID | None] = mapped_column(ForeignKey(FrameworkVersion.id))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organisation.id))
    outcome_id: Mapped[UUID | None] = mapped_column(ForeignKey(Outcome.id))
    kind: Mapped[MeasureKind]
    code: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    decimals: Mapped[int]
    counts: Mapped[str]
    """What one unit is claimed for: beneficiary, asset or none (money, carbon)."""
    in_force_from: Mapped[date | None]
    in_force_until: Mapped[date | None]
    source: Mapped[str]
    status: Mapped[str]
    framework_version: Mapped[FrameworkVersion | None] = relationship()
    outcome: Mapped[Outcome | None] = relationship()

    @property
    def stated_decimals(self) -> int:
        """How many decimals a target, a promise or a record may have; shares have `decimals`."""
        return stated_decimals(self.unit, self.decimals)


class UnitValue(Keyed, Base):
    """GBP per unit, with price year, source and licence; a blank value is unknown, not zero."""

    __tablename__ = "measures_unit_value"
    __table_args__ = (UniqueConstraint("framework", "edition", "code"),)

    framework: Mapped[str]
    edition: Mapped[str]
    code: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    value_gbp: Mapped[Decimal | None]
    price_year: Mapped[int | None]
    source: Mapped[LongText]
    licence: Mapped[str]
    url: Mapped[str]
    status: Mapped[str]
    note: Mapped[LongText]


class ModelRule(Keyed, Base):
    """When a Social Value Model is mandatory or open to use, quoted from its source.

    Bounds on value are pence including VAT: from is inclusive, below is exclusive. Bounds on the
    date are those of commencement, both inclusive. Empty bounds do not bind.
    """

    __tablename__ = "measures_model_rule"

    framework_version_id: Mapped[UUID] = mapped_column(ForeignKey(FrameworkVersion.id), index=True)
    buyer_kinds: Mapped[list[Any]]
    commenced_from: Mapped[date | None]
    commenced_until: Mapped[date | None]
    value_from_pence: Mapped[Pence | None]
    value_below_pence: Mapped[Pence | None]
    effect: Mapped[str]
    weight_percent: Mapped[int | None]
    quote: Mapped[LongText]
    source: Mapped[str]
    status: Mapped[str]
    framework_version: Mapped[FrameworkVersion] = relationship()
