"""What the bodies of a consortium can spend, by year."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium, joined_bodies
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound
from commonpurse.identity.models import Person
from commonpurse.pooling import policy
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel
from commonpurse.pooling.queries.needs import MOST_SHOWN, NO_LINE, Contents
from commonpurse.pooling.queries.weights import FIRM


class YearRow(Struct, frozen=True):
    """One financial year; `amounts` follow the bodies of the page, None where a body brings nothing."""

    financial_year: int
    amounts: tuple[int | None, ...]
    total_pence: int


class BudgetTable(Struct, frozen=True):
    """Years down, bodies across, and the totals of each."""

    rows: tuple[YearRow, ...]
    totals: tuple[int, ...]
    total_pence: int


class ContributionRow(Struct, frozen=True):
    """One contribution as it was entered, and what became of it."""

    id: UUID
    organisation: str
    financial_year: int
    amount_pence: int
    commitment_level: str
    source: str
    approval: str
    entered_by: str
    entered_at: datetime
    approved_by: str
    reason: str
    version: int
    may_approve: bool
    may_change: bool


class BudgetPage(Struct, frozen=True):
    """The pooled budget: approved firm money, indicative money and what waits for approval, apart."""

    consortium_id: UUID
    consortium: str
    bodies: tuple[tuple[UUID, str], ...]
    committed: BudgetTable
    guaranteed_pence: int
    indicative: BudgetTable
    awaited_pence: int
    contributions: tuple[ContributionRow, ...]
    contribution_count: int
    is_open: bool
    may_enter: bool


def budget_contents(financial_year: int, amount_pence: int, commitment_level: str, source: str) -> Contents:
    """What makes two contributions of a body the same."""
    return financial_year, amount_pence, str(commitment_level), source.casefold()


def own_budget_contents(session: Session, consortium_id: UUID, organisation_id: UUID) -> dict[Contents, UUID]:
    """The contents of every contribution of the body that was not refused, with the contribution's key."""
    rows = session.execute(
        select(
            BudgetContribution.id,
            BudgetContribution.financial_year,
            BudgetContribution.amount_pence,
            BudgetContribution.commitment_level,
            BudgetContribution.source,
        ).where(
            BudgetContribution.consortium_id == consortium_id,
            BudgetContribution.organisation_id == organisation_id,
            BudgetContribution.approval != ApprovalState.REFUSED,
        )
    )
    return {budget_contents(year, pence, level, source): key for key, year, pence, level, source in rows}


def get_contribution(
    session: Session, consortium_id: UUID, contribution_id: UUID, *, lock: bool = False
) -> BudgetContribution:
    """A contribution to the consortium, which the caller has looked up for the actor. Raises NotFound."""
    query = select(BudgetContribution).where(
        BudgetContribution.id == contribution_id, BudgetContribution.consortium_id == consortium_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    contribution = session.scalars(query).one_or_none()
    if contribution is None:
        raise NotFound(NO_LINE)
    return contribution


def budget_page(session: Session, actor: Actor, consortium_id: UUID) -> BudgetPage:
    """The pooled budget, always in the same number of SELECTs. Raises NotFound unless the body joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    bodies = tuple((body.organisation_id, body.name) for body in joined_bodies(session, consortium_id))
    places = [body for body, _ in bodies]
    sums = _sums(session, consortium_id, places)
    return BudgetPage(
        consortium_id,
        consortium.name,
        bodies,
        _table([each for each in sums if each.level in FIRM and each.approval is ApprovalState.APPROVED], places),
        _total(sums, (CommitmentLevel.GUARANTEED_MINIMUM,), ApprovalState.APPROVED),
        _table([each for each in sums if each.level is CommitmentLevel.INDICATIVE], places),
        _total(sums, FIRM, ApprovalState.AWAITED),
        _contributions(session, actor, consortium, places),
        sum(each.lines for each in sums),
        policy.is_open(consortium),
        policy.may_enter(actor, consortium),
    )


class _Sum(Struct, frozen=True):
    year: int
    body: UUID
    level: CommitmentLevel
    approval: ApprovalState
    pence: int
    lines: int


def _sums(session: Session, consortium_id: UUID, bodies: Sequence[UUID]) -> list[_Sum]:
    by = (
        BudgetContribution.financial_year,
        BudgetContribution.organisation_id,
        BudgetContribution.commitment_level,
        BudgetContribution.approval,
    )
    rows = session.execute(
        select(*by, func.sum(BudgetContribution.amount_pence), func.count())
        .where(BudgetContribution.consortium_id == consortium_id, BudgetContribution.organisation_id.in_(bodies))
        .group_by(*by)
        .order_by(*by)
    )
    return [_Sum(year, body, level, approval, int(pence), lines) for year, body, level, approval, pence, lines in rows]


def _total(sums: Iterable[_Sum], levels: Sequence[CommitmentLevel], approval: ApprovalState) -> int:
    return sum(each.pence for each in sums if each.level in levels and each.approval is approval)


def _table(sums: Iterable[_Sum], bodies: Sequence[UUID]) -> BudgetTable:
    years: dict[int, dict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    for each in sums:
        years[each.year][each.body] += each.pence
    rows = tuple(
        YearRow(year, tuple(amounts.get(body) for body in bodies), sum(amounts.values()))
        for year, amounts in sorted(years.items())
    )
    totals = tuple(sum(row.amounts[at] or 0 for row in rows) for at in range(len(bodies)))
    return BudgetTable(rows, totals, sum(totals))


def _contributions(
    session: Session, actor: Actor, consortium: Consortium, bodies: Sequence[UUID]
) -> tuple[ContributionRow, ...]:
    enterer, approver = aliased(Person), aliased(Person)
    rows = session.execute(
        select(BudgetContribution, enterer.label, approver.label)
        .join(enterer, enterer.id == BudgetContribution.entered_by_id)
        .outerjoin(approver, approver.id == BudgetContribution.approved_by_id)
        .where(BudgetContribution.consortium_id == consortium.id, BudgetContribution.organisation_id.in_(bodies))
        .options(joinedload(BudgetContribution.organisation))
        .order_by(
            BudgetContribution.organisation_id != actor.organisation_id,
            BudgetContribution.organisation_id,
            BudgetContribution.financial_year,
            BudgetContribution.entered_at,
            BudgetContribution.id,
        )
        .limit(MOST_SHOWN)
    )
    return tuple(_row(actor, consortium, line, entered_by, approved_by or "") for line, entered_by, approved_by in rows)


def _row(
    actor: Actor, consortium: Consortium, line: BudgetContribution, entered_by: str, approved_by: str
) -> ContributionRow:
    return ContributionRow(
        line.id,
        line.organisation.name,
        line.financial_year,
        line.amount_pence,
        line.commitment_level,
        line.source,
        line.approval,
        entered_by,
        line.entered_at,
        approved_by,
        line.reason,
        line.version,
        policy.may_approve(actor, line, consortium),
        policy.may_change_budget(actor, line, consortium),
    )


def contribution_page(
    session: Session, actor: Actor, consortium_id: UUID, contribution_id: UUID
) -> tuple[str, ContributionRow]:
    """The consortium's name and one contribution to it. Raises NotFound unless the body joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    line = get_contribution(session, consortium_id, contribution_id)
    people = {line.entered_by_id, line.approved_by_id or line.entered_by_id}
    rows = session.execute(select(Person.id, Person.label).where(Person.id.in_(people)))
    labels = {row.id: row.label for row in rows}
    approved_by = labels.get(line.approved_by_id, "") if line.approved_by_id else ""
    return consortium.name, _row(actor, consortium, line, labels[line.entered_by_id], approved_by)
