"""Letters: what a row of mail says, and how it leaves."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from flask import current_app
from msgspec import Struct

from commonpurse.core.mail import Mail

SUBJECT = "Subject: "
SECONDS = 30


class PostOffice(Struct, frozen=True):
    """A server that takes mail over SMTP."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    implicit_tls: bool = False

    @classmethod
    def at(cls, url: str) -> Self:
        """The server of `smtp://user:password@host:587?starttls=1`, or `smtps://...`.

        Raises ValueError for an address of another kind.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("MAIL_URL must be smtp://host:port or smtps://host:port")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if implicit else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            starttls=parse_qs(parts.query).get("starttls") == ["1"],
            implicit_tls=implicit,
        )

    def send(self, message: EmailMessage) -> None:
        """Hand the message over. Raises OSError or SMTPException, and then it has not left."""
        with self._open() as server:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)

    def _open(self) -> smtplib.SMTP:
        if self.implicit_tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)


def render_letter(letter: Mail) -> tuple[str, str]:
    """The subject and the text of a letter, from `templates/mail/`, whose first line is `Subject: ...`.

    Raises ValueError for a template without that line: our own mistake.
    """
    # Not render_template: its context processors ask for the request that a job does not have.
    template = current_app.jinja_env.get_template(f"mail/{letter.template}.txt")
    text = template.render(link=link, moment=datetime.fromisoformat, **letter.values)
    first, _, body = text.partition("\n")
    if not first.startswith(SUBJECT):
        raise ValueError(f"the letter {letter.template} has no subject")
    return " ".join(first.removeprefix(SUBJECT).split()), body.strip() + "\n"


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page under BASE_URL; letters are written outside any request."""
    base = urlsplit(current_app.config["BASE_URL"])
    pages = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return pages.build(endpoint, values, force_external=True)


def make_message(*, letter_id: UUID, recipient: str, subject: str, body: str) -> EmailMessage:
    """The message as it travels; a second try carries the same Message-ID, so that it can be recognised."""
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = recipient
    message["Subject"] = subject
    message["Message-ID"] = f"<{letter_id}@{urlsplit(current_app.config['BASE_URL']).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message
