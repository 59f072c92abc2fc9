"""Memo books: every outcome of the primary book once more, for the place of one tier in which it was delivered.

A memo book holds what the primary book holds, split by split, and is never added to it. It is brought up to date where
the primary book has changed: what no longer counts is taken back, what is new is posted.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.allocation import UNALLOCATED, parse_rule, split
from commonpurse.calc.digest import canonical
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, require
from commonpurse.outcomes import policy, queries
from commonpurse.outcomes.commands.ledger import (
    Basis,
    Draft,
    Line,
    division,
    negative,
    scope_of,
    stored,
    write_all,
)
from commonpurse.outcomes.events import BookPosted, BooksBegun
from commonpurse.outcomes.models import PRIMARY, PostedSplit, Roster, RuleVersion, WeightVersion
from commonpurse.outcomes.queries import books
from commonpurse.reference.queries import places_by_tier
from commonpurse.reference.rules import TIERS

Key = tuple[str, tuple[str, ...], tuple[int, ...], tuple[int, ...]]


def keep_books(
    session: Session, actor: Actor, *, consortium_id: UUID, tiers: Collection[str], now: datetime
) -> list[str]:
    """Begin a memo book for each of these tiers, with all that the primary book holds. A book is kept for ever.

    Returns:
        The tiers whose book was begun, from the smallest.

    Raises:
        NotFound, NotAllowed: see `policy.may_keep_books`.
        Refused: no tier, one of which a book is kept, or one in which no area of the consortium lies.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    require(
        policy.may_keep_books(actor, consortium),
        "You cannot choose which books are kept",
        who="A buyer of the lead authority can do this",
    )
    kept = books.books_kept(session, consortium_id)
    places = books.places_of_consortium(session, consortium)
    chosen = [tier for tier in TIERS if tier in tiers]
    if not chosen or len(chosen) != len(set(tiers)):
        raise Refused("Select at least one kind of area", field="tiers")
    if any(tier in kept for tier in chosen):
        raise Refused("A book is already kept for this kind of area", field="tiers")
    if any(tier not in places for tier in chosen):
        raise Refused("No area of this consortium lies in an area of this kind", field="tiers")
    begun = {tier: _basis(session, consortium, tier, places[tier], begun_at=now, now=now) for tier in chosen}
    log.record(session, actor, consortium.stream, BooksBegun(tiers=tuple(chosen)), at=now)
    _bring_up_to_date(session, actor, consortium, begun, books.list_scopes(session, consortium_id), "", now)
    return chosen


def follow(
    session: Session, actor: Actor, consortium: Consortium, scopes: Collection[str], *, reason: str = "", now: datetime
) -> None:
    """Bring every memo book of the consortium up to date in these chains, after the primary book has changed there."""
    kept = books.books_kept(session, consortium.id)
    if not kept:
        return
    places = books.places_of_consortium(session, consortium)
    bases = {
        tier: _basis_of_now(session, consortium, tier, rules, places.get(tier, ()), now) for tier, rules in kept.items()
    }
    _bring_up_to_date(session, actor, consortium, bases, sorted(scopes), reason, now)


def _basis_of_now(
    session: Session,
    consortium: Consortium,
    tier: str,
    rules: Sequence[RuleVersion],
    places: Sequence[str],
    now: datetime,
) -> Basis:
    """The basis of a book among the places there are now; where there are none any more, among those of before."""
    if not places:
        return Basis(rules[-1].roster, rules[-1])
    for rule in rules:
        if rule.roster.parties == (*places, UNALLOCATED):
            return Basis(rule.roster, rule)
    return _basis(session, consortium, tier, places, begun_at=rules[0].agreed_at, now=now)


def _basis(
    session: Session, consortium: Consortium, tier: str, places: Sequence[str], *, begun_at: datetime, now: datetime
) -> Basis:
    """All of an outcome for the place of a tier, among these places; stored when it is used first."""
    roster = Roster(consortium_id=consortium.id, parties=(*places, UNALLOCATED), recorded_at=now)
    roster.digest = queries.roster_digest(roster)
    roster = queries.find_roster(session, roster.digest) or stored(session, roster)
    rule = RuleVersion(
        consortium_id=consortium.id,
        roster_id=roster.id,
        spec=canonical({"kind": "tiers", "shares": {tier: "100"}}).decode(),
        item_id=consortium.id,
        offer_number=books.NO_OFFER,
        agreed_at=begun_at,
        recorded_at=now,
    )
    rule.digest = queries.rule_digest(rule, roster.digest)
    return Basis(roster, queries.find_rule_version(session, rule.digest) or stored(session, rule))


def _bring_up_to_date(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    bases: Mapping[str, Basis],
    scopes: Sequence[str],
    reason: str,
    now: datetime,
) -> None:
    for rows in books.list_live_rows(session, (PRIMARY, *bases), scopes):
        held: dict[str, dict[Key, PostedSplit]] = {book: {} for book in (PRIMARY, *bases)}
        for row in rows:
            held[row.book][row.scope, row.outcomes, row.versions, row.quantities] = row
        places = places_by_tier(session, {row.place_gss for row in held[PRIMARY].values()})
        changes: list[Draft] = []
        for book, basis in bases.items():
            back = [row for key, row in held[book].items() if key not in held[PRIMARY]]
            changes += [negative(row, reason) for row in back]
            before = {row.scope: row.weight_version for row in back}
            for key, row in held[PRIMARY].items():
                if key not in held[book]:
                    place = places.get(row.place_gss, {}).get(book)
                    changes.append(_for_place(book, basis, row, place, before.get(row.scope), reason, now))
        _post(session, actor, consortium, changes, now)


def _for_place(
    book: str,
    basis: Basis,
    row: PostedSplit,
    place: str | None,
    like: WeightVersion | None,
    reason: str,
    now: datetime,
) -> Draft:
    """What a row of the primary book divided, all of it for one place; unallocated where the roster has not got it.

    Args:
        like: the weights of what is taken back, which are often the same.
    """
    parties = basis.roster.parties
    holder = {book: place} if place in parties else {}
    done = split(row.total, parse_rule(queries.spec_of(basis.rule)), roster=parties, holder=holder)
    lines = [Line(*line) for line in zip(row.outcomes, row.versions, row.quantities, strict=True)]
    return division(scope_of(row), basis, lines, done, reason, now, like=like, book=book)


def _post(session: Session, actor: Actor, consortium: Consortium, changes: Sequence[Draft], now: datetime) -> None:
    """Write rows of several books, those of one after those of the other, and record one event for each book."""
    if not changes:
        return
    digests: dict[str, list[str]] = {}
    for draft, (_, digest) in zip(changes, write_all(session, actor, consortium, changes, now), strict=True):
        digests.setdefault(draft.book, []).append(digest)
    taken_back = Counter(draft.book for draft in changes if draft.reverses_id is not None)
    events = [
        BookPosted(
            book=book,
            splits=len(posted) - taken_back[book],
            reversals=taken_back[book],
            digest=sha256("".join(posted).encode()).hexdigest(),
        )
        for book, posted in digests.items()
    ]
    log.record_all(session, actor, consortium.stream, events, at=now)
