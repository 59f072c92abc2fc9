"""How much each body of a consortium weighs, by money and by need: what shares of outcomes rest on."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation_rules import COMMITTED_BUDGET, NEED, POPULATION, REQUIRED_QUANTITY
from commonpurse.calc.quantity import to_smallest
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.models import Participation, ParticipationState
from commonpurse.consortia.queries import joined_bodies
from commonpurse.core.db import read_columns
from commonpurse.identity.models import Organisation
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel, RequirementLine
from commonpurse.pooling.rules.pooled import Need, quantity_weights
from commonpurse.pooling.rules.weights import explain_weights
from commonpurse.reference.models import Area
from commonpurse.reference.queries import titles_of_categories

SCORE_DECIMALS = 3
FIRM = (CommitmentLevel.COMMITTED, CommitmentLevel.GUARANTEED_MINIMUM)


class _Figures:
    """What the weights of one consortium's joined bodies are worked out of; each weighs them in roster order."""

    def __init__(self, session: Session, consortium_id: UUID) -> None:
        self.session, self.consortium_id = session, consortium_id

    @cached_property
    def rows(self) -> Sequence[Row[UUID, int | None, Decimal | None, int | None]]:
        """Each body, the residents of its area and their score where they are published, and its firm pence if any."""
        return read_columns(self.session, _figures(), {"consortium_id": self.consortium_id})

    @cached_property
    def bodies(self) -> list[UUID]:
        """In roster order."""
        return [row[0] for row in self.rows]

    @cached_property
    def keys(self) -> list[str]:
        """The same as text."""
        return [str(body) for body in self.bodies]

    def committed(self) -> list[int]:
        """Approved committed and guaranteed pence."""
        return [int(pence or 0) for _, _, _, pence in self.rows]

    def required(self) -> list[int]:
        """What is needed, see `required_quantity_weights`."""
        place = {body: at for at, body in enumerate(self.bodies)}
        needs = [need for need in list_needs(self.session, self.consortium_id) if need.organisation_id in place]
        weights = quantity_weights(sorted(needs, key=lambda need: place[need.organisation_id]))
        return [weights.get(body, 0) for body in self.bodies]

    def population(self) -> list[int]:
        """Residents of the area."""
        return [people or 0 for _, people, _, _ in self.rows]

    def need(self) -> list[int]:
        """Residents times the deprivation score of their area in thousandths.

        The score is the population-weighted average of the index of multiple deprivation, see `reference/README.md`.
        """
        return [people * _in_thousandths(score) if people and score else 0 for _, people, score, _ in self.rows]


@cache
def _figures() -> Select[UUID, int | None, Decimal | None, int | None]:
    """Put together once, since every page that weighs asks for it."""
    firm = (
        select(BudgetContribution.organisation_id, func.sum(BudgetContribution.amount_pence).label("pence"))
        .where(
            BudgetContribution.consortium_id == bindparam("consortium_id"),
            BudgetContribution.commitment_level.in_(FIRM),
            BudgetContribution.approval == ApprovalState.APPROVED,
        )
        .group_by(BudgetContribution.organisation_id)
        .subquery()
    )
    return (
        select(Organisation.id, Area.population, Area.deprivation_score, firm.c.pence)
        .join(Participation, Participation.organisation_id == Organisation.id)
        .outerjoin(Area, Area.gss == Organisation.area_gss)
        .outerjoin(firm, firm.c.organisation_id == Organisation.id)
        .where(
            Participation.consortium_id == bindparam("consortium_id"),
            Participation.state == ParticipationState.JOINED,
        )
        .order_by(Participation.position)
    )


@lru_cache(maxsize=4096)
def _in_thousandths(score: Decimal) -> int:
    return to_smallest(round(score, SCORE_DECIMALS), SCORE_DECIMALS)


WEIGHTS: dict[str, Callable[[_Figures], list[int]]] = {
    COMMITTED_BUDGET: _Figures.committed,
    REQUIRED_QUANTITY: _Figures.required,
    POPULATION: _Figures.population,
    NEED: _Figures.need,
}


def committed_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """Approved committed and guaranteed pence of every joined body, in roster order; 0 where it has none."""
    figures = _Figures(session, consortium_id)
    return dict(zip(figures.bodies, figures.committed(), strict=True))


def required_quantity_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """What every joined body needs, in roster order, as whole numbers of which only the ratios count; 0 for none.

    `rules.pooled.quantity_weights` says how quantities in several kinds of unit are weighed.
    """
    figures = _Figures(session, consortium_id)
    return dict(zip(figures.bodies, figures.required(), strict=True))


def basis_weights(session: Session, consortium_id: UUID, bases: Iterable[str]) -> dict[str, dict[str, int]]:
    """What each basis of `calc.allocation_rules` says of every joined body today, by the body's key as text."""
    figures = _Figures(session, consortium_id)
    return {basis: dict(zip(figures.keys, WEIGHTS[basis](figures), strict=True)) for basis in bases}


def weight_words(session: Session, consortium_id: UUID) -> tuple[Sentence, ...]:
    """How the joined bodies weigh by required quantity, each body's share, and warnings: sentences for a page."""
    names = {body.organisation_id: body.name for body in joined_bodies(session, consortium_id)}
    needs = [need for need in list_needs(session, consortium_id) if need.organisation_id in names]
    words = explain_weights(needs, names, titles_of_categories(session, {need.category_code for need in needs}))
    return (*words.explanation, *words.shares, *words.warnings)


def list_needs(session: Session, consortium_id: UUID) -> list[Need]:
    """Every requirement line of the consortium, as it was entered."""
    rows = session.execute(
        select(
            RequirementLine.id,
            RequirementLine.organisation_id,
            RequirementLine.category_code,
            RequirementLine.description,
            RequirementLine.quantity,
            RequirementLine.unit,
        )
        .where(RequirementLine.consortium_id == consortium_id)
        .order_by(RequirementLine.entered_at, RequirementLine.id)
    )
    return [Need(*row) for row in rows]
