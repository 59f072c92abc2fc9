"""Problems for the operations: hostile ones from a seed, and the worst that their limits let through."""

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from commonpurse.calc.operations import Operation
from commonpurse.calc.operations.games import MOST_BUYERS, MOST_COUNTED
from commonpurse.calc.savings.dividing import MOST_COUNTED as RULE_COUNTS

LARGEST = 10**40 - 1
RAW = {
    "@nan": "NaN",
    "@infinity": "-Infinity",
    "@exponent": "1e400",
    "@fraction": "0.1",
    "@whole double": "1.0",
    "@minus nil": "-0",
    "@digits": "9" * 5_000,
    "@deep": "[" * 3_000 + "]" * 3_000,
    "@deeper": '{"a":' * 50_000,
    "@twice": '{"a": 1, "a": 2}',
    "@surrogate": '"\\ud800"',
}
"""What json.dumps cannot write, by what stands for it."""
VALUES = [
    *RAW, None, True, False, 0, 1, -1, 7, 2**53 + 1, 2**63, -(2**64), LARGEST, -LARGEST, LARGEST + 1,
    "", " ", "Newcastle", "unallocated", "12", "-12", "012", "1/3", "0/0", "99.9%", "\0", "\u202e", "x" * 10_000,
    [], {}, [[]], {"": 0}, [None], ["Newcastle", "Newcastle"],
]  # fmt: skip


def hostile(make: Random, operation: Operation) -> str:
    """A problem as text: the example with up to four things changed, or seldom something else altogether."""
    if make.random() < 0.03:
        return written(make.choice(VALUES))
    problem = copy.deepcopy(dict(operation.example))
    for _ in range(make.choice((1, 1, 1, 2, 3, 4))):
        make.choice(CHANGES)(make, problem)
    text = written(problem)
    return text[: make.randrange(len(text))] if make.random() < 0.02 else text


def written(problem: Any) -> str:
    text = json.dumps(problem)
    for name, raw in RAW.items():
        text = text.replace(f'"{name}"', raw)
    return text


def _inside(value: Any) -> Iterator[dict[str, Any] | list[Any]]:
    if isinstance(value, dict | list):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from _inside(each)


def _is_small(problem: Any) -> bool:
    """Whether it may grow ten thousandfold."""
    return sum(map(len, _inside(problem))) < 100


def _place(make: Random, problem: Any) -> tuple[Any, Any] | None:
    full = [each for each in _inside(problem) if each]
    if not full:
        return None
    held = make.choice(full)
    return held, make.choice(list(held)) if isinstance(held, dict) else make.randrange(len(held))


def _replace(make: Random, problem: Any) -> None:
    if place := _place(make, problem):
        place[0][place[1]] = copy.deepcopy(make.choice(VALUES))


def _scale(make: Random, problem: Any) -> None:
    factor = make.choice((-1, 0, 2, 10**6, 10**30, LARGEST))
    for held in _inside(problem):
        for key in held if isinstance(held, dict) else range(len(held)):
            if type(held[key]) is int and make.random() < 0.7:
                held[key] *= factor


def _nudge(make: Random, problem: Any) -> None:
    for held in _inside(problem):
        for key in held if isinstance(held, dict) else range(len(held)):
            if type(held[key]) is int and make.random() < 0.4:
                held[key] += make.randrange(-3, 50)


def _drop(make: Random, problem: Any) -> None:
    if place := _place(make, problem):
        del place[0][place[1]]


def _add(make: Random, problem: Any) -> None:
    held = make.choice(list(_inside(problem)))
    value = copy.deepcopy(make.choice(VALUES))
    if isinstance(held, dict):
        held[make.choice(("total", "numbers", "weights", "colour", "", "\0", "x" * 5_000))] = value
    else:
        held.append(value)


def _repeat(make: Random, problem: Any) -> None:
    lists = [each for each in _inside(problem) if isinstance(each, list) and each]
    if lists and _is_small(problem):
        held = make.choice(lists)
        held.extend(held[:1] * make.choice((1, 10, 10_000)))


def _crowd(make: Random, problem: Any) -> None:
    """Many parties, and as much for each of them."""
    if not isinstance(problem.get("parties"), list) or not _is_small(problem):
        return
    count = make.choice((2, 5, 9, 13, 60, 1_000, 1_000, 10_000))
    before = len(problem["parties"])
    problem["parties"] = [f"body {place}" for place in range(count)]
    for key, value in problem.items():
        if key != "parties" and isinstance(value, list) and len(value) == before:
            problem[key] = [copy.deepcopy(value[place % before]) for place in range(count)]


CHANGES: tuple[Callable[[Random, Any], None], ...] = (_replace, _scale, _nudge, _drop, _add, _repeat, _crowd)


def asks_much(name: str) -> bool:
    """Whether an operation has a worst problem; the others do little whatever they are asked."""
    return name in WORST or name.startswith("claims_")


def worst(name: str) -> list[dict[str, Any]]:
    """Problems that ask as much of an operation as its limits allow; all of them have an answer."""
    make = Random(7)
    if name.startswith("claims_"):
        return _claims(make, {"claims_random_arrival": 24, "claims_concede_and_divide": 2}.get(name, 1_000))
    return [*WORST[name](make)]


def _names(count: int) -> list[str]:
    return [f"{place} {'x' * 50}" for place in range(count)]


def _uneven(make: Random, count: int) -> list[int]:
    return [make.randrange(1, 10 ** make.randrange(1, 37)) for _ in range(count)]


def _claims(make: Random, count: int) -> list[dict[str, Any]]:
    claims = _uneven(make, count)
    return [{"parties": _names(count), "endowment": sum(claims) * part // 5, "claims": claims} for part in (1, 3, 4, 5)]


def _proportional(make: Random) -> list[dict[str, Any]]:
    weights = (_uneven(make, 1_000), [LARGEST - place for place in range(1_000)])
    return [{"parties": _names(1_000), "total": LARGEST, "weights": each} for each in weights]


def _quota(_make: Random) -> list[dict[str, Any]]:
    """The longest count that the rule agrees to."""
    return [{"parties": _names(1_000), "total": 10**6 - 1, "weights": [10**9 + 7 * place for place in range(1_000)]}]


def _credit(make: Random) -> list[dict[str, Any]]:
    held = [make.randrange(-(10**36), 10**36) for _ in range(999)]
    return [{**each, "credits_before": [*held, -sum(held)]} for each in _proportional(make)]


def _allocation(make: Random) -> list[dict[str, Any]]:
    parties = _names(1_000)
    weights = dict(zip(parties, _uneven(make, 1_000), strict=True))
    bases = {"committed_budget": weights, "population": weights, "need": weights}
    legs = [{"percent": "25", "rule": {"kind": kind}} for kind in ("equal", *bases)]
    fixed = {"kind": "fixed_percentages", "percentages": dict.fromkeys(parties, "0.1")}
    rules: list[dict[str, Any]] = [
        {"rule": {"kind": "hybrid", "legs": legs, "rounding": "credit", "floor": "0.05", "cap": "0.2"}, "bases": bases},
        {"rule": {**fixed, "rounding": "huntington_hill"}},
        {"rule": {"kind": "committed_budget", "cap": "0.5"}, "weights": weights},
    ]
    return [{"parties": parties, "total": LARGEST, **each} for each in rules]


def _bounds(make: Random) -> list[dict[str, Any]]:
    names, weights, caps = _names(1_000), _uneven(make, 1_000), [2**place for place in range(120)]
    short = {"floors": [LARGEST] * 1_000, "shortfall": "talmud"}
    return [
        {"parties": names, "total": LARGEST, "weights": weights, **short},
        {"parties": names[:120], "total": sum(caps) - 1, "weights": [1] * 120, "caps": caps},
    ]


def _tables(make: Random, shapes: list[tuple[int, int, int]]) -> Iterator[dict[str, Any]]:
    for height, width, most in shapes:
        weights = [[make.randrange(1, 10 ** make.randrange(1, 16)) for _ in range(width)] for _ in range(height)]
        table = [[make.randrange(most) for _ in range(width)] for _ in range(height)]
        yield {
            "parties": _names(height),
            "columns": _names(width),
            "weights": weights,
            "party_totals": [sum(row) for row in table],
            "column_totals": [sum(column) for column in zip(*table, strict=True)],
        }


def _controlled(make: Random) -> list[dict[str, Any]]:
    """Fractions with as many digits as there may be, in a table whose sums are whole."""
    over = 999_999_937
    cells = [[make.randrange(over) for _ in range(23)] for _ in range(59)]
    table = [[*(f"{cell}/{over}" for cell in row), f"{-sum(row) % over}/{over}"] for row in cells]
    last = [-sum(column) % over for column in zip(*cells, strict=True)]
    table.append([*(f"{cell}/{over}" for cell in last), f"{sum(map(sum, cells)) % over}/{over}"])
    return [{"parties": _names(60), "columns": _names(24), "table": table}]


def _netting(_make: Random) -> list[dict[str, Any]]:
    names = ("deadweight", "displacement", "substitution", "leakage", "attribution_to_others", "drop_off")
    shares = {name: f"{place + 1}/99999999{place + 1}989" for place, name in enumerate(names)}
    return [{"gross": -LARGEST, "years": 100, "multiplier": "1000", **shares}]


def _groups(make: Random, members: int) -> list[int]:
    """A game of claims, with large numbers: every method has an answer for it."""
    claims = [make.randrange(10**37) for _ in range(members)]
    left = sum(claims) * 2 // 3
    sums = [sum(claim for place, claim in enumerate(claims) if mask >> place & 1) for mask in range(1 << members)]
    return [max(0, left - (sums[-1] - sum_)) for sum_ in sums][1:]


def _table_game(make: Random, members: int = 12) -> dict[str, Any]:
    return {"parties": [f"body {place}" for place in range(members)], "savings": _groups(make, members)}


def _buyers(volumes: list[int]) -> dict[str, Any]:
    steps = range(MOST_BUYERS)
    tariff = {"starts": [10 * step for step in steps], "prices": [10**35 - step for step in steps]}
    return {"parties": _names(len(volumes)), "volumes": volumes, "tariff": tariff}


def _volumes() -> list[int]:
    """Fifty different volumes, with as large a sum as may be counted."""
    most = MOST_COUNTED // MOST_BUYERS**2
    return [*range(1, 50), most - sum(range(1, 50))]


def _games(make: Random) -> list[dict[str, Any]]:
    return [_table_game(make), _buyers(_volumes())]


def _rebates(make: Random) -> Iterator[dict[str, Any]]:
    """Of each rule as many parties as it takes; of the Shapley value many parties, and many different volumes."""
    uneven = _uneven(make, 50)
    most = RULE_COUNTS // 50
    for volumes in ([*range(1, 21)] * 2 + [1] * 9 + [most // 21 - 429], [1] * 49 + [most // 2 - 49]):
        yield {**_buyers(volumes), "rule": "shapley"}
    for rule, count in (("shapley", 12), ("nucleolus", 10), ("separable", 50), ("proportional_gains", 50)):
        yield {**_buyers(uneven[:count]), "rule": rule, "fixed": LARGEST}


def _core(make: Random) -> list[dict[str, Any]]:
    game = _table_game(make)
    buyers = _buyers([*range(1, 50), 18_000])
    price = 10**35 - 49
    return [
        {**game, "amounts": [0] * 11 + [game["savings"][-1]]},
        {**buyers, "amounts": [volume * price for volume in buyers["volumes"]]},
    ]


def _voters(make: Random) -> Iterator[dict[str, Any]]:
    for count, quota in ((100, 200), (50, 800), (20, 5_000), (14, 10**35)):
        weights = [make.randrange(1, max(2, 4 * quota // count)) for _ in range(count)]
        yield {"parties": _names(count), "weights": weights, "quota": min(quota, sum(weights))}


WORST: dict[str, Callable[[Random], Any]] = {
    **dict.fromkeys(["largest_remainder", "staircase", "sainte_lague", "dhondt", "adams", "dean"], _proportional),
    "huntington_hill": _proportional,
    "quota_method": _quota,
    "credit_ledger": _credit,
    "cumulative_sainte_lague": lambda make: [{**each, "before": LARGEST} for each in _proportional(make)],
    "allocation": _allocation,
    "within_bounds": _bounds,
    "biproportional": lambda make: _tables(make, [(12, 7, 10**9), (30, 5, 10), (16, 10, 5), (6, 4, 10**13)]),
    "controlled_rounding": _controlled,
    "gross_to_net": _netting,
    "equal_price": lambda _: [_buyers(_volumes())],
    "equal_price_curve": lambda _: [_buyers(_volumes())],
    "equal_price_rebate": _rebates,
    "shapley": _games,
    "nucleolus": lambda make: [_table_game(make, 10)],
    "tau_value": lambda make: [_table_game(make)],
    "gately": lambda make: [_table_game(make)],
    "equal_nonseparable": _games,
    "alternate_cost_avoided": lambda make: [_table_game(make)],
    "core": _core,
    "voting_power": _voters,
    "decision": lambda make: [
        {
            "parties": _names(1_000),
            "rule": "weighted",
            "positions": ["agree"] * 999 + [None],
            "deadline_passed": False,
            "weights": _uneven(make, 1_000),
        }
    ],
}
"""By operation; those of claims have their own."""
