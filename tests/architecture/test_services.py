"""The servers that tests use are real, private and gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Browser

from support import services
from support.server import MissingServiceError, Server

START_AND_WAIT = """
import sys, time
from support.services import start_redis
server = start_redis()
with server:
    print(server.pid, server.home, flush=True)
    time.sleep(60)
"""


def test_postgresql_is_real_and_listens_to_this_machine_alone(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        version = connection.execute("show server_version_num").fetchone()
        address = connection.execute("select host(inet_server_addr())").fetchone()
    assert version is not None
    assert int(version[0]) >= 140000
    assert address == ("127.0.0.1",)


def test_redis_is_real_and_keeps_what_it_is_told(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("test:kept", "this", ex=10)
        assert client.get("test:kept") == b"this"


def test_chromium_runs_and_axe_finds_a_fault(chromium: Browser, axe_source: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_content("<img src='data:,'>")
        page.evaluate(axe_source)
        faults = page.evaluate("axe.run().then(result => result.violations.map(violation => violation.id))")
    assert {"document-title", "html-has-lang", "image-alt"} <= set(faults)


def test_nobody_gets_into_the_servers_without_the_password(postgresql_url: str, redis_url: str) -> None:
    def without_password(url: str) -> str:
        scheme, rest = url.split("://")
        user, address = rest.split("@")
        return f"{scheme}://{user.split(':')[0]}:wrong@{address}"

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without_password(postgresql_url))
    with redis.Redis.from_url(without_password(redis_url)) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_a_server_dies_with_the_tests_even_when_they_are_killed() -> None:
    environment = os.environ | {"PYTHONPATH": str(services.ROOT / "tests")}
    with subprocess.Popen([sys.executable, "-c", START_AND_WAIT], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout
        words = parent.stdout.readline().decode().split()
        pid, home = int(words[0]), words[1]
        assert Path(f"/proc/{pid}").exists()
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)
    shutil.rmtree(home)


def test_a_stopped_server_leaves_nothing_behind() -> None:
    server = services.start_redis()
    with server:
        assert server.home.exists()
    assert not server.home.exists()
    assert not _runs(server.pid)


@pytest.mark.parametrize(
    ("start", "package"), [(services.start_postgresql, "postgresql"), (services.start_redis, "redis-server")]
)
def test_a_missing_server_is_an_error_that_says_what_to_install(
    start: Callable[[], Server], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("support.server.shutil.which", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    with pytest.raises(MissingServiceError, match=rf"\./dev system .*{package}"):
        start()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    return state != "Z"
