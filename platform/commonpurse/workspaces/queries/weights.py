"""What the bodies agreed that each of them weighs, and which of it counts on a day."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation_rules import COMMITTED_BUDGET, NEED, POPULATION, REQUIRED_QUANTITY
from commonpurse.calc.allocation_rules.recorded import name_of
from commonpurse.calc.sentence import Sentence, message
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.pooling.queries import NO_SHARED_SUPPLIER, basis_weights, spent_with
from commonpurse.workspaces.models import AgendaItem, ItemState, Offer, RecordedBasis, Workspace


class AgreedWeights(Struct, frozen=True):
    """A version of the weights by one basis: what each body weighs from a day on, by the body's key as text."""

    basis: str
    unit: str
    effective_from: date
    numbers: dict[str, int]
    source: str
    item_id: UUID
    agreed_at: datetime


def agreed_weights(session: Session, consortium_id: UUID) -> list[AgreedWeights]:
    """Every version of every basis, in the order in which they count: by day, of one day as they were agreed.

    The caller has checked who asks.
    """
    return agreed_weights_of(session, [consortium_id])[consortium_id]


def agreed_weights_of(session: Session, consortium_ids: Collection[UUID]) -> dict[UUID, list[AgreedWeights]]:
    """The same of each of these consortia, in one SELECT."""
    rows = session.execute(
        select(
            Workspace.consortium_id,
            RecordedBasis.name,
            RecordedBasis.unit,
            Offer.weights,
            AgendaItem.id,
            AgendaItem.agreed_at,
        )
        .join(AgendaItem, AgendaItem.basis_id == RecordedBasis.id)
        .join(Offer, (Offer.item_id == AgendaItem.id) & (Offer.number == AgendaItem.agreed_number))
        .join(Workspace, Workspace.id == AgendaItem.workspace_id)
        .where(Workspace.consortium_id.in_(consortium_ids), AgendaItem.state == ItemState.AGREED)
        .order_by(AgendaItem.agreed_at, AgendaItem.position)
    )
    versions: dict[UUID, list[AgreedWeights]] = {consortium_id: [] for consortium_id in consortium_ids}
    for consortium_id, name, unit, weights, item_id, agreed_at in rows:
        if weights is None or agreed_at is None:
            raise RuntimeError(f"the agreed item {item_id} holds no weights")
        read = json.loads(weights)
        start = date.fromisoformat(read["effective_from"])
        found = AgreedWeights(name, unit, start, read["numbers"], read["source"], item_id, agreed_at)
        versions[consortium_id].append(found)
    return {key: sorted(each, key=lambda version: version.effective_from) for key, each in versions.items()}


def in_force(versions: Sequence[AgreedWeights], basis: str, day: date) -> AgreedWeights | None:
    """The version by the basis of this name that counts on a day; None where there is none yet."""
    return next((each for each in reversed(versions) if each.basis == basis and each.effective_from <= day), None)


def weights_on(session: Session, consortium_id: UUID, bases: Iterable[str], day: date) -> dict[str, dict[str, int]]:
    """What each basis of a rule says of every body: live ones as they stand, recorded ones as they count on a day.

    For what is only looked at: where no version is in force, nobody weighs anything.
    """
    wanted = tuple(bases)
    found = basis_weights(session, consortium_id, [basis for basis in wanted if name_of(basis) is None])
    recorded = {basis: name for basis in wanted if (name := name_of(basis)) is not None}
    versions = agreed_weights(session, consortium_id) if recorded else []
    for basis, name in recorded.items():
        version = in_force(versions, name, day)
        found[basis] = dict(version.numbers) if version is not None else {}
    return found


class Origin(Struct, frozen=True):
    """What numbers can be taken from: what is said of their source, and where they are not what the weights count.

    `units` are the ways to write what they are.
    """

    source: str
    other_unit: str
    units: frozenset[str]


PENCE = frozenset({"p", "pence", "penny", "pennies"})
NOT_PENCE = message(
    "The numbers filled in are pence, not %(unit)s. Only their ratios matter to a split, but everybody would read them "
    "as %(unit)s. Enter %(unit)s, or put other weights, counted in pence, on the agenda."
)

DERIVED = {
    COMMITTED_BUDGET: Origin(message("Committed budgets in pence, as approved by %(day)s"), NOT_PENCE, PENCE),
    REQUIRED_QUANTITY: Origin(
        message("Requirement lines, as they stood on %(day)s: only the ratios count"),
        message(
            "The numbers filled in only say how required quantities relate; they are not %(unit)s, but everybody would "
            "read them so. Enter %(unit)s, or put other weights, counted in parts, on the agenda."
        ),
        frozenset({"part", "parts"}),
    ),
    POPULATION: Origin(
        message("Residents of each body's area, as published, read on %(day)s"),
        message(
            "The numbers filled in are people, not %(unit)s. Only their ratios matter to a split, but everybody would "
            "read them as %(unit)s. Enter %(unit)s, or put other weights, counted in people, on the agenda."
        ),
        frozenset({"people", "persons", "residents", "inhabitants"}),
    ),
    NEED: Origin(
        message("Residents times the deprivation score of their area in thousandths, read on %(day)s"),
        message(
            "The numbers filled in are residents times a score, not %(unit)s. Only their ratios matter to a split, but "
            "everybody would read them as %(unit)s. Enter %(unit)s, or put other weights, counted in points, on the "
            "agenda."
        ),
        frozenset({"point", "points"}),
    ),
}
"""What numbers can be taken from without choosing more."""

SPENDING = "spending"
SPENT = Origin(
    message(
        "Published payments to %(supplier)s, %(first)s to %(last)s, in pence, net of refunds and never below 0, "
        "read on %(day)s"
    ),
    NOT_PENCE,
    PENCE,
)
SPENT_IN_ONE_MONTH = message(
    "Published payments to %(supplier)s, %(first)s, in pence, net of refunds and never below 0, read on %(day)s"
)
UNREAD = message(
    "No published spending was read of: %(bodies)s. What they paid is not known, so no number is filled in for them. "
    "Enter one, and say where it comes from."
)
REFUNDED = message("Refunds were larger than payments of: %(bodies)s. What is below zero counts as 0.")
UNEVEN = message("The payments read are not of the same months for every body. Nothing is evened out for that:")
MONTHS = message("%(first)s to %(last)s: %(bodies)s")


class Derived(Struct, frozen=True):
    """Numbers for every joined body, by its key as text, None where nothing is known, and where they come from.

    `warnings` are to be read before the numbers are offered, `notes` say more about them.
    """

    numbers: dict[str, int | None]
    source: Sentence
    warnings: tuple[Sentence, ...] = ()
    notes: tuple[Sentence, ...] = ()


def derived_weights(session: Session, actor: Actor, consortium_id: UUID, basis: str, *, unit: str, day: str) -> Derived:
    """What a basis of `DERIVED` says of the bodies now. Raises NotFound.

    Args:
        unit: what the weights count that the numbers are for.
        day: today in words.
    """
    get_joined_consortium(session, actor, consortium_id)
    numbers, origin = basis_weights(session, consortium_id, [basis])[basis], DERIVED[basis]
    return Derived({**numbers}, Sentence(origin.source, {"day": day}), _other_unit(origin, unit))


def spent_weights(
    session: Session,
    actor: Actor,
    consortium_id: UUID,
    supplier_id: UUID | None,
    *,
    unit: str,
    day: str,
    say_month: Callable[[date], str],
) -> Derived:
    """What each joined body paid a supplier, in pence, net of refunds, 0 where it got back more than it paid.

    Args:
        supplier_id: None for something that is no key.
        unit: what the weights count that the numbers are for.
        day: today in words.

    Raises:
        NotFound: see `pooling.queries.spent_with`.
    """
    if supplier_id is None:
        raise NotFound(NO_SHARED_SUPPLIER)
    spent = spent_with(session, actor, consortium_id, supplier_id)
    first, last = say_month(spent.first), say_month(spent.last)
    source = SPENT.source if first != last else SPENT_IN_ONE_MONTH
    unread = ", ".join(body.name for body in spent.bodies if body.pence is None)
    refunded = ", ".join(body.name for body in spent.bodies if body.pence is not None and body.pence < 0)
    covered: dict[tuple[str, str], list[str]] = {}
    for body in spent.bodies:
        if body.first is not None and body.last is not None:
            covered.setdefault((say_month(body.first), say_month(body.last)), []).append(body.name)
    return Derived(
        {str(body.organisation_id): None if body.pence is None else max(body.pence, 0) for body in spent.bodies},
        Sentence(source, {"supplier": spent.supplier, "first": first, "last": last, "day": day}),
        (*((Sentence(UNREAD, {"bodies": unread}),) if unread else ()), *_other_unit(SPENT, unit)),
        (
            *((Sentence(REFUNDED, {"bodies": refunded}),) if refunded else ()),
            *(_uneven(covered) if len(covered) > 1 else ()),
        ),
    )


def _uneven(covered: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[Sentence]:
    """Which bodies' payments were read from which first to which last month."""
    yield Sentence(UNEVEN)
    for (first, last), bodies in covered.items():
        yield Sentence(MONTHS, {"first": first, "last": last, "bodies": ", ".join(bodies)})


def _other_unit(origin: Origin, unit: str) -> tuple[Sentence, ...]:
    """The warning that the numbers of an origin are not what the weights count; nothing where they are."""
    return () if unit.casefold() in origin.units else (Sentence(origin.other_unit, {"unit": unit}),)
