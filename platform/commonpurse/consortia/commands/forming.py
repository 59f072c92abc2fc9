"""Forming a consortium: what it is for, where, how it decides and when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from commonpurse.calc.sentence import Sentence, message
from commonpurse.consortia import policy, queries, rules
from commonpurse.consortia.events import (
    ConsortiumFormed,
    LeadChanged,
    PlaceChanged,
    PurposeChanged,
    RuleChanged,
    TimetableChanged,
)
from commonpurse.consortia.models import (
    Consortium,
    DecisionRule,
    Milestone,
    MilestoneKind,
    Participation,
    ParticipationRole,
    ParticipationState,
    Stage,
)
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, Stale, require
from commonpurse.reference.models import Area
from commonpurse.reference.queries import Found, find_area, get_category, search_areas, search_categories

NO_AREA = message("Enter the name or the code of an area, such as Gateshead or E08000037")
MOST_NAME = 120
MOST_SUPPLIER = 200
NEAR = 5
"""How many areas or categories a refusal names when several were meant."""


def create(session: Session, actor: Actor, *, name: str, purpose: str, supplier: str = "", now: datetime) -> Consortium:
    """Start a consortium; the actor's body leads it and has joined.

    Args:
        supplier: the shared supplier from whose page it is started.

    Raises:
        NotAllowed: see `policy.may_create`.
        Refused: the name or the purpose is missing.
    """
    body = queries.leading_body(session, actor)
    consortium = Consortium(
        name=_named(name), purpose=_purposeful(purpose), lead_organisation_id=body.id, formed_at=now, lead=body
    )
    consortium.participations.append(
        Participation(
            organisation_id=body.id,
            organisation=body,
            role=ParticipationRole.LEAD,
            state=ParticipationState.JOINED,
            position=0,
            invited_at=now,
            answered_at=now,
        )
    )
    session.add(consortium)
    session.flush()
    event = ConsortiumFormed(
        consortium.name,
        consortium.purpose,
        lead_organisation_id=body.id,
        body=body.name,
        supplier=" ".join(supplier.split())[:MOST_SUPPLIER],
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return consortium


def edit_purpose(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    name: str,
    purpose: str,
    category_code: str,
    seen_version: int,
    now: datetime | None = None,
) -> int:
    """Say what the consortium is called, what it is for and what it buys."""
    consortium = _to_settle(session, actor, consortium_id, seen_version)
    category = get_category(session, category_code)
    if category is None:
        if near := search_categories(session, category_code, limit=NEAR):
            raise Refused("Enter the code of one of these: %(near)s", field="category_code", near=_listed(near))
        raise Refused(
            "Enter a category code that exists, such as 45000000, or choose one from the list", field="category_code"
        )
    consortium.name, consortium.purpose = _named(name), _purposeful(purpose)
    consortium.category_code = category.code
    event = PurposeChanged(consortium.name, consortium.purpose, category_code=category.code)
    return log.record(session, actor, consortium.stream, event, at=now)


def edit_place(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    areas: Sequence[str],
    seen_version: int,
    now: datetime | None = None,
) -> int:
    """Choose all the areas of the place, each by its GSS code or its name.

    Raises:
        Refused: there is none, or one is no area or could be several; `field` is `area`.
    """
    consortium = _to_settle(session, actor, consortium_id, seen_version)
    kept = {area.gss: area for area in consortium.areas}
    chosen = {area.gss: area for area in (kept.get(typed) or _area(session, typed) for typed in areas)}
    if not chosen:
        raise Refused(NO_AREA, field="area")
    consortium.areas = sorted(chosen.values(), key=lambda area: (area.name, area.gss))
    touch(consortium)
    session.flush()
    event = PlaceChanged(tuple(area.gss for area in consortium.areas), area=queries.place_of(consortium))
    return log.record(session, actor, consortium.stream, event, at=now)


def _area(session: Session, typed: str) -> Area:
    found = find_area(session, typed)
    if found is not None:
        return found
    if near := search_areas(session, typed, limit=NEAR):
        raise Refused("Enter the code of one of these: %(near)s", field="area", near=_listed(near))
    raise Refused(NO_AREA, field="area")


def _listed(near: Sequence[Found]) -> str:
    return "; ".join(found.label for found in near)


def edit_lead(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    lead_organisation_id: UUID,
    seen_version: int,
    now: datetime | None = None,
) -> int | None:
    """Hand the lead to another body that has joined; from then on the actor's body only participates.

    Returns:
        The number of the event; None where the body leads already.

    Raises:
        Refused: forming has ended, the body has not joined, or a decision is open.
    """
    consortium = _to_settle(session, actor, consortium_id, seen_version)
    part = queries.participation_of(consortium, lead_organisation_id)
    if part is None or part.state is not ParticipationState.JOINED:
        raise Refused("Select a body that has joined", field="lead_organisation_id")
    if part.role is ParticipationRole.LEAD:
        return None
    if queries.open_stage_move(session, consortium.id) is not None:
        raise Refused("The lead cannot change while a decision is open. Wait until it closes, or withdraw it")
    before = queries.participation_of(consortium, consortium.lead_organisation_id)
    assert before is not None
    before.role, part.role = ParticipationRole.PARTICIPATING, ParticipationRole.LEAD
    consortium.lead_organisation_id, consortium.lead = part.organisation_id, part.organisation
    event = LeadChanged(
        part.organisation_id,
        body=part.organisation.name,
        before_organisation_id=before.organisation_id,
        before=before.organisation.name,
    )
    return log.record(session, actor, consortium.stream, event, at=now)


def edit_rule(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    decision_rule: str,
    quorum_percent: int | None,
    seen_version: int,
    now: datetime | None = None,
) -> int:
    """Choose how the bodies decide. The quorum counts for the weighted rule only and is 0 for all others."""
    consortium = _to_settle(session, actor, consortium_id, seen_version)
    rule = _read_rule(decision_rule)
    quorum = (quorum_percent or 0) if rule is DecisionRule.WEIGHTED else 0
    if not 0 <= quorum <= 100:
        raise Refused("The quorum must be between 0 and 100 per cent", field="quorum_percent")
    if queries.open_stage_move(session, consortium.id) is not None:
        raise Refused("The rule cannot change while a decision is open. Wait until it closes, or withdraw it")
    consortium.decision_rule, consortium.quorum_percent = rule, quorum
    return log.record(session, actor, consortium.stream, RuleChanged(rule.value, quorum), at=now)


def edit_timetable(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    milestones: Mapping[str, date | None],
    seen_version: int,
    now: datetime,
) -> int:
    """Set the dates; a kind that is None or absent has none from now on.

    Raises:
        Refused: there is no date at all, one is before an earlier step, or one that was not there yet is before
            `rules.first_year`; `field` is its kind.
    """
    consortium = to_edit(session, actor, consortium_id, seen_version)
    dates = {kind: day for kind in MilestoneKind if (day := milestones.get(kind)) is not None}
    if not dates:
        raise Refused("Enter at least one date", field=MilestoneKind.POOLING_CLOSES.value)
    kept = {milestone.kind: milestone for milestone in consortium.milestones}
    _refuse_long_past({kind: day for kind, day in dates.items() if kind not in kept or kept[kind].due_on != day}, now)
    wrong = rules.out_of_order([(kind.value, day) for kind, day in dates.items()])
    if wrong is not None:
        later, earlier = (Sentence(rules.MILESTONE_DATES[kind]) for kind in wrong)
        raise Refused(
            "The %(later)s must be the same as or after the %(earlier)s", field=wrong[0], later=later, earlier=earlier
        )
    for kind in kept.keys() - dates.keys():
        consortium.milestones.remove(kept[kind])
    for kind, day in dates.items():
        if kind in kept:
            kept[kind].due_on = day
        else:
            consortium.milestones.append(Milestone(kind=kind, due_on=day))
    touch(consortium)
    return log.record(
        session, actor, consortium.stream, TimetableChanged({kind.value: dates[kind] for kind in dates}), at=now
    )


def _refuse_long_past(dates: Mapping[MilestoneKind, date], now: datetime) -> None:
    first = rules.first_year(now.date())
    for kind, day in dates.items():
        if day.year < first:
            called = Sentence(rules.MILESTONE_DATES[kind])
            raise Refused(
                "The %(called)s must be in %(year)s or later", field=kind.value, called=called, year=str(first)
            )


def to_edit(session: Session, actor: Actor, consortium_id: UUID, seen_version: int | None = None) -> Consortium:
    """The consortium, locked, for the lead to change.

    Raises:
        NotFound, NotAllowed: see `policy.may_edit`.
        Refused: it is closed.
        Stale: somebody changed it since `seen_version`.
    """
    consortium = queries.get_joined_consortium(session, actor, consortium_id, lock=True)
    require(policy.may_edit(actor, consortium), policy.LEAD_CHANGES_THIS, who=policy.WHO_LEADS)
    if consortium.stage is Stage.CLOSED:
        raise Refused("This consortium is closed, so nothing about it changes any more")
    if seen_version is not None and consortium.version != seen_version:
        raise Stale("Somebody else changed this consortium. Check what is there now and try again")
    return consortium


def touch(consortium: Consortium) -> None:
    """Give the consortium a new version though only rows that belong to it changed."""
    flag_modified(consortium, "name")


def _to_settle(session: Session, actor: Actor, consortium_id: UUID, seen_version: int) -> Consortium:
    consortium = to_edit(session, actor, consortium_id, seen_version)
    if not policy.may_settle(actor, consortium):
        raise Refused(
            "This was settled when forming ended, and the bodies joined on that basis. "
            "It can only change by a decision of all bodies"
        )
    return consortium


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise Refused("Enter a name for the consortium", field="name")
    if len(plain) > MOST_NAME:
        raise Refused("The name must be %(most)s characters or fewer", field="name", most=MOST_NAME)
    return plain


def _purposeful(purpose: str) -> str:
    plain = purpose.strip()
    if not plain:
        raise Refused("Enter what you want to buy together and why", field="purpose")
    return plain


def _read_rule(decision_rule: str) -> DecisionRule:
    try:
        return DecisionRule(decision_rule)
    except ValueError as error:
        raise Refused("Select how the bodies decide", field="decision_rule") from error
