"""Rows that commands of this and of higher features start from."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import LONDON, get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.delivery.models import (
    Commitment,
    Contract,
    EvidenceContent,
    EvidenceItem,
    OutcomeRecord,
    VerificationStatus,
)
from commonpurse.identity.models import Organisation, OrganisationKind
from commonpurse.reference.models import Area
from commonpurse.workspaces.queries import agreed_allocation

MOST_SUPPLIERS = 500


def get_contract(session: Session, actor: Actor, consortium_id: UUID, contract_id: UUID) -> tuple[Consortium, Contract]:
    """A contract with its commitments, and its consortium. Raises NotFound, also for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    contract = session.scalars(
        select(Contract)
        .where(Contract.id == contract_id, Contract.consortium_id == consortium.id)
        .options(selectinload(Contract.commitments).joinedload(Commitment.measure))
    ).one_or_none()
    if contract is None:
        raise NotFound("There is no such contract in this consortium")
    return consortium, contract


def list_contracts(session: Session, consortium_id: UUID) -> list[Contract]:
    """The contracts of a consortium with supplier and commitments, the oldest first."""
    return list(
        session.scalars(
            select(Contract)
            .where(Contract.consortium_id == consortium_id)
            .options(joinedload(Contract.supplier), selectinload(Contract.commitments).joinedload(Commitment.measure))
            .order_by(Contract.awarded_on, Contract.recorded_at, Contract.id)
        )
    )


def rule_agreed_on(session: Session, consortium_id: UUID) -> date | None:
    """The day in London on which the bodies agreed last how outcomes are shared; None where they have not."""
    agreed = agreed_allocation(session, consortium_id)
    return agreed.agreed_at.astimezone(LONDON).date() if agreed is not None else None


def get_record(
    session: Session, actor: Actor, consortium_id: UUID, record_id: UUID, *, lock: bool = False
) -> tuple[Consortium, OutcomeRecord]:
    """A record with its measure, contract and evidence, and its consortium. Raises NotFound, also for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    query = (
        select(OutcomeRecord)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(OutcomeRecord.id == record_id, Contract.consortium_id == consortium.id)
        .options(
            selectinload(OutcomeRecord.measure),
            selectinload(OutcomeRecord.contract),
            selectinload(OutcomeRecord.place),
            selectinload(OutcomeRecord.evidence),
        )
    )
    if lock:
        query = query.with_for_update(of=OutcomeRecord).execution_options(populate_existing=True)
    record = session.scalars(query).one_or_none()
    if record is None:
        raise NotFound("There is no such record in this consortium")
    return consortium, record


def count_awaiting_check(session: Session, consortium_id: UUID) -> int:
    """How many records of a consortium wait for a second person."""
    return (
        session.scalar(
            select(func.count())
            .select_from(OutcomeRecord)
            .join(Contract, Contract.id == OutcomeRecord.contract_id)
            .where(Contract.consortium_id == consortium_id, OutcomeRecord.status == VerificationStatus.REPORTED)
        )
        or 0
    )


def find_place(session: Session, typed: str) -> Area | None:
    """The area of a GSS code, or the only one of a name, however its letters are cased."""
    plain = typed.strip()
    found = session.get(Area, plain.upper())
    if found is not None or not plain:
        return found
    named = session.scalars(
        select(Area).where(func.lower(Area.name) == plain.lower()).order_by(Area.gss).limit(2)
    ).all()
    return named[0] if len(named) == 1 else None


def list_suppliers(session: Session) -> list[tuple[UUID, str]]:
    """Suppliers and VCFSE bodies that can be awarded a contract, by name, at most 500."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind.in_([OrganisationKind.SUPPLIER, OrganisationKind.VCFSE]))
        .order_by(Organisation.name, Organisation.id)
        .limit(MOST_SUPPLIERS)
    )
    return [(row.id, row.name) for row in rows]


def find_supplier(session: Session, supplier_id: UUID) -> Organisation | None:
    """The supplier or VCFSE body with this key."""
    found = session.get(Organisation, supplier_id)
    return found if found and found.kind in {OrganisationKind.SUPPLIER, OrganisationKind.VCFSE} else None


def has_content(session: Session, sha256: str) -> bool:
    """Whether these bytes are stored already."""
    return session.scalar(select(EvidenceContent.sha256).where(EvidenceContent.sha256 == sha256)) is not None


def get_evidence(
    session: Session, actor: Actor, consortium_id: UUID, record_id: UUID, evidence_id: UUID
) -> tuple[EvidenceItem, bytes]:
    """A file of a record and its bytes. Raises NotFound, also for outsiders."""
    _, record = get_record(session, actor, consortium_id, record_id)
    item = next((item for item in record.evidence if item.id == evidence_id), None)
    if item is None:
        raise NotFound("There is no such file on this record")
    content = session.scalars(select(EvidenceContent.content).where(EvidenceContent.sha256 == item.sha256)).one()
    return item, content
