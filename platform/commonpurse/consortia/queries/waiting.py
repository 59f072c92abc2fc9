"""What a person has to do in their consortia."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.sentence import Sentence, message
from commonpurse.consortia import policy, rules
from commonpurse.consortia.models import (
    Consortium,
    Decision,
    DecisionState,
    JoinAgreement,
    Participation,
    ParticipationState,
    Signature,
    Stage,
    Vote,
)
from commonpurse.consortia.queries.facts import standings
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting
from commonpurse.identity.models import Organisation, Role

LONDON = ZoneInfo("Europe/London")
MOST = 100
NEWS_LASTS = timedelta(days=7)
ANSWER_INVITATION = message("Answer the invitation to %(name)s")
INVITED = message("%(lead)s invited your organisation to %(name)s; an approver or an administrator can answer")


def waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:
    """Invitations, agreements to sign, decisions to answer, stages that may follow, what became of one's questions.

    Asks for each kind at once: at most ten SELECTs, however many consortia there are.
    """
    if actor.organisation_id is None:
        return []
    may_sign = actor.has_role(*policy.SIGNING)
    found = _invitations(session, actor.organisation_id, may_sign=may_sign)
    if may_sign:
        found += _agreements(session, actor.organisation_id)
    if actor.has_role(*policy.ANSWERING):
        found += _decisions(session, actor.organisation_id, today)
    if actor.has_role(Role.BUYER):
        found += _next_stages(session, actor.organisation_id)
    return found + _came_to_nothing(session, actor.organisation_id, actor.person, today)


def _invitations(session: Session, organisation_id: UUID, *, may_sign: bool) -> list[Waiting]:
    rows = session.execute(
        select(Consortium.id, Consortium.name, Organisation.name)
        .join(Participation, Participation.consortium_id == Consortium.id)
        .join(Organisation, Organisation.id == Consortium.lead_organisation_id)
        .where(
            Participation.organisation_id == organisation_id,
            Participation.state == ParticipationState.INVITED,
            Consortium.stage.in_(policy.ADMITTING),
        )
        .order_by(Participation.invited_at, Consortium.id)
        .limit(MOST)
    )
    return [
        Waiting(
            ANSWER_INVITATION if may_sign else INVITED,
            "consortia.answer_invitation",
            {"name": name} if may_sign else {"name": name, "lead": lead},
            {"consortium_id": key},
            consortium=name,
            is_news=not may_sign,
        )
        for key, name, lead in rows
    ]


def _agreements(session: Session, organisation_id: UUID) -> list[Waiting]:
    latest = (
        select(JoinAgreement.consortium_id, func.max(JoinAgreement.number).label("number"))
        .group_by(JoinAgreement.consortium_id)
        .subquery()
    )
    signed = select(Signature.agreement_id).where(
        Signature.agreement_id == JoinAgreement.id, Signature.organisation_id == organisation_id
    )
    rows = session.execute(
        select(Consortium.id, Consortium.name, JoinAgreement.number)
        .join(Participation, Participation.consortium_id == Consortium.id)
        .join(latest, latest.c.consortium_id == Consortium.id)
        .join(
            JoinAgreement,
            (JoinAgreement.consortium_id == Consortium.id) & (JoinAgreement.number == latest.c.number),
        )
        .where(
            Participation.organisation_id == organisation_id,
            Participation.state == ParticipationState.JOINED,
            Consortium.stage != Stage.CLOSED,
            ~signed.exists(),
        )
        .order_by(JoinAgreement.written_at, Consortium.id)
        .limit(MOST)
    )
    return [
        Waiting(
            message("Sign version %(number)s of the join agreement"),
            "consortia.sign_agreement",
            {"number": number},
            {"consortium_id": key},
            consortium=name,
        )
        for key, name, number in rows
    ]


def _decisions(session: Session, organisation_id: UUID, today: date) -> list[Waiting]:
    answered = select(Vote.decision_id).where(Vote.decision_id == Decision.id, Vote.organisation_id == organisation_id)
    rows = session.execute(
        select(Consortium.id, Consortium.name, Decision.id, Decision.question, Decision.electorate, Decision.closes_at)
        .join(Decision, Decision.consortium_id == Consortium.id)
        .join(Participation, Participation.consortium_id == Consortium.id)
        .where(
            Participation.organisation_id == organisation_id,
            Participation.state == ParticipationState.JOINED,
            Decision.state == DecisionState.OPEN,
            ~answered.exists(),
        )
        .order_by(Decision.closes_at, Decision.id)
        .limit(MOST)
    )
    return [
        Waiting(
            message("Answer the question: %(question)s"),
            "consortia.show_decision",
            {"question": Sentence(question)},
            {"consortium_id": key, "decision_id": decision_id},
            due=last_day(closes_at),
            consortium=name,
        )
        for key, name, decision_id, question, electorate, closes_at in rows
        if str(organisation_id) in electorate and last_day(closes_at) >= today
    ]


def _next_stages(session: Session, organisation_id: UUID) -> list[Waiting]:
    """The usual next stage of each consortium that the body leads, where nothing stands in its way.

    Closing is always possible, so that it may be asked is no news.
    """
    asked = select(Decision.id).where(Decision.consortium_id == Consortium.id, Decision.state == DecisionState.OPEN)
    led = session.scalars(
        select(Consortium)
        .where(
            Consortium.lead_organisation_id == organisation_id,
            Consortium.stage.not_in([Stage.DELIVERING, Stage.CLOSED]),
            ~asked.exists(),
        )
        .options(
            selectinload(Consortium.participations),
            selectinload(Consortium.milestones),
            selectinload(Consortium.areas),
        )
        .order_by(Consortium.formed_at, Consortium.id)
        .limit(MOST)
    ).all()
    settled = standings(session, led)
    return [
        Waiting(
            message("The consortium can move to the next stage: %(stage)s"),
            "consortia.propose_stage",
            {"stage": Sentence(rules.STAGE_WORDS[following])},
            {"consortium_id": consortium.id},
            consortium=consortium.name,
            is_news=True,
        )
        for consortium in led
        for following in rules.moves_from(consortium.stage)[:1]
        if not rules.obstacles(consortium.stage, following, settled[consortium.id])
    ]


def _came_to_nothing(session: Session, organisation_id: UUID, person_id: UUID, today: date) -> list[Waiting]:
    """Questions the person put for this body, that lately were rejected or withdrawn as no longer possible."""
    since = datetime.combine(today - NEWS_LASTS, time.min, LONDON)
    rows = session.execute(
        select(Consortium.id, Consortium.name, Decision.id, Decision.question, Decision.state, Decision.outcome)
        .join(Decision, Decision.consortium_id == Consortium.id)
        .join(Participation, Participation.consortium_id == Consortium.id)
        .where(
            Participation.organisation_id == organisation_id,
            Participation.state == ParticipationState.JOINED,
            Decision.opened_for_id == organisation_id,
            Decision.opened_by_id == person_id,
            Decision.state.in_(_SAYINGS),
            Decision.closed_at >= since,
        )
        .order_by(Decision.closed_at.desc(), Decision.id)
        .limit(MOST)
    )
    return [
        Waiting(
            _SAYINGS[state],
            "consortia.show_decision",
            {"question": Sentence(question)},
            {"consortium_id": key, "decision_id": decision_id},
            consortium=name,
            is_news=True,
        )
        for key, name, decision_id, question, state, outcome in rows
        if state is DecisionState.REJECTED or outcome["msgid"] == rules.NO_LONGER_POSSIBLE
    ]


_SAYINGS = {
    DecisionState.REJECTED: message("The bodies did not agree to your question: %(question)s"),
    DecisionState.WITHDRAWN: message("The bodies agreed to your question, but it is no longer possible: %(question)s"),
}


def last_day(closes_at: datetime) -> date:
    """The day in London on which a moment falls, such as a deadline."""
    return closes_at.astimezone(LONDON).date()
