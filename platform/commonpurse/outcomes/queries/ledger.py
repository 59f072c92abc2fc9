"""Pages of the ledger: its rows with who has what, and one split with every figure explained."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from commonpurse.calc import money, quantity
from commonpurse.calc.allocation import UNALLOCATED, parse_rule
from commonpurse.calc.allocation_rules import COMMITTED_BUDGET
from commonpurse.calc.explain import Sentence, adds_up, exact_share, explain, tie_broken
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import LONDON, get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.delivery.models import Contract, OutcomeRecord, VerificationStatus
from commonpurse.delivery.queries import count_awaiting_check, say_quarter
from commonpurse.identity.queries import labels_of, names_of
from commonpurse.measures.models import Measure
from commonpurse.outcomes import policy
from commonpurse.outcomes.models import PRIMARY, PostedSplit, RuleVersion, posting
from commonpurse.outcomes.queries.rows import counts_now, find_replacement, get_split, is_split
from commonpurse.outcomes.rules import REPLACED
from commonpurse.workspaces.queries import AgreedAllocation, agreed_allocation

PER_PAGE = 25


class LedgerRow(Struct, frozen=True):
    """One row of the ledger; `total` is in smallest units."""

    id: UUID
    seq: int
    measure: str
    unit: str
    decimals: int
    quarter: Sentence
    place: str
    total: int
    outcomes: int
    state: str
    """`current`, `replaced` by a split of the whole group, `reversed`, or `reversal`."""
    certificate: Sentence
    posted_at: datetime
    digest: str


class MeasureColumn(Struct, frozen=True):
    """One measure and what each party has of it, in smallest units, with the line that shows it adds up."""

    id: UUID
    title: str
    unit: str
    decimals: int
    total: int
    amounts: tuple[int, ...]
    certificate: Sentence

    @property
    def is_empty(self) -> bool:
        """Whether nobody has any of it: whatever was split has been taken back."""
        return not any(self.amounts)


class Party(Struct, frozen=True):
    """A place of the roster; `id` is None for what no body receives."""

    id: UUID | None
    name: str


class LedgerPage(Struct, frozen=True):
    """One page of the ledger, who has what so far, and what waits to be split."""

    consortium_id: UUID
    consortium: str
    parties: tuple[Party, ...]
    measures: tuple[MeasureColumn, ...]
    rows: tuple[LedgerRow, ...]
    number: int
    pages: int
    total: int
    unsplit: int
    awaiting_check: int
    rule: Sentence | None
    rule_since: date | None
    by_earlier_rules: int
    """How many splits that count now go by a rule that was agreed before this one."""
    may_issue: bool
    may_issue_statements: bool


def ledger_page(
    session: Session, actor: Actor, consortium_id: UUID, *, measure_id: UUID | None = None, number: int = 1
) -> LedgerPage:
    """Who has what of each measure, and the rows of the ledger, the newest first. Raises NotFound for outsiders."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    query = select(PostedSplit).where(PostedSplit.consortium_id == consortium_id, PostedSplit.book == PRIMARY)
    if measure_id is not None:
        query = query.where(PostedSplit.measure_id == measure_id)
    total = session.scalar(query.with_only_columns(func.count())) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), pages)
    parties, measures = _shares_so_far(session, consortium)
    agreed = agreed_allocation(session, consortium_id)
    return LedgerPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        parties=parties,
        measures=measures,
        rows=_rows(session, query, number),
        number=number,
        pages=pages,
        total=total,
        unsplit=_count_unsplit(session, consortium_id),
        awaiting_check=count_awaiting_check(session, consortium_id),
        rule=_words_of(agreed, consortium) if agreed is not None else None,
        rule_since=agreed.agreed_at.astimezone(LONDON).date() if agreed is not None else None,
        by_earlier_rules=_count_by_other_rules(session, consortium_id, agreed) if agreed is not None else 0,
        may_issue=policy.may_issue(actor, consortium),
        may_issue_statements=policy.may_issue_statements(actor, consortium),
    )


def _shares_so_far(session: Session, consortium: Consortium) -> tuple[tuple[Party, ...], tuple[MeasureColumn, ...]]:
    """Every party that ever had a place, and each measure's shares in that order."""
    sums = (
        select(posting.c.measure_id, posting.c.party, func.sum(posting.c.amount))
        .where(posting.c.consortium_id == consortium.id, posting.c.book == PRIMARY)
        .group_by(posting.c.measure_id, posting.c.party)
        .order_by(posting.c.measure_id, posting.c.party)
    )
    shares = {(measure_id, party): int(amount) for measure_id, party, amount in session.execute(sums)}
    order = _in_order(consortium, {party for _, party in shares})
    measures = session.scalars(
        select(Measure)
        .where(Measure.id.in_({measure_id for measure_id, _ in shares}))
        .order_by(Measure.title, Measure.id)
    )
    names = names_of(session, [UUID(party) for party in order if party != UNALLOCATED])
    parties = tuple(
        Party(None, "") if party == UNALLOCATED else Party(UUID(party), names[UUID(party)]) for party in order
    )
    columns = []
    for measure in measures:
        amounts = tuple(shares.get((measure.id, party), 0) for party in order)
        certificate = adds_up(sum(amounts), amounts, _in_units(measure.decimals))
        columns.append(
            MeasureColumn(measure.id, measure.title, measure.unit, measure.decimals, sum(amounts), amounts, certificate)
        )
    return parties, tuple(columns)


def _in_order(consortium: Consortium, parties: set[str]) -> list[str]:
    """In the order of the consortium's participations, the unallocated place last."""
    order = [str(part.organisation_id) for part in consortium.participations if str(part.organisation_id) in parties]
    return [*order, UNALLOCATED] if parties else []


def _rows(session: Session, query: Select[Any], number: int) -> tuple[LedgerRow, ...]:
    rows = session.scalars(
        query.options(joinedload(PostedSplit.measure), joinedload(PostedSplit.place))
        .order_by(PostedSplit.posted_at.desc(), PostedSplit.scope, PostedSplit.seq.desc())
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).all()
    undone = dict(
        session.execute(
            select(PostedSplit.reverses_id, PostedSplit.reason).where(
                PostedSplit.reverses_id.in_([row.id for row in rows])
            )
        ).all()
    )
    return tuple(
        LedgerRow(
            row.id,
            row.seq,
            row.measure.title,
            row.measure.unit,
            row.measure.decimals,
            say_quarter(row.quarter_starting),
            row.place.name,
            row.total,
            len(row.outcomes),
            _state(row, undone.get(row.id)),
            adds_up(row.total, row.amounts, _in_units(row.measure.decimals)),
            row.posted_at,
            row.digest,
        )
        for row in rows
    )


def _state(row: PostedSplit, undone_because: str | None) -> str:
    if row.reverses_id:
        return "reversal"
    if undone_because is None:
        return "current"
    return "replaced" if undone_because == REPLACED else "reversed"


def _count_unsplit(session: Session, consortium_id: UUID) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(OutcomeRecord)
            .join(Contract, Contract.id == OutcomeRecord.contract_id)
            .where(
                Contract.consortium_id == consortium_id,
                OutcomeRecord.status == VerificationStatus.VERIFIED,
                ~is_split(),
            )
        )
        or 0
    )


def _count_by_other_rules(session: Session, consortium_id: UUID, agreed: AgreedAllocation) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(PostedSplit)
            .join(RuleVersion, RuleVersion.id == PostedSplit.rule_version_id)
            .where(
                PostedSplit.consortium_id == consortium_id,
                PostedSplit.book == PRIMARY,
                RuleVersion.item_id != agreed.item_id,
                counts_now(),
            )
        )
        or 0
    )


def _words_of(agreed: AgreedAllocation, consortium: Consortium) -> Sentence:
    names = {str(part.organisation_id): part.organisation.name for part in consortium.participations}
    return parse_rule(json.loads(agreed.spec)).words(names)


class ShareRow(Struct, frozen=True):
    """One party's share of a split, with the sum by hand and in words."""

    party: Party
    weight: str
    floor: int
    remainder: str
    from_rounding: int
    amount: int
    sentences: tuple[Sentence, ...]


class InputRow(Struct, frozen=True):
    """One outcome that went into the total."""

    record_id: UUID
    version: int
    quantity: int


class SplitPage(Struct, frozen=True):
    """One split with every figure explained, and what it rests on."""

    consortium_id: UUID
    consortium: str
    id: UUID
    seq: int
    measure: str
    framework: str
    unit: str
    decimals: int
    contract: str
    quarter: Sentence
    place: str
    total: int
    certificate: Sentence
    rule: Sentence
    agreed_at: datetime
    whole: str
    shares: tuple[ShareRow, ...]
    inputs: tuple[InputRow, ...]
    is_tie_broken: bool
    reverses_id: UUID | None
    reversed_by_id: UUID | None
    replaced_by_id: UUID | None
    """The split of the whole group that came instead, of a split and of the reversal that made room for it."""
    reason: str
    posted_by: str
    posted_at: datetime
    digest: str
    previous_digest: str
    rule_digest: str
    roster_digest: str
    weight_digest: str


def split_page(session: Session, actor: Actor, consortium_id: UUID, split_id: UUID) -> SplitPage:
    """One row of the ledger in full. Raises NotFound for outsiders."""
    consortium, row = get_split(session, actor, consortium_id, split_id)
    measure, record = row.measure, row.explanation
    names = {str(part.organisation_id): part.organisation.name for part in consortium.participations}
    rule = parse_rule(record["rule"])
    undone = session.scalars(select(PostedSplit).where(PostedSplit.reverses_id == row.id)).one_or_none()
    replacement = find_replacement(session, row if row.reverses_id else undone)
    version = measure.framework_version
    return SplitPage(
        consortium_id=consortium_id,
        consortium=consortium.name,
        id=row.id,
        seq=row.seq,
        measure=measure.title,
        framework=f"{version.title}, {version.edition}" if version else "",
        unit=measure.unit,
        decimals=measure.decimals,
        contract=row.contract.title,
        quarter=say_quarter(row.quarter_starting),
        place=row.place.name,
        total=row.total,
        certificate=adds_up(row.total, row.amounts, _in_units(measure.decimals)),
        rule=rule.words(names),
        agreed_at=row.rule_version.agreed_at,
        whole=_weights_as(record)(record["whole"]),
        shares=_share_rows(row, names),
        inputs=tuple(
            InputRow(UUID(outcome), version_seen, units)
            for outcome, version_seen, units in zip(row.outcomes, row.versions, row.quantities, strict=True)
        ),
        is_tie_broken=tie_broken(record),
        reverses_id=row.reverses_id,
        reversed_by_id=undone.id if undone else None,
        replaced_by_id=replacement,
        reason="" if row.reason == REPLACED else row.reason,
        posted_by=labels_of(session, [row.posted_by_id])[row.posted_by_id],
        posted_at=row.posted_at,
        digest=row.digest,
        previous_digest=row.previous_digest,
        rule_digest=row.rule_version.digest,
        roster_digest=row.roster.digest,
        weight_digest=row.weight_version.digest,
    )


def _share_rows(row: PostedSplit, names: Mapping[str, str]) -> tuple[ShareRow, ...]:
    """Every party's share with its sum, in the order of the roster."""
    record, say_weight = row.explanation, _weights_as(row.explanation)
    return tuple(
        ShareRow(
            party=Party(None, "") if party == UNALLOCATED else Party(UUID(party), names[party]),
            weight=say_weight(record["weights"][at]),
            floor=floor,
            remainder=f"{quantity.say(remainder)}/{quantity.say(record['whole'])}",
            from_rounding=row.amounts[at] - floor,
            amount=row.amounts[at],
            sentences=explain_share(record, party, row.measure.decimals, names),
        )
        for at, party in enumerate(row.roster.parties)
        for floor, remainder in [exact_share(record, at)]
    )


def explain_share(
    record: Mapping[str, Any], party: str, decimals: int, names: Mapping[str, str]
) -> tuple[Sentence, ...]:
    """How one party's share of a split came about, in words to that party."""
    return explain(record, party, say=_in_units(decimals), say_weight=_weights_as(record), names=names)


def _weights_as(record: Mapping[str, Any]) -> Callable[[int], str]:
    """Committed budgets are said in pounds, everything else as plain numbers."""
    rule = parse_rule(record["rule"])
    in_pounds = rule.basis == COMMITTED_BUDGET and rule.weighs_as_recorded and record["holder"] is None
    return money.pounds if in_pounds else quantity.say


def _in_units(decimals: int) -> Callable[[int], str]:
    return lambda smallest: quantity.say(smallest, decimals)
