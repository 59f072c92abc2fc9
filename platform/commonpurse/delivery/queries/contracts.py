"""Pages about contracts: what was promised and how far it is kept, and what the forms start from."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.queries import get_joined_consortium, started_from
from commonpurse.core.actor import Actor
from commonpurse.core.errors import require
from commonpurse.delivery import policy
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.delivery.queries.rows import count_awaiting_check, list_contracts, list_suppliers, rule_agreed_on
from commonpurse.delivery.rules import has_reached_award, quarters_of, say_quarter
from commonpurse.pooling.queries import committed_weights
from commonpurse.workspaces.queries import AgreedTarget, agreed_targets


class CommitmentRow(Struct, frozen=True):
    """One promise and how far it is kept, in smallest units of the measure."""

    measure_id: UUID
    code: str
    title: str
    unit: str
    decimals: int
    committed: int
    reported: int
    verified: int


class ContractPart(Struct, frozen=True):
    """One contract on the page of a consortium's delivery."""

    id: UUID
    title: str
    reference: str
    supplier: str
    price_pence: int
    awarded_on: date
    starts_on: date
    ends_on: date
    commitments: tuple[CommitmentRow, ...]


class DeliveryPage(Struct, frozen=True):
    """The contracts of a consortium, and what waits.

    Attributes:
        committed_pence: what the joined bodies committed and approved, over all years.
        over_pence: by how much the prices of all contracts are higher.
    """

    consortium_id: UUID
    consortium: str
    contracts: tuple[ContractPart, ...]
    committed_pence: int
    over_pence: int
    awaiting_check: int
    rule_agreed: bool
    is_awardable: bool
    may_record_award: bool
    may_report: bool


def delivery_page(session: Session, actor: Actor, consortium_id: UUID) -> DeliveryPage:
    """Contracts with commitments, reported and verified sums. Raises NotFound for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    sums = _sums(session, consortium_id)
    contracts = tuple(_part(contract, sums) for contract in list_contracts(session, consortium_id))
    committed = _committed(session, consortium_id)
    return DeliveryPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        contracts=contracts,
        committed_pence=committed,
        over_pence=max(0, sum(contract.price_pence for contract in contracts) - committed),
        awaiting_check=count_awaiting_check(session, consortium_id),
        rule_agreed=rule_agreed_on(session, consortium_id) is not None,
        is_awardable=has_reached_award(consortium.stage),
        may_record_award=has_reached_award(consortium.stage) and policy.may_record_award(actor, consortium),
        may_report=bool(contracts) and policy.may_report(actor, consortium),
    )


def _committed(session: Session, consortium_id: UUID) -> int:
    return sum(committed_weights(session, consortium_id).values())


def _sums(session: Session, consortium_id: UUID) -> dict[tuple[UUID, UUID], tuple[int, int]]:
    rows = session.execute(
        select(
            OutcomeRecord.contract_id,
            OutcomeRecord.measure_id,
            func.sum(case((OutcomeRecord.status == VerificationStatus.REPORTED, OutcomeRecord.quantity), else_=0)),
            func.sum(case((OutcomeRecord.status == VerificationStatus.VERIFIED, OutcomeRecord.quantity), else_=0)),
        )
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(Contract.consortium_id == consortium_id)
        .group_by(OutcomeRecord.contract_id, OutcomeRecord.measure_id)
        .order_by(OutcomeRecord.contract_id, OutcomeRecord.measure_id)
    )
    return {(contract, measure): (int(reported), int(verified)) for contract, measure, reported, verified in rows}


def _part(contract: Contract, sums: dict[tuple[UUID, UUID], tuple[int, int]]) -> ContractPart:
    lines = []
    for line in sorted(contract.commitments, key=lambda line: line.measure.code):
        reported, verified = sums.get((contract.id, line.measure_id), (0, 0))
        measure = line.measure
        lines.append(
            CommitmentRow(
                measure.id,
                measure.code,
                measure.title,
                measure.unit,
                measure.decimals,
                line.quantity,
                reported,
                verified,
            )
        )
    return ContractPart(
        contract.id,
        contract.title,
        contract.reference,
        contract.supplier.name,
        contract.price_pence,
        contract.awarded_on,
        contract.starts_on,
        contract.ends_on,
        tuple(lines),
    )


class AwardPage(Struct, frozen=True):
    """What the form for an award starts from.

    Attributes:
        rule_agreed_on: the day on which the bodies agreed how outcomes are shared; None where they have not.
        awarded_pence: the price of the contracts there are already.
        started_from: the shared supplier the consortium began with; empty for none, and for one that is registered.
    """

    consortium_id: UUID
    consortium: str
    rule_agreed_on: date | None
    committed_pence: int
    awarded_pence: int
    targets: tuple[AgreedTarget, ...]
    suppliers: tuple[tuple[UUID, str], ...]
    started_from: str


def award_page(session: Session, actor: Actor, consortium_id: UUID) -> AwardPage:
    """Agreed targets and known suppliers. Raises NotFound, and NotAllowed for who may not record the award."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    require(
        policy.may_record_award(actor, consortium),
        "You cannot record the award",
        who="A buyer of the lead authority can do this",
    )
    suppliers = tuple(list_suppliers(session))
    began_with = started_from(session, consortium)
    is_listed = began_with.casefold() in {name.casefold() for _, name in suppliers}
    return AwardPage(
        consortium_id,
        consortium.name,
        rule_agreed_on(session, consortium_id),
        _committed(session, consortium_id),
        sum(contract.price_pence for contract in list_contracts(session, consortium_id)),
        tuple(agreed_targets(session, consortium_id)),
        suppliers,
        "" if is_listed else began_with,
    )


class ReportPage(Struct, frozen=True):
    """What the form for an outcome starts from: promises, and the quarters of their terms that have begun."""

    consortium_id: UUID
    consortium: str
    contracts: tuple[ContractPart, ...]
    quarters: tuple[tuple[date, Sentence], ...]


def report_page(session: Session, actor: Actor, consortium_id: UUID, *, today: date) -> ReportPage:
    """Contracts and quarters to choose from. Raises NotFound, and NotAllowed for who may not report."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    require(
        policy.may_report(actor, consortium),
        "You cannot record outcomes here",
        who="Ask a buyer of your organisation to do it",
    )
    contracts = list_contracts(session, consortium_id)
    quarters = {
        quarter for contract in contracts for quarter in quarters_of(contract.starts_on, contract.ends_on, today)
    }
    return ReportPage(
        consortium_id,
        consortium.name,
        tuple(_part(contract, {}) for contract in contracts),
        tuple((quarter, say_quarter(quarter)) for quarter in sorted(quarters, reverse=True)),
    )
