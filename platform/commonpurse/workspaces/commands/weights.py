"""What weights are by, and the numbers of an offer of weights."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.digest import canonical
from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium
from commonpurse.core.errors import Refused
from commonpurse.workspaces import queries, rules
from commonpurse.workspaces.models import AgendaItem, ItemState, RecordedBasis, Workspace
from commonpurse.workspaces.queries import standing

LONGEST_NAME = 80
LONGEST_UNIT = 40
LONGEST_SOURCE = 500
FIRST_YEAR, LAST_YEAR = 2000, 2099

ONE_AT_A_TIME = message("Other weights by %(basis)s are still open. Agree or park those first")


def basis_to_weigh_by(
    session: Session, workspace: Workspace, items: Sequence[AgendaItem], name: str, unit: str
) -> RecordedBasis:
    """The recorded basis of a room with this name, however it is written; a new one where there is none.

    Raises:
        Refused: a name or unit is missing or too long, weights by this basis are open, or it counts something else.
    """
    said, counted = " ".join(name.split()), " ".join(unit.split())
    if not said:
        raise Refused("Enter what the weights are by", field="basis_name")
    if len(said) > LONGEST_NAME:
        raise Refused("The name must be %(most)s characters or fewer", field="basis_name", most=LONGEST_NAME)
    if not counted:
        raise Refused("Enter what is counted", field="basis_unit")
    if len(counted) > LONGEST_UNIT:
        raise Refused("The unit must be %(most)s characters or fewer", field="basis_unit", most=LONGEST_UNIT)
    known = session.scalars(
        select(RecordedBasis).where(RecordedBasis.workspace_id == workspace.id).order_by(RecordedBasis.name)
    )
    found = next((basis for basis in known if basis.name.casefold() == said.casefold()), None)
    if found is None:
        return RecordedBasis(workspace_id=workspace.id, name=said, unit=counted)
    if found.unit.casefold() != counted.casefold():
        raise Refused(
            "%(basis)s is counted in %(unit)s. Enter that, or choose another name",
            field="basis_unit",
            basis=found.name,
            unit=found.unit,
        )
    refuse_second_weights(items, found)
    return found


def refuse_second_weights(items: Sequence[AgendaItem], basis: RecordedBasis) -> None:
    """Raise Refused if weights by the same basis are open."""
    if any(item.basis_id == basis.id and item.state is ItemState.OPEN for item in items):
        raise Refused(ONE_AT_A_TIME, field="basis_name", basis=basis.name)


def read_weights(consortium: Consortium, weights: Mapping[str, Any] | None) -> str:
    """An offer of weights as canonical JSON text.

    Args:
        weights: `effective_from` is the first day of a quarter, `source` says in words where the numbers come from,
            and `numbers` has a whole number for the key, as text, of every joined body.

    Raises:
        Refused: one of them is missing or cannot be, or nobody weighs anything.
    """
    given = weights or {}
    joined = [str(body) for body in queries.electorate(consortium)]
    read = _numbers(given.get("numbers") or {}, joined, standing.names_of(consortium))
    stored = {
        "effective_from": _start(given.get("effective_from")).isoformat(),
        "source": _source(str(given.get("source") or "")),
        "numbers": read,
    }
    return canonical(stored).decode()


def _start(day: object) -> date:
    if not isinstance(day, date):
        raise Refused("Select from which quarter the weights count", field="effective_from")
    if not rules.starts_quarter(day) or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused("Weights count from the first day of a quarter", field="effective_from")
    return day


def _source(text: str) -> str:
    said = text.strip()
    if not said:
        raise Refused("Enter where the numbers come from", field="source")
    if len(said) > LONGEST_SOURCE:
        raise Refused("The source must be %(most)s characters or fewer", field="source", most=LONGEST_SOURCE)
    return said


def _numbers(given: Mapping[str, Any], joined: Sequence[str], names: Mapping[str, str]) -> dict[str, int]:
    if given.keys() - set(joined):
        raise Refused("Enter numbers only for bodies that have joined")
    for body in joined:
        number, field = given.get(body), f"weight_{UUID(body).hex}"
        if not isinstance(number, int):
            raise Refused("Enter a whole number for %(body)s, or 0", field=field, body=names[body])
        if not 0 <= number <= rules.LARGEST_WEIGHT:
            raise Refused(
                "The number of %(body)s must be between 0 and %(most)s",
                field=field,
                body=names[body],
                most=f"{rules.LARGEST_WEIGHT:,}",
            )
    if not any(given.values()):
        raise Refused(NOBODY_WEIGHS, field=f"weight_{UUID(joined[0]).hex}")
    return {body: given[body] for body in joined}


NOBODY_WEIGHS = message("At least one body must weigh more than 0")
