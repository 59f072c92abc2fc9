"""Proving the ledger: every split worked out anew, every chain followed, every claim compared."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.allocation import replay
from commonpurse.calc.digest import GENESIS, chain
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.outcomes.models import LiveClaim, PostedSplit
from commonpurse.outcomes.queries.rows import content_of, roster_digest, rule_digest, spec_of, weight_digest


class Report(Struct, frozen=True):
    """What verifying the ledger found; `heads` has the newest digest of every chain, to be kept elsewhere."""

    splits: int
    heads: dict[str, str]
    faults: tuple[str, ...]


def verify(session: Session) -> Report:
    """Recompute every split from what it rests on, and compare everything with what is stored."""
    faults: list[str] = []
    chains: dict[str, list[PostedSplit]] = defaultdict(list)
    rows = session.scalars(
        select(PostedSplit)
        .options(
            selectinload(PostedSplit.roster),
            selectinload(PostedSplit.rule_version),
            selectinload(PostedSplit.weight_version),
        )
        .order_by(PostedSplit.book, PostedSplit.scope, PostedSplit.seq)
    ).all()
    for row in rows:
        chains[f"{row.book}|{row.scope}"].append(row)
    by_id = {row.id: row for row in rows}
    for name, chained in chains.items():
        previous = GENESIS
        for number, row in enumerate(chained, start=1):
            where = f"{name}, row {row.seq}"
            if row.seq != number:
                faults.append(f"{where}: row {number} is missing")
            if row.previous_digest != previous:
                faults.append(f"{where}: it does not follow the row before")
            faults += [f"{where}: {fault}" for fault in _faults_of(row)]
            original = by_id.get(row.reverses_id) if row.reverses_id else None
            if row.reverses_id and (original is None or not _is_negative(row, original)):
                faults.append(f"{where}: it is not the exact negative of what it reverses")
            previous = row.digest
    live = _live(rows)
    faults += _faults_of_claims(session, live)
    faults += _faults_of_records(session, rows, live)
    return Report(len(rows), {name: chained[-1].digest for name, chained in chains.items()}, tuple(faults))


def _faults_of(row: PostedSplit) -> Iterator[str]:
    record, roster, rule, weights = row.explanation, row.roster, row.rule_version, row.weight_version
    try:
        amounts = replay(record)
    except ValueError:
        yield "its explanation does not follow from its own inputs"
        return
    if tuple(amounts) != row.amounts or record["total"] != row.total or sum(row.amounts) != row.total:
        yield "its amounts are not what its rule gives"
    if tuple(record["roster"]) != roster.parties or roster.digest != roster_digest(roster):
        yield "its roster was changed"
    if record["rule"] != spec_of(rule) or rule.digest != rule_digest(rule, roster.digest):
        yield "its rule was changed"
    if tuple(record["weights"]) != weights.weights or weights.digest != weight_digest(weights, roster.digest):
        yield "its weights were changed"
    digests = {"roster": roster.digest, "rule": rule.digest, "weights": weights.digest}
    if row.digest != chain(row.previous_digest, content_of(row, digests)):
        yield "it was changed"


def _is_negative(row: PostedSplit, original: PostedSplit) -> bool:
    return (
        row.total == -original.total
        and row.outcomes == original.outcomes
        and row.amounts == tuple(-amount for amount in original.amounts)
        and row.quantities == tuple(-quantity for quantity in original.quantities)
    )


def _live(rows: Sequence[PostedSplit]) -> dict[tuple[str, str], PostedSplit]:
    undone = {row.reverses_id for row in rows if row.reverses_id}
    return {
        (row.book, outcome): row
        for row in rows
        if row.reverses_id is None and row.id not in undone
        for outcome in row.outcomes
    }


def _faults_of_claims(session: Session, live: dict[tuple[str, str], PostedSplit]) -> Iterator[str]:
    stored = {
        (claim.book, claim.outcome_id): claim.split_id
        for claim in session.scalars(select(LiveClaim).order_by(LiveClaim.book, LiveClaim.outcome_id))
    }
    for key in sorted(live.keys() | stored.keys()):
        if key not in live or stored.get(key) != live[key].id:
            yield f"{key[0]}: the claim of outcome {key[1]} is not that of its live split"


def _faults_of_records(
    session: Session, rows: Sequence[PostedSplit], live: dict[tuple[str, str], PostedSplit]
) -> Iterator[str]:
    records = {record.id.hex: record for record in session.scalars(select(OutcomeRecord).order_by(OutcomeRecord.id))}
    for row in rows:
        sign = 1 if row.reverses_id is None else -1
        for outcome, quantity in zip(row.outcomes, row.quantities, strict=True):
            record = records.get(outcome)
            if record is None or sign * quantity != record.quantity:
                yield f"{row.book}|{row.scope}, row {row.seq}: outcome {outcome} has another quantity in its record"
    for book, outcome in sorted(live):
        record = records.get(outcome)
        if record is not None and record.status is not VerificationStatus.VERIFIED:
            yield f"{book}: outcome {outcome} is split but not verified"
