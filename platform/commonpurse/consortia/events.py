"""What happens in a consortium, for its stream of the event log."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct


class ConsortiumFormed(Struct, frozen=True):
    """A body started a consortium and leads it; `supplier` names the shared supplier it began with, if one."""

    kind: ClassVar[str] = "consortia.consortium_formed"
    name: str
    purpose: str
    lead_organisation_id: UUID
    body: str
    supplier: str = ""


class PurposeChanged(Struct, frozen=True):
    """The lead said anew what the consortium is for."""

    kind: ClassVar[str] = "consortia.purpose_changed"
    name: str
    purpose: str
    category_code: str


class PlaceChanged(Struct, frozen=True):
    """The lead chose the areas the consortium buys for, by GSS code; `area` holds their names in a row.

    Entries from before there could be several hold `area_gss`, the code of one, in place of `areas`.
    """

    kind: ClassVar[str] = "consortia.place_changed"
    areas: tuple[str, ...]
    area: str


class LeadChanged(Struct, frozen=True):
    """The lead authority handed the lead to another body that has joined."""

    kind: ClassVar[str] = "consortia.lead_changed"
    lead_organisation_id: UUID
    body: str
    before_organisation_id: UUID
    before: str


class RuleChanged(Struct, frozen=True):
    """The lead chose how the bodies decide."""

    kind: ClassVar[str] = "consortia.rule_changed"
    decision_rule: str
    quorum_percent: int


class TimetableChanged(Struct, frozen=True):
    """The lead set the dates; `milestones` are those that now stand."""

    kind: ClassVar[str] = "consortia.timetable_changed"
    milestones: dict[str, date]


class AgreementWritten(Struct, frozen=True):
    """A new version of the join agreement counts, and every body has to sign it."""

    kind: ClassVar[str] = "consortia.agreement_written"
    agreement_id: UUID
    number: int
    text: str


class BodyInvited(Struct, frozen=True):
    """The lead invited a body."""

    kind: ClassVar[str] = "consortia.body_invited"
    organisation_id: UUID
    body: str
    position: int


class BodyJoined(Struct, frozen=True):
    """An invited body accepted."""

    kind: ClassVar[str] = "consortia.body_joined"
    organisation_id: UUID
    body: str


class AgreementSigned(Struct, frozen=True):
    """A body signed one version of the join agreement."""

    kind: ClassVar[str] = "consortia.agreement_signed"
    organisation_id: UUID
    body: str
    number: int


class InvitationDeclined(Struct, frozen=True):
    """An invited body declined."""

    kind: ClassVar[str] = "consortia.invitation_declined"
    organisation_id: UUID
    body: str
    reason: str


class BodyLeft(Struct, frozen=True):
    """A joined body left."""

    kind: ClassVar[str] = "consortia.body_left"
    organisation_id: UUID
    body: str
    reason: str


class WeightChanged(Struct, frozen=True):
    """A body's committed budget, which weighs its votes, changed."""

    kind: ClassVar[str] = "consortia.weight_changed"
    organisation_id: UUID
    body: str
    weight_pence: int


class DecisionOpened(Struct, frozen=True):
    """A question was put to all joined bodies, under the rule of that moment."""

    kind: ClassVar[str] = "consortia.decision_opened"
    decision_id: UUID
    question: str
    subject: dict[str, str]
    rule: str
    quorum_percent: int
    electorate: dict[str, int]
    closes_at: datetime


class VoteCast(Struct, frozen=True):
    """A body answered; a later answer replaces it while the decision is open."""

    kind: ClassVar[str] = "consortia.vote_cast"
    decision_id: UUID
    organisation_id: UUID
    body: str
    question: str
    answer: str
    reason: str


class DecisionClosed(Struct, frozen=True):
    """The rule settled a decision; `outcome` is the sentence that says why, as `msgid` and `values`."""

    kind: ClassVar[str] = "consortia.decision_closed"
    decision_id: UUID
    question: str
    state: str
    outcome: dict[str, Any]


class StageMoved(Struct, frozen=True):
    """A carried decision moved the consortium on."""

    kind: ClassVar[str] = "consortia.stage_moved"
    decision_id: UUID
    stage: str
    before: str


class SummaryPublished(Struct, frozen=True):
    """The lead published what everybody may read."""

    kind: ClassVar[str] = "consortia.summary_published"
    public_summary: str


class SummaryWithdrawn(Struct, frozen=True):
    """The lead took the public page down."""

    kind: ClassVar[str] = "consortia.summary_withdrawn"
    reason: str
