"""The application, clients that are signed in, and counting of statements."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from commonpurse.app import create_app
from commonpurse.core import db
from config import Config
from support.world import World, make_world

SETTINGS = Config(
    SECRET_KEY="a key for tests only, long enough to sign",
    PSEUDONYM_KEY="pseudonyms of the tests",
    DATABASE_URL="sqlite:///:memory:",
    BASE_URL="http://localhost",
    TESTING=True,
    SESSION_COOKIE_SECURE=False,
    RATELIMIT_ENABLED=False,
)


@pytest.fixture(scope="session")
def whole_application() -> Flask:
    return create_app(SETTINGS)


@pytest.fixture
def app(whole_application: Flask, connection: Connection) -> Flask:
    """The application on the test's connection, whose work is rolled back afterwards."""
    db._sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
    whole_application.config["WTF_CSRF_ENABLED"] = False
    return whole_application


@pytest.fixture
def world(session: Session) -> World:
    """Three councils in a consortium, a supplier, an outsider, and a person for every role."""
    return make_world(session)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A client nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def client_of(app: Flask, session: Session, world: World) -> Callable[..., FlaskClient]:
    """`client_of("gateshead", "buyer")`: a client signed in as that person of the world."""

    def signed_in(body: str, role: str = "buyer") -> FlaskClient:
        client = app.test_client()
        token = world.sign_in(session, body, role)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return signed_in


@contextmanager
def counted_statements(connection: Connection) -> Iterator[list[str]]:
    """The SQL statements executed inside the block, savepoints left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)
