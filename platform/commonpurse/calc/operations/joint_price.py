"""One joint price for all: where it leaves each party, and the rebates that would make it bear another share.

F. Schotanus, J. Telgen and L. de Boer, Unfair allocation of gains under the Equal Price allocation method in
purchasing groups, European Journal of Operational Research 187 (2008), 162-176.
"""

from collections.abc import Callable
from fractions import Fraction
from math import factorial
from typing import Any

from commonpurse.calc.games.shapley import shapley
from commonpurse.calc.games.volume import VolumeGame, volume_table
from commonpurse.calc.operations.fields import Choice, Part, Series, Whole
from commonpurse.calc.operations.games import MOST_BUYERS, PARTIES, TARIFF, VOLUMES_EXAMPLE, volume_game
from commonpurse.calc.operations.operation import Answer, Operation, one_by_one
from commonpurse.calc.operations.problem import BadProblem
from commonpurse.calc.quantity import say
from commonpurse.calc.savings.curve import Peak, Side, Standing, standings
from commonpurse.calc.savings.dividing import RULES, divide
from commonpurse.calc.savings.findings import percent
from commonpurse.calc.savings.purchase import PENNY, Purchase
from commonpurse.calc.savings.rebate import INVOICED_BY, Rebate, rebate
from commonpurse.calc.worked import exact

SHOWN = 6
"""Parties up to which the sum behind a Shapley value is written out."""

_VOLUMES = Part("What each party buys, in whole units", Series(Whole(1), most=MOST_BUYERS))


def _purchase(parties: list[str], volumes: list[int], tariff: dict[str, list[int]], fixed: int = 0) -> Purchase:
    """The purchase of whole units at prices in whole pence."""
    game = volume_game(parties, volumes, tariff)
    return Purchase(tuple(parties), VolumeGame(game.volumes, game.tariff, fixed), 0, PENNY)


def _rebates(parties: list[str], volumes: list[int], tariff: dict[str, list[int]], rule: str, fixed: int = 0) -> Answer:
    purchase = _purchase(parties, volumes, tariff, fixed)
    found = rebate(divide(purchase, rule))
    steps = {
        "rule": rule,
        "price": purchase.game.tariff.price(purchase.game.volume),
        "joint_bill": purchase.total,
        "alone": list(purchase.alone),
        "separable": list(purchase.game.separable),
        "invoices": _both(found.invoiced.shares, found.invoiced.pays),
        "bears": _both(found.borne.shares, found.borne.pays),
        "rebates": _both(found.exactly, found.amounts),
    }
    shared = _SUMS[rule](purchase)
    said = one_by_one(parties, lambda place: _sum_of(found, place, shared(place)))
    return Answer(tuple(parties), found.amounts, 0, steps, said)


def _both(exactly: tuple[Fraction, ...], whole: tuple[int, ...]) -> dict[str, list[Any]]:
    return {"exact": [exact(each) for each in exactly], "whole": list(whole)}


def _sum_of(found: Rebate, place: int, shared: str) -> str:
    game, amount = found.borne.purchase.game, found.amounts[place]
    invoice = f"{say(game.volumes[place])} × {say(game.tariff.price(game.volume))}"
    if game.fixed:
        invoice += f" + {say(game.fixed)} ÷ {len(game.volumes)}"
    bill, bears = found.invoiced.pays[place], found.borne.pays[place]
    if shared != say(bears):
        shared += _comes_to(found.borne.shares[place], bears)
    done = f"pays in {say(-amount)}" if amount < 0 else f"is paid back {say(amount) if amount else 'nothing'}"
    return (
        f"it is invoiced {invoice}{_comes_to(found.invoiced.shares[place], bill)} and bears "
        f"{shared}; {say(bill)} − {_bracketed(bears)} = {say(amount)}, so "
        f"it {done}"
    )


def _comes_to(exactly: Fraction, whole: int) -> str:
    if exactly == whole:
        return f" = {say(whole)}"
    return f" = {exact(exactly)}, in whole pence {say(whole)}"


def _bracketed(amount: int) -> str:
    return f"({say(amount)})" if amount < 0 else say(amount)


Sum = Callable[[int], str]
"""How the exact share of a place comes about, as a sum for a calculator."""


def _in_proportion(purchase: Purchase) -> Sum:
    game = purchase.game
    return lambda place: f"{say(game.total)} × {say(game.volumes[place])} ÷ {say(game.volume)}"


def _equal_gains(purchase: Purchase) -> Sum:
    alone, total = purchase.game.alone, purchase.game.total
    sign, gain = ("+", total - sum(alone)) if total > sum(alone) else ("−", sum(alone) - total)
    return lambda place: f"{say(alone[place])} {sign} {say(gain)} ÷ {len(alone)}"


def _proportional_gains(purchase: Purchase) -> Sum:
    alone, total = purchase.game.alone, purchase.game.total
    return lambda place: f"{say(total)} × {say(alone[place])} ÷ {say(sum(alone))}" if total else say(0)


def _separable(purchase: Purchase) -> Sum:
    game = purchase.game
    left = [own - added for own, added in zip(game.alone, game.separable, strict=True)]
    rest = game.total - sum(game.separable)

    def said(place: int) -> str:
        added = say(game.separable[place])
        return f"{added} + {say(rest)} × {say(left[place])} ÷ {say(sum(left))}" if rest else added

    return said


def _shapley(purchase: Purchase) -> Sum:
    """The sums of what each adds to the groups of every size, weighed by the orders in which these stand before it."""
    members = len(purchase.names)
    if members > SHOWN:
        return lambda _: "its Shapley value"
    added = shapley(volume_table(purchase.game)).steps["added"]
    weights = [factorial(size) * factorial(members - 1 - size) for size in range(members)]

    def said(place: int) -> str:
        parts = (f"{weight} × {_bracketed(sum_)}" for weight, sum_ in zip(weights, added[place], strict=True))
        return f"({' + '.join(parts)}) ÷ {factorial(members)}"

    return said


_SUMS: dict[str, Callable[[Purchase], Sum]] = {
    "in_proportion": _in_proportion,
    "equal_gains": _equal_gains,
    "proportional_gains": _proportional_gains,
    "separable": _separable,
    "shapley": _shapley,
    "nucleolus": lambda _: lambda _: "its part of the nucleolus",
}


def _curve(parties: list[str], volumes: list[int], tariff: dict[str, list[int]]) -> Answer:
    purchase = _purchase(parties, volumes, tariff)
    game = purchase.game
    if not game.tariff.falling:
        raise BadProblem("rises somewhere with the volume, so that savings have no one peak", "tariff")
    curve = standings(purchase)
    price = game.tariff.price(game.volume)
    saves = tuple(volume * (game.tariff.price(volume) - price) for volume in volumes)
    steps = {
        "price": price,
        "own_prices": [game.tariff.price(volume) for volume in volumes],
        "parts": [exact(Fraction(volume, game.volume)) for volume in volumes],
        "standings": [_standing(each) for each in curve or ()],
    }
    said = one_by_one(parties, lambda place: _where(game, place, curve[place] if curve else None))
    return Answer(tuple(parties), saves, sum(saves), steps, said)


def _standing(each: Standing) -> dict[str, Any]:
    return {
        "given_others": _peak(each.given_others),
        "given_total": _peak(each.given_total),
        "one_unit_less": exact(each.less),
        "one_unit_more": exact(each.more),
    }


def _peak(peak: Peak) -> dict[str, Any]:
    return {"below": peak.at, "nearly": exact(peak.most), "side": peak.side.value if peak.side else None}


_SIDES = {
    Side.BEFORE: "it stands before that, and more up to there never saves less",
    Side.PAST: "it stands past that",
    Side.OPEN: "its saving falls on the way there, so neither side can be said",
}


def _where(game: VolumeGame, place: int, standing: Standing | None) -> str:
    volume, price = game.volumes[place], game.tariff.price
    others, joint = game.volume - volume, price(game.volume)
    said = [
        f"{say(volume)} × ({say(price(volume))} − {say(joint)}) = {say(volume * (price(volume) - joint))}",
        f"{say(volume)} ÷ {say(game.volume)} = {percent(Fraction(volume, game.volume))} of the joint volume",
    ]
    if standing is None:
        return "; ".join([*said, "by no volume does anybody save on the price"])
    for given, peak, beside in (
        ("with what the others buy", standing.given_others, others),
        ("with the joint volume as it is", standing.given_total, None),
    ):
        if peak.side is None:
            said.append(f"{given} it would save by no volume")
            continue
        there = joint if beside is None else price(beside + peak.at - 1)
        most = f"{say(peak.at)} × ({say(price(peak.at - 1))} − {say(there)}) = {say(int(peak.most))}"
        said.append(f"{given} it would save most just below {say(peak.at)}, nearly {most}: {_SIDES[peak.side]}")
    less, more = say(int(standing.less)), say(int(standing.more))
    return "; ".join([*said, f"one unit less changes its saving by {less}, one unit more by {more}"])


OPERATIONS = (
    Operation(
        "equal_price_curve",
        "Where each party stands at equal price",
        "At one price for all, who buys most brings it down for the others and gains least. For each party: what it "
        "saves on the price, just below which volume it would save most, on which side of that peak it stands, and "
        "what one unit less or more would change. Where the price falls as one over the root of the volume, the peak "
        "is at 38.2 % of the joint volume if the others' is given, and at 25 % if the joint volume is (Schotanus, "
        "Telgen and de Boer, European Journal of Operational Research 187, 162-176).",
        "Each amount is volume × (own price − joint price); at the volume just below a peak the prices are those that "
        "hold before the step.",
        {"parties": PARTIES, "volumes": _VOLUMES, "tariff": TARIFF},
        VOLUMES_EXAMPLE,
        _curve,
    ),
    Operation(
        "equal_price_rebate",
        "Rebates beside an equal price",
        "Everybody is invoiced at the joint price, and an equal part of what one procurement costs. Answers what each "
        "party is paid back, or pays in where it is below nothing, so that it bears what a fairer rule gives it. The "
        "rebates add up to nothing (for the unfairness: Schotanus, Telgen and de Boer, European Journal of "
        "Operational Research 187, 162-176).",
        "Each amount is the invoice less what the rule gives, both in whole pence: largest fractions are rounded up. "
        "The operations shapley and nucleolus have every step of these two rules.",
        {
            "parties": PARTIES,
            "volumes": _VOLUMES,
            "tariff": TARIFF,
            "rule": Part("What each is to bear", Choice(tuple(rule for rule in RULES if rule != INVOICED_BY))),
            "fixed": Part("What running one procurement costs, in pence", Whole(0), optional=True),
        },
        {**VOLUMES_EXAMPLE, "rule": "shapley"},
        _rebates,
    ),
)
