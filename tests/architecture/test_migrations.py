"""One migration history for both databases, equal to the models, there and back."""

import ast
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as Alembic
from alembic.script import ScriptDirectory
from sqlalchemy import create_mock_engine, inspect, text
from sqlalchemy.orm import Session

from commonpurse.consortia.models import Consortium
from commonpurse.core import db
from commonpurse.reference.models import Area
from support.databases import ROOT, migrate, migrated
from support.world import make_world

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


def test_the_migrations_make_exactly_the_tables_of_the_models(engine):
    settings = Alembic(toml_file=str(ROOT / "pyproject.toml"))
    with engine.connect() as connection, connection.begin():
        settings.attributes["connection"] = connection
        command.check(settings)


def test_the_condition_of_an_index_is_the_same_in_the_migrations_and_in_the_models(engine):
    conditions = {
        (table.name, index.name): index.info[db.CONDITION]
        for table in db.Base.metadata.tables.values()
        for index in table.indexes
        if db.CONDITION in index.info
    }
    assert ("delivery_outcome_record", "uq_delivery_outcome_record_claimed_once") in conditions
    made: list[str] = []
    mock = create_mock_engine(engine.url, lambda sql, *_: made.append(str(sql.compile(dialect=engine.dialect))))
    db.Base.metadata.create_all(mock, checkfirst=False)
    for (_, name), condition in conditions.items():
        [statement] = [sql for sql in made if f"INDEX {name} " in sql]
        assert statement.startswith("CREATE UNIQUE INDEX")
        assert statement.endswith(f" WHERE {condition}")
    options = {
        (table, index["name"]): index["dialect_options"]
        for table in {table for table, _ in conditions}
        for index in inspect(engine).get_indexes(table)
    }
    for key in conditions:
        assert f"{engine.dialect.name}_where" in options[key]


def test_there_is_one_head_and_every_migration_is_numbered():
    script = ScriptDirectory.from_config(Alembic(toml_file=str(ROOT / "pyproject.toml")))
    assert len(script.get_heads()) == 1
    assert [path.name[:4] for path in VERSIONS] == [f"{number:04d}" for number in range(1, len(VERSIONS) + 1)]


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_imports_none_of_our_code(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        assert not any(name.startswith("commonpurse") for name in names)


def _down_and_up_with_data(url: str) -> None:
    engine = migrated(url)
    with Session(engine) as session:
        make_world(session)
    with engine.begin() as connection:
        migrate(connection, "base", down=True)
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()


def test_migrations_run_down_and_up_again_on_sqlite_with_data(tmp_path):
    _down_and_up_with_data(f"sqlite:///{tmp_path / 'data.db'}")


def test_migrations_run_down_and_up_again_on_postgresql_with_data(postgresql_url):
    from sqlalchemy.engine import make_url

    admin = db.make_engine(postgresql_url)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS there_and_back"))
        connection.execute(text("CREATE DATABASE there_and_back"))
    admin.dispose()
    _down_and_up_with_data(
        make_url(postgresql_url).set(database="there_and_back").render_as_string(hide_password=False)
    )


def test_the_one_area_of_a_place_is_kept_on_the_way_to_several_and_one_on_the_way_back(own_engine):
    with Session(own_engine) as session:
        key = make_world(session).consortium.id
    with own_engine.begin() as connection:
        migrate(connection, "0013", down=True)
        assert connection.scalar(text("SELECT area_gss FROM consortia_consortium")) == "E08000021"
        migrate(connection)
    with Session(own_engine) as session:
        consortium = session.get_one(Consortium, key)
        assert [area.gss for area in consortium.areas] == ["E08000021"]
        consortium.areas.append(session.get_one(Area, "E06000005"))
        session.commit()
    with own_engine.begin() as connection:
        migrate(connection, "0013", down=True)
        assert connection.scalar(text("SELECT area_gss FROM consortia_consortium")) == "E06000005"
