"""Whether the claims of the ledger are those of its live splits: asked of the database, which has both at hand."""

from typing import Any

from sqlalchemy import Select, case, func, select, true
from sqlalchemy.orm import Session

from commonpurse.outcomes.models import LiveClaim, PostedSplit
from commonpurse.outcomes.queries.rows import counts_now


def faults_of_claims(session: Session) -> list[str]:
    """Each outcome of a live split that has no claim for it, and each claim that no live split accounts for.

    Where every outcome has its claim, no split names an outcome twice (`proof` sees to that) and there are as many
    claims as outcomes, there can be no other claim: one by one they are only looked at where the numbers differ.
    """
    element = _element(session)
    due = (
        select()
        .select_from(PostedSplit)
        .join(element, true())
        .outerjoin(LiveClaim, (LiveClaim.book == PostedSplit.book) & (LiveClaim.outcome_id == element.c.value))
        .where(counts_now())
    )
    is_missing = LiveClaim.split_id.is_distinct_from(PostedSplit.id)
    expected, missing = session.execute(
        due.add_columns(func.count(), func.coalesce(func.sum(case((is_missing, 1), else_=0)), 0))
    ).one()
    faults: set[str] = set()
    if missing:
        faults |= _said(session, due.add_columns(PostedSplit.book, element.c.value).where(is_missing))
    if missing or session.scalar(select(func.count()).select_from(LiveClaim)) != expected:
        accounts = (
            select(PostedSplit.id)
            .join(element, true())
            .where(
                PostedSplit.id == LiveClaim.split_id,
                PostedSplit.book == LiveClaim.book,
                element.c.value == LiveClaim.outcome_id,
                counts_now(),
            )
            .correlate(LiveClaim)
        )
        faults |= _said(session, select(LiveClaim.book, LiveClaim.outcome_id).where(~accounts.exists()))
    return sorted(faults)


def _element(session: Session) -> Any:
    """The outcomes of a split, a row for each."""
    if session.get_bind().dialect.name == "sqlite":
        return func.json_each(PostedSplit.outcomes).table_valued("value", name="element")
    return func.unnest(PostedSplit.outcomes).table_valued("value", name="element").render_derived()


def _said(session: Session, query: Select[str, str]) -> set[str]:
    return {
        f"{book}: the claim of outcome {outcome} is not that of its live split"
        for book, outcome in session.execute(query)
    }
