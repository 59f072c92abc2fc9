"""Splitting verified outcomes, each group once as a whole, and taking a split back when an outcome was wrong."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.allocation import Split, parse_rule, split, split_again
from commonpurse.calc.allocation_rules import CREDIT
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, require
from commonpurse.delivery.commands import reopen_record, replace_record
from commonpurse.delivery.models import OutcomeRecord
from commonpurse.outcomes import policy, queries
from commonpurse.outcomes.commands.books import follow
from commonpurse.outcomes.commands.ledger import (
    Basis,
    Draft,
    Line,
    Scope,
    append,
    basis_of,
    divide_again,
    division,
    negative,
    scope_of,
)
from commonpurse.outcomes.models import PostedSplit
from commonpurse.outcomes.queries.credits import Credits, as_seen_by, list_live_with_credit
from commonpurse.outcomes.queries.places import held_places
from commonpurse.outcomes.queries.weighing import bases_by_quarter
from commonpurse.outcomes.rules import REPLACED, a_unit_off, goes_by_the_same, would_even_out
from commonpurse.workspaces.queries import agreed_allocation

SPLITS_AT_ONCE = 500
"""Totals that are divided before they are written."""


def issue_splits(session: Session, actor: Actor, *, consortium_id: UUID, now: datetime) -> list[UUID]:
    """Split every verified outcome that is not yet split: one total for each measure, quarter and place.

    A total that the same rule and weights have divided before is taken back and divided anew with what came since,
    so that nobody's share depends on when splits are issued. Where whole units are shared with a credit, what came
    since is divided alone: the credit carries what is owed, and nobody's sum so far falls because outcomes came late.

    Returns:
        The keys of the splits that were posted, in the order of the ledger.

    Raises:
        NotFound, NotAllowed: see `policy.may_issue`.
        Refused: no rule was agreed, nothing waits to be split, or no weights are in force for a quarter.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    require(
        policy.may_issue(actor, consortium),
        "You cannot issue splits",
        who="A buyer of the lead authority can do this",
    )
    agreed = agreed_allocation(session, consortium_id)
    if agreed is None:
        raise Refused("Agree in the workspace how outcomes are shared before they are split")
    groups: dict[Scope, list[OutcomeRecord]] = defaultdict(list)
    for record in queries.list_unsplit_records(session, consortium_id):
        scope = Scope(record.contract_id, record.measure_id, record.quarter_starting, record.place_gss)
        groups[scope].append(record)
    if not groups:
        raise Refused("No verified outcome waits to be split")
    basis = basis_of(session, consortium, agreed, now)
    rule = parse_rule(queries.spec_of(basis.rule))
    bases = bases_by_quarter(session, consortium, rule, basis.roster, {scope.quarter_starting for scope in groups})
    delivered = {(scope.place_gss, scope.quarter_starting) for scope in groups}
    held = held_places(session, consortium, basis.roster, rule, delivered)
    owed, posted = Credits(session, consortium_id), []
    ordered = sorted(groups, key=str)
    for some in [ordered[start : start + SPLITS_AT_ONCE] for start in range(0, len(ordered), SPLITS_AT_ONCE)]:
        drafts: list[Draft] = []
        # Where whole units are shared with a credit, what was divided before stays as it is.
        live = queries.list_live_splits(session, [str(scope) for scope in some if rule.rounding != CREDIT], basis.rule)
        for scope in some:
            lines = [Line(record.id.hex, record.version, record.quantity) for record in groups[scope]]
            roster, holder = basis.roster.parties, held.get((scope.place_gss, scope.quarter_starting))
            alone = split(total_of(lines), rule, roster=roster, bases=bases[scope.quarter_starting], holder=holder)
            for earlier in live.get(str(scope), ()):
                if goes_by_the_same(earlier.explanation, alone.explanation):
                    drafts.append(negative(earlier, REPLACED))
                    lines = [*lines_of(earlier), *lines]
            done = _divide_again(owed, scope.measure_id, total_of(lines), alone)
            drafts.append(division(scope, basis, lines, done, "", now))
            posted.append(drafts[-1].id)
        append(session, actor, consortium, drafts, now)
    follow(session, actor, consortium, [str(scope) for scope in groups], now=now)
    return posted


def _divide_again(owed: Credits, measure_id: UUID, total: int, like: Split) -> Split:
    """Divide a total by the rule, weights and holder of another split, and by the credits of now."""
    before = None
    if parse_rule(like.explanation["rule"]).rounding == CREDIT:
        before = as_seen_by(like.roster, owed.of_everybody(measure_id))
    done = split_again(total, like.explanation, credits_before=before)
    owed.note(measure_id, done.explanation)
    return done


def lines_of(row: PostedSplit) -> list[Line]:
    """The outcomes that made the total of a split."""
    return [Line(*line) for line in zip(row.outcomes, row.versions, row.quantities, strict=True)]


def total_of(lines: Sequence[Line]) -> int:
    """What outcomes come to."""
    return sum(line.quantity for line in lines)


def correct_outcome(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    record_id: UUID,
    quantity: Decimal,
    quarter_starting: date,
    place: str,
    reason: str,
    seen_version: int,
    now: datetime,
) -> UUID:
    """Replace a record that was wrong. If it was split, that split is reversed and its other outcomes split anew.

    The replacement is checked by a second person and then split like any other outcome.

    Returns:
        The key of the replacement.

    Raises:
        NotFound, NotAllowed, Refused, Stale: see `delivery.commands.replace_record`.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    old, replacement = replace_record(
        session,
        actor,
        consortium_id=consortium_id,
        record_id=record_id,
        quantity=quantity,
        quarter_starting=quarter_starting,
        place=place,
        reason=reason,
        seen_version=seen_version,
        now=now,
    )
    _undo(session, actor, consortium, old, reason=reason.strip(), now=now)
    return replacement.id


def reopen_outcome(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    record_id: UUID,
    reason: str,
    seen_version: int,
    now: datetime,
) -> None:
    """Send a verified record back. If it was split, that split is reversed and its other outcomes split anew.

    Raises:
        NotFound, NotAllowed, Refused, Stale: see `delivery.commands.reopen_record`.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    record = reopen_record(
        session,
        actor,
        consortium_id=consortium_id,
        record_id=record_id,
        reason=reason,
        seen_version=seen_version,
        now=now,
    )
    _undo(session, actor, consortium, record, reason=record.reason, now=now)


def _undo(
    session: Session, actor: Actor, consortium: Consortium, record: OutcomeRecord, *, reason: str, now: datetime
) -> None:
    """Take back the split in which a record counts, if there is one, and split what remains of it, in every book."""
    original = queries.live_split_of(session, record.id)
    if original is not None:
        _undo_in_primary(session, actor, consortium, original, record, reason=reason, now=now)
        follow(session, actor, consortium, [original.scope], reason=reason, now=now)


def _undo_in_primary(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    original: PostedSplit,
    record: OutcomeRecord,
    *,
    reason: str,
    now: datetime,
) -> None:
    lines = [line for line in lines_of(original) if line.outcome != record.id.hex]
    if lines and parse_rule(original.explanation["rule"]).rounding != CREDIT:
        rest = split_again(total_of(lines), original.explanation)
        divide_again(session, actor, consortium, original, lines, rest, reason=reason, now=now)
        return
    owed, back = Credits(session, consortium.id), negative(original, reason)
    owed.note(original.measure_id, back.explanation)
    drafts = [back]
    if lines:
        like = Split(original.total, original.roster.parties, original.amounts, original.explanation)
        done = _divide_again(owed, original.measure_id, total_of(lines), like)
        basis = Basis(original.roster, original.rule_version)
        drafts.append(division(scope_of(original), basis, lines, done, reason, now, like=original.weight_version))
    append(session, actor, consortium, drafts, now)
    keep_within_a_unit(session, actor, consortium, owed, original.measure_id, reason=reason, now=now)


def keep_within_a_unit(
    session: Session,
    actor: Actor,
    consortium: Consortium,
    owed: Credits,
    measure_id: UUID,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Even out the credits of a measure where a correction left a body a unit or more off what it is entitled to.

    A reversal gives back what was divided by the credits of then, which may be too much or too little by those of
    now. So the latest splits in which a unit can go from a body ahead to one behind are divided anew, each at most
    once and for the reason of the correction. Each makes the sum of the squared credits of its parties smaller.
    """
    held = owed.of_everybody(measure_id)
    if not a_unit_off(held):
        return
    drafts: list[Draft] = []
    for row in list_live_with_credit(session, consortium.id, measure_id):
        parties = row.roster.parties
        if not would_even_out(as_seen_by(parties, held), dict(zip(parties, row.amounts, strict=True))):
            continue
        back = negative(row, reason)
        owed.note(measure_id, back.explanation)
        again = split_again(row.total, row.explanation, credits_before=as_seen_by(parties, held))
        owed.note(measure_id, again.explanation)
        basis = Basis(row.roster, row.rule_version)
        drafts += [back, division(scope_of(row), basis, lines_of(row), again, reason, now, like=row.weight_version)]
    append(session, actor, consortium, drafts, now)
