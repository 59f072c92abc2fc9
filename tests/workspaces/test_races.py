"""Many people acting in one room in the same moment, each in a transaction of their own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from commonpurse.core import db, log
from commonpurse.core.errors import Stale
from commonpurse.core.transaction import reading, transaction
from commonpurse.workspaces import commands
from commonpurse.workspaces.models import AgendaItem, ItemState, Workspace
from support.databases import migrated
from support.running import fresh_postgresql, sqlite_url
from support.workspace_rows import make_target
from support.world import NOW, make_world

AT_ONCE = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def room(request, tmp_path):
    """The world and an item without offers, committed to a database of its own."""
    if request.param == "sqlite":
        url = sqlite_url(tmp_path)
    else:
        url = fresh_postgresql(request.getfixturevalue("postgresql_url"), "races")
    engine = migrated(url)
    db._sessions.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    with transaction() as session:
        world = make_world(session)
    with transaction() as session:
        item = make_target(session, world)
    yield world, item
    db._sessions.configure(bind=None)
    engine.dispose()


def at_once(act):
    """What `act(number)` answers, or the kind of its refusal, for 20 numbers at the same time."""

    def attempt(number):
        try:
            with transaction() as session:
                return act(session, number)
        except Stale:
            return Stale

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(attempt, range(AT_ONCE)))


def entries(item):
    with reading() as session:
        stream = session.get(Workspace, session.get(AgendaItem, item).workspace_id).stream
        assert log.verify(session, stream).fault is None
        return log.entries_after(session, stream, 0)


def test_concurrent_comments_get_consecutive_numbers(room):
    world, item = room
    bodies = ("newcastle", "gateshead", "darlington")
    numbers = at_once(
        lambda session, n: commands.comment(
            session, world.actor(bodies[n % 3]), item_id=item, text=f"Comment {n}", now=NOW, idempotency_key=f"c-{n}"
        )
    )
    assert sorted(numbers) == list(range(3, 3 + AT_ONCE))
    assert [entry.seq for entry in entries(item)] == list(range(1, 3 + AT_ONCE))


def test_of_concurrent_offers_one_comes_to_the_table_and_the_others_are_told(room):
    world, item = room
    answers = at_once(
        lambda session, n: commands.make_offer(
            session, world.actor("gateshead"), item_id=item, seen_number=0, quantity=Decimal(100 + n), now=NOW
        )
    )
    assert Counter(answers) == {Stale: AT_ONCE - 1, 3: 1}
    with reading() as session:
        assert session.get(AgendaItem, item).current_number == 1


def test_the_same_act_sent_many_times_at_once_is_done_once(room):
    world, item = room
    answers = at_once(
        lambda session, n: commands.make_offer(
            session, world.actor("gateshead"), item_id=item, seen_number=0, quantity=Decimal(100), now=NOW,
            idempotency_key="one-and-only",
        )
    )  # fmt: skip
    assert set(answers) == {3}
    assert len(entries(item)) == 3


def test_answers_at_once_freeze_the_item_once(room):
    world, item = room
    with transaction() as session:
        commands.make_offer(
            session, world.actor("newcastle"), item_id=item, seen_number=0, quantity=Decimal(100), now=NOW
        )
    bodies = ("gateshead", "darlington")
    at_once(
        lambda session, n: commands.take_position(
            session, world.actor(bodies[n % 2]), item_id=item, seen_number=1, answer="agree", now=NOW
        )
    )
    kinds = Counter(entry.kind for entry in entries(item))
    assert kinds["workspaces.item_agreed"] == 1
    with reading() as session:
        assert session.get(AgendaItem, item).state is ItemState.AGREED
