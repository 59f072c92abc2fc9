"""Writing rows of the ledger: versions of what a split rests on, splits, and reversals."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import Table
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import Split, reverse
from commonpurse.calc.digest import GENESIS, canonical
from commonpurse.calc.quantity import from_smallest
from commonpurse.consortia.models import Consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.bulk import insert_many
from commonpurse.measures.models import Measure
from commonpurse.outcomes import queries
from commonpurse.outcomes.events import SplitPosted, SplitReversed
from commonpurse.outcomes.models import PRIMARY, PostedSplit, Roster, RuleVersion, WeightVersion
from commonpurse.outcomes.queries.records import chained, content_text
from commonpurse.workspaces.queries import AgreedAllocation

COLUMNS = (
    "id", "book", "scope", "seq", "reverses_id", "consortium_id", "contract_id", "measure_id", "quarter_starting",
    "place_gss", "roster_id", "rule_version_id", "weight_version_id", "total", "amounts", "outcomes", "versions",
    "quantities", "explanation", "reason", "posted_by_id", "posted_at", "previous_digest", "digest",
)  # fmt: skip

V = TypeVar("V", Roster, RuleVersion, WeightVersion)


class Scope(Struct, frozen=True):
    """What one chain of the ledger is about."""

    contract_id: UUID
    measure_id: UUID
    quarter_starting: date
    place_gss: str

    def __str__(self) -> str:
        return f"{self.contract_id.hex}|{self.measure_id.hex}|{self.quarter_starting.isoformat()}|{self.place_gss}"


class Line(Struct, frozen=True):
    """One outcome that goes into a total: its key, the version that was read, its quantity."""

    outcome: str
    version: int
    quantity: int


class Basis(Struct, frozen=True):
    """What a split rests on: the agreed rule of a roster."""

    roster: Roster
    rule: RuleVersion


def basis_of(session: Session, consortium: Consortium, agreed: AgreedAllocation, now: datetime) -> Basis:
    """The rule as it was agreed, with the bodies that agreed it; stored when it is used first."""
    parties = queries.roster_at_agreement(session, consortium, agreed)
    roster = Roster(consortium_id=consortium.id, parties=parties, recorded_at=now)
    roster.digest = queries.roster_digest(roster)
    roster = queries.find_roster(session, roster.digest) or stored(session, roster)
    spec = json.loads(agreed.spec)
    rule = RuleVersion(
        consortium_id=consortium.id,
        roster_id=roster.id,
        spec=canonical(spec).decode(),
        item_id=agreed.item_id,
        offer_number=agreed.offer_number,
        agreed_at=agreed.agreed_at,
        recorded_at=now,
    )
    rule.digest = queries.rule_digest(rule, roster.digest)
    return Basis(roster, queries.find_rule_version(session, rule.digest) or stored(session, rule))


class Draft(Struct, frozen=True):
    """A row of the ledger but for its number and digest.

    Attributes:
        record: its explanation as canonical JSON.
        explanation: the same as it was worked out; empty where many were spelled at once.
    """

    id: UUID
    book: str
    scope: Scope
    basis: Basis
    weights: WeightVersion
    total: int
    amounts: Sequence[int]
    lines: Sequence[Line]
    record: str
    reason: str
    reverses_id: UUID | None = None
    explanation: Mapping[str, Any] = {}


def divide_again(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    original: PostedSplit,
    lines: Sequence[Line],
    split: Split,
    *,
    reason: str,
    now: datetime,
) -> UUID:
    """Take a live split back and post another in its place, by the same rule; return the key of what was posted.

    A reversal and a division, written at once.
    """
    basis = Basis(original.roster, original.rule_version)
    again = division(scope_of(original), basis, lines, split, reason, now, like=original.weight_version)
    return append(session, actor, consortium, [negative(original, reason), again], now)[1]


def division(
    scope: Scope,
    basis: Basis,
    lines: Sequence[Line],
    split: Split,
    reason: str,
    now: datetime,
    *,
    like: WeightVersion | None = None,
    book: str = PRIMARY,
) -> Draft:
    """The row of a division; its weights are often those of another split."""
    return Draft(
        id=uuid4(),
        book=book,
        scope=scope,
        basis=basis,
        weights=_named_weights(basis, split.explanation, now, like),
        total=split.total,
        amounts=split.amounts,
        lines=lines,
        record=canonical(split.explanation).decode(),
        reason=reason,
        explanation=split.explanation,
    )


def negative(original: PostedSplit, reason: str) -> Draft:
    """The row of a reversal."""
    record = original.explanation
    back = reverse(Split(original.total, tuple(record["roster"]), original.amounts, record))
    made_of = zip(original.outcomes, original.versions, original.quantities, strict=True)
    return Draft(
        id=uuid4(),
        book=original.book,
        scope=scope_of(original),
        basis=Basis(original.roster, original.rule_version),
        weights=original.weight_version,
        total=back.total,
        amounts=back.amounts,
        lines=[Line(outcome, version, -quantity) for outcome, version, quantity in made_of],
        record=canonical(back.explanation).decode(),
        reason=reason,
        reverses_id=original.id,
        explanation=back.explanation,
    )


def scope_of(row: PostedSplit) -> Scope:
    """The scope a row belongs to."""
    return Scope(row.contract_id, row.measure_id, row.quarter_starting, row.place_gss)


def append(
    session: Session, actor: Actor, consortium: Consortium, drafts: Sequence[Draft], now: datetime
) -> list[UUID]:
    """Write rows in the order given, and record each; return their keys. However many they are, in a few statements."""
    if not drafts:
        return []
    measures = queries.measures_of(session, {draft.scope.measure_id for draft in drafts})
    posted = write_all(session, actor, consortium, drafts, now)
    events = [
        _event(draft, digest, measures[draft.scope.measure_id])
        for draft, (_, digest) in zip(drafts, posted, strict=True)
    ]
    log.record_all(session, actor, consortium.stream, events, at=now)
    return [key for key, _ in posted]


def write_all(
    session: Session, actor: Actor, consortium: Consortium, drafts: Sequence[Draft], now: datetime
) -> list[tuple[UUID, str]]:
    """Write rows of any books and chains with the weights they name; return the key and digest of each."""
    weights = _stored_weights(session, [draft.weights for draft in drafts])
    heads = queries.heads_of(session, {draft.book for draft in drafts}, {str(draft.scope) for draft in drafts})
    return write(session, actor, consortium, drafts, heads, weights, now)


def write(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    drafts: Iterable[Draft],
    heads: Mapping[tuple[str, str], tuple[int, str]],
    weights: Mapping[str, UUID],
    now: datetime,
) -> list[tuple[UUID, str]]:
    """Write rows in one statement, each chained to the one before; what `drafts` yields is sent as it comes.

    Args:
        heads: number and digest of the newest row of every chain that has one, by book and scope.
        weights: the keys of the weights that the rows name, by digest.

    Returns:
        The key and digest of each.

    Raises:
        IntegrityError: the database refuses one of them, for example because somebody else posted to the same scope
            in between; then none is written.
    """
    written: list[tuple[UUID, str]] = []
    newest, common = dict(heads), (consortium.id, actor.person, now.astimezone(UTC))

    def rows() -> Iterator[tuple[Any, ...]]:
        for draft in drafts:
            chain = draft.book, str(draft.scope)
            row = _row(draft, chain[1], newest.get(chain, (0, GENESIS)), weights[draft.weights.digest], common)
            newest[chain] = row[3], row[-1]
            written.append((draft.id, row[-1]))
            yield row

    session.flush()
    insert_many(session, cast(Table, PostedSplit.__table__), COLUMNS, rows())
    return written


def _row(
    draft: Draft, scope: str, head: tuple[int, str], weights_id: UUID, common: tuple[UUID, UUID, datetime]
) -> tuple[Any, ...]:
    """The values of COLUMNS for the row that follows `head`."""
    (consortium_id, person_id, now), (last, previous) = common, head
    about, basis = draft.scope, draft.basis
    outcomes = tuple([line.outcome for line in draft.lines])
    versions = tuple([line.version for line in draft.lines])
    quantities = tuple([line.quantity for line in draft.lines])
    content = content_text(
        digests={"roster": basis.roster.digest, "rule": basis.rule.digest, "weights": draft.weights.digest},
        id=draft.id,
        book=draft.book,
        scope=scope,
        seq=last + 1,
        reverses=draft.reverses_id,
        consortium_id=consortium_id,
        total=draft.total,
        amounts=draft.amounts,
        outcomes=outcomes,
        versions=versions,
        quantities=quantities,
        record=draft.record,
        reason=draft.reason,
        posted_by_id=person_id,
        posted_at=now,
    )
    return (
        draft.id, draft.book, scope, last + 1, draft.reverses_id, consortium_id, about.contract_id, about.measure_id,
        about.quarter_starting, about.place_gss, basis.roster.id, basis.rule.id, weights_id, draft.total,
        tuple(draft.amounts), outcomes, versions, quantities, draft.record, draft.reason, person_id, now, previous,
        chained(previous, content),
    )  # fmt: skip


def _event(draft: Draft, digest: str, measure: Measure) -> SplitPosted | SplitReversed:
    """What is said of a row; of a reversal in the words of its original."""
    about: dict[str, Any] = {
        "split_id": draft.id,
        "measure": measure.title,
        "quarter_starting": draft.scope.quarter_starting,
        "place_gss": draft.scope.place_gss,
        "unit": measure.unit,
        "total": draft.total,
        "digest": digest,
    }
    if draft.reverses_id is None:
        quantity = from_smallest(draft.total, measure.decimals)
        return SplitPosted(**about, quantity=quantity, roster=draft.basis.roster.parties, amounts=tuple(draft.amounts))
    quantity = from_smallest(-draft.total, measure.decimals)
    return SplitReversed(**about, quantity=quantity, reverses_id=draft.reverses_id, reason=draft.reason)


def weights_of(session: Session, basis: Basis, explanation: Mapping[str, Any], now: datetime) -> WeightVersion:
    """The weights that a record names; stored when they are used first."""
    version = _named_weights(basis, explanation, now)
    return queries.find_weight_version(session, version.digest) or stored(session, version)


def _named_weights(
    basis: Basis, explanation: Mapping[str, Any], now: datetime, like: WeightVersion | None = None
) -> WeightVersion:
    """The weights that a record names, which may be `like` others; perhaps not stored yet."""
    weights = tuple(explanation["weights"])
    version = WeightVersion(
        roster_id=basis.roster.id, basis=explanation["rule"]["kind"], weights=weights, recorded_at=now
    )
    version.digest = queries.weight_digest(version, basis.roster.digest)
    return like if like is not None and like.digest == version.digest else version


def _stored_weights(session: Session, named: Sequence[WeightVersion]) -> dict[str, UUID]:
    """The keys of weights by digest; stored when they are used first."""
    found = {version.digest: version.id for version in named if version in session}
    others = {version.digest: version for version in named if version.digest not in found}
    if others:
        found |= queries.find_weight_keys(session, others)
        new = [version for digest, version in others.items() if digest not in found]
        session.add_all(new)
        session.flush()
        found |= {version.digest: version.id for version in new}
    return found


def stored(session: Session, version: V) -> V:
    """A version that is used for the first time."""
    session.add(version)
    session.flush()
    return version
