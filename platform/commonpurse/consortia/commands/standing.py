"""What others set or read about a consortium: voting weights, and its public face."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.consortia import policy, queries
from commonpurse.consortia.commands.agreement import read_reason
from commonpurse.consortia.events import SummaryPublished, SummaryWithdrawn, WeightChanged
from commonpurse.consortia.models import Consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound, Refused, Stale, require

MOST_SUMMARY = 5000


def set_weight(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    organisation_id: UUID,
    weight_pence: int,
    now: datetime | None = None,
) -> int | None:
    """Give a joined body the weight of its committed and approved budget.

    Returns:
        The number of the event; None where the weight is already this one.

    Raises:
        NotFound, NotAllowed: see `policy.may_set_weight`.
        ValueError: a weight below zero.
    """
    consortium = queries.get_joined_consortium(session, actor, consortium_id)
    require(
        policy.may_set_weight(actor, consortium, organisation_id),
        "You cannot change the voting weight of this body",
        who="A buyer or an approver of that body",
    )
    part = queries.participation_of(consortium, organisation_id)
    if part is None:
        raise NotFound("This body takes no part in the consortium")
    if weight_pence < 0:
        raise ValueError("a voting weight is zero or more")
    if part.voting_weight == weight_pence:
        return None
    part.voting_weight = weight_pence
    event = WeightChanged(organisation_id, body=part.organisation.name, weight_pence=weight_pence)
    return log.record(session, actor, consortium.stream, event, at=now)


def publish_summary(
    session: Session, actor: Actor, *, consortium_id: UUID, public_summary: str, seen_version: int, now: datetime
) -> int:
    """Show everybody, without sign-in, what the consortium is about; publishing again replaces the text."""
    consortium = _to_publish(session, actor, consortium_id, seen_version)
    plain = public_summary.replace("\r\n", "\n").strip()
    if not plain:
        raise Refused("Enter the summary that everybody may read", field="public_summary")
    if len(plain) > MOST_SUMMARY:
        raise Refused(
            "The summary must be %(most)s characters or fewer", field="public_summary", most=f"{MOST_SUMMARY:,}"
        )
    consortium.public_summary, consortium.published_at = plain, now
    return log.record(session, actor, consortium.stream, SummaryPublished(plain), at=now)


def withdraw_summary(session: Session, actor: Actor, *, consortium_id: UUID, reason: str, seen_version: int) -> int:
    """Take the public page down, with a reason for the log."""
    consortium = _to_publish(session, actor, consortium_id, seen_version)
    if consortium.published_at is None:
        raise Refused("Nothing about this consortium is published")
    why = read_reason(reason, message("Enter why the public page is taken down"))
    consortium.published_at = None
    return log.record(session, actor, consortium.stream, SummaryWithdrawn(why))


def _to_publish(session: Session, actor: Actor, consortium_id: UUID, seen_version: int) -> Consortium:
    consortium = queries.get_joined_consortium(session, actor, consortium_id, lock=True)
    require(policy.may_edit(actor, consortium), policy.LEAD_CHANGES_THIS, who=policy.WHO_LEADS)
    if consortium.version != seen_version:
        raise Stale("Somebody else changed this consortium. Check what is there now and try again")
    return consortium
