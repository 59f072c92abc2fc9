"""The real servers and the browser that tests use: each is started once, and only when a test asks for it.

A machine that lacks one gets an error that says what to install, never a skipped test. `TEST_DATABASE_URL` and
`TEST_REDIS_URL` name servers to use instead of our own; their contents are the tests' to destroy.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis
from psycopg import sql

from support.server import MissingServiceError, Server, find_program, free_port, new_password

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]

# Quick and unsafe on purpose: a test's database need not outlive a power cut.
POSTGRESQL_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "unix_socket_directories": "",
}

CHROMIUM_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database that is this test process's own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given if worker_id == "master" else _own_database(given, worker_id)
        return
    with start_postgresql() as url:
        yield _own_database(url, "commonpurse")


@pytest.fixture(scope="session")
def redis_url(worker_id: str) -> Iterator[str]:
    """The address of an empty Redis database that is this test process's own."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1
        yield given if number == 0 else f"{given.rsplit('/', 1)[0]}/{number}"
        return
    with start_redis() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """A running Chromium; open `chromium.new_context()` for each person in a journey."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        raise MissingServiceError("Chromium", package="chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The text of axe-core; run it by `page.evaluate(axe_source)`, which a strict CSP allows."""
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        raise FileNotFoundError(f"{script.relative_to(ROOT)} is missing. Run ./dev base.")
    return script.read_text(encoding="utf-8")


def start_postgresql() -> Server:
    """A new PostgreSQL on a free port of this machine alone; use it as a context manager."""

    initdb = find_program("initdb", service="PostgreSQL", package="postgresql", also_in="/usr/lib/postgresql/*/bin")
    port, password = free_port(), new_password()
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    server = Server("PostgreSQL", url, ready=lambda: psycopg.connect(url).close(), not_yet=psycopg.OperationalError)
    (server.home / "password").write_text(password, encoding="ascii")
    access = ["--username=postgres", "--pwfile=password", "--auth=scram-sha-256"]
    server.run([initdb, "--pgdata=cluster", *access, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
    options = [f"--{name}={value}" for name, value in (POSTGRESQL_SETTINGS | {"port": str(port)}).items()]
    server.start([str(Path(initdb).with_name("postgres")), "-D", "cluster", *options])
    return server


def start_redis() -> Server:
    """A new Redis on a free port of this machine alone; use it as a context manager."""

    program = find_program("redis-server", "valkey-server", service="Redis", package="redis-server")
    port, password = free_port(), new_password()
    url = f"redis://:{password}@127.0.0.1:{port}/0"

    def ready() -> None:
        with redis.Redis.from_url(url) as client:
            client.ping()

    server = Server("Redis", url, ready=ready, not_yet=redis.ConnectionError)
    settings = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no"]
    (server.home / "redis.conf").write_text("\n".join(settings), encoding="ascii")
    server.start([program, "redis.conf"])
    return server


def _own_database(url: str, suffix: str) -> str:
    """A new empty database beside the one that `url` names."""
    from sqlalchemy.engine import make_url

    address = make_url(url)
    name = suffix if address.database == "postgres" else f"{address.database}_{suffix}"
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return address.set(database=name).render_as_string(hide_password=False)
