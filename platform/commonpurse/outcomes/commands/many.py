"""Posting many splits at once: one statement, every check of the database on."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import Table
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import parse_rule, split
from commonpurse.calc.digest import GENESIS
from commonpurse.consortia.models import Consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.bulk import insert_many
from commonpurse.outcomes import queries
from commonpurse.outcomes.commands.ledger import Basis, Line, Scope, weights_of
from commonpurse.outcomes.events import SplitsPosted
from commonpurse.outcomes.models import PRIMARY, PostedSplit
from commonpurse.outcomes.queries.records import DividedRow, Frame, chained, content_text

ROWS_AT_ONCE = 2000
"""Splits that are worked out together: their records stay in memory until they are sent."""

COLUMNS = (
    "id", "book", "scope", "seq", "consortium_id", "contract_id", "measure_id", "quarter_starting", "place_gss",
    "roster_id", "rule_version_id", "weight_version_id", "total", "amounts", "outcomes", "versions", "quantities",
    "explanation", "reason", "posted_by_id", "posted_at", "previous_digest", "digest",
)  # fmt: skip


class Group(Struct, frozen=True):
    """One total to divide: what it is about, the outcomes that make it, and the member that holds its place."""

    scope: Scope
    lines: tuple[Line, ...]
    holder: str | None = None


class _Prepared(Struct, frozen=True):
    """What all splits for one holder of the place have in common."""

    frame: Frame
    weights_id: UUID
    digests: dict[str, str]


def post_many(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    basis: Basis,
    weights: Mapping[str, int],
    groups: Sequence[Group],
    *,
    reason: str = "",
    now: datetime,
) -> list[UUID]:
    """Divide the total of each group by the rule of `basis` and post them all, recorded as one event.

    Groups of one scope follow each other in its chain, in the order given. The ledger is what `post` makes of the
    same groups one by one, but for keys.

    Returns:
        The keys of the splits, in the order of `groups`.

    Raises:
        IntegrityError: the database refuses one of them, for example because somebody else posted to the same scope
            in between; then none is posted.
    """
    rule = parse_rule(queries.spec_of(basis.rule))
    prepared: dict[str | None, _Prepared] = {}
    for holder in {group.holder for group in groups}:
        sample = split(0, rule, roster=basis.roster.parties, weights=weights, holder=holder).explanation
        version = weights_of(session, basis, sample, now)
        digests = {"roster": basis.roster.digest, "rule": basis.rule.digest, "weights": version.digest}
        prepared[holder] = _Prepared(Frame(sample), version.id, digests)
    heads = queries.heads_of(session, PRIMARY, {str(group.scope) for group in groups})
    posted: list[tuple[UUID, str]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        common = (basis, consortium.id, actor.person, now.astimezone(UTC), reason)
        for group, divided in _divided(groups, prepared):
            scope = str(group.scope)
            row = _row(group, divided, prepared[group.holder], heads.get(scope, (0, GENESIS)), common)
            heads[scope] = row[3], row[-1]
            posted.append((row[0], row[-1]))
            yield row

    insert_many(session, cast(Table, PostedSplit.__table__), COLUMNS, rows())
    event = SplitsPosted(
        splits=len(posted),
        outcomes=sum(len(group.lines) for group in groups),
        digest=sha256("".join(digest for _, digest in posted).encode()).hexdigest(),
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return [key for key, _ in posted]


def _divided(groups: Sequence[Group], prepared: Mapping[str | None, _Prepared]) -> Iterator[tuple[Group, DividedRow]]:
    """Every group with its division, in the order given; those of one holder are worked out together."""
    for start in range(0, len(groups), ROWS_AT_ONCE):
        some = groups[start : start + ROWS_AT_ONCE]
        totals: dict[str | None, list[int]] = {}
        for group in some:
            totals.setdefault(group.holder, []).append(sum([line.quantity for line in group.lines]))
        divided = {holder: prepared[holder].frame.divide(own) for holder, own in totals.items()}
        for group in some:
            yield group, next(divided[group.holder])


def _row(
    group: Group,
    divided: DividedRow,
    prepared: _Prepared,
    head: tuple[int, str],
    common: tuple[Basis, UUID, UUID, datetime, str],
) -> tuple[Any, ...]:
    """The values of COLUMNS for the row that follows `head`."""
    basis, consortium_id, person_id, now, reason = common
    about, scope, (last, previous), key = group.scope, str(group.scope), head, uuid4()
    outcomes = tuple([line.outcome for line in group.lines])
    versions = tuple([line.version for line in group.lines])
    quantities = tuple([line.quantity for line in group.lines])
    content = content_text(
        digests=prepared.digests,
        id=key,
        book=PRIMARY,
        scope=scope,
        seq=last + 1,
        reverses=None,
        consortium_id=consortium_id,
        total=divided.total,
        amounts=divided.amounts,
        outcomes=outcomes,
        versions=versions,
        quantities=quantities,
        record=divided.record,
        reason=reason,
        posted_by_id=person_id,
        posted_at=now,
    )
    return (
        key, PRIMARY, scope, last + 1, consortium_id, about.contract_id, about.measure_id, about.quarter_starting,
        about.place_gss, basis.roster.id, basis.rule.id, prepared.weights_id, divided.total, tuple(divided.amounts),
        outcomes, versions, quantities, divided.record, reason, person_id, now, previous, chained(previous, content),
    )  # fmt: skip
