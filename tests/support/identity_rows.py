"""Signing in through the pages, as the tests of identity do it."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from commonpurse.core import log
from commonpurse.identity.models import Person

EMAIL = "kim@gateshead.example"
PASSWORD = "four words side by side"


def enter(client: FlaskClient, password: str = PASSWORD, email: str = EMAIL, address: str = "/sign-in") -> TestResponse:
    """Type an address and a password."""
    return client.post(address, data={"email": email, "password": password})


def enter_code(client: FlaskClient, code: str) -> TestResponse:
    """Type the code of a second factor, or a recovery code."""
    return client.post("/sign-in/code", data={"code": code})


def is_in(client: FlaskClient) -> bool:
    """Whether somebody is signed in."""
    return client.get("/account").status_code == 200


def fresh(session: Session, person: Person) -> Any:
    """The person as the database has them now."""
    session.expire_all()
    return session.get(Person, person.id)


def kinds(session: Session, person: Person) -> list[str]:
    """What is on record about the person, without the feature's name."""
    return [entry.kind.removeprefix("identity.") for entry in log.entries_after(session, person.stream, 0)]
