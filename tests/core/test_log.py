"""The event log: gapless, chained, append-only on both databases."""

from typing import ClassVar

import pytest
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.core.actor import SYSTEM

COPY = "INSERT INTO core_entry (stream, seq, at, actor_label, kind, data, previous_hash, hash)"
SECOND = "WHERE stream = 'bell' AND seq = 2"


class BellRung(Struct, frozen=True):
    """Somebody rang."""

    kind: ClassVar[str] = "tests.bell_rung"
    times: int


def ring(session: Session, stream: str = "bell", times: int = 1) -> int:
    return log.record(session, SYSTEM, stream, BellRung(times))


def test_numbers_start_at_one_and_have_no_gaps_in_each_stream(session):
    assert [ring(session), ring(session), ring(session, "other"), ring(session)] == [1, 2, 1, 3]


def test_an_entry_says_who_when_what_and_is_chained_to_the_one_before(session):
    ring(session), ring(session, times=2)
    first, second = log.entries_after(session, "bell", 0)
    assert (first.seq, second.seq, second.data, second.actor_label) == (1, 2, {"times": 2}, "Commonpurse")
    assert log.verify(session, "bell").fault is None
    assert log.verify(session, "bell").entries == 2


def test_entries_after_a_number_are_only_the_later_ones(session):
    for times in range(5):
        ring(session, times=times)
    assert [entry.seq for entry in log.entries_after(session, "bell", 3)] == [4, 5]
    assert log.last_seq(session, "bell") == 5


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE core_entry SET data = '{}' WHERE stream = 'bell' AND seq = 1",
        "DELETE FROM core_entry WHERE stream = 'bell' AND seq = 2",
        f"{COPY} SELECT stream, 9, at, actor_label, kind, data, hash, hash FROM core_entry {SECOND}",
        f"{COPY} SELECT stream, 3, at, actor_label, kind, data, previous_hash, hash FROM core_entry {SECOND}",
    ],
)
def test_the_database_refuses_to_change_delete_or_misplace_an_entry(session, attack):
    ring(session), ring(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(attack))
    assert log.verify(session, "bell").entries == 2


def test_sqlite_refuses_to_replace_an_entry(sqlite_engine):
    with sqlite_engine.connect() as connection, Session(connection) as session:
        ring(session)
        replace = "INSERT OR REPLACE INTO core_entry SELECT * FROM core_entry WHERE stream = 'bell'"
        with pytest.raises(IntegrityError):
            session.execute(text(replace))
        session.rollback()


def test_postgresql_refuses_to_empty_the_log(postgresql_engine):
    with postgresql_engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("TRUNCATE core_entry"))


def test_a_changed_entry_is_found_when_the_triggers_were_switched_off(sqlite_engine):
    with sqlite_engine.connect() as connection, Session(connection) as session:
        ring(session), ring(session)
        session.execute(text("DROP TRIGGER core_entry_not_changed"))
        session.execute(text("UPDATE core_entry SET actor_label = 'Somebody else' WHERE stream = 'bell' AND seq = 1"))
        assert log.verify(session, "bell").fault == "entry 1 was changed"
        session.rollback()


def test_the_same_act_is_found_again_by_its_key(session):
    seq = log.record(session, SYSTEM, "bell", BellRung(1), idempotency_key="abc")
    assert log.seq_of(session, "bell", "abc") == seq
    assert log.seq_of(session, "bell", "xyz") is None


def test_a_float_is_refused_as_data(session):
    with pytest.raises(TypeError, match="float has no exact JSON form"):
        ring(session, times=1.5)
