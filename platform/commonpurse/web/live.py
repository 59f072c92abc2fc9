"""The live channel: socket events that are commands, and one broadcast of what was committed."""

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_login import current_user
from flask_socketio import SocketIO, join_room
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


SEAT = "#"
"""Stands in the name of a room between the stream and the sign-in that hears it."""

Listeners = Callable[[str], Collection[UUID]]
_listeners: dict[str, Listeners] = {}

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


def admit_to(prefix: str, find: Listeners) -> None:
    """Let the sign-ins that `find(stream)` gives hear streams whose names begin with `prefix` and a colon."""
    _listeners[prefix] = find


def take_seat(stream: str) -> None:
    """Let this connection hear a stream for as long as its sign-in is one of the stream's listeners."""
    join_room(f"{stream}{SEAT}{current_user.sign_in_id}")


def seats(stream: str) -> list[str]:
    """The rooms of those who may hear a stream now: who signed out or left a body since they came hears no more."""
    find = _listeners.get(stream.partition(":")[0])
    return [f"{stream}{SEAT}{sign_in_id}" for sign_in_id in find(stream)] if find else []


def tell(stream: str, event: str, message: dict[str, Any], *, skip: str | None = None) -> None:
    """Send a message to those who may hear a stream now, but not to the connection `skip`."""
    if rooms := seats(stream):
        # Given a list of rooms, Socket.IO reaches each connection once; its signature knows only one room.
        socketio.emit(event, message, to=rooms, skip_sid=skip)  # type: ignore[arg-type]


def broadcast(entries: Sequence[Entry]) -> None:
    """Send committed entries to those who may hear their streams; nothing else emits data."""
    for entry in entries:
        tell(entry.stream, "entry", entry.as_message())
