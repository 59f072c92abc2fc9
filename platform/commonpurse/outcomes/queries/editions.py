"""Issued statements: which stand, which the ledger has left behind, and each edition as it was issued."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, undefer

from commonpurse.calc.digest import sha256_hex
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.delivery.queries import say_quarter
from commonpurse.identity.queries import labels_of, names_of
from commonpurse.outcomes import policy
from commonpurse.outcomes.models import PRIMARY, PostedSplit, Roster, StatementEdition, WeightVersion
from commonpurse.outcomes.queries.rows import counts_now
from commonpurse.outcomes.rules import Document, as_document

Key = tuple[UUID, date]
"""A body, and the first day of the last quarter of a statement."""


class Standing(Struct, frozen=True):
    """What statements would rest on now.

    Attributes:
        quarters: the first day of every quarter with a split, the newest first.
        parts: for each body, the quarter and digest of each split that counts and in which it has a part.
        bodies: everybody who ever had a place.
    """

    quarters: tuple[date, ...]
    parts: dict[UUID, list[tuple[date, str]]]
    bodies: frozenset[UUID]

    def rests_on(self, key: Key) -> str:
        """The digest of the splits that a statement would rest on."""
        body, until = key
        return sha256_hex(sorted(digest for quarter, digest in self.parts.get(body, []) if quarter <= until))


def standing_of(session: Session, consortium_id: UUID) -> Standing:
    """What every statement of a consortium would rest on now. The caller has checked who asks."""
    return standings_of(session, [consortium_id])[consortium_id]


def standings_of(session: Session, consortium_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """The same of several consortia, in as many statements."""
    theirs = (PostedSplit.consortium_id.in_(list(consortium_ids)), PostedSplit.book == PRIMARY)
    seen = session.execute(
        select(PostedSplit.consortium_id, PostedSplit.quarter_starting, Roster.parties)
        .join(Roster, Roster.id == PostedSplit.roster_id)
        .where(*theirs)
        .distinct()
        .order_by(PostedSplit.quarter_starting.desc())
    )
    quarters: dict[UUID, dict[date, None]] = {key: {} for key in consortium_ids}
    bodies: dict[UUID, set[UUID]] = {key: set() for key in consortium_ids}
    for consortium_id, quarter, parties in seen:
        quarters[consortium_id][quarter] = None
        bodies[consortium_id].update(UUID(party) for party in parties[:-1])
    rows = session.execute(
        select(
            PostedSplit.consortium_id,
            PostedSplit.quarter_starting,
            PostedSplit.digest,
            PostedSplit.amounts,
            WeightVersion.weights,
            Roster.parties,
        )
        .join(Roster, Roster.id == PostedSplit.roster_id)
        .join(WeightVersion, WeightVersion.id == PostedSplit.weight_version_id)
        .where(*theirs, counts_now())
        .order_by(PostedSplit.scope, PostedSplit.seq)
    )
    parts: dict[UUID, dict[UUID, list[tuple[date, str]]]] = {key: defaultdict(list) for key in consortium_ids}
    for consortium_id, quarter, digest, amounts, weights, parties in rows:
        for party, amount, weight in zip(parties[:-1], amounts, weights, strict=False):
            if amount or weight:
                parts[consortium_id][UUID(party)].append((quarter, digest))
    return {key: Standing(tuple(quarters[key]), parts[key], frozenset(bodies[key])) for key in consortium_ids}


def list_newest_editions(session: Session, *consortium_ids: UUID) -> Sequence[StatementEdition]:
    """The newest edition of every statement of these consortia, by quarter and body, without their documents."""
    later = aliased(StatementEdition)
    is_replaced = (
        select(later.id)
        .where(
            later.consortium_id == StatementEdition.consortium_id,
            later.organisation_id == StatementEdition.organisation_id,
            later.until == StatementEdition.until,
            later.edition > StatementEdition.edition,
        )
        .exists()
    )
    return session.scalars(
        select(StatementEdition)
        .where(StatementEdition.consortium_id.in_(consortium_ids), ~is_replaced)
        .order_by(StatementEdition.until, StatementEdition.organisation_id)
    ).all()


class Due(Struct, frozen=True):
    """Statements to issue: those of one quarter that never were, and those of any that are no longer right."""

    first: frozenset[Key]
    again: frozenset[Key]


def due_of(standing: Standing, newest: Sequence[StatementEdition], until: date) -> Due:
    """What is to be issued up to a quarter, among the newest editions of one consortium."""
    issued = {(row.organisation_id, row.until): row.rests_on for row in newest}
    return Due(
        first=frozenset((body, until) for body in standing.bodies) - issued.keys(),
        again=frozenset(key for key, rests_on in issued.items() if rests_on != standing.rests_on(key)),
    )


def document_as_issued(session: Session, edition: StatementEdition) -> Document:
    """The document of an edition."""
    query = select(StatementEdition.document).where(StatementEdition.id == edition.id)
    return as_document(json.loads(session.scalars(query).one()))


class EditionRow(Struct, frozen=True):
    """An issued statement in a list."""

    id: UUID
    edition: int
    until: date
    quarter: Sentence
    reason: str
    issued_at: datetime


def list_editions(session: Session, consortium_id: UUID, organisation_id: UUID) -> tuple[EditionRow, ...]:
    """Every edition of a body's statements, the newest first, at most 100. The caller has checked who asks."""
    rows = session.scalars(
        select(StatementEdition)
        .where(StatementEdition.consortium_id == consortium_id, StatementEdition.organisation_id == organisation_id)
        .order_by(StatementEdition.until.desc(), StatementEdition.edition.desc())
        .limit(100)
    )
    return tuple(_row(row) for row in rows)


def _row(row: StatementEdition) -> EditionRow:
    return EditionRow(row.id, row.edition, row.until, say_quarter(row.until), row.reason, row.issued_at)


class BodyStanding(Struct, frozen=True):
    """A body's statement for one quarter: the newest edition, and whether the ledger has moved on since."""

    organisation_id: UUID
    body: str
    newest: EditionRow | None
    is_out_of_date: bool


class StatementsPage(Struct, frozen=True):
    """The statements of a quarter, and how many of other quarters the ledger has left behind."""

    consortium_id: UUID
    consortium: str
    until: date | None
    quarters: tuple[tuple[date, Sentence], ...]
    rows: tuple[BodyStanding, ...]
    out_of_date: int
    """Editions of every quarter that would have to be issued again."""
    to_issue: int
    """Statements of this quarter that were never issued."""
    may_issue: bool


def statements_page(session: Session, actor: Actor, consortium_id: UUID, *, until: date | None) -> StatementsPage:
    """Every body's statement of a quarter, by default the last with a split. Raises NotFound for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    standing, newest = standing_of(session, consortium_id), list_newest_editions(session, consortium_id)
    until = until if until in standing.quarters else (standing.quarters[0] if standing.quarters else None)
    due = due_of(standing, newest, until) if until else Due(frozenset(), frozenset())
    of_quarter = {row.organisation_id: row for row in newest if row.until == until}
    names = names_of(session, sorted(standing.bodies, key=str))
    order = {part.organisation_id: part.position for part in consortium.participations}
    bodies = sorted(standing.bodies, key=lambda body: (order.get(body, len(order)), str(body)))
    rows = tuple(
        BodyStanding(
            body,
            names[body],
            _row(of_quarter[body]) if body in of_quarter else None,
            (body, until) in due.again,
        )
        for body in bodies
    )
    return StatementsPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        until=until,
        quarters=tuple((quarter, say_quarter(quarter)) for quarter in standing.quarters),
        rows=rows,
        out_of_date=len(due.again),
        to_issue=len(due.first),
        may_issue=policy.may_issue_statements(actor, consortium),
    )


class EditionPage(Struct, frozen=True):
    """A statement as it was issued, and what came before and after it."""

    consortium_id: UUID
    consortium: str
    id: UUID
    document: Document
    plain: dict[str, Any]
    edition: int
    digest: str
    key_id: str
    signature: str
    reason: str
    issued_by: str
    issued_at: datetime
    previous: EditionRow | None
    replaced_by: EditionRow | None
    newest: EditionRow


def edition_page(session: Session, actor: Actor, consortium_id: UUID, edition_id: UUID) -> EditionPage:
    """One edition. Raises NotFound, also for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    row = session.scalars(
        select(StatementEdition)
        .where(StatementEdition.id == edition_id, StatementEdition.consortium_id == consortium_id)
        .options(undefer(StatementEdition.document))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such statement in this consortium")
    plain = json.loads(row.document)
    siblings = _siblings(session, row)
    return EditionPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        id=row.id,
        document=as_document(plain),
        plain=plain,
        edition=row.edition,
        digest=row.digest,
        key_id=row.key_id,
        signature=row.signature,
        reason=row.reason,
        issued_by=labels_of(session, [row.issued_by_id])[row.issued_by_id],
        issued_at=row.issued_at,
        previous=next((each for each in siblings if each.edition == row.edition - 1), None),
        replaced_by=next((each for each in siblings if each.edition == row.edition + 1), None),
        newest=siblings[-1],
    )


def _siblings(session: Session, row: StatementEdition) -> list[EditionRow]:
    """Every edition of the same body and quarter, the oldest first."""
    rows = session.scalars(
        select(StatementEdition)
        .where(
            StatementEdition.consortium_id == row.consortium_id,
            StatementEdition.organisation_id == row.organisation_id,
            StatementEdition.until == row.until,
        )
        .order_by(StatementEdition.edition)
    )
    return [_row(each) for each in rows]


def find_newer_edition(session: Session, digest: str) -> tuple[bool, EditionRow | None]:
    """Whether a statement with this digest was issued here, and the newest edition if that is another one."""
    row = session.scalars(select(StatementEdition).where(StatementEdition.digest == digest)).one_or_none()
    if row is None:
        return False, None
    newest = _siblings(session, row)[-1]
    return True, None if newest.id == row.id else newest
