"""A split in words: how each share came about, and the line that shows that all of it adds up.

How a figure is said is the caller's business: pounds, hundredths of a week, jobs.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from commonpurse.calc.allocation_rules import CREDIT, LARGEST_REMAINDER, UNALLOCATED, parse_rule
from commonpurse.calc.quantity import say as plain
from commonpurse.calc.sentence import Sentence, message

__all__ = ["Sentence", "adds_up", "decimal", "exact_share", "explain", "tie_broken"]

Say = Callable[[int], str]


def explain(
    explanation: Mapping[str, Any],
    place: str,
    *,
    say: Say = plain,
    say_weight: Say = plain,
    one: str | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[Sentence, ...]:
    """How the share of one place of the roster came about; "you" is the body that reads it.

    Args:
        explanation: that of `allocation.split`.
        place: a member, or UNALLOCATED.
        say: how a total or a share is written, given smallest units.
        say_weight: the same for weights.
        one: what one smallest unit is called, such as "a penny"; without it, `say` of one.
        names: what members are called, where that is not their key.

    Raises:
        ValueError: if the place is not on the roster.
    """
    at = explanation["roster"].index(place)
    rule = parse_rule(explanation["rule"]).words(names or {})
    return (rule, *_sum(explanation, at, say, say_weight, one or say(1)))


def adds_up(total: int, amounts: Sequence[int], say: Say = plain) -> Sentence:
    """The certificate line of a split.

    Args:
        amounts: one for each place of the roster, the last one unallocated.

    Raises:
        ValueError: if the amounts do not make the total, or there are none.

    >>> str(adds_up(1000, [417, 333, 250, 0]))
    'Adds up exactly: 1,000 = 417 + 333 + 250'
    """
    if not amounts or sum(amounts) != total:
        raise ValueError(f"{list(amounts)} do not add up to {total}")
    *shares, rest = amounts
    parts = " + ".join(_bracketed(share, say) for share in shares)
    if not shares:
        return Sentence("Adds up exactly: all of %(total)s is unallocated", {"total": say(total)})
    if not rest:
        return Sentence("Adds up exactly: %(total)s = %(parts)s", {"total": say(total), "parts": parts})
    return Sentence(
        "Adds up exactly: %(total)s = %(parts)s + %(rest)s unallocated",
        {"total": say(total), "parts": parts, "rest": _bracketed(rest, say)},
    )


def exact_share(explanation: Mapping[str, Any], at: int) -> tuple[int, int]:
    """What a place is entitled to: whole units, rounded towards zero, and the remainder over the sum of the weights."""
    total = explanation["total"]
    floor, remainder = divmod(abs(total) * explanation["weights"][at], explanation["whole"])
    return (-floor, -remainder) if total < 0 else (floor, remainder)


def tie_broken(explanation: Mapping[str, Any]) -> bool:
    """Whether places met with the same claim to the last unit, so that the order of the roster decided."""
    rounding = explanation["rule"].get("rounding", LARGEST_REMAINDER)
    if rounding == LARGEST_REMAINDER:
        return _remainders_tie(explanation)
    if rounding == CREDIT:
        return _credits_tie(explanation["steps"])
    return rounding in _DIVISORS and _quotients_tie(explanation["steps"])


def _remainders_tie(explanation: Mapping[str, Any]) -> bool:
    sizes = [abs(remainder) for remainder in explanation["remainders"]]
    lucky = [size for size, extra in zip(sizes, explanation["extra_unit"], strict=True) if extra]
    others = [size for size, extra in zip(sizes, explanation["extra_unit"], strict=True) if not extra]
    return bool(lucky) and min(lucky) in others


def _credits_tie(steps: Mapping[str, Any]) -> bool:
    """Whether of those with the same credit some were served and others not."""
    return len({steps["credits_after"][place] for place in steps["at_line"]}) > 1


def _quotients_tie(steps: Mapping[str, Any]) -> bool:
    """Whether the last unit given and the first that was not had the same quotient; without one, the same weight."""
    last, first = steps["last_given"], steps["first_not_given"]
    if last is None or last["quotient"] != first["quotient"]:
        return False
    return last["quotient"] is not None or steps["weights"][last["place"]] == steps["weights"][first["place"]]


def _sum(explanation: Mapping[str, Any], at: int, say: Say, say_weight: Say, one: str) -> list[Sentence]:
    total, weights, whole = explanation["total"], explanation["weights"], explanation["whole"]
    holder, place = explanation["holder"], explanation["roster"][at]
    floor, remainder = exact_share(explanation, at)
    values = {
        "total": say(total),
        "weight": say_weight(weights[at]),
        "whole": say_weight(whole),
        "floor": say(floor),
        "over": f"{plain(remainder)}/{plain(whole)}",
        "one": one,
    }
    if not any(weights[:-1]):
        return [Sentence("No body can receive this, so all of it stays unallocated: %(total)s", values)]
    if isinstance(holder, str) and place == holder:
        return [Sentence("The place of delivery is in your area, so all of it is yours: %(total)s", values)]
    if isinstance(holder, str):
        return [Sentence("The place of delivery is in another body's area, so none of it comes here")]
    if isinstance(holder, Mapping) and place != UNALLOCATED and not weights[at]:
        return [Sentence("At no tier of this rule is the place of delivery in your area, so none of it comes here")]
    if remainder:
        said = Sentence("%(total)s × %(weight)s ÷ %(whole)s = %(floor)s and %(over)s of %(one)s left over", values)
    else:
        said = Sentence("%(total)s × %(weight)s ÷ %(whole)s = %(floor)s exactly", values)
    rounding = explanation["rule"].get("rounding", LARGEST_REMAINDER)
    if rounding == LARGEST_REMAINDER:
        return [said, _rounding(explanation, at, say, one)] if remainder else [said]
    if rounding in _DIVISORS:
        return [said, _divisor(explanation, at, say, one)]
    if rounding == CREDIT:
        return [said, _credit(explanation, at, say, one)]
    return [said, _staircase(explanation, at, say)]


def _divisor(explanation: Mapping[str, Any], at: int, say: Say, one: str) -> Sentence:
    """What a divisor makes of the weight of a place, or that there is none."""
    share, divisor = say(explanation["amounts"][at]), explanation["steps"]["divisor"]
    if divisor is None:
        return Sentence("The method gives you %(share)s; the last units had no divisor of their own", {"share": share})
    quotient = Fraction(explanation["weights"][at]) / Fraction(divisor)
    values = {"divisor": decimal(Fraction(divisor)), "quotient": decimal(quotient), "units": _units(one)}
    return Sentence(_DIVISORS[explanation["rule"]["rounding"]], {**values, "share": share})


_DIVISORS = {
    "sainte_lague": message(
        "Every weight is divided by %(divisor)s; yours comes to %(quotient)s %(units)s, rounded to the nearest: "
        "%(share)s"
    ),
    "dhondt": message(
        "Every weight is divided by %(divisor)s; yours comes to %(quotient)s %(units)s, rounded down: %(share)s"
    ),
    "adams": message(
        "Every weight is divided by %(divisor)s; yours comes to %(quotient)s %(units)s, rounded up: %(share)s"
    ),
    "huntington_hill": message(
        "Every weight is divided by %(divisor)s; yours comes to %(quotient)s %(units)s, rounded at the geometric mean "
        "of the whole numbers beside it: %(share)s"
    ),
}


def _staircase(explanation: Mapping[str, Any], at: int, say: Say) -> Sentence:
    stairs = explanation["steps"]["stairs"]
    values = {
        "before": say(stairs[at - 1] if at else 0),
        "after": say(stairs[at]),
        "share": say(explanation["amounts"][at]),
    }
    return Sentence(
        "Shares are added up along the roster and rounded down: %(before)s before you and %(after)s with you, so your "
        "share is %(share)s",
        values,
    )


def _credit(explanation: Mapping[str, Any], at: int, say: Say, one: str) -> Sentence:
    steps = explanation["steps"]
    values = {
        "before": _millionths(steps["credits_before"][at]),
        "share": say(explanation["amounts"][at]),
        "after": _millionths(steps["credits_after"][at]),
        "units": _units(one),
    }
    return Sentence(
        "A credit of %(before)s %(units)s came from before; you receive %(share)s, and a credit of %(after)s %(units)s "
        "is left for next time",
        values,
    )


def _units(one: str) -> Sentence:
    """What credits and quotients count: smallest units, whatever the share is said in."""
    return Sentence("units") if one == plain(1) else Sentence("units of %(one)s", {"one": one})


def decimal(number: Fraction) -> str:
    """Cut off after six places, and said to go on where it does."""
    cut = int(number * 10**6)  # int rounds towards zero
    said = plain(cut, 6).rstrip("0").rstrip(".")
    return said if Fraction(cut, 10**6) == number else f"{said}…"


def _millionths(credit: int) -> str:
    return plain(credit, 6).rstrip("0").rstrip(".")


def _rounding(explanation: Mapping[str, Any], at: int, say: Say, one: str) -> Sentence:
    """Where the units went that rounding left, and whether this place received one."""
    one_unit = -1 if explanation["total"] < 0 else 1
    spare = one_unit * sum(explanation["extra_unit"])
    lucky = explanation["extra_unit"][at]
    share = explanation["floors"][at] + one_unit * lucky
    return Sentence(
        _ROUNDING[explanation["roster"][at] == UNALLOCATED, lucky],
        {"spare": say(spare), "one": one, "share": say(share)},
    )


_ROUNDING = {
    (False, True): message(
        "Rounding left %(spare)s, given to the largest remainders, %(one)s each; "
        "yours is among them, so your share is %(share)s"
    ),
    (False, False): message(
        "Rounding left %(spare)s, given to the largest remainders, %(one)s each; "
        "yours is not among them, so your share is %(share)s"
    ),
    (True, True): message(
        "Rounding left %(spare)s, given to the largest remainders, %(one)s each; "
        "this is among them, so %(share)s stays unallocated"
    ),
    (True, False): message(
        "Rounding left %(spare)s, given to the largest remainders, %(one)s each; "
        "this is not among them, so %(share)s stays unallocated"
    ),
}


def _bracketed(amount: int, say: Say) -> str:
    return f"({say(amount)})" if amount < 0 else say(amount)
