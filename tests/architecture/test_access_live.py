"""Every event of the live channel, sent by everybody, and what becomes of people who may no longer be there."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient
from sqlalchemy import Engine, select

from commonpurse.core import db
from commonpurse.identity.models import Membership, SignIn
from commonpurse.web import live
from support import access_policy
from support.access_people import PERSONAS, VISITOR, Door, Persona, open_door

LETTERS = access_policy.events()
GATESHEAD = next(persona for persona in PERSONAS if persona.name == "a buyer")
LEAD = next(persona for persona in PERSONAS if persona.name == "the lead's buyer")


@pytest.fixture(scope="module")
def door(whole_application: Flask, sqlite_engine: Engine) -> Iterator[Door]:
    """The application before a world of its own."""
    with open_door(whole_application, sqlite_engine) as opened:
        yield opened


def connect(door: Door, persona: Persona, token: str | None = None) -> SocketIOTestClient:
    """A persona's page, with its connection."""
    client = door.client(persona)
    page = client.get("/sign-in" if persona is VISITOR else "/measures/").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return live.socketio.test_client(door.app, flask_test_client=client, auth={"csrf": token or found[1]})


def payload(door: Door, **values: object) -> dict[str, object]:
    """What satisfies the form of every event."""
    keys = door.things.keys
    return {
        "consortium_id": str(keys["consortium_id"]),
        "item_id": str(keys["item_id"]),
        "last_seq": 0,
        "idempotency_key": uuid4().hex,
        "seen_number": 1,
        "quantity": "90",
        "answer": "agree",
        "text": "Agreed in principle",
        **values,
    }


def letter(connection: SocketIOTestClient, event: str, sent: dict[str, object]) -> str:
    """The letter of the table for what an event is answered."""
    if not connection.is_connected():
        return "s"
    answer = connection.emit(event, sent, callback=True)
    return "+" if answer["ok"] else {401: "s", 403: "x", 404: "0"}.get(answer["status"], str(answer))


@pytest.mark.parametrize("event", LETTERS)
def test_everybody_who_sends_an_event_is_answered_as_the_table_says(door, event):
    answers = {}
    for persona in PERSONAS:
        with door.undone() as writes:
            answers[persona.name] = letter(connect(door, persona), event, payload(door))
            assert not writes or answers[persona.name] == "+"
    assert answers == dict(zip(answers, LETTERS[event], strict=True))


def test_no_event_is_missing_from_the_table_and_none_is_made_up():
    assert set(LETTERS) == set(live.EVENTS)


def test_nobody_connects_without_the_token_of_their_own_page(door):
    door.app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert not connect(door, LEAD, token="made up").is_connected()
    finally:
        door.app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("event", LETTERS)
def test_who_has_signed_out_is_refused_at_the_next_event(door, event):
    with door.undone():
        connection = connect(door, GATESHEAD)
        assert letter(connection, "workspace:join", payload(door)) == "+"
        end_sign_ins(door)
        assert letter(connection, event, payload(door)) == "s"


@pytest.mark.parametrize("event", LETTERS)
def test_whose_membership_has_ended_finds_nothing_at_the_next_event(door, event):
    with door.undone():
        connection = connect(door, GATESHEAD)
        assert letter(connection, "workspace:join", payload(door)) == "+"
        end_membership(door)
        assert letter(connection, event, payload(door)) == "0"


def test_who_may_no_longer_be_in_a_room_hears_nothing_more(door):
    for end in (end_sign_ins, end_membership):
        with door.undone():
            leaving, staying, speaking = connect(door, GATESHEAD), connect(door, LEAD), connect(door, LEAD)
            for connection in (leaving, staying):
                assert letter(connection, "workspace:join", payload(door)) == "+"
                connection.get_received()
            end(door)
            assert letter(speaking, "item:comment", payload(door)) == "+"
            assert "entry" in {message["name"] for message in staying.get_received()}
            heard = leaving.get_received() if leaving.is_connected() else []
            assert heard == []


def end_sign_ins(door: Door) -> None:
    """Sign Gateshead's buyer out, as from another browser."""
    person = door.things.world.people["gateshead", "buyer"].id
    with db.new_session() as session, session.begin():
        for row in session.scalars(select(SignIn).where(SignIn.person_id == person)):
            row.ended_at = datetime.now(UTC)


def end_membership(door: Door) -> None:
    """End what Gateshead's buyer does for Gateshead."""
    person = door.things.world.people["gateshead", "buyer"].id
    with db.new_session() as session, session.begin():
        for row in session.scalars(select(Membership).where(Membership.person_id == person)):
            row.ended_at = datetime.now(UTC)
