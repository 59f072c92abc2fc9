"""Decisions of the bodies: opening one, answering, and what follows when it is settled."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc import decision as calc
from commonpurse.calc.money import pounds
from commonpurse.calc.sentence import Sentence, message
from commonpurse.consortia import policy, queries, rules
from commonpurse.consortia.commands.agreement import read_reason
from commonpurse.consortia.events import DecisionClosed, DecisionOpened, StageMoved, VoteCast
from commonpurse.consortia.models import (
    Answer,
    Consortium,
    Decision,
    DecisionKind,
    DecisionRule,
    DecisionState,
    Stage,
    Vote,
)
from commonpurse.core import log
from commonpurse.core.actor import SYSTEM, Actor
from commonpurse.core.errors import Refused, require

USUAL_DAYS = 7
MOST_DAYS = 90


def open_decision(
    session: Session, actor: Actor, *, consortium_id: UUID, stage: str, now: datetime, closes_at: datetime | None = None
) -> Decision:
    """Ask all joined bodies to move the consortium to `stage`.

    The rule, the quorum and the weights are those of now, whatever changes while the decision is open.

    Args:
        closes_at: when the rule settles it with the answers there are; seven days from now by default.

    Raises:
        Refused: the move is not possible yet (the first obstacle is said), or another one is being decided.
    """
    consortium = queries.get_joined_consortium(session, actor, consortium_id, lock=True)
    require(
        policy.may_propose(actor, consortium),
        "You cannot put questions to this consortium",
        who="An administrator of your organisation can make you a buyer",
    )
    to = _read_stage(stage)
    if queries.open_stage_move(session, consortium.id) is not None:
        raise Refused("The bodies are deciding on another stage move. Wait until that is settled")
    obstacle = next(iter(rules.obstacles(consortium.stage, to, queries.standing(session, consortium))), None)
    if obstacle is not None:
        raise Refused(obstacle.msgid, field="stage", **obstacle.values)
    deadline = _read_deadline(closes_at, now)
    electorate = queries.weights_of(consortium)
    # An ending that comes before any rule was chosen needs everybody.
    rule = consortium.decision_rule or DecisionRule.UNANIMITY
    decision = Decision(
        consortium_id=consortium.id,
        consortium=consortium,
        kind=DecisionKind.STAGE_MOVE,
        question=rules.QUESTIONS[to],
        subject={"stage": to.value, "before": consortium.stage.value},
        rule=DecisionRule(rules.rule_in_force(rule, electorate)),
        quorum_percent=consortium.quorum_percent,
        electorate=electorate,
        opened_by_id=actor.person,
        opened_for_id=actor.organisation,
        opened_at=now,
        closes_at=deadline,
    )
    session.add(decision)
    session.flush()
    event = DecisionOpened(
        decision.id,
        question=decision.question,
        subject={"stage": to.value, "before": consortium.stage.value},
        rule=decision.rule.value,
        quorum_percent=decision.quorum_percent,
        electorate=electorate,
        closes_at=deadline,
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return decision


def cast_vote(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    decision_id: UUID,
    answer: str,
    reason: str = "",
    now: datetime,
) -> Decision:
    """Answer for the actor's body; the latest answer counts. The decision closes as soon as the rule settles it.

    Raises:
        Refused: the decision is closed, the body is not in its electorate, or an objection has no reason.
    """
    consortium = queries.get_joined_consortium(session, actor, consortium_id, lock=True)
    decision = queries.get_decision(session, consortium, decision_id, lock=True)
    require(
        policy.may_vote(actor, consortium),
        "You cannot answer for your organisation",
        who="An administrator of your organisation can make you a buyer or an approver",
    )
    if decision.state is not DecisionState.OPEN or decision.closes_at <= now:
        raise Refused("This decision is closed, so answers no longer change")
    if str(actor.organisation) not in decision.electorate:
        raise Refused("Your organisation joined after this question was put, so it has no answer in it")
    vote = _answer(decision, actor, answer, reason, now)
    part = queries.participation_of(consortium, actor.organisation)
    event = VoteCast(
        decision.id,
        organisation_id=actor.organisation,
        body=part.organisation.name if part else "",
        question=decision.question,
        answer=vote.answer.value,
        reason=vote.reason,
    )
    session.flush()
    log.record(session, actor, consortium.stream, event, at=now)
    _settle(session, actor, consortium, decision, now)
    return decision


def _answer(decision: Decision, actor: Actor, answer: str, reason: str, now: datetime) -> Vote:
    try:
        said = Answer(answer)
    except ValueError as error:
        raise Refused("Select your answer", field="answer") from error
    why = ""
    if said is Answer.OBJECT or reason.strip():
        why = read_reason(reason, message("Enter why your organisation objects"))
    vote = next((vote for vote in decision.votes if vote.organisation_id == actor.organisation), None)
    if vote is None:
        vote = Vote(organisation_id=actor.organisation)
        decision.votes.append(vote)
    vote.answer, vote.reason, vote.person_id, vote.cast_at = said, why, actor.person, now
    return vote


def withdraw_decision(session: Session, actor: Actor, *, consortium_id: UUID, decision_id: UUID, now: datetime) -> int:
    """Take a question back, by the body that put it."""
    consortium = queries.get_joined_consortium(session, actor, consortium_id, lock=True)
    decision = queries.get_decision(session, consortium, decision_id, lock=True)
    if decision.state is not DecisionState.OPEN:
        raise Refused("This decision is closed, so it cannot be withdrawn")
    require(
        policy.may_withdraw(actor, consortium, decision),
        "Only the body that put this question can withdraw it",
        who="A buyer of the body that put the question",
    )
    why = Sentence(message("Withdrawn by the body that put the question"))
    return _close(session, actor, consortium, decision, DecisionState.WITHDRAWN, why, now)


def close_due(session: Session, now: datetime, *, consortium_id: UUID | None = None) -> int:
    """Settle the decisions whose deadline has passed, of one consortium or of all; return how many."""
    due = queries.due_decisions(session, now, consortium_id=consortium_id)
    closed = 0
    for consortium_key, decision_key in due:
        consortium = queries.get_consortium(session, SYSTEM, consortium_key, lock=True)
        decision = queries.get_decision(session, consortium, decision_key, lock=True)
        # Somebody may have closed it between the search and the lock.
        if decision.state is DecisionState.OPEN:
            _settle(session, SYSTEM, consortium, decision, now)
            closed += 1
    return closed


def _settle(session: Session, actor: Actor, consortium: Consortium, decision: Decision, now: datetime) -> None:
    outcome = calc.decide(
        calc.Rule(calc.Kind(decision.rule), decision.quorum_percent),
        decision.electorate,
        {str(vote.organisation_id): calc.Position(vote.answer) for vote in decision.votes},
        deadline_passed=decision.closes_at <= now,
        say_weight=pounds,
    )
    if outcome.state is calc.State.OPEN:
        decision.outcome = _stored(outcome.reason)
        return
    if outcome.state is calc.State.REJECTED:
        _close(session, actor, consortium, decision, DecisionState.REJECTED, outcome.reason, now)
        return
    obstacle = _obstacle_now(session, consortium, decision)
    if obstacle is not None:
        why = Sentence(rules.NO_LONGER_POSSIBLE, {"obstacle": obstacle})
        _close(session, actor, consortium, decision, DecisionState.WITHDRAWN, why, now)
        return
    _close(session, actor, consortium, decision, DecisionState.CARRIED, outcome.reason, now)
    before, consortium.stage = consortium.stage, Stage(decision.subject["stage"])
    event = StageMoved(decision.id, stage=consortium.stage.value, before=before.value)
    log.record(session, actor, consortium.stream, event, at=now)


def _obstacle_now(session: Session, consortium: Consortium, decision: Decision) -> Sentence | None:
    """What stands in the way by now: a body may have left since the question was put."""
    facts = queries.standing(session, consortium)
    return next(iter(rules.obstacles(consortium.stage, decision.subject["stage"], facts)), None)


def _close(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    decision: Decision,
    state: DecisionState,
    why: Sentence,
    now: datetime,
) -> int:
    decision.state, decision.closed_at, decision.outcome = state, now, _stored(why)
    session.flush()
    event = DecisionClosed(decision.id, decision.question, state.value, _stored(why))
    return log.record(session, actor, consortium.stream, event, at=now)


def _stored(why: Sentence) -> dict[str, Any]:
    """The sentence as JSON, those among its values too; `queries.decision_page` reads it back."""
    values = {name: _stored(value) if isinstance(value, Sentence) else value for name, value in why.values.items()}
    return {"msgid": why.msgid, "values": values}


def _read_stage(stage: str) -> Stage:
    try:
        return Stage(stage)
    except ValueError as error:
        raise Refused("Select the stage to move to", field="stage") from error


def _read_deadline(closes_at: datetime | None, now: datetime) -> datetime:
    deadline = closes_at or now + timedelta(days=USUAL_DAYS)
    if deadline <= now:
        raise Refused("The last day to answer must be today or in the future", field="closes_on")
    if queries.last_day(deadline) > queries.last_day(now) + timedelta(days=MOST_DAYS):
        raise Refused("The last day to answer must be within %(days)s days", field="closes_on", days=MOST_DAYS)
    return deadline
