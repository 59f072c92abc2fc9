"""Posting many splits by one rule that are recorded as one event, such as those of an import.

Every row of the ledger is written by `ledger.write`, many in one statement. Here the divisions too are worked out many
at a time, and their records are spelled as text.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import parse_rule, split
from commonpurse.consortia.models import Consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.outcomes import queries
from commonpurse.outcomes.commands.books import follow
from commonpurse.outcomes.commands.ledger import Basis, Draft, Line, Scope, weights_of, write
from commonpurse.outcomes.events import SplitsPosted
from commonpurse.outcomes.models import PRIMARY, WeightVersion
from commonpurse.outcomes.queries.records import DividedRow, Frame

ROWS_AT_ONCE = 2000
"""Splits that are worked out together: their records stay in memory until they are sent."""


class Group(Struct, frozen=True):
    """One total to divide: what it is about, the outcomes that make it, and the member that holds its place."""

    scope: Scope
    lines: tuple[Line, ...]
    holder: str | None = None


class _Prepared(Struct, frozen=True):
    """What all splits for one holder of the place have in common."""

    frame: Frame
    weights: WeightVersion


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
    same groups one by one, but for keys; memo books follow.

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
        prepared[holder] = _Prepared(Frame(sample), weights_of(session, basis, sample, now))
    scopes = {str(group.scope) for group in groups}
    weights_ids = {each.weights.digest: each.weights.id for each in prepared.values()}
    drafts = (
        Draft(
            id=uuid4(),
            book=PRIMARY,
            scope=group.scope,
            basis=basis,
            weights=prepared[group.holder].weights,
            total=divided.total,
            amounts=divided.amounts,
            lines=group.lines,
            record=divided.record,
            reason=reason,
        )
        for group, divided in _divided(groups, prepared)
    )
    heads = queries.heads_of(session, {PRIMARY}, scopes)
    posted = write(session, actor, consortium, drafts, heads, weights_ids, now)
    event = SplitsPosted(
        splits=len(posted),
        outcomes=sum(len(group.lines) for group in groups),
        digest=sha256("".join(digest for _, digest in posted).encode()).hexdigest(),
    )
    log.record(session, actor, consortium.stream, event, at=now)
    follow(session, actor, consortium, scopes, reason=reason, now=now)
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
