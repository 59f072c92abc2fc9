"""What everybody may read about a consortium that has published itself."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from commonpurse.calc.quantity import from_smallest
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import Face, face_of, joined_bodies, stages_in_words
from commonpurse.core.errors import NotFound
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.delivery.queries import list_contracts
from commonpurse.measures.queries import MeasureRow, measures_by_id
from commonpurse.reference.models import Area
from commonpurse.workspaces.queries import agreed_targets

ROWS_A_PAGE = 20


class RegisterPage(Struct, frozen=True):
    """One page of the register; `pages` counts them."""

    rows: tuple[Face, ...]
    total: int
    number: int
    pages: int


def register_page(session: Session, *, q: str = "", number: int = 1) -> RegisterPage:
    """Published consortia whose name or place holds every word of `q`, the latest published first.

    Args:
        number: which page; the nearest there is where there is none of that number.
    """
    query = select(Consortium).where(Consortium.published_at.is_not(None))
    for word in q.split():
        query = query.where(
            Consortium.name.icontains(word, autoescape=True)
            | Consortium.areas.any(Area.name.icontains(word, autoescape=True))
        )
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Consortium.id).subquery())) or 0
    pages = max(1, -(-total // ROWS_A_PAGE))
    number = min(max(1, number), pages)
    rows = session.scalars(
        query.options(
            joinedload(Consortium.lead),
            joinedload(Consortium.category),
            selectinload(Consortium.milestones),
            selectinload(Consortium.areas),
        )
        .order_by(Consortium.published_at.desc(), Consortium.id)
        .limit(ROWS_A_PAGE)
        .offset((number - 1) * ROWS_A_PAGE)
    )
    faces = tuple(face_of(consortium) for consortium in rows)
    return RegisterPage(faces, total, number, pages)


class Promise(Struct, frozen=True):
    """A quantity of one measure, in its unit; `framework` and `edition` are empty for a body's own measure."""

    measure: str
    quantity: Decimal
    unit: str
    framework: str
    edition: str
    contract: str = ""


class PublicContract(Struct, frozen=True):
    """What is public of a contract."""

    title: str
    supplier: str
    starts_on: date
    ends_on: date


class PublicPage(Struct, frozen=True):
    """A published consortium: its face, the bodies that have joined, all stages, what was promised and kept.

    `verified` are totals of the whole consortium, over all contracts; shares of single bodies are not public.
    """

    face: Face
    bodies: tuple[str, ...]
    stages: tuple[tuple[str, str], ...]
    targets: tuple[Promise, ...]
    contracts: tuple[PublicContract, ...]
    commitments: tuple[Promise, ...]
    verified: tuple[Promise, ...]


def public_page(session: Session, consortium_id: UUID) -> PublicPage:
    """What a consortium has published. Raises NotFound where it has published nothing."""
    consortium = session.scalars(
        select(Consortium).where(Consortium.id == consortium_id, Consortium.published_at.is_not(None))
    ).one_or_none()
    if consortium is None:
        raise NotFound("No consortium has published a page here")
    names = tuple(body.name for body in joined_bodies(session, consortium.id))
    targets = [(target.measure_id, target.quantity) for target in agreed_targets(session, consortium.id)]
    contracts = list_contracts(session, consortium.id)
    verified = _verified(session, consortium.id)
    committed = [(line.measure_id, line.quantity, contract) for contract in contracts for line in contract.commitments]
    named = {line.measure_id for contract in contracts for line in contract.commitments}
    measures = measures_by_id(session, named | {key for key, _ in (*targets, *verified)})
    return PublicPage(
        face=face_of(consortium),
        bodies=names,
        stages=stages_in_words(),
        targets=tuple(_promise(measures[key], quantity) for key, quantity in targets),
        contracts=tuple(
            PublicContract(contract.title, contract.supplier.name, contract.starts_on, contract.ends_on)
            for contract in contracts
        ),
        commitments=_sorted(
            _promise(measures[key], from_smallest(amount, measures[key].decimals), contract.title)
            for key, amount, contract in committed
        ),
        verified=_sorted(
            _promise(measures[key], from_smallest(amount, measures[key].decimals)) for key, amount in verified
        ),
    )


def _verified(session: Session, consortium_id: UUID) -> list[tuple[UUID, int]]:
    """What was verified of each measure, over all contracts, in smallest units."""
    rows = session.execute(
        select(OutcomeRecord.measure_id, func.sum(OutcomeRecord.quantity))
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(Contract.consortium_id == consortium_id, OutcomeRecord.status == VerificationStatus.VERIFIED)
        .group_by(OutcomeRecord.measure_id)
    )
    return [(measure_id, int(amount)) for measure_id, amount in rows]


def _promise(measure: MeasureRow, quantity: Decimal, contract: str = "") -> Promise:
    is_own = measure.framework_version_id is None
    framework = "" if is_own else measure.framework
    return Promise(measure.title, quantity, measure.unit, framework, measure.edition, contract)


def _sorted(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    return tuple(sorted(promises, key=lambda promise: (promise.contract, promise.measure, promise.framework)))
