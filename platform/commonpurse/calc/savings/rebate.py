"""Paid back or paid in beside one joint price, so that everybody bears what another rule gives it.

Everybody is invoiced at the equal price: its quantity times the joint price, and an equal part of the cost of the
procurement. The largest then gain least (`curve`). Under another rule of `dividing` each bears another amount, and its
rebate is its invoice less that, both in whole pence as they are shown. Below nothing, it is paid in.

What holds, and why:

- The rebates add up to nothing: invoices and what is borne both add up to the joint bill.
- Invoice less rebate is to the penny what the rule gives. The exact rebate is less than two pence away, since either
  is rounded by less than one.
- A body that is alone gets nothing: by every rule it bears the bill.
- With a constant price and no cost of a procurement all rebates are nothing: nobody saves anything by any rule.
- Symmetry: exact rebates of equal quantities are equal, for every rule treats them alike; whole pence differ by one at
  most. In another order of the bodies, everybody has the same exact rebate.
- Scale: prices, and the cost of the procurement, that are so many times higher make the exact rebates as many times
  larger. So do as many times larger quantities and steps, with that cost.
- Not promised: that no group would gain by leaving. At equal price none would where the price never rises; what a
  rebate makes of that is looked at by `leaving`.

Source, for the unfairness that it mends: F. Schotanus, J. Telgen and L. de Boer, Unfair allocation of gains under the
Equal Price allocation method in purchasing groups, European Journal of Operational Research 187 (2008), 162-176. To
mend it by a rebate for each of these rules is our own arithmetic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from commonpurse.calc.explain import adds_up
from commonpurse.calc.fairness.findings import Finding
from commonpurse.calc.money import pounds
from commonpurse.calc.savings.dividing import Division, divide
from commonpurse.calc.savings.findings import named
from commonpurse.calc.sentence import Sentence, message

INVOICED_BY = "equal_price"

MOST_TOLD = 6
"""Bodies that are paid back and have a sentence each; of more it is said how many there are."""


@dataclass(frozen=True, slots=True)
class Rebate:
    """One rule's rebates: what is invoiced, and what is borne instead."""

    invoiced: Division
    borne: Division

    @property
    def amounts(self) -> tuple[int, ...]:
        """What each is paid back, in whole pence; below nothing, what it pays in."""
        return tuple(bill - bears for bill, bears in zip(self.invoiced.pays, self.borne.pays, strict=True))

    @property
    def exactly(self) -> tuple[Fraction, ...]:
        """The same before rounding, in pence."""
        return tuple(bill - bears for bill, bears in zip(self.invoiced.shares, self.borne.shares, strict=True))

    @property
    def certificate(self) -> Sentence:
        """The line by which anybody can see that nothing is left over and nothing lacks."""
        return adds_up(0, [*self.amounts, 0], pounds)


def rebate(borne: Division) -> Rebate:
    """What everybody is paid back beside the equal price, so that it bears what a division gives it."""
    return Rebate(divide(borne.purchase, INVOICED_BY), borne)


def tell(found: Rebate, rule: str | Sentence) -> tuple[Finding, ...]:
    """Who is paid back how much, and from what; each sentence with the numbers it rests on, in whole pence.

    Args:
        rule: what the rule is called, as in "Under ...".
    """
    return tuple(_told(found, rule))


def _told(found: Rebate, rule: str | Sentence) -> Iterator[Finding]:
    names, amounts = found.borne.purchase.names, found.amounts
    back = sorted((place for place, amount in enumerate(amounts) if amount > 0), key=lambda place: -amounts[place])
    payers = [place for place, amount in enumerate(amounts) if amount < 0]
    if not back:
        msgid = message("Under %(rule)s everybody bears what it is invoiced, so nobody is paid back anything")
        yield Finding("no_rebate", Sentence(msgid, {"rule": rule}), {"bodies": ()})
        return
    pot = -sum(amounts[place] for place in payers)
    for place in back[:MOST_TOLD]:
        values = {
            "rule": rule,
            "body": names[place],
            "amount": pounds(amounts[place]),
            "pot": pounds(pot),
            "payers": named([names[payer] for payer in payers]),
            "invoice": pounds(found.invoiced.pays[place]),
            "bears": pounds(found.borne.pays[place]),
        }
        numbers = {"body": place, "pence": amounts[place], "pot": pot, "payers": tuple(payers)}
        msgid = _FROM_ONE if len(payers) == 1 else _FROM_SEVERAL
        yield Finding("rebate", Sentence(msgid, values), numbers)
    if len(back) > MOST_TOLD:
        msgid = message("Other bodies that are paid back something under %(rule)s: %(more)s")
        values = {"rule": rule, "more": f"{len(back) - MOST_TOLD:,}"}
        yield Finding("rebate_others", Sentence(msgid, values), {"bodies": tuple(back[MOST_TOLD:])})


_FROM_ONE = message(
    "Under %(rule)s, %(body)s is paid back %(amount)s from the %(pot)s that %(payers)s pays in: it is invoiced "
    "%(invoice)s and bears %(bears)s"
)
_FROM_SEVERAL = message(
    "Under %(rule)s, %(body)s is paid back %(amount)s from the %(pot)s that %(payers)s pay in: it is invoiced "
    "%(invoice)s and bears %(bears)s"
)
