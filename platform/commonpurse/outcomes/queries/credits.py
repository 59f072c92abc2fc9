"""What bodies are still owed where whole units are shared with a credit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import CREDIT_ENGINE, UNALLOCATED, credit_change
from commonpurse.outcomes.models import PRIMARY, PostedSplit
from commonpurse.outcomes.queries.rows import counts_now


def credits_of(session: Session, consortium_id: UUID, measure_id: UUID, parties: Sequence[str]) -> dict[str, int]:
    """The credit of each party for one measure, in millionths of the smallest unit; they add up to zero.

    A credit is what a party was entitled to so far less what it received, over every row of the ledger, reversals
    with their opposite sign. What a body had that is no longer a party stands with the unallocated place.
    """
    return as_seen_by(parties, credits_of_everybody(session, consortium_id, measure_id))


def credits_of_everybody(session: Session, consortium_id: UUID, measure_id: UUID) -> Counter[str]:
    """The same for everybody who ever had a part, each its own, also those who left."""
    explanations = session.scalars(
        select(PostedSplit.explanation).where(
            PostedSplit.consortium_id == consortium_id,
            PostedSplit.measure_id == measure_id,
            PostedSplit.book == PRIMARY,
        )
    )
    held: Counter[str] = Counter()
    for explanation in explanations:
        held.update(credit_change(explanation))
    return held


class Credits:
    """What bodies are owed in a consortium: each measure is read once, and kept up with what is posted after that."""

    def __init__(self, session: Session, consortium_id: UUID) -> None:
        """Nothing is read yet."""
        self._session, self._consortium_id = session, consortium_id
        self._held: dict[UUID, Counter[str]] = {}

    def of_everybody(self, measure_id: UUID) -> Counter[str]:
        """What `credits_of_everybody` would find if all that was noted is in the ledger."""
        if measure_id not in self._held:
            self._held[measure_id] = credits_of_everybody(self._session, self._consortium_id, measure_id)
        return self._held[measure_id]

    def note(self, measure_id: UUID, record: Mapping[str, Any]) -> None:
        """A row with this record is about to be written."""
        if record["engine"] == CREDIT_ENGINE:
            self.of_everybody(measure_id).update(credit_change(record))


def as_seen_by(parties: Sequence[str], credits_held: Mapping[str, int]) -> dict[str, int]:
    """The credits with those of everybody else at the unallocated place."""
    seen: Counter[str] = Counter()
    for party, credit in credits_held.items():
        seen[party if party in parties else UNALLOCATED] += credit
    return dict(seen)


def list_live_with_credit(session: Session, consortium_id: UUID, measure_id: UUID) -> list[PostedSplit]:
    """The splits of a measure that count now and went by a credit, the latest first."""
    rows = session.scalars(
        select(PostedSplit)
        .where(
            PostedSplit.consortium_id == consortium_id,
            PostedSplit.measure_id == measure_id,
            PostedSplit.book == PRIMARY,
            counts_now(),
        )
        .order_by(PostedSplit.posted_at.desc(), PostedSplit.scope.desc(), PostedSplit.seq.desc())
    )
    return [row for row in rows if row.explanation["engine"] == CREDIT_ENGINE]
