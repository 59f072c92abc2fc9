"""Dividing anew what was split by weights that the bodies have replaced since."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.allocation import Split, parse_rule, split
from commonpurse.calc.allocation_rules import CREDIT
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.queries import LONDON, get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, require
from commonpurse.outcomes import policy, queries
from commonpurse.outcomes.commands.books import follow
from commonpurse.outcomes.commands.issue import keep_within_a_unit, lines_of, total_of
from commonpurse.outcomes.commands.ledger import Basis, Draft, append, division, negative, scope_of
from commonpurse.outcomes.models import PostedSplit
from commonpurse.outcomes.queries.credits import Credits, as_seen_by
from commonpurse.outcomes.queries.weighing import Weighing, list_outdated, list_outdated_splits, weighing_of
from commonpurse.outcomes.rules import goes_by_the_same


def divide_anew(session: Session, actor: Actor, *, consortium_id: UUID, now: datetime) -> list[UUID]:
    """Take back every split that goes by weights which no longer count, and divide its total by those that do.

    What one chain has of the same rule and weights then becomes one split, as if the weights had been known; where
    whole units are shared with a credit, each split stays by itself.

    Returns:
        The keys of the splits that were posted, in the order of the ledger.

    Raises:
        NotFound, NotAllowed: see `policy.may_issue`.
        Refused: no split is out of date, or the weights in force cannot be divided by.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    require(
        policy.may_issue(actor, consortium),
        "You cannot issue splits",
        who="A buyer of the lead authority can do this",
    )
    weighing = weighing_of(session, consortium)
    outdated = list_outdated(session, {consortium.id: weighing})
    rows = list_outdated_splits(session, [group for _, group in outdated])
    if not rows:
        raise Refused("Every split goes by the weights in force")
    owed, drafts = Credits(session, consortium_id), []
    for rows_of_one in _by_chain(rows):
        if parse_rule(rows_of_one[0].explanation["rule"]).rounding == CREDIT:
            drafts += [draft for row in rows_of_one for draft in _one_by_one(owed, weighing, row, now)]
        else:
            drafts += _together(session, weighing, rows_of_one, now)
    append(session, actor, consortium, drafts, now)
    reasons = {row.measure_id: _reason(weighing, row) for row in rows}
    for measure_id, reason in reasons.items():
        keep_within_a_unit(session, actor, consortium, owed, measure_id, reason=reason, now=now)
    follow(session, actor, consortium, {row.scope for row in rows}, reason=next(iter(reasons.values())), now=now)
    return [draft.id for draft in drafts if draft.reverses_id is None]


def _by_chain(rows: Sequence[PostedSplit]) -> list[list[PostedSplit]]:
    """The rows of each chain and rule, in the order of the ledger."""
    found: dict[tuple[str, UUID], list[PostedSplit]] = {}
    for row in rows:
        found.setdefault((row.scope, row.rule_version_id), []).append(row)
    return list(found.values())


def _together(session: Session, weighing: Weighing, outdated: Sequence[PostedSplit], now: datetime) -> list[Draft]:
    """Divide the rows of one chain and rule, with those that go by the new weights already."""
    groups: list[tuple[Split, list[PostedSplit]]] = []
    for row in outdated:
        alone = _by_weights_in_force(weighing, row)
        like = [rows for done, rows in groups if goes_by_the_same(done.explanation, alone.explanation)]
        if like:
            like[0].append(row)
        else:
            groups.append((alone, [row]))
    known, scope = {row.id for row in outdated}, outdated[0].scope
    live = queries.list_live_splits(session, [scope], outdated[0].rule_version)[scope]
    current = [row for row in live if row.id not in known]
    drafts: list[Draft] = []
    for alone, rows in groups:
        mates = [row for row in current if goes_by_the_same(row.explanation, alone.explanation)]
        together, first, reason = [*rows, *mates], rows[0], _reason(weighing, rows[0])
        lines = [line for row in together for line in lines_of(row)]
        done = alone if len(together) == 1 else _by_weights_in_force(weighing, first, total_of(lines))
        basis = Basis(first.roster, first.rule_version)
        drafts += [negative(row, reason) for row in together]
        drafts.append(division(scope_of(first), basis, lines, done, reason, now))
    return drafts


def _one_by_one(owed: Credits, weighing: Weighing, row: PostedSplit, now: datetime) -> tuple[Draft, Draft]:
    """Divide a row with a credit: what its old shares gave counts no longer when the new ones are worked out."""
    reason = _reason(weighing, row)
    back = negative(row, reason)
    owed.note(row.measure_id, back.explanation)
    before = as_seen_by(row.roster.parties, owed.of_everybody(row.measure_id))
    done = _by_weights_in_force(weighing, row, credits_before=before)
    owed.note(row.measure_id, done.explanation)
    basis = Basis(row.roster, row.rule_version)
    return back, division(scope_of(row), basis, lines_of(row), done, reason, now)


def _by_weights_in_force(
    weighing: Weighing, row: PostedSplit, total: int | None = None, *, credits_before: dict[str, int] | None = None
) -> Split:
    """A total by the rule of a split and by what its record holds, but for recorded weights: those in force."""
    record = row.explanation
    rule, (*members, _unallocated) = parse_rule(record["rule"]), record["roster"]
    held = {basis: dict(zip(members, weights, strict=True)) for basis, weights in record["recorded"].items()}
    bases = {**held, **weighing.recorded(rule, members, row.quarter_starting)}
    amount = row.total if total is None else total
    return split(amount, rule, roster=record["roster"], bases=bases, credits_before=credits_before)


def _reason(weighing: Weighing, row: PostedSplit) -> str:
    """Why a split is taken back: the weights that count for it now, by the day on which they were agreed."""
    counting = weighing.counting(parse_rule(row.explanation["rule"]), row.quarter_starting)
    day = max(version.agreed_at for version in counting).astimezone(LONDON).date()
    return str(Sentence("Weights agreed on %(day)s", {"day": f"{day.day} {day:%B %Y}"}))
