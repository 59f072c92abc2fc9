"""Nothing is lost or doubled, whoever posts at the same time and whenever a process that posts is killed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, text

from commonpurse.consortia.models import Consortium
from commonpurse.core import db, log
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.transaction import reading, transaction
from commonpurse.delivery.models import Contract
from commonpurse.outcomes import queries
from commonpurse.outcomes.commands import issue_splits
from commonpurse.outcomes.models import LiveClaim, PostedSplit
from support.delivery_rows import make_agreed_rule, make_contract, make_records
from support.posting import Poster
from support.racing import at_once
from support.world import NOW, World, make_world

ROOT = Path(__file__).parents[2]
KILLS = 100
LONGEST_MS = 70
KEY = "pseudonyms of the tests"


@pytest.fixture
def world(own_engine: Engine) -> Iterator[World]:
    """A consortium with a contract and an agreed rule, committed."""
    db.bind(own_engine)
    with db.new_session() as session:
        made = make_world(session)
        make_contract(session, made)
        make_agreed_rule(session, made, {"kind": "equal"})
        session.commit()
        session.expunge_all()
    yield made
    db._sessions.configure(bind=None)


def proved(session) -> list[PostedSplit]:
    """The rows of the ledger in the order of their one chain, after everything about them was proved."""
    assert queries.verify(session).faults == ()
    stream = session.scalars(select(Consortium)).one().stream
    assert log.verify(session, stream).fault is None
    return list(session.scalars(select(PostedSplit).order_by(PostedSplit.seq)))


def test_of_two_that_post_to_one_scope_one_waits_or_is_told_and_nothing_is_doubled(world):
    with reading() as session:
        poster = Poster(session)
    told = []
    for turn in range(12):
        results = at_once([lambda session, turn=turn: poster.act(session, turn)] * 2)
        stored = [result for result in results if isinstance(result, list)]
        assert stored
        assert all(result is Stale for result in results if not isinstance(result, list))
        told += [line for lines in stored for line in lines]
    with reading() as session:
        rows = proved(session)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert {f"split {row.id.hex}" for row in rows} == {line for line in told if line.startswith("split")}
        claims = session.scalars(select(LiveClaim.outcome_id)).all()
        assert sorted(claims) == sorted(line.removeprefix("outcome ") for line in told if line.startswith("outcome"))


def test_when_both_have_read_the_same_head_the_second_is_told(world, own_engine, monkeypatch):
    with transaction() as session:
        poster = Poster(session)
        poster.act(session, 0)
    both = Barrier(2)
    honest = queries.heads_of

    def heads_of(*arguments):
        found = honest(*arguments)
        if own_engine.dialect.name == "postgresql":  # On SQLite the second waits before it reads.
            both.wait(10)
        return found

    monkeypatch.setattr("commonpurse.outcomes.queries.heads_of", heads_of)
    results = at_once([lambda session: poster.act(session, 0)] * 2)
    stored = [result for result in results if isinstance(result, list)]
    assert len(stored) == (2 if own_engine.dialect.name == "sqlite" else 1)
    monkeypatch.undo()
    with transaction() as session:
        poster.act(session, 0)
    with reading() as session:
        assert len(proved(session)) == 1 + len(stored) + 1


def test_of_two_presses_of_the_button_one_issues_the_splits(world):
    with transaction() as session:
        make_records(session, world, session.scalars(select(Contract)).one(), 5)

    def press(session):
        return issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)

    results = at_once([press, press])
    assert [type(result) for result in results].count(list) == 1
    assert Refused in results
    with reading() as session:
        assert [row.total for row in proved(session)] == [5]


def test_killed_a_hundred_times_while_posting_it_loses_nothing_and_doubles_nothing(world, own_engine):
    url = own_engine.url.render_as_string(hide_password=False)
    chance = Random(2026)
    process = subprocess.Popen(
        [sys.executable, "-m", "support.posting", url, KEY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}/platform:{ROOT}/tests", "PATH": "/usr/bin"},
    )
    told, of_each = [], []
    with process:
        for kill in range(KILLS + 1):
            if kill:
                process.stdin.write(f"{chance.randint(0, LONGEST_MS)}\n")
                process.stdin.flush()
            lines = list(iter(process.stdout.readline, "killed\n"))
            assert "" not in lines
            told += [line.strip() for line in lines]
            of_each.append(len(lines))
        process.stdin.close()
    wait_until_alone(own_engine)
    with reading() as session:
        rows = proved(session)
        stored = [f"split {row.id.hex}" for row in rows]
        live = [f"outcome {outcome}" for outcome in session.scalars(select(LiveClaim.outcome_id))]
    assert len(told) == len(set(told))
    assert {line for line in told if line.startswith("split")} <= set(stored)
    assert {line for line in told if line.startswith("outcome")} <= set(live)
    assert len(stored) - len(told) <= 3 * KILLS  # A commit that nobody was told of, at most one for each kill.
    assert any(of_each[1:])  # Some had stored something before they were killed.
    with transaction() as session:
        Poster(session).act(session, 0)
    with reading() as session:
        assert len(proved(session)) == len(rows) + 1


def wait_until_alone(engine: Engine) -> None:
    """Wait until PostgreSQL has noticed that its clients are gone: it may still be finishing a commit."""
    if engine.dialect.name == "sqlite":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + 10
    engine.dispose()
    with engine.connect() as connection:
        while connection.scalar(others) and time.monotonic() < deadline:
            time.sleep(0.02)
