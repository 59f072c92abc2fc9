"""The ledger of outcomes: one immutable row for each split, with the vector of shares in the row.

The database itself holds the rules (migration 0009): shares add up to the total, rows are never
changed, an outcome is live in one split of a book, a correction is an exact reversal, and every row
is chained to the one before it in its scope.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    table,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator, TypeEngine

from commonpurse.consortia.models import Consortium
from commonpurse.core.db import Base, Keyed, LongText, SmallestUnits
from commonpurse.delivery.models import Contract
from commonpurse.identity.models import Organisation, Person
from commonpurse.measures.models import Measure
from commonpurse.reference.models import Area

PRIMARY = "primary"
"""The book whose splits add up to what was delivered. Memo books, each named as a tier of place, never add to it."""


class Texts(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts: text[] on PostgreSQL, a JSON array on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type this database stores."""
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """A list for PostgreSQL, JSON text for SQLite."""
        if value is None or dialect.name == "postgresql":
            return value if value is None else list(value)
        return json.dumps(list(value), separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        """Back to a tuple of texts."""
        if value is None:
            return None
        return tuple(value if dialect.name == "postgresql" else json.loads(value))


class Roster(Keyed, Base):
    """Who shares, in the order that settles ties: keys of organisations, or places, then the unallocated place."""

    __tablename__ = "outcomes_roster"
    __table_args__ = ({"sqlite_with_rowid": False},)

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    parties: Mapped[tuple[str, ...]] = mapped_column(Texts())
    digest: Mapped[str] = mapped_column(unique=True)
    recorded_at: Mapped[datetime]


class RuleVersion(Keyed, Base):
    """An allocation rule as the bodies of a roster agreed it: which item of the agenda, which offer, when.

    That of a memo book was agreed by nobody: it has the consortium as its item, offer 0, and the time of its beginning.
    """

    __tablename__ = "outcomes_rule_version"
    __table_args__ = ({"sqlite_with_rowid": False},)

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    roster_id: Mapped[UUID] = mapped_column(ForeignKey(Roster.id))
    spec: Mapped[LongText]
    """Canonical JSON of `calc.allocation`."""
    item_id: Mapped[UUID]
    offer_number: Mapped[int]
    agreed_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(unique=True)
    recorded_at: Mapped[datetime]
    roster: Mapped[Roster] = relationship()


class WeightVersion(Keyed, Base):
    """What each place of a roster weighs under a rule, as it stood when it was first used."""

    __tablename__ = "outcomes_weight_version"
    __table_args__ = ({"sqlite_with_rowid": False},)

    roster_id: Mapped[UUID] = mapped_column(ForeignKey(Roster.id))
    basis: Mapped[str]
    weights: Mapped[tuple[int, ...]]
    digest: Mapped[str] = mapped_column(unique=True)
    recorded_at: Mapped[datetime]


class PostedSplit(Keyed, Base):
    """A total divided once: `amounts` has one share for each party of the roster, in its order.

    `outcomes`, `versions` and `quantities` are the records that made the total. A reversal repeats
    its original with the opposite sign.
    """

    __tablename__ = "outcomes_split"
    __table_args__ = (
        UniqueConstraint("book", "scope", "seq"),
        CheckConstraint("seq >= 1", name="seq_from_one"),
        {"sqlite_with_rowid": False},
    )

    book: Mapped[str]
    scope: Mapped[str]
    """Contract, measure, quarter and place as one text: the chain this row belongs to."""
    seq: Mapped[int]
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("outcomes_split.id"), unique=True)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id), index=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id))
    measure_id: Mapped[UUID] = mapped_column(ForeignKey(Measure.id))
    quarter_starting: Mapped[date]
    place_gss: Mapped[str] = mapped_column(ForeignKey(Area.gss))
    roster_id: Mapped[UUID] = mapped_column(ForeignKey(Roster.id))
    rule_version_id: Mapped[UUID] = mapped_column(ForeignKey(RuleVersion.id))
    weight_version_id: Mapped[UUID] = mapped_column(ForeignKey(WeightVersion.id))
    total: Mapped[SmallestUnits]
    amounts: Mapped[tuple[int, ...]]
    outcomes: Mapped[tuple[str, ...]] = mapped_column(Texts())
    versions: Mapped[tuple[int, ...]]
    quantities: Mapped[tuple[int, ...]]
    explanation: Mapped[dict[str, Any]]
    reason: Mapped[LongText]
    posted_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    posted_at: Mapped[datetime]
    previous_digest: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    roster: Mapped[Roster] = relationship()
    rule_version: Mapped[RuleVersion] = relationship()
    weight_version: Mapped[WeightVersion] = relationship()
    measure: Mapped[Measure] = relationship()
    contract: Mapped[Contract] = relationship()
    place: Mapped[Area] = relationship()


class LiveClaim(Base):
    """The one split of a book in which an outcome counts now. Only the database writes this table."""

    __tablename__ = "outcomes_live_claim"
    __table_args__ = ({"sqlite_with_rowid": False},)

    book: Mapped[str] = mapped_column(primary_key=True)
    outcome_id: Mapped[str] = mapped_column(primary_key=True)
    split_id: Mapped[UUID]
    """A split that is there, as every claim is made by one and none is ever deleted; a key would cost a claim again."""


class StatementEdition(Keyed, Base):
    """A body's statement as it was issued, never changed; `document` is canonical JSON of `rules.Document`.

    Attributes:
        until: the first day of the last quarter.
        previous_digest: the digest of the edition this one replaces, for `reason`.
        rests_on: a digest of the splits the body had a part in; while it stays the same, so does the statement.
        signature: of the digest, by the key `key_id`.
    """

    __tablename__ = "outcomes_statement"
    __table_args__ = (
        UniqueConstraint("consortium_id", "organisation_id", "until", "edition", name="uq_outcomes_statement_edition"),
        CheckConstraint("edition >= 1", name="edition_from_one"),
    )

    consortium_id: Mapped[UUID] = mapped_column(ForeignKey(Consortium.id))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    until: Mapped[date]
    edition: Mapped[int]
    document: Mapped[str] = mapped_column(Text, deferred=True)
    digest: Mapped[str] = mapped_column(unique=True)
    previous_digest: Mapped[str | None]
    rests_on: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[str]
    reason: Mapped[LongText]
    issued_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    issued_at: Mapped[datetime]


class PublishedHeads(Keyed, Base):
    """The chains that had grown when a day's heads were published, each with its newest digest; never changed.

    Attributes:
        heads: canonical JSON of pairs: the SHA-256 of a chain's name, and the digest of its newest row.
        digest: of the day and its heads, chained to the publication before.
    """

    __tablename__ = "outcomes_chain_head"

    day: Mapped[date] = mapped_column(unique=True)
    chains: Mapped[int]
    heads: Mapped[LongText]
    published_at: Mapped[datetime]
    previous_digest: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(unique=True)


posting = table(
    "outcomes_posting",
    column("split_id", Uuid()),
    column("consortium_id", Uuid()),
    column("book", String()),
    column("measure_id", Uuid()),
    column("quarter_starting", Date()),
    column("place_gss", String()),
    column("position", Integer()),
    column("party", String()),
    column("amount", BigInteger()),
)
"""The view of the ledger with a row for each share."""
