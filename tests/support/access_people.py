"""Everybody who may come to the door, and what they are answered there."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from commonpurse.core import db, pseudonym
from support.access_forms import sent
from support.access_world import Things, make_things
from support.world import make_world

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Persona:
    """Somebody who tries: a person of the world, or nobody."""

    name: str
    body: str = ""
    role: str = ""


PERSONAS = (
    Persona("a visitor"),
    Persona("a stranger", "nowhere", "stranger"),
    Persona("an outsider", "leeds", "buyer"),
    Persona("a supplier", "builder", "buyer"),
    Persona("an invited body's buyer", "calderdale", "buyer"),
    Persona("an invited body's approver", "calderdale", "approver"),
    Persona("an observer", "gateshead", "observer"),
    Persona("an evaluator", "gateshead", "evaluator"),
    Persona("an approver", "gateshead", "approver"),
    Persona("an administrator", "gateshead", "organisation_administrator"),
    Persona("a buyer", "gateshead", "buyer"),
    Persona("the lead's administrator", "newcastle", "organisation_administrator"),
    Persona("the lead's buyer", "newcastle", "buyer"),
)
VISITOR = PERSONAS[0]


@dataclass
class Answer:
    """What a persona was answered, and which statements wrote meanwhile."""

    method: str
    response: TestResponse
    writes: list[str]

    @property
    def letter(self) -> str:
        """The letter of `access_policy` for the answer; the status itself where it says nothing about access."""
        status, where = self.response.status_code, self.response.location or ""
        if status == 401 or "/sign-in?next=" in where:
            return "s"
        if status == 302 and where.endswith("/invitation"):
            return "i"
        if 200 <= status < 400:
            return "+" if self.method == "GET" or self.writes else "="
        return {403: "x", 404: "0"}.get(status, str(status))

    def offers_form(self, path: str) -> bool:
        """Whether the page has a form that posts to `path`."""
        for tag in re.findall(r"<form\b[^>]*>", self.response.get_data(as_text=True)):
            action = re.search(r'action="([^"]*)"', tag)
            if 'method="post"' in tag and (action is None or action[1] in ("", path)):
                return True
        return False


@dataclass
class Door:
    """The application before one world. What an attempt changes is undone after it."""

    app: Flask
    connection: Connection
    things: Things
    tokens: dict[Persona, str] = field(default_factory=dict)

    def try_as(self, persona: Persona, method: str, endpoint: str, **changed: Any) -> Answer:
        """Send a request to an endpoint, a post with what its form needs."""
        return self.send(persona, method, self.path(endpoint, **changed), endpoint)

    def send(self, persona: Persona, method: str, path: str, endpoint: str) -> Answer:
        """Send a request to a path, a post with what the form of `endpoint` needs."""
        values = {} if method == "GET" else sent(endpoint, self.things)
        with self.undone() as writes:
            response = self.client(persona).open(path, method=method, **values)
            response.get_data()
        return Answer(method, response, writes)

    def sign_in(self, session: Session, persona: Persona) -> None:
        """Let a person of the world in."""
        self.tokens[persona] = self.things.world.sign_in(session, persona.body, persona.role)

    def client(self, persona: Persona) -> FlaskClient:
        """A browser of the persona's own."""
        client = self.app.test_client()
        if token := self.tokens.get(persona):
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
                cookie["_fresh"] = True
        return client

    def path(self, endpoint: str, **changed: Any) -> str:
        """The path of an endpoint."""
        return self.things.address(self.app, endpoint, **changed)

    @contextmanager
    def undone(self) -> Iterator[list[str]]:
        """Undo what the block does; gives the statements that write in it."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith(WRITES):
                seen.append(statement)

        savepoint = self.connection.begin_nested()
        event.listen(self.connection, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.connection, "before_cursor_execute", note)
            savepoint.rollback()


@contextmanager
def open_door(app: Flask, engine: Engine, add: Callable[[Session, Things], None] | None = None) -> Iterator[Door]:
    """The door of a new world on a database, with every persona signed in. The world is undone in the end.

    Args:
        add: puts more into the world before anybody signs in.
    """
    app.config["WTF_CSRF_ENABLED"] = False
    with engine.connect() as connection:
        outer = connection.begin()
        db._sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
        pseudonym.bind("pseudonyms of the tests")
        try:
            with db.new_session() as session:
                things = make_things(session, make_world(session))
                if add is not None:
                    add(session, things)
                door = Door(app, connection, things)
                for persona in PERSONAS[1:]:
                    door.sign_in(session, persona)
            yield door
        finally:
            db._sessions.configure(bind=None, join_transaction_mode="conditional_savepoint")
            outer.rollback()
