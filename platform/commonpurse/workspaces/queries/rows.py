"""Rows of the room for commands, and what the bodies have agreed for higher features."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from commonpurse.calc.quantity import from_smallest
from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.db import read_columns
from commonpurse.core.errors import NotFound
from commonpurse.identity.queries import list_acting
from commonpurse.measures.models import Measure
from commonpurse.workspaces.models import (
    AgendaItem,
    ItemKind,
    ItemState,
    Offer,
    Position,
    RecordedBasis,
    Workspace,
)

NO_ROOM = message("The workspace opens when the consortium begins to pool")
NO_ITEM = message("There is no such item in your workspaces")


def find_workspace(session: Session, consortium_id: UUID, *, lock: bool = False) -> Workspace | None:
    """The room of a consortium, if it has one; `lock` makes acts in it follow each other."""
    query = select(Workspace).where(Workspace.consortium_id == consortium_id)
    if lock:
        query = query.with_for_update(of=Workspace)
    return session.scalars(query).one_or_none()


def get_workspace(session: Session, actor: Actor, consortium_id: UUID, *, lock: bool = False) -> Workspace:
    """The room, its consortium loaded, for people of joined bodies. Raises NotFound for everybody else."""
    get_joined_consortium(session, actor, consortium_id)
    workspace = find_workspace(session, consortium_id, lock=lock)
    if workspace is None:
        raise NotFound(NO_ROOM)
    return workspace


def get_item(session: Session, actor: Actor, item_id: UUID, *, lock: bool = False) -> AgendaItem:
    """An agenda item with its measure, offers and positions, for people of joined bodies.

    Args:
        lock: hold the room until the transaction ends, so that acts in it follow each other.

    Raises:
        NotFound: it does not exist, or the actor's body has not joined its consortium.
    """
    query = select(Workspace).join(AgendaItem).where(AgendaItem.id == item_id)
    workspace = session.scalars(query.with_for_update(of=Workspace) if lock else query).one_or_none()
    if workspace is None:
        raise NotFound(NO_ITEM)
    get_joined_consortium(session, actor, workspace.consortium_id)
    return session.scalars(
        select(AgendaItem)
        .where(AgendaItem.id == item_id)
        .options(*with_subject(), *with_offers())
        .execution_options(populate_existing=lock)
    ).one()


def require_item_in(session: Session, actor: Actor, consortium_id: UUID, item_id: UUID) -> None:
    """Raise NotFound unless the item is on the agenda of this very consortium, and the actor's body has joined it."""
    workspace = get_workspace(session, actor, consortium_id)
    here = select(AgendaItem.id).where(AgendaItem.id == item_id, AgendaItem.workspace_id == workspace.id)
    if session.scalar(here) is None:
        raise NotFound(NO_ITEM)


def list_items(session: Session, workspace_id: UUID) -> list[AgendaItem]:
    """Every item of the agenda in its order, with its measure, offers and positions."""
    return list(
        session.scalars(
            select(AgendaItem)
            .where(AgendaItem.workspace_id == workspace_id)
            .order_by(AgendaItem.position)
            .options(*with_subject(), *with_offers())
        )
    )


def spec_of(offer: Offer) -> dict[str, Any] | None:
    """The allocation rule an offer holds, as `calc.allocation` reads it; None for anything else."""
    return _as_read(offer.allocation)


def weights_of(offer: Offer) -> dict[str, Any] | None:
    """The weights an offer holds: `effective_from`, `source`, and `numbers` by body; None for anything else."""
    return _as_read(offer.weights)


def _as_read(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    read: dict[str, Any] = json.loads(text)
    return read


def with_subject() -> tuple[ExecutableOption, ...]:
    """Loader options of an agenda item: the measure or the basis it is about."""
    measure = joinedload(AgendaItem.measure).joinedload(Measure.framework_version)
    return (measure, joinedload(AgendaItem.basis))


def with_offers() -> tuple[ExecutableOption, ...]:
    """Loader options of an agenda item: its offers, who made and who answered them."""
    offers = selectinload(AgendaItem.offers)
    return (
        offers.joinedload(Offer.organisation),
        selectinload(AgendaItem.offers).selectinload(Offer.positions).joinedload(Position.organisation),
    )


def find_measure(session: Session, consortium: Consortium, measure_id: UUID) -> Measure | None:
    """A measure that can be shared out: a published one, or one of a joined body."""
    query = select(Measure).where(
        Measure.id == measure_id,
        Measure.counts != "none",
        or_(Measure.owner_id.is_(None), Measure.owner_id.in_(list(electorate(consortium)))),
    )
    return session.scalars(query).one_or_none()


def shares_measure(session: Session, actor: Actor, measure_id: UUID) -> bool:
    """Whether the measure is on the agenda of a consortium that the actor's body has joined."""
    if actor.organisation_id is None:
        return False
    found = session.scalars(
        select(AgendaItem.id)
        .join(Workspace, Workspace.id == AgendaItem.workspace_id)
        .join(Participation, Participation.consortium_id == Workspace.consortium_id)
        .where(
            AgendaItem.measure_id == measure_id,
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.JOINED,
        )
        .limit(1)
    )
    return found.first() is not None


class AgreedAllocation(Struct, frozen=True):
    """How outcomes are shared: `spec` is a rule of `calc.allocation` as canonical JSON."""

    spec: str
    item_id: UUID
    offer_number: int
    agreed_at: datetime


def agreed_allocation(session: Session, consortium_id: UUID) -> AgreedAllocation | None:
    """The allocation rule that the bodies agreed last. The caller has checked who asks."""
    found = read_columns(session, _agreed_rule(), {"consortium_id": consortium_id})
    return _as_agreed(*found[0]) if found else None


def agreed_allocations(session: Session, consortium_ids: Collection[UUID]) -> dict[UUID, AgreedAllocation]:
    """The same of each of these consortia that has agreed a rule, in one SELECT."""
    rows = session.execute(
        select(Workspace.consortium_id, Offer.allocation, AgendaItem.id, Offer.number, AgendaItem.agreed_at)
        .join(AgendaItem, AgendaItem.workspace_id == Workspace.id)
        .join(Offer, (Offer.item_id == AgendaItem.id) & (Offer.number == AgendaItem.agreed_number))
        .where(
            Workspace.consortium_id.in_(consortium_ids),
            AgendaItem.kind == ItemKind.ALLOCATION_RULE,
            AgendaItem.state == ItemState.AGREED,
        )
        .order_by(AgendaItem.agreed_at, AgendaItem.position)
    )
    return {key: _as_agreed(spec, item_id, number, at) for key, spec, item_id, number, at in rows}


def _as_agreed(spec: str | None, item_id: UUID, number: int, agreed_at: datetime | None) -> AgreedAllocation:
    if spec is None or agreed_at is None:
        raise RuntimeError(f"the agreed item {item_id} holds no allocation rule")
    return AgreedAllocation(spec, item_id, number, agreed_at)


@cache
def _agreed_rule() -> Select[str | None, UUID, int, datetime | None]:
    return (
        select(Offer.allocation, AgendaItem.id, Offer.number, AgendaItem.agreed_at)
        .join(Offer, (Offer.item_id == AgendaItem.id) & (Offer.number == AgendaItem.agreed_number))
        .join(Workspace, Workspace.id == AgendaItem.workspace_id)
        .where(
            Workspace.consortium_id == bindparam("consortium_id"),
            AgendaItem.kind == ItemKind.ALLOCATION_RULE,
            AgendaItem.state == ItemState.AGREED,
        )
        .order_by(AgendaItem.agreed_at.desc(), AgendaItem.position.desc())
        .limit(1)
    )


class AgreedTarget(Struct, frozen=True):
    """A quantity the bodies agreed for a measure, in its unit; its smallest unit has `decimals`.

    What a supplier promises for it may have `stated_decimals`.
    """

    measure_id: UUID
    code: str
    title: str
    unit: str
    decimals: int
    stated_decimals: int
    quantity: Decimal


def agreed_targets(session: Session, consortium_id: UUID) -> list[AgreedTarget]:
    """Every agreed target in the order of the agenda. The caller has checked who asks."""
    rows = session.execute(
        select(Measure, Offer.quantity)
        .join(AgendaItem, AgendaItem.measure_id == Measure.id)
        .join(Offer, (Offer.item_id == AgendaItem.id) & (Offer.number == AgendaItem.agreed_number))
        .join(Workspace, Workspace.id == AgendaItem.workspace_id)
        .where(Workspace.consortium_id == consortium_id, AgendaItem.state == ItemState.AGREED)
        .order_by(AgendaItem.position)
    )
    return [
        AgreedTarget(
            measure.id,
            measure.code,
            measure.title,
            measure.unit,
            measure.decimals,
            measure.stated_decimals,
            from_smallest(quantity, measure.decimals),
        )
        for measure, quantity in rows
        if quantity is not None
    ]


def electorate(consortium: Consortium) -> Mapping[UUID, int]:
    """The joined bodies in roster order, with the weight of each in pence."""
    return {
        part.organisation_id: part.voting_weight
        for part in consortium.participations
        if part.state is ParticipationState.JOINED
    }


class Presence(Struct, frozen=True):
    """The room's stream, and how the others see who is in it."""

    stream: str
    person: str
    organisation: str


def presence(session: Session, actor: Actor, consortium_id: UUID) -> Presence:
    """How a person appears in a room they may read. Raises NotFound."""
    workspace = get_workspace(session, actor, consortium_id)
    names = {part.organisation_id: part.organisation.name for part in workspace.consortium.participations}
    return Presence(workspace.stream, actor.label, names.get(actor.organisation, ""))


def list_listeners(session: Session, workspace_id: UUID, *, now: datetime) -> list[UUID]:
    """The live sign-ins of people who act for a body that has joined the room's consortium."""
    bodies = session.scalars(
        select(Participation.organisation_id)
        .join(Workspace, Workspace.consortium_id == Participation.consortium_id)
        .where(Workspace.id == workspace_id, Participation.state == ParticipationState.JOINED)
    ).all()
    return list_acting(session, bodies, now=now)


class OfferShape(Struct, frozen=True):
    """What an offer for an item is made of: its kind, and the joined bodies by key and name, in roster order.

    `bases` are the names of the recorded bases that a rule can go by, `starts` the days from which offers of weights
    for the item count.
    """

    kind: str
    bodies: tuple[tuple[UUID, str], ...]
    bases: tuple[str, ...]
    starts: tuple[date, ...]


def offered_in(session: Session, actor: Actor, item_id: UUID) -> OfferShape:
    """The shape of an offer for an item. Raises NotFound."""
    item = get_item(session, actor, item_id)
    return shape_of(session, item, item.workspace.consortium)


def shape_of(session: Session, item: AgendaItem, consortium: Consortium) -> OfferShape:
    """The same for a loaded item."""
    joined = electorate(consortium)
    bodies = tuple(
        (p.organisation_id, p.organisation.name) for p in consortium.participations if p.organisation_id in joined
    )
    bases = _agreed_bases(session, item.workspace_id) if item.kind is ItemKind.ALLOCATION_RULE else ()
    offered = [found for offer in item.offers if (found := weights_of(offer)) is not None]
    starts = {date.fromisoformat(weights["effective_from"]) for weights in offered}
    return OfferShape(item.kind.value, bodies, tuple(bases), tuple(sorted(starts)))


def _agreed_bases(session: Session, workspace_id: UUID) -> Sequence[str]:
    """The names of the bases by which weights were agreed."""
    return session.scalars(
        select(RecordedBasis.name)
        .join(AgendaItem, AgendaItem.basis_id == RecordedBasis.id)
        .where(AgendaItem.workspace_id == workspace_id, AgendaItem.state == ItemState.AGREED)
        .distinct()
        .order_by(RecordedBasis.name)
    ).all()
