"""Commands of the operator."""

from sqlalchemy import text

from commonpurse.core import log
from commonpurse.core.actor import SYSTEM
from commonpurse.measures.events import MeasureAdded


def _record(session, stream="bell"):
    event = MeasureAdded(measure_id=None, code="A", title="A", unit="A")
    log.record(session, SYSTEM, stream, event)
    session.commit()


def test_verifying_the_log_says_what_holds(app, session):
    _record(session)
    done = app.test_cli_runner().invoke(args=["log", "verify", "bell"])
    assert (done.exit_code, "bell: 1 entries, holds" in done.output) == (0, True)


def test_a_stream_whose_head_was_changed_fails_the_command(app, session):
    _record(session)
    session.execute(text("UPDATE core_stream SET last_seq = 2 WHERE name = 'bell'"))
    session.commit()
    done = app.test_cli_runner().invoke(args=["log", "verify"])
    assert done.exit_code == 1
    assert "bell: 1 entries, the head of the stream does not match its last entry" in done.output
