"""Recording what was delivered, checking it, and replacing a record that was wrong."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.quantity import from_smallest, to_smallest
from commonpurse.consortia.queries import LONDON
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotAllowed, Refused, Stale, require
from commonpurse.core.pseudonym import pseudonym
from commonpurse.delivery import events, policy, queries
from commonpurse.delivery.commands.claims import free_claim, store_claim
from commonpurse.delivery.commands.evidence import UploadedFile, attach, attach_again, read_evidence
from commonpurse.delivery.models import (
    Contract,
    OutcomeRecord,
    SubjectKind,
    VerificationStatus,
)
from commonpurse.delivery.rules import (
    counts_heads,
    is_in_term,
    quantity_fault,
    quarter_of,
    say_day,
)
from commonpurse.measures.models import Measure


def record_outcome(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    contract_id: UUID,
    measure_id: UUID,
    quantity: Decimal,
    quarter_starting: date,
    place: str,
    subject_kind: str,
    subject_reference: str,
    description: str,
    files: Sequence[UploadedFile],
    now: datetime,
) -> UUID:
    """Record a delivered outcome, which then waits for a second person.

    Args:
        quantity: in the measure's unit; of a measure that counts heads 1 at most, for one person is one.
        place: GSS code or name of the area where it was delivered.
        subject_reference: names the beneficiary or asset; only its pseudonym is kept.
        files: what proves it, one at least.

    Returns:
        The record's key.

    Raises:
        NotFound, NotAllowed: see `policy.may_report`.
        Refused: the figures cannot be, or the thing is claimed already.
    """
    consortium, contract = queries.get_contract(session, actor, consortium_id, contract_id)
    require(
        policy.may_report(actor, consortium),
        "You cannot record outcomes here",
        who="Ask a buyer of your organisation to do it",
    )
    measure = _measure(contract, measure_id)
    kind = _kind(measure, subject_kind)
    record = OutcomeRecord(
        contract_id=contract.id,
        measure_id=measure.id,
        quantity=_units(measure, quantity),
        quarter_starting=_quarter(contract, quarter_starting, _today(now)),
        place_gss=_place(session, place),
        subject_kind=kind,
        subject_key=_key(kind, subject_reference),
        description=description,
        reported_by_id=actor.person,
        reported_for_id=actor.organisation,
        reported_at=now,
    )
    evidence = read_evidence(files)
    store_claim(session, actor, record, now)
    attach(session, actor, record, evidence, now)
    _report(session, actor, consortium.stream, record, measure, len(evidence), now)
    return record.id


def check_record(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    record_id: UUID,
    answer: str,
    reason: str,
    seen_version: int,
    now: datetime,
) -> None:
    """Verify a record as a second person (`answer` is "verify"), or return it with a reason ("return").

    Raises:
        NotFound, NotAllowed: see `policy.may_check`.
        Refused: a record is returned without a reason.
        Stale: somebody else checked or corrected it.
    """
    consortium, record = queries.get_record(session, actor, consortium_id, record_id, lock=True)
    if record.version != seen_version or record.status is not VerificationStatus.REPORTED:
        raise Stale("Somebody else changed this record. Check it and try again")
    if record.reported_by_id == actor.person_id:
        raise NotAllowed("You recorded this yourself", who="Another buyer or approver of a joined body can check it")
    require(
        policy.may_check(actor, consortium, record, is_rival=queries.is_rival(session, actor, record)),
        "You cannot check this record",
        who=queries.WHO_CHECKS,
    )
    if answer not in {"verify", "return"}:
        raise Refused("Select whether the record is right", field="answer")
    if answer == "return" and not reason.strip():
        raise Refused("Enter why you return it", field="reason")
    record.checked_by_id, record.checked_at, record.reason = actor.person, now, reason.strip()
    measure = record.measure
    if answer == "return":
        record.status = VerificationStatus.RETURNED
        free_claim(session, actor, record, now)
        returned = events.OutcomeReturned(record_id=record.id, measure=measure.title, reason=record.reason)
        log.record(session, actor, consortium.stream, returned, at=now)
        return
    record.status = VerificationStatus.VERIFIED
    quantity = from_smallest(record.quantity, measure.decimals)
    verified = events.OutcomeVerified(record_id=record.id, measure=measure.title, quantity=quantity, unit=measure.unit)
    log.record(session, actor, consortium.stream, verified, at=now)


def replace_record(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    record_id: UUID,
    quantity: Decimal,
    quarter_starting: date,
    place: str,
    reason: str,
    seen_version: int,
    now: datetime,
) -> tuple[OutcomeRecord, OutcomeRecord]:
    """Set a record aside for a new one with the right figures, which a second person has to check.

    The ledger takes the old one back: `outcomes.commands.correct_outcome` is what people call.

    Returns:
        The old record and its replacement.

    Raises:
        NotFound, NotAllowed: see `policy.may_correct`.
        Refused: the figures cannot be, or the thing is claimed already in the other quarter.
        Stale: somebody else changed the record.
    """
    consortium, record = queries.get_record(session, actor, consortium_id, record_id, lock=True)
    if record.version != seen_version:
        raise Stale("Somebody else changed this record. Check it and try again")
    require(
        policy.may_correct(actor, consortium, record),
        "You cannot correct this record",
        who="A buyer of the body that recorded it, or of the lead authority, can while it counts",
    )
    if not reason.strip():
        raise Refused("Enter why the record is corrected", field="reason")
    measure = record.measure
    units, place_gss = _units(measure, quantity), _place(session, place)
    quarter = _quarter(record.contract, quarter_starting, _today(now))
    if (units, quarter, place_gss) == (record.quantity, record.quarter_starting, record.place_gss):
        raise Refused("Change the quantity, the quarter or the place", field="quantity")
    replacement = OutcomeRecord(
        contract_id=record.contract_id,
        measure_id=record.measure_id,
        quantity=units,
        quarter_starting=quarter,
        place_gss=place_gss,
        subject_kind=record.subject_kind,
        subject_key=record.subject_key,
        description=record.description,
        reported_by_id=actor.person,
        reported_for_id=record.reported_for_id,
        reported_at=now,
        corrects_id=record.id,
    )
    store_claim(session, actor, replacement, now, replaces=record)
    free_claim(session, actor, record, now)
    attach_again(session, actor, record, replacement, now)
    event = events.OutcomeCorrected(
        record_id=record.id, replacement_id=replacement.id, measure=measure.title, reason=reason.strip()
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return record, replacement


def reopen_record(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    record_id: UUID,
    reason: str,
    seen_version: int,
    now: datetime,
) -> OutcomeRecord:
    """Send a verified record back: it counts no longer, and its subject can be claimed again.

    The ledger takes it back: `outcomes.commands.reopen_outcome` is what people call.

    Raises:
        NotFound, NotAllowed: see `policy.may_reopen`.
        Refused: there is no reason.
        Stale: somebody else changed the record.
    """
    consortium, record = queries.get_record(session, actor, consortium_id, record_id, lock=True)
    if record.version != seen_version:
        raise Stale("Somebody else changed this record. Check it and try again")
    require(
        policy.may_reopen(actor, consortium, record, is_rival=queries.is_rival(session, actor, record)),
        "You cannot send this record back",
        who=queries.WHO_SENDS_BACK,
    )
    if not reason.strip():
        raise Refused("Enter why the record is sent back", field="reason")
    record.status = VerificationStatus.RETURNED
    record.checked_by_id, record.checked_at, record.reason = actor.person, now, reason.strip()
    free_claim(session, actor, record, now)
    event = events.OutcomeReopened(record_id=record.id, measure=record.measure.title, reason=record.reason)
    log.record(session, actor, consortium.stream, event, at=now)
    return record


def _measure(contract: Contract, measure_id: UUID) -> Measure:
    for commitment in contract.commitments:
        if commitment.measure_id == measure_id:
            return commitment.measure
    raise Refused("Select a measure the supplier committed to", field="commitment")


def _kind(measure: Measure, subject_kind: str) -> SubjectKind:
    if subject_kind not in set(SubjectKind):
        raise Refused("Select whether a person or a thing is claimed", field="subject_kind")
    if measure.counts == SubjectKind.BENEFICIARY and subject_kind != SubjectKind.BENEFICIARY:
        raise Refused("%(measure)s counts people: select a person", field="subject_kind", measure=measure.title)
    if measure.counts != SubjectKind.BENEFICIARY and subject_kind == SubjectKind.BENEFICIARY:
        raise Refused("%(measure)s does not count people: select a thing", field="subject_kind", measure=measure.title)
    return SubjectKind(subject_kind)


def _units(measure: Measure, quantity: Decimal) -> int:
    fault = quantity_fault(
        quantity,
        measure=measure.title,
        unit=measure.unit,
        decimals=measure.decimals,
        stated_decimals=measure.stated_decimals,
    )
    if fault is not None:
        raise Refused(fault.msgid, field="quantity", **fault.values)
    if counts_heads(measure.unit, measure.counts) and quantity > 1:
        raise Refused("One person can be claimed for 1 at most. Record each person", field="quantity")
    return to_smallest(quantity, measure.decimals)


def _today(now: datetime) -> date:
    return now.astimezone(LONDON).date()


def _quarter(contract: Contract, quarter_starting: date, today: date) -> date:
    if quarter_of(quarter_starting) != quarter_starting:
        raise Refused("Select a quarter", field="quarter_starting")
    if not is_in_term(quarter_starting, contract.starts_on, contract.ends_on):
        raise Refused(
            "Select a quarter within the term of the contract, %(starts)s to %(ends)s",
            field="quarter_starting",
            starts=say_day(contract.starts_on),
            ends=say_day(contract.ends_on),
        )
    if quarter_starting > today:
        raise Refused("Select a quarter that has begun", field="quarter_starting")
    return quarter_starting


def _place(session: Session, typed: str) -> str:
    area = queries.find_place(session, typed)
    if area is None:
        raise Refused("Enter the name or the GSS code of an area, such as Gateshead or E08000037", field="place")
    return area.gss


def _key(kind: SubjectKind, reference: str) -> str:
    try:
        return pseudonym(kind.value, reference)
    except ValueError as error:
        raise Refused("Enter the reference of the person or thing", field="subject_reference") from error


def _report(
    session: Session, actor: Actor, stream: str, record: OutcomeRecord, measure: Measure, files: int, now: datetime
) -> None:
    event = events.OutcomeReported(
        record_id=record.id,
        measure=measure.title,
        quantity=from_smallest(record.quantity, measure.decimals),
        unit=measure.unit,
        quarter_starting=record.quarter_starting,
        place_gss=record.place_gss,
        files=files,
    )
    log.record(session, actor, stream, event, at=now)
