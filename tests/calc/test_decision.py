from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc.decision import Kind, Position, Rule, State, Tally, decide, words
from commonpurse.calc.money import pounds

AGREE, OBJECT, ABSTAIN = Position.AGREE, Position.OBJECT, Position.ABSTAIN
ORDER = [State.REJECTED, State.OPEN, State.CARRIED]
LETTERS = {"a": AGREE, "o": OBJECT, "s": ABSTAIN}

rules = st.builds(Rule, st.sampled_from(Kind), st.integers(0, 100) | st.sampled_from([0, 50, 100]))
weights = st.lists(st.integers(0, 5) | st.integers(0, 10**12), min_size=1, max_size=5)


def ballot(answers):
    """Positions from a word: a agrees, o objects, s abstains, . has not answered."""
    return {str(n): LETTERS[answer] for n, answer in enumerate(answers) if answer != "."}


def state(rule, answers, *, late=False, weights=None):
    electorate = {str(n): weight for n, weight in enumerate(weights or [1] * len(answers))}
    return decide(rule, electorate, ballot(answers), deadline_passed=late).state


@st.composite
def ballots(draw):
    """A rule, the weights, and an answer of each body."""
    own = draw(weights)
    return draw(rules), own, draw(st.lists(st.sampled_from("aos."), min_size=len(own), max_size=len(own)))


@settings(max_examples=500)
@given(ballots(), st.booleans())
def test_agreeing_in_place_of_anything_else_never_makes_things_worse(case, late):
    rule, own, answers = case
    before = state(rule, answers, late=late, weights=own)
    for place in range(len(answers)):
        after = state(rule, [*answers[:place], "a", *answers[place + 1 :]], late=late, weights=own)
        if answers[place] == "o" or not late or rule.kind is not Kind.WEIGHTED:
            assert ORDER.index(after) >= ORDER.index(before)


@settings(max_examples=500)
@given(ballots())
def test_abstaining_in_place_of_an_objection_never_makes_things_worse(case):
    rule, own, answers = case
    for late, place in product([False, True], range(len(answers))):
        if answers[place] == "o":
            before = state(rule, answers, late=late, weights=own)
            after = state(rule, [*answers[:place], "s", *answers[place + 1 :]], late=late, weights=own)
            assert ORDER.index(after) >= ORDER.index(before)


@settings(max_examples=500)
@given(ballots())
def test_the_deadline_settles_what_was_open_and_changes_nothing_else(case):
    rule, own, answers = case
    early, late = (state(rule, answers, late=late, weights=own) for late in (False, True))
    assert late is not State.OPEN
    assert early in {State.OPEN, late}


@settings(max_examples=300, deadline=None)
@given(ballots())
def test_a_decision_closes_early_exactly_when_no_answer_could_still_change_it(case):
    rule, own, answers = case
    early = state(rule, answers, weights=own)
    ends = {
        state(rule, [next(more) if answer == "." else answer for answer in answers], late=True, weights=own)
        for completion in product("aos.", repeat=answers.count("."))
        for more in [iter(completion)]
    }
    waits_on_purpose = (rule.kind is Kind.UNANIMITY and "s" in answers and "o" not in answers) or (
        rule.kind is Kind.WEIGHTED and not any(own)
    )
    if early is State.OPEN:
        assert len(ends) == 2 or waits_on_purpose
    else:
        assert ends == {early}


@given(ballots(), st.booleans())
def test_the_order_of_bodies_and_answers_does_not_matter(case, late):
    rule, own, answers = case
    electorate = {str(n): weight for n, weight in enumerate(own)}
    forwards = decide(rule, electorate, ballot(answers), deadline_passed=late)
    backwards = decide(
        rule,
        dict(reversed(electorate.items())),
        dict(reversed(ballot(answers).items())),
        deadline_passed=late,
    )
    assert forwards == backwards
    assert str(forwards.reason)


@given(ballots(), st.integers(1, 10**9), st.booleans())
def test_only_the_ratios_of_the_weights_count(case, factor, late):
    rule, own, answers = case
    scaled = [weight * factor for weight in own]
    assert state(rule, answers, late=late, weights=scaled) is state(rule, answers, late=late, weights=own)


UNANIMITY, CONSENT, MAJORITY = Rule(Kind.UNANIMITY), Rule(Kind.CONSENT), Rule(Kind.MAJORITY)
HALF = Rule(Kind.WEIGHTED, 50)


@pytest.mark.parametrize(
    ("rule", "answers", "late", "expected", "reason"),
    [
        (UNANIMITY, "aaa", False, "carried", "Every body agreed: 3 of 3"),
        (UNANIMITY, "aa.", False, "open", "2 of 3 bodies agreed so far, and every body must agree"),
        (UNANIMITY, "aas", False, "open", "2 of 3 bodies agreed so far, and every body must agree"),
        (UNANIMITY, "aas", True, "rejected", "2 of 3 bodies agreed by the deadline, and every body must agree"),
        (UNANIMITY, "a.o", False, "rejected", "1 of 3 bodies objected, and every body must agree"),
        (CONSENT, "ass", False, "carried", "Every body answered and none objected"),
        (CONSENT, "as.", False, "open", "Nobody has objected so far (no answer yet: 1 of 3)"),
        (CONSENT, "a..", True, "carried", "No objection by the deadline, and silence is consent (silent: 2)"),
        (CONSENT, "aao", True, "rejected", "1 of 3 bodies objected"),
        (MAJORITY, "aa.", False, "carried", "More than half of all bodies agreed: 2 of 3"),
        (MAJORITY, "aa..", False, "open", "2 of 4 bodies agreed so far, and more than half must"),
        (MAJORITY, "aa..", True, "rejected", "2 of 4 bodies agreed by the deadline, and more than half must"),
        (MAJORITY, "aaos", False, "rejected", "More than half of all bodies can no longer agree: 2 of 4 did"),
        (MAJORITY, "ao.s", False, "rejected", "More than half of all bodies can no longer agree: 1 of 4 did"),
    ],
)
def test_the_rules_that_count_bodies(rule, answers, late, expected, reason):
    electorate = {str(n): 0 for n in range(len(answers))}
    outcome = decide(rule, electorate, ballot(answers), deadline_passed=late)
    assert (outcome.state, str(outcome.reason)) == (expected, reason)


@pytest.mark.parametrize(
    ("own", "answers", "late", "expected", "reason"),
    [
        ([6, 5], "a.", False, "carried", "Those that agree outweigh those that object: 6 to 0"),
        ([5, 5], "a.", False, "open", "Weight 5 agreed and 0 objected so far, of 10 in all"),
        ([5, 5], "a.", True, "carried", "Those that agree outweigh those that object: 5 to 0"),
        ([5, 6], "a.", True, "rejected", "Too few answered: weight 5 of 11, with a quorum of 50%"),
        ([5, 6], "as", False, "carried", "Those that agree outweigh those that object: 5 to 0"),
        ([3, 3, 4], "aos", False, "rejected", "Those that agree do not outweigh those that object: 3 to 3"),
        ([3, 3, 4], "ao.", False, "open", "Weight 3 agreed and 3 objected so far, of 10 in all"),
        ([2, 6, 4], "ao.", False, "rejected", "Those that agree do not outweigh those that object: 2 to 6"),
        ([2, 6, 5], "ao.", False, "open", "Weight 2 agreed and 6 objected so far, of 13 in all"),
        ([4, 4], "ss", False, "rejected", "Those that agree do not outweigh those that object: 0 to 0"),
        ([3000, 2000, 1], ".oa", False, "open", "Weight 1 agreed and 2,000 objected so far, of 5,001 in all"),
        ([0, 0], "aa", False, "open", "No body has any weight yet, so no answer counts"),
        ([0, 0], "aa", True, "rejected", "Those that agree do not outweigh those that object: 0 to 0"),
    ],
)
def test_the_rule_that_counts_weight(own, answers, late, expected, reason):
    electorate = {str(n): weight for n, weight in enumerate(own)}
    outcome = decide(HALF, electorate, ballot(answers), deadline_passed=late)
    assert (outcome.state, str(outcome.reason)) == (expected, reason)


@pytest.mark.parametrize(
    ("quorum", "answered", "expected"),
    [(0, 1, "carried"), (33, 33, "carried"), (33, 32, "rejected"), (100, 99, "rejected"), (100, 100, "carried")],
)
def test_a_quorum_is_reached_to_the_unit(quorum, answered, expected):
    own = [answered, 100 - answered]
    assert state(Rule(Kind.WEIGHTED, quorum), "a.", late=True, weights=own) == expected


def test_an_objector_can_make_up_the_quorum_which_is_known_of_quorums():
    assert state(HALF, "a.", late=True, weights=[45, 10]) is State.CARRIED
    assert state(Rule(Kind.WEIGHTED, 90), "a.", late=True, weights=[45, 10]) is State.REJECTED
    assert state(Rule(Kind.WEIGHTED, 90), "ao", late=True, weights=[45, 10]) is State.CARRIED


def test_weights_are_said_as_the_caller_wishes():
    outcome = decide(HALF, {"a": 250, "b": 100}, {"a": AGREE}, deadline_passed=False, say_weight=pounds)
    assert str(outcome.reason) == "Those that agree outweigh those that object: £2.50 to £0.00"


def test_the_tally_counts_bodies_and_weights_apart():
    electorate = {"a": 1, "b": 20, "c": 300, "d": 4000, "e": 50000}
    positions = {"a": AGREE, "b": OBJECT, "c": ABSTAIN, "d": AGREE}
    tally = decide(HALF, electorate, positions, deadline_passed=False).tally
    assert tally == Tally(
        quorum_percent=50,
        bodies=5,
        agree=2,
        object=1,
        abstain=1,
        whole_weight=54321,
        agree_weight=4001,
        object_weight=20,
        abstain_weight=300,
    )
    assert (tally.waiting, tally.answered_weight, tally.quorate) == (1, 4321, False)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (UNANIMITY, "Everyone agrees: a proposal is carried when every body agrees, and one objection rejects it"),
        (
            CONSENT,
            (
                "Consent: a proposal is carried when every body has answered, or the deadline has passed, "
                "and nobody objects; silence is consent"
            ),
        ),
        (MAJORITY, "Majority: a proposal is carried when more than half of all bodies agree"),
        (
            HALF,
            (
                "Weighted: a proposal is carried when those that agree outweigh those that object, "
                "and bodies with at least 50% of all weight have answered"
            ),
        ),
    ],
)
def test_a_rule_is_put_in_words(rule, text):
    assert str(words(rule)) == text


def test_a_rule_and_a_position_can_be_given_as_stored_text():
    outcome = decide(Rule(Kind("majority")), {"a": 1}, {"a": "agree"}, deadline_passed=False)
    assert outcome.state is State.CARRIED


@pytest.mark.parametrize("quorum", [-1, 101, 50.0, True])
def test_a_quorum_is_a_whole_percentage(quorum):
    with pytest.raises(ValueError, match="quorum_percent must be an int from 0 to 100"):
        Rule(Kind.WEIGHTED, quorum)


@pytest.mark.parametrize(
    ("electorate", "positions", "complaint"),
    [
        ({}, {}, "nobody is there to decide"),
        ({"a": -1}, {}, "zero or more"),
        ({"a": 1.0}, {}, "must be ints"),
        ({"a": True}, {}, "must be ints"),
        ({"a": 1}, {"z": AGREE, "y": AGREE}, "not in the electorate: y, z"),
        ({"a": 1}, {"a": "perhaps"}, "not a valid Position"),
    ],
)
def test_nonsense_is_refused(electorate, positions, complaint):
    with pytest.raises(ValueError, match=complaint):
        decide(MAJORITY, electorate, positions, deadline_passed=False)
