"""The rules by which a joint bill can be divided, each exactly and then to the penny.

The bill is rounded to the nearest penny once. It is divided in proportion to the exact shares: each is rounded down,
and the pennies that are left go one each to the largest remainders, equal ones in the order of the buyers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from commonpurse.calc.explain import adds_up
from commonpurse.calc.games.gains import equal_gains, in_proportion, proportional_gains
from commonpurse.calc.games.nucleolus import nucleolus
from commonpurse.calc.games.separable import remaining_benefits
from commonpurse.calc.games.shapley import shapley, shapley_by_volume
from commonpurse.calc.games.volume import VolumeGame, equal_price, volume_table
from commonpurse.calc.money import pounds
from commonpurse.calc.savings.purchase import Purchase
from commonpurse.calc.sentence import Sentence, message
from commonpurse.calc.worked import Worked, whole_units

MOST_IN_TABLE = 12
"""Buyers of whom every group is looked at."""

MOST_IN_NUCLEOLUS = 10

MOST_COUNTED = 2_000_000
"""Buyers x different quantities x volume that are counted for the Shapley value of more: some tenths of a second."""


class CannotDivide(ValueError):
    """A rule has no answer for a purchase. Its text is for the user; `sentence` is for gettext."""

    def __init__(self, msgid: str, **values: str) -> None:
        self.sentence = Sentence(msgid, values)
        super().__init__(str(self.sentence))


@dataclass(frozen=True, slots=True)
class Division:
    """One bill by one rule: exact shares, and what each pays, both in pence."""

    purchase: Purchase
    rule: str
    shares: tuple[Fraction, ...]
    pays: tuple[int, ...]

    @property
    def saves(self) -> tuple[int, ...]:
        """What each pays less than alone, in whole pence."""
        return tuple(own - paid for own, paid in zip(self.purchase.alone, self.pays, strict=True))

    @property
    def certificate(self) -> Sentence:
        """The line by which anybody can see that the payments make the bill."""
        return adds_up(self.purchase.total, [*self.pays, 0], pounds)


def divide(purchase: Purchase, rule: str) -> Division:
    """The bill by one of `RULES`.

    Raises:
        CannotDivide: if the rule has no answer for this purchase.
        KeyError: if there is no such rule.
    """
    shares = tuple(share / purchase.parts for share in RULES[rule](purchase))
    in_whole_pence = purchase.total / purchase.bill if purchase.bill else 1
    return Division(purchase, rule, shares, whole_units([share * in_whole_pence for share in shares]))


def _read(worked: Worked) -> list[Fraction]:
    return [Fraction(share) for share in worked.steps["shares"]]


def _equal_price(purchase: Purchase) -> list[Fraction]:
    game = purchase.game
    paid = equal_price(replace(game, fixed=0)).amounts
    return [own + Fraction(game.fixed, len(paid)) for own in paid]


def _separable(purchase: Purchase) -> list[Fraction]:
    game = purchase.game
    for name, added, own in zip(purchase.names, game.separable, game.alone, strict=True):
        if added > own:
            raise CannotDivide(
                message("%(body)s adds more to the bill of the others than it pays alone, so this rule has no answer"),
                body=name,
            )
    try:
        return _read(remaining_benefits(game, game.alone))
    except ValueError as error:
        raise CannotDivide(
            message("Every body adds just what it pays alone, so this rule has nothing to divide the rest by")
        ) from error


def _shapley(purchase: Purchase) -> list[Fraction]:
    game = purchase.game
    if len(game.volumes) <= MOST_IN_TABLE:
        return _read(shapley(volume_table(game)))
    if len(game.volumes) * len(set(game.volumes)) * game.grid > MOST_COUNTED:
        raise CannotDivide(
            message(
                "%(bodies)s quantities are too uneven to count for this rule: rounder ones, such as hundreds, can be"
            ),
            bodies=f"{len(game.volumes):,}",
        )
    return _read(shapley_by_volume(game))


def _nucleolus(purchase: Purchase) -> list[Fraction]:
    game: VolumeGame = purchase.game
    if len(game.volumes) > MOST_IN_NUCLEOLUS:
        raise CannotDivide(
            message("This rule is worked out for up to %(most)s bodies, and here are %(bodies)s"),
            most=f"{MOST_IN_NUCLEOLUS:,}",
            bodies=f"{len(game.volumes):,}",
        )
    if game.total > sum(game.alone):
        raise CannotDivide(
            message("Together the bodies pay more than alone, so no division leaves everybody as well off")
        )
    return _read(nucleolus(volume_table(game)))


RULES: dict[str, Callable[[Purchase], list[Fraction]]] = {
    "equal_price": _equal_price,
    "in_proportion": lambda purchase: _read(in_proportion(purchase.game)),
    "equal_gains": lambda purchase: _read(equal_gains(purchase.game)),
    "proportional_gains": lambda purchase: _read(proportional_gains(purchase.game)),
    "separable": _separable,
    "shapley": _shapley,
    "nucleolus": _nucleolus,
}
"""Exact shares in parts of a penny, by the key of each rule."""
