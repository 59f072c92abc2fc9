"""Pure decisions of delivery: quarters, terms, what can be of an award, who counts as one, and where claims stand."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from commonpurse.calc.quantity import to_smallest
from commonpurse.calc.sentence import Sentence, message

MOST_UNITS = 10**12
"""In smallest units: far above what is delivered in a quarter, far below what the ledger holds."""
MOST_PENCE = 10**14
"""A trillion pounds: more than any contract, and far below what a bigint holds."""
HEADS = frozenset({"people", "opportunities", "FTE"})
"""Units of which one person makes one at most."""
MOST_REFUSED = 10
"""Refused claims of one body in a day. More would let it find out who is claimed elsewhere."""
MOST_ASKED = 3
"""How often one side may ask the other to look at the same claim again."""

_QUARTERS = {
    1: message("January to March %(year)s"),
    4: message("April to June %(year)s"),
    7: message("July to September %(year)s"),
    10: message("October to December %(year)s"),
}
_DAYS = (
    message("%(day)s January %(year)s"),
    message("%(day)s February %(year)s"),
    message("%(day)s March %(year)s"),
    message("%(day)s April %(year)s"),
    message("%(day)s May %(year)s"),
    message("%(day)s June %(year)s"),
    message("%(day)s July %(year)s"),
    message("%(day)s August %(year)s"),
    message("%(day)s September %(year)s"),
    message("%(day)s October %(year)s"),
    message("%(day)s November %(year)s"),
    message("%(day)s December %(year)s"),
)


def quarter_of(day: date) -> date:
    """The first day of the quarter that holds `day`; quarters of the calendar are those of the financial year."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def last_day(quarter_starting: date) -> date:
    """The last day of the quarter."""
    return quarter_of(quarter_starting + timedelta(days=100)) - timedelta(days=1)


def quarters_of(starts_on: date, ends_on: date, today: date) -> list[date]:
    """The quarters a term touches that have begun, oldest first."""
    quarters, quarter = [], quarter_of(starts_on)
    while quarter <= min(ends_on, today):
        quarters.append(quarter)
        quarter = last_day(quarter) + timedelta(days=1)
    return quarters


def is_in_term(quarter_starting: date, starts_on: date, ends_on: date) -> bool:
    """Whether any day of the quarter lies in the term."""
    return quarter_starting <= ends_on and last_day(quarter_starting) >= starts_on


def say_quarter(quarter_starting: date) -> Sentence:
    """The quarter in words, for gettext."""
    return Sentence(_QUARTERS[quarter_starting.month], {"year": quarter_starting.year})


def say_day(day: date) -> Sentence:
    """A date in words, as a value of a refusal: 22 November 2026."""
    return Sentence(_DAYS[day.month - 1], {"day": day.day, "year": day.year})


class Standing(StrEnum):
    """Where a claim that was refused stands."""

    REFUSED = "refused"
    ASKED = "asked"
    KEPT = "kept"
    FREED = "freed"
    RECORDED = "recorded"


def standing_of(turn: str, *, is_held: bool, is_own: bool) -> Standing:
    """Where a refused claim stands.

    Args:
        turn: the kind of the newest step that is no mere try; that of a try where there is none.
        is_held: whether the side that held the claim holds it still.
        is_own: whether the side that was refused holds it by now.
    """
    if is_own:
        return Standing.RECORDED
    if not is_held:
        return Standing.FREED
    return Standing.REFUSED if turn == Standing.FREED else Standing(turn)


class Fault(Struct, frozen=True):
    """What cannot be, beside the field that says it; `field` is None for what no single field says."""

    field: str | None
    sentence: Sentence


def term_faults(
    *,
    price_pence: int | None,
    awarded_on: date | None,
    starts_on: date | None,
    ends_on: date | None,
    agreed_on: date | None,
    today: date,
) -> list[Fault]:
    """What cannot be of an award's price and dates; one that is None is not known yet, and is not judged.

    Args:
        agreed_on: the day on which the bodies agreed how outcomes are shared; None where they have not.
    """
    faults = []
    if agreed_on is None:
        faults.append(Fault(None, Sentence(NO_RULE)))
    if price_pence is not None and price_pence <= 0:
        faults.append(Fault("price_pence", Sentence("Enter a price of more than £0")))
    elif price_pence is not None and price_pence > MOST_PENCE:
        faults.append(Fault("price_pence", Sentence("The price is too large")))
    if awarded_on is not None and awarded_on > today:
        faults.append(Fault("awarded_on", Sentence("The date of award must be today or in the past")))
    elif awarded_on is not None and agreed_on is not None and awarded_on < agreed_on:
        faults.append(Fault("awarded_on", Sentence(RULE_CAME_LATER, {"agreed": say_day(agreed_on)})))
    if starts_on is not None and awarded_on is not None and starts_on < awarded_on:
        faults.append(Fault("starts_on", Sentence("The contract must not start before it is awarded")))
    if ends_on is not None and starts_on is not None and ends_on < starts_on:
        faults.append(Fault("ends_on", Sentence("The contract must end on or after the day it starts")))
    return faults


NO_RULE = message(
    "Agree in the workspace how outcomes are shared before you record the award. "
    "Add an allocation rule to the agenda there"
)
RULE_CAME_LATER = message(
    "The allocation rule was agreed on %(agreed)s. The award must not be earlier: "
    "bodies agree how outcomes are shared before the award"
)


def supplier_faults(*, is_chosen: bool, name: str) -> list[Fault]:
    """A supplier is chosen from the list or named, and not both."""
    if is_chosen and name:
        return [Fault("supplier_name", Sentence("Select a supplier or enter a new one, not both"))]
    if not is_chosen and not name:
        words = Sentence("Select a supplier, or enter the name of one that is not in the list")
        return [Fault("supplier_id", words)]
    return []


def quantity_fault(
    quantity: Decimal, *, measure: str, unit: str, decimals: int, stated_decimals: int
) -> Sentence | None:
    """Why a quantity of a measure cannot be promised or delivered; None where it can.

    Args:
        decimals: of the smallest unit that is shared out.
        stated_decimals: how many `quantity` may have.
    """
    try:
        to_smallest(quantity, stated_decimals)
    except ValueError:
        if stated_decimals == 0:
            return Sentence("%(measure)s is counted in whole %(unit)s", {"measure": measure, "unit": unit})
        return Sentence(
            "%(measure)s is counted in %(unit)s with at most %(decimals)s decimal places",
            {"measure": measure, "unit": unit, "decimals": stated_decimals},
        )
    if quantity <= 0:
        return Sentence("Enter a quantity of more than 0")
    if to_smallest(quantity, decimals) > MOST_UNITS:
        return Sentence("The quantity is too large")
    return None


def has_reached_award(stage: str) -> bool:
    """Whether a consortium is so far that an award can be recorded."""
    return stage in {"contract", "delivering", "closed"}


def counts_heads(unit: str, counts: str) -> bool:
    """Whether one unit of a measure is one person, who is claimed for 1 at most; hours, say, may be many a person."""
    return counts == "beneficiary" and unit in HEADS
