"""What a rule goes by in a quarter, and the splits that go by weights which no longer count."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import Rule, parse_rule
from commonpurse.calc.allocation_rules import RecordedWeights
from commonpurse.calc.allocation_rules.recorded import name_of
from commonpurse.consortia.models import Consortium
from commonpurse.core.errors import Refused
from commonpurse.delivery.queries import say_quarter
from commonpurse.outcomes.models import PRIMARY, PostedSplit, Roster, RuleVersion
from commonpurse.outcomes.queries.rows import counts_now, spec_of
from commonpurse.pooling.queries import basis_weights
from commonpurse.workspaces.queries import AgreedWeights, agreed_weights_of, electorate, in_force


class Weighing(Struct, frozen=True):
    """What a consortium's recorded weights say, read once: every version, and what the joined bodies are called."""

    versions: Sequence[AgreedWeights]
    joined: Mapping[str, str]

    def recorded(self, rule: Rule, members: Sequence[str], quarter: date) -> dict[str, dict[str, int]]:
        """What every recorded basis of a rule says of the members in a quarter; who has left may weigh nothing.

        Raises:
            Refused: no version is in force then, or it has no number for a member that has joined.
        """
        named = {basis: name for basis in rule.bases if (name := name_of(basis)) is not None}
        return {basis: self._numbers(name, members, quarter) for basis, name in named.items()}

    def counting(self, rule: Rule, quarter: date) -> list[AgreedWeights]:
        """The versions that count for a rule in a quarter."""
        found = (in_force(self.versions, name, quarter) for basis in rule.bases if (name := name_of(basis)) is not None)
        return [version for version in found if version is not None]

    def _numbers(self, name: str, members: Sequence[str], quarter: date) -> dict[str, int]:
        version = in_force(self.versions, name, quarter)
        if version is None:
            raise Refused(
                "No weights by %(basis)s are in force for %(quarter)s. Agree them in the workspace",
                basis=name,
                quarter=say_quarter(quarter),
            )
        for member in members:
            if member not in version.numbers and member in self.joined:
                raise Refused(
                    "%(body)s has no number in the weights by %(basis)s in force for %(quarter)s. "
                    "Agree new ones in the workspace",
                    body=self.joined[member],
                    basis=name,
                    quarter=say_quarter(quarter),
                )
        return {member: version.numbers.get(member, 0) for member in members}


def weighing_of(session: Session, consortium: Consortium) -> Weighing:
    """The recorded weights of a consortium. The caller has checked who asks."""
    return weighings_of(session, [consortium])[consortium.id]


def weighings_of(session: Session, consortia: Sequence[Consortium]) -> dict[UUID, Weighing]:
    """The same of each of these consortia, in one SELECT where their bodies are loaded."""
    versions = agreed_weights_of(session, [consortium.id for consortium in consortia])
    return {consortium.id: Weighing(versions[consortium.id], _joined_names(consortium)) for consortium in consortia}


def _joined_names(consortium: Consortium) -> dict[str, str]:
    joined = electorate(consortium)
    return {
        str(part.organisation_id): part.organisation.name
        for part in consortium.participations
        if part.organisation_id in joined
    }


def bases_by_quarter(
    session: Session, consortium: Consortium, rule: Rule, roster: Roster, quarters: set[date]
) -> dict[date, dict[str, dict[str, int]]]:
    """What a rule goes by in each quarter, for the members of a roster; a body that is not on it has no part.

    Raises:
        Refused: see `Weighing.recorded`.
    """
    members = roster.parties[:-1]
    live = {
        basis: {body: weight for body, weight in weights.items() if body in members}
        for basis, weights in basis_weights(
            session, consortium.id, [basis for basis in rule.bases if name_of(basis) is None]
        ).items()
    }
    if len(live) == len(rule.bases):
        return dict.fromkeys(quarters, live)
    weighing = weighing_of(session, consortium)
    return {quarter: {**live, **weighing.recorded(rule, members, quarter)} for quarter in sorted(quarters)}


class Outdated(Struct, frozen=True):
    """Splits of one quarter and one rule that go by weights which no longer count, and how many they are."""

    rule_version_id: UUID
    weight_version_id: UUID
    quarter: date
    splits: int


class Resting(Struct, frozen=True):
    """Splits that count, of one quarter, one rule and the same weights; and the record of one of them."""

    consortium_id: UUID
    rule: Rule
    splits: Outdated
    record: Mapping[str, Any]


def list_resting(session: Session, consortium_ids: Collection[UUID]) -> list[Resting]:
    """Every split of these consortia that goes by recorded weights. Fixed number of SELECTs."""
    rules = {
        rule.id: (rule.consortium_id, parse_rule(spec_of(rule)))
        for rule in session.scalars(
            select(RuleVersion).where(
                RuleVersion.consortium_id.in_(consortium_ids), RuleVersion.spec.contains(f'"{RecordedWeights.kind}"')
            )
        )
    }
    if not rules:
        return []
    groups = session.execute(
        select(
            PostedSplit.rule_version_id,
            PostedSplit.weight_version_id,
            PostedSplit.quarter_starting,
            func.count(),
            func.min(cast(PostedSplit.id, String)),
        )
        .where(PostedSplit.book == PRIMARY, PostedSplit.rule_version_id.in_(rules), counts_now())
        .group_by(PostedSplit.rule_version_id, PostedSplit.weight_version_id, PostedSplit.quarter_starting)
        .order_by(PostedSplit.quarter_starting, PostedSplit.rule_version_id, PostedSplit.weight_version_id)
    ).all()
    samples = {UUID(sample) for *_, sample in groups}
    found = session.execute(select(PostedSplit.id, PostedSplit.explanation).where(PostedSplit.id.in_(samples)))
    records = {key: record for key, record in found}  # noqa: C416 - rows are no pairs to mypy
    return [
        Resting(*rules[rule_id], Outdated(rule_id, weights_id, quarter, count), records[UUID(sample)])
        for rule_id, weights_id, quarter, count, sample in groups
    ]


def list_outdated(session: Session, weighings: Mapping[UUID, Weighing]) -> list[tuple[UUID, Outdated]]:
    """The splits whose record holds other numbers than are in force for their quarter now, each with its consortium.

    Fixed number of SELECTs.

    Args:
        weighings: by consortium, of those whose splits are looked at.
    """
    resting = list_resting(session, weighings)
    return [(each.consortium_id, each.splits) for each in resting if is_outdated(weighings[each.consortium_id], each)]


def is_outdated(weighing: Weighing, resting: Resting) -> bool:
    """Whether splits go by other numbers than are in force for their quarter."""
    held: Mapping[str, Sequence[int]] = resting.record["recorded"]
    try:
        counts = weighing.recorded(resting.rule, resting.record["roster"][:-1], resting.splits.quarter)
    except Refused:
        return True  # Nothing can be divided by it before it is mended, and the refusal says so.
    return any(list(numbers.values()) != list(held[basis]) for basis, numbers in counts.items())


def list_outdated_splits(session: Session, groups: Sequence[Outdated]) -> Sequence[PostedSplit]:
    """The rows of those splits, in the order of the ledger."""
    wanted = {(group.rule_version_id, group.weight_version_id, group.quarter) for group in groups}
    rows = session.scalars(
        select(PostedSplit)
        .where(
            PostedSplit.book == PRIMARY,
            PostedSplit.rule_version_id.in_({group.rule_version_id for group in groups}),
            PostedSplit.weight_version_id.in_({group.weight_version_id for group in groups}),
            PostedSplit.quarter_starting.in_({group.quarter for group in groups}),
            counts_now(),
        )
        .order_by(PostedSplit.scope, PostedSplit.seq)
    )
    return [row for row in rows if (row.rule_version_id, row.weight_version_id, row.quarter_starting) in wanted]
