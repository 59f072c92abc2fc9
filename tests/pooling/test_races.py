"""Two presses of one button at the same moment, in transactions of their own on both databases."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from commonpurse.core import db
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.transaction import reading, transaction
from commonpurse.pooling.commands import add_budget, approve_budget, check_upload, import_spending, store_upload
from commonpurse.pooling.models import BudgetContribution, RequirementLine, SpendFile, SpendSupplier
from commonpurse.pooling.rules import templates
from support.racing import at_once
from support.world import NOW, World, make_world

ROW = "Street lights,45000000-7,120,each,E08000037,01/04/2027,31/03/2029"
SPENDING = "Payment Date,Amount,Beneficiary Name\n01/04/2022,10,Acme Ltd\n02/04/2022,20,Brightway\n"


@pytest.fixture
def world(own_engine: Engine) -> Iterator[World]:
    db.bind(own_engine)
    with db.new_session() as session:
        made = make_world(session)
        session.expunge_all()
    yield made
    db._sessions.configure(bind=None)


def count(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_file_is_stored_by_one_of_two_presses(world):
    actor, consortium_id = world.actor("gateshead"), world.consortium.id
    content = f"{','.join(templates.REQUIREMENTS.headers)}\n{ROW}".encode()
    values = {"consortium_id": consortium_id, "kind": "requirements", "filename": "needs.csv", "now": NOW}
    with transaction() as session:
        upload_id = check_upload(session, actor, content=content, **values)
    press = {"consortium_id": consortium_id, "upload_id": upload_id, "seen_version": 1, "now": NOW}
    results = at_once([lambda session: store_upload(session, actor, **press)] * 2)
    assert sorted(map(str, results)) == sorted(map(str, [1, Stale]))
    assert count(RequirementLine) == 1


def test_the_same_money_is_entered_by_one_of_two_presses(world):
    values = {"financial_year": 2026, "amount_pence": 100_00, "commitment_level": "committed", "source": "Roads"}
    actor, consortium_id = world.actor("gateshead"), world.consortium.id
    results = at_once([lambda session: add_budget(session, actor, consortium_id=consortium_id, now=NOW, **values)] * 2)
    assert [type(result) for result in results].count(UUID) == 1
    assert Refused in results
    assert count(BudgetContribution) == 1


def test_money_is_answered_by_one_of_two_approvals(world):
    values = {"financial_year": 2026, "amount_pence": 100_00, "commitment_level": "committed", "source": "Roads"}
    consortium_id = world.consortium.id
    with transaction() as session:
        actor = world.actor("gateshead")
        line = add_budget(session, actor, consortium_id=consortium_id, now=NOW, **values)
    answer = {"consortium_id": consortium_id, "contribution_id": line, "now": NOW}
    results = at_once([lambda session: approve_budget(session, world.actor("gateshead", "approver"), **answer)] * 2)
    assert sorted(map(str, results)) == sorted(map(str, [None, Stale]))


def test_one_file_sent_twice_is_read_once_and_two_bodies_at_once_share_their_suppliers(world):
    content = SPENDING.encode()

    def send(body: str) -> Callable[..., object]:
        actor = world.actor(body)
        return lambda session: import_spending(session, actor, filename="a.csv", content=content, now=NOW)

    results = at_once([send("gateshead")] * 2)
    assert [type(result) for result in results].count(UUID) == 1
    assert count(SpendFile) == 1
    assert all(isinstance(result, UUID) for result in at_once([send("newcastle"), send("darlington")]))
    assert count(SpendFile) == 3
    assert count(SpendSupplier) == 2
