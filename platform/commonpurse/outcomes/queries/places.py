"""Whose area holds the place of an outcome, as far as a rule asks."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import Rule
from commonpurse.consortia.models import Consortium, ParticipationState
from commonpurse.identity.models import Organisation
from commonpurse.outcomes.models import Roster
from commonpurse.outcomes.queries.rows import areas_of
from commonpurse.outcomes.rules.tiers import Holding, holders_of
from commonpurse.reference.queries import places_by_tier

Held = str | dict[str, str] | None


def held_places(
    session: Session, consortium: Consortium, roster: Roster, rule: Rule, delivered: Collection[tuple[str, date]]
) -> dict[tuple[str, date], Held]:
    """Who holds each place in each quarter: as `calc.allocation.split` takes it for this rule.

    A body that left holds its area until the quarter in which it did.

    Args:
        delivered: the GSS code of a place and the first day of a quarter, for each.
    """
    if not rule.uses_place:
        return {}
    if not rule.by_tier:
        areas = areas_of(session, roster)
        return {(place, quarter): areas.get(place) for place, quarter in delivered}
    holdings = _holdings(session, consortium, roster)
    places = places_by_tier(session, {place for place, _ in delivered})
    return {
        (place, quarter): dict(holders_of(places.get(place, {}), holdings, first=quarter, after=_next_quarter(quarter)))
        for place, quarter in delivered
    }


def _holdings(session: Session, consortium: Consortium, roster: Roster) -> list[Holding]:
    """The bodies of a roster that have an area, in its order."""
    members = [UUID(party) for party in roster.parties[:-1]]
    areas = dict(
        session.execute(select(Organisation.id, Organisation.area_gss).where(Organisation.id.in_(members))).all()
    )
    left = {
        part.organisation_id: part.answered_at.date()
        for part in consortium.participations
        if part.state is ParticipationState.LEFT and part.answered_at
    }
    return [Holding(str(one), area, until=left.get(one)) for one in members if (area := areas.get(one))]


def _next_quarter(quarter: date) -> date:
    return date(quarter.year + quarter.month // 10, (quarter.month + 2) % 12 + 1, 1)
