"""What happens in the ledger, for the consortium's stream."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from msgspec import Struct


class SplitPosted(Struct, frozen=True):
    """A quantity was divided. `amounts` has one share for each place of `roster`, in smallest units like `total`."""

    kind: ClassVar[str] = "outcomes.split_posted"
    split_id: UUID
    measure: str
    quarter_starting: date
    place_gss: str
    quantity: Decimal
    unit: str
    total: int
    roster: tuple[str, ...]
    amounts: tuple[int, ...]
    digest: str


class SplitsPosted(Struct, frozen=True):
    """Many splits were posted at once. `digest` is the SHA-256 of their digests, in order, one after the other."""

    kind: ClassVar[str] = "outcomes.splits_posted"
    splits: int
    outcomes: int
    digest: str


class SplitReversed(Struct, frozen=True):
    """A split was taken back exactly. `quantity` is what it had divided, `total` its negative in smallest units."""

    kind: ClassVar[str] = "outcomes.split_reversed"
    split_id: UUID
    reverses_id: UUID
    measure: str
    quarter_starting: date
    place_gss: str
    quantity: Decimal
    unit: str
    total: int
    reason: str
    digest: str


class BooksBegun(Struct, frozen=True):
    """A memo book was begun for each of these tiers of place."""

    kind: ClassVar[str] = "outcomes.books_begun"
    tiers: tuple[str, ...]


class BookPosted(Struct, frozen=True):
    """A memo book was brought up to date with the primary one. `digest` is the SHA-256 of those of its rows."""

    kind: ClassVar[str] = "outcomes.book_posted"
    book: str
    splits: int
    reversals: int
    digest: str


class StatementsIssued(Struct, frozen=True):
    """Statements were issued, `reissued` of them in place of an earlier edition and for `reason`."""

    kind: ClassVar[str] = "outcomes.statements_issued"
    until: date
    statements: int
    reissued: int
    reason: str
