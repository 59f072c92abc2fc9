"""The statement of one body: its exact share of everything, quarter by quarter, and the line that adds up."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc.explain import Sentence
from commonpurse.consortia.models import Consortium, ParticipationState
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.delivery.models import Contract, EvidenceItem, OutcomeRecord
from commonpurse.delivery.queries import count_awaiting_check, say_quarter
from commonpurse.identity.queries import names_of
from commonpurse.measures.queries import unit_value_for
from commonpurse.outcomes.models import PRIMARY, PostedSplit, posting
from commonpurse.outcomes.queries.ledger import MeasureColumn, Party, explain_share, shares_so_far
from commonpurse.outcomes.queries.rows import counts_now, is_split
from commonpurse.outcomes.rules import worth_pence
from commonpurse.reference.queries import names_of_areas

MOST_SPLITS = 200


class StatementLine(Struct, frozen=True):
    """What the body has of one measure from one place, in smallest units."""

    measure: str
    unit: str
    decimals: int
    place: str
    place_gss: str
    opening: int
    period: int
    cumulative: int


class StatementMeasure(Struct, frozen=True):
    """What the body has of one measure, beside the whole of it, with the certificate line."""

    column: MeasureColumn
    opening: int
    period: int
    cumulative: int
    records: int
    files: int


class StatementValue(Struct, frozen=True):
    """What a share is worth at one framework's unit value; lines of different frameworks are never added."""

    measure: str
    framework: str
    edition: str
    price_year: int | None
    pence: int
    source: str
    url: str


class StatementSplit(Struct, frozen=True):
    """A split that counts now and that a figure of this period comes from, and how the share came about in words."""

    id: UUID
    measure: str
    unit: str
    decimals: int
    place: str
    share: int
    sentences: tuple[Sentence, ...]


class Statement(Struct, frozen=True):
    """A body's statement up to the end of a quarter."""

    consortium_id: UUID
    consortium: str
    organisation_id: UUID
    organisation: str
    until: date | None
    quarter: Sentence | None
    quarters: tuple[tuple[date, Sentence], ...]
    bodies: tuple[Party, ...]
    parties: tuple[Party, ...]
    lines: tuple[StatementLine, ...]
    measures: tuple[StatementMeasure, ...]
    values: tuple[StatementValue, ...]
    splits: tuple[StatementSplit, ...]
    awaiting_check: int


def statement(
    session: Session, actor: Actor, consortium_id: UUID, organisation_id: UUID, *, until: date | None = None
) -> Statement:
    """The statement of a body up to the quarter `until`, by default the last with an outcome.

    Raises:
        NotFound: the actor's body has not joined, or the other body has no part in the consortium.
    """
    consortium = get_joined_consortium(session, actor, consortium_id)
    bodies = _bodies(consortium)
    if organisation_id not in {body.id for body in bodies}:
        raise NotFound("There is no such body in this consortium")
    quarters = session.scalars(
        select(PostedSplit.quarter_starting)
        .where(PostedSplit.consortium_id == consortium_id, PostedSplit.book == PRIMARY)
        .distinct()
        .order_by(PostedSplit.quarter_starting.desc())
    ).all()
    until = until if until in quarters else (quarters[0] if quarters else None)
    parties, columns = shares_so_far(session, consortium, until=until)
    shares = _shares(session, consortium_id, organisation_id, until)
    by_id = {column.id: column for column in columns}
    places = names_of_areas(session, {place for _, place, _ in shares})
    return Statement(
        consortium_id=consortium_id,
        consortium=consortium.name,
        organisation_id=organisation_id,
        organisation=names_of(session, [organisation_id])[organisation_id],
        until=until,
        quarter=say_quarter(until) if until else None,
        quarters=tuple((quarter, say_quarter(quarter)) for quarter in quarters),
        bodies=bodies,
        parties=parties,
        lines=_lines(shares, by_id, places, until),
        measures=_measures(session, consortium_id, columns, shares, until),
        values=_values(session, shares, by_id),
        splits=_splits(session, consortium, organisation_id, by_id, until),
        awaiting_check=count_awaiting_check(session, consortium_id),
    )


def _bodies(consortium: Consortium) -> tuple[Party, ...]:
    """The bodies that have or had a part: those who joined, and those who left with shares to their name."""
    states = {ParticipationState.JOINED, ParticipationState.LEFT}
    return tuple(
        Party(part.organisation_id, part.organisation.name)
        for part in consortium.participations
        if part.state in states
    )


Shares = dict[tuple[UUID, str, date], int]
"""What a body has, by measure, place and quarter."""


def _shares(session: Session, consortium_id: UUID, organisation_id: UUID, until: date | None) -> Shares:
    if until is None:
        return {}
    rows = session.execute(
        select(posting.c.measure_id, posting.c.place_gss, posting.c.quarter_starting, func.sum(posting.c.amount))
        .where(
            posting.c.consortium_id == consortium_id,
            posting.c.book == PRIMARY,
            posting.c.party == str(organisation_id),
            posting.c.quarter_starting <= until,
        )
        .group_by(posting.c.measure_id, posting.c.place_gss, posting.c.quarter_starting)
        .order_by(posting.c.measure_id, posting.c.place_gss, posting.c.quarter_starting)
    )
    return {(measure_id, place, quarter): int(amount) for measure_id, place, quarter, amount in rows}


def _lines(
    shares: Shares, columns: dict[UUID, MeasureColumn], places: dict[str, str], until: date | None
) -> tuple[StatementLine, ...]:
    sums: dict[tuple[UUID, str], list[int]] = defaultdict(lambda: [0, 0])
    for (measure_id, place, quarter), amount in shares.items():
        sums[measure_id, place][quarter == until] += amount
    lines = [
        StatementLine(
            columns[measure_id].title,
            columns[measure_id].unit,
            columns[measure_id].decimals,
            places[place],
            place,
            opening,
            period,
            opening + period,
        )
        for (measure_id, place), (opening, period) in sums.items()
    ]
    return tuple(sorted(lines, key=lambda line: (line.measure, line.place, line.place_gss)))


def _measures(
    session: Session,
    consortium_id: UUID,
    columns: tuple[MeasureColumn, ...],
    shares: Shares,
    until: date | None,
) -> tuple[StatementMeasure, ...]:
    evidence = {
        measure_id: (records, files)
        for measure_id, records, files in session.execute(
            select(
                OutcomeRecord.measure_id,
                func.count(func.distinct(OutcomeRecord.id)),
                func.count(EvidenceItem.id),
            )
            .join(Contract, Contract.id == OutcomeRecord.contract_id)
            .outerjoin(EvidenceItem, EvidenceItem.record_id == OutcomeRecord.id)
            .where(
                Contract.consortium_id == consortium_id,
                OutcomeRecord.quarter_starting <= (until or date.max),
                is_split(),
            )
            .group_by(OutcomeRecord.measure_id)
            .order_by(OutcomeRecord.measure_id)
        )
    }
    made = []
    for column in columns:
        own = {quarter: 0 for _, _, quarter in shares}
        for (measure_id, _, quarter), amount in shares.items():
            own[quarter] += amount if measure_id == column.id else 0
        period, cumulative = own.get(until, 0) if until else 0, sum(own.values())
        records, files = evidence.get(column.id, (0, 0))
        made.append(StatementMeasure(column, cumulative - period, period, cumulative, records, files))
    return tuple(made)


def _values(session: Session, shares: Shares, columns: dict[UUID, MeasureColumn]) -> tuple[StatementValue, ...]:
    """One line for each measure, framework, edition and price year that has a unit value; none where none applies."""
    by_year: dict[tuple[UUID, int], int] = defaultdict(int)
    for (measure_id, _, quarter), amount in shares.items():
        by_year[measure_id, quarter.year] += amount
    lines: dict[tuple[str, str, str, int | None, str, str], int] = defaultdict(int)
    for (measure_id, year), amount in sorted(by_year.items()):
        column = columns[measure_id]
        value = unit_value_for(session, unit=column.unit, year=year)
        if value is not None and value.value_gbp is not None:
            key = (column.title, value.framework, value.edition, value.price_year, value.source, value.url)
            lines[key] += worth_pence(amount, column.decimals, value.value_gbp)
    return tuple(
        StatementValue(measure, framework, edition, price_year, pence, source, url)
        for (measure, framework, edition, price_year, source, url), pence in lines.items()
    )


def _splits(
    session: Session,
    consortium: Consortium,
    organisation_id: UUID,
    columns: dict[UUID, MeasureColumn],
    until: date | None,
) -> tuple[StatementSplit, ...]:
    if until is None:
        return ()
    rows = session.execute(
        select(posting.c.split_id, posting.c.measure_id, posting.c.place_gss, posting.c.amount, PostedSplit.explanation)
        .join(PostedSplit, PostedSplit.id == posting.c.split_id)
        .where(
            posting.c.consortium_id == consortium.id,
            posting.c.book == PRIMARY,
            posting.c.party == str(organisation_id),
            posting.c.quarter_starting == until,
            counts_now(),
        )
        .order_by(PostedSplit.scope, PostedSplit.seq)
        .limit(MOST_SPLITS)
    ).all()
    names = {str(part.organisation_id): part.organisation.name for part in consortium.participations}
    places = names_of_areas(session, {row.place_gss for row in rows})
    return tuple(
        StatementSplit(
            row.split_id,
            columns[row.measure_id].title,
            columns[row.measure_id].unit,
            columns[row.measure_id].decimals,
            places[row.place_gss],
            row.amount,
            explain_share(row.explanation, str(organisation_id), columns[row.measure_id].decimals, names),
        )
        for row in rows
    )
