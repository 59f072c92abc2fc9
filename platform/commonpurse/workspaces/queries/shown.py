"""The plain values that pages of the room show, made from loaded rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc import decision
from commonpurse.calc.allocation import Rule, parse_rule, split
from commonpurse.calc.allocation_rules import BASES, RecordedWeights
from commonpurse.calc.allocation_rules.recorded import basis_of
from commonpurse.calc.quantity import from_smallest
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.models import Answer, Consortium
from commonpurse.core.actor import Actor
from commonpurse.core.log import Entry
from commonpurse.workspaces import rules
from commonpurse.workspaces.models import AgendaItem, ItemKind, ItemState, Offer
from commonpurse.workspaces.queries import standing
from commonpurse.workspaces.queries.agreed import AgreedItem
from commonpurse.workspaces.queries.rows import electorate, spec_of, weights_of
from commonpurse.workspaces.queries.weights import weights_on

PREVIEWED = ("equal", "committed_budget", "required_quantity", "population", "need", "place_then_budget")
"""The rules that are only their kind: what each would give is shown before anybody offers one."""


class AnswerShown(Struct, frozen=True):
    """What one body said to an offer; `answer` is None while it has not."""

    body: str
    answer: str | None
    reason: str
    at: datetime | None


class WeightsShown(Struct, frozen=True):
    """What an offer of weights holds; `numbers` are each body's by its name."""

    start: Sentence
    source: str
    numbers: tuple[tuple[str, int], ...]


class OfferShown(Struct, frozen=True):
    """An offer with every answer to it, in roster order."""

    number: int
    body: str
    words: Sentence
    weights: WeightsShown | None
    rationale: str
    made_at: datetime
    answers: tuple[AnswerShown, ...]
    is_on_table: bool

    def bodies(self, answer: str | None) -> tuple[str, ...]:
        """The bodies that gave this answer; None for those that have given none."""
        return tuple(each.body for each in self.answers if each.answer == answer)


class ItemShown(Struct, frozen=True):
    """An item of the agenda. `title` is empty for an allocation rule; `why` says what is missing, or why it is agreed.

    `kind` is one of target, allocation_rule and weights; `title` and `unit` are those of the measure or the basis.
    `status` is one of not_started, proposed, countered, objected, agreed and parked.
    """

    item_id: UUID
    position: int
    kind: str
    title: str
    code: str
    unit: str
    decimals: int
    status: str
    current_number: int
    offer: OfferShown | None
    why: Sentence | None
    yours: str | None
    agreed_at: datetime | None
    replaced_by: AgreedItem | None
    """What was agreed after this and took its place wholly, see `queries.agreed.replacements`."""
    answer_by: date | None

    @property
    def is_target(self) -> bool:
        """Whether it is about a measure."""
        return self.kind == ItemKind.TARGET

    @property
    def is_weights(self) -> bool:
        """Whether it is about what the bodies weigh."""
        return self.kind == ItemKind.WEIGHTS

    @property
    def is_agreed(self) -> bool:
        """Whether the item is frozen."""
        return self.status == "agreed"


class Minute(Struct, frozen=True):
    """An entry of the log in words; `parts` are sentences that fill places of `sentence`."""

    seq: int
    at: datetime
    actor: str
    item_id: UUID | None
    sentence: Sentence
    parts: dict[str, Sentence]


class Preview(Struct, frozen=True):
    """What each body would receive of the preview's units under one rule, in roster order."""

    rule: Sentence
    shares: tuple[int, ...]
    unallocated: int
    is_on_table: bool


def show_item(
    item: AgendaItem, consortium: Consortium, actor: Actor, now: datetime, replaced: Mapping[UUID, AgreedItem]
) -> ItemShown:
    """The item as its row and its page show it; `replaced` has what replaced agreed items."""
    offer, measure = standing.current_offer(item), item.measure
    yours = None
    if offer is not None:
        yours = next((p.answer.value for p in offer.positions if p.organisation_id == actor.organisation_id), None)
    outcome = standing.outcome_of(consortium, offer, now) if offer and item.state is not ItemState.AGREED else None
    return ItemShown(
        item_id=item.id,
        position=item.position,
        kind=item.kind.value,
        title=measure.title if measure else item.basis.name if item.basis else "",
        code=measure.code if measure else "",
        unit=_unit(item),
        decimals=measure.decimals if measure else 0,
        status=_status(item, outcome),
        current_number=item.current_number,
        offer=show_offer(item, offer, consortium) if offer else None,
        why=_why(item, outcome),
        yours=yours,
        agreed_at=item.agreed_at,
        replaced_by=replaced.get(item.id),
        answer_by=standing.notice_ends(consortium, offer) if offer and item.state is ItemState.OPEN else None,
    )


def _status(item: AgendaItem, outcome: decision.Outcome | None) -> str:
    if item.state is not ItemState.OPEN:
        return item.state.value
    if not item.current_number:
        return "not_started"
    if outcome is not None and outcome.state is decision.State.REJECTED:
        return "objected"
    return "countered" if item.current_number > 1 else "proposed"


def _why(item: AgendaItem, outcome: decision.Outcome | None) -> Sentence | None:
    if item.agreed_record is not None:
        reason: dict[str, Any] = item.agreed_record["outcome"]
        return Sentence(reason["msgid"], reason["values"])
    return outcome.reason if outcome is not None else None


def show_offer(item: AgendaItem, offer: Offer, consortium: Consortium) -> OfferShown:
    """The offer with its answers: on an agreed item, those that were frozen with it."""
    quantity = None
    if item.measure is not None and offer.quantity is not None:
        quantity = from_smallest(offer.quantity, item.measure.decimals)
    names, weights = standing.names_of(consortium), weights_of(offer)
    return OfferShown(
        number=offer.number,
        body=offer.organisation.name,
        words=rules.offer_words(quantity, _unit(item), spec_of(offer), names, weights),
        weights=_show_weights(weights, names) if weights is not None else None,
        rationale=offer.rationale,
        made_at=offer.made_at,
        answers=_answers(item, offer, consortium),
        is_on_table=offer.number == (item.agreed_number or item.current_number),
    )


def _show_weights(weights: Mapping[str, Any], names: Mapping[str, str]) -> WeightsShown:
    start = rules.say_start(date.fromisoformat(weights["effective_from"]))
    return WeightsShown(start, weights["source"], rules.weighed_bodies(weights, names))


def _unit(item: AgendaItem) -> str:
    return item.measure.unit if item.measure else item.basis.unit if item.basis else ""


def _answers(item: AgendaItem, offer: Offer, consortium: Consortium) -> tuple[AnswerShown, ...]:
    given = {str(each.organisation_id): each for each in offer.positions}
    if item.agreed_record is not None and offer.number == item.agreed_number:
        names = {each["organisation_id"]: each["name"] for each in item.agreed_record["electorate"]}
    else:
        everybody = standing.names_of(consortium)
        joined = [str(body) for body in electorate(consortium)]
        names = {body: everybody[body] for body in (*joined, *given) if body in everybody}
    return tuple(
        AnswerShown(name, given[body].answer.value, given[body].reason, given[body].taken_at)
        if body in given
        else AnswerShown(name, None, "", None)
        for body, name in names.items()
    )


def show_minutes(entries: Sequence[Entry], names: Mapping[str, str]) -> tuple[Minute, ...]:
    """Entries of the log in words, newest first."""
    shown = []
    for entry in reversed(entries):
        sentence, parts = rules.act_words(entry.kind, entry.data, names)
        item_id = UUID(entry.data["item_id"]) if "item_id" in entry.data else None
        shown.append(Minute(entry.seq, entry.at, entry.actor_label, item_id, sentence, parts))
    return tuple(shown)


def show_previews(
    session: Session, consortium: Consortium, on_table: Offer | None, recorded: Sequence[str], today: date
) -> tuple[Preview, ...]:
    """What every rule would give each body today: those without settings, and the one on the table.

    A rule by tiers of place is left out: without a place there is nothing to say of it.
    """
    names = standing.names_of(consortium)
    bases = weights_on(session, consortium.id, (*BASES, *map(basis_of, recorded)), today)
    offered = parse_rule(spec_of(on_table)) if on_table is not None else None
    shown: list[Rule] = [parse_rule({"kind": kind}) for kind in PREVIEWED]
    shown += [RecordedWeights(name) for name in recorded]
    if offered is not None and offered not in shown and not offered.by_tier:
        shown.append(offered)
    return tuple(_preview(rule, consortium, bases, names, rule == offered) for rule in shown)


def _preview(
    rule: Rule,
    consortium: Consortium,
    bases: Mapping[str, Mapping[str, int]],
    names: Mapping[str, str],
    is_on_table: bool,
) -> Preview:
    roster = [str(body) for body in electorate(consortium)]
    counted = {basis: {body: weights.get(body, 0) for body in roster} for basis, weights in bases.items()}
    result = split(rules.PREVIEW_UNITS, rule, roster=roster, bases=counted)
    *shares, unallocated = result.amounts
    return Preview(rule.words(names), tuple(shares), unallocated, is_on_table)


def answers_to(offer: Offer, organisation_id: UUID) -> Answer | None:
    """What a body said to an offer; None while it has not."""
    return next((each.answer for each in offer.positions if each.organisation_id == organisation_id), None)
