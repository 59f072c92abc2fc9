"""Tables filled from the published files in `reference/`; people never edit them."""

from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from commonpurse.core.db import Base


class Area(Base):
    """A local or combined authority's area, by GSS code."""

    __tablename__ = "reference_area"

    gss: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    official_name: Mapped[str]
    kind: Mapped[str]
    nation: Mapped[str]
    region: Mapped[str]
    county: Mapped[str]
    combined_authority: Mapped[str]
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    deprivation_score: Mapped[Decimal | None]
    deprivation_decile: Mapped[int | None]
    searchable: Mapped[str]
    source: Mapped[str]


class Category(Base):
    """A category of the Common Procurement Vocabulary, 8 digits without the check digit."""

    __tablename__ = "reference_category"

    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("reference_category.code"), index=True)
    searchable: Mapped[str]
