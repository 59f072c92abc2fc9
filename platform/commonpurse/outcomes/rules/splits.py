"""Pure decisions about splits: which belong together, and what one shows."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.calc.credit import UNIT
from commonpurse.calc.quantity import from_smallest
from commonpurse.calc.sentence import message

REPLACED = message("Replaced by a split of the whole group")
"""Why a split is taken back when outcomes of its group came later."""


def goes_by_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two splits go by one rule, one roster, the same weights and the same holder of the place."""
    return all(one[part] == other[part] for part in ("rule", "roster", "weights", "holder"))


def a_unit_off(credits_held: Mapping[str, int]) -> set[str]:
    """The bodies that are a whole unit or more ahead of what they are entitled to, or behind it."""
    return {body for body, credit in credits_held.items() if body != UNALLOCATED and abs(credit) >= UNIT}


def would_even_out(credits_held: Mapping[str, int], amounts: Mapping[str, int]) -> bool:
    """Whether a split, divided anew by these credits, would bring a body nearer that is a unit or more off.

    It moves a unit from whoever received one to whoever is more than a unit worse off.
    """
    received = [credits_held.get(party, 0) for party, amount in amounts.items() if amount > 0]
    highest = max((credits_held.get(party, 0) for party in amounts), default=0)
    for body in a_unit_off(credits_held):
        credit = credits_held[body]
        gives = credit < 0 and amounts.get(body, 0) > 0 and highest > credit + UNIT
        takes = credit > 0 and body in amounts and min(received, default=credit) < credit - UNIT
        if gives or takes:
            return True
    return False


MOST_DIGITS = 60
"""More than a share of 64 bits and a unit value have together, so that their product is exact."""


def worth_pence(share: int, decimals: int, value_gbp: Decimal) -> int:
    """What a share in smallest units is worth in whole pence at a value in GBP for one unit, halves away from zero."""
    with localcontext(prec=MOST_DIGITS):
        pence = from_smallest(share, decimals) * value_gbp * 100
        return int(pence.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def statement_file(body: str, until: date, *, edition: int | None = None) -> str:
    """What a body's statement is called on a disk, without its ending: whose it is, the quarter, the edition.

    >>> statement_file("St. Helens Council", date(2026, 10, 1), edition=2)
    'statement-st-helens-council-2026-october-to-december-edition-2'
    """
    name = "-".join(re.findall(r"[a-z0-9]+", body.lower())) or "body"
    return f"statement-{name}-{until.year}-{_QUARTERS[until.month]}" + (f"-edition-{edition}" if edition else "")


_QUARTERS = {1: "january-to-march", 4: "april-to-june", 7: "july-to-september", 10: "october-to-december"}
