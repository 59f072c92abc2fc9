"""Many rows in one statement, past the ORM: COPY on PostgreSQL, one prepared insert on SQLite.

The database checks each of them as it checks any other; what is saved is the way there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Table
from sqlalchemy.orm import Session

ROOM_KIB = 65536
"""Memory for pages while many rows go into SQLite; it is taken only as it is used."""

FEW = 50
"""Rows for which asking for that memory takes longer than it saves."""


def insert_many(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows`, each with a value for each of `columns`; a JSON column takes text that is JSON already.

    Raises:
        IntegrityError: the database refuses one of them; then none is stored.
    """
    names = ", ".join(columns)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        texts = ([_plain(value, _POSTGRESQL) for value in row] for row in rows)
        _copy(connection.connection.driver_connection, f"COPY {table.name} ({names}) FROM STDIN", texts)
    else:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
        plain = [tuple([_plain(value, _SQLITE) for value in row]) for row in rows]
        if not plain:
            return
        with room(connection) if len(plain) > FEW else nullcontext():
            connection.exec_driver_sql(statement, plain)


@contextmanager
def room(connection: Connection) -> Iterator[None]:
    """Let SQLite keep more pages in memory meanwhile: random keys touch every page of an index again and again."""
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{ROOM_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


def _copy(driver: Any, statement: str, rows: Iterable[list[Any]]) -> None:
    from psycopg import IntegrityError as Refused
    from psycopg import OperationalError as Failed
    from sqlalchemy.exc import IntegrityError, OperationalError

    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except Refused as error:
        raise IntegrityError(statement, None, error) from error
    except Failed as error:
        raise OperationalError(statement, None, error) from error


def _plain(value: Any, spelled: dict[type, Callable[[Any], Any]]) -> Any:
    spell = spelled.get(type(value))
    return spell(value) if spell else value


def _list(values: tuple[Any, ...]) -> str:
    return msgspec.json.encode(values).decode()


def _array(values: tuple[Any, ...]) -> str:
    """A literal of an array: JSON in braces, whose quoted texts escape quotes and backslashes alike.

    A control character is written as itself, as an array knows no other way.
    """
    if not values or isinstance(values[0], int):
        return f"{{{_list(values)[1:-1]}}}"
    return "{" + ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values) + "}"


@lru_cache(maxsize=64)
def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


_POSTGRESQL: dict[type, Callable[[Any], Any]] = {
    UUID: lambda value: value.hex,
    tuple: _array,
    datetime: datetime.isoformat,
    date: date.isoformat,
    int: str,
}
_SQLITE: dict[type, Callable[[Any], Any]] = {
    UUID: lambda value: value.hex,
    tuple: _list,
    datetime: _in_utc,
    date: date.isoformat,
}
