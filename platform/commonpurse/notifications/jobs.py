"""Writing letters about what happened, and sending them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import current_app

from commonpurse.consortia.queries import last_day
from commonpurse.core import jobs, mail
from commonpurse.core.jobs import every_ten_minutes, job
from commonpurse.core.log import Entry
from commonpurse.core.transaction import reading, transaction
from commonpurse.notifications import queries
from commonpurse.notifications.letters import PostOffice, make_message, render_letter
from commonpurse.notifications.rules import is_told

_TRIES_LAST = timedelta(minutes=10)
"""A letter older than this has been tried as often as a job is, or its job never reached the queue."""
_LETTERS_KEEP = timedelta(days=3)
"""A letter older than this would only puzzle whoever gets it."""


def hear(entries: Sequence[Entry]) -> None:
    """Have letters written about those of the committed entries that are told by letter."""
    now = datetime.now(UTC)
    told = [[entry.stream, entry.seq] for entry in entries if is_told(entry.kind, entry.at, now)]
    if told:
        jobs.start("write_letters", told)


@job
def write_letters(told: list[tuple[str, int]]) -> None:
    """Write the letters about these entries. A second try writes none a second time."""
    today = last_day(datetime.now(UTC))
    with reading() as session:
        letters = [letter for stream, seq in told for letter in queries.letters_about(session, stream, seq, today)]
    if not letters:
        return
    with transaction() as session:
        for letter in letters:
            mail.write(session, recipient=letter.recipient, template=letter.template, key=letter.key, **letter.values)


@job
def deliver_mail(letter_id: str) -> None:
    """Send a letter over SMTP and empty its values, which may hold a token.

    Without a mail server, as in the demonstration, the letter stays for the outbox page. The network is
    used outside any transaction: should the service stop between sending and noting it, the letter leaves twice.
    """
    url = current_app.config["MAIL_URL"]
    if not url:
        return
    key = UUID(letter_id)
    with reading() as session:
        letter = mail.find(session, key)
        if letter is None or letter.sent_at is not None:
            return
        subject, body = render_letter(letter)
        message = make_message(letter_id=key, recipient=letter.recipient, subject=subject, body=body)
    PostOffice.at(url).send(message)
    with transaction() as session:
        sent = mail.find(session, key)
        if sent is not None:
            sent.sent_at, sent.values = datetime.now(UTC), {}


@every_ten_minutes
def send_what_was_left() -> None:
    """Try letters again whose job is lost or was tried often enough, as when the mail server was away."""
    if not current_app.config["MAIL_URL"]:
        return
    now = datetime.now(UTC)
    with reading() as session:
        left = mail.list_unsent(session, now - _LETTERS_KEEP, now - _TRIES_LAST)
    for key in left:
        jobs.start("deliver_mail", str(key))
