"""The demonstration, seeded once and served for the tests that walk through its pages."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support.databases import ROOT
from support.running import SECRET_KEY, Running


def demo_environment(database_url: str) -> dict[str, str]:
    """Settings of the demonstration for a subprocess."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "platform"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database_url,
        "JOBS_URL": "immediate",
        "DEMO": "1",
    }


def flask(*arguments: str, environment: dict[str, str]) -> str:
    """Run a flask command and return what it prints. Raises CalledProcessError with its output."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database with the demonstration in it, seeded twice, because that must change nothing."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    environment = demo_environment(url)
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)
    assert flask("demo", "seed", environment=environment) == flask("demo", "seed", environment=environment)
    return url


@pytest.fixture(scope="session")
def demo_server(demo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demonstration, served."""
    server = Running(demo_url, tmp_path_factory.mktemp("demo-server"))
    server._environment.update(demo_environment(demo_url))
    server.start()
    try:
        yield server
    finally:
        server.kill()
