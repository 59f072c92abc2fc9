"""Memo books: which a consortium keeps, and what lies in them.

A memo book is a rule of its own: all of an outcome for the place of one tier. Nobody agreed it, so it names no offer.
"""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import joined_parts
from commonpurse.outcomes.models import PRIMARY, LiveClaim, PostedSplit, RuleVersion
from commonpurse.outcomes.queries.rows import SCOPES_AT_ONCE, counts_now, spec_of
from commonpurse.reference.queries import names_of_areas, places_by_tier
from commonpurse.reference.rules import TIERS

NO_OFFER = 0
"""The number of the offer in a rule that no bodies agreed: that of a memo book."""


def books_kept(session: Session, consortium_id: UUID) -> dict[str, list[RuleVersion]]:
    """The tiers of which a consortium keeps a book, from the smallest, each with its rules, the first one first."""
    rules = session.scalars(
        select(RuleVersion)
        .where(RuleVersion.consortium_id == consortium_id, RuleVersion.offer_number == NO_OFFER)
        .order_by(RuleVersion.recorded_at, RuleVersion.id)
        .options(joinedload(RuleVersion.roster))
    )
    kept: dict[str, list[RuleVersion]] = {}
    for rule in rules:
        kept.setdefault(book_of(rule), []).append(rule)
    return {tier: kept[tier] for tier in TIERS if tier in kept}


def book_of(rule: RuleVersion) -> str:
    """The book, named as its tier, of a rule that names no offer."""
    [tier] = spec_of(rule)["shares"]
    return str(tier)


def places_of_consortium(session: Session, consortium: Consortium) -> dict[str, tuple[str, ...]]:
    """The places of each tier in which an area of the consortium lies: those it names, and those of joined bodies."""
    areas = {area.gss for area in consortium.areas}
    areas |= {part.organisation.area_gss for part in joined_parts(consortium) if part.organisation.area_gss}
    found = places_by_tier(session, areas).values()
    return {
        tier: tuple(sorted({places[tier] for places in found if tier in places}))
        for tier in TIERS
        if any(tier in places for places in found)
    }


def names_of_places(session: Session, places: Collection[str]) -> dict[str, str]:
    """What places of any tier are called: areas by their GSS codes, regions and nations by themselves."""
    return {place: place for place in places if place != UNALLOCATED} | names_of_areas(session, places)


def list_scopes(session: Session, consortium_id: UUID) -> Sequence[str]:
    """Every chain of the consortium's primary book."""
    return session.scalars(
        select(PostedSplit.scope)
        .where(PostedSplit.consortium_id == consortium_id, PostedSplit.book == PRIMARY)
        .distinct()
        .order_by(PostedSplit.scope)
    ).all()


def list_live_rows(session: Session, books: Collection[str], scopes: Sequence[str]) -> Iterator[list[PostedSplit]]:
    """The splits that count now of these chains of these books, with what they rest on, some chains at a time."""
    for start in range(0, len(scopes), SCOPES_AT_ONCE):
        yield list(
            session.scalars(
                select(PostedSplit)
                .where(
                    PostedSplit.book.in_(books),
                    PostedSplit.scope.in_(scopes[start : start + SCOPES_AT_ONCE]),
                    counts_now(),
                )
                .order_by(PostedSplit.scope, PostedSplit.book, PostedSplit.seq)
                .options(
                    joinedload(PostedSplit.roster),
                    joinedload(PostedSplit.rule_version),
                    joinedload(PostedSplit.weight_version),
                )
            )
        )


def faults_of_books(session: Session) -> list[str]:
    """Each outcome that lies in the primary book and not in a memo book that should have it, or the other way round.

    Quantities are compared for each consortium, book and measure.
    """
    rules = session.scalars(select(RuleVersion).where(RuleVersion.offer_number == NO_OFFER)).all()
    kept = {(rule.consortium_id, book_of(rule)) for rule in rules}
    if not kept:
        return []
    faults: list[str] = []
    for consortium_id, book in sorted(kept, key=str):
        whole, own = _claimed(consortium_id, PRIMARY), _claimed(consortium_id, book)
        missing, more = session.scalars(whole.except_(own)).all(), session.scalars(own.except_(whole)).all()
        faults += [f"{book}: outcome {one} counts in the primary book and not in this one" for one in sorted(missing)]
        faults += [f"{book}: outcome {one} counts in this book and not in the primary one" for one in sorted(more)]
    sums = session.execute(
        select(PostedSplit.consortium_id, PostedSplit.measure_id, PostedSplit.book, func.sum(PostedSplit.total))
        .where(PostedSplit.consortium_id.in_({consortium_id for consortium_id, _ in kept}))
        .group_by(PostedSplit.consortium_id, PostedSplit.measure_id, PostedSplit.book)
    ).all()
    totals = {(consortium_id, measure_id, book): int(total) for consortium_id, measure_id, book, total in sums}
    for consortium_id, measure_id in sorted({key[:2] for key in totals}):
        due = totals.get((consortium_id, measure_id, PRIMARY), 0)
        for book in sorted(book for one, book in kept if one == consortium_id):
            found = totals.get((consortium_id, measure_id, book), 0)
            if found != due:
                faults.append(f"{book}: {found} of measure {measure_id.hex} instead of {due} as in the primary book")
    return faults


def _claimed(consortium_id: UUID, book: str) -> Select[str]:
    """The outcomes that are live in a book of a consortium."""
    return (
        select(LiveClaim.outcome_id)
        .join(PostedSplit, PostedSplit.id == LiveClaim.split_id)
        .where(LiveClaim.book == book, PostedSplit.consortium_id == consortium_id)
    )
