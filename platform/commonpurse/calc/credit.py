"""Whole units over many periods: nobody waits for ever, because what a place did not get stays to its credit.

**The credit ledger.** Each period every place is credited with its exact share of the period's total, in millionths
of a unit; then the units go one after the other to the place with the largest credit, which pays one unit of credit
for each; equal credits go by place in the roster. So a credit is what its place was entitled to so far less what it
received. The state between two periods is the credits alone.

What holds, and why (P is the number of places, the unallocated one among them):

- The units add up to the total and the credits to zero: the shares of a period are rounded to millionths by largest
  remainders, so they add up to the total exactly. A share is rounded by less than a millionth in a period, so in a
  thousand periods by less than a thousandth of a unit.
- A total that is not negative gives nobody a negative amount, and a unit only to whose credit is above zero.
- While no total is negative, nothing is taken back and nobody leaves, nobody is ever a whole unit ahead: a place is
  served while its credit is above zero, so it stays above minus one.
- In the same conditions nobody is ever more than H_P - 1 = 1/2 + 1/3 + ... + 1/P units behind, whatever the totals
  and weights: less than one unit for P of 2 or 3. *Why:* any k places are together at most k (H_P - H_k) behind.
  This is so with k = P. Going down, if only these k received units in the period, they are no further behind than
  before it. Otherwise a place outside received one, so afterwards its credit is at most one unit below the average
  of the k, and theirs is at most k / (k + 1) x (that of the k + 1, plus one unit). A place that joins at zero does not
  disturb this. Nobody who decides period by period can promise less: an opponent who each time counts only the places
  that were not served yet brings the last of P to exactly that (D. Coppersmith, T. Nowicki, G. Paleologo, C. Tresser
  and C. W. Wu, The Optimality of the Online Greedy Algorithm in Carpool and Chairman Assignment Problems, ACM
  Transactions on Algorithms 7(3), 2011).
- With weights that nobody chose against the rule the deviation stayed below one unit in every run we measured, of 5
  to 300 places (the project's design notes, section 2.4). That is measured, not proved, for P of 4 and more.
- A total of -n with the credits reversed gives the reverse of everything.

**Whoever leaves** leaves its credit to the unallocated place by a posting, and whoever joins begins with zero: see
`change_roster`. The credits still add up to zero; the unallocated place, which takes over what others had, may then
be further off than the bounds above. **A correction** to a closed period is posted as a total of today, which may be
below zero, with today's credits: closed periods are not worked out anew. What it takes back it takes from those who are
furthest ahead; it does not know what each has ever received. **A reversal** copies the stored amounts and the stored
change of the credits with the other sign, and never works them out anew: see `take_back`.

**Cumulative Webster** is the ledger's memoryless sister: what a place has after Q units is Webster's division of Q, a
period gives the difference. Nobody loses by more units, and only Q must be kept; but a change of the weights is a
change for all that was ever delivered, so it suits weights that stay, and shares may be missed by more than a unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.divisors import divide_by_divisor
from commonpurse.calc.worked import Worked

UNIT = 1_000_000
"""One unit of credit, in the millionths that credits are held in."""


@dataclass(frozen=True, slots=True)
class Period:
    """What one period gives, in units, and the credits after it, in millionths of a unit, place by place."""

    worked: Worked
    credits: tuple[int, ...]


def divide_by_credit(total: int, weights: Sequence[int], credits_before: Sequence[int]) -> Period:
    """Divide the `total` of a period by the credit ledger.

    Args:
        weights: of this period.
        credits_before: in millionths of a unit, as the period before left them; zeros in the first.

    The steps hold for each place, in millionths: credit before + entitled - amount = credit after. Everybody with more
    than `line` of credit gave a unit's worth of it for a unit until nothing more was above it; those in `at_line` had
    exactly that much when the last units went, and these went by place in the roster (for a total below zero all
    signs are turned). `line` is None if there was nothing to divide.

    Raises:
        ValueError: unless total, weights and credits are ints, no weight is negative and one is above zero, and there
            is one credit for each weight and they add up to zero.

    >>> divide_by_credit(1, [1, 1, 1], [0, 0, 0]).credits
    (-666666, 333333, 333333)
    """
    _check(credits_before, len(weights))
    largest_remainder(total, weights)  # Refuses what cannot be divided: a bool times UNIT would be an int.
    entitled = largest_remainder(total * UNIT, weights)
    sign = -1 if total < 0 else 1
    held = [sign * (credit + share) for credit, share in zip(credits_before, entitled, strict=True)]
    units, line, at_line = _serve(abs(total), held)
    amounts = tuple(sign * unit for unit in units)
    after = tuple(sign * credit - UNIT * amount for credit, amount in zip(held, amounts, strict=True))
    steps = {
        "total": total,
        "weights": list(weights),
        "credits_before": list(credits_before),
        "entitled": list(entitled),
        "line": None if line is None else sign * line,
        "at_line": at_line,
        "credits_after": list(after),
        "credit_change": [new - old for old, new in zip(credits_before, after, strict=True)],
    }
    return Period(Worked(amounts, steps), after)


def take_back(period: Worked, credits_before: Sequence[int]) -> Period:
    """The exact reverse of a posted period, against the credits of today.

    Args:
        period: the answer that was posted: its amounts and steps, as stored.

    Raises:
        ValueError: if the credits are not ints that add up to zero, one for each amount, or if the stored period
            does not hang together, so that it is none, or was changed.
    """
    _check(credits_before, len(period.amounts))
    change = period.steps.get("credit_change")
    if type(change) is not list or len(change) != len(period.amounts):
        raise ValueError("the stored period does not say how it changed the credits")
    _check(change, len(period.amounts))
    if sum(period.amounts) != period.steps.get("total"):
        raise ValueError("the stored amounts do not add up to the stored total")
    amounts = tuple(-amount for amount in period.amounts)
    after = tuple(old - moved for old, moved in zip(credits_before, change, strict=True))
    steps = {
        "takes_back": True,
        "total": -period.steps["total"],
        "credits_before": list(credits_before),
        "credits_after": list(after),
        "credit_change": [-moved for moved in change],
    }
    return Period(Worked(amounts, steps), after)


def change_roster(before: Mapping[str, int], after: Sequence[str]) -> Worked:
    """The credits of the places of a new roster; who is on it no more leaves its credit to the last place.

    Args:
        before: credit in millionths of each place of the old roster.
        after: the new roster; its last place is the unallocated one.

    The amounts are the new credits, in the order of `after`. The steps name every posting, in the order of the old
    roster, and whoever joined with zero.

    Raises:
        ValueError: if the new roster is empty or names anybody twice, or if the old credits are not ints that add up
            to zero.
    """
    if not after or len(set(after)) != len(after):
        raise ValueError("the new roster must name every place once, and the unallocated one last")
    _check(list(before.values()), len(before))
    last, staying = after[-1], set(after)
    postings: list[dict[str, Any]] = [
        {"from": place, "to": last, "millionths": credit} for place, credit in before.items() if place not in staying
    ]
    moved = sum(posting["millionths"] for posting in postings)
    amounts = tuple(before.get(place, 0) + (moved if place == last else 0) for place in after)
    steps = {
        "credits_before": dict(before),
        "roster": list(after),
        "postings": postings,
        "joined": [place for place in after if place not in before],
    }
    return Worked(amounts, steps)


def divide_by_cumulative_webster(total: int, weights: Sequence[int], before: int) -> Worked:
    """Divide the `total` of a period so that everybody has Webster's share of all that was ever delivered.

    Args:
        total: units of this period; below zero for a correction.
        before: units of all periods before it, which were divided with these same weights.

    The steps hold Webster's division before and after; each amount is the difference.

    Raises:
        ValueError: unless the numbers are ints, no weight is negative and one is above zero, and neither `before` nor
            `before + total` is negative.

    >>> divide_by_cumulative_webster(1, [3, 1], 1).amounts
    (1, 0)
    """
    if type(before) is not int or type(total) is not int:
        raise ValueError("the units before and those of the period must be ints")
    if before < 0 or before + total < 0:
        raise ValueError("no more can be taken back than was delivered")
    old, new = (divide_by_divisor(units, weights, "webster") for units in (before, before + total))
    amounts = tuple(later - earlier for earlier, later in zip(old.amounts, new.amounts, strict=True))
    steps = {"total": total, "before": list(old.amounts), "after": list(new.amounts), "webster": new.steps}
    return Worked(amounts, steps)


def _serve(total: int, held: list[int]) -> tuple[list[int], int | None, list[int]]:
    """Units for each place when each goes to the largest credit left; the credit at which they ran out; who had it.

    Handing them out one by one ends when no credit is above some line, so the line is looked for by halving: the
    highest at which there are units enough for `total`. No credit at or below zero is served, because the credits
    add up to the total.
    """
    if not total:
        return [0] * len(held), None, []
    line, above = 0, max(held) + 1
    while above - line > 1:
        middle = (line + above) // 2
        line, above = (middle, above) if sum(_down_to(held, middle)) >= total else (line, middle)
    units = _down_to(held, line + 1)
    # Whoever has one unit more at the line than above it had exactly the line's credit.
    at_line = [place for place, reach in enumerate(_down_to(held, line)) if reach > units[place]]
    for place in at_line[: total - sum(units)]:
        units[place] += 1
    return units, line, at_line


def _down_to(held: list[int], line: int) -> list[int]:
    """How many units each credit pays for while it is at least `line`."""
    return [max(0, (credit - line) // UNIT + 1) for credit in held]


def _check(numbers: Sequence[int], places: int) -> None:
    if any(type(number) is not int for number in numbers):
        raise ValueError("credits must be ints, in millionths of a unit")
    if len(numbers) != places:
        raise ValueError(f"there are {len(numbers)} credits for {places} places")
    if sum(numbers):
        raise ValueError(f"credits must add up to zero, and add up to {sum(numbers)} millionths")
