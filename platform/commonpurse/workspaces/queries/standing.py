"""Where the offers of an item stand now, computed from loaded rows."""

from datetime import date, datetime
from uuid import UUID

from commonpurse.calc import decision
from commonpurse.consortia.models import Consortium, MilestoneKind
from commonpurse.consortia.queries import LONDON
from commonpurse.workspaces import rules
from commonpurse.workspaces.models import AgendaItem, ItemState, Offer
from commonpurse.workspaces.queries.rows import electorate


def closes_on(consortium: Consortium) -> date | None:
    """The day on which negotiation closes, if the timetable has one."""
    return _due_on(consortium, MilestoneKind.NEGOTIATION_CLOSES)


def has_closed(consortium: Consortium, now: datetime) -> bool:
    """Whether the day on which negotiation closes is over; items can still be agreed, each in its own time."""
    last_day = closes_on(consortium)
    return last_day is not None and now.astimezone(LONDON).date() > last_day


def tender_on(consortium: Consortium) -> date | None:
    """The day on which the tender is published, if the timetable has one: it picks the edition of a framework."""
    return _due_on(consortium, MilestoneKind.TENDER_PUBLISHED)


def _due_on(consortium: Consortium, kind: MilestoneKind) -> date | None:
    return next((milestone.due_on for milestone in consortium.milestones if milestone.kind is kind), None)


def notice_ends(consortium: Consortium, offer: Offer) -> date | None:
    """The last day to answer an offer before silence counts."""
    return rules.notice_ends(offer.made_at.astimezone(LONDON).date(), closes_on(consortium))


def current_offer(item: AgendaItem) -> Offer | None:
    """The offer on the table; on an agreed item the one that won."""
    number = item.agreed_number if item.state is ItemState.AGREED else item.current_number
    return next((offer for offer in item.offers if offer.number == number), None)


def outcome_of(consortium: Consortium, offer: Offer, now: datetime) -> decision.Outcome | None:
    """What the consortium's rule says of an offer; None while it has chosen no rule."""
    if consortium.decision_rule is None:
        return None
    last_day = notice_ends(consortium, offer)
    return rules.standing(
        consortium.decision_rule.value,
        consortium.quorum_percent,
        {str(body): weight for body, weight in electorate(consortium).items()},
        {str(position.organisation_id): position.answer.value for position in offer.positions},
        deadline_passed=last_day is not None and now.astimezone(LONDON).date() > last_day,
    )


def carried_by_silence(consortium: Consortium, item: AgendaItem, now: datetime) -> bool:
    """Whether an open item's offer is carried although nobody has acted since: its notice has ended."""
    offer = current_offer(item)
    if item.state is not ItemState.OPEN or offer is None:
        return False
    outcome = outcome_of(consortium, offer, now)
    return outcome is not None and outcome.state is decision.State.CARRIED


def names_of(consortium: Consortium) -> dict[str, str]:
    """What every body that ever took part is called, by its key as text."""
    return {str(part.organisation_id): part.organisation.name for part in consortium.participations}


def name_of(consortium: Consortium, organisation_id: UUID | None) -> str:
    """What one of them is called."""
    return names_of(consortium).get(str(organisation_id), "")
