"""Games for tests: published tables, and games made at random."""

from fractions import Fraction
from itertools import combinations

from hypothesis import strategies as st

from commonpurse.calc.games.table import Game, Kind
from commonpurse.calc.games.volume import Tariff, VolumeGame


def cost_game(values):
    """A game of costs: a list by bit mask, or the cost of every group by its members."""
    return Game(Kind.COST, _table(values))


def saving_game(values):
    """A game of savings, likewise."""
    return Game(Kind.SAVING, _table(values))


def _table(values):
    if not isinstance(values, dict):
        return tuple(values)
    by_mask = {0: 0} | {sum(1 << place for place in group): value for group, value in values.items()}
    return tuple(by_mask[mask] for mask in range(len(by_mask)))


def by_size(values):
    """A table from values in the order that books print: one member, two, three and so on, each in order."""
    members = (len(values) + 1).bit_length() - 1
    groups = [group for size in range(1, members + 1) for group in combinations(range(members), size)]
    return dict(zip(groups, values, strict=True))


def shares(worked):
    """The exact shares of an answer."""
    return [Fraction(share) for share in worked.steps["shares"]]


def size(mask):
    return mask.bit_count()


def games(most=5, kinds=tuple(Kind), low=-60, high=60):
    """Any game with small values."""
    return st.integers(1, most).flatmap(
        lambda members: st.builds(
            lambda kind, values: Game(kind, (0, *values)),
            st.sampled_from(kinds),
            st.lists(st.integers(low, high), min_size=2**members - 1, max_size=2**members - 1),
        )
    )


def convex_games(most=5):
    """Games of savings in which what a member adds never falls as the group grows: sums of unanimity games."""
    return st.integers(1, most).flatmap(
        lambda members: st.lists(st.integers(0, 9), min_size=2**members, max_size=2**members).map(
            lambda worth: Game(
                Kind.SAVING,
                tuple(
                    sum(worth[inner] for inner in range(1, 2**members) if inner & mask == inner)
                    for mask in range(2**members)
                ),
            )
        )
    )


def opposite(game):
    """The game with every value reversed, and so of the other kind."""
    kind = Kind.COST if game.kind is Kind.SAVING else Kind.SAVING
    return Game(kind, tuple(-value for value in game.values))


def swapped(game, one, other):
    """The game with two members in each other's place."""
    both = (1 << one) | (1 << other)
    moved = [mask ^ both if one != other and size(mask & both) == 1 else mask for mask in range(len(game.values))]
    return Game(game.kind, tuple(game.values[mask] for mask in moved))


@st.composite
def tariffs(draw, falling=False):
    """Steps at small volumes."""
    starts = (0, *sorted(draw(st.sets(st.integers(1, 60), max_size=4))))
    prices = draw(st.lists(st.integers(0, 40), min_size=len(starts), max_size=len(starts)))
    return Tariff(starts, tuple(sorted(prices, reverse=True) if falling else prices))


def volume_games(most=8, largest=15, falling=False):
    """Small volumes and a tariff."""
    volumes = st.lists(st.integers(0, largest), min_size=1, max_size=most).filter(any).map(tuple)
    return st.builds(VolumeGame, volumes, tariffs(falling))


TVA = by_size([163520, 140826, 250096, 301607, 378821, 367370, 412584])
"""Navigation, flood control and power, in thousands of dollars."""

LEMAIRE = by_size([4612500, 1743750, 581250, 6918750, 5381250, 3075000, 9000000])
"""Three investors' interest, in hundredths."""

GATELY = by_size([0, 0, 0, 1170, 770, 210, 1530])
"""Savings of three regions of India's power grid."""

SKANE_MEMBERS = "AHKLMT"

SKANE = by_size(
    [
        *(2195, 1708, 1091, 1588, 2081, 2198),
        *(3469, 3286, 3783, 4276, 4393, 2296, 2500, 3789, 3906, 2679, 3145, 3289, 3110, 3786, 3941),
        *(4074, 4322, 5550, 5667, 4874, 5340, 5484, 5305, 5981, 6136),
        *(2726, 4255, 4494, 4581, 4698, 5649, 4201, 4877, 5032, 5146),
        *(4895, 6025, 6272, 6403, 6520, 7410, 6396, 7072, 7227, 7341, 4807, 4924, 5935, 6441, 5661),
        *(6976, 7093, 7742, 8300, 7397, 6646),
        8382,
    ]
)
"""Six Swedish municipalities' water, in hundredths of a million crowns."""


def airport(costs):
    """A runway costs what its longest user needs."""
    needs = [0]
    for cost in costs:
        needs += [max(need, cost) for need in needs]
    return cost_game(needs)


def bankruptcy(estate, claims):
    """What a group is left with after all others are paid in full, or nothing."""
    owed = [0]
    for claim in claims:
        owed += [sum_ + claim for sum_ in owed]
    return saving_game([max(0, estate - (sum(claims) - own)) for own in owed])


def alone_or_better(game):
    """Whether together the members do no worse than apart."""
    return game.sign * (game.total - sum(game.alone)) >= 0
