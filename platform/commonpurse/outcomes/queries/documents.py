"""Statements made from the ledger: what counts is read once, then each body's document is made of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc import quantity
from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.calc.explain import adds_up
from commonpurse.calc.quantity import to_smallest
from commonpurse.consortia.models import Consortium
from commonpurse.delivery.models import Contract, EvidenceItem, OutcomeRecord
from commonpurse.delivery.queries import say_quarter
from commonpurse.identity.queries import names_of
from commonpurse.measures.models import Measure
from commonpurse.measures.queries import UnitValueRow, unit_values_for
from commonpurse.outcomes.models import PRIMARY, PostedSplit, Roster
from commonpurse.outcomes.queries.ledger import explain_share
from commonpurse.outcomes.queries.rows import counts_now
from commonpurse.outcomes.rules import (
    UNALLOCATED_NAME,
    Document,
    Evidence,
    Fair,
    Line,
    MeasureFigures,
    Named,
    OutcomeLine,
    SplitLine,
    ValueLine,
    words_of,
    worth_pence,
)
from commonpurse.outcomes.rules.documents import FORMAT
from commonpurse.outcomes.rules.figures import entitled
from commonpurse.reference.queries import names_of_areas
from commonpurse.workspaces.queries import agreed_targets

__all__ = ["Document", "MeasureFigures", "Source", "document_of", "source_of"]


class Source(Struct, frozen=True):
    """What the statements of a consortium are made of, whatever body and quarter.

    Attributes:
        seen: the measure, quarter and parties of everything that was ever split, counting or not.
        names: of every body, contract and place, by key.
        evidence: the files of each record, by the record's key of 32 digits.
    """

    consortium: Consortium
    rows: Sequence[PostedSplit]
    seen: tuple[tuple[UUID, date, tuple[str, ...]], ...]
    measures: Mapping[UUID, Measure]
    names: Mapping[str, str]
    evidence: Mapping[str, tuple[Evidence, ...]]
    targets: Mapping[UUID, Decimal]
    unit_values: Mapping[tuple[UUID, int], UnitValueRow]

    @property
    def quarters(self) -> tuple[date, ...]:
        """The first day of every quarter with a split, the newest first."""
        return tuple(sorted({quarter for _, quarter, _ in self.seen}, reverse=True))


def source_of(session: Session, consortium: Consortium) -> Source:
    """Everything that counts in a consortium now. The caller has checked who asks."""
    mine = (PostedSplit.consortium_id == consortium.id, PostedSplit.book == PRIMARY)
    seen = session.execute(
        select(PostedSplit.measure_id, PostedSplit.quarter_starting, Roster.parties)
        .join(Roster, Roster.id == PostedSplit.roster_id)
        .where(*mine)
        .distinct()
        .order_by(PostedSplit.measure_id, PostedSplit.quarter_starting)
    )
    places_seen = tuple((measure_id, quarter, tuple(parties)) for measure_id, quarter, parties in seen)
    rows = session.scalars(
        select(PostedSplit).where(*mine, counts_now()).order_by(PostedSplit.scope, PostedSplit.seq)
    ).all()
    measures = {
        row.id: row
        for row in session.scalars(
            select(Measure)
            .where(Measure.id.in_({measure_id for measure_id, _, _ in places_seen}))
            .order_by(Measure.title, Measure.id)
        )
    }
    return Source(
        consortium=consortium,
        rows=rows,
        seen=places_seen,
        measures=measures,
        names=_names(session, consortium, rows, places_seen),
        evidence=_evidence(session, consortium.id),
        targets={target.measure_id: target.quantity for target in agreed_targets(session, consortium.id)},
        unit_values=_unit_values(session, rows, measures),
    )


def _names(
    session: Session,
    consortium: Consortium,
    rows: Sequence[PostedSplit],
    seen: tuple[tuple[UUID, date, tuple[str, ...]], ...],
) -> dict[str, str]:
    bodies = {UUID(party) for _, _, parties in seen for party in parties if party != UNALLOCATED}
    bodies |= {part.organisation_id for part in consortium.participations}
    contracts = session.execute(
        select(Contract.id, Contract.title).where(Contract.id.in_({row.contract_id for row in rows}))
    )
    return {
        UNALLOCATED: UNALLOCATED_NAME,
        **{str(key): name for key, name in names_of(session, list(bodies)).items()},
        **{str(key): title for key, title in contracts},
        **names_of_areas(session, {row.place_gss for row in rows}),
    }


def _evidence(session: Session, consortium_id: UUID) -> dict[str, tuple[Evidence, ...]]:
    """The files of every record of the consortium, by the record's key of 32 digits, the oldest first."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    items = session.execute(
        select(EvidenceItem.id, EvidenceItem.record_id, EvidenceItem.sha256)
        .join(OutcomeRecord, OutcomeRecord.id == EvidenceItem.record_id)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(Contract.consortium_id == consortium_id)
        .order_by(EvidenceItem.added_at, EvidenceItem.id)
    )
    for key, record_id, sha256 in items:
        path = f"/consortia/{consortium_id}/delivery/outcomes/{record_id}/evidence/{key}"
        found[record_id.hex].append(Evidence(sha256, path))
    return {record: tuple(files) for record, files in found.items()}


def _unit_values(
    session: Session, rows: Sequence[PostedSplit], measures: Mapping[UUID, Measure]
) -> dict[tuple[UUID, int], UnitValueRow]:
    units = {(row.measure_id, row.quarter_starting.year): measures[row.measure_id].unit for row in rows}
    found = unit_values_for(session, {(unit, year) for (_, year), unit in units.items()})
    return {key: found[unit, key[1]] for key, unit in units.items() if (unit, key[1]) in found}


def document_of(source: Source, organisation_id: UUID, until: date) -> Document:
    """The statement of a body up to the end of the quarter that starts on `until`."""
    body = str(organisation_id)
    rows = [row for row in source.rows if row.quarter_starting <= until]
    parties = _parties(source, until)
    splits = tuple(_split(source, row, body) for row in rows)
    lines = _lines(source, splits, until)
    return Document(
        format=FORMAT,
        language="en-GB",
        consortium=Named(str(source.consortium.id), source.consortium.name),
        body=Named(body, source.names[body]),
        until=until.isoformat(),
        quarter=words_of(say_quarter(until)),
        parties=tuple(Named(party, source.names[party]) for party in parties),
        contracts=_named(source, {line.contract for line in lines}),
        places=_named(source, {line.place for line in lines}),
        measures=tuple(
            _measure(source, measure, parties, splits, lines, body)
            for measure in source.measures.values()
            if any(key == measure.id and quarter <= until for key, quarter, _ in source.seen)
        ),
        lines=lines,
        values=_values(source, splits),
        splits=splits,
        issue=None,
    )


def _parties(source: Source, until: date) -> list[str]:
    """Whoever had a place up to then, in the order of the consortium's participations, the unallocated place last."""
    seen = {party for _, quarter, parties in source.seen if quarter <= until for party in parties}
    order = [str(part.organisation_id) for part in source.consortium.participations]
    return [*(party for party in order if party in seen), UNALLOCATED]


def _named(source: Source, keys: set[str]) -> tuple[Named, ...]:
    return tuple(sorted((Named(key, source.names[key]) for key in keys), key=lambda each: (each.name, each.id)))


def _split(source: Source, row: PostedSplit, body: str) -> SplitLine:
    parties: list[str] = row.explanation["roster"]
    decimals, has_part = source.measures[row.measure_id].decimals, body in parties
    sentences = explain_share(row.explanation, body, decimals, source.names) if has_part else ()
    return SplitLine(
        id=str(row.id),
        digest=row.digest,
        measure=str(row.measure_id),
        contract=str(row.contract_id),
        place=row.place_gss,
        quarter=row.quarter_starting.isoformat(),
        total=row.total,
        share=row.amounts[parties.index(body)] if has_part else 0,
        amounts=tuple(row.amounts),
        record=dict(row.explanation),
        outcomes=tuple(
            OutcomeLine(str(UUID(outcome)), version, units, source.evidence.get(outcome, ()))
            for outcome, version, units in zip(row.outcomes, row.versions, row.quantities, strict=True)
        ),
        sentences=tuple(words_of(sentence) for sentence in sentences),
    )


def _lines(source: Source, splits: Sequence[SplitLine], until: date) -> tuple[Line, ...]:
    """The body's share by measure, contract and place, wherever it had a place among those who shared."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for split in splits:
        if split.sentences:
            sums[split.measure, split.contract, split.place][split.quarter == until.isoformat()] += split.share
    order = {str(key): number for number, key in enumerate(source.measures)}
    lines = [
        Line(measure, contract, place, opening, period, opening + period)
        for (measure, contract, place), (opening, period) in sums.items()
    ]
    names = source.names
    return tuple(
        sorted(
            lines,
            key=lambda line: (order[line.measure], names[line.place], line.place, names[line.contract], line.contract),
        )
    )


def _measure(
    source: Source,
    measure: Measure,
    parties: Sequence[str],
    splits: Sequence[SplitLine],
    lines: Sequence[Line],
    body: str,
) -> MeasureFigures:
    own = [split for split in splits if split.measure == str(measure.id)]
    amounts = dict.fromkeys(parties, 0)
    for split in own:
        for party, share in zip(split.record["roster"], split.amounts, strict=True):
            amounts[party] += share
    whole, kept = sum(amounts.values()), [line for line in lines if line.measure == str(measure.id)]
    cumulative, exact = sum(line.cumulative for line in kept), entitled(own, body)
    target = source.targets.get(measure.id)
    agreed = None if target is None else to_smallest(target, measure.decimals)
    certificate = adds_up(whole, list(amounts.values()), lambda units: quantity.say(units, measure.decimals))
    return MeasureFigures(
        id=str(measure.id),
        title=measure.title,
        unit=measure.unit,
        decimals=measure.decimals,
        opening=sum(line.opening for line in kept),
        period=sum(line.period for line in kept),
        cumulative=cumulative,
        whole=whole,
        amounts=tuple(amounts.values()),
        certificate=words_of(certificate) if own else None,
        fair_share=None if exact is None else Fair.of(exact),
        difference=None if exact is None else Fair.of(cumulative - exact),
        target=agreed,
        missing=None if agreed is None else max(0, agreed - whole),
        records=sum(len(split.outcomes) for split in own),
        files=sum(len(outcome.evidence) for split in own for outcome in split.outcomes),
    )


def _values(source: Source, splits: Sequence[SplitLine]) -> tuple[ValueLine, ...]:
    """One line for each measure and year that has a unit value."""
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for split in splits:
        sums[split.measure, int(split.quarter[:4])] += split.share
    made = []
    for (key, year), amount in sorted(sums.items()):
        measure, value = source.measures[UUID(key)], source.unit_values.get((UUID(key), year))
        if value is not None and value.value_gbp is not None:
            pence = worth_pence(amount, measure.decimals, value.value_gbp)
            said = {name: getattr(value, name) for name in ("framework", "edition", "price_year", "source", "url")}
            made.append(ValueLine(key, year, amount, value_gbp=f"{value.value_gbp:f}", pence=pence, **said))
    return tuple(made)
