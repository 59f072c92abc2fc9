"""What consortia say to the home page and to lists, and how much they ask the database for it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commonpurse.consortia import commands, queries, rules
from commonpurse.consortia.models import Milestone, MilestoneKind, Participation, ParticipationState, Stage
from commonpurse.core import jobs
from commonpurse.core.errors import NotFound
from support.consortia_rows import LATER, answer, make_forming, make_lonely, open_move, part_of
from support.web import counted_statements
from support.world import NOW, TODAY, make_consortium


@pytest.fixture(autouse=True)
def letters_wait(monkeypatch):
    """Letters are written but nobody delivers them."""
    monkeypatch.setitem(jobs._jobs, "deliver_mail", lambda *_: None)


def said(session, world, body, role, today=TODAY):
    return [
        (thing.msgid % thing.values, thing.endpoint, thing.due)
        for thing in queries.waiting(session, world.actor(body, role), today)
    ]


def test_an_invitation_waits_for_those_who_may_answer_it(session, world):
    lonely = make_lonely(session, world)
    commands.invite(
        session,
        world.actor("newcastle"),
        consortium_id=lonely.id,
        organisation_ids=[world.organisation("gateshead")],
        now=NOW,
    )
    session.flush()
    expected = [("Answer the invitation to Road signs", "consortia.answer_invitation", None)]
    assert said(session, world, "gateshead", "approver") == expected
    assert said(session, world, "gateshead", "organisation_administrator") == expected
    assert said(session, world, "darlington", "approver") == []


@pytest.mark.parametrize("role", ["buyer", "evaluator", "observer"])
def test_those_who_may_not_answer_an_invitation_are_told_who_can(session, world, role):
    lonely = make_lonely(session, world)
    bodies = [world.organisation("gateshead")]
    commands.invite(session, world.actor("newcastle"), consortium_id=lonely.id, organisation_ids=bodies, now=NOW)
    session.flush()
    sentence = (
        "Newcastle upon Tyne Council invited your organisation to Road signs; "
        "an approver or an administrator can answer"
    )
    assert said(session, world, "gateshead", role) == [(sentence, "consortia.answer_invitation", None)]
    [thing] = queries.waiting(session, world.actor("gateshead", role), TODAY)
    assert thing.is_news
    assert said(session, world, "darlington", role) == []


def test_whoever_put_a_question_is_told_for_a_week_that_it_was_rejected(session, world):
    forming = make_forming(session, world)
    decision = open_move(session, world, forming)
    answer(session, world, decision, "darlington", "object", reason="Too early.")
    session.flush()
    closed = LATER.date()
    sentence = "The bodies did not agree to your question: Shall we begin to pool needs and budgets?"
    told = [(sentence, "consortia.show_decision", None)]
    assert said(session, world, "gateshead", "buyer", closed) == told
    assert said(session, world, "gateshead", "buyer", closed + timedelta(days=7)) == told
    assert said(session, world, "gateshead", "buyer", closed + timedelta(days=8)) == []
    assert said(session, world, "gateshead", "approver", closed) == []
    assert said(session, world, "darlington", "buyer", closed) == []


def test_whoever_put_a_question_is_told_that_it_became_impossible_and_not_that_it_was_taken_back(session, world):
    forming = make_forming(session, world)
    open_move(session, world, forming)
    commands.write_agreement(
        session, world.actor("newcastle"), consortium_id=forming.id, text="New.", seen_number=1, now=NOW
    )
    session.flush()
    deadline = NOW + timedelta(days=7)
    commands.close_due(session, deadline)
    session.flush()
    sentence = (
        "The bodies agreed to your question, but it is no longer possible: Shall we begin to pool needs and budgets?"
    )
    assert said(session, world, "gateshead", "buyer", deadline.date()) == [(sentence, "consortia.show_decision", None)]
    assert said(session, world, "gateshead", "buyer", deadline.date() + timedelta(days=8)) == []
    assert said(session, world, "darlington", "buyer", deadline.date()) == []
    again = open_move(session, world, forming, "closed")
    gateshead = world.actor("gateshead")
    commands.withdraw_decision(session, gateshead, consortium_id=forming.id, decision_id=again.id, now=NOW)
    session.flush()
    assert said(session, world, "gateshead", "buyer", deadline.date()) == [(sentence, "consortia.show_decision", None)]


def test_a_new_version_waits_for_a_signature_until_it_is_signed(session, world):
    forming = make_forming(session, world)
    commands.write_agreement(
        session, world.actor("newcastle"), consortium_id=forming.id, text="New.", seen_number=1, now=NOW
    )
    session.flush()
    assert said(session, world, "gateshead", "approver") == [
        ("Sign version 2 of the join agreement", "consortia.sign_agreement", None)
    ]
    commands.sign_agreement(session, world.actor("gateshead", "approver"), consortium_id=forming.id, number=2, now=NOW)
    session.flush()
    assert said(session, world, "gateshead", "approver") == []


def test_a_question_waits_for_an_answer_by_its_last_day(session, world):
    forming = make_forming(session, world)
    decision = open_move(session, world, forming)
    expected = ("Answer the question: Shall we begin to pool needs and budgets?", "consortia.show_decision")
    assert said(session, world, "darlington", "buyer") == [(*expected, date(2026, 11, 9))]
    assert said(session, world, "darlington", "approver") == [(*expected, date(2026, 11, 9))]
    assert said(session, world, "darlington", "observer") == []
    assert said(session, world, "darlington", "buyer", TODAY + timedelta(days=8)) == []
    answer(session, world, decision, "darlington")
    session.flush()
    assert said(session, world, "darlington", "buyer") == []


def next_stages(session, world, body="newcastle", role="buyer"):
    """What a person is told of the stages that may follow."""
    found = queries.waiting(session, world.actor(body, role), TODAY)
    told = [thing for thing in found if thing.endpoint == "consortia.propose_stage"]
    assert all(thing.is_news for thing in told)
    return [(thing.consortium, str(thing.values["stage"])) for thing in told]


def test_buyers_of_the_lead_are_told_which_stage_may_follow(session, world):
    forming = make_forming(session, world)
    [thing] = [
        thing
        for thing in queries.waiting(session, world.actor("newcastle"), TODAY)
        if thing.consortium_id == forming.id
    ]
    assert thing.msgid % thing.values == "The consortium can move to the next stage: Pooling"
    assert thing.endpoint == "consortia.propose_stage"
    expected = [("Level crossings and light", "Out to bid"), ("Road signs", "Pooling")]
    assert sorted(next_stages(session, world)) == expected
    for body, role in [("gateshead", "buyer"), ("newcastle", "approver"), ("leeds", "buyer")]:
        assert next_stages(session, world, body, role) == []


def test_a_stage_that_something_stands_in_the_way_of_is_not_told(session, world):
    world.consortium.stage = Stage.OUT_TO_BID
    session.flush()
    assert next_stages(session, world) == []
    for kind in ("contract_starts", "contract_ends"):
        world.consortium.milestones.append(Milestone(kind=MilestoneKind(kind), due_on=date(2030, 1, 1)))
    session.flush()
    assert next_stages(session, world) == [("Level crossings and light", "Contract")]


def test_a_stage_is_not_told_while_the_bodies_decide_on_one_nor_that_a_consortium_may_close(session, world):
    commands.open_decision(
        session, world.actor("gateshead"), consortium_id=world.consortium.id, stage="out_to_bid", now=NOW
    )
    session.flush()
    assert next_stages(session, world) == []
    delivering = make_consortium(session, world, name="Delivering", stage=Stage.DELIVERING)
    assert delivering.lead_organisation_id == world.organisation("newcastle")
    assert next_stages(session, world) == []


def test_what_waits_is_asked_in_as_many_statements_for_one_consortium_as_for_many(session, connection, world):
    actor = world.actor("newcastle")
    session.expunge_all()
    with counted_statements(connection) as for_one:
        assert len(queries.waiting(session, actor, TODAY)) == 1
    for number in range(12):
        make_consortium(session, world, name=f"Number {number}")
    session.commit()
    session.expunge_all()
    with counted_statements(connection) as for_many:
        assert len(queries.waiting(session, actor, TODAY)) == 13
    assert len(for_one) == len(for_many) <= 10


def test_nothing_waits_for_a_person_without_an_organisation(session, world):
    assert said(session, world, "nowhere", "stranger") == []


def test_the_last_day_is_the_day_in_london():
    assert queries.last_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)


def test_joined_bodies_come_in_roster_order_without_those_that_left(session, world):
    part_of(world.consortium, world, "gateshead").state = ParticipationState.LEFT
    session.flush()
    found = queries.joined_bodies(session, world.consortium.id)
    assert [(body.name, body.position, body.weight, body.area_gss) for body in found] == [
        ("Newcastle upon Tyne Council", 0, 300_00, "E08000021"),
        ("Darlington Council", 2, 100_00, "E06000005"),
    ]


def test_the_consortia_of_the_home_page_come_by_their_next_date(session, world):
    later = make_consortium(session, world, name="No dates ahead")
    later.milestones[0].due_on = date(2026, 1, 1)
    session.flush()
    found = queries.joined_consortia(session, world.actor("gateshead"), TODAY)
    assert [(row.name, row.next_date) for row in found] == [
        ("Level crossings and light", date(2027, 3, 1)),
        ("No dates ahead", None),
    ]
    assert queries.joined_consortia(session, world.actor("leeds"), TODAY) == []


@pytest.mark.parametrize(
    ("stage", "next_date"),
    [
        (Stage.FORMING, date(2026, 12, 1)),
        (Stage.POOLING, date(2026, 12, 1)),
        (Stage.NEGOTIATING, date(2027, 1, 1)),
        (Stage.OUT_TO_BID, date(2027, 3, 1)),
        (Stage.CONTRACT, date(2027, 3, 1)),
        (Stage.DELIVERING, date(2030, 1, 1)),
        (Stage.CLOSED, None),
    ],
)
def test_the_next_date_is_none_of_a_stage_that_is_over(session, world, stage, next_date):
    dates = {"pooling_closes": date(2026, 12, 1), "negotiation_closes": date(2027, 1, 1)}
    for kind, day in {**dates, "contract_ends": date(2030, 1, 1)}.items():
        world.consortium.milestones.append(Milestone(kind=MilestoneKind(kind), due_on=day))
    world.consortium.stage = stage
    session.flush()
    [row] = queries.joined_consortia(session, world.actor("gateshead"), TODAY)
    assert row.next_date == next_date


def test_the_list_is_paged_and_asks_the_same_for_one_row_and_for_many(session, connection, world):
    actor = world.actor("darlington")
    session.expunge_all()
    with counted_statements(connection) as for_one:
        assert queries.list_page(session, actor).total == 1
    for number in range(24):
        make_consortium(session, world, name=f"Number {number}")
    session.commit()
    session.expunge_all()
    with counted_statements(connection) as for_many:
        page = queries.list_page(session, actor)
    assert (len(page.rows), page.total, page.pages) == (20, 25, 2)
    assert len(for_many) == len(for_one)
    assert len(queries.list_page(session, actor, number=2).rows) == 5
    assert queries.list_page(session, actor, number=9).rows == ()


def test_the_home_asks_the_same_for_two_bodies_and_for_three(session, connection, world):
    small = make_consortium(session, world, ("newcastle", "gateshead"))
    actor = world.actor("newcastle", "approver")
    counts = []
    for consortium in (small, world.consortium):
        session.commit()
        session.expunge_all()
        with counted_statements(connection) as seen:
            queries.home_page(session, actor, consortium.id, TODAY)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_outsider_finds_no_page(session, world):
    for query in (queries.tasks_page, queries.members_page, queries.moves_page, queries.agreement_page):
        with pytest.raises(NotFound):
            query(session, world.actor("leeds"), world.consortium.id)


def test_a_body_that_never_took_part_has_no_participation(world):
    assert queries.participation_of(world.consortium, world.organisation("leeds")) is None
    part = queries.participation_of(world.consortium, world.organisation("gateshead"))
    assert isinstance(part, Participation)


def test_every_step_of_the_timetable_has_words_and_a_stage():
    assert set(rules.MILESTONE_WORDS) == set(rules.MILESTONE_STAGES) == {kind.value for kind in MilestoneKind}
    assert set(rules.MILESTONE_STAGES.values()) <= set(rules.STAGES)
