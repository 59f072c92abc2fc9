"""What the laboratory holds rules against: the real quantities of a consortium, its bodies and what they weigh."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation_rules import Rule, parse_rule
from commonpurse.calc.allocation_rules.recorded import basis_of, name_of
from commonpurse.calc.quantity import to_smallest
from commonpurse.calc.sentence import Sentence, message
from commonpurse.consortia.queries.membership import read_joined
from commonpurse.core.actor import Actor
from commonpurse.core.db import read_columns
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.delivery.queries import say_quarter
from commonpurse.measures.models import Measure
from commonpurse.outcomes import policy
from commonpurse.outcomes.queries.agenda import TriedWeights, read_agenda
from commonpurse.outcomes.rules.tiers import Holding, holders_of
from commonpurse.pooling.queries import basis_weights
from commonpurse.reference.queries import places_by_tier
from commonpurse.workspaces.queries import AgreedTarget, agreed_targets

if TYPE_CHECKING:
    from commonpurse.calc.fairness import Compared, Lot, Scene

OUTCOMES, TARGETS, MADE_UP = "outcomes", "targets", "made_up"
MADE_UP_UNITS = 1_000

NOWHERE = "-"
"""What stands for a place that is not named."""

Held = tuple[tuple[str, str], ...]
"""Who holds a place at each tier, as pairs."""
Tiers = tuple[tuple[str, Held], ...]
"""The same of several places, by their GSS codes."""


class Quantity(Struct, frozen=True):
    """What there is of a measure in one quarter and place, in its smallest units; targets have neither."""

    measure: str
    total: int
    quarter: date | None = None
    area: str | None = None


class LabMeasure(Struct, frozen=True):
    """A measure whose quantities are divided."""

    id: str
    title: str
    unit: str
    decimals: int


class Amounts(Struct, frozen=True, eq=False):
    """What is there to divide, from `source`: outcomes, targets or made_up. One is equal to itself only."""

    source: str
    measures: tuple[LabMeasure, ...]
    quantities: tuple[Quantity, ...]


class LabPage(Struct, frozen=True):
    """What rules are tried on.

    `today` is the spec of the rule that counts: the agreed one,
    otherwise, where `agreed_on` is None, the one on the table. `areas` says which body holds an area.
    `weights` are what bodies agreed or offered that they weigh: those of each basis by which rules are tried.
    """

    consortium_id: UUID
    consortium: str
    bodies: tuple[tuple[str, str], ...]
    areas: dict[str, str]
    amounts: Amounts
    today: dict[str, Any] | None
    agreed_on: date | None
    weights: tuple[TriedWeights, ...]
    seen_number: int
    may_propose: bool

    @property
    def is_agreed(self) -> bool:
        """Whether the bodies have agreed a rule."""
        return self.agreed_on is not None

    @property
    def source(self) -> str:
        """Where the quantities come from."""
        return self.amounts.source

    @property
    def measures(self) -> tuple[LabMeasure, ...]:
        """The measures there are quantities of; none where these are made up."""
        return self.amounts.measures

    @property
    def names(self) -> dict[str, str]:
        """What bodies are called, by key."""
        return dict(self.bodies)

    def weighed_by(self, rule: Rule) -> tuple[TriedWeights, ...]:
        """The weights that bodies agreed or offered and a rule goes by."""
        return tuple(each for each in self.weights if basis_of(each.name) in rule.bases)

    def chosen(self, measure: str) -> tuple[LabMeasure, ...]:
        """The measure with this key, or all of them."""
        return tuple(each for each in self.measures if each.id == measure) or self.measures


def lab_page(session: Session, actor: Actor, consortium_id: UUID, day: date) -> LabPage:
    """The quantities and bodies of a consortium, in a fixed number of statements. Raises NotFound.

    Args:
        day: on which weights are in force or not yet.
    """
    consortium = read_joined(session, actor, consortium_id)
    bodies = tuple((str(body.organisation_id), body.name) for body in consortium.bodies)
    areas: dict[str, str] = {}
    for (key, _), body in zip(bodies, consortium.bodies, strict=True):
        if body.area_gss is not None:
            areas.setdefault(body.area_gss, key)
    agenda = read_agenda(session, consortium_id, day)
    agreed, table = agenda.agreed, agenda.table
    return LabPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        bodies=bodies,
        areas=areas,
        amounts=_amounts(session, consortium_id),
        today=agreed.spec if agreed is not None else table.spec if table is not None else None,
        agreed_on=agreed.agreed_on if agreed is not None else None,
        weights=agenda.weights,
        seen_number=table.number if table is not None else 0,
        may_propose=policy.may_propose_rule(actor, consortium.stage),
    )


def _amounts(session: Session, consortium_id: UUID) -> Amounts:
    """What was verified; where nothing was, the agreed targets; where there are none either, a made-up quantity."""
    asked = {"consortium_id": consortium_id}
    (sums,) = read_columns(session, _sums(), asked)[0]
    if sums is not None:
        # A title with every one of the sums would take longer to read than the sums.
        return _verified(sums, tuple(map(tuple, read_columns(session, _measures(), asked))))
    targets = agreed_targets(session, consortium_id)
    return _agreed(tuple(targets)) if targets else _made_up()


@lru_cache(maxsize=8)
def _verified(sums: str, measures: tuple[tuple[str, str, str, int], ...]) -> Amounts:
    """What was read, in the order of the titles; read again and found the same, it is the same object."""
    found = {key: list(lines) for key, lines in groupby(sorted(map(str.split, sums.splitlines())), itemgetter(0))}
    shown = tuple(LabMeasure(str(UUID(key)), title, unit, decimals) for key, title, unit, decimals in measures)
    quantities = tuple(
        Quantity(measure.id, int(total), date.fromisoformat(quarter), area if area != NOWHERE else None)
        for measure, read in zip(shown, measures, strict=True)
        for _, quarter, area, total in found[read[0]]
    )
    return Amounts(OUTCOMES, shown, quantities)


@lru_cache(maxsize=8)
def _agreed(targets: tuple[AgreedTarget, ...]) -> Amounts:
    """Likewise of targets."""
    known = {str(one.measure_id): one for one in targets}
    return Amounts(
        TARGETS,
        tuple(LabMeasure(key, one.title, one.unit, one.decimals) for key, one in known.items()),
        tuple(Quantity(str(one.measure_id), to_smallest(one.quantity, one.decimals)) for one in targets),
    )


@cache
def _made_up() -> Amounts:
    return Amounts(MADE_UP, (), (Quantity("", MADE_UP_UNITS),))


# The statements of every move are put together once.
@cache
def _sums() -> Select[str | None]:
    """A line for each measure, quarter and place: all in one text, or None where nothing was verified.

    Most moves only find that it is the text of the move before, and to take hundreds of rows apart for that would
    take longer than to read them.
    """
    grouped = (OutcomeRecord.measure_id, OutcomeRecord.quarter_starting, OutcomeRecord.place_gss)
    sums = (
        _verified_records(*grouped, func.sum(OutcomeRecord.quantity).label("total"))
        .group_by(*grouped)
        .order_by(*grouped)
        .subquery()
    )
    measure, quarter, area, total = (cast(column, String) for column in sums.c)
    line = measure + " " + quarter + " " + func.coalesce(area, NOWHERE) + " " + total
    return select(func.aggregate_strings(line, "\n"))


@cache
def _measures() -> Select[str, str, str, int]:
    return (
        select(cast(Measure.id, String), Measure.title, Measure.unit, Measure.decimals)
        .where(Measure.id.in_(_verified_records(OutcomeRecord.measure_id)))
        .order_by(Measure.title, Measure.id)
    )


def _verified_records(*columns: Any) -> Select[Any]:
    """These columns of what was verified under the contracts of a consortium."""
    return (
        select(*columns)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(
            Contract.consortium_id == bindparam("consortium_id"), OutcomeRecord.status == VerificationStatus.VERIFIED
        )
    )


def weights_for(session: Session, page: LabPage, rules: Iterable[Rule]) -> dict[str, dict[str, int]]:
    """What every basis that any of the rules goes by says of each body; one without any weights says nothing."""
    wanted = dict.fromkeys(basis for rule in rules for basis in rule.bases)
    own = {basis_of(each.name): dict(each.numbers) for each in page.weights}
    found = basis_weights(session, page.consortium_id, [basis for basis in wanted if name_of(basis) is None])
    said = {basis: found[basis] if basis in found else own.get(basis, {}) for basis in wanted}
    names = page.names
    return {basis: {body: weights.get(body, 0) for body in names} for basis, weights in said.items()}


def tiers_for(session: Session, page: LabPage, rules: Iterable[Rule]) -> Tiers:
    """Who holds each place of delivery at each tier today; nothing where none of the rules goes by tier."""
    if not any(rule.by_tier for rule in rules):
        return ()
    delivered = {each.area for each in page.amounts.quantities if each.area is not None}
    holdings = [Holding(body, area) for area, body in page.areas.items()]
    held = {
        place: holders_of(places, holdings, first=date.min, after=date.max)
        for place, places in places_by_tier(session, delivered).items()
    }
    return tuple(sorted(held.items()))


def hold_beside(
    page: LabPage,
    rules: Sequence[Rule],
    bases: dict[str, dict[str, int]],
    *,
    tiers: Tiers = (),
    measure: str,
    leaver: str | None,
) -> "tuple[Compared, ...]":
    """The rules beside each other and today's, on the quantities of one measure or of all."""
    from commonpurse.calc.fairness import compare

    today = parse_rule(page.today) if page.today is not None else None
    by_place = any(rule.uses_place for rule in (*rules, *([today] if today else [])))
    weights = tuple((basis, tuple(weights.items())) for basis, weights in bases.items())
    areas = tuple(page.areas.items()) if by_place else ()
    scene = _scene(page.amounts, page.chosen(measure), page.bodies, areas, weights, tiers)
    return compare(rules, scene, today=today, leaver=leaver)


def decimals_of(measures: Sequence[LabMeasure]) -> int:
    """The decimals in which the measures can be told together; 0 where they differ, for counts of smallest units."""
    different = {each.decimals for each in measures}
    return different.pop() if len(different) == 1 else 0


@lru_cache(maxsize=8)
def _scene(
    amounts: Amounts,
    measures: tuple[LabMeasure, ...],
    bodies: tuple[tuple[str, str], ...],
    areas: tuple[tuple[str, str], ...],
    weights: tuple[tuple[str, tuple[tuple[str, int], ...]], ...],
    tiers: Tiers,
) -> "Scene":
    """What was read, as `calc.fairness` takes it; read again and found the same, it is the same object.

    So what `compare` remembers of a scene counts for every move until something that was read is different.

    Args:
        areas: which body holds each, where a rule goes by place; `tiers` the same tier by tier.
    """
    from commonpurse.calc.fairness import Scene

    return Scene(
        lots=tuple(_lots(amounts.quantities, {each.id: each.title for each in measures}, dict(areas), dict(tiers))),
        roster=tuple(key for key, _ in bodies),
        bases={basis: dict(each) for basis, each in weights},
        names=dict(bodies),
        decimals=decimals_of(measures),
    )


def _lots(
    quantities: Iterable[Quantity], titles: dict[str, str], areas: dict[str, str], tiers: dict[str, Held]
) -> "Iterator[Lot]":
    """What is divided by itself: each measure and quarter, and the places that the same bodies hold in it."""
    from commonpurse.calc.fairness import Lot

    totals: dict[tuple[str, date | None, str | None, Held], int] = {}
    for each in quantities:
        if not titles or each.measure in titles:
            place = each.area or ""
            key = (each.measure, each.quarter, areas.get(place), tiers.get(place, ()))
            totals[key] = totals.get(key, 0) + each.total
    for (measure, quarter, holder, held), total in totals.items():
        yield Lot(_lot_name(titles.get(measure), quarter), total, holder, measure, held)


def _lot_name(title: str | None, quarter: date | None) -> str | Sentence:
    if title is None:
        return Sentence(message("the whole"))
    if quarter is None:
        return title
    return Sentence("%(measure)s, %(quarter)s", {"measure": title, "quarter": say_quarter(quarter)})
