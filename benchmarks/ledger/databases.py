"""Both engines with every table, and the world whose outcomes are split: 50 bodies, many contracts and places."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path
from random import Random
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import parse_rule, split
from commonpurse.calc.digest import canonical
from commonpurse.core import db, pseudonym
from commonpurse.core.transaction import transaction
from commonpurse.outcomes import queries
from commonpurse.outcomes.commands.ledger import Basis, Line, Scope, weights_of
from commonpurse.outcomes.commands.many import Group
from commonpurse.outcomes.models import Roster, RuleVersion

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from support import services
from support.databases import migrated
from support.delivery_rows import make_contract
from support.world import NOW, World, make_area, make_measure, make_world

BODIES = 50
IN_EARNEST = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""A commit is on the disk, as it always is on SQLite here: the tests' own server does without."""
OUTCOMES_A_SPLIT = 10


@contextmanager
def on(engine_name: str) -> Iterator[Engine]:
    """A migrated database of its own on that engine, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="commonpurse-bench-") as folder:
        if engine_name == "sqlite":
            engine = migrated(f"sqlite:///{folder}/ledger.db")
            yield engine
            engine.dispose()
        else:
            with patch.dict(services.POSTGRESQL_SETTINGS, IN_EARNEST), services.start_postgresql() as url:
                engine = migrated(url.replace("postgresql://", "postgresql+psycopg://", 1))
                yield engine
                engine.dispose()


class Ledger:
    """A consortium of 50 bodies on `engine`, its rule and weights, and groups of outcomes that wait to be split."""

    def __init__(self, engine: Engine) -> None:
        db.bind(engine)
        pseudonym.bind("pseudonyms of the benchmark")
        self.engine = engine
        self.chance = Random(2026)
        with db.new_session() as session:
            self.world: World = make_world(session)
            contracts = [make_contract(session, self.world, reference=f"C-{number}").id for number in range(10)]
            measures = [make_measure(session, f"M-{number}", unit="hours").id for number in range(5)]
            places = [make_area(session, f"E0700{number:04}", f"Place {number}").gss for number in range(10)]
            quarters = [date(2010 + number // 4, 1 + 3 * (number % 4), 1) for number in range(20)]
            bodies = [str(UUID(int=self.chance.getrandbits(128), version=4)) for _ in range(BODIES)]
            self.weights = {body: self.chance.randrange(10**6, 10**9) for body in bodies}
            self.basis = self._basis(session, bodies)
            session.commit()
            session.expunge_all()
        self.scopes = [Scope(*parts) for parts in product(contracts, measures, quarters, places)]
        self.chance.shuffle(self.scopes)
        self.actor = self.world.actor("newcastle")

    def _basis(self, session: Session, bodies: list[str]) -> Basis:
        roster = Roster(consortium_id=self.world.consortium.id, parties=(*bodies, "unallocated"), recorded_at=NOW)
        roster.digest = queries.roster_digest(roster)
        session.add(roster)
        session.flush()
        rule = RuleVersion(
            consortium_id=self.world.consortium.id,
            roster_id=roster.id,
            spec=canonical({"kind": "committed_budget"}).decode(),
            item_id=uuid4(),
            offer_number=1,
            agreed_at=NOW,
            recorded_at=NOW,
        )
        rule.digest = queries.rule_digest(rule, roster.digest)
        session.add(rule)
        session.flush()
        return Basis(roster, rule)

    def weigh(self) -> UUID:
        """The key of the weights by which all is divided, which are stored."""
        with transaction() as session:
            rule = parse_rule(queries.spec_of(self.basis.rule))
            divided = split(0, rule, roster=self.basis.roster.parties, weights=self.weights)
            return weights_of(session, self.basis, divided.explanation, NOW).id

    def groups(self, splits: int, outcomes: int = OUTCOMES_A_SPLIT) -> list[Group]:
        """Groups to be split, each of some outcomes of up to a million units."""
        return [
            Group(
                self.scopes[number % len(self.scopes)],
                tuple(
                    Line(f"{self.chance.getrandbits(128):032x}", 1, self.chance.randrange(1, 10**6))
                    for _ in range(outcomes)
                ),
            )
            for number in range(splits)
        ]

    def size(self, *tables: str) -> int:
        """Bytes of these tables and their indexes."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                sizes = [connection.scalar(text(f"SELECT pg_total_relation_size('{name}')")) for name in tables]
                return sum(sizes)
            raw = connection.connection.driver_connection
            names = ", ".join(f"'{name}'" for name in tables)
            ours = f"SELECT name FROM sqlite_master WHERE tbl_name IN ({names})"
            query = f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({ours})"
            return raw.execute(query).fetchone()[0]
