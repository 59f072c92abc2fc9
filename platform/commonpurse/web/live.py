"""The live channel: socket events that are commands, and one broadcast of what was committed."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask_babel import gettext
from flask_login import current_user
from flask_socketio import SocketIO
from flask_wtf.csrf import validate_csrf
from socketio.exceptions import ConnectionRefusedError as Refusal
from wtforms.validators import ValidationError

from commonpurse.core.errors import DomainError
from commonpurse.core.log import Entry
from commonpurse.web.words import say

socketio = SocketIO()
EVENTS: dict[str, Callable[..., Any]] = {}

SETTINGS: dict[str, Any] = {
    "async_mode": "threading",
    "transports": ["websocket"],
    "async_handlers": False,  # One client's messages must not overtake each other.
    "manage_session": False,  # Every event reads the sign-in anew, so a revoked one stops at once.
    "http_compression": False,
    "max_http_buffer_size": 256 * 1024,
    "ping_interval": 25,
    "ping_timeout": 20,
}


Handler = Callable[[Any], dict[str, Any]]


def on(event: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of `event`, for signed-in people.

    Its answer goes into the acknowledgement: `{"ok": true, ...}`, or for a DomainError
    `{"ok": false, "error": sentence, "field": name, "status": 403}`.
    """

    def register(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(payload: object = None) -> dict[str, Any]:
            if not current_user.is_authenticated:
                return {"ok": False, "error": gettext("Sign in again to go on"), "field": None, "status": 401}
            try:
                return {"ok": True, **handler(payload)}
            except DomainError as error:
                return {"ok": False, "error": say(error), "field": error.field, "status": error.status}

        EVENTS[event] = guarded
        socketio.on_event(event, guarded)
        return guarded

    return register


def connect(auth: dict[str, Any] | None = None) -> None:
    """Let a signed-in person's own page connect. Raises ConnectionRefusedError for everybody else."""
    if not current_user.is_authenticated:
        raise Refusal("sign in first")
    try:
        validate_csrf((auth or {}).get("csrf"))
    except ValidationError as error:
        raise Refusal("the page is too old") from error


def broadcast(entries: Sequence[Entry]) -> None:
    """Send committed entries to the rooms of their streams; nothing else emits data."""
    for entry in entries:
        socketio.emit("entry", entry.as_message(), to=entry.stream)
