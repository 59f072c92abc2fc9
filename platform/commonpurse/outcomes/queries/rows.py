"""Rows of the ledger that commands start from, and what each row's digest covers."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.calc.digest import sha256_hex
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.identity.models import Organisation
from commonpurse.measures.models import Measure
from commonpurse.outcomes.models import PRIMARY, LiveClaim, PostedSplit, Roster, RuleVersion, WeightVersion
from commonpurse.outcomes.rules import REPLACED
from commonpurse.workspaces.models import AgendaItem
from commonpurse.workspaces.queries import AgreedAllocation

SCOPES_AT_ONCE = 500
"""Chains that are asked for in one statement."""


# Each is made once: to make an alias of so wide a table takes longer than to ask for a row of it. And not before it is
# asked for, since an alias has all tables of the application put in order, which would make the start slower.
@cache
def _is_taken_back() -> Any:
    other = aliased(PostedSplit)
    return exists().where(other.reverses_id == PostedSplit.id).correlate(PostedSplit)


@cache
def _is_followed() -> Any:
    other = aliased(PostedSplit)
    follows = (other.book == PostedSplit.book, other.scope == PostedSplit.scope, other.seq == PostedSplit.seq + 1)
    return exists().where(*follows).correlate(PostedSplit)


def list_unsplit_records(session: Session, consortium_id: UUID) -> Sequence[OutcomeRecord]:
    """Every verified outcome of the consortium that is live in no split, the oldest report first."""
    return session.scalars(
        select(OutcomeRecord)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(
            Contract.consortium_id == consortium_id,
            OutcomeRecord.status == VerificationStatus.VERIFIED,
            ~is_split(),
        )
        .order_by(OutcomeRecord.reported_at, OutcomeRecord.id)
    ).all()


def is_split() -> Any:
    """Whether an outcome is live in the primary book; its key is 32 digits there, whatever the database makes of it."""
    key = func.replace(cast(OutcomeRecord.id, String), "-", "")
    return exists().where(LiveClaim.book == PRIMARY, LiveClaim.outcome_id == key).correlate(OutcomeRecord)


def roster_at_agreement(session: Session, consortium: Consortium, agreed: AgreedAllocation) -> tuple[str, ...]:
    """The bodies that could answer when the rule was agreed, in the order of the roster, and the unallocated place."""
    return rosters_at_agreement(session, [(consortium, agreed)])[consortium.id]


def rosters_at_agreement(
    session: Session, rules: Sequence[tuple[Consortium, AgreedAllocation]]
) -> dict[UUID, tuple[str, ...]]:
    """The same of each of these consortia, in one SELECT."""
    items = {agreed.item_id: consortium for consortium, agreed in rules}
    records = session.execute(select(AgendaItem.id, AgendaItem.agreed_record).where(AgendaItem.id.in_(items)))
    rosters = {}
    for item_id, record in records:
        consortium, electorate = items[item_id], {body["organisation_id"] for body in (record or {})["electorate"]}
        members = [str(part.organisation_id) for part in consortium.participations]
        rosters[consortium.id] = (*(member for member in members if member in electorate), UNALLOCATED)
    return rosters


def areas_of(session: Session, roster: Roster) -> dict[str, str]:
    """The member that holds each area, by GSS code; of two with one area, the earlier in the roster."""
    members = [UUID(party) for party in roster.parties[:-1]]
    areas = dict(
        session.execute(select(Organisation.id, Organisation.area_gss).where(Organisation.id.in_(members))).all()
    )
    held: dict[str, str] = {}
    for member in members:
        area = areas.get(member)
        if area is not None:
            held.setdefault(area, str(member))
    return held


def find_roster(session: Session, digest: str) -> Roster | None:
    """The roster with this digest."""
    return session.scalars(select(Roster).where(Roster.digest == digest)).one_or_none()


def find_rule_version(session: Session, digest: str) -> RuleVersion | None:
    """The rule with this digest."""
    return session.scalars(select(RuleVersion).where(RuleVersion.digest == digest)).one_or_none()


def find_weight_version(session: Session, digest: str) -> WeightVersion | None:
    """The weights with this digest."""
    return session.scalars(select(WeightVersion).where(WeightVersion.digest == digest)).one_or_none()


def find_weight_keys(session: Session, digests: Collection[str]) -> dict[str, UUID]:
    """The keys of those weights that are stored, by digest."""
    found: dict[str, UUID] = {}
    ordered = sorted(digests)
    for start in range(0, len(ordered), SCOPES_AT_ONCE):
        rows = session.execute(
            select(WeightVersion.digest, WeightVersion.id).where(
                WeightVersion.digest.in_(ordered[start : start + SCOPES_AT_ONCE])
            )
        )
        found |= {row.digest: row.id for row in rows}
    return found


def measures_of(session: Session, keys: Collection[UUID]) -> dict[UUID, Measure]:
    """These measures by key."""
    if len(keys) > 1:
        return {measure.id: measure for measure in session.scalars(select(Measure).where(Measure.id.in_(keys)))}
    return {key: session.get_one(Measure, key) for key in keys}


def heads_of(
    session: Session, books: Collection[str], scopes: Collection[str]
) -> dict[tuple[str, str], tuple[int, str]]:
    """Number and digest of the newest row of each chain of these books and scopes that has one, by book and scope."""
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    ordered = sorted(scopes)
    for start in range(0, len(ordered), SCOPES_AT_ONCE):
        found = session.execute(
            select(PostedSplit.book, PostedSplit.scope, PostedSplit.seq, PostedSplit.digest).where(
                PostedSplit.book.in_(books),
                PostedSplit.scope.in_(ordered[start : start + SCOPES_AT_ONCE]),
                ~_is_followed(),
            )
        )
        newest |= {(row.book, row.scope): (row.seq, row.digest) for row in found}
    return newest


def live_split_of(session: Session, record_id: UUID) -> PostedSplit | None:
    """The split of the primary book in which an outcome counts now, with what it rests on."""
    return session.scalars(
        select(PostedSplit)
        .join(LiveClaim, LiveClaim.split_id == PostedSplit.id)
        .where(LiveClaim.book == PRIMARY, LiveClaim.outcome_id == record_id.hex)
        .options(
            joinedload(PostedSplit.roster),
            joinedload(PostedSplit.rule_version),
            joinedload(PostedSplit.weight_version),
            joinedload(PostedSplit.measure),
        )
    ).one_or_none()


def list_live_splits(session: Session, scopes: Collection[str], rule: RuleVersion) -> dict[str, list[PostedSplit]]:
    """The splits of these chains of the primary book that count now and go by this rule, by chain, the oldest first."""
    found: dict[str, list[PostedSplit]] = {scope: [] for scope in scopes}
    ordered = sorted(scopes)
    for start in range(0, len(ordered), SCOPES_AT_ONCE):
        rows = session.scalars(
            select(PostedSplit)
            .where(
                PostedSplit.book == PRIMARY,
                PostedSplit.scope.in_(ordered[start : start + SCOPES_AT_ONCE]),
                PostedSplit.rule_version_id == rule.id,
                counts_now(),
            )
            .order_by(PostedSplit.scope, PostedSplit.seq)
            .options(joinedload(PostedSplit.weight_version))
        )
        for row in rows:
            found[row.scope].append(row)
    return found


def find_replacement(session: Session, reversal: PostedSplit | None) -> UUID | None:
    """The split of the whole group for which this reversal made room."""
    if reversal is None or reversal.reason != REPLACED:
        return None
    return session.scalars(
        select(PostedSplit.id)
        .where(
            PostedSplit.book == reversal.book,
            PostedSplit.scope == reversal.scope,
            PostedSplit.seq > reversal.seq,
            PostedSplit.reverses_id.is_(None),
        )
        .order_by(PostedSplit.seq)
        .limit(1)
    ).one_or_none()


def counts_now() -> Any:
    """Whether a row of the ledger is neither a reversal nor taken back."""
    return PostedSplit.reverses_id.is_(None) & ~_is_taken_back()


def get_split(session: Session, actor: Actor, consortium_id: UUID, split_id: UUID) -> tuple[Consortium, PostedSplit]:
    """A row of the primary book with what it rests on, and its consortium. Raises NotFound, also for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    row = session.scalars(
        select(PostedSplit)
        .where(PostedSplit.id == split_id, PostedSplit.consortium_id == consortium.id, PostedSplit.book == PRIMARY)
        .options(
            selectinload(PostedSplit.roster),
            selectinload(PostedSplit.rule_version),
            selectinload(PostedSplit.weight_version),
            selectinload(PostedSplit.measure).joinedload(Measure.framework_version),
            selectinload(PostedSplit.contract),
            selectinload(PostedSplit.place),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such split in this consortium")
    return consortium, row


def spec_of(rule: RuleVersion) -> dict[str, Any]:
    """The rule as `calc.allocation` reads it."""
    spec: dict[str, Any] = json.loads(rule.spec)
    return spec


def roster_digest(roster: Roster) -> str:
    """The digest of a roster's content."""
    return sha256_hex({"consortium": roster.consortium_id.hex, "parties": list(roster.parties)})


def rule_digest(rule: RuleVersion, roster: str) -> str:
    """The digest of a rule's content; `roster` is the digest of its roster."""
    return sha256_hex(
        {
            "consortium": rule.consortium_id.hex,
            "roster": roster,
            "spec": spec_of(rule),
            "item": rule.item_id.hex,
            "offer": rule.offer_number,
            "agreed_at": rule.agreed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
    )


def weight_digest(version: WeightVersion, roster: str) -> str:
    """The digest of weights; `roster` is the digest of their roster."""
    return sha256_hex({"roster": roster, "basis": version.basis, "weights": list(version.weights)})


def digests_of(row: PostedSplit) -> dict[str, str]:
    """The digests of the roster, rule and weights a row rests on."""
    return {"roster": row.roster.digest, "rule": row.rule_version.digest, "weights": row.weight_version.digest}


def content_of(row: PostedSplit, digests: dict[str, str]) -> dict[str, Any]:
    """Everything a row says, as canonical JSON for its digest."""
    return {
        **digests,
        "id": row.id.hex,
        "book": row.book,
        "scope": row.scope,
        "seq": row.seq,
        "reverses": row.reverses_id.hex if row.reverses_id else None,
        "consortium": row.consortium_id.hex,
        "total": row.total,
        "amounts": list(row.amounts),
        "outcomes": list(row.outcomes),
        "versions": list(row.versions),
        "quantities": list(row.quantities),
        "explanation": row.explanation,
        "reason": row.reason,
        "posted_by": row.posted_by_id.hex,
        "posted_at": row.posted_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
