"""Letters: what they say, and how they leave."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from commonpurse.core import mail
from commonpurse.core.mail import Mail
from commonpurse.notifications import letters
from commonpurse.notifications.jobs import deliver_mail, send_what_was_left
from commonpurse.notifications.letters import PostOffice, link, render_letter

TEMPLATES = sorted(path.stem for path in (Path(__file__).parents[2] / "templates" / "mail").glob("*.txt"))
VALUES = {
    "token": "a-token",
    "organisation": "Smith & Sons\nBcc: evil@evil.example",
    "invited_by": "Sam <b>",
    "expires_at": "2026-11-09T09:00:00+00:00",
    "until": "2026-11-09T09:00:00+00:00",
    "at": "2026-11-09T09:00:00+00:00",
    "question": "Shall we close the consortium?",
    "consortium": "Road signs\nand lights",
    **dict.fromkeys(("consortium_id", "decision_id", "item_id", "contribution_id", "record_id"), str(uuid4())),
}


def make_letter(session, template="invitation", **values):
    letter = Mail(
        recipient="sam@x.example", template=template, values={**VALUES, **values}, written_at=datetime.now(UTC)
    )
    session.add(letter)
    session.commit()
    return letter


@pytest.fixture
def server(app, monkeypatch):
    """A mail server that keeps what it is given."""
    taken = []
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://user:p%40ss@mail.example:2525?starttls=1")
    monkeypatch.setattr(PostOffice, "send", lambda office, message: taken.append((office, message)))
    return taken


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_has_a_subject_of_one_line_and_a_text(app, session, template):
    with app.app_context():
        subject, body = render_letter(make_letter(session, template))
    assert subject
    assert "\n" not in subject
    assert body.strip()
    assert "http://localhost/" in body


def test_names_are_text_in_a_letter_not_markup(app, session):
    with app.app_context():
        subject, body = render_letter(make_letter(session, organisation="Smith & Sons"))
    assert subject == "Join Smith & Sons on Commonpurse"
    assert "Sam <b> invites you" in body
    assert "http://localhost/invitations/a-token" in body
    assert "9 November 2026 at 9:00am" in body


def test_links_begin_with_the_address_people_see(app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://buy.example/together")
    with app.app_context():
        assert link("identity.reset_password", token="x") == "https://buy.example/together/reset-password/x"


def test_a_sent_letter_is_marked_and_its_values_are_emptied(app, session, server):
    letter = make_letter(session)
    with app.app_context():
        deliver_mail(str(letter.id))
        deliver_mail(str(letter.id))
    session.refresh(letter)
    assert letter.sent_at is not None
    assert letter.values == {}
    [(office, message)] = server
    assert office == PostOffice("mail.example", 2525, "user", "p@ss", starttls=True)
    assert message["To"] == "sam@x.example"
    assert message["Bcc"] is None
    assert "a-token" in message.get_content()


def test_a_letter_that_could_not_leave_keeps_its_values_for_the_next_try(app, session, server, monkeypatch):
    def refuse(office, message):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(PostOffice, "send", refuse)
    letter = make_letter(session)
    with app.app_context(), pytest.raises(smtplib.SMTPServerDisconnected):
        deliver_mail(str(letter.id))
    session.refresh(letter)
    assert (letter.sent_at, letter.values["token"]) == (None, "a-token")


@pytest.mark.parametrize(("minutes", "leaves"), [(5, False), (11, True), (48 * 60, True), (96 * 60, False)])
def test_a_letter_that_was_left_leaves_later_but_not_when_it_is_no_news(app, session, server, minutes, leaves):
    letter = make_letter(session)
    letter.written_at = datetime.now(UTC) - timedelta(minutes=minutes)
    session.commit()
    with app.app_context():
        send_what_was_left()
        send_what_was_left()
    assert len(server) == leaves


def test_without_a_server_nothing_is_tried_again(app, session):
    letter = make_letter(session)
    letter.written_at = datetime.now(UTC) - timedelta(hours=1)
    session.commit()
    with app.app_context():
        send_what_was_left()
    session.refresh(letter)
    assert letter.sent_at is None


def test_without_a_server_the_letter_stays_for_the_outbox(app, session):
    letter = make_letter(session)
    with app.app_context():
        deliver_mail(str(letter.id))
    session.refresh(letter)
    assert (letter.sent_at, letter.values["token"]) == (None, "a-token")


def test_a_letter_is_sent_after_the_act_that_wrote_it_is_committed(app, session, server):
    from commonpurse.core.transaction import transaction

    with app.app_context(), transaction() as writing:
        mail.write(writing, recipient="sam@x.example", template="password_reset", token="x")
        assert server == []
    assert len(server) == 1
    assert session.scalars(select(Mail)).one().sent_at is not None


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_that_is_no_mail_server_is_our_own_mistake(url):
    with pytest.raises(ValueError, match="MAIL_URL"):
        PostOffice.at(url)


def test_a_server_is_spoken_to_as_its_address_says(monkeypatch):
    spoken = []

    class Server:
        def __init__(self, host, port, **options):
            spoken.append((host, port, sorted(options)))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            spoken.append("quit")

        def starttls(self, *, context):
            spoken.append("starttls")

        def login(self, user, password):
            spoken.append((user, password))

        def send_message(self, message):
            spoken.append("sent")

    monkeypatch.setattr(letters.smtplib, "SMTP", Server)
    monkeypatch.setattr(letters.smtplib, "SMTP_SSL", Server)
    PostOffice.at("smtp://u:p@mail.example?starttls=1").send(EmailMessage())
    PostOffice.at("smtps://mail.example").send(EmailMessage())
    assert spoken == [
        ("mail.example", 587, ["timeout"]),
        "starttls",
        ("u", "p"),
        "sent",
        "quit",
        ("mail.example", 465, ["context", "timeout"]),
        "sent",
        "quit",
    ]
