"""The weights that bodies agreed, version by version, what rests on each, and what they hold up."""

import json
from collections.abc import Sequence
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
from commonpurse.outcomes.queries.rows import is_split, roster_at_agreement
from commonpurse.outcomes.queries.weighing import Resting, Weighing, is_outdated, list_resting, weighing_of
from commonpurse.workspaces.queries import AgreedWeights, agreed_allocation


class VersionRow(Struct, frozen=True):
    """One version; `numbers` stand in the order of the page's bodies, None for a body it does not know."""

    basis: str
    unit: str
    effective_from: date
    numbers: tuple[int | None, ...]
    source: str
    agreed_at: datetime
    item_id: UUID
    splits: int


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
    weighing, resting = weighing_of(session, consortium), list_resting(session, consortium)
    known = {body for version in weighing.versions for body in version.numbers}
    bodies = {
        str(part.organisation_id): part.organisation.name
        for part in consortium.participations
        if str(part.organisation_id) in known
    }
    used = _used(weighing.versions, resting)
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
        )
        for version in reversed(weighing.versions)
    ]
    return WeightsPage(
        consortium_id=consortium.id,
        consortium=consortium.name,
        bodies=tuple(bodies.values()),
        versions=tuple(sorted(rows, key=lambda row: row.basis.casefold())),
        outdated=sum(each.splits.splits for each in resting if is_outdated(weighing, each)),
        refusal=find_refusal(session, consortium, weighing),
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


def find_refusal(session: Session, consortium: Consortium, weighing: Weighing) -> Refused | None:
    """Why outcomes that wait cannot be split by the weights in force; None where they can."""
    agreed = agreed_allocation(session, consortium.id)
    rule = parse_rule(json.loads(agreed.spec)) if agreed is not None else None
    quarters = session.scalars(
        select(OutcomeRecord.quarter_starting)
        .join(Contract, Contract.id == OutcomeRecord.contract_id)
        .where(
            Contract.consortium_id == consortium.id,
            OutcomeRecord.status == VerificationStatus.VERIFIED,
            ~is_split(),
        )
        .distinct()
        .order_by(OutcomeRecord.quarter_starting)
    ).all()
    if agreed is None or rule is None or not quarters:
        return None
    members = roster_at_agreement(session, consortium, agreed)[:-1]
    try:
        for quarter in quarters:
            weighing.recorded(rule, members, quarter)
    except Refused as refusal:
        return refusal
    return None
