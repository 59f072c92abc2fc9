"""What most pages of a consortium show: its face, its bodies and the rule they decide by."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia import rules
from commonpurse.consortia.models import Consortium, ParticipationState
from commonpurse.consortia.queries.facts import joined_parts, weights_of
from commonpurse.consortia.queries.membership import latest_agreement, signatures_by_body


class Milestone(Struct, frozen=True):
    """One date of the timetable; `msgid` names the step."""

    kind: str
    msgid: str
    due_on: date


class AreaRow(Struct, frozen=True):
    """One of the areas a consortium buys for."""

    gss: str
    name: str


class Face(Struct, frozen=True):
    """What everybody who may see the consortium at all may know about it; `place` names its areas in a row."""

    id: UUID
    version: int
    name: str
    purpose: str
    stage: str
    stage_msgid: str
    lead: str
    areas: tuple[AreaRow, ...]
    place: str
    category_code: str | None
    category: str | None
    milestones: tuple[Milestone, ...]
    public_summary: str
    published_at: datetime | None


def place_of(consortium: Consortium) -> str:
    """The names of the areas it buys for, some of which have commas, in a row; empty while none is chosen."""
    return "; ".join(area.name for area in consortium.areas)


def face_of(consortium: Consortium) -> Face:
    """The consortium as its pages show it."""
    dates = {milestone.kind.value: milestone.due_on for milestone in consortium.milestones}
    return Face(
        id=consortium.id,
        version=consortium.version,
        name=consortium.name,
        purpose=consortium.purpose,
        stage=consortium.stage.value,
        stage_msgid=rules.STAGE_WORDS[consortium.stage],
        lead=consortium.lead.name,
        areas=tuple(AreaRow(area.gss, area.name) for area in consortium.areas),
        place=place_of(consortium),
        category_code=consortium.category_code,
        category=consortium.category.title if consortium.category else None,
        milestones=tuple(
            Milestone(kind, msgid, dates[kind]) for kind, msgid in rules.MILESTONE_WORDS.items() if kind in dates
        ),
        public_summary=consortium.public_summary,
        published_at=consortium.published_at,
    )


class RuleInWords(Struct, frozen=True):
    """How the bodies decide, and who can stop a proposal. `rule` is None while none is chosen."""

    rule: str | None
    quorum_percent: int
    meaning: Sentence | None
    blocking: Sentence | None


def rule_in_words(consortium: Consortium, rule: str | None = None) -> RuleInWords:
    """The consortium's rule, or another one as it would work among its bodies now."""
    chosen = rule or (consortium.decision_rule.value if consortium.decision_rule else None)
    quorum = consortium.quorum_percent
    if chosen is None:
        return RuleInWords(None, quorum, None, None)
    weights = weights_of(consortium)
    alone = rules.blockers(chosen, quorum, weights)
    names = tuple(part.organisation.name for part in joined_parts(consortium) if str(part.organisation_id) in alone)
    blocking = rules.who_can_block(chosen, names, len(weights), quorum_percent=quorum, has_weight=any(weights.values()))
    return RuleInWords(chosen, quorum, rules.meaning(chosen, quorum), blocking)


class BodyRow(Struct, frozen=True):
    """A body of the consortium; `signed` is the latest version it signed, `is_signed` whether that is the latest."""

    organisation_id: UUID
    name: str
    role: str
    state: str
    weight: int
    since: datetime | None
    signed: int | None
    is_signed: bool
    reason: str
    can_block: bool
    is_powerless: bool


def body_rows(session: Session, consortium: Consortium) -> tuple[BodyRow, ...]:
    """Every body that was ever invited, in roster order."""
    signed = signatures_by_body(session, consortium.id)
    agreement = latest_agreement(session, consortium.id)
    weights = weights_of(consortium)
    rule = consortium.decision_rule.value if consortium.decision_rule else None
    alone = rules.blockers(rule, consortium.quorum_percent, weights) if rule else frozenset()
    without_power = rules.powerless(rule, weights) if rule else frozenset()
    return tuple(
        BodyRow(
            organisation_id=part.organisation_id,
            name=part.organisation.name,
            role=part.role.value,
            state=part.state.value,
            weight=part.voting_weight,
            since=part.answered_at if part.state is ParticipationState.JOINED else None,
            signed=signed.get(part.organisation_id),
            is_signed=agreement is not None and signed.get(part.organisation_id) == agreement.number,
            reason=part.reason,
            can_block=str(part.organisation_id) in alone,
            is_powerless=str(part.organisation_id) in without_power,
        )
        for part in consortium.participations
    )


def stages_in_words() -> tuple[tuple[str, str], ...]:
    """Every stage with the msgid of its name, in order."""
    return tuple(rules.STAGE_WORDS.items())
