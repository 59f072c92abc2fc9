"""What waits for people around deliveries: records to check, and claims that two sides make."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.consortia.queries import LONDON
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting
from commonpurse.delivery.models import Clash, ClashStep, ClashStepKind, Contract, OutcomeRecord, VerificationStatus
from commonpurse.delivery.queries import records
from commonpurse.delivery.queries.claims import CLAIMING, is_on, is_repeat
from commonpurse.identity.models import Role
from commonpurse.measures.models import Measure

NEWS_LASTS = timedelta(days=7)
MOST = 50

ANSWERS = {
    ClashStepKind.KEPT: message("A claim of yours stays refused: %(measure)s, known as %(key)s"),
    ClashStepKind.FREED: message("A claim that was refused to you is free now: %(measure)s, known as %(key)s"),
}


def waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:
    """Records for a second person to check, claims to look at again, and news of claims made by two sides."""
    found = records.waiting(session, actor, today)
    if actor.organisation_id is not None and actor.has_role(Role.BUYER):
        since = datetime.combine(today - NEWS_LASTS, time.min, LONDON)
        for news in (_held, _answered, _sent_back):
            found += news(session, actor.organisation, since)
    return found


def _held(session: Session, organisation_id: UUID, since: datetime) -> list[Waiting]:
    """Records of the body, or of a consortium it leads, that others want to claim or asked to look at again."""
    turn = _of_turn(ClashStep.kind)
    freed = aliased(ClashStep)
    is_freed_since = exists().where(
        freed.clash_id == ClashStep.clash_id, freed.kind == ClashStepKind.FREED, freed.number > ClashStep.number
    )
    tried = (
        select(func.max(ClashStep.at))
        .where(ClashStep.clash_id == Clash.id, ClashStep.kind == ClashStepKind.REFUSED, ~is_freed_since)
        .scalar_subquery()
    )
    about = (OutcomeRecord.id, OutcomeRecord.subject_key, Measure.title, Consortium.id, Consortium.name)
    query = (
        select(*about, func.max(case((turn == ClashStepKind.ASKED, 1), else_=0)))
        .select_from(OutcomeRecord)
        .join(Clash, and_(is_on(Clash, OutcomeRecord), Clash.held_contract_id == OutcomeRecord.contract_id))
        .join(Measure, Measure.id == OutcomeRecord.measure_id)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(
            OutcomeRecord.status.in_(CLAIMING),
            ~is_repeat(Clash, OutcomeRecord),
            or_(turn == ClashStepKind.ASKED, tried >= since),
            or_(OutcomeRecord.reported_for_id == organisation_id, Consortium.lead_organisation_id == organisation_id),
        )
        .group_by(*about)
        .order_by(func.max(tried).desc(), OutcomeRecord.id)
    )
    return [
        Waiting(
            msgid="Look at a claim again: %(measure)s, known as %(key)s"
            if asked
            else "Claimed a second time: %(measure)s, known as %(key)s. Your record stands",
            endpoint="delivery.show_record",
            values={"measure": measure, "key": key[:8]},
            arguments={"consortium_id": consortium_id, "record_id": record_id},
            consortium=name,
            is_news=not asked,
        )
        for record_id, key, measure, consortium_id, name, asked in _joined(session, query, organisation_id)
    ]


def _answered(session: Session, organisation_id: UUID, since: datetime) -> list[Waiting]:
    """Claims that were refused to the body, or to one of a consortium it leads, and answered lately."""
    is_held_by_a_side = exists().where(
        is_on(OutcomeRecord, Clash),
        OutcomeRecord.contract_id.in_([Clash.contract_id, Clash.held_contract_id]),
        OutcomeRecord.status.in_(CLAIMING),
    )
    turn, turned_at = _of_turn(ClashStep.kind), _of_turn(ClashStep.at)
    query = (
        select(Clash.id, Clash.subject_key, Measure.title, Consortium.id, Consortium.name, turn)
        .select_from(Clash)
        .join(Measure, Measure.id == Clash.measure_id)
        .join(Contract, Contract.id == Clash.contract_id)
        .where(
            or_(turn == ClashStepKind.KEPT, and_(turn == ClashStepKind.FREED, ~is_held_by_a_side)),
            turned_at >= since,
            or_(Clash.organisation_id == organisation_id, Consortium.lead_organisation_id == organisation_id),
        )
        .order_by(turned_at.desc(), Clash.id)
    )
    return [
        Waiting(
            msgid=ANSWERS[kind],
            endpoint="delivery.show_clash",
            values={"measure": measure, "key": key[:8]},
            arguments={"consortium_id": consortium_id, "clash_id": clash_id},
            consortium=name,
            is_news=True,
        )
        for clash_id, key, measure, consortium_id, name, kind in _joined(session, query, organisation_id)
    ]


def _sent_back(session: Session, organisation_id: UUID, since: datetime) -> list[Waiting]:
    """Records of the body that somebody returned or sent back lately, and that nobody has recorded again."""
    again = aliased(OutcomeRecord)
    is_recorded_again = exists().where(
        is_on(again, OutcomeRecord), again.contract_id == OutcomeRecord.contract_id, again.status.in_(CLAIMING)
    )
    query = (
        select(OutcomeRecord.id, OutcomeRecord.subject_key, Measure.title, Consortium.id, Consortium.name)
        .join(Measure, Measure.id == OutcomeRecord.measure_id)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(
            OutcomeRecord.reported_for_id == organisation_id,
            OutcomeRecord.status == VerificationStatus.RETURNED,
            OutcomeRecord.checked_at >= since,
            ~is_recorded_again,
        )
        .order_by(OutcomeRecord.checked_at.desc(), OutcomeRecord.id)
    )
    return [
        Waiting(
            msgid=message("A record of yours was sent back and counts no longer: %(measure)s, known as %(key)s"),
            endpoint="delivery.show_record",
            values={"measure": measure, "key": key[:8]},
            arguments={"consortium_id": consortium_id, "record_id": record_id},
            consortium=name,
            is_news=True,
        )
        for record_id, key, measure, consortium_id, name in _joined(session, query, organisation_id)
    ]


def _joined(session: Session, query: Any, organisation_id: UUID) -> list[Any]:
    """The rows of a query about contracts, of consortia that the body has joined."""
    return list(
        session.execute(
            query.join(Consortium, Consortium.id == Contract.consortium_id)
            .join(Participation, Participation.consortium_id == Consortium.id)
            .where(
                Participation.organisation_id == organisation_id,
                Participation.state == ParticipationState.JOINED,
            )
            .limit(MOST)
        )
    )


def _of_turn(column: Any) -> Any:
    """A column of the newest step of a clash that is no mere try."""
    return (
        select(column)
        .where(ClashStep.clash_id == Clash.id, ClashStep.kind != ClashStepKind.REFUSED)
        .order_by(ClashStep.number.desc())
        .limit(1)
        .correlate(Clash)
        .scalar_subquery()
    )
