"""Both databases, migrated once, and a session whose work is rolled back after each test."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from commonpurse.core import db, pseudonym

ROOT = Path(__file__).parents[2]


def migrate(connection: Connection, revision: str = "head", *, down: bool = False) -> None:
    """Bring the database of `connection` to `revision`."""
    settings = Alembic(toml_file=str(ROOT / "pyproject.toml"))
    settings.attributes["connection"] = connection
    (command.downgrade if down else command.upgrade)(settings, revision)


def migrated(url: str) -> Engine:
    """An engine whose database has every table."""
    engine = db.make_engine(url)
    with engine.begin() as connection:
        migrate(connection)
    return engine


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated SQLite database in a file."""
    engine = migrated(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    """A migrated PostgreSQL database."""
    engine = migrated(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each database in turn: a test that asks for it, or for `session`, runs twice."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def own_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each database in turn, one that nobody else uses: what a test stores there is really committed."""
    pseudonym.bind("pseudonyms of the tests")
    if request.param == "sqlite":
        engine = migrated(f"sqlite:///{tmp_path / 'own.db'}")
        yield engine
        engine.dispose()
        return
    shared: Engine = request.getfixturevalue("postgresql_engine")
    name = f"own_{uuid4().hex}"
    with shared.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        engine = migrated(shared.url.set(database=name).render_as_string(hide_password=False))
        yield engine
        engine.dispose()
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back; every session of the test lives inside it."""
    with engine.connect() as opened:
        outer = opened.begin()
        db._sessions.configure(bind=opened, join_transaction_mode="create_savepoint")
        pseudonym.bind("pseudonyms of the tests")
        try:
            yield opened
        finally:
            db._sessions.configure(bind=None, join_transaction_mode="conditional_savepoint")
            outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session on the test's connection; `transaction()` in views shares its data."""
    with db.new_session() as opened:
        yield opened


def switch_triggers_off(session: Session) -> None:
    """Let the rest of this transaction do what an owner of the tables could, past every guard."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))
