"""The newest digests of the ledger's chains, as they were published day by day, and checking a saved copy of them."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from commonpurse.calc.digest import chain
from commonpurse.core.errors import NotFound
from commonpurse.outcomes.models import PostedSplit, PublishedHeads

DAYS_A_PAGE = 30
OVERLAP = timedelta(days=1)
"""How long before the last publication a row may have been written that was committed after it."""
KEYS_AT_ONCE = 5000


class PublishedDay(Struct, frozen=True):
    """One day's publication, without its digests of chains."""

    id: UUID
    day: date
    chains: int
    digest: str


class LedgerHeads(Struct, frozen=True):
    """The publications, the newest first, one page of them."""

    days: tuple[PublishedDay, ...]
    number: int
    pages: int


def ledger_heads(session: Session, *, number: int = 1) -> LedgerHeads:
    """What was published, for everybody."""
    total = session.scalar(select(func.count()).select_from(PublishedHeads)) or 0
    pages = max(1, -(-total // DAYS_A_PAGE))
    number = min(max(1, number), pages)
    columns = (PublishedHeads.id, PublishedHeads.day, PublishedHeads.chains, PublishedHeads.digest)
    rows = session.execute(
        select(*columns).order_by(PublishedHeads.day.desc()).limit(DAYS_A_PAGE).offset((number - 1) * DAYS_A_PAGE)
    )
    return LedgerHeads(tuple(PublishedDay(*row) for row in rows), number, pages)


def heads_document(session: Session, heads_id: UUID) -> dict[str, Any]:
    """One day's publication as everybody may keep it. Raises NotFound."""
    row = session.get(PublishedHeads, heads_id)
    if row is None:
        raise NotFound("Nothing was published under this address")
    return _document(row)


def newest_document(session: Session) -> dict[str, Any] | None:
    """The newest publication, if there is any."""
    row = newest_heads(session)
    return _document(row) if row else None


def newest_heads(session: Session) -> PublishedHeads | None:
    """The row of the newest publication."""
    return session.scalars(select(PublishedHeads).order_by(PublishedHeads.day.desc()).limit(1)).one_or_none()


def grown_since(session: Session, last: PublishedHeads | None) -> list[list[str]]:
    """The chains that have grown since a publication, by the digest of their name, each with its newest digest.

    Names are not published: they would tell of bodies and contracts that have published nothing.
    """
    after, grown = aliased(PostedSplit), aliased(PostedSplit)
    follows = exists().where(
        after.book == PostedSplit.book, after.scope == PostedSplit.scope, after.seq == PostedSplit.seq + 1
    )
    query = select(PostedSplit.book, PostedSplit.scope, PostedSplit.digest).where(~follows)
    if last is not None:
        since = last.published_at - OVERLAP
        query = query.where(
            exists().where(grown.book == PostedSplit.book, grown.scope == PostedSplit.scope, grown.posted_at >= since)
        )
    return sorted([_name(book, scope), digest] for book, scope, digest in session.execute(query))


def digest_of_day(day: date, heads: list[list[str]], previous: str) -> str:
    """The digest of one day's publication, chained to the day before."""
    return chain(previous, {"day": day.isoformat(), "heads": heads})


def check_heads(session: Session, saved: Any) -> tuple[str, ...]:
    """What a saved publication and the present ledger do not agree on; nothing if no row of it was rewritten.

    Raises:
        ValueError: if it is no publication at all, or was changed after it was saved.
    """
    try:
        day, heads = date.fromisoformat(saved["day"]), [[str(name), str(digest)] for name, digest in saved["heads"]]
        is_as_published = digest_of_day(day, heads, saved["previous"]) == saved["digest"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("this is no publication of the ledger's heads") from error
    if not is_as_published:
        raise ValueError("the copy is not as it was published: its digest is not that of its content")
    faults = []
    row = session.scalars(select(PublishedHeads).where(PublishedHeads.day == day)).one_or_none()
    if row is None or row.digest != saved["digest"]:
        faults.append(f"{day}: something else is published now")
    stored = _names_of(session, [digest for _, digest in heads])
    faults += [f"{name}: {digest} is no longer in the chain" for name, digest in heads if stored.get(digest) != name]
    return (*faults, *_faults_since(session, day))


def _faults_since(session: Session, day: date) -> list[str]:
    """Publications from that day on that do not follow from their content and the one before."""
    faults, previous = [], None
    for row in session.scalars(select(PublishedHeads).where(PublishedHeads.day >= day).order_by(PublishedHeads.day)):
        broken = previous is not None and row.previous_digest != previous
        if broken or digest_of_day(row.day, json.loads(row.heads), row.previous_digest) != row.digest:
            faults.append(f"{row.day}: the publication does not follow from the one before")
        previous = row.digest
    return faults


def _names_of(session: Session, digests: list[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    query = select(PostedSplit.book, PostedSplit.scope, PostedSplit.digest)
    for start in range(0, len(digests), KEYS_AT_ONCE):
        some = digests[start : start + KEYS_AT_ONCE]
        for book, scope, digest in session.execute(query.where(PostedSplit.digest.in_(some))):
            found[digest] = _name(book, scope)
    return found


def _name(book: str, scope: str) -> str:
    return sha256(f"{book}|{scope}".encode()).hexdigest()


def _document(row: PublishedHeads) -> dict[str, Any]:
    return {
        "day": row.day.isoformat(),
        "previous": row.previous_digest,
        "heads": json.loads(row.heads),
        "digest": row.digest,
    }
