"""A consortium, who takes part, what they signed and how they decide."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commonpurse.core.db import Base, Keyed, LongText, Pence
from commonpurse.identity.models import Organisation, Person
from commonpurse.reference.models import Area, Category


class DecisionRule(StrEnum):
    """How the bodies of a consortium decide together."""

    UNANIMITY = "unanimity"
    CONSENT = "consent"
    MAJORITY = "majority"
    WEIGHTED = "weighted"


class Stage(StrEnum):
    """Where a consortium stands, in order."""

    FORMING = "forming"
    POOLING = "pooling"
    NEGOTIATING = "negotiating"
    OUT_TO_BID = "out_to_bid"
    CONTRACT = "contract"
    DELIVERING = "delivering"
    CLOSED = "closed"


class Consortium(Keyed, Base):
    """The named group of authorities buying together. It has no legal personality by itself."""

    __tablename__ = "consortia_consortium"
    __table_args__ = (CheckConstraint("quorum_percent BETWEEN 0 AND 100", name="quorum_is_a_percentage"),)

    name: Mapped[str]
    purpose: Mapped[LongText]
    category_code: Mapped[str | None] = mapped_column(ForeignKey(Category.code))
    lead_organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    decision_rule: Mapped[DecisionRule | None]
    quorum_percent: Mapped[int] = mapped_column(default=0)
    stage: Mapped[Stage] = mapped_column(default=Stage.FORMING)
    public_summary: Mapped[LongText] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    formed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    lead: Mapped[Organisation] = relationship()
    areas: Mapped[list[Area]] = relationship(secondary="consortia_place", order_by=(Area.name, Area.gss))
    category: Mapped[Category | None] = relationship()
    participations: Mapped[list["Participation"]] = relationship(
        order_by="Participation.position", back_populates="consortium"
    )
    milestones: Mapped[list["Milestone"]] = relationship(order_by="Milestone.due_on", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}

    @property
    def stream(self) -> str:
        """The consortium's stream in the event log."""
        return f"consortium:{self.id}"

    def has_joined(self, organisation_id: UUID | None) -> bool:
        """Whether the body takes part now: neither only invited nor gone. Loads the participations."""
        return any(
            part.organisation_id == organisation_id and part.state is ParticipationState.JOINED
            for part in self.participations
        )


class Place(Base):
    """One of the areas that a consortium buys for."""

    __tablename__ = "consortia_place"

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), primary_key=True)
    area_gss: Mapped[str] = mapped_column(ForeignKey(Area.gss), primary_key=True)


class ParticipationRole(StrEnum):
    """A body's part in one consortium."""

    LEAD = "lead"
    PARTICIPATING = "participating"


class ParticipationState(StrEnum):
    """Where a body stands between invitation and leaving."""

    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


class Participation(Keyed, Base):
    """A body in a consortium. `position` is its place in the roster, which breaks ties for ever."""

    __tablename__ = "consortia_participation"
    __table_args__ = (
        UniqueConstraint("consortium_id", "organisation_id"),
        UniqueConstraint("consortium_id", "position"),
        CheckConstraint("voting_weight >= 0", name="weight_not_negative"),
    )

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    role: Mapped[ParticipationRole]
    state: Mapped[ParticipationState]
    position: Mapped[int]
    voting_weight: Mapped[Pence] = mapped_column(default=0)
    """Committed and approved budget in pence; pooling keeps it up to date."""
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column()
    consortium: Mapped[Consortium] = relationship(back_populates="participations")
    organisation: Mapped[Organisation] = relationship()
    __mapper_args__ = {"version_id_col": version}


class MilestoneKind(StrEnum):
    """The dates of a consortium's timetable."""

    POOLING_CLOSES = "pooling_closes"
    NEGOTIATION_CLOSES = "negotiation_closes"
    TENDER_PUBLISHED = "tender_published"
    AWARD = "award"
    CONTRACT_STARTS = "contract_starts"
    CONTRACT_ENDS = "contract_ends"


class Milestone(Base):
    """One date of the timetable."""

    __tablename__ = "consortia_milestone"

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), primary_key=True)
    kind: Mapped[MilestoneKind] = mapped_column(primary_key=True)
    due_on: Mapped[date]


class JoinAgreement(Keyed, Base):
    """One version of the text that every joining body signs; never edited."""

    __tablename__ = "consortia_join_agreement"
    __table_args__ = (UniqueConstraint("consortium_id", "number"),)

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id))
    number: Mapped[int]
    text: Mapped[LongText]
    written_at: Mapped[datetime]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))


class Signature(Base):
    """A body signed one version of the join agreement."""

    __tablename__ = "consortia_signature"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey(JoinAgreement.id), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    signed_at: Mapped[datetime]


class DecisionKind(StrEnum):
    """What a decision changes when it is carried."""

    STAGE_MOVE = "stage_move"


class DecisionState(StrEnum):
    """Open until the rule settles it."""

    OPEN = "open"
    CARRIED = "carried"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What a body says to a question."""

    AGREE = "agree"
    OBJECT = "object"
    ABSTAIN = "abstain"


class Decision(Keyed, Base):
    """A question put to all joined bodies; rule and electorate are those of its opening."""

    __tablename__ = "consortia_decision"

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    kind: Mapped[DecisionKind]
    question: Mapped[str]
    subject: Mapped[dict[str, Any]]
    rule: Mapped[DecisionRule]
    quorum_percent: Mapped[int]
    electorate: Mapped[dict[str, Any]]
    """Weight of each joined body, by its key as text."""
    state: Mapped[DecisionState] = mapped_column(default=DecisionState.OPEN)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Why it stands as it does: `msgid` and `values` of a sentence."""
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    opened_for_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    consortium: Mapped[Consortium] = relationship()
    votes: Mapped[list["Vote"]] = relationship(order_by="Vote.cast_at")
    __mapper_args__ = {"version_id_col": version}


class Vote(Base):
    """A body's latest answer to a decision; an objection has a reason."""

    __tablename__ = "consortia_vote"
    __table_args__ = (CheckConstraint("answer <> 'object' OR length(reason) > 0", name="objection_has_reason"),)

    decision_id: Mapped[UUID] = mapped_column(ForeignKey(Decision.id), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), primary_key=True)
    answer: Mapped[Answer]
    reason: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    cast_at: Mapped[datetime]
