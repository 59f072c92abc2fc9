"""The database: engine, typed base class and the column types that keep numbers and times exact."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, TypeVarTuple
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Enum,
    Index,
    MetaData,
    Numeric,
    Row,
    Select,
    String,
    Table,
    Text,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator, TypeEngine

Values = TypeVarTuple("Values")
"""The types of the columns that a statement selects."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Pence = Annotated[int, mapped_column(BigInteger)]
"""Whole pence."""

SmallestUnits = Annotated[int, mapped_column(BigInteger)]
"""A quantity as a whole number of its measure's smallest unit."""

LongText = Annotated[str, mapped_column(Text)]
"""Text of any length."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; refuses a time that does not say its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone: everything stored is UTC."""
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value


class KeptUuid(Uuid[UUID]):
    """A UUID as each database has it, made once of what the database says: the same keys are read again and again."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """What makes a UUID of what the driver gives; None where that is one already."""
        make = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]
        return make if make is None else lru_cache(maxsize=16_384)(make)


class Vector(TypeDecorator[tuple[int, ...]]):
    """A tuple of whole numbers: bigint[] on PostgreSQL, a JSON array on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type this database stores."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        """A list for PostgreSQL, JSON text for SQLite."""
        if value is None:
            return None
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value), separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[int, ...] | None:
        """Back to a tuple of ints."""
        if value is None:
            return None
        return tuple(value if dialect.name == "postgresql" else json.loads(value))


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal that stays exact: numeric on PostgreSQL, text on SQLite, which would store a float."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type this database stores."""
        return dialect.type_descriptor(Numeric(24, 6) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Fixed-point text for SQLite. Raises ValueError for more than six decimals."""
        if value is None:
            return None
        if value != value.quantize(Decimal("0.000001")):
            raise ValueError("more than six decimals cannot be stored exactly")
        return value if dialect.name == "postgresql" else format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The same number without trailing zeros, whichever database it comes from."""
        return None if value is None else _without_zeros(value)


# Populations, scores and prices are read again and again.
@lru_cache(maxsize=4096)
def _without_zeros(value: str | Decimal) -> Decimal:
    plain = Decimal(value).normalize()
    return plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1))  # type: ignore[operator]


class Base(DeclarativeBase):
    """Every table: a random UUID as key unless it says otherwise; enums by value with a CHECK."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        tuple[int, ...]: Vector(),
        Decimal: ExactDecimal(),
        UUID: KeptUuid(),
        str: String(),
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=40,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        ),
    }


class Keyed:
    """A surrogate key that can be made before the row is stored."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


CONDITION = "condition"
"""Where the information of an index keeps its condition."""


def unique_where(name: str, *columns: str, condition: str) -> Index:
    """A unique index over the rows that fulfil the SQL `condition`.

    SQLAlchemy wants the condition once for each dialect, and loads that dialect to check the argument's name. Here it
    is kept aside until an index is made, so that nobody loads a dialect of a database they do not use.
    """
    return Index(name, *columns, unique=True, info={CONDITION: condition})


@event.listens_for(Table, "before_create")
def _say_conditions(table: Table, connection: Connection, **_: object) -> None:
    for index in table.indexes:
        if CONDITION in index.info:
            index.dialect_kwargs[f"{connection.dialect.name}_where"] = text(index.info[CONDITION])


_sessions: sessionmaker[Session] = sessionmaker(expire_on_commit=False)


def make_engine(url: str) -> Engine:
    """An engine for `url`, with SQLite made durable, concurrent and strict about foreign keys."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True)
    in_memory = make_url(url).database in {None, "", ":memory:"}  # Memory is of one connection.
    sizes = {} if in_memory else {"pool_size": 8, "max_overflow": 24}
    engine = create_engine(url, **sizes)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # The driver must not begin transactions behind our back.
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")  # REPLACE must fire the delete triggers.
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """Writers take the lock at once: a reader that turns writer could only fail.

    SQLite answers SQLITE_BUSY without waiting when a transaction that has read tries to write after
    somebody else did, so a transaction says at its start which of the two it is.
    """
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def bind(engine: Engine) -> None:
    """Use `engine` for every session made from now on in this process."""
    _sessions.configure(bind=engine)


def new_session() -> Session:
    """A session on the bound engine. Only `core.transaction` calls this."""
    return _sessions()


def read_columns(session: Session, statement: Select[*Values], values: Mapping[str, Any]) -> Sequence[Row[*Values]]:
    """What `statement`, which selects no whole objects, reads with these `values` of its parameters.

    Past the ORM, which would look at every row once more: for pages that must answer while a slider moves. What waits
    to be written is written first, as `Session.execute` does.
    """
    session.flush()
    return session.connection().execute(statement, values).all()
