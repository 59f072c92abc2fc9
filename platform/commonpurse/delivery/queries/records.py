"""Pages about records: the list, one record, and those that wait for a second person."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from commonpurse.calc import quantity
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.models import Consortium, Participation, ParticipationState
from commonpurse.consortia.queries import LONDON, get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import Waiting
from commonpurse.delivery import policy
from commonpurse.delivery.models import Contract, EvidenceContent, EvidenceItem, OutcomeRecord, VerificationStatus
from commonpurse.delivery.queries.claims import is_rival
from commonpurse.delivery.queries.clashes import Contest, contest_over
from commonpurse.delivery.queries.rows import get_record
from commonpurse.delivery.rules import say_day, say_quarter
from commonpurse.identity.models import Role
from commonpurse.identity.queries import labels_of, names_of
from commonpurse.measures.models import Measure

PER_PAGE = 25
MOST_EXPORTED = 20_000
MOST_WAITING = 50


class RecordFilter(Struct, frozen=True):
    """What the list of records is narrowed to; empty values do not narrow."""

    status: str = ""
    measure_id: UUID | None = None
    quarter_starting: date | None = None


class RecordRow(Struct, frozen=True):
    """One record in the list; `quantity` is in smallest units."""

    id: UUID
    measure: str
    unit: str
    decimals: int
    quantity: int
    quarter_starting: date
    quarter: Sentence
    place: str
    place_gss: str
    status: str
    reported_for: str
    reported_at: datetime
    files: int


class RecordsPage(Struct, frozen=True):
    """One page of the records of a consortium, and what to filter by."""

    consortium_id: UUID
    consortium: str
    records: tuple[RecordRow, ...]
    chosen: RecordFilter
    measures: tuple[tuple[UUID, str], ...]
    quarters: tuple[tuple[date, Sentence], ...]
    number: int
    pages: int
    total: int
    exported: int
    may_report: bool


def records_page(
    session: Session, actor: Actor, consortium_id: UUID, *, chosen: RecordFilter, number: int = 1
) -> RecordsPage:
    """One page of the records, the newest first. Raises NotFound for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    every = _chosen(consortium_id, chosen)
    total = session.scalar(every.with_only_columns(func.count()).order_by(None)) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), pages)
    measures = session.execute(
        select(Measure.id, Measure.title)
        .where(Measure.id.in_(_of_consortium(consortium_id).with_only_columns(OutcomeRecord.measure_id)))
        .order_by(Measure.title, Measure.id)
    ).all()
    quarters = session.scalars(
        _of_consortium(consortium_id)
        .with_only_columns(OutcomeRecord.quarter_starting)
        .distinct()
        .order_by(OutcomeRecord.quarter_starting.desc())
    ).all()
    return RecordsPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        records=_rows(session, every.offset((number - 1) * PER_PAGE).limit(PER_PAGE)),
        chosen=chosen,
        measures=tuple((row.id, row.title) for row in measures),
        quarters=tuple((quarter, say_quarter(quarter)) for quarter in quarters),
        number=number,
        pages=pages,
        total=total,
        exported=min(total, MOST_EXPORTED),
        may_report=policy.may_report(actor, consortium),
    )


class RecordsExport(Struct, frozen=True):
    """The chosen records for a download, the newest first; `left_out` are those beyond the most of one file."""

    records: tuple[RecordRow, ...]
    left_out: int


def list_records(session: Session, actor: Actor, consortium_id: UUID, *, chosen: RecordFilter) -> RecordsExport:
    """The records that are chosen, at most 20,000. Raises NotFound for outsiders."""
    get_joined_consortium(session, actor, consortium_id)
    every = _chosen(consortium_id, chosen)
    records = _rows(session, every.limit(MOST_EXPORTED))
    if len(records) < MOST_EXPORTED:
        return RecordsExport(records, 0)
    total = session.scalar(every.with_only_columns(func.count()).order_by(None)) or 0
    return RecordsExport(records, max(0, total - len(records)))


def _of_consortium(consortium_id: UUID) -> Select[Any]:
    return (
        select(OutcomeRecord)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(Contract.consortium_id == consortium_id)
    )


def _chosen(consortium_id: UUID, chosen: RecordFilter) -> Select[Any]:
    query = _of_consortium(consortium_id)
    if chosen.status in set(VerificationStatus):
        query = query.where(OutcomeRecord.status == VerificationStatus(chosen.status))
    if chosen.measure_id is not None:
        query = query.where(OutcomeRecord.measure_id == chosen.measure_id)
    if chosen.quarter_starting is not None:
        query = query.where(OutcomeRecord.quarter_starting == chosen.quarter_starting)
    return query.order_by(OutcomeRecord.reported_at.desc(), OutcomeRecord.id)


def _rows(session: Session, query: Select[Any]) -> tuple[RecordRow, ...]:
    options = (
        joinedload(OutcomeRecord.measure),
        joinedload(OutcomeRecord.place),
        joinedload(OutcomeRecord.evidence),
    )
    records = session.scalars(query.options(*options)).unique().all()
    names = names_of(session, {record.reported_for_id for record in records})
    return tuple(
        RecordRow(
            record.id,
            record.measure.title,
            record.measure.unit,
            record.measure.decimals,
            record.quantity,
            record.quarter_starting,
            say_quarter(record.quarter_starting),
            record.place.name,
            record.place_gss,
            record.status.value,
            names[record.reported_for_id],
            record.reported_at,
            len(record.evidence),
        )
        for record in records
    )


class EvidenceRow(Struct, frozen=True):
    """A file of a record."""

    id: UUID
    filename: str
    media_type: str
    sha256: str
    size_bytes: int
    added_at: datetime


class RecordPage(Struct, frozen=True):
    """One record with its evidence; the beneficiary is known only by the first digits of a pseudonym.

    `is_shared_evidence`: a file of it is also that of another record of its contract that claims something.
    """

    consortium_id: UUID
    consortium: str
    record: RecordRow
    version: int
    contract: str
    subject_kind: str
    subject: str
    description: str
    reported_by: str
    checked_by: str | None
    checked_at: datetime | None
    reason: str
    corrects_id: UUID | None
    corrected_by_id: UUID | None
    evidence: tuple[EvidenceRow, ...]
    is_shared_evidence: bool
    contest: Contest | None
    is_own: bool
    may_check: bool
    may_correct: bool
    may_reopen: bool
    may_record_again: bool


def record_page(session: Session, actor: Actor, consortium_id: UUID, record_id: UUID) -> RecordPage:
    """Everything about one record. Raises NotFound for outsiders."""
    consortium, record = get_record(session, actor, consortium_id, record_id)
    labels = labels_of(session, {record.reported_by_id, *([record.checked_by_id] if record.checked_by_id else [])})
    sizes = dict(
        session.execute(
            select(EvidenceContent.sha256, EvidenceContent.size_bytes).where(
                EvidenceContent.sha256.in_([item.sha256 for item in record.evidence])
            )
        ).all()
    )
    replacement = session.scalars(select(OutcomeRecord.id).where(OutcomeRecord.corrects_id == record.id)).one_or_none()
    [row] = _rows(session, select(OutcomeRecord).where(OutcomeRecord.id == record.id))
    rival = is_rival(session, actor, record)
    return RecordPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        record=row,
        version=record.version,
        contract=record.contract.title,
        subject_kind=record.subject_kind.value,
        subject=record.subject_key[:8],
        description=record.description,
        reported_by=labels[record.reported_by_id],
        checked_by=labels.get(record.checked_by_id) if record.checked_by_id else None,
        checked_at=record.checked_at,
        reason=record.reason,
        corrects_id=record.corrects_id,
        corrected_by_id=replacement,
        evidence=tuple(
            EvidenceRow(item.id, item.filename, item.media_type, item.sha256, sizes[item.sha256], item.added_at)
            for item in record.evidence
        ),
        is_shared_evidence=_shares_evidence(session, record),
        contest=contest_over(session, actor, consortium, record),
        is_own=record.reported_by_id == actor.person_id,
        may_check=policy.may_check(actor, consortium, record, is_rival=rival),
        may_correct=policy.may_correct(actor, consortium, record),
        may_reopen=policy.may_reopen(actor, consortium, record, is_rival=rival),
        may_record_again=record.status is VerificationStatus.RETURNED and policy.may_report(actor, consortium),
    )


def _shares_evidence(session: Session, record: OutcomeRecord) -> bool:
    other = (
        select(EvidenceItem.id)
        .join(OutcomeRecord, OutcomeRecord.id == EvidenceItem.record_id)
        .where(
            OutcomeRecord.contract_id == record.contract_id,
            OutcomeRecord.id != record.id,
            OutcomeRecord.status.in_([VerificationStatus.REPORTED, VerificationStatus.VERIFIED]),
            EvidenceItem.sha256.in_([item.sha256 for item in record.evidence]),
        )
        .limit(1)
    )
    return bool(record.evidence) and session.scalar(other) is not None


def waiting(session: Session, actor: Actor, today: date) -> list[Waiting]:  # noqa: ARG001 - these have no date
    """Records of the actor's consortia that wait for a second person, the oldest first."""
    if actor.organisation_id is None or not actor.has_role(Role.BUYER, Role.APPROVER):
        return []
    query = (
        select(OutcomeRecord)
        .join(OutcomeRecord.contract)
        .join(Contract.consortium)
        .join(Participation, Participation.consortium_id == Consortium.id)
        .where(
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.JOINED,
            OutcomeRecord.status == VerificationStatus.REPORTED,
            OutcomeRecord.reported_by_id != actor.person_id,
        )
        .options(
            contains_eager(OutcomeRecord.contract).contains_eager(Contract.consortium),
            joinedload(OutcomeRecord.measure),
            joinedload(OutcomeRecord.place),
        )
        .order_by(OutcomeRecord.reported_at, OutcomeRecord.id)
        .limit(MOST_WAITING)
    )
    records = session.scalars(query).all()
    names = names_of(session, {record.reported_for_id for record in records})
    return [
        Waiting(
            msgid="Check a delivered outcome: %(measure)s, %(quantity)s in %(place)s, "
            "reported by %(body)s on %(day)s at %(time)s",
            endpoint="delivery.show_record",
            values={
                "measure": record.measure.title,
                "quantity": quantity.say_with_unit(
                    quantity.from_smallest(record.quantity, record.measure.decimals), record.measure.unit
                ),
                "place": record.place.name,
                "body": names[record.reported_for_id],
                **_moment(record.reported_at),
            },
            arguments={"consortium_id": record.contract.consortium_id, "record_id": record.id},
            consortium=record.contract.consortium.name,
        )
        for record in records
    ]


def _moment(at: datetime) -> dict[str, Any]:
    """When it was, in London: what tells records apart that are alike in all else."""
    local = at.astimezone(LONDON)
    return {"day": say_day(local.date()), "time": f"{local:%-I:%M%p}".lower()}
