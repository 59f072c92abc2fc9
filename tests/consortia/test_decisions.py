"""Decisions of the bodies, and the stages they move."""

from datetime import timedelta

import pytest

from commonpurse.consortia import commands, queries
from commonpurse.consortia.models import DecisionRule, DecisionState, Stage
from commonpurse.core import log
from commonpurse.core.actor import SYSTEM
from commonpurse.core.errors import NotAllowed, NotFound, Refused
from support.consortia_rows import LATER, answer, make_forming, make_lonely, open_move, part_of, with_rule
from support.world import NOW

DEADLINE = NOW + timedelta(days=7)


def kinds(session, consortium):
    return [entry.kind.removeprefix("consortia.") for entry in log.entries_after(session, consortium.stream, 0)]


def test_a_decision_keeps_rule_and_weights_of_its_opening(session, world, forming):
    decision = open_move(session, world, forming)
    part_of(forming, world, "newcastle").voting_weight = 1
    with_rule(forming, DecisionRule.MAJORITY)
    session.flush()
    session.refresh(decision)
    assert (decision.rule, decision.closes_at) == (DecisionRule.CONSENT, DEADLINE)
    assert sorted(decision.electorate.values()) == [10000, 20000, 30000]
    assert kinds(session, forming) == ["decision_opened"]


def test_a_carried_move_moves_the_stage_and_is_recorded(session, world, forming):
    decision = open_move(session, world, forming)
    for body in ("newcastle", "gateshead", "darlington"):
        answer(session, world, decision, body)
    session.flush()
    assert (decision.state, decision.closed_at, forming.stage) == (DecisionState.CARRIED, LATER, Stage.POOLING)
    assert decision.outcome["msgid"] == "Every body answered and none objected"
    assert kinds(session, forming) == ["decision_opened", *["vote_cast"] * 3, "decision_closed", "stage_moved"]


def test_one_objection_rejects_under_consent_and_moves_nothing(session, world, forming):
    decision = open_move(session, world, forming)
    answer(session, world, decision, "darlington", "object", reason="Too early.")
    assert (decision.state, forming.stage) == (DecisionState.REJECTED, Stage.FORMING)
    assert decision.outcome["values"]["objections"] == 1


def test_the_latest_answer_counts_while_the_decision_is_open(session, world, forming):
    with_rule(forming, DecisionRule.MAJORITY)
    decision = open_move(session, world, forming)
    answer(session, world, decision, "gateshead", "object", reason="Too early.")
    answer(session, world, decision, "gateshead", "agree", role="approver")
    answer(session, world, decision, "newcastle", "abstain")
    assert decision.state is DecisionState.OPEN
    answer(session, world, decision, "darlington")
    assert decision.state is DecisionState.CARRIED
    assert len(decision.votes) == 3


def test_the_weighted_rule_counts_bodies_before_any_budget(session, world, forming):
    with_rule(forming, DecisionRule.WEIGHTED, 80)
    for part in forming.participations:
        part.voting_weight = 0
    decision = open_move(session, world, forming)
    assert decision.rule is DecisionRule.MAJORITY
    answer(session, world, decision, "gateshead")
    answer(session, world, decision, "darlington")
    assert decision.state is DecisionState.CARRIED


def test_the_weighted_rule_weighs_by_budget(session, world, forming):
    with_rule(forming, DecisionRule.WEIGHTED)
    part_of(forming, world, "newcastle").voting_weight = 1000_00
    decision = open_move(session, world, forming)
    answer(session, world, decision, "newcastle")
    assert decision.state is DecisionState.CARRIED


def test_an_objection_needs_a_reason_and_an_answer_must_be_one(session, world, forming):
    decision = open_move(session, world, forming)
    with pytest.raises(Refused) as refusal:
        answer(session, world, decision, "gateshead", "object", reason=" ")
    assert refusal.value.field == "reason"
    with pytest.raises(Refused) as refusal:
        answer(session, world, decision, "gateshead", "maybe")
    assert refusal.value.field == "answer"
    with pytest.raises(Refused, match="500 characters or fewer"):
        answer(session, world, decision, "gateshead", "agree", reason="x" * 501)
    assert decision.votes == []


@pytest.mark.parametrize("role", ["observer", "evaluator", "organisation_administrator"])
def test_the_wrong_role_neither_answers_nor_proposes(session, world, forming, role):
    decision = open_move(session, world, forming)
    with pytest.raises(NotAllowed):
        answer(session, world, decision, "newcastle", role=role)
    with pytest.raises(NotAllowed):
        commands.open_decision(
            session, world.actor("newcastle", role), consortium_id=forming.id, stage="pooling", now=NOW
        )


def test_another_bodys_person_finds_nothing_to_answer(session, world, forming):
    decision = open_move(session, world, forming)
    with pytest.raises(NotFound):
        answer(session, world, decision, "leeds")
    with pytest.raises(NotFound):
        commands.cast_vote(
            session,
            world.actor("gateshead"),
            consortium_id=world.consortium.id,
            decision_id=decision.id,
            answer="agree",
            now=LATER,
        )


def test_a_body_that_joined_later_has_no_answer(session, world):
    consortium = make_forming(session, world, bodies=("newcastle", "gateshead"))
    decision = open_move(session, world, consortium)
    other = make_lonely(session, world)
    newcomer = part_of(other, world, "newcastle")
    newcomer.organisation_id, newcomer.consortium_id, newcomer.position = (
        world.organisation("leeds"),
        consortium.id,
        9,
    )
    newcomer.role = "participating"
    session.commit()
    session.expire_all()
    with pytest.raises(Refused, match="joined after this question"):
        answer(session, world, decision, "leeds")


def test_only_one_stage_move_is_open_at_a_time(session, world, forming):
    open_move(session, world, forming)
    with pytest.raises(Refused, match="another stage move"):
        open_move(session, world, forming, "closed")


def test_a_move_that_is_not_possible_yet_is_refused_with_the_first_obstacle(session, world, forming):
    forming.areas = []
    with pytest.raises(Refused, match="Choose the place") as refusal:
        open_move(session, world, forming)
    assert refusal.value.field == "stage"
    with pytest.raises(Refused, match="cannot move from"):
        open_move(session, world, forming, "contract")
    with pytest.raises(Refused, match="Select the stage"):
        open_move(session, world, forming, "party")


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_deadline_must_be_ahead_and_not_too_far(session, world, forming, days):
    with pytest.raises(Refused) as refusal:
        commands.open_decision(
            session,
            world.actor("gateshead"),
            consortium_id=forming.id,
            stage="pooling",
            now=NOW,
            closes_at=NOW + timedelta(days=days),
        )
    assert refusal.value.field == "closes_on"


def test_the_last_day_that_may_be_asked_for_is_a_day_to_its_end(session, world, forming):
    evening = (NOW + timedelta(days=90)).replace(hour=23, minute=59)
    asks = {"consortium_id": forming.id, "stage": "pooling", "now": NOW}
    with pytest.raises(Refused, match="must be within 90 days"):
        commands.open_decision(session, world.actor("gateshead"), closes_at=evening + timedelta(days=1), **asks)
    assert commands.open_decision(session, world.actor("gateshead"), closes_at=evening, **asks).closes_at == evening


def test_after_the_deadline_nobody_answers_and_silence_is_consent(session, world, forming):
    decision = open_move(session, world, forming)
    session.flush()
    with pytest.raises(Refused, match="closed"):
        answer(session, world, decision, "gateshead", now=DEADLINE)
    assert commands.close_due(session, DEADLINE - timedelta(seconds=1)) == 0
    assert commands.close_due(session, DEADLINE) == 1
    assert (decision.state, forming.stage) == (DecisionState.CARRIED, Stage.POOLING)
    assert commands.close_due(session, DEADLINE) == 0
    entry = log.entries_after(session, forming.stream, 0)[-1]
    assert (entry.kind, entry.actor_label) == ("consortia.stage_moved", SYSTEM.label)


def test_at_the_deadline_unanimity_without_all_answers_is_rejected(session, world, forming):
    with_rule(forming, DecisionRule.UNANIMITY)
    decision = open_move(session, world, forming)
    answer(session, world, decision, "gateshead")
    session.flush()
    assert commands.close_due(session, DEADLINE, consortium_id=world.consortium.id) == 0
    assert commands.close_due(session, DEADLINE, consortium_id=forming.id) == 1
    assert (decision.state, forming.stage) == (DecisionState.REJECTED, Stage.FORMING)


def test_an_agreed_move_that_became_impossible_moves_nothing_and_says_why(session, world):
    consortium = make_forming(session, world, bodies=("newcastle", "gateshead"))
    decision = open_move(session, world, consortium)
    answer(session, world, decision, "newcastle")
    commands.leave(
        session, world.actor("gateshead", "approver"), consortium_id=consortium.id, reason="Sorry.", now=LATER
    )
    session.flush()
    commands.close_due(session, DEADLINE)
    assert (decision.state, consortium.stage) == (DecisionState.WITHDRAWN, Stage.FORMING)
    assert decision.outcome["values"]["obstacle"]["msgid"] == "At least two bodies must have joined"


def test_the_body_that_put_a_question_may_withdraw_it_and_nobody_else(session, world, forming):
    decision = open_move(session, world, forming)
    key = {"consortium_id": forming.id, "decision_id": decision.id, "now": LATER}
    with pytest.raises(NotAllowed):
        commands.withdraw_decision(session, world.actor("newcastle"), **key)
    commands.withdraw_decision(session, world.actor("gateshead"), **key)
    assert decision.state is DecisionState.WITHDRAWN
    with pytest.raises(Refused):
        commands.withdraw_decision(session, world.actor("gateshead"), **key)
    with pytest.raises(Refused, match="closed"):
        answer(session, world, decision, "newcastle")


def test_a_consortium_walks_through_every_stage_by_decisions(session, world, forming):
    commands.edit_timetable(
        session,
        world.actor("newcastle"),
        consortium_id=forming.id,
        milestones={
            "award": NOW.date(),
            "contract_starts": NOW.date(),
            "contract_ends": NOW.date() + timedelta(days=365),
        },
        seen_version=forming.version,
        now=NOW,
    )
    session.flush()
    for stage in list(Stage)[1:]:
        decision = open_move(session, world, forming, stage.value)
        for body in ("newcastle", "gateshead", "darlington"):
            answer(session, world, decision, body)
        session.flush()
        assert forming.stage is stage
    with pytest.raises(Refused, match="cannot move from"):
        open_move(session, world, forming, "forming")
    assert log.verify(session, forming.stream).fault is None


def test_a_weight_is_set_once_and_recorded(session, world):
    consortium, gateshead = world.consortium, world.organisation("gateshead")
    weigh = {"consortium_id": consortium.id, "organisation_id": gateshead, "weight_pence": 123_45}
    assert commands.set_weight(session, world.actor("gateshead", "approver"), **weigh) is not None
    assert commands.set_weight(session, SYSTEM, **weigh) is None
    session.flush()
    assert [body.weight for body in queries.joined_bodies(session, consortium.id)] == [30000, 12345, 10000]
    assert kinds(session, consortium) == ["weight_changed"]


def test_nobody_weighs_another_body(session, world):
    weigh = {
        "consortium_id": world.consortium.id,
        "organisation_id": world.organisation("gateshead"),
        "weight_pence": 1,
    }
    for body, role, error in [
        ("newcastle", "approver", NotAllowed),
        ("gateshead", "observer", NotAllowed),
        ("leeds", "approver", NotFound),
    ]:
        with pytest.raises(error):
            commands.set_weight(session, world.actor(body, role), **weigh)
    with pytest.raises(NotFound):
        commands.set_weight(session, SYSTEM, **{**weigh, "organisation_id": world.organisation("leeds")})
    with pytest.raises(ValueError, match="zero or more"):
        commands.set_weight(session, SYSTEM, **{**weigh, "weight_pence": -1})
