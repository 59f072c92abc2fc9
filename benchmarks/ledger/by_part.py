"""The other design: a row for each share, with the same checks, made of the ledger's own tables and triggers.

A split's shares are rows of their own. A seal, without which nothing can be committed, asserts that there is one for
each place of the roster and that they add up; after it none can be added. Nothing is ever changed or deleted. Each
engine has what was found fastest: checks are made for each statement where that can be, and shares have no foreign
keys. A row names its body by the body's key, as that is what such rows are asked for; to name its place on the roster
instead takes about a fifth less time, and half the space on SQLite.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import UNALLOCATED
from commonpurse.core.bulk import insert_many, room
from commonpurse.outcomes.models import Roster

SPLIT, CLAIM, PART, SEAL = "rows_split", "rows_live_claim", "rows_part", "rows_seal"
ALONE, ALONE_PART, ALONE_SEAL, VECTOR = "alone_split", "alone_part", "alone_seal", "alone_vector"

KEPT = {
    "postgresql": """
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION outcomes_kept()
""",
    "sqlite": """
CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
--
CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
""",
}

PARTS = {
    "postgresql": """
CREATE TABLE {part} (split_id uuid NOT NULL, party uuid NOT NULL, amount bigint NOT NULL,
  PRIMARY KEY (split_id, party), CHECK (amount BETWEEN -1000000000000000 AND 1000000000000000))
--
CREATE TABLE {seal} (split_id uuid PRIMARY KEY)
--
ALTER TABLE {split} ADD FOREIGN KEY (id) REFERENCES {seal} DEFERRABLE INITIALLY DEFERRED
--
CREATE FUNCTION {part}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong boolean;
BEGIN
  EXECUTE 'SELECT EXISTS (SELECT 1 FROM made m LEFT JOIN {split} s ON s.id = m.split_id
    LEFT JOIN rows_place p ON p.roster_id = s.roster_id AND p.party = m.party
    LEFT JOIN {seal} d ON d.split_id = m.split_id WHERE p.party IS NULL OR d.split_id IS NOT NULL)' INTO wrong;
  PERFORM outcomes_require(NOT wrong, '{part}: the split is sealed or unknown, or the party not on its roster');
  RETURN NULL;
END $$
--
CREATE TRIGGER {part}_made AFTER INSERT ON {part} REFERENCING NEW TABLE AS made
FOR EACH STATEMENT EXECUTE FUNCTION {part}_guard()
--
CREATE FUNCTION {seal}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong boolean;
BEGIN
  EXECUTE 'SELECT EXISTS (SELECT 1 FROM made m LEFT JOIN (
      SELECT p.split_id, sum(amount) AS added, count(*) AS places
      FROM {part} p WHERE p.split_id IN (SELECT split_id FROM made) GROUP BY p.split_id) p ON p.split_id = m.split_id
    LEFT JOIN {split} s ON s.id = m.split_id
    LEFT JOIN (SELECT roster_id, count(*) AS places FROM rows_place GROUP BY roster_id) r ON r.roster_id = s.roster_id
    WHERE (p.added = s.total AND p.places = r.places) IS NOT TRUE)' INTO wrong;
  PERFORM outcomes_require(NOT wrong, '{seal}: the shares do not add up');
  RETURN NULL;
END $$
--
CREATE TRIGGER {seal}_made AFTER INSERT ON {seal} REFERENCING NEW TABLE AS made
FOR EACH STATEMENT EXECUTE FUNCTION {seal}_guard()
""",
    "sqlite": """
CREATE TABLE {part} (split_id CHAR(32) NOT NULL, party CHAR(32) NOT NULL, amount BIGINT NOT NULL,
  PRIMARY KEY (split_id, party)) WITHOUT ROWID
--
CREATE TABLE {seal} (split_id CHAR(32) PRIMARY KEY NOT NULL) WITHOUT ROWID
--
CREATE TRIGGER {part}_made BEFORE INSERT ON {part}
BEGIN
  SELECT RAISE(ABORT, '{part}: not a whole number within bounds')
  WHERE typeof(NEW.amount) <> 'integer' OR NEW.amount NOT BETWEEN -1000000000000000 AND 1000000000000000;
  SELECT RAISE(ABORT, '{part} is append-only')
  WHERE EXISTS (SELECT 1 FROM {part} WHERE split_id = NEW.split_id AND party = NEW.party);
  SELECT RAISE(ABORT, '{part}: the split is sealed or unknown, or the party not on its roster')
  WHERE NOT EXISTS (SELECT 1 FROM {split} s JOIN rows_place p ON p.roster_id = s.roster_id AND p.party = NEW.party
      WHERE s.id = NEW.split_id)
    OR EXISTS (SELECT 1 FROM {seal} WHERE split_id = NEW.split_id);
END
--
CREATE TRIGGER {seal}_made BEFORE INSERT ON {seal}
BEGIN
  SELECT RAISE(ABORT, '{seal}: the shares do not add up')
  WHERE NOT coalesce((
    SELECT sum(p.amount) = s.total AND count(*) = (SELECT count(*) FROM rows_place WHERE roster_id = s.roster_id)
    FROM {split} s JOIN {part} p ON p.split_id = s.id WHERE s.id = NEW.split_id), 0);
END
""",
}

# `kept` says how SQLite keeps it: vectors as the ledger keeps its rows; heads of rows as is fastest.
SMALL = {
    "postgresql": """
CREATE TABLE {table} (id uuid PRIMARY KEY, {basis} uuid NOT NULL, total bigint NOT NULL
  {more})
""",
    "sqlite": """
CREATE TABLE {table} (id CHAR(32) PRIMARY KEY NOT NULL, {basis} CHAR(32) NOT NULL,
  total BIGINT NOT NULL {more}) {kept}
""",
}

# The ledger's own checks of `amounts`, as it recognises what is surely right, and no other.
VECTORS = {
    "postgresql": """
CREATE FUNCTION alone_vector_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  added bigint;
  list bigint[];
  size integer;
BEGIN
  IF array_ndims(NEW.amounts) = 1 AND array_lower(NEW.amounts, 1) = 1
    AND 0 <= ALL (NEW.amounts) AND 1000000000000000 >= ALL (NEW.amounts) AND NEW.total BETWEEN 0 AND 1000000000000000
  THEN
    list := NEW.amounts;
    size := cardinality(list);
    added := NEW.total;
    FOR place IN 1 .. size - 7 BY 8 LOOP
      added := added - list[place] - list[place + 1] - list[place + 2] - list[place + 3]
        - list[place + 4] - list[place + 5] - list[place + 6] - list[place + 7];
    END LOOP;
    FOR place IN size - size % 8 + 1 .. size LOOP
      added := added - list[place];
    END LOOP;
    PERFORM 1 FROM outcomes_weight_version WHERE id = NEW.weight_version_id AND cardinality(weights) = size;
    IF FOUND AND added = 0 THEN
      RETURN NEW;
    END IF;
  END IF;
  PERFORM outcomes_require(false, 'alone_vector: refused');
END $$
--
CREATE TRIGGER alone_vector_made BEFORE INSERT ON alone_vector FOR EACH ROW EXECUTE FUNCTION alone_vector_guard()
""",
    "sqlite": """
CREATE TRIGGER alone_vector_made BEFORE INSERT ON alone_vector
WHEN NOT coalesce(
  CASE WHEN typeof(NEW.total) = 'integer' AND NEW.total <= 1000000000000000
    AND typeof(NEW.amounts) = 'text' AND json_valid(NEW.amounts)
    AND NEW.amounts NOT GLOB '*"*' AND NEW.amounts NOT GLOB '*e*' AND NEW.amounts NOT GLOB '*u*'
    AND NEW.amounts NOT GLOB '*-*'
  THEN
    (SELECT sum(value) = NEW.total AND typeof(sum(value)) = 'integer' FROM json_each(NEW.amounts))
    AND NOT EXISTS (SELECT 1 FROM alone_vector WHERE id = NEW.id)
    AND EXISTS (
      SELECT 1 FROM outcomes_weight_version w
      WHERE w.id = NEW.weight_version_id AND json_array_length(w.weights) = json_array_length(NEW.amounts))
  END, 0)
BEGIN SELECT RAISE(ABORT, 'alone_vector: refused'); END
""",
}


def table(name: str, *columns: str) -> Table:
    """A table as `insert_many` wants it."""
    return Table(name, MetaData(), *(Column(column) for column in columns))


def make_places(connection: Connection, roster: Roster) -> None:
    """The places of the roster as rows, which each row of a share is held against."""
    kind = "uuid" if connection.dialect.name == "postgresql" else "CHAR(32)"
    connection.exec_driver_sql(
        f"CREATE TABLE rows_place (roster_id {kind} NOT NULL, party {kind} NOT NULL, position INTEGER NOT NULL, "
        "PRIMARY KEY (roster_id, party), UNIQUE (roster_id, position))"
    )
    for position, party in enumerate(keys(roster), 1):
        values = f"'{roster.id.hex}', '{party}', {position}"
        connection.exec_driver_sql(f"INSERT INTO rows_place (roster_id, party, position) VALUES ({values})")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE rows_place")


def keys(roster: Roster) -> list[str]:
    """The keys of the parties, as rows name them; that of the unallocated place is nought."""
    return [f"{0:032x}" if party == UNALLOCATED else UUID(party).hex for party in roster.parties]


def make_alone(connection: Connection) -> None:
    """Tables with the shares alone: as a vector, and as rows."""
    engine = connection.dialect.name
    more = ", amounts bigint[] NOT NULL" if engine == "postgresql" else ", amounts TEXT NOT NULL"
    seal = "" if engine == "postgresql" else _deferred(ALONE_SEAL)
    scripts = [
        SMALL[engine].format(table=VECTOR, basis="weight_version_id", more=more, kept=""),
        VECTORS[engine],
        SMALL[engine].format(table=ALONE, basis="roster_id", more=seal, kept="WITHOUT ROWID"),
        PARTS[engine].format(split=ALONE, part=ALONE_PART, seal=ALONE_SEAL),
        *(KEPT[engine].format(table=name) for name in (VECTOR, ALONE, ALONE_PART, ALONE_SEAL)),
    ]
    _run(connection, scripts)


def make_whole(connection: Connection) -> None:
    """The ledger's tables again, with every trigger, but the shares as rows; `amounts` holds the total alone."""
    engine = connection.dialect.name
    clones = _clones_sqlite(connection) if engine == "sqlite" else _clones_postgresql(connection)
    _run(connection, clones)
    parts = PARTS[engine].format(split=SPLIT, part=PART, seal=SEAL)
    _run(connection, [parts, *(KEPT[engine].format(table=name) for name in (PART, SEAL))])


def _deferred(seal: str) -> str:
    return f", FOREIGN KEY (id) REFERENCES {seal} (split_id) DEFERRABLE INITIALLY DEFERRED"


def _run(connection: Connection, scripts: Iterable[str]) -> None:
    for script in scripts:
        for statement in script.split("\n--\n"):
            connection.exec_driver_sql(statement.replace("%", "%%") if "%" in statement else statement)


def _renamed(sql: str) -> str:
    return sql.replace("outcomes_split", SPLIT).replace("outcomes_live_claim", CLAIM)


def _clones_sqlite(connection: Connection) -> list[str]:
    found = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name IN ('outcomes_split', 'outcomes_live_claim') AND sql IS NOT NULL "
        "ORDER BY type = 'trigger', type = 'index', name DESC"
    )
    clones = []
    for (sql,) in found:
        own = _renamed(sql)
        # Its list of amounts holds the total alone.
        own = re.sub(
            r"(json_array_length\(NEW\.amounts\)\s+IS NOT) \(SELECT json_array_length\(parties\) [^)]*\)", r"\1 1", own
        ).replace("json_array_length(w.weights) = json_array_length(NEW.amounts)", "json_array_length(NEW.amounts) = 1")
        if own.startswith("CREATE TABLE") and SPLIT + " (" in own.split("\n")[0]:
            end = own.rindex(")")
            own = own[:end] + _deferred(SEAL) + own[end:]
        assert "length(parties)" not in own
        clones.append(own)
    return clones


def _clones_postgresql(connection: Connection) -> list[str]:
    def ask(query: str) -> list[str]:
        return [row[0] for row in connection.exec_driver_sql(query)]

    tables = [
        f"CREATE TABLE {SPLIT} (LIKE outcomes_split INCLUDING ALL)",
        f"CREATE TABLE {CLAIM} (LIKE outcomes_live_claim INCLUDING ALL)",
    ]
    of_both = "IN ('outcomes_split'::regclass, 'outcomes_live_claim'::regclass)"
    keys = ask(
        "SELECT 'ALTER TABLE ' || conrelid::regclass || ' ADD ' || pg_get_constraintdef(oid) FROM pg_constraint "
        f"WHERE contype = 'f' AND conrelid {of_both}"
    )
    named = "('outcomes_split_guard', 'outcomes_split_claim', 'outcomes_live_claim_guard')"
    functions = ask(f"SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname IN {named}")
    triggers = ask(f"SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid {of_both}")
    own = [
        _renamed(sql)
        .replace("(cardinality(NEW.amounts) = places)", "(cardinality(NEW.amounts) = 1)")
        .replace("cardinality(w.weights) = size", "size = 1")
        for sql in functions
    ]
    return [*tables, *(_renamed(sql) for sql in keys), *own, *(_renamed(sql) for sql in triggers)]


def write_raw(session: Session, name: str, columns: Sequence[str], rows: Any) -> None:
    """Send rows that are spelled already: text of a COPY to PostgreSQL, tuples to SQLite."""
    connection, names = session.connection(), ", ".join(columns)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
            copy.write(rows)
    else:
        marks = ", ".join("?" * len(columns))
        with room(connection):
            connection.exec_driver_sql(f"INSERT INTO {name} ({names}) VALUES ({marks})", rows)


def spelled(engine: str, rows: Iterable[tuple[Any, ...]]) -> Any:
    """Rows of texts and numbers as `write_raw` sends them."""
    if engine == "postgresql":
        return "".join(["\t".join(map(str, row)) + "\n" for row in rows])
    return list(rows)


def insert_parts(
    session: Session, part: str, seal: str, parties: Sequence[str], shares: Sequence[tuple[UUID, Sequence[int]]]
) -> None:
    """Write the shares of splits as rows, and seal them."""
    engine = session.connection().dialect.name
    rows = ((key, party, amount) for key, some in _by_text(shares) for party, amount in zip(parties, some, strict=True))
    write_raw(session, part, ("split_id", "party", "amount"), spelled(engine, rows))
    write_raw(session, seal, ("split_id",), spelled(engine, ((key,) for key, _ in _by_text(shares))))


def _by_text(shares: Sequence[tuple[UUID, Sequence[int]]]) -> Iterable[tuple[str, Sequence[int]]]:
    return ((key.hex, amounts) for key, amounts in shares)


def writer(parties: Sequence[str]) -> Callable[..., None]:
    """What is put in the place of the ledger's `insert_many`, to write into this design."""

    def insert(session: Session, _table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        made = list(rows)
        total, amounts = columns.index("total"), columns.index("amounts")
        short = ((*row[:amounts], (row[total],), *row[amounts + 1 :]) for row in made)
        insert_many(session, table(SPLIT), columns, short)
        insert_parts(session, PART, SEAL, parties, [(row[0], row[amounts]) for row in made])

    return insert
