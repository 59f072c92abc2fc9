"""Sending the mail that was written."""

from datetime import UTC, datetime
from uuid import UUID

from flask import current_app

from commonpurse.core import mail
from commonpurse.core.jobs import job
from commonpurse.core.transaction import reading, transaction
from commonpurse.notifications.letters import PostOffice, make_message, render_letter


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
