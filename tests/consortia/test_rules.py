"""Stages and decision rules as pure functions."""

from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from commonpurse.calc import decision
from commonpurse.consortia import rules
from commonpurse.consortia.models import DecisionRule, Stage

READY = rules.Standing(
    has_category=True,
    has_place=True,
    decision_rule="consent",
    milestones=frozenset({"award", "contract_starts", "contract_ends"}),
    has_agreement=True,
    joined=2,
    unsigned=0,
    weight=100,
)


def without(**values):
    return replace(READY, **values)


def said(stage, to, standing):
    return [str(sentence) for sentence in rules.obstacles(stage, to, standing)]


def test_the_stages_of_the_rules_are_those_of_the_table_in_the_same_order():
    assert tuple(stage.value for stage in Stage) == rules.STAGES
    assert set(rules.STAGE_WORDS) == set(rules.STAGES)


def test_every_stage_but_the_last_leads_somewhere_and_every_move_has_a_question():
    for stage in rules.STAGES:
        assert bool(rules.moves_from(stage)) == (stage != "closed")
        for to in rules.moves_from(stage):
            assert rules.QUESTIONS[to]
            assert rules.CONFIRMED_BY_AGREEING[to]


def test_a_ready_consortium_may_make_every_move():
    for stage in rules.STAGES:
        for to in rules.moves_from(stage):
            assert said(stage, to, READY) == []


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"has_category": False}, "Choose a category for what you buy"),
        ({"has_place": False}, "Choose the place you buy for"),
        ({"decision_rule": None}, "Choose how the bodies decide"),
        ({"milestones": frozenset()}, "Enter at least one date of the timetable"),
        ({"has_agreement": False}, "Write the join agreement"),
        ({"joined": 1}, "At least two bodies must have joined"),
        ({"unsigned": 2}, "Every body must sign the latest join agreement (not signed yet: 2)"),
    ],
)
def test_forming_ends_only_when_each_thing_is_settled(missing, sentence):
    assert said("forming", "pooling", without(**missing)) == [sentence]


def test_bodies_cannot_go_out_to_bid_without_a_planned_award():
    assert said("negotiating", "out_to_bid", without(milestones=frozenset({"contract_starts"}))) == [
        "The timetable must say when the award is planned"
    ]


def test_a_contract_needs_its_term_in_the_timetable():
    assert said("out_to_bid", "contract", without(milestones=frozenset({"award", "contract_starts"}))) == [
        "The timetable must say when the contract starts and ends"
    ]


def test_weighted_votes_need_weight_once_pooling_ends():
    weightless = without(decision_rule="weighted", weight=0)
    assert said("forming", "pooling", weightless) == []
    assert said("pooling", "negotiating", weightless) == [
        "At least one body must commit a budget, as votes are weighted by it"
    ]


def test_a_stage_cannot_be_skipped():
    assert said("forming", "contract", READY) == ["A consortium cannot move from Forming to Contract"]


def test_closing_needs_nothing():
    assert said("forming", "closed", without(joined=1, decision_rule=None)) == []


def test_the_weighted_rule_counts_bodies_until_one_has_committed_a_budget():
    assert rules.rule_in_force("weighted", {"a": 0, "b": 0}) == "majority"
    assert rules.rule_in_force("weighted", {"a": 0, "b": 1}) == "weighted"
    assert rules.rule_in_force("consent", {"a": 0}) == "consent"


@pytest.mark.parametrize("rule", [rule.value for rule in DecisionRule])
def test_every_rule_says_what_it_means(rule):
    assert len(str(rules.meaning(rule, 50))) > 40


@pytest.mark.parametrize(
    ("rule", "quorum", "weights", "expected"),
    [
        ("unanimity", 0, {"a": 1, "b": 1, "c": 1}, "abc"),
        ("consent", 0, {"a": 1, "b": 1, "c": 1}, "abc"),
        ("majority", 0, {"a": 9, "b": 1, "c": 1}, ""),
        ("majority", 0, {"a": 1, "b": 1}, "ab"),
        ("weighted", 0, {"a": 50, "b": 30, "c": 20}, "a"),
        ("weighted", 0, {"a": 49, "b": 31, "c": 20}, ""),
        ("weighted", 75, {"a": 49, "b": 31, "c": 20}, "ab"),
        ("weighted", 0, {"a": 0, "b": 0, "c": 0}, ""),
        ("majority", 0, {}, ""),
    ],
)
def test_the_bodies_that_can_block_alone_are_found(rule, quorum, weights, expected):
    assert rules.blockers(rule, quorum, weights) == frozenset(expected)


@pytest.mark.parametrize(
    ("rule", "weights", "expected"),
    [
        ("weighted", {"a": 60, "b": 30, "c": 10}, "bc"),
        ("weighted", {"a": 49, "b": 49, "c": 2}, ""),
        ("weighted", {"a": 50, "b": 50, "c": 0}, "c"),
        ("weighted", {"a": 0, "b": 0}, ""),
        ("majority", {"a": 0, "b": 5}, ""),
        ("weighted", {str(number): number for number in range(16)}, ["0"]),
    ],
)
def test_bodies_whose_answer_changes_nothing_are_found(rule, weights, expected):
    assert rules.powerless(rule, weights) == frozenset(expected)


@pytest.mark.parametrize(
    ("rule", "names", "bodies", "words"),
    [
        ("unanimity", (), 3, "or by not answering"),
        ("consent", (), 3, "silence blocks nothing"),
        ("majority", (), 2, "With two bodies each can block"),
        ("majority", (), 5, "3 of the 5 bodies can together"),
        ("weighted", ("Leeds", "Calderdale"), 3, "Leeds, Calderdale"),
        ("weighted", (), 3, "half of all weight"),
    ],
)
def test_one_sentence_says_who_can_block(rule, names, bodies, words):
    assert words in str(rules.who_can_block(rule, names, bodies))


def test_a_high_quorum_lets_a_smaller_part_of_the_weight_block_by_silence():
    said = str(rules.who_can_block("weighted", (), 4, quorum_percent=60))
    assert said == "No body can block alone; bodies with more than 40% of all weight can by not answering."
    weights = {"a": 30, "b": 25, "c": 25, "d": 20}
    assert rules.blockers("weighted", 60, weights) == frozenset()
    kind = decision.Rule(decision.Kind.WEIGHTED, 60)
    answered = dict.fromkeys(("b", "c"), decision.Position.AGREE)
    assert decision.decide(kind, weights, answered, deadline_passed=True).state is decision.State.REJECTED


def test_before_any_budget_the_weighted_rule_says_that_bodies_count_the_same():
    assert "each body counts the same" in str(rules.who_can_block("weighted", (), 3, has_weight=False))


def test_the_first_date_before_an_earlier_step_is_found():
    dates = [("award", date(2027, 3, 1)), ("contract_starts", date(2027, 3, 1)), ("contract_ends", date(2027, 2, 1))]
    assert rules.out_of_order(dates) == ("contract_ends", "contract_starts")
    assert rules.out_of_order(dates[:2]) is None


def test_no_two_signatures_share_a_reference():
    one, other = UUID(int=1 << 100), UUID(int=2 << 100)
    named = {rules.signature_reference(key, number, at) for key in (one, other) for number in (1, 2) for at in (0, 1)}
    assert len(named) == 8
    assert rules.signature_reference(one, 2, 0) == "00000010-2-1"
