"""Reading frameworks, measures and unit values."""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotAllowed, NotFound
from commonpurse.identity.models import Organisation
from commonpurse.measures import policy
from commonpurse.measures.models import FrameworkVersion, Measure, ModelRule, Outcome, Theme, UnitValue
from commonpurse.measures.rules import ModelRuleTerms, is_in_force

PAGE_SIZE = 50
CENTRAL_CARBON = "DESNZ-CARBON-{year}-CENTRAL"
SHARED: dict[str, Callable[[Session, Actor, UUID], bool]] = {}
"""Whether the actor's body buys together with others by a measure one of them made, by feature; `app` fills it."""


class FrameworkRow(Struct, frozen=True):
    """One edition in the list of frameworks."""

    id: UUID
    title: str
    edition: str
    publisher: str
    in_force_from: date | None
    in_force_until: date | None
    measures: int

    def covers(self, day: date) -> bool:
        """Whether the edition covers procurements that commence on `day`."""
        return is_in_force(day, self.in_force_from, self.in_force_until)


class MeasureRow(Struct, frozen=True):
    """A measure as lists and choices show it."""

    id: UUID
    code: str
    title: str
    unit: str
    decimals: int
    counts: str
    framework: str
    edition: str
    framework_version_id: UUID | None
    """None for a measure that a body made itself."""


class FrameworksPage(Struct, frozen=True):
    """All editions and the reader's own measures."""

    frameworks: tuple[FrameworkRow, ...]
    own: tuple[MeasureRow, ...]
    may_add: bool


def adding_body(session: Session, actor: Actor) -> Organisation:
    """The body for which the actor adds measures. Raises NotAllowed: see `policy.may_add_measure`."""
    organisation = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    if organisation is None or not policy.may_add_measure(actor, organisation):
        raise NotAllowed(
            "You cannot add measures for this organisation", who="A buyer of a public body can add measures"
        )
    return organisation


def frameworks_page(session: Session, actor: Actor) -> FrameworksPage:
    """Every edition, newest first, and the measures of the reader's organisation."""
    organisation = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    return FrameworksPage(
        list_editions(session),
        tuple(own_measures(session, actor)),
        organisation is not None and policy.may_add_measure(actor, organisation),
    )


def list_editions(session: Session) -> tuple[FrameworkRow, ...]:
    """Every edition of every framework, newest first, and how many measures it has."""
    counts = dict(
        session.execute(
            select(Measure.framework_version_id, func.count())
            .where(Measure.framework_version_id.is_not(None))
            .group_by(Measure.framework_version_id)
        ).all()
    )
    rows = session.scalars(
        select(FrameworkVersion).order_by(
            FrameworkVersion.in_force_from.desc().nulls_last(), FrameworkVersion.title, FrameworkVersion.edition
        )
    )
    return tuple(
        FrameworkRow(
            row.id,
            row.title,
            row.edition,
            row.publisher,
            row.in_force_from,
            row.in_force_until,
            counts.get(row.id, 0),
        )
        for row in rows
    )


def own_measures(session: Session, actor: Actor) -> list[MeasureRow]:
    """The measures the actor's organisation made itself, by code."""
    if actor.organisation_id is None:
        return []
    rows = session.scalars(_measures().where(Measure.owner_id == actor.organisation_id).order_by(Measure.code))
    return [_row(measure) for measure in rows]


def choosable_measures(session: Session, owners: Collection[UUID]) -> list[MeasureRow]:
    """Measures that can be shared out: every framework's, and those made by `owners`, by framework and code."""
    rows = session.scalars(
        _measures().where(Measure.counts != "none", or_(Measure.owner_id.is_(None), Measure.owner_id.in_(owners)))
    )
    return sorted((_row(measure) for measure in rows), key=lambda row: (row.framework, row.edition, row.code))


def measures_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, MeasureRow]:
    """These measures by key."""
    return {row.id: _row(row) for row in session.scalars(_measures().where(Measure.id.in_(ids)))}


def get_measure(session: Session, actor: Actor, measure_id: UUID) -> Measure:
    """A published measure, or one of the actor's body or of a consortium it has joined. Raises NotFound."""
    measure = session.scalars(_measures().where(Measure.id == measure_id)).one_or_none()
    if measure is not None:
        is_made = measure.owner_id is not None
        is_shared = is_made and any(shares(session, actor, measure_id) for shares in SHARED.values())
        if policy.may_see_measure(actor, measure, is_shared=is_shared):
            return measure
    raise NotFound("There is no such measure")


def _measures() -> Select[Measure]:
    return select(Measure).options(joinedload(Measure.framework_version))


def _row(measure: Measure) -> MeasureRow:
    version = measure.framework_version
    return MeasureRow(
        measure.id,
        measure.code,
        measure.title,
        measure.unit,
        measure.decimals,
        measure.counts,
        version.title if version else measure.source,
        version.edition if version else "",
        measure.framework_version_id,
    )


def get_framework(session: Session, framework_version_id: UUID) -> FrameworkVersion:
    """An edition with its themes, outcomes and criteria. Raises NotFound."""
    tree = selectinload(FrameworkVersion.themes).selectinload(Theme.outcomes).selectinload(Outcome.criteria)
    found = session.scalars(
        select(FrameworkVersion).where(FrameworkVersion.id == framework_version_id).options(tree)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such framework")
    return found


class OutcomeBranch(Struct, frozen=True):
    """An outcome with its criteria and measures."""

    code: str
    title: str
    criteria: tuple[tuple[str, str], ...]
    measures: tuple[MeasureRow, ...]


class ThemeBranch(Struct, frozen=True):
    """A theme with its outcomes."""

    code: str
    title: str
    status: str
    outcomes: tuple[OutcomeBranch, ...]


class FrameworkPage(Struct, frozen=True):
    """One edition as a tree, with what it says of itself."""

    id: UUID
    title: str
    edition: str
    publisher: str
    licence: str
    source: str
    confirmation: str
    in_force_from: date | None
    in_force_until: date | None
    level_names: dict[str, str]
    themes: tuple[ThemeBranch, ...]


def framework_page(session: Session, framework_version_id: UUID) -> FrameworkPage:
    """An edition, its tree and its measures, in a fixed number of SELECTs."""
    version = get_framework(session, framework_version_id)
    measures: dict[UUID | None, list[MeasureRow]] = {}
    statement = _measures().where(Measure.framework_version_id == version.id).order_by(Measure.code)
    for measure in session.scalars(statement):
        measures.setdefault(measure.outcome_id, []).append(_row(measure))
    themes = tuple(
        ThemeBranch(
            theme.code,
            theme.title,
            theme.status,
            tuple(
                OutcomeBranch(
                    outcome.code,
                    outcome.title,
                    tuple((criterion.code, criterion.title) for criterion in outcome.criteria),
                    tuple(measures.get(outcome.id, ())),
                )
                for outcome in theme.outcomes
            ),
        )
        for theme in version.themes
    )
    return FrameworkPage(
        version.id,
        version.title,
        version.edition,
        version.publisher,
        version.licence,
        version.source,
        version.confirmation,
        version.in_force_from,
        version.in_force_until,
        {str(key): str(value) for key, value in version.level_names.items()},
        themes,
    )


class UnitValueRow(Struct, frozen=True):
    """A unit value with everything that must stand beside it."""

    code: str
    title: str
    unit: str
    value_gbp: Decimal | None
    framework: str
    edition: str
    price_year: int | None
    source: str
    url: str
    licence: str
    status: str
    note: str


class UnitValuesPage(Struct, frozen=True):
    """One page of unit values and the families to filter by."""

    rows: tuple[UnitValueRow, ...]
    families: tuple[str, ...]
    family: str
    number: int
    pages: int


def unit_values_page(session: Session, *, family: str, number: int) -> UnitValuesPage:
    """Unit values by framework and code, `PAGE_SIZE` a page."""
    families = tuple(session.scalars(select(UnitValue.framework).distinct().order_by(UnitValue.framework)))
    family = family if family in families else ""
    chosen = select(UnitValue).where(UnitValue.framework == family) if family else select(UnitValue)
    count = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), pages)
    rows = session.scalars(
        chosen.order_by(UnitValue.framework, UnitValue.edition, UnitValue.code)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return UnitValuesPage(tuple(_value(row) for row in rows), families, family, number, pages)


def _value(row: UnitValue) -> UnitValueRow:
    return UnitValueRow(**{name: getattr(row, name) for name in UnitValueRow.__struct_fields__})


def unit_values_for(session: Session, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], UnitValueRow]:
    """The open unit value that fits each of these units in a year, where there is one.

    Of several editions it is that of the latest price year.

    Only carbon has one that needs no judgement: the central series of the year of emission. A wage or
    a tax rate is a floor or an avoided cost, not a social benefit, so it values nothing by itself.
    """
    years = {CENTRAL_CARBON.format(year=year): (unit, year) for unit, year in wanted if unit == "tCO2e"}
    known = select(UnitValue).where(UnitValue.code.in_(years), UnitValue.value_gbp.is_not(None))
    rows = sorted(session.scalars(known), key=lambda row: (row.price_year or 0, row.edition))
    return {years[row.code]: _value(row) for row in rows}


def model_rules(session: Session) -> list[ModelRuleTerms]:
    """The rules that say which Social Value Model applies, by framework and date."""
    rows = session.scalars(select(ModelRule).options(joinedload(ModelRule.framework_version)))
    terms = [
        ModelRuleTerms(
            framework_version=str(row.framework_version_id),
            title=f"{row.framework_version.title}, {row.framework_version.edition}",
            buyer_kinds=frozenset(row.buyer_kinds),
            commenced_from=row.commenced_from,
            commenced_until=row.commenced_until,
            value_from_pence=row.value_from_pence,
            value_below_pence=row.value_below_pence,
            effect=row.effect,
            weight_percent=row.weight_percent,
            quote=row.quote,
            source=row.source,
            status=row.status,
        )
        for row in rows
    ]
    return sorted(terms, key=lambda rule: (rule.title, rule.commenced_from or date.min, rule.value_from_pence or 0))
