"""Run migrations on the connection of a test, or on DATABASE_URL."""

import os
import pkgutil
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

import commonpurse
from commonpurse.core import log, mail
from commonpurse.core.db import Base, make_engine

TABLES_OF_CORE = (log.EntryRow, mail.Mail)
for package in pkgutil.iter_modules(commonpurse.__path__):
    if package.ispkg and find_spec(f"commonpurse.{package.name}.models"):
        import_module(f"commonpurse.{package.name}.models")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain SQLAlchemy, so that migrations import none of our code."""
    if kind != "type" or not type(item).__module__.startswith("commonpurse."):
        return False
    plain = {
        "UtcDateTime": "sa.DateTime(timezone=True)",
        "Texts": 'sa.Text().with_variant(postgresql.ARRAY(sa.Text()), "postgresql")',
        "ExactDecimal": 'sa.Text().with_variant(sa.Numeric(24, 6), "postgresql")',
        "Vector": 'sa.Text().with_variant(postgresql.ARRAY(sa.BigInteger()), "postgresql")',
    }
    name = type(item).__name__
    if name in {"Vector", "Texts"}:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
    return plain[name]


def run(connection: Connection) -> None:
    """Upgrade or downgrade on `connection`, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=False,
    )
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(os.environ["DATABASE_URL"]).begin() as opened:
        run(opened)
