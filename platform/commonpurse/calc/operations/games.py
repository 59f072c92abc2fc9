"""What joint buying costs or saves, divided; and who would gain by leaving.

A game is given by the cost, or the saving, of every group, or by volumes and a tariff.
"""

from collections.abc import Callable, Mapping
from typing import Any

from commonpurse.calc.games.core import worst_group
from commonpurse.calc.games.nucleolus import nucleolus
from commonpurse.calc.games.separable import (
    alternate_cost_avoided,
    equal_nonseparable,
    gately,
    remaining_benefits,
)
from commonpurse.calc.games.shapley import shapley, shapley_by_volume
from commonpurse.calc.games.table import Game, Kind
from commonpurse.calc.games.tau import tau
from commonpurse.calc.games.volume import Tariff, VolumeGame, equal_price, volume_table
from commonpurse.calc.operations.fields import ByName, Either, Name, Part, Record, Series, Whole
from commonpurse.calc.operations.operation import Answer, Operation, aligned, from_shares, one_by_one
from commonpurse.calc.operations.problem import BadProblem, shown
from commonpurse.calc.quantity import say
from commonpurse.calc.worked import Worked, exact

MOST_IN_TABLE = 12
"""Parties of a game given by its groups: 4,095 of them."""
MOST_IN_NUCLEOLUS = 10
MOST_BUYERS = 50
MOST_STEPS = 50
MOST_COUNTED = 10_000_000
"""Parties x different volumes x joint volume that are counted, in the largest unit in which every volume is whole."""
MOST_LOOKED_AT = 1_000_000
"""Parties x joint volume, in that unit, where the group is sought that would gain most."""
AND = " + "

AnyGame = Game | VolumeGame

_COUNT = (1 << MOST_IN_TABLE) - 1
_GROUPS = Either(ByName(Whole(), most=_COUNT, least=1, name=Name(MOST_IN_TABLE * 63)), Series(Whole(), most=_COUNT))
_BUYS = Series(Whole(0), most=MOST_BUYERS)
_TARIFF = Record(
    {
        "starts": Part(
            "The total volume from which each price holds; the first is 0", Series(Whole(0), most=MOST_STEPS)
        ),
        "prices": Part("The price of every unit from that volume on, in pence", Series(Whole(0), most=MOST_STEPS)),
    }
)


Groups = dict[str, int] | list[int]


def _table(parties: list[str], kind: Kind, values: Groups, path: str) -> Game:
    if len(parties) > MOST_IN_TABLE:
        raise BadProblem(f"must be {MOST_IN_TABLE} or fewer where a game is given by its groups", "parties")
    if isinstance(values, list):
        if len(values) != (1 << len(parties)) - 1:
            raise BadProblem(f"must have {(1 << len(parties)) - 1:,} values, one for each group", path)
        return Game(kind, (0, *values))
    for place, party in enumerate(parties):
        if AND in party:
            raise BadProblem(
                f"{shown(AND)} stands between the names of a group: give the values as a list", f"parties[{place}]"
            )
    masks = {party: 1 << place for place, party in enumerate(parties)}
    table: list[int | None] = [0] + [None] * ((1 << len(parties)) - 1)
    for group, value in values.items():
        mask = _mask(group, masks, f"{path}[{shown(group)}]")
        if table[mask] is not None:
            raise BadProblem("names a group that has a value already", f"{path}[{shown(group)}]")
        table[mask] = value
    for mask, found in enumerate(table):
        if found is None:
            missing = AND.join(party for party in parties if masks[party] & mask)
            raise BadProblem(f"has no value for the group {shown(missing)}", path)
    return Game(kind, tuple(value for value in table if value is not None))


def _mask(group: str, masks: Mapping[str, int], path: str) -> int:
    mask = 0
    for name in group.split(AND):
        if name not in masks:
            raise BadProblem(f"{shown(name)} is not one of the parties", path)
        if mask & masks[name]:
            raise BadProblem(f"names {shown(name)} twice", path)
        mask |= masks[name]
    return mask


def _game(
    parties: list[str],
    costs: Groups | None = None,
    savings: Groups | None = None,
    volumes: list[int] | None = None,
    tariff: dict[str, list[int]] | None = None,
) -> AnyGame:
    ways = [each for each in (costs, savings, volumes or tariff) if each is not None]
    if len(ways) == 1 and costs is not None:
        return _table(parties, Kind.COST, costs, "costs")
    if len(ways) == 1 and savings is not None:
        return _table(parties, Kind.SAVING, savings, "savings")
    if len(ways) == 1 and volumes is not None and tariff is not None:
        return volume_game(parties, volumes, tariff)
    raise BadProblem("Give a game by its costs, by its savings, or by volumes and a tariff, and only in one way")


def volume_game(parties: list[str], volumes: list[int], tariff: dict[str, list[int]]) -> VolumeGame:
    """The game of a volume for each party and a tariff, as JSON gives them."""
    aligned(parties, volumes=volumes)
    return VolumeGame(tuple(volumes), Tariff(tuple(tariff["starts"]), tuple(tariff["prices"])))


def _divided(divide: Callable[[AnyGame], Worked]) -> Callable[..., Answer]:
    def work(parties: list[str], **given: Any) -> Answer:
        game = _game(parties, **given)
        found = divide(game)
        said = from_shares(parties, found.steps["shares"], found.amounts)
        return Answer(tuple(parties), found.amounts, game.total, found.steps, said)

    return work


def _as_table(game: AnyGame, most: int = MOST_IN_TABLE) -> Game:
    members = len(game.alone)
    if members > most:
        raise BadProblem(f"must be {most} or fewer for this method, not {members}", "parties")
    return game if isinstance(game, Game) else volume_table(game)


def _shapley(game: AnyGame) -> Worked:
    if isinstance(game, Game):
        return shapley(game)
    counted = len(game.volumes) * len(set(game.volumes)) * game.grid
    if counted <= MOST_COUNTED:
        return shapley_by_volume(game)
    if len(game.volumes) <= MOST_IN_TABLE:
        return shapley(volume_table(game))
    raise BadProblem("are too uneven to count: give rounder volumes, such as hundreds", "volumes")


def _equal_price(parties: list[str], volumes: list[int], tariff: dict[str, list[int]]) -> Answer:
    game = volume_game(parties, volumes, tariff)
    found = equal_price(game)
    price, own_prices = found.steps["price"], found.steps["own_prices"]
    said = one_by_one(
        parties,
        lambda place: (
            f"{say(volumes[place])} × {say(price)} = {say(found.amounts[place])}; alone it would pay "
            f"{say(own_prices[place])} for each unit"
        ),
    )
    return Answer(tuple(parties), found.amounts, game.total, found.steps, said)


def _remaining_benefits(parties: list[str], benefits: list[int], **given: Any) -> Answer:
    aligned(parties, benefits=benefits)
    return _divided(lambda game: remaining_benefits(game, benefits))(parties, **given)


def _core(parties: list[str], amounts: list[int], **given: Any) -> Answer:
    aligned(parties, amounts=amounts)
    game = _game(parties, **given)
    if isinstance(game, VolumeGame) and len(parties) * game.grid > MOST_LOOKED_AT:
        raise BadProblem("are too uneven to look at: give rounder volumes, such as hundreds", "volumes")
    worst = worst_group(game, amounts)
    group = [parties[place] for place in worst.members] if worst else []
    gain = exact(worst.gain) if worst else "0"
    said = (
        f"{AND.join(group)} would gain {gain} by leaving, and no other group more"
        if worst
        else "No group would gain by leaving"
    )
    steps = {"members": list(worst.members) if worst else [], "gain": gain}
    return Answer(
        tuple(parties), tuple(amounts), game.total, steps, (f"{said}.",), {"in_core": not worst, "group": group}
    )


PARTIES = Part(
    f"The parties, each named once: at most {MOST_BUYERS}, or {MOST_IN_TABLE} if a game is given by its groups",
    Series(Name(), most=MOST_BUYERS, distinct=True),
)
_GROUPS_SAID = (
    f'by group, such as "Leeds" and "Leeds{AND}Hull", one for every group; or a list that counts through the groups in '
    "binary: first, second, first and second, third, first and third, ..."
)
_VOLUMES_SAID = "What each party buys, in whole units"
TARIFF = Part("The unit price by total volume", _TARIFF)
_GAME = {
    "costs": Part(f"What each group would pay on its own, in pence, {_GROUPS_SAID}", _GROUPS, optional=True),
    "savings": Part(f"What each group would save on its own, in pence, {_GROUPS_SAID}", _GROUPS, optional=True),
    "volumes": Part(_VOLUMES_SAID, _BUYS, optional=True),
    "tariff": Part(f"{TARIFF.meaning}; with volumes only", _TARIFF, optional=True),
}
_COSTS = {
    "parties": ["Newcastle", "Gateshead", "Darlington"],
    "costs": {
        "Newcastle": 1200,
        "Gateshead": 900,
        f"Newcastle{AND}Gateshead": 1700,
        "Darlington": 600,
        f"Newcastle{AND}Darlington": 1500,
        f"Gateshead{AND}Darlington": 1300,
        f"Newcastle{AND}Gateshead{AND}Darlington": 2000,
    },
}
VOLUMES_EXAMPLE = {
    "parties": ["Newcastle", "Gateshead", "Darlington"],
    "volumes": [100, 60, 20],
    "tariff": {"starts": [0, 50, 150], "prices": [120, 110, 95]},
}


def _operation(name: str, title: str, description: str, check: str, divide: Callable[[AnyGame], Worked]) -> Operation:
    return Operation(name, title, description, check, {"parties": PARTIES, **_GAME}, _COSTS, _divided(divide))


OPERATIONS = (
    Operation(
        "equal_price",
        "Equal price",
        "Everybody pays the common unit price for its own volume. If the price never rises with volume, no group would "
        "gain by leaving.",
        "Each amount is volume × the price for the joint volume.",
        {"parties": PARTIES, "volumes": Part(_VOLUMES_SAID, _BUYS), "tariff": TARIFF},
        VOLUMES_EXAMPLE,
        _equal_price,
    ),
    _operation(
        "shapley",
        "Shapley value",
        "Everybody bears the average of what it adds, over all orders in which the group can form.",
        "The steps have for each party and size of group the sum of what the party adds to all groups of that size; "
        "weigh size s with s! (n - 1 - s)! / n!.",
        _shapley,
    ),
    _operation(
        "nucleolus",
        f"Nucleolus (at most {MOST_IN_NUCLEOLUS} parties)",
        "Makes the gain of the group that gains least as large as can be, then of the next, and so on.",
        "Every stage of the steps proves itself: with its weights the gains of its groups come to the same for every "
        "division, so none can give all of them more.",
        lambda game: nucleolus(_as_table(game, MOST_IN_NUCLEOLUS)),
    ),
    _operation(
        "tau_value",
        "Tau value",
        "The compromise between what each party can hope for and what it can insist on.",
        "Hopes are what each adds to all the others; every share divides the way from the party's right to its hope "
        "alike.",
        lambda game: tau(_as_table(game)),
    ),
    _operation(
        "gately",
        "Gately's point",
        "Divides so that everybody has the same propensity to disrupt: what the others would lose if it left, for each "
        "penny it would lose itself.",
        "Work out (loss of the others) ÷ (own loss) for each party: it is the propensity in the steps for all.",
        gately,
    ),
    _operation(
        "equal_nonseparable",
        "Equal non-separable cost",
        "Everybody bears what it adds to all the others and an equal part of the rest.",
        "Separable cost + rest ÷ number of parties.",
        equal_nonseparable,
    ),
    _operation(
        "alternate_cost_avoided",
        "Alternate cost avoided",
        "Everybody bears what it adds to all the others and a part of the rest in proportion to what it avoids by not "
        "being alone.",
        "Separable cost + rest × remaining ÷ sum of the remaining.",
        alternate_cost_avoided,
    ),
    Operation(
        "remaining_benefits",
        "Separable costs, remaining benefits",
        "Everybody bears what it adds to all the others and a part of the rest in proportion to the benefit that then "
        "remains to it.",
        "Separable cost + rest × remaining ÷ sum of the remaining.",
        {
            "parties": PARTIES,
            "benefits": Part("What the purchase is worth to each party, in pence", Series(Whole(), most=MOST_BUYERS)),
            **_GAME,
        },
        {**_COSTS, "benefits": [1500, 700, 600]},
        _remaining_benefits,
    ),
    Operation(
        "core",
        "Would a group gain by leaving?",
        "Looks at every group for the one that would gain most by leaving a division, which is in the core if there is "
        "none.",
        "Add up what the group pays in the division, and take off what it would pay on its own: that is its gain.",
        {
            "parties": PARTIES,
            "amounts": Part(
                "The division: what each party pays or receives, in pence", Series(Whole(), most=MOST_BUYERS)
            ),
            **_GAME,
        },
        {**VOLUMES_EXAMPLE, "amounts": [9000, 6000, 2100]},
        _core,
    ),
)
