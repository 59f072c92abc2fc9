"""A game of joint buying: everybody's volume, and a tariff whose unit price depends on the total volume.

A group pays its volume times the unit price for that volume, on all units, and once what one purchase costs to run.

Equal price: everybody pays the common unit price p(Q) for its own volume, so member i saves q_i (p(q_i) - p(Q)).

What holds, and why:

- Whole pence with no rounding: every payment is volume x price.
- The payments add up to the joint cost, as the volumes add up to the joint volume.
- Core, if the unit price never rises with volume. Proof: a group S of volume Q(S) pays Q(S) p(Q) here and
  Q(S) p(Q(S)) on its own, and Q(S) <= Q gives p(Q) <= p(Q(S)). So no group would gain by leaving.
- Symmetry: equal volumes pay the same. Null player: no volume, no payment.
- Not promised: that a larger member gains more. With a price that falls as one over the root of the volume, a member's
  own saving is largest at 38.2 % of the volume when the others' is given, and at 25 % when the total is.

Sources: F. Schotanus, Unfair allocation of gains under equal price in cooperative purchasing (2005); F. Schotanus,
J. Telgen and L. de Boer, Unfair allocation of gains under the Equal Price allocation method in purchasing groups,
European Journal of Operational Research 187 (2008).
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import gcd

from commonpurse.calc.games.table import MOST_MEMBERS, Game, Kind, subset_sums
from commonpurse.calc.worked import Worked

MOST_BUYERS = 60
"""The counts of groups must fit 64 bits."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """Unit prices by volume: `prices[k]` is paid for every unit from a total of `starts[k]` on, until the next start.

    The first start is 0. Prices are pence, or any smaller unit that the caller keeps to throughout.
    """

    starts: tuple[int, ...]
    prices: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse what is no tariff."""
        if any(type(number) is not int for number in (*self.starts, *self.prices)):
            raise ValueError("starts and prices must be ints")
        if len(self.starts) != len(self.prices):
            raise ValueError(f"{len(self.starts)} starts need as many prices, not {len(self.prices)}")
        if self.starts[:1] != (0,) or any(a >= b for a, b in zip(self.starts, self.starts[1:], strict=False)):
            raise ValueError("the starts of a tariff must rise, from 0")
        if any(price < 0 for price in self.prices):
            raise ValueError("a price cannot be negative")

    @property
    def falling(self) -> bool:
        """Whether the unit price never rises with volume."""
        return all(a >= b for a, b in zip(self.prices, self.prices[1:], strict=False))

    def price(self, volume: int) -> int:
        """The unit price for a total volume."""
        return self.prices[bisect_right(self.starts, volume) - 1]


@dataclass(frozen=True, slots=True)
class VolumeGame:
    """Everybody's volume, the tariff that they buy by, and what it costs a group with any volume to buy at all."""

    volumes: tuple[int, ...]
    tariff: Tariff
    fixed: int = 0

    def __post_init__(self) -> None:
        """Refuse volumes that cannot be."""
        if any(type(volume) is not int for volume in self.volumes):
            raise ValueError("volumes must be ints")
        if not 1 <= len(self.volumes) <= MOST_BUYERS:
            raise ValueError(f"{len(self.volumes)} members are not 1 to {MOST_BUYERS}")
        if any(volume < 0 for volume in self.volumes) or not any(self.volumes):
            raise ValueError("volumes must be zero or more, and one of them above zero")
        if type(self.fixed) is not int or self.fixed < 0:
            raise ValueError("a fixed cost must be an int, zero or more")

    def cost(self, volume: int) -> int:
        """What a group of that volume pays."""
        return volume * self.tariff.price(volume) + (self.fixed if volume else 0)

    @property
    def kind(self) -> Kind:
        """A game of costs."""
        return Kind.COST

    @property
    def sign(self) -> int:
        """-1: less is better."""
        return -1

    @property
    def grid_costs(self) -> list[int]:
        """What a group pays, for every volume from none to the joint one in `unit`."""
        return [self.cost(volume) for volume in range(0, self.volume + 1, self.unit)]

    @property
    def volume(self) -> int:
        """The joint volume."""
        return sum(self.volumes)

    @property
    def unit(self) -> int:
        """The largest unit in which every volume is whole."""
        return gcd(*self.volumes)

    @property
    def counted(self) -> tuple[int, ...]:
        """The volumes in that unit."""
        unit = self.unit
        return tuple(volume // unit for volume in self.volumes)

    @property
    def grid(self) -> int:
        """The joint volume in that unit."""
        return self.volume // self.unit

    @property
    def total(self) -> int:
        """The joint cost."""
        return self.cost(self.volume)

    @property
    def alone(self) -> tuple[int, ...]:
        """What each member pays on its own."""
        return tuple(self.cost(volume) for volume in self.volumes)

    @property
    def separable(self) -> tuple[int, ...]:
        """What each member adds to the cost of all the others."""
        return tuple(self.total - self.cost(self.volume - volume) for volume in self.volumes)


def volume_table(game: VolumeGame) -> Game:
    """The same game as a table, for the rules that need one.

    Raises:
        ValueError: if there are too many members.
    """
    if len(game.volumes) > MOST_MEMBERS:
        raise ValueError(f"{len(game.volumes)} members are more than a table of {MOST_MEMBERS} can hold")
    return Game(Kind.COST, tuple(game.cost(volume) for volume in subset_sums(game.volumes)))


def equal_price(game: VolumeGame) -> Worked:
    """What each pays at the common unit price, in pence; the steps have what each saves.

    Raises:
        ValueError: if there is a fixed cost, which has no unit price.

    >>> equal_price(VolumeGame((10, 30), Tariff((0, 20, 40), (12, 11, 9)))).amounts
    (90, 270)
    """
    if game.fixed:
        raise ValueError("a fixed cost has no unit price")
    price = game.tariff.price(game.volume)
    pays = tuple(volume * price for volume in game.volumes)
    steps = {
        "rule": "equal price",
        "kind": game.kind.value,
        "price": price,
        "volumes": list(game.volumes),
        "own_prices": [game.tariff.price(volume) for volume in game.volumes],
        "savings": [alone - paid for alone, paid in zip(game.alone, pays, strict=True)],
        "falling": game.tariff.falling,
    }
    return Worked(pays, steps)
