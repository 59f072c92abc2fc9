"""Who gets a letter when something happens, and that nobody gets it twice."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from commonpurse.consortia import commands as consortia
from commonpurse.consortia.models import DecisionRule
from commonpurse.core import log
from commonpurse.core.mail import Mail
from commonpurse.delivery.events import OutcomeReported
from commonpurse.delivery.models import Contract, VerificationStatus
from commonpurse.identity.models import Membership
from commonpurse.notifications import jobs
from commonpurse.notifications.letters import render_letter
from commonpurse.notifications.rules import TASKS
from commonpurse.pooling.commands import add_budget
from commonpurse.pooling.models import ApprovalState, BudgetContribution
from commonpurse.workspaces.commands import make_offer
from support.consortia_rows import answer as vote
from support.consortia_rows import make_forming, open_move, with_rule
from support.delivery_rows import make_contract, make_record
from support.workspace_rows import answer, make_rule, make_target, offer
from support.world import MEMBERS

NOW = datetime.now(UTC)
EVERYBODY = {f"{role}@{body}.example" for body in MEMBERS for role in ("buyer", "approver")}


@pytest.fixture
def post(app, session):
    """Tell of the newest entry of a stream, as after its commit, and give the letters there are since."""

    def tell(stream, kind):
        session.commit()
        entry = [entry for entry in log.entries_after(session, stream, 0) if entry.kind == kind][-1]
        before = set(session.scalars(select(Mail.id)))
        with app.app_context():
            jobs.hear([entry])
        session.expire_all()
        return [letter for letter in session.scalars(select(Mail)) if letter.id not in before]

    return tell


def to(letters):
    recipients = [letter.recipient for letter in letters]
    assert len(set(recipients)) == len(recipients)
    return set(recipients)


def read(app, letter):
    with app.app_context():
        return "\n".join(render_letter(letter))


def without_links(said):
    """The words of a letter alone: the keys in its addresses are any digits."""
    return re.sub(r"https?://\S+", "", said)


def test_the_new_lead_is_told_that_it_leads(app, session, world, post):
    forming = make_forming(session, world)
    consortia.edit_lead(
        session,
        world.actor("newcastle"),
        consortium_id=forming.id,
        lead_organisation_id=world.organisation("gateshead"),
        seen_version=forming.version,
        now=NOW,
    )
    letters = post(forming.stream, "consortia.lead_changed")
    assert to(letters) == {"buyer@gateshead.example", "organisation_administrator@gateshead.example"}
    said = read(app, letters[0])
    assert "Newcastle upon Tyne Council handed the lead of the consortium “Road signs” to Gateshead Council" in said
    assert f"/consortia/{forming.id}/tasks" in said


def test_a_question_goes_to_all_who_can_answer_but_the_body_that_answered_and_the_person_who_asked(
    app, session, world, post
):
    forming = make_forming(session, world)
    decision = open_move(session, world, forming, now=NOW)
    vote(session, world, decision, "darlington", now=NOW)
    letters = post(forming.stream, "consortia.decision_opened")
    assert to(letters) == {"buyer@newcastle.example", "approver@newcastle.example", "approver@gateshead.example"}
    said = read(app, letters[0])
    assert "Shall we begin to pool needs and budgets?" in said
    assert f"/decisions/{decision.id}" in said


@pytest.mark.parametrize(("said", "subject"), [("agree", "said yes"), ("object", "did not agree")])
def test_whoever_asked_is_told_what_the_bodies_answered(app, session, world, post, said, subject):
    forming = with_rule(make_forming(session, world), DecisionRule.UNANIMITY)
    decision = open_move(session, world, forming, now=NOW)
    vote(session, world, decision, "gateshead", now=NOW)
    vote(session, world, decision, "newcastle", now=NOW)
    vote(session, world, decision, "darlington", said, reason="Perhaps.", now=NOW)
    [letter] = post(forming.stream, "consortia.decision_closed")
    assert letter.recipient == "buyer@gateshead.example"
    assert subject in read(app, letter).splitlines()[0]


def test_nobody_gets_a_letter_about_a_question_they_withdrew_themselves(session, world, post):
    forming = make_forming(session, world)
    decision = open_move(session, world, forming, now=NOW)
    consortia.withdraw_decision(
        session, world.actor("gateshead"), consortium_id=forming.id, decision_id=decision.id, now=NOW
    )
    assert post(forming.stream, "consortia.decision_closed") == []


def test_an_offer_goes_to_the_bodies_that_have_not_answered_it_and_says_no_figure(app, session, world, post):
    item = make_target(session, world)
    offer(session, world, "gateshead", item, 0, "137", now=NOW)
    answer(session, world, "darlington", item, 1, "abstain", now=NOW)
    stream = session.scalars(select(log.Stream.name).where(log.Stream.name.like("workspace:%"))).one()
    letters = post(stream, "workspaces.offer_made")
    assert to(letters) == {"buyer@newcastle.example", "approver@newcastle.example"}
    said = read(app, letters[0])
    assert "Gateshead Council made an offer for “Apprenticeship starts, level 3”" in said
    assert f"/workspace/{item}" in said
    assert "137" not in without_links(said)


def test_an_offer_that_another_replaced_is_told_to_nobody(app, session, world):
    item = make_target(session, world)
    offer(session, world, "gateshead", item, 0, "137", now=NOW)
    offer(session, world, "darlington", item, 1, "140", now=NOW)
    session.commit()
    stream = session.scalars(select(log.Stream.name).where(log.Stream.name.like("workspace:%"))).one()
    offers = [entry for entry in log.entries_after(session, stream, 0) if entry.kind == "workspaces.offer_made"]
    with app.app_context():
        jobs.hear(offers)
    expected = {f"{role}@{body}.example" for body in ("newcastle", "gateshead") for role in ("buyer", "approver")}
    assert to(session.scalars(select(Mail)).all()) == expected


def test_an_offer_on_how_outcomes_are_shared_says_so(app, session, world, post):
    item = make_rule(session, world)
    actor = world.actor("gateshead")
    make_offer(session, actor, item_id=item, seen_number=0, quantity=None, allocation={"kind": "equal"}, now=NOW)
    stream = session.scalars(select(log.Stream.name).where(log.Stream.name.like("workspace:%"))).one()
    [letter, *_rest] = post(stream, "workspaces.offer_made")
    assert "Gateshead Council proposed how outcomes are shared" in read(app, letter)


@pytest.fixture
def money(session, world):
    """Money that the buyer of Gateshead committed, and that waits for an approver."""
    add_budget(
        session,
        world.actor("gateshead"),
        consortium_id=world.consortium.id,
        financial_year=2027,
        amount_pence=1_234_567_00,
        commitment_level="committed",
        source="Highways capital",
        now=NOW,
    )
    return session.scalars(select(BudgetContribution)).one()


def test_money_that_waits_is_told_to_the_approvers_of_its_body_without_the_amount(app, session, world, post, money):
    [letter] = post(world.consortium.stream, "pooling.budget_added")
    assert letter.recipient == "approver@gateshead.example"
    said = read(app, letter)
    assert f"/budget/{money.id}/approve" in said
    assert "234" not in without_links(said)


def test_whoever_entered_the_money_gets_no_letter_though_they_may_approve_others(session, world, post, money):
    person = world.people["gateshead", "buyer"].id
    membership = session.scalars(select(Membership).where(Membership.person_id == person)).one()
    membership.roles = ["buyer", "approver"]
    assert to(post(world.consortium.stream, "pooling.budget_added")) == {"approver@gateshead.example"}


def test_nobody_who_has_left_the_organisation_gets_a_letter(session, world, post, money):
    person = world.people["gateshead", "approver"].id
    session.scalars(select(Membership).where(Membership.person_id == person)).one().ended_at = NOW
    assert post(world.consortium.stream, "pooling.budget_added") == []


def report(session, world, subject):
    """An outcome that the buyer of Gateshead records."""
    contract = session.scalars(select(Contract)).first() or make_contract(session, world)
    record = make_record(
        session, world, contract, subject=subject, body="gateshead", status=VerificationStatus.REPORTED
    )
    event = OutcomeReported(record.id, "Apprenticeships", Decimal(1), "people", record.quarter_starting, "E08000021", 1)
    log.record(session, world.actor("gateshead"), world.consortium.stream, event, at=NOW)
    return record


def test_outcomes_to_check_are_told_once_a_day_to_all_but_whoever_recorded_them(app, session, world, post):
    record = report(session, world, "first")
    letters = post(world.consortium.stream, "delivery.outcome_reported")
    assert to(letters) == EVERYBODY - {"buyer@gateshead.example"}
    assert f"/outcomes/{record.id}" in read(app, letters[0])
    report(session, world, "second")
    assert post(world.consortium.stream, "delivery.outcome_reported") == []


def test_something_that_no_longer_waits_is_told_to_nobody(session, world, post, money):
    money.approval, money.approved_at = ApprovalState.APPROVED, NOW
    money.approved_by_id = world.people["gateshead", "approver"].id
    assert post(world.consortium.stream, "pooling.budget_added") == []


def test_a_second_try_writes_no_second_letter(session, world, post, money):
    assert len(post(world.consortium.stream, "pooling.budget_added")) == 1
    assert post(world.consortium.stream, "pooling.budget_added") == []


def test_what_happened_more_than_a_week_ago_is_no_news(app, session, world):
    entry = log.Entry(world.consortium.stream, 1, NOW - timedelta(days=8), None, None, "", "pooling.budget_added", {})
    with app.app_context():
        jobs.hear([entry])
    assert session.scalars(select(Mail)).all() == []


def test_every_task_that_is_told_is_a_page_that_waits_for_people(app):
    for task in TASKS.values():
        [rule] = app.url_map.iter_rules(task.endpoint)
        assert {"consortium_id", task.argument} == rule.arguments
