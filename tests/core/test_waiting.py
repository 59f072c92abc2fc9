"""What waits is gathered from every feature that the application has."""

from datetime import date
from uuid import uuid4

from commonpurse.core import waiting
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting, gather

TODAY = date(2026, 11, 2)


def test_dated_things_come_first_then_by_consortium_and_sentence(session, monkeypatch):
    later, soon = Waiting("Later", "home", due=date(2027, 2, 1)), Waiting("Soon", "home", due=date(2027, 1, 1))
    undated = [Waiting(msgid, "home", consortium=name) for name, msgid in [("A", "C"), ("B", "A"), ("B", "B")]]
    sources = {"one": lambda *_: [undated[2], later, undated[0]], "two": lambda *_: [undated[1], soon]}
    monkeypatch.setattr(waiting, "SOURCES", sources)
    assert gather(session, Actor(), TODAY) == [soon, later, *undated]


def test_every_source_is_asked_for_the_same_person_and_day(session, monkeypatch):
    asked = []
    monkeypatch.setattr(waiting, "SOURCES", {"one": lambda *asks: asked.append(asks) or []})
    actor = Actor(label="Kim")
    assert gather(session, actor, TODAY) == []
    assert asked == [(session, actor, TODAY)]


def test_the_application_asks_every_feature_that_lets_people_wait(whole_application):
    assert {"consortia", "pooling", "workspaces", "delivery", "outcomes"} <= waiting.SOURCES.keys()


def test_a_thing_knows_its_consortium_by_key_as_names_repeat():
    key = uuid4()
    assert Waiting("Vote", "home", arguments={"consortium_id": key}, consortium="Light").consortium_id == key
    assert Waiting("Vote", "home", consortium="Light").consortium_id is None
