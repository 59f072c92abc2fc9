"""Measures to set a target for, by the edition that publishes them, and which editions fit the date of the tender."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.models import Consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import require
from commonpurse.measures.models import Measure
from commonpurse.measures.queries import FrameworkRow, MeasureRow, choosable_measures, list_editions
from commonpurse.workspaces import policy
from commonpurse.workspaces.models import AgendaItem
from commonpurse.workspaces.queries import standing
from commonpurse.workspaces.queries.rows import electorate, get_workspace


class MeasureGroup(Struct, frozen=True):
    """Measures of one edition; of the bodies themselves where `framework` is empty."""

    framework: str
    edition: str
    is_in_force: bool
    measures: tuple[MeasureRow, ...]


class MeasureChoices(Struct, frozen=True):
    """What can be chosen: editions in force first, then the bodies' own measures, then the other editions.

    `day` is the one that counts, that of the tender or today; `without_measures` are editions in force
    then, of which none can be chosen because they have none.
    """

    day: date
    has_tender_date: bool
    groups: tuple[MeasureGroup, ...]
    without_measures: tuple[FrameworkRow, ...]


def list_measure_choices(session: Session, actor: Actor, consortium_id: UUID, today: date) -> MeasureChoices:
    """Measures that are not on the agenda yet. Raises NotFound, and NotAllowed: see `policy.may_act`."""
    workspace = get_workspace(session, actor, consortium_id)
    require(policy.may_act(actor, workspace.consortium), "You cannot negotiate here", who=policy.WHO_ACTS)
    taken = set(session.scalars(select(AgendaItem.measure_id).where(AgendaItem.workspace_id == workspace.id)))
    choosable = choosable_measures(session, list(electorate(workspace.consortium)))
    editions = list_editions(session)
    tender_on = standing.tender_on(workspace.consortium)
    day = tender_on or today
    free = [row for row in choosable if row.id not in taken]
    groups = [_group(edition, edition.covers(day), free) for edition in editions]
    own = MeasureGroup("", "", True, tuple(row for row in free if row.framework_version_id is None))
    shown = [*(group for group in groups if group.is_in_force), own, *(g for g in groups if not g.is_in_force)]
    return MeasureChoices(
        day=day,
        has_tender_date=tender_on is not None,
        groups=tuple(group for group in shown if group.measures),
        without_measures=tuple(edition for edition in editions if edition.covers(day) and not edition.measures),
    )


def _group(edition: FrameworkRow, in_force: bool, rows: Iterable[MeasureRow]) -> MeasureGroup:
    measures = tuple(row for row in rows if row.framework_version_id == edition.id)
    return MeasureGroup(edition.title, edition.edition, in_force, measures)


class OutOfForce(Struct, frozen=True):
    """An edition that does not cover the tender: `tender_on` is None where no date is set and today counts."""

    framework: str
    edition: str
    starts_on: date | None
    ends_on: date | None
    is_over: bool
    tender_on: date | None


def out_of_force(consortium: Consortium, measure: Measure | None, today: date) -> OutOfForce | None:
    """What to warn of where the edition of a measure does not cover the tender; None where it does."""
    version = measure.framework_version if measure is not None else None
    if version is None:
        return None
    tender_on = standing.tender_on(consortium)
    day = tender_on or today
    if version.covers(day):
        return None
    is_over = version.in_force_until is not None and day > version.in_force_until
    return OutOfForce(version.title, version.edition, version.in_force_from, version.in_force_until, is_over, tender_on)
