"""What the bodies agreed that each of them weighs, and which of it counts on a day."""

import json
from collections.abc import Collection, Iterable, Sequence
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
from commonpurse.pooling.queries import basis_weights
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


DERIVED = {
    COMMITTED_BUDGET: message("Committed budgets in pence, as approved by %(day)s"),
    REQUIRED_QUANTITY: message("Requirement lines, as they stood on %(day)s: only the ratios count"),
    POPULATION: message("Residents of each body's area, as published, read on %(day)s"),
    NEED: message("Residents times the deprivation score of their area in thousandths, read on %(day)s"),
}
"""What numbers can be taken from, and what is then said of their source."""


class Derived(Struct, frozen=True):
    """Numbers for every joined body, by its key as text, and where they come from."""

    numbers: dict[str, int]
    source: Sentence


def derived_weights(session: Session, actor: Actor, consortium_id: UUID, basis: str, day: str) -> Derived:
    """What a basis of `DERIVED` says of the bodies now; `day` is today in words. Raises NotFound."""
    get_joined_consortium(session, actor, consortium_id)
    numbers = basis_weights(session, consortium_id, [basis])[basis]
    return Derived(numbers, Sentence(DERIVED[basis], {"day": day}))
