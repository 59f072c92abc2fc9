"""From exact shares to whole units: one name for each way, and one call for all of them.

`allocation_rules.ROUNDINGS` says what they are called. Largest remainders, the default, has its own record in
`allocation`; what is here answers with the steps of its rule.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from commonpurse.calc.credit import divide_by_credit
from commonpurse.calc.divisors import divide_by_divisor
from commonpurse.calc.quota import divide_by_staircase
from commonpurse.calc.worked import Worked

Credits = Sequence[int]


def round_shares(rounding: str, total: int, weights: Sequence[int], credits_before: Credits) -> Worked:
    """Divide `total` in proportion to `weights` by a way of rounding other than largest remainders.

    Args:
        credits_before: in millionths of a unit, one for each weight; only the credit ledger looks at them.

    Raises:
        ValueError: as the rule does; if nobody knows the rounding.
    """
    if rounding not in WAYS:
        raise ValueError(f"{rounding!r} is no way of rounding here")
    return WAYS[rounding](total, weights, credits_before)


def _divisor(method: str, total: int, weights: Sequence[int], _credits: Credits) -> Worked:
    return divide_by_divisor(total, weights, method)


def _staircase(total: int, weights: Sequence[int], _credits: Credits) -> Worked:
    return divide_by_staircase(total, weights)


def _credit(total: int, weights: Sequence[int], credits_before: Credits) -> Worked:
    return divide_by_credit(total, weights, credits_before).worked


WAYS: Mapping[str, Callable[[int, Sequence[int], Credits], Worked]] = MappingProxyType(
    {
        "sainte_lague": partial(_divisor, "webster"),
        "dhondt": partial(_divisor, "dhondt"),
        "adams": partial(_divisor, "adams"),
        "huntington_hill": partial(_divisor, "huntington-hill"),
        "staircase": _staircase,
        "credit": _credit,
    }
)
