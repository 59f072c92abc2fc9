"""Commits happen in one place; what was recorded leaves only after them; pages cannot write."""

from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar
from uuid import UUID

import pytest
from msgspec import Struct
from sqlalchemy import bindparam, delete, select, text

from commonpurse.core import db, jobs, log
from commonpurse.core.actor import SYSTEM
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.transaction import keep_although_refused, reading, transaction
from commonpurse.identity.models import Organisation
from commonpurse.reference.models import Area
from support.world import make_area, make_organisation


class Counted(Struct, frozen=True):
    kind: ClassVar[str] = "tests.counted"
    number: int


@pytest.fixture
def published(monkeypatch):
    """The entries handed to a publisher."""
    seen: list[log.Entry] = []
    monkeypatch.setattr(log, "_publishers", {"tests": seen.extend})
    return seen


def test_what_was_recorded_is_published_after_the_commit(connection, published):
    with transaction() as session:
        log.record(session, SYSTEM, "count", Counted(1))
        assert published == []
    assert [entry.seq for entry in published] == [1]


def test_nothing_is_published_or_sent_when_the_block_fails(connection, published, monkeypatch):
    sent: list[str] = []
    monkeypatch.setitem(jobs._jobs, "note", sent.append)
    monkeypatch.setattr(jobs, "start", lambda _, *arguments: sent.extend(arguments))
    with pytest.raises(ZeroDivisionError), transaction() as session:  # noqa: PT012 - the block is what fails
        log.record(session, SYSTEM, "count", Counted(1))
        jobs.ask(session, "note", "too early")
        raise ZeroDivisionError
    assert (published, sent) == ([], [])


def test_a_job_is_sent_after_the_commit_and_an_unknown_one_is_our_mistake(connection, monkeypatch):
    sent: list[str] = []
    monkeypatch.setitem(jobs._jobs, "note", sent.append)
    monkeypatch.setattr(jobs, "start", lambda _, *arguments: sent.extend(arguments))
    with transaction() as session:
        jobs.ask(session, "note", "now")
        assert sent == []
    assert sent == ["now"]
    with pytest.raises(KeyError), transaction() as session:
        jobs.ask(session, "no such job")


def test_what_is_done_stays_done_and_others_are_told_although_somebody_cannot_be(
    connection, published, monkeypatch, caplog
):
    sent: list[str] = []

    def start(_, argument):
        if argument == "first":
            raise ConnectionError("no queue today")
        sent.append(argument)

    def deaf(_entries):
        raise ConnectionError("no channel today")

    monkeypatch.setattr(log, "_publishers", {"deaf": deaf, **log._publishers})
    monkeypatch.setitem(jobs._jobs, "note", sent.append)
    monkeypatch.setattr(jobs, "start", start)
    with transaction() as session:
        log.record(session, SYSTEM, "count", Counted(1))
        jobs.ask(session, "note", "first")
        jobs.ask(session, "note", "second")
    assert [entry.seq for entry in published] == [1]
    assert sent == ["second"]
    assert caplog.text.count("done, but not everybody was told") == 2
    assert "no queue today" in caplog.text
    with reading() as session:
        assert log.last_seq(session, "count") == 1


def test_a_page_view_that_writes_fails_loudly(connection):
    with pytest.raises(RuntimeError, match="tried to write"), reading() as session:  # noqa: PT012
        make_area(session, "E06000999", "Nowhere")
        session.flush()


def test_losing_a_race_is_said_as_stale(connection):
    with transaction() as session:
        make_area(session, "E06000999", "Nowhere")
    with pytest.raises(Stale, match="Somebody else changed this just now"), transaction() as session:  # noqa: PT012
        insert = (
            "INSERT INTO reference_area (gss, name, official_name, kind, nation, region, county, combined_authority,"
            " searchable, source) VALUES ('E06000999', '', '', '', '', '', '', '', '', '')"
        )
        session.execute(text(insert))


def test_twenty_writers_at_once_get_twenty_numbers_without_gaps(engine):
    def count(number: int) -> None:
        with transaction() as session:
            log.record(session, SYSTEM, "crowd", Counted(number))

    with RealCommits(engine), ThreadPoolExecutor(10) as crowd:
        with transaction() as session:
            log.record(session, SYSTEM, "crowd", Counted(0))
        list(crowd.map(count, range(1, 21)))
        with reading() as session:
            entries = log.entries_after(session, "crowd", 0)
            assert [entry.seq for entry in entries] == list(range(1, 22))
            assert log.verify(session, "crowd").fault is None


class RealCommits:
    """Real commits on `engine`; the stream made is taken away again with its guard switched off."""

    def __init__(self, engine):
        self.engine = engine

    def __enter__(self):
        db._sessions.configure(bind=self.engine, join_transaction_mode="conditional_savepoint")

    def __exit__(self, *_):
        db._sessions.configure(bind=None)
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(delete(log.EntryRow).where(log.EntryRow.stream == "crowd"))
            else:
                trigger = "SELECT sql FROM sqlite_master WHERE name = 'core_entry_not_deleted'"
                guard = connection.execute(text(trigger)).scalar_one()
                connection.execute(text("DROP TRIGGER core_entry_not_deleted"))
                connection.execute(delete(log.EntryRow).where(log.EntryRow.stream == "crowd"))
                connection.execute(text(guard))
            connection.execute(delete(log.Stream).where(log.Stream.name == "crowd"))


def attempt(session, act):
    keep_although_refused(session, act)
    raise Refused("Not this one")


def noted(session):
    return lambda: log.record(session, SYSTEM, "attempts", Counted(2))


def test_the_record_of_an_attempt_outlives_its_refusal(connection, published):
    with pytest.raises(Refused, match="Not this one"), transaction() as session:
        attempt(session, noted(session))
    assert [(entry.stream, entry.data["number"]) for entry in published] == [("attempts", 2)]
    with reading() as session:
        assert log.stream_names(session) == ["attempts"]


def test_an_attempt_that_cannot_be_recorded_is_refused_in_the_same_words(connection, published, caplog):
    with pytest.raises(Refused, match="Not this one"), transaction() as session:
        attempt(session, lambda: noted(session)() / 0)
    assert "a refused attempt is not on record" in caplog.text
    assert published == []
    with reading() as session:
        assert log.stream_names(session) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda session: log.record(session, SYSTEM, "count", Counted(1)),
        lambda session: session.add(log.Stream(name="half done")),
    ],
)
def test_what_a_command_did_before_it_was_refused_is_never_kept(connection, published, act):
    with pytest.raises(RuntimeError, match="has done something"), transaction() as session:  # noqa: PT012
        act(session)
        attempt(session, noted(session))
    assert published == []
    with reading() as session:
        assert log.stream_names(session) == []


def test_a_refusal_that_the_caller_expected_is_kept_with_all_else(connection, published):
    with transaction() as session:
        log.record(session, SYSTEM, "count", Counted(1))
        with pytest.raises(Refused):
            attempt(session, noted(session))
    assert [entry.stream for entry in published] == ["count", "attempts"]


def test_what_is_kept_of_a_refusal_is_not_kept_of_a_mistake(connection, published):
    with pytest.raises(ZeroDivisionError), transaction() as session:  # noqa: PT012 - the block is what fails
        keep_although_refused(session, noted(session))
        raise ZeroDivisionError
    assert published == []


def test_columns_are_read_with_what_waits_to_be_written(session):
    make_area(session, "E08000999", "Waiting")
    (row,) = db.read_columns(session, select(Area.name).where(Area.gss == bindparam("gss")), {"gss": "E08000999"})
    assert tuple(row) == ("Waiting",)


def test_a_key_that_is_read_twice_is_one_object_on_sqlite_and_a_uuid_everywhere(session):
    make_organisation(session, "Read Twice Council")
    keys = [
        session.execute(select(Organisation.id).where(Organisation.name == "Read Twice Council")).scalar_one()
        for _ in "ab"
    ]
    assert isinstance(keys[0], UUID)
    assert keys[0] == keys[1]
    assert keys[0] is keys[1] or session.get_bind().dialect.name == "postgresql"
