"""Saying what a body needs."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, Stale, require
from commonpurse.pooling import policy, queries
from commonpurse.pooling.commands import checks
from commonpurse.pooling.events import RequirementAdded, RequirementChanged, RequirementRemoved
from commonpurse.pooling.models import RequirementLine

NOT_YOURS = message("You can change only the lines of your own organisation")


def add_requirement(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    description: str,
    category_code: str,
    quantity: Decimal,
    unit: str,
    place_gss: str,
    needed_from: date,
    needed_until: date,
    now: datetime,
) -> UUID:
    """Say what the actor's body needs: `quantity` of `unit`, a unit of `calc.units`.

    Args:
        category_code: a CPV code, with or without its check digit, or the words of one category.
        place_gss: the GSS code of an area, or its name.

    Returns:
        The key of the line.

    Raises:
        NotFound, NotAllowed: see `checks.get_open_consortium`.
        Refused: something is wrong with a field, the body has the same line already, or pooling is over.
    """
    consortium = checks.get_open_consortium(session, actor, consortium_id)
    values = _checked(session, description, category_code, quantity, unit, place_gss, needed_from, needed_until)
    _refuse_repeat(session, actor, consortium_id, values)
    line = RequirementLine(
        id=uuid4(),
        consortium_id=consortium_id,
        organisation_id=actor.organisation,
        entered_by_id=actor.person,
        entered_at=now,
        **values,
    )
    session.add(line)
    session.flush()
    event = RequirementAdded(line.id, line.description, line.category_code, line.quantity, line.unit)
    log.record(session, actor, consortium.stream, event, at=now)
    return line.id


def change_requirement(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    line_id: UUID,
    description: str,
    category_code: str,
    quantity: Decimal,
    unit: str,
    place_gss: str,
    needed_from: date,
    needed_until: date,
    seen_version: int,
    now: datetime,
) -> None:
    """Say something else about a line of the actor's body; arguments as of `add_requirement`.

    Raises:
        NotFound, NotAllowed, Refused: as `add_requirement`; NotAllowed also for another body's line.
        Stale: somebody changed the line in the meantime.
    """
    consortium = checks.get_open_consortium(session, actor, consortium_id)
    line = queries.get_requirement(session, consortium_id, line_id, lock=True)
    require(policy.may_change(actor, line, consortium), NOT_YOURS, who="A buyer of that organisation can change it")
    if line.version != seen_version:
        raise Stale(checks.CHANGED)
    values = _checked(session, description, category_code, quantity, unit, place_gss, needed_from, needed_until)
    _refuse_repeat(session, actor, consortium_id, values, but=line.id)
    before = line.quantity, line.unit
    for name, value in values.items():
        setattr(line, name, value)
    session.flush()
    event = RequirementChanged(line.id, line.description, line.category_code, line.quantity, line.unit, *before)
    log.record(session, actor, consortium.stream, event, at=now)


def remove_requirement(
    session: Session, actor: Actor, *, consortium_id: UUID, line_id: UUID, reason: str, seen_version: int, now: datetime
) -> None:
    """Take a line of the actor's body away, with the reason.

    Raises:
        NotFound, NotAllowed, Stale: as `change_requirement`.
        Refused: there is no reason, or pooling is over.
    """
    consortium = checks.get_open_consortium(session, actor, consortium_id)
    line = queries.get_requirement(session, consortium_id, line_id, lock=True)
    require(policy.may_change(actor, line, consortium), NOT_YOURS, who="A buyer of that organisation can remove it")
    if line.version != seen_version:
        raise Stale(checks.CHANGED)
    if not reason.strip():
        raise Refused("Enter why your organisation no longer needs this", field="reason")
    session.delete(line)
    session.flush()
    event = RequirementRemoved(line.id, line.description, line.quantity, line.unit, reason.strip())
    log.record(session, actor, consortium.stream, event, at=now)


def _checked(
    session: Session,
    description: str,
    category_code: str,
    quantity: Decimal,
    unit: str,
    place_gss: str,
    needed_from: date,
    needed_until: date,
) -> dict[str, Any]:
    checks.dates(needed_from, needed_until)
    typed = {
        "description": description,
        "category_code": category_code,
        "quantity": quantity,
        "unit": unit,
        "place_gss": place_gss,
    }
    readers = _readers(session)
    read = {name: readers[name](value) for name, value in typed.items()}
    checks.counted(read["quantity"], read["unit"])
    return {**read, "needed_from": needed_from, "needed_until": needed_until}


def _readers(session: Session) -> dict[str, Callable[[Any], Any]]:
    return {
        "description": checks.description,
        "category_code": partial(checks.category, session),
        "quantity": checks.quantity,
        "unit": checks.unit,
        "place_gss": partial(checks.place, session),
    }


def requirement_faults(session: Session, typed: Mapping[str, Any]) -> list[Refused]:
    """Every fault of the fields of a line that hold something, so that a page can say them at once."""
    tries: list[Callable[[], Any]] = [
        partial(read, typed[name]) for name, read in _readers(session).items() if typed.get(name)
    ]
    first, last = typed.get("needed_from"), typed.get("needed_until")
    if first and last:
        tries.append(partial(checks.dates, first, last))
    faults = _refusals(tries)
    if typed.get("quantity") and typed.get("unit") and not {"quantity", "unit"} & {fault.field for fault in faults}:
        faults += _refusals([partial(checks.counted, typed["quantity"], typed["unit"])])
    return faults


def _refusals(tries: Iterable[Callable[[], Any]]) -> list[Refused]:
    faults: list[Refused] = []
    for attempt in tries:
        try:
            attempt()
        except Refused as fault:
            faults.append(fault)
    return faults


def _refuse_repeat(
    session: Session, actor: Actor, consortium_id: UUID, values: dict[str, Any], *, but: UUID | None = None
) -> None:
    """A line that is there already is nearly always a second press of the button."""
    known = queries.own_requirement_contents(session, consortium_id, actor.organisation)
    if known.get(queries.requirement_contents(**values), but) != but:
        raise Refused("Your organisation has the same line already", field="description")
