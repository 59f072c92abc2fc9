"""Writing rows of the ledger: versions of what a split rests on, splits, and reversals."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import Split, reverse
from commonpurse.calc.digest import canonical, chain
from commonpurse.calc.quantity import from_smallest
from commonpurse.consortia.models import Consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.measures.models import Measure
from commonpurse.outcomes import queries
from commonpurse.outcomes.events import SplitPosted, SplitReversed
from commonpurse.outcomes.models import PRIMARY, PostedSplit, Roster, RuleVersion, WeightVersion
from commonpurse.workspaces.queries import AgreedAllocation

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


def post(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    scope: Scope,
    basis: Basis,
    lines: Sequence[Line],
    split: Split,
    *,
    reason: str = "",
    now: datetime,
) -> PostedSplit:
    """Post the division of the total of `lines`, and record it."""
    row = division(session, basis, lines, split, reason, now)
    return _append(session, actor, consortium, scope, [row], now)[0]


def take_back(
    session: Session, actor: Actor, consortium: Consortium, original: PostedSplit, *, reason: str, now: datetime
) -> PostedSplit:
    """Post the exact negative of a live split: every number is copied, none is worked out anew."""
    return _append(session, actor, consortium, scope_of(original), [negative(original, reason)], now)[0]


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
) -> PostedSplit:
    """Take a live split back and post another in its place, by the same rule; return what was posted.

    The ledger is what `take_back` and then `post` make of it, written at once.
    """
    basis = Basis(original.roster, original.rule_version)
    rows = [
        negative(original, reason),
        division(session, basis, lines, split, reason, now, like=original.weight_version),
    ]
    return _append(session, actor, consortium, scope_of(original), rows, now)[1]


def division(
    session: Session,
    basis: Basis,
    lines: Sequence[Line],
    split: Split,
    reason: str,
    now: datetime,
    like: WeightVersion | None = None,
    book: str = PRIMARY,
) -> PostedSplit:
    """The row of a division; its weights are often those of another split."""
    weights = weights_of(session, basis, split.explanation, now, like)
    return PostedSplit(
        id=uuid4(),
        book=book,
        roster_id=basis.roster.id,
        roster=basis.roster,
        rule_version_id=basis.rule.id,
        rule_version=basis.rule,
        weight_version_id=weights.id,
        weight_version=weights,
        total=split.total,
        amounts=split.amounts,
        outcomes=tuple(line.outcome for line in lines),
        versions=tuple(line.version for line in lines),
        quantities=tuple(line.quantity for line in lines),
        explanation=split.explanation,
        reason=reason,
    )


def negative(original: PostedSplit, reason: str) -> PostedSplit:
    """The row of a reversal."""
    record = original.explanation
    negative = reverse(Split(original.total, tuple(record["roster"]), original.amounts, record))
    return PostedSplit(
        id=uuid4(),
        book=original.book,
        reverses_id=original.id,
        roster_id=original.roster_id,
        roster=original.roster,
        rule_version_id=original.rule_version_id,
        rule_version=original.rule_version,
        weight_version_id=original.weight_version_id,
        weight_version=original.weight_version,
        total=negative.total,
        amounts=negative.amounts,
        outcomes=original.outcomes,
        versions=original.versions,
        quantities=tuple(-quantity for quantity in original.quantities),
        explanation=negative.explanation,
        reason=reason,
    )


def scope_of(row: PostedSplit) -> Scope:
    """The scope a row belongs to."""
    return Scope(row.contract_id, row.measure_id, row.quarter_starting, row.place_gss)


def _append(
    session: Session, actor: Actor, consortium: Consortium, scope: Scope, rows: Sequence[PostedSplit], now: datetime
) -> Sequence[PostedSplit]:
    """Write rows of one book and scope, each chained to the one before, and record them."""
    measure = session.get_one(Measure, scope.measure_id)
    stamp(actor, consortium, scope, rows, queries.head_of(session, rows[0].book, str(scope)), now)
    session.add_all(rows)
    session.flush()
    log.record_all(session, actor, consortium.stream, [_event(row, measure) for row in rows], at=now)
    return rows


def stamp(
    actor: Actor,
    consortium: Consortium,
    scope: Scope,
    rows: Sequence[PostedSplit],
    head: tuple[int, str],
    now: datetime,
) -> tuple[int, str]:
    """Say of rows what they are about and chain them to `head`, the number and digest before; return the new head."""
    last, digest = head
    for seq, row in enumerate(rows, last + 1):
        row.scope, row.seq, row.previous_digest = str(scope), seq, digest
        row.consortium_id = consortium.id
        row.contract_id, row.measure_id = scope.contract_id, scope.measure_id
        row.quarter_starting, row.place_gss = scope.quarter_starting, scope.place_gss
        row.posted_by_id, row.posted_at = actor.person, now.astimezone(UTC)
        row.digest = digest = chain(row.previous_digest, queries.content_of(row, queries.digests_of(row)))
    return last + len(rows), digest


def _event(row: PostedSplit, measure: Measure) -> SplitPosted | SplitReversed:
    """What is said of a row; of a reversal in the words of its original."""
    about: dict[str, Any] = {
        "split_id": row.id,
        "measure": measure.title,
        "quarter_starting": row.quarter_starting,
        "place_gss": row.place_gss,
        "unit": measure.unit,
        "total": row.total,
        "digest": row.digest,
    }
    if row.reverses_id is None:
        quantity = from_smallest(row.total, measure.decimals)
        return SplitPosted(**about, quantity=quantity, roster=row.roster.parties, amounts=row.amounts)
    quantity = from_smallest(-row.total, measure.decimals)
    return SplitReversed(**about, quantity=quantity, reverses_id=row.reverses_id, reason=row.reason)


def weights_of(
    session: Session, basis: Basis, explanation: Mapping[str, Any], now: datetime, like: WeightVersion | None = None
) -> WeightVersion:
    """The weights that a record names, which may be `like` others; stored when they are used first."""
    weights = tuple(explanation["weights"])
    version = WeightVersion(
        roster_id=basis.roster.id, basis=explanation["rule"]["kind"], weights=weights, recorded_at=now
    )
    version.digest = queries.weight_digest(version, basis.roster.digest)
    if like is not None and like.digest == version.digest:
        return like
    return queries.find_weight_version(session, version.digest) or stored(session, version)


def stored(session: Session, version: V) -> V:
    """A version that is used for the first time."""
    session.add(version)
    session.flush()
    return version
