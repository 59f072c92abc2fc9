"""Every body's share by measure and quarter, for the report that a finance team takes away."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.identity.queries import names_of
from commonpurse.measures.models import Measure
from commonpurse.outcomes.models import PRIMARY, posting


class QuarterlyShare(Struct, frozen=True):
    """What one body got of one measure in one quarter, net of reversals, in the measure's smallest units.

    The body without a name is the unallocated place. `measure_id` and `party` tell apart what has one name.
    """

    measure_id: UUID
    party: str
    measure: str
    unit: str
    decimals: int
    body: str
    quarter_starting: date
    amount: int


def list_quarterly_shares(session: Session, actor: Actor, consortium_id: UUID) -> Sequence[QuarterlyShare]:
    """All of them, by measure, place in the roster and quarter. Raises NotFound, also for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    sums = session.execute(
        select(posting.c.measure_id, posting.c.party, posting.c.quarter_starting, func.sum(posting.c.amount))
        .where(posting.c.consortium_id == consortium.id, posting.c.book == PRIMARY)
        .group_by(posting.c.measure_id, posting.c.party, posting.c.quarter_starting)
    ).all()
    measures = {row.id: row for row in session.scalars(select(Measure).where(Measure.id.in_({row[0] for row in sums})))}
    names = names_of(session, [UUID(party) for _, party, _, _ in sums if party != UNALLOCATED])
    places = {str(part.organisation_id): part.position for part in consortium.participations}
    rows = sorted(sums, key=lambda row: (measures[row[0]].title, row[0], places.get(row[1], len(places)), row[2]))
    return [
        QuarterlyShare(
            measure_id,
            party,
            measures[measure_id].title,
            measures[measure_id].unit,
            measures[measure_id].decimals,
            "" if party == UNALLOCATED else names[UUID(party)],
            quarter,
            int(amount),
        )
        for measure_id, party, quarter, amount in rows
    ]
