"""Money changed or taken away by the body that entered it, until a second person approves it."""

import re

import pytest
from sqlalchemy import select

from commonpurse.consortia.models import Stage
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.pooling.commands import approve_budget, change_budget, remove_budget
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel
from commonpurse.pooling.queries import budget_page
from support.pooling_pages import version_on
from support.pooling_rows import make_budget
from support.world import NOW

MONEY = {"financial_year": 2027, "amount_pence": 7_50, "commitment_level": "committed", "source": "Parks"}
TYPED = {"financial_year": "2026", "amount_pence": "25,000.50", "commitment_level": "committed", "source": "Parks"}


def change(session, world, line, body="gateshead", role="buyer", *, seen_version=1, **changes):
    values = {**MONEY, "seen_version": seen_version, **changes}
    actor, key = world.actor(body, role), {"consortium_id": world.consortium.id, "contribution_id": line.id}
    change_budget(session, actor, now=NOW, **key, **values)


def remove(session, world, line, body="gateshead", role="buyer", *, seen_version=1, reason="Cut by the council"):
    values = {"consortium_id": world.consortium.id, "contribution_id": line.id, "seen_version": seen_version}
    remove_budget(session, world.actor(body, role), reason=reason, now=NOW, **values)


def entries(session, world):
    return log.entries_after(session, world.consortium.stream, 0)


def awaited(session, world, **values):
    return make_budget(session, world, "gateshead", approval=ApprovalState.AWAITED, **values)


@pytest.mark.parametrize(
    ("before", "level", "after"),
    [
        (ApprovalState.AWAITED, "guaranteed_minimum", ApprovalState.AWAITED),
        (ApprovalState.AWAITED, "indicative", ApprovalState.NOT_NEEDED),
        (ApprovalState.NOT_NEEDED, "committed", ApprovalState.AWAITED),
        (ApprovalState.REFUSED, "committed", ApprovalState.AWAITED),
    ],
)
def test_changed_money_waits_for_a_second_person_anew_where_it_is_firm(session, world, before, level, after):
    line = make_budget(session, world, "gateshead", approval=before, reason="No" if before == "refused" else "")
    change(session, world, line, commitment_level=level)
    assert (line.financial_year, line.amount_pence, line.source) == (2027, 7_50, "Parks")
    assert (line.commitment_level, line.approval) == (level, after)
    assert (line.approved_by_id, line.approved_at, line.reason) == (None, None, "")
    [entry] = entries(session, world)
    assert entry.kind == "pooling.budget_changed"
    assert (entry.data["amount_pence"], entry.data["previous_amount_pence"]) == (7_50, 100_00)
    assert entry.data["previous_approval"] == before


def test_who_changed_money_does_not_approve_it(session, world):
    line = awaited(session, world)
    approver = world.people["gateshead", "approver"]
    both = Actor(approver.id, world.organisation("gateshead"), frozenset({"buyer", "approver"}), approver.label)
    keys = {"consortium_id": world.consortium.id, "contribution_id": line.id, "now": NOW}
    change_budget(session, both, seen_version=1, **MONEY, **keys)
    with pytest.raises(NotAllowed):
        approve_budget(session, both, **keys)


def test_an_approver_who_saw_the_money_before_its_change_is_told(session, world):
    line = awaited(session, world)
    change(session, world, line)
    keys = {"consortium_id": world.consortium.id, "contribution_id": line.id, "now": NOW}
    with pytest.raises(Stale):
        approve_budget(session, world.actor("gateshead", "approver"), seen_version=1, **keys)
    assert line.approval is ApprovalState.AWAITED


def test_removed_money_is_gone_and_the_log_keeps_it_with_the_reason(session, world):
    line = awaited(session, world)
    with pytest.raises(Refused) as refusal:
        remove(session, world, line, reason="  ")
    assert refusal.value.field == "reason"
    remove(session, world, line)
    assert session.scalars(select(BudgetContribution)).all() == []
    [entry] = entries(session, world)
    assert (entry.kind, entry.data["reason"]) == ("pooling.budget_removed", "Cut by the council")
    assert (entry.data["amount_pence"], entry.data["financial_year"]) == (100_00, 2026)


@pytest.mark.parametrize("act", [change, remove])
@pytest.mark.parametrize(
    ("body", "role"), [("gateshead", "approver"), ("gateshead", "observer"), ("newcastle", "buyer")]
)
def test_only_buyers_of_the_same_body_change_its_money(session, world, act, body, role):
    line = awaited(session, world)
    with pytest.raises(NotAllowed):
        act(session, world, line, body, role)
    assert (line.amount_pence, line.version, entries(session, world)) == (100_00, 1, [])


@pytest.mark.parametrize("act", [change, remove])
def test_a_body_outside_the_consortium_finds_no_money(session, world, act):
    with pytest.raises(NotFound):
        act(session, world, awaited(session, world), "leeds")


@pytest.mark.parametrize("act", [change, remove])
def test_who_saw_another_version_of_the_money_is_told(session, world, act):
    line = awaited(session, world)
    with pytest.raises(Stale):
        act(session, world, line, seen_version=2)
    assert line.amount_pence == 100_00


@pytest.mark.parametrize("act", [change, remove])
def test_approved_money_stays_as_it_is(session, world, act):
    line = make_budget(session, world, "gateshead")
    with pytest.raises(Refused, match="This money is approved"):
        act(session, world, line)
    assert line.approval is ApprovalState.APPROVED
    page = budget_page(session, world.actor("gateshead"), world.consortium.id)
    assert [each.may_change for each in page.contributions] == [False]


@pytest.mark.parametrize("act", [change, remove])
def test_money_is_changed_only_while_pooling_or_negotiating(session, world, act):
    line = awaited(session, world)
    world.consortium.stage = Stage.CONTRACT
    session.flush()
    with pytest.raises(Refused, match="only while the consortium is pooling or negotiating"):
        act(session, world, line)


@pytest.mark.parametrize(
    ("field", "value"), [("amount_pence", 0), ("amount_pence", 10**14), ("financial_year", 26), ("source", " ")]
)
def test_a_bad_change_is_said_beside_its_field_and_changes_nothing(session, world, field, value):
    line = awaited(session, world)
    with pytest.raises(Refused) as refusal:
        change(session, world, line, **{field: value})
    assert (refusal.value.field, line.version) == (field, 1)


def test_money_may_keep_its_contents_but_not_become_another_line(session, world):
    line = awaited(session, world)
    other = awaited(session, world, financial_year=2027)
    same = {"financial_year": 2026, "amount_pence": 100_00, "source": line.source}
    change(session, world, line, **same)
    with pytest.raises(Refused, match="the same line already"):
        change(session, world, other, **same)


@pytest.fixture
def address(session, world):
    session.commit()
    return f"/consortia/{world.consortium.id}/budget"


def test_money_is_changed_and_removed_from_the_table(session, world, address, client_of):
    line = awaited(session, world, commitment_level=CommitmentLevel.GUARANTEED_MINIMUM)
    approved = make_budget(session, world, "gateshead", 7_00)
    session.commit()
    client, money = client_of("gateshead"), f"{address}/{line.id}"
    table = client.get(address).get_data(as_text=True)
    assert f"{money}/edit" in table
    assert f"{money}/remove" in table
    assert str(approved.id) not in table
    assert f"{money}/edit" not in client_of("newcastle").get(address).get_data(as_text=True)
    kept = client.get(f"{address}/{approved.id}/edit").get_data(as_text=True)
    assert "This money is approved and others rely on it" in kept
    form = client.get(f"{money}/edit")
    assert 'value="100.00"' in form.get_data(as_text=True)
    assert re.search(r'value="guaranteed_minimum"[^>]* checked', form.get_data(as_text=True))
    changed = {**TYPED, "seen_version": version_on(form)}
    assert client.post(f"{money}/edit", data=changed).location == address
    assert "£25,000.50" in client.get(address).get_data(as_text=True)
    late = client.post(f"{money}/edit", data={**changed, "amount_pence": "9"}).get_data(as_text=True)
    assert "Somebody else changed this line. Check it and try again" in late
    assert 'value="9"' in late

    asked = client.get(f"{money}/remove")
    nothing = client.post(f"{money}/remove", data={"seen_version": version_on(asked), "reason": ""})
    assert "Enter why your organisation takes this money away" in nothing.get_data(as_text=True)
    gone = {"seen_version": version_on(asked), "reason": "Cut by the council"}
    assert client.post(f"{money}/remove", data=gone).location == address
    session.expire_all()
    assert [each.id for each in session.scalars(select(BudgetContribution))] == [approved.id]
