"""The room, live: entering it, acting in it, and what it tells the others."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from commonpurse.core import log
from commonpurse.web.live import socketio
from commonpurse.workspaces.models import AgendaItem, ItemState, Offer, Workspace
from commonpurse.workspaces.queries import weights_of
from support.weight_rows import BODIES, make_weights
from support.workspace_rows import make_rule, make_target, offer

PREFIX = "workspaces."


@pytest.fixture
def item(session, world):
    found = make_target(session, world)
    offer(session, world, "newcastle", found, 0, "100")
    session.commit()
    return found


class Live:
    """A person's page with its connection."""

    def __init__(self, app, client, world):
        self.consortium = str(world.consortium.id)
        client.get(f"/consortia/{self.consortium}/workspace/")
        self.connection = connect(app, client)

    def emit(self, event, **payload):
        return self.connection.emit(event, payload, callback=True)

    def join(self, last_seq=0):
        return self.emit("workspace:join", consortium_id=self.consortium, last_seq=last_seq)

    def received(self, name="entry"):
        return [message["args"][0] for message in self.connection.get_received() if message["name"] == name]


@pytest.fixture
def live(app, world, client_of):
    """`live("gateshead")`: that body's buyer, in the room."""

    def connected(body, role="buyer"):
        found = Live(app, client_of(body, role), world)
        assert found.join()["ok"]
        found.received()
        return found

    return connected


def test_weights_are_offered_over_the_channel(session, world, live):
    weights = make_weights(session, world)
    session.commit()
    numbers = {f"weight_{world.organisation(body).hex}": "1,000" for body in BODIES}
    payload = act(**numbers, item_id=str(weights), seen_number=0, effective_from="2026-10-01", source="Meters")
    gateshead, hex_of = live("gateshead"), world.organisation("gateshead").hex
    refused = gateshead.emit("item:offer", **{**payload, f"weight_{hex_of}": "many"})
    assert (refused["error"], refused["field"]) == (
        "Enter a whole number for Gateshead Council, or 0",
        f"weight_{hex_of}",
    )
    assert gateshead.emit("item:offer", **payload)["ok"]
    session.expire_all()
    offered = weights_of(session.scalars(select(Offer).where(Offer.item_id == weights)).one())
    assert set(offered["numbers"].values()) == {1000}


def act(**values):
    return {"idempotency_key": uuid4().hex, "seen_number": 1, **values}


def test_joining_answers_with_what_was_missed_and_who_you_are(app, world, item, client_of):
    page = Live(app, client_of("gateshead"), world)
    answer = page.join(1)
    assert [entry["kind"] for entry in answer["missed"]] == [f"{PREFIX}item_added", f"{PREFIX}offer_made"]
    assert (answer["head"], answer["you"]["organisation"]) == (3, "Gateshead Council")
    assert page.join(3)["missed"] == []
    assert page.join(10**30)["missed"] == []


def test_an_offer_over_the_channel_reaches_the_others_and_freezes_when_agreed(session, world, item, live):
    gateshead, newcastle, darlington = live("gateshead"), live("newcastle"), live("darlington", "approver")
    done = gateshead.emit("item:offer", item_id=str(item), **act(quantity="120"))
    assert done == {"ok": True, "seq": 4}
    [message] = newcastle.received()
    assert (message["seq"], message["data"]["quantity"], message["data"]["body"]) == (4, "120", "Gateshead Council")
    assert newcastle.emit("item:position", item_id=str(item), **act(seen_number=2, answer="agree"))["ok"]
    assert darlington.emit("item:position", item_id=str(item), **act(seen_number=2, answer="agree"))["ok"]
    assert [m["kind"] for m in gateshead.received()][-1] == f"{PREFIX}item_agreed"
    session.expire_all()
    assert session.get(AgendaItem, item).state is ItemState.AGREED


def test_a_page_post_reaches_the_other_buyers_socket(world, item, live, client_of):
    newcastle = live("newcastle")
    form = act(quantity="130")
    client_of("gateshead").post(f"/consortia/{world.consortium.id}/workspace/{item}/offers", data=form)
    [message] = newcastle.received()
    assert message["data"]["quantity"] == "130"


def test_the_same_key_over_page_and_channel_is_one_act(session, world, item, live, client_of):
    gateshead, form = live("gateshead"), act(quantity="130")
    first = gateshead.emit("item:offer", item_id=str(item), **form)
    assert gateshead.emit("item:offer", item_id=str(item), **form) == first
    path = f"/consortia/{world.consortium.id}/workspace/{item}/offers"
    assert client_of("gateshead").post(path, data=form).status_code == 302
    session.expire_all()
    assert session.get(AgendaItem, item).current_number == 2


@pytest.mark.parametrize(
    ("event", "payload", "status", "field", "sentence"),
    [
        ("item:offer", {"quantity": "0"}, 422, "quantity", "more than 0"),
        ("item:offer", {"quantity": ""}, 422, "quantity", "Enter a target"),
        ("item:offer", {"quantity": "120", "seen_number": 0}, 409, None, "made a new offer in the meantime"),
        ("item:offer", {"quantity": "120", "idempotency_key": "x"}, 422, "idempotency_key", "too old"),
        ("item:offer", {"quantity": "1", "item_id": "nonsense"}, 422, None, "could not be read"),
        ("item:offer", {"quantity": "1", "item_id": str(uuid4())}, 404, None, "no such item"),
        ("item:position", {"answer": "object"}, 422, "reason", "Enter a reason"),
        ("item:position", {"answer": "maybe"}, 422, "answer", "choice"),
        ("item:comment", {"text": " "}, 422, "text", "Enter a comment"),
        ("workspace:join", {"consortium_id": "nonsense"}, 422, None, "could not be read"),
    ],
)
def test_bad_messages_are_refused_in_words_and_change_nothing(
    session, world, item, live, event, payload, status, field, sentence
):
    answer = live("gateshead").emit(event, **{**act(item_id=str(item)), **payload})
    assert (answer["ok"], answer["status"], answer["field"]) == (False, status, field)
    assert sentence in answer["error"]
    assert log.last_seq(session, session.scalars(select(Workspace)).one().stream) == 3


@pytest.mark.parametrize("event", ["workspace:join", "workspace:here", "item:offer", "item:position", "item:comment"])
def test_a_message_that_is_no_message_is_refused(item, live, event):
    answer = live("gateshead").connection.emit(event, ["not", "a", "form"], callback=True)
    assert (answer["ok"], answer["status"]) == (False, 422)


@pytest.mark.parametrize("body", ["leeds", "builder"])
def test_outsiders_get_into_no_room(app, world, item, client_of, live, body):
    member, stranger = live("gateshead"), connect(app, client_of(body))
    for event in ("workspace:join", "workspace:here"):
        assert stranger.emit(event, {"consortium_id": member.consortium}, callback=True)["status"] == 404
    form = act(item_id=str(item), quantity="120", answer="agree", text="Hello")
    for event in ("item:offer", "item:position", "item:comment"):
        assert stranger.emit(event, form, callback=True)["status"] == 404
    member.emit("item:offer", item_id=str(item), **act(quantity="140"))
    assert stranger.get_received() == []


def path(world):
    return f"/consortia/{world.consortium.id}/workspace/"


def connect(app, client):
    """A connection of a client, with the token of its own session."""
    html = client.get("/measures/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)
    return socketio.test_client(app, flask_test_client=client, auth={"csrf": token})


@pytest.mark.parametrize("role", ["observer", "evaluator", "organisation_administrator"])
def test_readers_may_listen_but_not_act(world, item, live, role):
    reader = live("gateshead", role)
    form = act(item_id=str(item), quantity="120", answer="agree", text="Hello")
    assert {reader.emit(event, **form)["status"] for event in ("item:offer", "item:position", "item:comment")} == {403}


def test_a_rule_for_sharing_is_offered_over_the_channel(session, world, live):
    rule = make_rule(session, world)
    session.commit()
    shares = zip(("newcastle", "gateshead", "darlington"), ("50", "30", "20"), strict=True)
    typed = {f"percentage_{world.organisation(body).hex}": share for body, share in shares}
    form = act(item_id=str(rule), seen_number=0, kind="fixed_percentages", **typed)
    assert live("gateshead").emit("item:offer", **form)["ok"]
    assert '"50"' in session.get(AgendaItem, rule).offers[0].allocation


def test_presence_is_told_to_the_others_and_ends_with_the_connection(item, live):
    gateshead, newcastle = live("gateshead"), live("newcastle")
    answer = gateshead.emit("workspace:here", consortium_id=gateshead.consortium)
    assert answer == {"ok": True, "head": 3}
    [person] = newcastle.received("here")
    assert (person["person"], person["organisation"]) == ("Buyer, gateshead", "Gateshead Council")
    assert gateshead.received("here") == []
    gateshead.connection.disconnect()
    assert newcastle.received("gone") == [{"tab": person["tab"]}]


def test_a_page_without_its_token_is_not_connected(app, world, item, client_of):
    client = client_of("gateshead")
    client.get(path(world))
    for auth in (None, {}, {"csrf": "wrong"}):
        assert not socketio.test_client(app, flask_test_client=client, auth=auth).is_connected()


def test_the_old_page_and_the_missed_entries_are_the_fresh_page(session, world, item, live, client_of):
    """What a page learns from entries is what a page that is opened now says."""
    page = live("darlington")
    known = {"number": 1, "quantity": "100", "answers": {"Newcastle upon Tyne Council": "agree"}}
    gateshead = live("gateshead")
    gateshead.emit("item:offer", item_id=str(item), **act(quantity="120"))
    live("newcastle").emit("item:position", item_id=str(item), **act(seen_number=2, answer="object", reason="No"))
    for entry in page.join(3)["missed"]:
        known = {"offer_made": _offered, "position_taken": _answered}[entry["kind"].removeprefix(PREFIX)](known, entry)
    session.expire_all()
    [current] = [each for each in session.get(AgendaItem, item).offers if each.number == known["number"]]
    assert str(current.quantity) == known["quantity"]
    assert {each.organisation.name: each.answer.value for each in current.positions} == known["answers"]


def _offered(known, entry):
    data = entry["data"]
    return {"number": data["number"], "quantity": data["quantity"], "answers": {data["body"]: "agree"}}


def _answered(known, entry):
    return {**known, "answers": {**known["answers"], entry["data"]["body"]: entry["data"]["answer"]}}
