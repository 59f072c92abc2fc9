"""Publishing the newest digests of the ledger's chains, so that a rewritten history shows."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from commonpurse.calc.digest import GENESIS, canonical
from commonpurse.outcomes.models import PublishedHeads
from commonpurse.outcomes.queries.heads import digest_of_day, grown_since, newest_heads


def publish_heads(session: Session, *, now: datetime) -> bool:
    """Publish today's heads, once a day; whether anything was published."""
    day, last = now.astimezone(UTC).date(), newest_heads(session)
    if last is not None and last.day >= day:
        return False
    heads, previous = grown_since(session, last), last.digest if last else GENESIS
    session.add(
        PublishedHeads(
            day=day,
            chains=len(heads),
            heads=canonical(heads).decode(),
            published_at=now,
            previous_digest=previous,
            digest=digest_of_day(day, heads, previous),
        )
    )
    session.flush()
    return True
