"""From what was counted to what was added: gross outcomes, net of what would have been, moved or came from others.

The simple form, of the SROI guide and of most social value work, takes one share away after another:

    net of year 1 = gross x (1 - deadweight) x (1 - displacement) x (1 - substitution) x (1 - leakage)
                          x (1 - attribution to others) x multiplier
    net of year n = net of year n - 1 x (1 - drop-off)

The full form, of the Additionality Guide, compares two cases and takes deadweight as the second of them:

    net = GI x (1 - L) x (1 - Dp) x (1 - S) x M  -  GI* x (1 - L*) x (1 - Dp*) x (1 - S*) x M*

with the gross impact GI, leakage L, displacement Dp, substitution S and multiplier M of the intervention, and starred
those of the reference case. Both forms agree when the cases have the same shares and GI* is deadweight x GI.

What holds, and why:

- Exact: shares are fractions, taken from text such as "0.25" or "1/4". A float never enters.
- The order of the shares changes what each one is seen to remove, never the net: it is a product. Shares are never
  added up; 40 and 30 per cent leave 42 per cent, not 30.
- Whole units over the years: what has been counted by the end of any year is the exact net of all years so far,
  rounded towards zero. A year's figure is the growth of that; what rounding withholds is carried into the next year.
  So years add up to the exact total but for less than a unit at the very end, no year is off by a unit, and at no time
  has more been claimed than was added.
- Reversal: a gross of -n gives the figures of n with the sign changed, as does exchanging the two cases.

Sources: The SROI Network, A guide to Social Return on Investment (2012), stage 4 (deadweight, displacement,
attribution, drop-off) and 5.1 (years); Homes and Communities Agency, Additionality Guide, fourth edition (2014),
chapter 5 (the full form); HM Treasury, The Green Book (2022), for the terms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from commonpurse.calc.worked import Worked, exact

Rate = str | Fraction

REDUCTIONS = ("deadweight", "displacement", "substitution", "leakage", "attribution_to_others")
"""What may be taken away: each is the share, from 0 to 1, of what is left that does not count."""

MOST_YEARS = 100
MOST_DIGITS = 30
"""As in `quantity`: more than anybody measures, and few enough that a hundred years stay readable."""

_RATE = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{1,{MOST_DIGITS}}}|/[0-9]{{1,{MOST_DIGITS}}})?")


@dataclass(frozen=True, slots=True)
class Case:
    """One side of the full form. `gross` is in smallest units; the rest are shares, and the multiplier."""

    gross: int
    leakage: Rate = "0"
    displacement: Rate = "0"
    substitution: Rate = "0"
    multiplier: Rate = "1"

    def net(self) -> Fraction:
        """What this case comes to, exactly. Raises ValueError as `net_share`."""
        _check_gross(self.gross)
        lost = {"leakage": self.leakage, "displacement": self.displacement, "substitution": self.substitution}
        return self.gross * net_share(lost, multiplier=self.multiplier)


def net_share(reductions: Mapping[str, Rate], *, multiplier: Rate = "1") -> Fraction:
    """The net share of the first year: what one unit of gross is worth.

    Args:
        reductions: share to take away by name, names from REDUCTIONS; one left out takes nothing.
        multiplier: further effects as a factor, zero or more; 1 for none.

    Raises:
        ValueError: if a name is unknown, a share is not between 0 and 1, or a number is not exact.

    >>> net_share({"deadweight": "0.25", "attribution_to_others": "1/3"})
    Fraction(1, 2)
    """
    share = _exactly("multiplier", multiplier)
    for name, reduction in reductions.items():
        share *= 1 - _reduction(name, reduction)
    return share


def net_by_year(
    gross: int,
    reductions: Mapping[str, Rate],
    *,
    years: int = 1,
    drop_off: Rate = "0",
    multiplier: Rate = "1",
) -> Worked:
    """What an outcome adds in each year that it lasts, in whole smallest units.

    Args:
        gross: what was counted, in smallest units; below zero for a correction.
        reductions: as `net_share`; the steps take them away in the order given.
        years: how long the outcome lasts, the first included; 1 to MOST_YEARS.
        drop_off: the share of a year's net that is gone the year after, from 0 to 1.
        multiplier: as `net_share`.

    Returns:
        One amount for each year.

    Raises:
        ValueError: as `net_share`, and if gross or years are no ints or years are out of range.
    """
    _check_gross(gross)
    if type(years) is not int or not 1 <= years <= MOST_YEARS:
        raise ValueError(f"years must be a whole number from 1 to {MOST_YEARS}")
    share, fading = net_share(reductions, multiplier=multiplier), _share("drop_off", drop_off)
    amounts, rows, so_far, net = [], [], Fraction(0), gross * share
    for year in range(1, years + 1):
        amounts.append(int(so_far + net) - int(so_far))  # int rounds towards zero
        so_far += net
        carried = so_far - int(so_far)
        rows.append({"year": year, "net": exact(net), "cumulative": exact(so_far), "carried": exact(carried)})
        net *= 1 - fading
    steps = {
        "gross": gross,
        "reductions": _waterfall(gross, reductions),
        "multiplier": exact(_exactly("multiplier", multiplier)),
        "net_share": exact(share),
        "drop_off": exact(fading),
        "years": rows,
    }
    return Worked(tuple(amounts), steps)


def net_additional(intervention: Case, reference: Case) -> Worked:
    """What an intervention adds to the reference case, that is to what would have been without it.

    Returns:
        One amount, rounded towards zero; below zero if the reference case comes to more.

    Raises:
        ValueError: as `net_share`, and if a gross is no int.
    """
    with_it, without_it = intervention.net(), reference.net()
    difference = with_it - without_it
    steps = {
        "intervention": {"gross": intervention.gross, "net": exact(with_it)},
        "reference": {"gross": reference.gross, "net": exact(without_it)},
        "net": exact(difference),
    }
    return Worked((int(difference),), steps)


def _waterfall(gross: int, reductions: Mapping[str, Rate]) -> list[dict[str, Any]]:
    """What each share removes from what those before it leave."""
    left, rows = Fraction(gross), []
    for name, reduction in reductions.items():
        share = _reduction(name, reduction)
        removed = left * share
        left -= removed
        rows.append({"reduction": name, "share": exact(share), "removes": exact(removed), "leaves": exact(left)})
    return rows


def _reduction(name: str, given: Rate) -> Fraction:
    if name not in REDUCTIONS:
        raise ValueError(f"{name!r} is not taken away from outcomes; what can be is {', '.join(REDUCTIONS)}")
    return _share(name, given)


def _share(name: str, given: Rate) -> Fraction:
    share = _exactly(name, given)
    if share > 1:
        raise ValueError(f"{name} is a share from 0 to 1, not {given}")
    return share


def _exactly(name: str, given: Rate) -> Fraction:
    """A number that is exact and not below zero."""
    if type(given) is Fraction and given >= 0 and max(given.numerator, given.denominator) < 10**MOST_DIGITS:
        return given
    if type(given) is str and _RATE.fullmatch(given) and not re.search(r"/0+$", given):
        return Fraction(given)
    raise ValueError(
        f"{name} must be zero or more, as an exact decimal such as 0.25 or a fraction such as 1/4 "
        f"of at most {MOST_DIGITS} digits, not {given!r}"
    )


def _check_gross(gross: int) -> None:
    # A numpy integer would overflow in silence and a bool is a slip, so only a true int is taken.
    if type(gross) is not int:
        raise ValueError("the gross amount must be an int, in smallest units")
