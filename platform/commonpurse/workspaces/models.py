"""The room of a consortium: what is on the agenda, every offer, position and comment."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commonpurse.consortia.models import Answer, Consortium, DecisionRule
from commonpurse.core.db import Base, Keyed, LongText, SmallestUnits
from commonpurse.identity.models import Organisation, Person
from commonpurse.measures.models import Measure


class Workspace(Keyed, Base):
    """The one room of a consortium."""

    __tablename__ = "workspaces_workspace"

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), unique=True)
    opened_at: Mapped[datetime]
    consortium: Mapped[Consortium] = relationship()
    items: Mapped[list["AgendaItem"]] = relationship(order_by="AgendaItem.position", back_populates="workspace")

    @property
    def stream(self) -> str:
        """The workspace's stream in the event log, and the name of its live room."""
        return f"workspace:{self.id}"


class RecordedBasis(Keyed, Base):
    """Something the bodies weigh by and record themselves, such as litres called off; rules name it by its name."""

    __tablename__ = "workspaces_recorded_basis"
    __table_args__ = (UniqueConstraint("workspace_id", "name", name="uq_workspaces_recorded_basis_workspace_id_name"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey(Workspace.id))
    name: Mapped[str]
    unit: Mapped[str]


class ItemKind(StrEnum):
    """What the bodies agree on: a target for a measure, how outcomes are shared, or what each body weighs."""

    TARGET = "target"
    ALLOCATION_RULE = "allocation_rule"
    WEIGHTS = "weights"


class ItemState(StrEnum):
    """Open until the decision rule closes it; an agreed item is frozen."""

    OPEN = "open"
    AGREED = "agreed"
    PARKED = "parked"


class AgendaItem(Keyed, Base):
    """One thing to agree. `current_number` is the offer on the table, `agreed_number` the one that won."""

    __tablename__ = "workspaces_agenda_item"
    __table_args__ = (
        UniqueConstraint("workspace_id", "position"),
        CheckConstraint("(kind = 'target') = (measure_id IS NOT NULL)", name="target_has_measure"),
        CheckConstraint("(kind = 'weights') = (basis_id IS NOT NULL)", name="weights_have_basis"),
        CheckConstraint("(state = 'agreed') = (agreed_number IS NOT NULL)", name="agreed_has_offer"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey(Workspace.id))
    position: Mapped[int]
    kind: Mapped[ItemKind]
    measure_id: Mapped[UUID | None] = mapped_column(ForeignKey(Measure.id))
    basis_id: Mapped[UUID | None] = mapped_column(ForeignKey(RecordedBasis.id))
    state: Mapped[ItemState] = mapped_column(default=ItemState.OPEN)
    current_number: Mapped[int] = mapped_column(default=0)
    agreed_number: Mapped[int | None]
    agreed_at: Mapped[datetime | None]
    agreed_rule: Mapped[DecisionRule | None]
    agreed_record: Mapped[dict[str, Any] | None]
    """Who agreed to what: electorate, positions and the sentence of the outcome, frozen."""
    version: Mapped[int] = mapped_column()
    workspace: Mapped[Workspace] = relationship(back_populates="items")
    measure: Mapped[Measure | None] = relationship()
    basis: Mapped[RecordedBasis | None] = relationship()
    offers: Mapped[list["Offer"]] = relationship(order_by="Offer.number", back_populates="item")
    comments: Mapped[list["Comment"]] = relationship(order_by="Comment.written_at")
    __mapper_args__ = {"version_id_col": version}


class Offer(Keyed, Base):
    """What a body put on the table; a counter is a new offer. Never edited."""

    __tablename__ = "workspaces_offer"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint(
            "(CASE WHEN quantity IS NULL THEN 0 ELSE 1 END) + (CASE WHEN allocation IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN weights IS NULL THEN 0 ELSE 1 END) = 1",
            name="holds_one_thing",
        ),
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey(AgendaItem.id))
    number: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    quantity: Mapped[SmallestUnits | None]
    allocation: Mapped[str | None]
    """A rule of `calc.allocation` as canonical JSON text."""
    weights: Mapped[LongText | None]
    """What each body weighs, from which quarter, from which source: `rules.Weights` as canonical JSON text."""
    rationale: Mapped[LongText]
    made_at: Mapped[datetime]
    item: Mapped[AgendaItem] = relationship(back_populates="offers")
    organisation: Mapped[Organisation] = relationship()
    positions: Mapped[list["Position"]] = relationship(order_by="Position.taken_at")


class Position(Base):
    """What a body says to an offer; an objection has a reason."""

    __tablename__ = "workspaces_position"
    __table_args__ = (CheckConstraint("answer <> 'object' OR length(reason) > 0", name="objection_has_reason"),)

    offer_id: Mapped[UUID] = mapped_column(ForeignKey(Offer.id), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), primary_key=True)
    answer: Mapped[Answer]
    reason: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    taken_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()


class Comment(Keyed, Base):
    """What somebody said about an agenda item."""

    __tablename__ = "workspaces_comment"

    item_id: Mapped[UUID] = mapped_column(ForeignKey(AgendaItem.id), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    text: Mapped[LongText]
    written_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()
