"""How much each body of a consortium weighs, by money and by need: what shares of outcomes rest on."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation_rules import COMMITTED_BUDGET, NEED, POPULATION, REQUIRED_QUANTITY
from commonpurse.calc.quantity import to_smallest
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.queries import joined_bodies
from commonpurse.identity.models import Organisation
from commonpurse.pooling.models import ApprovalState, BudgetContribution, CommitmentLevel, RequirementLine
from commonpurse.pooling.rules.pooled import Need, quantity_weights
from commonpurse.pooling.rules.weights import explain_weights
from commonpurse.reference.models import Area
from commonpurse.reference.queries import titles_of_categories

SCORE_DECIMALS = 3
FIRM = (CommitmentLevel.COMMITTED, CommitmentLevel.GUARANTEED_MINIMUM)


def committed_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """Approved committed and guaranteed pence of every joined body, in roster order; 0 where it has none."""
    sums = session.execute(
        select(BudgetContribution.organisation_id, func.sum(BudgetContribution.amount_pence))
        .where(
            BudgetContribution.consortium_id == consortium_id,
            BudgetContribution.commitment_level.in_(FIRM),
            BudgetContribution.approval == ApprovalState.APPROVED,
        )
        .group_by(BudgetContribution.organisation_id)
        .order_by(BudgetContribution.organisation_id)
    )
    pence = {organisation_id: int(total) for organisation_id, total in sums}
    return {body.organisation_id: pence.get(body.organisation_id, 0) for body in joined_bodies(session, consortium_id)}


def required_quantity_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """What every joined body needs, in roster order, as whole numbers of which only the ratios count; 0 for none.

    `rules.pooled.quantity_weights` says how quantities in several kinds of unit are weighed.
    """
    bodies = [body.organisation_id for body in joined_bodies(session, consortium_id)]
    needs = [need for need in list_needs(session, consortium_id) if need.organisation_id in bodies]
    place = {organisation_id: at for at, organisation_id in enumerate(bodies)}
    weights = quantity_weights(sorted(needs, key=lambda need: place[need.organisation_id]))
    return {organisation_id: weights.get(organisation_id, 0) for organisation_id in bodies}


def population_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """Residents of the area of every joined body, in roster order; 0 for a body without an area."""
    return {body: people or 0 for body, people, _ in _areas(session, consortium_id)}


def need_weights(session: Session, consortium_id: UUID) -> dict[UUID, int]:
    """Residents times the deprivation score of their area in thousandths; 0 where either is not published.

    The score is the population-weighted average of the index of multiple deprivation, see `reference/README.md`.
    """
    return {
        body: (people or 0) * (to_smallest(round(score, SCORE_DECIMALS), SCORE_DECIMALS) if score is not None else 0)
        for body, people, score in _areas(session, consortium_id)
    }


def basis_weights(session: Session, consortium_id: UUID, bases: Iterable[str]) -> dict[str, dict[str, int]]:
    """What each basis of `calc.allocation_rules` says of every joined body today, by the body's key as text."""
    return {
        basis: {str(body): weight for body, weight in WEIGHTS[basis](session, consortium_id).items()} for basis in bases
    }


WEIGHTS: dict[str, Callable[[Session, UUID], dict[UUID, int]]] = {
    COMMITTED_BUDGET: committed_weights,
    REQUIRED_QUANTITY: required_quantity_weights,
    POPULATION: population_weights,
    NEED: need_weights,
}


def _areas(session: Session, consortium_id: UUID) -> list[tuple[UUID, int | None, Decimal | None]]:
    """Every joined body in roster order, with the population and the score of its area."""
    bodies = [body.organisation_id for body in joined_bodies(session, consortium_id)]
    rows = session.execute(
        select(Organisation.id, Area.population, Area.deprivation_score)
        .join(Area, Area.gss == Organisation.area_gss)
        .where(Organisation.id.in_(bodies))
    )
    found = {body: (people, score) for body, people, score in rows}
    return [(body, *found.get(body, (None, None))) for body in bodies]


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
