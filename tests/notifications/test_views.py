"""The home page says what waits, the soonest first; the outbox is the demonstration's alone."""

from datetime import date

import pytest

from commonpurse.core import mail, waiting
from commonpurse.core.waiting import Waiting
from support.world import NOW


@pytest.fixture
def two_features(app, monkeypatch):
    """Two features with something to do."""

    def first(session, actor, today):
        return [
            Waiting("Answer at leisure", "notifications.home"),
            Waiting("Vote", "notifications.home", due=date(2027, 2, 1)),
        ]

    def second(session, actor, today):
        return [Waiting("Approve %(amount)s", "notifications.home", {"amount": "£5"}, due=date(2027, 1, 1))]

    monkeypatch.setattr(waiting, "SOURCES", {"first": first, "second": second})


def test_what_waits_is_listed_by_date_and_undated_things_come_last(client_of, two_features):
    page = client_of("gateshead", "buyer").get("/").text
    assert page.index("Approve £5") < page.index("Vote") < page.index("Answer at leisure")
    assert "by 1 January 2027" in page


def test_a_person_with_nothing_to_do_is_told_what_would_appear(client_of):
    assert "Nothing waits for you" in client_of("leeds", "observer").get("/").text


def test_a_visitor_is_told_what_this_is(visitor):
    page = visitor.get("/").text
    assert "Buy together" in page
    assert "Sign in" in page


def test_the_outbox_shows_the_letters_of_the_demonstration(visitor, app, session, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    assert "No letter has been written yet" in visitor.get("/outbox").text
    values = {"label": "Kim", "token": "abc"}
    letter = mail.Mail(recipient="kim@leeds.example", template="password_reset", values=values, written_at=NOW)
    session.add(letter)
    session.commit()
    assert "kim@leeds.example" in visitor.get("/outbox").text


def test_there_is_no_outbox_elsewhere(visitor):
    assert visitor.get("/outbox").status_code == 404
