"""A million outcomes divided by the largest-remainder rule, beside the machine's memory and other programs.

Promises, all measured in one run:

- At 50 bodies the split takes at most 15 times as long as the machine needs to copy as many numbers (16 bytes each:
  read and written), and at least 50 times less than the same in pandas; it is faster than polars, duckdb and
  the apportionment library at 5, 50 and 300 bodies.
- At 50 bodies peak memory rises by at most 1.2 times the size of the answer.
- Where outcomes are added up by measure, month and place first, all of it takes at most half a second.
- Every program gives the same parts as the reference in Python integers, by digest.

Times are the fastest of some, ours and the copy by turns, since other work on the machine can only add to them. Slow
programs divide fewer outcomes, and their time is scaled up; the table says how many. Products of total and weight
stay below 2**63 here, so that the others may use their own 64-bit integers: ours takes as long beyond.
"""

import hashlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from apportionment import methods as apportionment

from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.kernel import Int64s, largest_remainder_rows

OUTCOMES = 1_000_000
BODIES = (5, 50, 300)
ROUNDS = 9
COPY_CELLS = 50_000_000
MOST_COPIES, LEAST_PANDAS, MOST_MEMORY, MOST_SECONDS = 15, 50, 1.2, 0.5

SQL = """
with floors as (
    select outcome, body, total, total * weight // whole as part, total * weight % whole as rest from cells
), ranked as (
    select *, row_number() over (partition by outcome order by rest desc, body) as place,
        total - sum(part) over (partition by outcome) as spare
    from floors
)
select part + (place <= spare)::bigint as part from ranked order by outcome, body
"""


def seconds(act: Callable[[], object]) -> float:
    """How long `act` takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def digest(parts: Int64s) -> str:
    return hashlib.sha256(np.ascontiguousarray(parts, dtype=np.int64).tobytes()).hexdigest()


def problem(bodies: int) -> tuple[Int64s, Int64s]:
    """Totals of up to GBP 1.3 million, and budgets of up to GBP 43 million: both in pence."""
    rng = np.random.default_rng(bodies)
    return rng.integers(1, 2**27, OUTCOMES), rng.integers(1, 2**32, bodies)


def long_table(totals: Int64s, weights: Int64s) -> dict[str, Int64s]:
    """A row for each part, as the table programs want it."""
    rows, bodies = len(totals), len(weights)
    return {
        "outcome": np.repeat(np.arange(rows), bodies),
        "body": np.tile(np.arange(bodies), rows),
        "total": np.repeat(totals, bodies),
        "weight": np.tile(weights, rows),
        "whole": np.full(rows * bodies, weights.sum()),
    }


# --- the others: each takes totals and weights, and gives back its time and its parts ---------------------------------
def by_pandas(totals: Int64s, weights: Int64s) -> tuple[float, Int64s]:
    table = pd.DataFrame(long_table(totals, weights))
    started = time.perf_counter()
    product = table["total"] * table["weight"]
    part, rest = product // table["whole"], product % table["whole"]
    place = rest.groupby(table["outcome"]).rank(method="first", ascending=False)
    spare = table["total"] - part.groupby(table["outcome"]).transform("sum")
    parts = (part + (place <= spare)).to_numpy()
    return time.perf_counter() - started, parts


def by_polars(totals: Int64s, weights: Int64s) -> tuple[float, Int64s]:
    table = pl.DataFrame(long_table(totals, weights))
    started = time.perf_counter()
    product = pl.col("total") * pl.col("weight")
    place = pl.col("rest").rank("ordinal", descending=True).over("outcome")
    spare = pl.col("total") - pl.col("part").sum().over("outcome")
    done = table.lazy().with_columns(part=product // pl.col("whole"), rest=product % pl.col("whole"))
    parts = done.select(pl.col("part") + (place <= spare)).collect()["part"].to_numpy()
    return time.perf_counter() - started, parts


def by_duckdb(totals: Int64s, weights: Int64s) -> tuple[float, Int64s]:
    with duckdb.connect() as database:
        database.register("given", pd.DataFrame(long_table(totals, weights)))
        database.execute("create table cells as select * from given")
        started = time.perf_counter()
        parts = database.execute(SQL).fetchnumpy()["part"]
        return time.perf_counter() - started, parts


def by_apportionment(totals: Int64s, weights: Int64s) -> tuple[float, Int64s]:
    names = [str(body) for body in range(len(weights))]  # its own names end at 52
    started = time.perf_counter()
    parts = [apportionment.compute("hamilton", weights, int(total), parties=names) for total in totals]
    return time.perf_counter() - started, np.array(parts)


def by_reference(totals: Int64s, weights: Int64s) -> tuple[float, Int64s]:
    plain = weights.tolist()
    started = time.perf_counter()
    parts = [largest_remainder(total, plain) for total in totals.tolist()]
    return time.perf_counter() - started, np.array(parts)


OTHERS = {  # name: how to run it, and how many parts it is given
    "pandas": (by_pandas, 10_000_000),
    "polars": (by_polars, 5_000_000),
    "duckdb": (by_duckdb, 5_000_000),
    "apportionment": (by_apportionment, 100_000),
    "Python integers": (by_reference, 500_000),
}


# --- the measurements: each prints what it finds, and gives back whether the promise holds ---------------------------
def one_split(bodies: int, copy: Callable[[], None]) -> bool:
    totals, weights = problem(bodies)
    ours = copied = float("inf")
    for _ in range(ROUNDS if bodies <= 50 else 2):
        ours = min(ours, seconds(lambda: largest_remainder_rows(totals, weights)))
        copied = min(copied, *(seconds(copy) for _ in range(3)))
    copied *= OUTCOMES * bodies / COPY_CELLS
    each = ours / OUTCOMES / bodies * 1e9
    print(f"\n{OUTCOMES:,} outcomes over {bodies} bodies: {ours:.3f} s, {each:.1f} ns a part")
    holds = report(f"copying as much memory {copied:.3f} s", ours / copied, "at most", MOST_COPIES, bodies == 50)
    parts = largest_remainder_rows(totals, weights)
    for name, (run, cells) in OTHERS.items():
        rows = min(OUTCOMES, cells // bodies)
        took, theirs = run(totals[:rows], weights)
        scaled = took * OUTCOMES / rows
        note = f" (from {rows:,} outcomes)" if rows < OUTCOMES else ""
        least = LEAST_PANDAS if (name, bodies) == ("pandas", 50) else 1
        holds &= report(f"{name} {scaled:.1f} s{note}", scaled / ours, "at least", least)
        if digest(theirs) != digest(parts[:rows]):
            print(f"  {name} gives OTHER PARTS")
            holds = False
    return holds


def memory() -> bool:
    """In a process of its own, started while this one is small: a process inherits the peak of who starts it."""
    command = [sys.executable, "-m", "benchmarks.split", "--peak"]
    output, rise = map(int, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    print(f"The parts of {OUTCOMES:,} outcomes over 50 bodies: {output / 1e6:.0f} MB")
    return report(f"peak memory rises by {rise / 1e6:.0f} MB", rise / output, "at most", MOST_MEMORY)


def peak() -> None:
    """Print the bytes of the parts and by how many the peak of this process rises."""
    totals, weights = problem(50)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    parts = largest_remainder_rows(totals, weights)
    unit = 1 if sys.platform == "darwin" else 1024
    print(parts.nbytes, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit)


def aggregated() -> bool:
    """20 measures, 24 months and 350 places, each in a district, a county and a combined authority: 60, 30 and 10 %."""
    rng = np.random.default_rng(1)
    keys = {"measure": 20, "month": 24, "place": 350}
    columns = {key: rng.integers(0, count, OUTCOMES) for key, count in keys.items()}
    table = pd.DataFrame({**columns, "pence": rng.integers(1, 2**27, OUTCOMES)})
    place = np.arange(keys["place"])
    by_place = np.zeros((keys["place"], 50), dtype=np.int64)
    by_place[place, place % 40] = 60
    by_place[place, 40 + place % 8] = 30
    by_place[place, 48 + place % 2] = 10

    def run() -> tuple["pd.Series[int]", Int64s]:
        groups = table.groupby(list(keys), sort=False)["pence"].sum()
        return groups, largest_remainder_rows(groups.to_numpy(), by_place[groups.index.get_level_values("place")])

    took = min(seconds(run) for _ in range(ROUNDS))
    groups, parts = run()
    print(f"\n{OUTCOMES:,} outcomes added up in {len(groups):,} groups and divided over 50 bodies by place")
    holds = report("group-by and split, seconds", took, "at most", MOST_SECONDS)
    some = slice(0, 5_000)
    weights = by_place[groups.index.get_level_values("place")][some].tolist()
    exact = [largest_remainder(total, row) for total, row in zip(groups.to_list()[some], weights, strict=True)]
    same = digest(np.array(exact)) == digest(parts[some]) and parts.sum() == table["pence"].sum()
    print(f"  the first 5,000 groups {'equal' if same else 'DIFFER FROM'} the reference, by digest")
    return holds and bool(same)


def report(what: str, ratio: float, bound: str, limit: float, promised: bool = True) -> bool:
    """Print a figure, with what was promised about it and whether that holds."""
    holds = ratio <= limit if bound == "at most" else ratio >= limit
    verdict = f"; promised: {bound} {limit}, {'holds' if holds else 'DOES NOT HOLD'}" if promised else ""
    print(f"  {what}: {ratio:.2f}{verdict}", flush=True)
    return holds or not promised


def main() -> None:
    """Print every figure; exit 1 if a promise does not hold, as it will not on a machine that is busy."""
    if sys.argv[1:] == ["--peak"]:
        peak()
        return
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    results = [memory()]
    source = np.ones(COPY_CELLS, dtype=np.int64)
    target = source.copy()  # so that the memory is there before it is measured
    results += [one_split(bodies, lambda: np.copyto(target, source)) for bodies in BODIES]
    results += [aggregated()]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
