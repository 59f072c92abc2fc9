"""The pages of the room, and what waits for a person in it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from commonpurse.calc.sentence import Sentence, message
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.consortia.queries import LONDON, get_joined_consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound, Stale, require
from commonpurse.core.waiting import Waiting
from commonpurse.identity.models import Role
from commonpurse.pooling.queries import weight_words
from commonpurse.workspaces import policy, rules
from commonpurse.workspaces.models import AgendaItem, Comment, ItemKind, ItemState, Workspace
from commonpurse.workspaces.queries import shown, standing
from commonpurse.workspaces.queries.agreed import AgreedItem, list_agreed_rules, replacements
from commonpurse.workspaces.queries.choices import OutOfForce, out_of_force
from commonpurse.workspaces.queries.rows import (
    NO_ITEM,
    OfferShape,
    find_workspace,
    get_item,
    list_items,
    shape_of,
    weights_of,
    with_offers,
    with_subject,
)
from commonpurse.workspaces.queries.weights import agreed_weights

MINUTES_SHOWN = 200
MINUTES_READ = 500
COMMENTS_SHOWN = 200


class RoomPage(Struct, frozen=True):
    """The room. `workspace_id` is None before it is opened; `head` is the number of the newest entry shown."""

    consortium_id: UUID
    consortium: str
    workspace_id: UUID | None
    head: int
    rule: Sentence | None
    closes_on: date | None
    late_offers_until: date | None
    """The last day to answer an offer that is made now, where negotiation has closed and the room is still open."""
    items: tuple[shown.ItemShown, ...]
    agreed_rule: AgreedItem | None
    """The allocation rule that counts, where one was agreed."""
    minutes: tuple[shown.Minute, ...]
    may_open: bool
    may_add: bool
    has_closed: bool
    is_due: bool
    """Whether an offer is carried because its time to answer ran out, and only waits to be frozen."""


class CommentShown(Struct, frozen=True):
    """What somebody said about an item."""

    body: str
    person: str
    text: str
    written_at: datetime


class ItemPage(Struct, frozen=True):
    """One item: every offer, newest first, and what the reader may do."""

    consortium_id: UUID
    consortium: str
    workspace_id: UUID
    head: int
    rule: Sentence | None
    item: shown.ItemShown
    another_rule: AgreedItem | None
    """The allocation rule that counts, on the page of one that is not agreed."""
    out_of_force: OutOfForce | None
    offers: tuple[shown.OfferShown, ...]
    comments: tuple[CommentShown, ...]
    minutes: tuple[shown.Minute, ...]
    shape: OfferShape
    on_table: dict[str, Any] | None
    """The weights on the table, for a form that starts from them; None for anything else."""
    previews: tuple[shown.Preview, ...]
    weighing: tuple[Sentence, ...]
    """How the bodies weigh by required quantity, where rules are previewed."""
    may_offer: bool
    may_answer: bool
    may_comment: bool
    may_park: bool
    may_resume: bool
    is_due: bool


def workspace_page(session: Session, actor: Actor, consortium_id: UUID, now: datetime) -> RoomPage:
    """Everything the room shows, in a fixed number of statements. Raises NotFound, also for bodies not joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    workspace = find_workspace(session, consortium_id)
    # The number is read first: what is shown may then be newer than it says, but never older.
    head = log.last_seq(session, workspace.stream) if workspace else 0
    items = list_items(session, workspace.id) if workspace else []
    agreed = list_agreed_rules(session, workspace.id) if workspace else ()
    replaced = replacements(agreed, agreed_weights(session, consortium_id))
    entries = log.entries_after(session, workspace.stream, max(head - MINUTES_SHOWN, 0)) if workspace else []
    return RoomPage(
        consortium_id=consortium.id,
        consortium=consortium.name,
        workspace_id=workspace.id if workspace else None,
        head=head,
        rule=_rule(consortium),
        closes_on=standing.closes_on(consortium),
        late_offers_until=_late_offers_until(consortium, now),
        items=tuple(shown.show_item(item, consortium, actor, now, replaced) for item in items),
        agreed_rule=agreed[-1] if agreed else None,
        minutes=shown.show_minutes(entries, standing.names_of(consortium)),
        may_open=workspace is None and policy.may_open(actor, consortium),
        may_add=workspace is not None and policy.may_act(actor, consortium),
        has_closed=standing.has_closed(consortium, now),
        is_due=any(standing.carried_by_silence(consortium, item, now) for item in items),
    )


def item_page(session: Session, actor: Actor, consortium_id: UUID, item_id: UUID, now: datetime) -> ItemPage:
    """Everything an item's page shows, in a fixed number of statements. Raises NotFound."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    workspace = find_workspace(session, consortium_id)
    if workspace is None:
        raise NotFound(NO_ITEM)
    head = log.last_seq(session, workspace.stream)
    item = get_item(session, actor, item_id)
    if item.workspace_id != workspace.id:
        raise NotFound(NO_ITEM)
    entries = log.entries_after(session, workspace.stream, max(head - MINUTES_READ, 0))
    about = [entry for entry in entries if entry.data.get("item_id") == str(item.id)]
    names, is_open = standing.names_of(consortium), item.state is ItemState.OPEN
    may_act, may_answer = policy.may_act(actor, consortium), policy.may_answer(actor, consortium)
    is_rule = item.kind is ItemKind.ALLOCATION_RULE
    agreed = list_agreed_rules(session, workspace.id) if is_rule else ()
    versions = agreed_weights(session, consortium_id) if item.kind is ItemKind.WEIGHTS else ()
    on_table, shape = standing.current_offer(item), shape_of(session, item, consortium)
    today = now.astimezone(LONDON).date()
    return ItemPage(
        consortium_id=consortium.id,
        consortium=consortium.name,
        workspace_id=workspace.id,
        head=head,
        rule=_rule(consortium),
        item=shown.show_item(item, consortium, actor, now, replacements(agreed, versions)),
        another_rule=agreed[-1] if agreed and item.state is not ItemState.AGREED else None,
        out_of_force=out_of_force(consortium, item.measure, (item.agreed_at or now).astimezone(LONDON).date()),
        offers=tuple(shown.show_offer(item, offer, consortium) for offer in reversed(item.offers)),
        comments=_comments(session, item),
        minutes=shown.show_minutes(about[-MINUTES_SHOWN:], names),
        shape=shape,
        on_table=weights_of(on_table) if on_table is not None else None,
        previews=shown.show_previews(session, consortium, on_table, shape.bases, today) if is_rule else (),
        weighing=weight_words(session, consortium.id) if is_rule else (),
        may_offer=may_act and is_open,
        may_answer=may_answer and is_open and item.current_number > 0,
        may_comment=may_act and item.state is not ItemState.AGREED,
        may_park=may_act and is_open,
        may_resume=may_act and item.state is ItemState.PARKED,
        is_due=standing.carried_by_silence(consortium, item, now),
    )


def weights_item(session: Session, actor: Actor, consortium_id: UUID, item_id: UUID, now: datetime) -> ItemPage:
    """The page of an item that is about weights. Raises NotFound, also for any other item."""
    page = item_page(session, actor, consortium_id, item_id, now)
    if not page.item.is_weights:
        raise NotFound(NO_ITEM)
    return page


def weights_to_offer(session: Session, actor: Actor, consortium_id: UUID, item_id: UUID, now: datetime) -> ItemPage:
    """The page of an item on which the actor can offer weights. Raises NotFound, NotAllowed and Stale."""
    page = weights_item(session, actor, consortium_id, item_id, now)
    consortium = get_joined_consortium(session, actor, consortium_id)
    require(policy.may_act(actor, consortium), "You cannot negotiate here", who=policy.WHO_ACTS)
    if not page.may_offer:
        raise Stale("This cannot be negotiated any more, or not until somebody takes it up again")
    return page


def _rule(consortium: Consortium) -> Sentence | None:
    if consortium.decision_rule is None:
        return None
    return rules.rule_words(consortium.decision_rule.value, consortium.quorum_percent)


def _late_offers_until(consortium: Consortium, now: datetime) -> date | None:
    if not standing.has_closed(consortium, now) or not policy.is_open(consortium):
        return None
    return rules.notice_ends(now.astimezone(LONDON).date(), standing.closes_on(consortium))


def _comments(session: Session, item: AgendaItem) -> tuple[CommentShown, ...]:
    rows = session.scalars(
        select(Comment)
        .where(Comment.item_id == item.id)
        .order_by(Comment.written_at.desc(), Comment.id)
        .options(joinedload(Comment.organisation), joinedload(Comment.person))
        .limit(COMMENTS_SHOWN)
    )
    return tuple(CommentShown(row.organisation.name, row.person.label, row.text, row.written_at) for row in rows)


def waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:
    """Offers on the table that the actor's body has not answered, for those who may answer them."""
    if actor.organisation_id is None or not actor.has_role(Role.BUYER, Role.APPROVER):
        return []
    items = session.scalars(
        select(AgendaItem)
        .join(Workspace, Workspace.id == AgendaItem.workspace_id)
        .join(Consortium, Consortium.id == Workspace.consortium_id)
        .join(Participation, Participation.consortium_id == Consortium.id)
        .where(
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.JOINED,
            Consortium.stage.not_in(policy.NO_ROOM_IN),
            AgendaItem.state == ItemState.OPEN,
            AgendaItem.current_number > 0,
        )
        .order_by(Consortium.name, Consortium.id, AgendaItem.position)
        .options(
            *with_subject(),
            joinedload(AgendaItem.workspace)
            .joinedload(Workspace.consortium)
            .options(
                selectinload(Consortium.milestones),
                selectinload(Consortium.participations).joinedload(Participation.organisation),
            ),
            *with_offers(),
        )
        .limit(200)
    )
    return [found for item in items if (found := _waiting(item, actor.organisation, today)) is not None]


def _waiting(item: AgendaItem, organisation_id: UUID, today: date) -> Waiting | None:
    offer, consortium = standing.current_offer(item), item.workspace.consortium
    if offer is None or shown.answers_to(offer, organisation_id) is not None:
        return None
    due = standing.notice_ends(consortium, offer)
    if due is not None and due < today:
        return None
    values: dict[str, object] = {"body": offer.organisation.name}
    countered = offer.number > 1
    if item.basis is not None:
        msgid = _COUNTERED_WEIGHTS if countered else _PROPOSED_WEIGHTS
        values["item"] = item.basis.name
    elif item.measure is None or offer.quantity is None:
        msgid = _COUNTERED_RULE if countered else _PROPOSED_RULE
    else:
        values["offer"] = rules.say_smallest(offer.quantity, item.measure.decimals, item.measure.unit)
        values["item"] = item.measure.title
        msgid = _COUNTERED_TARGET if countered else _PROPOSED_TARGET
    return Waiting(
        msgid,
        endpoint="workspaces.show_item",
        values=values,
        arguments={"consortium_id": consortium.id, "item_id": item.id},
        due=due,
        consortium=consortium.name,
    )


_PROPOSED_TARGET = message("%(body)s proposed %(offer)s for %(item)s: agree or object")
_COUNTERED_TARGET = message("%(body)s countered with %(offer)s for %(item)s: agree or object")
_PROPOSED_WEIGHTS = message("%(body)s proposed what the bodies weigh by %(item)s: agree or object")
_COUNTERED_WEIGHTS = message("%(body)s countered on what the bodies weigh by %(item)s: agree or object")
_PROPOSED_RULE = message("%(body)s proposed how outcomes are shared: agree or object")
_COUNTERED_RULE = message("%(body)s countered on how outcomes are shared: agree or object")
