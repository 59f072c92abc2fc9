"""The blueprint of consortia, and what its pages share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint

from commonpurse.consortia import commands, queries
from commonpurse.core.errors import Refused, Stale
from commonpurse.core.transaction import reading, transaction
from commonpurse.web.access import current_actor
from commonpurse.web.fields import SeenField
from commonpurse.web.form import Form

blueprint = Blueprint("consortia", __name__, url_prefix="/consortia")


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def done(form: Form, act: Callable[[Any], object]) -> bool:
    """Whether `act` was done; where it was refused, the form says why and nothing is stored."""
    try:
        with transaction() as session:
            act(session)
    except (Refused, Stale) as error:
        form.show(error)
        if isinstance(error, Stale):
            _show_the_latest(form)
        return False
    return True


def _show_the_latest(form: Form) -> None:
    """Having been warned, the person may try again: the page they get now holds the latest version."""
    for field in form:
        if isinstance(field, SeenField):
            field.data = field.object_data


def settle_overdue(consortium_id: UUID) -> None:
    """Settle the decisions of a consortium whose deadline has passed, before a page shows them as open."""
    moment = now()
    with reading() as session:
        queries.get_consortium(session, current_actor(), consortium_id)
        is_overdue = bool(queries.due_decisions(session, moment, consortium_id=consortium_id))
    if is_overdue:
        with transaction() as session:
            commands.close_due(session, moment, consortium_id=consortium_id)
