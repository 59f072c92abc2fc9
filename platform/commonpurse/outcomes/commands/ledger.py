"""Writing rows of the ledger: versions of what a split rests on, splits, and reversals."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import Split, reverse
from commonpurse.calc.digest import GENESIS, canonical, chain
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
    roster = queries.find_roster(session, roster.digest) or _stored(session, roster)
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
    return Basis(roster, queries.find_rule_version(session, rule.digest) or _stored(session, rule))


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
    row = PostedSplit(
        id=uuid4(),
        book=PRIMARY,
        roster_id=basis.roster.id,
        rule_version_id=basis.rule.id,
        weight_version_id=weights_of(session, basis, split.explanation, now).id,
        total=split.total,
        amounts=split.amounts,
        outcomes=tuple(line.outcome for line in lines),
        versions=tuple(line.version for line in lines),
        quantities=tuple(line.quantity for line in lines),
        explanation=split.explanation,
        reason=reason,
    )
    _append(session, actor, consortium, scope, row, now)
    measure = session.get_one(Measure, scope.measure_id)
    event = SplitPosted(
        split_id=row.id,
        measure=measure.title,
        quarter_starting=scope.quarter_starting,
        place_gss=scope.place_gss,
        quantity=from_smallest(row.total, measure.decimals),
        unit=measure.unit,
        total=row.total,
        roster=basis.roster.parties,
        amounts=row.amounts,
        digest=row.digest,
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return row


def take_back(
    session: Session, actor: Actor, consortium: Consortium, original: PostedSplit, *, reason: str, now: datetime
) -> PostedSplit:
    """Post the exact negative of a live split: every number is copied, none is worked out anew."""
    record = original.explanation
    negative = reverse(Split(original.total, tuple(record["roster"]), original.amounts, record))
    row = PostedSplit(
        id=uuid4(),
        book=original.book,
        reverses_id=original.id,
        roster_id=original.roster_id,
        rule_version_id=original.rule_version_id,
        weight_version_id=original.weight_version_id,
        total=negative.total,
        amounts=negative.amounts,
        outcomes=original.outcomes,
        versions=original.versions,
        quantities=tuple(-quantity for quantity in original.quantities),
        explanation=negative.explanation,
        reason=reason,
    )
    _append(session, actor, consortium, scope_of(original), row, now)
    measure = session.get_one(Measure, original.measure_id)
    event = SplitReversed(
        split_id=row.id,
        reverses_id=original.id,
        measure=measure.title,
        quarter_starting=original.quarter_starting,
        place_gss=original.place_gss,
        quantity=from_smallest(original.total, measure.decimals),
        unit=measure.unit,
        total=row.total,
        reason=reason,
        digest=row.digest,
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return row


def scope_of(row: PostedSplit) -> Scope:
    """The scope a row belongs to."""
    return Scope(row.contract_id, row.measure_id, row.quarter_starting, row.place_gss)


def _append(
    session: Session, actor: Actor, consortium: Consortium, scope: Scope, row: PostedSplit, now: datetime
) -> None:
    head = queries.head_of(session, row.book, str(scope))
    row.scope = str(scope)
    row.seq = head.seq + 1 if head else 1
    row.consortium_id = consortium.id
    row.contract_id, row.measure_id = scope.contract_id, scope.measure_id
    row.quarter_starting, row.place_gss = scope.quarter_starting, scope.place_gss
    row.posted_by_id, row.posted_at = actor.person, now.astimezone(UTC)
    row.previous_digest = head.digest if head else GENESIS
    row.digest = chain(row.previous_digest, queries.content_of(row, queries.digests_of(session, row)))
    session.add(row)
    session.flush()


def weights_of(session: Session, basis: Basis, explanation: Mapping[str, Any], now: datetime) -> WeightVersion:
    """The weights that a record names; stored when they are used first."""
    weights = tuple(explanation["weights"])
    version = WeightVersion(
        roster_id=basis.roster.id, basis=explanation["rule"]["kind"], weights=weights, recorded_at=now
    )
    version.digest = queries.weight_digest(version, basis.roster.digest)
    return queries.find_weight_version(session, version.digest) or _stored(session, version)


def _stored(session: Session, version: V) -> V:
    session.add(version)
    session.flush()
    return version
