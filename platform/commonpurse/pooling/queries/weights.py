"""How much each body of a consortium weighs, by money and by need: what shares of outcomes rest on."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation_rules import COMMITTED_BUDGET, NEED, POPULATION, REQUIRED_QUANTITY
from commonpurse.calc.quantity import to_smallest
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.models import Participation, ParticipationState
from commonpurse.consortia.queries import joined_bodies
from commonpurse.identity.models import Organisation
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel, RequirementLine
from commonpurse.pooling.rules.pooled import Need, quantity_weights
from commonpurse.pooling.rules.weights import explain_weights
from commonpurse.reference.models import Area
from commonpurse.reference.queries import titles_of_categories

SCORE_DECIMALS = 3
FIRM = (CommitmentLevel.COMMITTED, CommitmentLevel.GUARANTEED_MINIMUM)


class _Figures:
    """What the weights of one consortium's joined bodies are worked out of, read when first asked for."""

    def __init__(self, session: Session, consortium_id: UUID) -> None:
        self.session, self.consortium_id = session, consortium_id

    @cached_property
    def areas(self) -> dict[UUID, tuple[int, Decimal]]:
        """The residents of each body's area and its score; 0 for what is not published, or for a body without one."""
        rows = self.session.execute(_areas(), {"consortium_id": self.consortium_id})
        return {body: (people or 0, score or Decimal(0)) for body, people, score in rows}

    @cached_property
    def keys(self) -> dict[UUID, str]:
        """The key of each body as text, in roster order."""
        return {body: str(body) for body in self.areas}

    def committed(self) -> dict[UUID, int]:
        """Approved committed and guaranteed pence."""
        sums = self.session.execute(_committed(), {"consortium_id": self.consortium_id})
        pence = {body: int(total) for body, total in sums}
        return {body: pence.get(body, 0) for body in self.keys}

    def required(self) -> dict[UUID, int]:
        """What is needed, see `required_quantity_weights`."""
        needs = [need for need in list_needs(self.session, self.consortium_id) if need.organisation_id in self.keys]
        place = {organisation_id: at for at, organisation_id in enumerate(self.keys)}
        weights = quantity_weights(sorted(needs, key=lambda need: place[need.organisation_id]))
        return {body: weights.get(body, 0) for body in self.keys}

    def population(self) -> dict[UUID, int]:
        """Residents of the area."""
        return {body: people for body, (people, _) in self.areas.items()}

    def need(self) -> dict[UUID, int]:
        """Residents times the deprivation score of their area in thousandths.

        The score is the population-weighted average of the index of multiple deprivation, see `reference/README.md`.
        """
        return {body: people * _in_thousandths(score) for body, (people, score) in self.areas.items()}


# Every page that weighs asks these two: they are put together once.
@cache
def _areas() -> Select[UUID, int | None, Decimal | None]:
    return (
        select(Organisation.id, Area.population, Area.deprivation_score)
        .join(Participation, Participation.organisation_id == Organisation.id)
        .outerjoin(Area, Area.gss == Organisation.area_gss)
        .where(
            Participation.consortium_id == bindparam("consortium_id"),
            Participation.state == ParticipationState.JOINED,
        )
        .order_by(Participation.position)
    )


@cache
def _committed() -> Select[UUID, int]:
    return (
        select(BudgetContribution.organisation_id, func.sum(BudgetContribution.amount_pence))
        .where(
            BudgetContribution.consortium_id == bindparam("consortium_id"),
            BudgetContribution.commitment_level.in_(FIRM),
            BudgetContribution.approval == ApprovalState.APPROVED,
        )
        .group_by(BudgetContribution.organisation_id)
        .order_by(BudgetContribution.organisation_id)
    )


@lru_cache(maxsize=4096)
def _in_thousandths(score: Decimal) -> int:
    return to_smallest(round(score, SCORE_DECIMALS), SCORE_DECIMALS)


WEIGHTS: dict[str, Callable[[_Figures], dict[UUID, int]]] = {
    COMMITTED_BUDGET: _Figures.committed,
    REQUIRED_QUANTITY: _Figures.required,
    POPULATION: _Figures.population,
    NEED: _Figures.need,
}


def committed_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """Approved committed and guaranteed pence of every joined body, in roster order; 0 where it has none."""
    return _Figures(session, consortium_id).committed()


def required_quantity_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """What every joined body needs, in roster order, as whole numbers of which only the ratios count; 0 for none.

    `rules.pooled.quantity_weights` says how quantities in several kinds of unit are weighed.
    """
    return _Figures(session, consortium_id).required()


def basis_weights(session: Session, consortium_id: UUID, bases: Iterable[str]) -> dict[str, dict[str, int]]:
    """What each basis of `calc.allocation_rules` says of every joined body today, by the body's key as text."""
    figures = _Figures(session, consortium_id)
    return {basis: {figures.keys[body]: weight for body, weight in WEIGHTS[basis](figures).items()} for basis in bases}


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
