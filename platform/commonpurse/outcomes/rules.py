"""Pure decisions about splits: which belong together, and what one shows."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from commonpurse.calc.quantity import from_smallest
from commonpurse.calc.sentence import message

REPLACED = message("Replaced by a split of the whole group")
"""Why a split is taken back when outcomes of its group came later."""


def goes_by_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two splits go by one rule, one roster, the same weights and the same holder of the place."""
    return all(one[part] == other[part] for part in ("rule", "roster", "weights", "holder"))


def is_tie_broken(explanation: Mapping[str, Any]) -> bool:
    """Whether equal remainders met at the last unit, so that the order of the roster decided who received it."""
    sizes = [abs(remainder) for remainder in explanation["remainders"]]
    lucky = [size for size, extra in zip(sizes, explanation["extra_unit"], strict=True) if extra]
    others = [size for size, extra in zip(sizes, explanation["extra_unit"], strict=True) if not extra]
    return bool(lucky) and min(lucky) in others


def worth_pence(share: int, decimals: int, value_gbp: Decimal) -> int:
    """What a share is worth in whole pence at a value in GBP for one unit, halves away from zero."""
    pence = from_smallest(share, decimals) * value_gbp * 100
    return int(pence.quantize(Decimal(1), rounding=ROUND_HALF_UP))
