"""Proving the ledger: every split worked out anew, every chain followed, every claim compared.

Rows are read in a stream, so a ledger of any length takes the memory of a few thousand rows. Splits of one rule, roster
and weights are worked out together, and a row is right if what comes out has the record and the digest that are stored.
Every other row, and any of another kind of rule, is looked at by itself, which says what is wrong with it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import String, Text, cast, select, type_coerce
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.allocation import ENGINE, replay
from commonpurse.calc.digest import GENESIS, chain
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.outcomes.models import LiveClaim, PostedSplit, Roster, RuleVersion, WeightVersion
from commonpurse.outcomes.queries.records import Frame, chained, content_text
from commonpurse.outcomes.queries.rows import (
    content_of,
    counts_now,
    roster_digest,
    rule_digest,
    spec_of,
    weight_digest,
)

ROWS_AT_ONCE = 1000
KEYS_AT_ONCE = 5000

HOLDER = re.compile(r'"holder": ?(null|"[^"\\]*")')

COLUMNS = (
    PostedSplit.id,
    PostedSplit.book,
    PostedSplit.scope,
    PostedSplit.seq,
    PostedSplit.reverses_id,
    PostedSplit.consortium_id,
    PostedSplit.roster_id,
    PostedSplit.rule_version_id,
    PostedSplit.weight_version_id,
    PostedSplit.total,
    PostedSplit.amounts,
    PostedSplit.outcomes,
    PostedSplit.versions,
    PostedSplit.quantities,
    cast(PostedSplit.explanation, Text).label("record"),
    PostedSplit.reason,
    PostedSplit.posted_by_id,
    PostedSplit.posted_at,
    PostedSplit.previous_digest,
    PostedSplit.digest,
)
"""What is read of a row; its record as the text that is stored."""


class Report(Struct, frozen=True):
    """What verifying the ledger found; `heads` has the newest digest of every chain, to be kept elsewhere."""

    splits: int
    heads: dict[str, str]
    faults: tuple[str, ...]


def verify(session: Session, *, with_records: bool = True) -> Report:
    """Recompute every split from what it rests on, and compare everything with what is stored.

    Args:
        with_records: compare the quantities of outcomes with the records they were read from, too.
    """
    of_rows: list[str] = []
    of_claims: list[str] = []
    of_records: list[str] = []
    chains, frames, count = _Chains(), _Frames(session), 0
    for rows in read(session):
        count += len(rows)
        right = frames.which_are_right(rows)
        for row, is_right in zip(rows, right, strict=True):
            of_rows += chains.follow(row, [] if is_right else list(_faults_of(_whole(session, row.id))))
        live = _live_among(session, rows)
        of_claims += _faults_of_claims(session, live)
        if with_records:
            of_records += _faults_of_records(session, rows, {row.id for row in live})
    of_claims += _stray_claims(session)
    return Report(count, chains.heads, (*of_rows, *sorted(of_claims), *sorted(of_records)))


def read(session: Session) -> Iterator[Sequence[Any]]:
    """Every row of the ledger, chain by chain in their order, some at a time."""
    query = select(*COLUMNS).order_by(PostedSplit.book, PostedSplit.scope, PostedSplit.seq)
    yield from session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).partitions()


class _Chains:
    """Where each chain has got to; of the current one, the numbers that a reversal must negate."""

    def __init__(self) -> None:
        self.heads: dict[str, str] = {}
        self._name = ""
        self._number = 0
        self._previous = GENESIS
        self._originals: dict[UUID, Any] = {}

    def follow(self, row: Any, own: list[str]) -> Iterator[str]:
        """The faults of a row, of which `own` are those it has by itself."""
        name = f"{row.book}|{row.scope}"
        if name != self._name:
            self._name, self._number, self._previous, self._originals = name, 0, GENESIS, {}
        self._number += 1
        where = f"{name}, row {row.seq}"
        if row.seq != self._number:
            yield f"{where}: row {self._number} is missing"
        if row.previous_digest != self._previous:
            yield f"{where}: it does not follow the row before"
        yield from (f"{where}: {fault}" for fault in own)
        original = self._originals.get(row.reverses_id)
        if row.reverses_id is None:
            self._originals[row.id] = (row.total, row.outcomes, row.amounts, row.quantities)
        elif original is None or not _is_negative(row, *original):
            yield f"{where}: it is not the exact negative of what it reverses"
        self._previous = self.heads[name] = row.digest


def _is_negative(
    row: Any, total: int, outcomes: tuple[str, ...], amounts: tuple[int, ...], quantities: tuple[int, ...]
) -> bool:
    return bool(
        row.total == -total
        and row.outcomes == outcomes
        and row.amounts == tuple([-amount for amount in amounts])
        and row.quantities == tuple([-quantity for quantity in quantities])
    )


class _Frames:
    """What rows of one rule, roster, weights and holder have in common, each made and checked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[tuple[UUID, UUID, UUID, str], tuple[Frame, dict[str, str]] | None] = {}

    def which_are_right(self, rows: Sequence[Any]) -> list[bool]:
        """For each row whether it is surely right; of the others nothing is known."""
        together: dict[tuple[UUID, UUID, UUID, str], list[int]] = {}
        for number, row in enumerate(rows):
            holder = HOLDER.search(row.record)
            key = (row.roster_id, row.rule_version_id, row.weight_version_id, holder.group(1) if holder else "")
            together.setdefault(key, []).append(number)
        right = [False] * len(rows)
        for key, numbers in together.items():
            if key not in self._made:
                self._made[key] = self._make(key, rows[numbers[0]])
            found = self._made[key]
            if found is None:
                continue
            frame, digests = found
            divided = frame.divide([rows[number].total for number in numbers])
            for number, part in zip(numbers, divided, strict=True):
                right[number] = _is_right(rows[number], part.amounts, part.record, digests)
        return right

    def _make(self, key: tuple[UUID, UUID, UUID, str], row: Any) -> tuple[Frame, dict[str, str]] | None:
        """The frame, if the versions are as they were stored and a record made of them can be proved."""
        roster = self._session.get(Roster, key[0])
        rule = self._session.get(RuleVersion, key[1])
        weights = self._session.get(WeightVersion, key[2])
        if roster is None or rule is None or weights is None:
            return None
        digests = {"roster": roster.digest, "rule": rule.digest, "weights": weights.digest}
        as_stored = (roster_digest(roster), rule_digest(rule, roster.digest), weight_digest(weights, roster.digest))
        if tuple(digests.values()) != as_stored:
            return None
        try:
            record = msgspec.json.decode(row.record)
            replay(record)  # also proves that the weights follow from the rule and the holder
            same = (record["engine"], tuple(record["roster"]), record["rule"], tuple(record["weights"]))
            if same != (ENGINE, roster.parties, spec_of(rule), weights.weights):
                return None
            return Frame(record), digests
        except (ValueError, KeyError, TypeError):
            return None


def _is_right(row: Any, amounts: list[int], record: str, digests: dict[str, str]) -> bool:
    """Whether a row has these amounts and this record, which came out for its total, and the digest of all it says."""
    if row.amounts != tuple(amounts) or not (row.record == record or _respelled(row.record) == record):
        return False
    content = content_text(
        digests=digests,
        id=row.id,
        book=row.book,
        scope=row.scope,
        seq=row.seq,
        reverses=row.reverses_id,
        consortium_id=row.consortium_id,
        total=row.total,
        amounts=row.amounts,
        outcomes=row.outcomes,
        versions=row.versions,
        quantities=row.quantities,
        record=record,
        reason=row.reason,
        posted_by_id=row.posted_by_id,
        posted_at=row.posted_at,
    )
    return bool(row.digest == chained(row.previous_digest, content))


def _respelled(record: str) -> str:
    return msgspec.json.encode(msgspec.json.decode(record), order="sorted").decode()


def _whole(session: Session, key: UUID) -> PostedSplit:
    """A row as an object, with all it rests on."""
    versions = (PostedSplit.roster, PostedSplit.rule_version, PostedSplit.weight_version)
    options = [selectinload(version) for version in versions]
    return session.scalars(select(PostedSplit).where(PostedSplit.id == key).options(*options)).one()


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


def _live_among(session: Session, rows: Sequence[Any]) -> list[Any]:
    """Those that are neither reversals nor taken back."""
    undone = set(
        session.scalars(select(PostedSplit.reverses_id).where(PostedSplit.reverses_id.in_([row.id for row in rows])))
    )
    return [row for row in rows if row.reverses_id is None and row.id not in undone]


def _faults_of_claims(session: Session, live: Sequence[Any]) -> Iterator[str]:
    # A key as the driver gives it: to make a UUID of each claim's took half the time of verifying on SQLite.
    plain = session.get_bind().dialect.name == "sqlite"
    claimed: dict[Any, set[tuple[str, str]]] = {}
    query = select(type_coerce(LiveClaim.split_id, String), LiveClaim.book, LiveClaim.outcome_id)
    for split_id, book, outcome in session.execute(query.where(LiveClaim.split_id.in_([row.id for row in live]))):
        claimed.setdefault(split_id, set()).add((book, outcome))
    for row in live:
        stored = claimed.get(row.id.hex if plain else row.id, set())
        due = {(row.book, outcome) for outcome in row.outcomes}
        if stored != due:
            yield from (_of_claim(book, outcome) for book, outcome in stored ^ due)


def _stray_claims(session: Session) -> Iterator[str]:
    """Claims of splits that do not count."""
    live = select(PostedSplit.id).where(PostedSplit.id == LiveClaim.split_id, counts_now())
    for book, outcome in session.execute(select(LiveClaim.book, LiveClaim.outcome_id).where(~live.exists())):
        yield _of_claim(book, outcome)


def _of_claim(book: str, outcome: str) -> str:
    return f"{book}: the claim of outcome {outcome} is not that of its live split"


def _faults_of_records(session: Session, rows: Sequence[Any], live: set[UUID]) -> Iterator[str]:
    records = _records(session, [outcome for row in rows for outcome in row.outcomes])
    for row in rows:
        sign = 1 if row.reverses_id is None else -1
        for outcome, quantity in zip(row.outcomes, row.quantities, strict=True):
            stored, status = records.get(outcome, (None, None))
            if stored != sign * quantity:
                yield f"{row.book}|{row.scope}, row {row.seq}: outcome {outcome} has another quantity in its record"
            if row.id in live and status not in {None, VerificationStatus.VERIFIED}:
                yield f"{row.book}: outcome {outcome} is split but not verified"


def _records(session: Session, outcomes: Sequence[str]) -> dict[str, tuple[int, VerificationStatus]]:
    keys = [UUID(outcome) for outcome in dict.fromkeys(outcomes) if re.fullmatch(r"[0-9a-f]{32}", outcome)]
    found = {}
    query = select(OutcomeRecord.id, OutcomeRecord.quantity, OutcomeRecord.status)
    for start in range(0, len(keys), KEYS_AT_ONCE):
        for key, quantity, status in session.execute(
            query.where(OutcomeRecord.id.in_(keys[start : start + KEYS_AT_ONCE]))
        ):
            found[key.hex] = quantity, status
    return found
