"""The weights that bodies agreed, version by version, what rests on each, and what they hold up."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import parse_rule
from commonpurse.calc.allocation_rules.recorded import basis_of
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.outcomes import policy
from commonpurse.outcomes.queries.rows import is_split, rosters_at_agreement
from commonpurse.outcomes.queries.weighing import Resting, Weighing, is_outdated, list_resting, weighing_of
from commonpurse.workspaces.queries import AgreedWeights, agreed_allocations, replacements


class VersionRow(Struct, frozen=True):
    """One version; `numbers` stand in the order of the page's bodies, None for a body it does not know.

    It `is_replaced` where weights agreed later count from the same day.
    """

    basis: str
    unit: str
    effective_from: date
    numbers: tuple[int | None, ...]
    source: str
    agreed_at: datetime
    item_id: UUID
    splits: int
    is_replaced: bool


class WeightsPage(Struct, frozen=True):
    """Every version of every basis, the latest first; how many splits are out of date; why some cannot be made."""

    consortium_id: UUID
    consortium: str
    bodies: tuple[str, ...]
    versions: tuple[VersionRow, ...]
    outdated: int
    refusal: Refused | None
    may_divide: bool


def weights_page(session: Session, actor: Actor, consortium_id: UUID) -> WeightsPage:
    """What the page of weights shows, in a fixed number of statements. Raises NotFound, also for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    weighing, resting = weighing_of(session, consortium), list_resting(session, [consortium.id])
    known = {body for version in weighing.versions for body in version.numbers}
    bodies = {
        str(part.organisation_id): part.organisation.name
        for part in consortium.participations
        if str(part.organisation_id) in known
    }
    used, replaced = _used(weighing.versions, resting), replacements((), weighing.versions)
    rows = [
        VersionRow(
            basis=version.basis,
            unit=version.unit,
            effective_from=version.effective_from,
            numbers=tuple(version.numbers.get(body) for body in bodies),
            source=version.source,
            agreed_at=version.agreed_at,
            item_id=version.item_id,
            splits=used.get(version.item_id, 0),
            is_replaced=version.item_id in replaced,
        )
        for version in reversed(weighing.versions)
    ]
    return WeightsPage(
        consortium_id=consortium.id,
        consortium=consortium.name,
        bodies=tuple(bodies.values()),
        versions=tuple(sorted(rows, key=lambda row: row.basis.casefold())),
        outdated=sum(each.splits.splits for each in resting if is_outdated(weighing, each)),
        refusal=find_refusals(session, [consortium], {consortium.id: weighing}).get(consortium.id),
        may_divide=policy.may_issue(actor, consortium),
    )


def _used(versions: Sequence[AgreedWeights], resting: Sequence[Resting]) -> dict[UUID, int]:
    """How many splits go by each version: the latest for their quarter whose numbers their records hold."""
    used: dict[UUID, int] = {}
    for each in resting:
        members = each.record["roster"][:-1]
        for basis, held in each.record["recorded"].items():
            found = next(
                (
                    version
                    for version in reversed(versions)
                    if basis_of(version.basis) == basis
                    and version.effective_from <= each.splits.quarter
                    and [version.numbers.get(member, 0) for member in members] == list(held)
                ),
                None,
            )
            if found is not None:
                used[found.item_id] = used.get(found.item_id, 0) + each.splits.splits
    return used


def find_refusals(
    session: Session, consortia: Sequence[Consortium], weighings: Mapping[UUID, Weighing]
) -> dict[UUID, Refused]:
    """Why outcomes that wait cannot be split by the weights in force, of each consortium in which they cannot.

    Fixed number of SELECTs.

    Args:
        weighings: of all of `consortia`, by key.
    """
    keys = [consortium.id for consortium in consortia]
    quarters: dict[UUID, list[date]] = {}
    for key, quarter in session.execute(
        select(Contract.consortium_id, OutcomeRecord.quarter_starting)
        .join(OutcomeRecord, OutcomeRecord.contract_id == Contract.id)
        .where(Contract.consortium_id.in_(keys), OutcomeRecord.status == VerificationStatus.VERIFIED, ~is_split())
        .distinct()
        .order_by(OutcomeRecord.quarter_starting)
    ):
        quarters.setdefault(key, []).append(quarter)
    if not quarters:
        return {}
    agreed = agreed_allocations(session, list(quarters))
    rosters = rosters_at_agreement(session, [(each, agreed[each.id]) for each in consortia if each.id in agreed])
    refusals = {}
    for key, rule in agreed.items():
        members, said = rosters[key][:-1], parse_rule(json.loads(rule.spec))
        try:
            for quarter in quarters[key]:
                weighings[key].recorded(said, members, quarter)
        except Refused as refusal:
            refusals[key] = refusal
    return refusals
