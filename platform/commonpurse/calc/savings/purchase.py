"""A joint purchase, exactly: quantities and prices with decimals become whole numbers, so that nothing is rounded.

A group's bill is its quantity times the unit price for that quantity, on all units, and once the cost of running a
procurement. With quantities in 10**-a of a unit and prices in 10**-b of a pound, bills are whole numbers of `parts`
of a penny, 10**(a + b - 2) to one. Only what is shown of a bill is rounded to whole pence, halves up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from commonpurse.calc.games.volume import MOST_BUYERS, Tariff, VolumeGame
from commonpurse.calc.quantity import from_smallest, to_smallest

__all__ = ["MOST_BUYERS", "Purchase", "pence"]

PENNY = 2
"""Decimal places of a pound."""


@dataclass(frozen=True)
class Purchase:
    """Who buys how much, at what prices, with the decimals of the quantities and of the prices in `game`."""

    names: tuple[str, ...]
    game: VolumeGame
    decimals: int
    price_decimals: int

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        quantities: Sequence[Decimal],
        prices: Sequence[tuple[Decimal, Decimal]],
        fixed_pence: int = 0,
    ) -> "Purchase":
        """A purchase of what people typed.

        Args:
            quantities: one above zero for each name.
            prices: from which quantity on how many pounds, above zero, are paid for each unit; the first from 0.
            fixed_pence: what running one procurement costs.

        Raises:
            ValueError: if there is not one quantity for each name, or the numbers make no purchase.
        """
        if len(names) != len(quantities) or not all(quantity > 0 for quantity in quantities):
            raise ValueError("every buyer needs a quantity above zero")
        if not all(price > 0 for _, price in prices):
            raise ValueError("every price must be above zero")
        fine = decimals_of([*quantities, *(start for start, _ in prices)])
        cheap = max(decimals_of([price for _, price in prices]), PENNY)
        tariff = Tariff(
            tuple(to_smallest(start, fine) for start, _ in prices),
            tuple(to_smallest(price, cheap) for _, price in prices),
        )
        volumes = tuple(to_smallest(quantity, fine) for quantity in quantities)
        return cls(tuple(names), VolumeGame(volumes, tariff, fixed_pence * _parts(fine, cheap)), fine, cheap)

    @property
    def parts(self) -> int:
        """How many of the whole numbers in `game` make a penny."""
        return _parts(self.decimals, self.price_decimals)

    @cached_property
    def bill(self) -> Fraction:
        """What all pay together, in pence, exactly."""
        return Fraction(self.game.total, self.parts)

    @cached_property
    def total(self) -> int:
        """The joint bill in whole pence."""
        return pence(self.bill)

    @cached_property
    def exactly_alone(self) -> tuple[Fraction, ...]:
        """What each would pay on its own, in pence."""
        return tuple(Fraction(own, self.parts) for own in self.game.alone)

    @cached_property
    def alone(self) -> tuple[int, ...]:
        """What each would pay on its own, in whole pence."""
        return tuple(pence(own) for own in self.exactly_alone)

    @property
    def price(self) -> Decimal:
        """What one unit costs all together, in pounds."""
        return self.price_of(self.game.volume)

    def price_of(self, volume: int) -> Decimal:
        """What one unit costs a group of that volume, in pounds."""
        return from_smallest(self.game.tariff.price(volume), self.price_decimals)

    def bill_of(self, members: Sequence[int]) -> int:
        """What some of the buyers, by place, would pay on their own, in whole pence."""
        return pence(Fraction(self.game.cost(sum(self.game.volumes[place] for place in members)), self.parts))

    def without(self, place: int) -> "Purchase":
        """The purchase of all the others."""
        volumes = self.game.volumes[:place] + self.game.volumes[place + 1 :]
        names = self.names[:place] + self.names[place + 1 :]
        return replace(self, names=names, game=replace(self.game, volumes=volumes))

    def scaled(self, place: int, tenths: int) -> "Purchase":
        """The purchase in which one buyer needs so many tenths of its quantity."""
        volumes = [10 * volume for volume in self.game.volumes]
        volumes[place] = tenths * self.game.volumes[place]
        tariff = Tariff(tuple(10 * start for start in self.game.tariff.starts), self.game.tariff.prices)
        game = VolumeGame(tuple(volumes), tariff, 10 * self.game.fixed)
        return replace(self, game=game, decimals=self.decimals + 1)


def _parts(decimals: int, price_decimals: int) -> int:
    return int(10 ** (decimals + price_decimals - PENNY))


def pence(amount: Fraction) -> int:
    """The nearest whole number of pence, halves away from nothing.

    >>> pence(Fraction(5, 2)), pence(Fraction(-5, 2))
    (3, -3)
    """
    size = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return -size if amount < 0 else size


def decimals_of(numbers: Sequence[Decimal]) -> int:
    """How many decimal places the finest of the numbers needs.

    >>> decimals_of([Decimal("1.250"), Decimal("3")])
    2
    """
    finest = 0
    for number in numbers:
        under = Fraction(number).denominator
        while 10**finest % under:
            finest += 1
    return finest
