"""Sums over a statement: whether every figure follows from its splits, and what differs between two editions."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from commonpurse.calc.allocation import replay
from commonpurse.outcomes.rules.documents import Amended, Document, Fair, MeasureFigures, SplitLine
from commonpurse.outcomes.rules.splits import worth_pence


def _entitlement(split: SplitLine, party: str) -> Fraction | None:
    """What a party is entitled to by its weight, before any rounding; None where the record has no weights."""
    weights: list[int] = split.record.get("weights") or []
    if not any(weights):
        return None
    parties: list[str] = split.record["roster"]
    if party not in parties:
        return Fraction(0)
    return Fraction(split.total * weights[parties.index(party)], sum(weights))


def entitled(splits: list[SplitLine], party: str) -> Fraction | None:
    """What a party is entitled to by several splits together; None where one of them does not say."""
    whole = Fraction(0)
    for split in splits:
        part = _entitlement(split, party)
        if part is None:
            return None
        whole += part
    return whole


def what_changed(before: Document, after: Document) -> tuple[Amended, ...]:
    """Every cumulative figure of the body that is not what it was."""
    old = {each.id: each.cumulative for each in before.measures}
    new = {each.id: each.cumulative for each in after.measures}
    return tuple(
        Amended(key, old.get(key, 0), new.get(key, 0))
        for key in [*new, *(key for key in old if key not in new)]
        if old.get(key, 0) != new.get(key, 0)
    )


def faults_of(document: Document) -> Iterator[str]:
    """Every figure that is not what the splits of the document give, each in a sentence."""
    parties = [party.id for party in document.parties]
    held: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    amounts: dict[str, list[int]] = {measure.id: [0] * len(parties) for measure in document.measures}
    yearly: dict[tuple[str, int], int] = defaultdict(int)
    for split in document.splits:
        shares = _shares(split)
        if shares is None or not set(shares) <= set(parties):
            yield f"the split {split.id} does not follow from its own record"
            continue
        own = shares.get(document.body.id, 0)
        if own != split.share:
            yield f"the share of the split {split.id} is {own}, not {split.share}"
        held[split.measure, split.contract, split.place][split.quarter == document.until] += own
        yearly[split.measure, int(split.quarter[:4])] += own
        for party, share in shares.items():
            amounts[split.measure][parties.index(party)] += share
    for line in document.lines:
        opening, period = held.pop((line.measure, line.contract, line.place), [0, 0])
        if (line.opening, line.period, line.cumulative) != (opening, period, opening + period):
            yield f"the figures of {line.measure} at {line.place} are not the sum of its splits"
    if any(any(sums) for sums in held.values()):
        yield "a split stands in no line"
    yield from _faults_of_measures(document, amounts)
    for value in document.values:
        decimals = document.measure(value.measure).decimals
        if value.amount != yearly[value.measure, value.year] or value.pence != worth_pence(
            value.amount, decimals, Decimal(value.value_gbp)
        ):
            yield f"the value of {value.measure} in {value.year} is not its share times its unit value"


def _shares(split: SplitLine) -> dict[str, int] | None:
    """What each party of the split receives, worked out anew; None where the record is not what its inputs give."""
    try:
        amounts = replay(split.record)
        shares = dict(zip(split.record["roster"], amounts, strict=True))
    except (ValueError, KeyError, TypeError):
        return None
    if tuple(amounts) != split.amounts:
        return None
    made = sum(outcome.quantity for outcome in split.outcomes)
    return shares if split.record["total"] == split.total == made == sum(shares.values()) else None


def _faults_of_measures(document: Document, amounts: dict[str, list[int]]) -> Iterator[str]:
    for measure in document.measures:
        lines = [line for line in document.lines if line.measure == measure.id]
        splits = [split for split in document.splits if split.measure == measure.id]
        exact = entitled(splits, document.body.id)
        target = measure.target
        right = {
            "opening": sum(line.opening for line in lines),
            "period": sum(line.period for line in lines),
            "cumulative": sum(line.cumulative for line in lines),
            "amounts": tuple(amounts[measure.id]),
            "whole": sum(amounts[measure.id]),
            "fair_share": None if exact is None else Fair.of(exact),
            "difference": None if exact is None else Fair.of(measure.cumulative - exact),
            "missing": None if target is None else max(0, target - measure.whole),
            "records": sum(len(split.outcomes) for split in splits),
            "files": sum(len(outcome.evidence) for split in splits for outcome in split.outcomes),
        }
        if not _certifies(measure):
            yield f"{measure.title}: the certificate does not say the whole and what each party has of it"
        for name, value in right.items():
            if getattr(measure, name) != value:
                yield f"{measure.title}: {name} is {value}, not {getattr(measure, name)}"


def _certifies(measure: MeasureFigures) -> bool:
    """Whether the figures in the certificate, whatever its words, are the whole and the amounts but for zeros."""
    text = measure.certificate.text if measure.certificate else ""
    said = [int(re.sub(r"\D", "", figure)) for figure in re.findall(r"[0-9][0-9,.]*", text)]
    due = [abs(units) for units in (measure.whole, *measure.amounts)]
    return [units for units in said if units] == [units for units in due if units]
