"""The room, live: entering it, the acts on an item, and who is here."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import request
from flask_socketio import rooms

from commonpurse.core import log
from commonpurse.core.transaction import reading, transaction
from commonpurse.web.access import current_actor
from commonpurse.web.live import SEAT, admit_to, on, socketio, take_seat, tell
from commonpurse.web.pages import LONDON
from commonpurse.workspaces import commands, queries
from commonpurse.workspaces.forms import (
    CommentForm,
    ItemForm,
    JoinForm,
    PositionForm,
    offer_form,
)

ROOMS = "workspace:"


def listeners(stream: str) -> list[UUID]:
    """The sign-ins that may hear a room, by its stream."""
    with reading() as session:
        return queries.list_listeners(session, UUID(stream.removeprefix(ROOMS)), now=datetime.now(UTC))


admit_to("workspace", listeners)


@on("workspace:join")
def join(payload: Any) -> dict[str, Any]:
    """Enter the room, then answer with what was missed: in this order no entry falls between."""
    values = JoinForm.accept(payload)
    with reading() as session:
        you = queries.presence(session, current_actor(), values["consortium_id"])
    take_seat(you.stream)
    with reading() as session:  # Anew, because a transaction sees what was there when it began.
        head = log.last_seq(session, you.stream)
        missed = log.entries_after(session, you.stream, values["last_seq"])
    return {
        "missed": [entry.as_message() for entry in missed],
        "head": head,
        "you": {"tab": _tab(), "person": you.person, "organisation": you.organisation},
    }


@on("workspace:here")
def here(payload: Any) -> dict[str, Any]:
    """Tell the others in the room that this person has the page open; nothing of it is kept.

    The answer has the number of the newest entry, so that a page notices one whose message was lost.
    """
    values = JoinForm.accept(payload)
    with reading() as session:
        you = queries.presence(session, current_actor(), values["consortium_id"])
        head = log.last_seq(session, you.stream)
    told = {"tab": _tab(), "person": you.person, "organisation": you.organisation}
    tell(you.stream, "here", told, skip=_sid())
    return {"head": head}


def leave(*_: object) -> None:
    """Tell the rooms of a connection that ends."""
    for room in rooms():
        stream, _seat, _sign_in = str(room).partition(SEAT)
        if stream.startswith(ROOMS):
            tell(stream, "gone", {"tab": _tab()}, skip=_sid())


socketio.on_event("disconnect", leave)


@on("item:offer")
def propose(payload: Any) -> dict[str, Any]:
    """Propose or counter, as the form on the page does."""
    item_id = ItemForm.accept(payload)["item_id"]
    with reading() as session:
        shape = queries.offered_in(session, current_actor(), item_id)
    form = offer_form(shape, datetime.now(LONDON).date())
    values = form.accept(payload)
    with transaction() as session:
        seq = commands.make_offer(session, current_actor(), item_id=item_id, now=datetime.now(UTC), **values)
    return {"seq": seq}


@on("item:position")
def take_position(payload: Any) -> dict[str, Any]:
    """Agree, object or abstain, as the forms on the page do."""
    item_id = ItemForm.accept(payload)["item_id"]
    values = PositionForm.accept(payload)
    with transaction() as session:
        seq = commands.take_position(session, current_actor(), item_id=item_id, now=datetime.now(UTC), **values)
    return {"seq": seq}


@on("item:comment")
def comment(payload: Any) -> dict[str, Any]:
    """Comment, as the form on the page does."""
    item_id = ItemForm.accept(payload)["item_id"]
    values = CommentForm.accept(payload)
    with transaction() as session:
        seq = commands.comment(session, current_actor(), item_id=item_id, now=datetime.now(UTC), **values)
    return {"seq": seq}


def _tab() -> str:
    """A name for the connection that others may know; its own id would let them pose as it."""
    return sha256(_sid().encode()).hexdigest()[:16]


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
