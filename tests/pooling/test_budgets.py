"""Budget contributions and the second person who stands by them."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from commonpurse.consortia.models import Milestone, MilestoneKind, Stage
from commonpurse.consortia.queries import joined_bodies
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.pooling.commands import add_budget, approve_budget, refuse_budget
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel
from commonpurse.pooling.queries import budget_page, waiting
from support.pooling_rows import make_budget, make_requirement
from support.web import counted_statements
from support.world import NOW, TODAY


def add(session, world, body="gateshead", role="buyer", **changes):
    values = {
        "financial_year": 2026,
        "amount_pence": 25_000_00,
        "commitment_level": CommitmentLevel.COMMITTED,
        "source": "Highways revenue",
        **changes,
    }
    return add_budget(session, world.actor(body, role), consortium_id=world.consortium.id, now=NOW, **values)


def approve(session, world, key, body="gateshead", role="approver", **values):
    actor = world.actor(body, role)
    approve_budget(session, actor, consortium_id=world.consortium.id, contribution_id=key, now=NOW, **values)


def refuse(session, world, key, body="gateshead", role="approver", *, reason="Not in the budget", **values):
    actor, consortium_id = world.actor(body, role), world.consortium.id
    refuse_budget(session, actor, consortium_id=consortium_id, contribution_id=key, reason=reason, now=NOW, **values)


def weight_of(session, world, body):
    return next(
        each.weight
        for each in joined_bodies(session, world.consortium.id)
        if each.organisation_id == world.organisation(body)
    )


def awaited(session, world, **values):
    return make_budget(session, world, "gateshead", approval=ApprovalState.AWAITED, **values)


@pytest.mark.parametrize(
    ("level", "approval"),
    [("indicative", "not_needed"), ("committed", "awaited"), ("guaranteed_minimum", "awaited")],
)
def test_firm_money_waits_for_a_second_person_and_indicative_money_does_not(session, world, level, approval):
    line = session.get(BudgetContribution, add(session, world, commitment_level=level))
    assert (line.commitment_level.value, line.approval.value) == (level, approval)
    [entry] = log.entries_after(session, world.consortium.stream, 0)
    assert (entry.kind, entry.data["amount_pence"]) == ("pooling.budget_added", 25_000_00)


@pytest.mark.parametrize("role", ["approver", "evaluator", "observer", "organisation_administrator"])
def test_only_buyers_enter_money(session, world, role):
    with pytest.raises(NotAllowed):
        add(session, world, role=role)


def test_a_body_outside_the_consortium_finds_nothing(session, world):
    line = awaited(session, world)
    for attempt in (lambda: add(session, world, body="leeds"), lambda: approve(session, world, line.id, body="leeds")):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(NotFound):
        budget_page(session, world.actor("leeds"), world.consortium.id)
    with pytest.raises(NotFound):
        approve(session, world, uuid4())


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount_pence", 0), ("amount_pence", -1), ("amount_pence", 10**14), ("financial_year", 26), ("source", " ")],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_stored(session, world, field, value):
    with pytest.raises(Refused) as refusal:
        add(session, world, **{field: value})
    assert refusal.value.field == field
    assert session.scalar(select(func.count()).select_from(BudgetContribution)) == 0


def test_the_same_money_twice_is_refused_until_the_first_is_refused_by_the_approver(session, world):
    key = add(session, world)
    with pytest.raises(Refused, match="the same line already"):
        add(session, world, source="highways REVENUE")
    refuse(session, world, key)
    add(session, world)


def test_approving_gives_the_body_the_weight_of_its_firm_money(session, world):
    key = add(session, world)
    assert weight_of(session, world, "gateshead") == 200_00
    approve(session, world, key, seen_version=1)
    assert weight_of(session, world, "gateshead") == 25_000_00
    kinds = [entry.kind for entry in log.entries_after(session, world.consortium.stream, 0)]
    assert kinds[:2] == ["pooling.budget_added", "pooling.budget_approved"]


def test_refusing_takes_a_reason_and_gives_no_weight(session, world):
    key = add(session, world)
    with pytest.raises(Refused) as refusal:
        refuse(session, world, key, reason=" ")
    assert refusal.value.field == "reason"
    refuse(session, world, key)
    line = session.get(BudgetContribution, key)
    assert (line.approval, line.reason) == (ApprovalState.REFUSED, "Not in the budget")
    assert weight_of(session, world, "gateshead") == 200_00


@pytest.mark.parametrize("answer", [approve, refuse])
@pytest.mark.parametrize(
    ("body", "role"), [("gateshead", "buyer"), ("gateshead", "observer"), ("newcastle", "approver")]
)
def test_only_an_approver_of_the_same_body_answers(session, world, answer, body, role):
    line = awaited(session, world)
    with pytest.raises(NotAllowed):
        answer(session, world, line.id, body=body, role=role)
    assert line.approval is ApprovalState.AWAITED


@pytest.mark.parametrize(
    "answer", [approve_budget, lambda *args, **values: refuse_budget(*args, reason="No", **values)]
)
def test_who_entered_money_does_not_approve_it_even_with_both_roles(session, world, answer):
    person = world.people["gateshead", "buyer"]
    both = Actor(person.id, world.organisation("gateshead"), frozenset({"buyer", "approver"}), person.label)
    line = awaited(session, world)
    with pytest.raises(NotAllowed):
        answer(session, both, consortium_id=world.consortium.id, contribution_id=line.id, now=NOW)


@pytest.mark.parametrize("answer", [approve, refuse])
def test_an_answer_is_given_once(session, world, answer):
    line = awaited(session, world)
    approve(session, world, line.id)
    with pytest.raises(Stale):
        answer(session, world, line.id)


def test_who_saw_another_version_is_told(session, world):
    line = awaited(session, world)
    with pytest.raises(Stale):
        approve(session, world, line.id, seen_version=line.version + 1)


def test_money_changes_only_while_pooling_or_negotiating(session, world):
    line = awaited(session, world)
    world.consortium.stage = Stage.CONTRACT
    session.flush()
    for attempt in (lambda: add(session, world), lambda: approve(session, world, line.id)):
        with pytest.raises(Refused, match="only while the consortium is pooling or negotiating"):
            attempt()


def test_the_page_keeps_committed_indicative_awaited_and_refused_money_apart(session, world):
    make_budget(session, world, "newcastle", 100_00)
    make_budget(session, world, "newcastle", 40_00, financial_year=2027)
    make_budget(session, world, "gateshead", 50_01, commitment_level=CommitmentLevel.GUARANTEED_MINIMUM)
    indicative = {"commitment_level": CommitmentLevel.INDICATIVE, "approval": ApprovalState.NOT_NEEDED}
    make_budget(session, world, "darlington", 7_00, **indicative)
    make_budget(session, world, "gateshead", 900_00, approval=ApprovalState.AWAITED)
    make_budget(session, world, "gateshead", 800_00, approval=ApprovalState.REFUSED, reason="No")
    page = budget_page(session, world.actor("gateshead", "approver"), world.consortium.id)
    assert [(row.financial_year, row.amounts, row.total_pence) for row in page.committed.rows] == [
        (2026, (100_00, 50_01, None), 150_01),
        (2027, (40_00, None, None), 40_00),
    ]
    assert (page.committed.totals, page.committed.total_pence) == ((140_00, 50_01, 0), 190_01)
    assert (page.indicative.total_pence, page.guaranteed_pence, page.awaited_pence) == (7_00, 50_01, 900_00)
    assert [line.approval for line in page.contributions if line.may_approve] == ["awaited"]
    assert page.contribution_count == 6


def test_the_page_takes_as_many_statements_for_many_lines_as_for_one(session, world):
    def statements():
        session.expunge_all()
        with counted_statements(session.connection()) as seen:
            budget_page(session, world.actor("gateshead"), world.consortium.id)
        return len(seen)

    make_budget(session, world, "gateshead")
    one = statements()
    for number in range(20):
        make_budget(session, world, "gateshead" if number % 2 else "newcastle", number + 1)
    assert statements() == one


def test_money_waits_for_the_approver_of_its_body_until_it_is_answered(session, world):
    key = add(session, world)
    [task] = waiting(session, world.actor("gateshead", "approver"), TODAY)
    assert task.msgid % task.values == "Approve or refuse £25,000.00 for 2026-27 from “Highways revenue”"
    assert task.arguments == {"consortium_id": world.consortium.id, "contribution_id": key}
    assert waiting(session, world.actor("newcastle", "approver"), TODAY) == []
    assert waiting(session, world.actor("gateshead", "buyer"), TODAY) == []
    approve(session, world, key)
    assert waiting(session, world.actor("gateshead", "approver"), TODAY) == []


def test_a_need_waits_for_buyers_of_joined_bodies_while_pooling_is_open(session, world):
    world.consortium.stage = Stage.POOLING
    session.add(
        Milestone(consortium_id=world.consortium.id, kind=MilestoneKind.POOLING_CLOSES, due_on=date(2026, 11, 30))
    )
    make_requirement(session, world, "newcastle")
    assert waiting(session, world.actor("newcastle"), TODAY) == []
    [task] = waiting(session, world.actor("gateshead"), TODAY)
    assert (task.msgid, task.due, task.consortium) == (
        "Enter what your organisation needs",
        date(2026, 11, 30),
        world.consortium.name,
    )
    [late] = waiting(session, world.actor("gateshead"), date(2026, 12, 1))
    assert late.msgid.endswith("pooling was to close by now")
    assert waiting(session, world.actor("leeds"), TODAY) == []
    assert waiting(session, world.actor("nowhere", "stranger"), TODAY) == []
