"""What a person has to do in their consortia."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.consortia import policy
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
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting

LONDON = ZoneInfo("Europe/London")
MOST = 100


def waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:
    """Invitations to answer, agreements to sign, decisions to answer; in three SELECTs at most."""
    if actor.organisation_id is None:
        return []
    found: list[Waiting] = []
    if actor.has_role(*policy.SIGNING):
        found += [*_invitations(session, actor.organisation_id), *_agreements(session, actor.organisation_id)]
    if actor.has_role(*policy.ANSWERING):
        found += _decisions(session, actor.organisation_id, today)
    return found


def _invitations(session: Session, organisation_id: UUID) -> list[Waiting]:
    rows = session.execute(
        select(Consortium.id, Consortium.name)
        .join(Participation)
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
            message("Answer the invitation to %(name)s"),
            "consortia.answer_invitation",
            {"name": name},
            {"consortium_id": key},
            consortium=name,
        )
        for key, name in rows
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
            {"question": question},
            {"consortium_id": key, "decision_id": decision_id},
            due=last_day(closes_at),
            consortium=name,
        )
        for key, name, decision_id, question, electorate, closes_at in rows
        if str(organisation_id) in electorate and last_day(closes_at) >= today
    ]


def last_day(closes_at: datetime) -> date:
    """The day in London on which a deadline falls."""
    return closes_at.astimezone(LONDON).date()
