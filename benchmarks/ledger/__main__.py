"""The ledger on both engines, with every check on, beside a design that keeps a checked row for each share.

    ./dev bench ledger           a tenth of the size, about four minutes
    ./dev bench ledger --full    1,000,000 outcomes of 50 bodies, 5,100,000 parts
    ./dev bench ledger --only verify --outcomes 9800000    50,000,000 parts, about half an hour

Promises, on each engine, both designs in the same run on the same machine:

1. the parts alone are written at least 20 times faster and are 5 times smaller as vectors than as checked rows;
2. end to end (divided, chained, recorded, one claim for each outcome) at least 2 times faster;
3. a correction (the split taken back and what remains split anew) costs at most 12 single committed inserts;
4. verifying takes at most 3 times as long as reading the same rows.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Text, cast, select, text
from sqlalchemy.orm import Session

from benchmarks.ledger import by_part
from benchmarks.ledger.databases import BODIES, OUTCOMES_A_SPLIT, Ledger, on
from commonpurse.calc.allocation import split_again
from commonpurse.consortia.models import Consortium
from commonpurse.core import db
from commonpurse.core.bulk import insert_many
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes import queries
from commonpurse.outcomes.commands import ledger as ledger_commands
from commonpurse.outcomes.commands import many
from commonpurse.outcomes.commands.ledger import Line, divide_again
from commonpurse.outcomes.models import LiveClaim, PostedSplit
from commonpurse.outcomes.queries import proof
from support.world import NOW

MOST_AT_ONCE = 100_000
"""Splits that are posted in one transaction: of many more, SQLite's log would grow beyond the database."""
FASTER_ALONE, SMALLER_ALONE, FASTER_WHOLE, INSERTS, READS = 20, 5, 2, 12, 3


def seconds(act: Callable[[], object]) -> float:
    """How long `act` takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


class Promises:
    """What was promised, and whether it was kept."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def at_least(self, name: str, found: float, promised: float) -> None:
        """Say what was found of something that should be no less."""
        self._say(name, found, f"at least {promised}", found >= promised)

    def at_most(self, name: str, found: float, promised: float) -> None:
        """Say what was found of something that should be no more."""
        self._say(name, found, f"at most {promised}", found <= promised)

    def _say(self, name: str, found: float, promised: str, kept: bool) -> None:
        print(f"  {name}: {found:.1f}; promised: {promised}{'' if kept else ' -- NOT KEPT'}", flush=True)
        if not kept:
            self.broken.append(name)


def parts_alone(ledger: Ledger, promises: Promises, splits: int, rounds: int = 5) -> None:
    """Vectors and rows in turn, in several rounds; what is sent is spelled beforehand for both."""
    from commonpurse.calc.kernel import largest_remainder_rows

    engine = ledger.engine.dialect.name
    with ledger.engine.begin() as connection:
        by_part.make_places(connection, ledger.basis.roster)
        by_part.make_alone(connection)
    roster, weights = ledger.basis.roster.id.hex, [*ledger.weights.values(), 0]
    weighed, parties = ledger.weigh().hex, by_part.keys(ledger.basis.roster)
    parts, taken = splits // rounds * rounds * len(weights), [0.0, 0.0]
    for turn in range(rounds):
        totals = [ledger.chance.randrange(1, 10**7) for _ in range(splits // rounds)]
        amounts = largest_remainder_rows(totals, weights).tolist()
        keys = [uuid4().hex for _ in totals]
        opened, closed = ("{", "}") if engine == "postgresql" else ("[", "]")
        lists = [opened + ",".join(map(str, row)) + closed for row in amounts]
        vectors = by_part.spelled(engine, zip(keys, repeat(weighed), totals, lists))
        heads = by_part.spelled(engine, zip(keys, repeat(roster), totals))
        every = (
            (key, party, amount)
            for key, row in zip(keys, amounts, strict=True)
            for party, amount in zip(parties, row, strict=True)
        )
        rows, seals = by_part.spelled(engine, every), by_part.spelled(engine, zip(keys))
        sides = [
            (by_part.VECTOR, ("id", "weight_version_id", "total", "amounts"), vectors),
            (
                *(by_part.ALONE, ("id", "roster_id", "total"), heads),
                *(by_part.ALONE_PART, ("split_id", "party", "amount"), rows),
                *(by_part.ALONE_SEAL, ("split_id",), seals),
            ),
        ]
        for side in (0, 1) if turn % 2 else (1, 0):
            taken[side] += write(*sides[side])
    print(f"  {parts:,} parts: as vectors {taken[0]:.2f} s, as rows {taken[1]:.2f} s")
    promises.at_least("parts alone, times faster", taken[1] / taken[0], FASTER_ALONE)
    small = ledger.size(by_part.VECTOR)
    large = ledger.size(by_part.ALONE, by_part.ALONE_PART, by_part.ALONE_SEAL)
    print(f"  {small / parts:.1f} and {large / parts:.1f} bytes a part")
    promises.at_least("parts alone, times smaller", large / small, SMALLER_ALONE)


def write(*tables: Any) -> float:
    """How long one transaction takes that fills one table after the other: name, columns, rows, name, ..."""

    def act() -> None:
        with transaction() as session:
            for name, columns, rows in zip(tables[::3], tables[1::3], tables[2::3], strict=True):
                by_part.write_raw(session, name, columns, rows)

    return seconds(act)


def end_to_end(engine_name: str, promises: Promises, splits: int, given: argparse.Namespace, rounds: int = 2) -> None:
    """The ledger and the other design, each in databases of its own, in turn; then what rests on the ledger."""
    taken = [0.0, 0.0]
    for turn in range(rounds if given.only in (None, "whole") else 0):
        for side in (0, 1) if turn % 2 else (1, 0):
            with on(engine_name) as engine:
                ledger = Ledger(engine)
                write_by_part = by_part.writer(by_part.keys(ledger.basis.roster))
                if side:
                    with engine.begin() as connection:
                        by_part.make_places(connection, ledger.basis.roster)
                        by_part.make_whole(connection)
                taken[side] += post(ledger, splits // rounds, write_by_part if side else insert_many)
    if taken[0]:
        print(f"  {splits:,} splits, {splits * OUTCOMES_A_SPLIT:,} outcomes, in {rounds} halves: ", end="")
        print(f"{taken[0]:.1f} s, with a row a share {taken[1]:.1f} s")
        promises.at_least("end to end, times faster", taken[1] / taken[0], FASTER_WHOLE)
    if given.only == "whole":
        return
    with on(engine_name) as engine:
        ledger = Ledger(engine)
        for start in range(0, splits, MOST_AT_ONCE):
            post(ledger, min(MOST_AT_ONCE, splits - start))
        if given.only != "verify":
            corrections(ledger, promises)
        if given.only != "correct":
            verifying(promises)


def corrections(ledger: Ledger, promises: Promises, count: int = 60) -> None:
    """Splits taken back and what remains split anew, each in its transaction, in turn with single inserts."""
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE single (id VARCHAR(32) PRIMARY KEY NOT NULL, note TEXT NOT NULL)")
    with reading() as session:
        keys = session.scalars(select(LiveClaim.outcome_id).order_by(LiveClaim.split_id).limit(count * 10)).all()[::10]
    inserted, corrected = [], []

    def insert() -> None:
        with transaction() as session:
            values = {"id": uuid4().hex, "note": "a row"}
            session.execute(text("INSERT INTO single (id, note) VALUES (:id, :note)"), values)

    def correct(outcome: str) -> None:
        with transaction() as session:
            consortium = session.get_one(Consortium, ledger.world.consortium.id)
            original = queries.live_split_of(session, UUID(outcome))
            assert original is not None
            kept = zip(original.outcomes, original.versions, original.quantities, strict=True)
            lines = [Line(*line) for line in kept if line[0] != outcome]
            again = split_again(sum(line.quantity for line in lines), original.explanation)
            divide_again(session, ledger.actor, consortium, original, lines, again, reason="Wrong", now=NOW)

    for key in keys:
        inserted.append(seconds(insert))
        corrected.append(seconds(lambda key=key: correct(key)))  # type: ignore[misc]
    single, whole = statistics.median(inserted) * 1000, statistics.median(corrected) * 1000
    print(f"  a correction {whole:.2f} ms, a single committed insert {single:.2f} ms (medians of {len(keys)})")
    promises.at_most("a correction, in single committed inserts", whole / single, INSERTS)


def verifying(promises: Promises) -> None:
    """Proving the ledger, and only reading the same rows in the same stream, in turn."""
    ratios = []
    for _ in range(3):
        with reading() as session:
            started = time.perf_counter()
            parts = sum(len(row.amounts) for rows in plain(session) for row in rows)
            read = time.perf_counter() - started
        with reading() as session:
            started = time.perf_counter()
            report = queries.verify(session, with_records=False)
            verified = time.perf_counter() - started
        assert report.faults == (), report.faults[:3]
        ratios.append(verified / read)
        print(f"  {parts:,} parts read in {read:.2f} s, verified in {verified:.2f} s")
        print(f"  50,000,000 parts at that rate: {verified / parts * 50_000_000:.0f} s")
    promises.at_most("verifying, in times of reading", statistics.median(ratios), READS)


def plain(session: Session) -> Iterator[Sequence[Any]]:
    """Every row of the ledger with all it says that is proved: numbers as numbers, keys as keys."""
    columns = [getattr(PostedSplit, name) for name in (*proof.PLAIN, *proof.KEYS, *proof.LISTS)]
    columns.append(cast(PostedSplit.explanation, Text))
    query = select(*columns).order_by(PostedSplit.book, PostedSplit.scope, PostedSplit.seq)
    yield from session.execute(query.execution_options(yield_per=proof.ROWS_AT_ONCE)).partitions()


def post(ledger: Ledger, splits: int, write: Callable[..., None] = insert_many) -> float:
    """How long posting so many new groups in one transaction takes, written by `write`."""
    groups = ledger.groups(splits)
    db.bind(ledger.engine)
    ledger_commands.insert_many = write  # type: ignore[attr-defined]

    def act() -> None:
        with transaction() as session:
            consortium = session.get_one(Consortium, ledger.world.consortium.id)
            many.post_many(session, ledger.actor, consortium, ledger.basis, ledger.weights, groups, now=NOW)

    taken = seconds(act)
    ledger_commands.insert_many = insert_many  # type: ignore[attr-defined]
    return taken


def main() -> None:
    """Print what was found on both engines; exit 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(prog="./dev bench ledger")
    parser.add_argument("--full", action="store_true", help="the promised sizes, not a tenth of them")
    parser.add_argument("--outcomes", type=int, help="how many outcomes to split end to end")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="only this engine")
    parser.add_argument("--only", choices=("alone", "whole", "correct", "verify"), help="only this promise")
    given = parser.parse_args()
    outcomes = given.outcomes or (1_000_000 if given.full else 100_000)
    promises = Promises()
    for engine_name in [given.engine] if given.engine else ("sqlite", "postgresql"):
        measure(engine_name, promises, outcomes // OUTCOMES_A_SPLIT, given)
    print(f"not kept: {', '.join(promises.broken)}" if promises.broken else "every promise is kept")
    sys.exit(1 if promises.broken else 0)


def measure(engine_name: str, promises: Promises, splits: int, given: argparse.Namespace) -> None:
    """All four on one engine."""
    print(f"{engine_name}: {splits:,} splits over {BODIES} bodies")
    if given.only in (None, "alone"):
        with on(engine_name) as engine:
            parts_alone(Ledger(engine), promises, splits)
    if given.only != "alone":
        end_to_end(engine_name, promises, splits, given)


if __name__ == "__main__":
    main()
