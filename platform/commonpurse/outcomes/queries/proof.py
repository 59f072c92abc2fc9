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
from sqlalchemy import Text, cast, func, select, type_coerce
from sqlalchemy.orm import Session, selectinload

from commonpurse.calc.allocation import ENGINE, replay
from commonpurse.calc.digest import GENESIS, chain
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.outcomes.models import PostedSplit, Roster, RuleVersion, WeightVersion
from commonpurse.outcomes.queries.books import faults_of_books
from commonpurse.outcomes.queries.claims import faults_of_claims
from commonpurse.outcomes.queries.records import DividedRow, Frame, chained, moment, spelled_content
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

HOLDER = re.compile(r'"holder": ?(null|"[^"\\]*"|\{[^{}]*\})')

KEYS = ("id", "reverses_id", "consortium_id", "roster_id", "rule_version_id", "weight_version_id", "posted_by_id")
LISTS = ("amounts", "outcomes", "versions", "quantities")
PLAIN = ("book", "scope", "seq", "total", "reason", "posted_at", "previous_digest", "digest")


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
    of_records: list[str] = []
    chains, frames, count = _Chains(), _Frames(session), 0
    for rows in read(session):
        count += len(rows)
        right = frames.which_are_right(rows)
        for row, is_right in zip(rows, right, strict=True):
            of_rows += chains.follow(row, [] if is_right else list(_faults_of(_whole(session, UUID(row.id)))))
        if with_records:
            of_records += _faults_of_records(session, rows)
    return Report(
        count, chains.heads, (*of_rows, *faults_of_claims(session), *faults_of_books(session), *sorted(of_records))
    )


def read(session: Session) -> Iterator[Sequence[Any]]:
    """Every row of the ledger, chain by chain in their order, some at a time; keys as digits and lists as JSON.

    What is stored is compared as it is spelled: to make numbers and keys of it took as long as all the rest.
    """
    query = select(*_columns(session)).order_by(PostedSplit.book, PostedSplit.scope, PostedSplit.seq)
    yield from session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).partitions()


def _columns(session: Session) -> list[Any]:
    columns = [getattr(PostedSplit, name) for name in PLAIN]
    keys = [getattr(PostedSplit, name) for name in KEYS]
    lists = [getattr(PostedSplit, name) for name in LISTS]
    if session.get_bind().dialect.name == "sqlite":
        columns += [type_coerce(column, Text).label(column.key) for column in (*keys, *lists)]
        columns.append(type_coerce(PostedSplit.explanation, Text).label("record"))
    else:
        columns += [func.replace(cast(column, Text), "-", "").label(column.key) for column in keys]
        columns += [cast(func.array_to_json(column), Text).label(column.key) for column in lists]
        columns.append(cast(PostedSplit.explanation, Text).label("record"))
    return columns


class _Chains:
    """Where each chain has got to; of the current one, the numbers that a reversal must negate."""

    def __init__(self) -> None:
        self.heads: dict[str, str] = {}
        self._name = ""
        self._number = 0
        self._previous = GENESIS
        self._originals: dict[str, Any] = {}

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
        outcomes = _decoded(row.outcomes)
        if len(set(outcomes)) != len(outcomes):
            yield f"{where}: an outcome is in it twice"
        original = self._originals.get(row.reverses_id)
        if row.reverses_id is None:
            self._originals[row.id] = (row.total, row.outcomes, row.amounts, row.quantities)
        elif original is None or not _is_negative(row, *original):
            yield f"{where}: it is not the exact negative of what it reverses"
        self._previous = self.heads[name] = row.digest


def _is_negative(row: Any, total: int, outcomes: str, amounts: str, quantities: str) -> bool:
    return bool(
        row.total == -total
        and _decoded(row.outcomes) == _decoded(outcomes)
        and _decoded(row.amounts) == [-amount for amount in _decoded(amounts)]
        and _decoded(row.quantities) == [-quantity for quantity in _decoded(quantities)]
    )


def _decoded(spelled: str) -> list[Any]:
    decoded: list[Any] = msgspec.json.decode(spelled)
    return decoded


Shared = tuple[str, str, str, str]
"""Keys of a roster, a rule and weights, and who holds the place."""


class _Frames:
    """What rows of one rule, roster, weights and holder have in common, each made and checked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[Shared, tuple[Frame, dict[str, str]] | None] = {}

    def which_are_right(self, rows: Sequence[Any]) -> list[bool]:
        """For each row whether it is surely right; of the others nothing is known."""
        together: dict[Shared, list[int]] = {}
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
                right[number] = _is_right(rows[number], part, digests)
        return right

    def _make(self, key: Shared, row: Any) -> tuple[Frame, dict[str, str]] | None:
        """The frame, if the versions are as they were stored and a record made of them can be proved."""
        roster = self._session.get(Roster, UUID(key[0]))
        rule = self._session.get(RuleVersion, UUID(key[1]))
        weights = self._session.get(WeightVersion, UUID(key[2]))
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


def _is_right(row: Any, divided: DividedRow, digests: dict[str, str]) -> bool:
    """Whether a row has the amounts and record that came out for its total, and the digest of all it says."""
    record = divided.record
    if row.amounts != divided.spelled or not (row.record == record or _respelled(row.record) == record):
        return False
    content = spelled_content(
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
        posted_at=moment(row.posted_at),
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


def _faults_of_records(session: Session, rows: Sequence[Any]) -> Iterator[str]:
    named = [_decoded(row.outcomes) for row in rows]
    records = _records(session, [outcome for outcomes in named for outcome in outcomes])
    live = _live_among(session, rows)
    for row, outcomes in zip(rows, named, strict=True):
        sign = 1 if row.reverses_id is None else -1
        for outcome, quantity in zip(outcomes, _decoded(row.quantities), strict=True):
            stored, status = records.get(outcome, (None, None))
            if stored != sign * quantity:
                yield f"{row.book}|{row.scope}, row {row.seq}: outcome {outcome} has another quantity in its record"
            if row.id in live and status not in {None, VerificationStatus.VERIFIED}:
                yield f"{row.book}: outcome {outcome} is split but not verified"


def _live_among(session: Session, rows: Sequence[Any]) -> set[str]:
    """The keys of those that are neither reversals nor taken back."""
    keys = [UUID(row.id) for row in rows if row.reverses_id is None]
    return {key.hex for key in session.scalars(select(PostedSplit.id).where(PostedSplit.id.in_(keys), counts_now()))}


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
