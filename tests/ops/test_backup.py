"""A backup is whole, and restoring it brings back exactly what was there."""

import shutil

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from commonpurse.core import db, log
from commonpurse.core.errors import Refused
from commonpurse.ops import backup
from support.databases import migrated
from support.running import fresh_postgresql
from support.world import make_organisation, make_world


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A database of the test's own, with the world in it."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'service.db'}"
    else:
        address = fresh_postgresql(request.getfixturevalue("postgresql_url"), "backed_up")
    engine = migrated(address)
    with Session(engine) as session:
        make_world(session)
    engine.dispose()
    return address


def _names(url: str) -> list[str]:
    engine = db.make_engine(url)
    with Session(engine) as session:
        names = sorted(session.scalars(text("SELECT name FROM identity_organisation")))
    engine.dispose()
    return names


def test_what_came_after_the_backup_is_gone_after_restoring_it_and_the_rest_is_as_it_was(url, tmp_path):
    before = _names(url)
    backup.back_up(url, tmp_path / "copy")
    engine = db.make_engine(url)
    with Session(engine) as session:
        make_organisation(session, "Registered too late")
        session.commit()
    engine.dispose()
    backup.restore(url, tmp_path / "copy")
    assert _names(url) == before


def test_the_guards_of_the_database_are_restored_too(url, tmp_path):
    backup.back_up(url, tmp_path / "copy")
    backup.restore(url, tmp_path / "copy")
    engine = db.make_engine(url)
    with Session(engine) as session:
        from sqlalchemy.exc import IntegrityError

        from commonpurse.core.actor import SYSTEM
        from commonpurse.measures.events import MeasureAdded

        log.record(session, SYSTEM, "bell", MeasureAdded(None, "A", "A", "A"))
        with pytest.raises(IntegrityError):
            session.execute(text("DELETE FROM core_entry"))
        session.rollback()
    engine.dispose()


def test_a_backup_never_writes_over_another_file(url, tmp_path):
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(Refused, match="is there already"):
        backup.back_up(url, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"


def test_what_is_no_backup_is_refused_and_nothing_is_lost(url, tmp_path):
    before = _names(url)
    (tmp_path / "letter").write_text("Dear operator")
    for file in (tmp_path / "letter", tmp_path / "missing"):
        with pytest.raises(Refused):
            backup.restore(url, file)
    assert _names(url) == before


def test_a_missing_tool_of_postgresql_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(Refused, match="Install the PostgreSQL client tools"):
        backup.back_up("postgresql://somebody@127.0.0.1/somewhere", tmp_path / "copy")


def test_a_database_that_is_not_there_is_said_and_no_file_is_left(tmp_path):
    with pytest.raises(Refused, match="There is no database"):
        backup.back_up(f"sqlite:///{tmp_path / 'missing.db'}", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_fails_leaves_no_half_of_a_file(tmp_path):
    (tmp_path / "service.db").write_text("this is no database, but long enough to be looked at as one")
    with pytest.raises(Refused, match="could not be written: file is not a database"):
        backup.back_up(f"sqlite:///{tmp_path / 'service.db'}", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_folder_that_is_not_there_is_said(url, tmp_path):
    with pytest.raises(Refused, match=r"could not be written|pg_dump failed"):
        backup.back_up(url, tmp_path / "missing" / "copy")


def test_a_backup_may_have_signs_of_an_address_in_its_name(tmp_path):
    address = f"sqlite:///{tmp_path / 'service.db'}"
    migrated(address).dispose()
    backup.back_up(address, tmp_path / "Monday #1?")
    backup.restore(address, tmp_path / "Monday #1?")


def test_a_database_in_memory_cannot_be_backed_up(tmp_path):
    with pytest.raises(Refused, match="in memory"):
        backup.back_up("sqlite:///:memory:", tmp_path / "copy")


def test_the_commands_say_what_they_did_and_what_was_wrong(url, tmp_path, whole_application, monkeypatch):
    monkeypatch.setitem(whole_application.config, "DATABASE_URL", url)
    runner = whole_application.test_cli_runner()
    with whole_application.app_context():
        written = runner.invoke(args=["backup", "write", str(tmp_path / "copy")])
        assert (written.exit_code, "bytes" in written.output) == (0, True)
        again = runner.invoke(args=["backup", "write", str(tmp_path / "copy")])
        assert (again.exit_code, "is there already" in again.output) == (1, True)
        restored = runner.invoke(args=["backup", "restore", "--yes", str(tmp_path / "copy")])
        assert (restored.exit_code, "Restored" in restored.output) == (0, True)
