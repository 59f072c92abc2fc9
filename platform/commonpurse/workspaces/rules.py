"""Pure decisions of the room: when silence counts, where an offer stands, how offers and acts are said."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from commonpurse.calc import decision, money, quantity
from commonpurse.calc.allocation import Rule, parse_rule
from commonpurse.calc.allocation_rules import FixedPercentages, Hybrid
from commonpurse.calc.quantity import from_smallest, say_with_unit
from commonpurse.calc.sentence import Sentence, message

SHORTEST_NOTICE_DAYS = 7
"""An offer is never settled by silence sooner than this, so that a late one cannot surprise anybody."""

LARGEST_TARGET = 10**15
"""In smallest units. Far above what any body buys, and far below what a bigint holds."""

LARGEST_WEIGHT = 10**15
"""What one body weighs at most: a ledger adds up the weights of all of them in 64 bits."""

PREVIEW_UNITS = 1_000


def notice_ends(made_on: date, closes_on: date | None) -> date | None:
    """The last day on which an offer can be answered before silence counts; None while no date is set."""
    if closes_on is None:
        return None
    return max(closes_on, made_on + timedelta(days=SHORTEST_NOTICE_DAYS))


def standing(
    rule: str,
    quorum_percent: int,
    electorate: Mapping[str, int],
    positions: Mapping[str, str],
    *,
    deadline_passed: bool,
) -> decision.Outcome:
    """Where an offer stands under the consortium's rule.

    Args:
        electorate: weight in pence of every joined body.
        positions: the answers to this offer; those of bodies that have left no longer count.
    """
    counted = {body: decision.Position(answer) for body, answer in positions.items() if body in electorate}
    return decision.decide(
        decision.Rule(decision.Kind(rule), quorum_percent),
        electorate,
        counted,
        deadline_passed=deadline_passed,
        say_weight=money.pounds,
    )


def rule_words(rule: str, quorum_percent: int) -> Sentence:
    """What the consortium's decision rule says."""
    return decision.words(decision.Rule(decision.Kind(rule), quorum_percent))


def strangers(rule: Rule, bodies: set[str]) -> set[str]:
    """Bodies that fixed percentages name although they have not joined."""
    if isinstance(rule, Hybrid):
        return set().union(*(strangers(leg, bodies) for _, leg in rule.legs))
    named = {member for member, _ in rule.percentages} if isinstance(rule, FixedPercentages) else set()
    return named - bodies


def say_smallest(amount: int, decimals: int, unit: str) -> str:
    """A whole number of smallest units as people write it: 150 people, 37.5 FTE, £1,200,000."""
    return say_with_unit(from_smallest(amount, decimals), unit)


def starts_quarter(day: date) -> bool:
    """Whether a day is the first of a quarter of the calendar."""
    return day.day == 1 and day.month in _FIRST_DAYS


def say_start(day: date) -> Sentence:
    """The first day of a quarter.

    >>> str(say_start(date(2026, 10, 1)))
    '1 October 2026'
    """
    return Sentence(_FIRST_DAYS[day.month], {"year": day.year})


_FIRST_DAYS = {
    1: message("1 January %(year)s"),
    4: message("1 April %(year)s"),
    7: message("1 July %(year)s"),
    10: message("1 October %(year)s"),
}


def offer_words(
    quantity: Decimal | None,
    unit: str,
    allocation: Mapping[str, Any] | None,
    names: Mapping[str, str],
    weights: Mapping[str, Any] | None = None,
) -> Sentence:
    """What an offer says. `names` are those of the bodies by key, for fixed percentages and for weights."""
    if allocation is not None:
        return parse_rule(allocation).words(names)
    if weights is not None:
        return _weights_words(weights, unit, names)
    if quantity is None:
        raise ValueError("an offer has a quantity, an allocation rule or weights")
    return Sentence("%(offer)s", {"offer": say_with_unit(quantity, unit)})


def _weights_words(weights: Mapping[str, Any], unit: str, names: Mapping[str, str]) -> Sentence:
    values = {
        "start": say_start(date.fromisoformat(weights["effective_from"])),
        "unit": unit,
        "numbers": ", ".join(f"{body} {quantity.say(number)}" for body, number in weighed_bodies(weights, names)),
        "source": weights["source"],
    }
    return Sentence("From %(start)s, in %(unit)s: %(numbers)s. Source: %(source)s", values)


def weighed_bodies(weights: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """What each body weighs by its name, in the order of `names`."""
    numbers: Mapping[str, int] = weights["numbers"]
    bodies = [body for body in names if body in numbers] or list(numbers)
    return tuple((names.get(body, body), numbers[body]) for body in bodies)


_ANSWERS = {
    "agree": message("%(body)s agreed to offer %(number)s on %(item)s"),
    "object": message("%(body)s objected to offer %(number)s on %(item)s: %(reason)s"),
    "abstain": message("%(body)s abstained from offer %(number)s on %(item)s"),
}

_ACTS = {
    "workspaces.workspace_opened": message("The room was opened"),
    "workspaces.item_added": message("%(body)s put %(item)s on the agenda"),
    "workspaces.item_agreed": message("%(item)s was agreed: %(offer)s. %(outcome)s"),
    "workspaces.item_parked": message("%(body)s parked %(item)s"),
    "workspaces.item_resumed": message("%(body)s took up %(item)s again"),
    "workspaces.comment_made": message("%(body)s commented on %(item)s"),
}

ALLOCATION_TITLE = message("How outcomes are shared")
"""The title of an allocation rule on the agenda, which measures give to targets and recorded bases to weights."""


def act_words(kind: str, data: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Sentence, dict[str, Sentence]]:
    """An entry of the log in words: a sentence, and the sentences that fill some of its places."""
    title: str = data.get("title", "")
    parts = {"item": Sentence("%(title)s", {"title": title}) if title else Sentence(ALLOCATION_TITLE)}
    values = {name: data[name] for name in ("body", "number", "reason") if name in data}
    if kind == "workspaces.position_taken":
        return Sentence(_ANSWERS[data["answer"]], values), parts
    if kind in {"workspaces.offer_made", "workspaces.item_agreed"}:
        offered = None if data["quantity"] is None else Decimal(data["quantity"])
        # What was recorded before weights could be agreed has none.
        parts["offer"] = offer_words(offered, data["unit"], data["allocation"], names, data.get("weights"))
    if kind == "workspaces.offer_made":
        countered = data["number"] > 1
        return Sentence(_COUNTERED if countered else _PROPOSED, values), parts
    if kind == "workspaces.item_agreed":
        parts["outcome"] = Sentence(data["msgid"], data["values"])
    return Sentence(_ACTS[kind], values), parts


_PROPOSED = message("%(body)s proposed for %(item)s: %(offer)s")
_COUNTERED = message("%(body)s countered for %(item)s: %(offer)s")
