"""What bodies are still owed where whole units are shared with a credit."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import UNALLOCATED, credit_change
from commonpurse.outcomes.models import PRIMARY, PostedSplit


def credits_of(session: Session, consortium_id: UUID, measure_id: UUID, parties: Sequence[str]) -> dict[str, int]:
    """The credit of each party for one measure, in millionths of the smallest unit; they add up to zero.

    A credit is what a party was entitled to so far less what it received, over every row of the ledger, reversals
    with their opposite sign. What a body had that is no longer a party stands with the unallocated place.
    """
    explanations = session.scalars(
        select(PostedSplit.explanation).where(
            PostedSplit.consortium_id == consortium_id,
            PostedSplit.measure_id == measure_id,
            PostedSplit.book == PRIMARY,
        )
    )
    held: Counter[str] = Counter()
    for explanation in explanations:
        for party, change in credit_change(explanation).items():
            held[party if party in parties else UNALLOCATED] += change
    return dict(held)
