"""The application as it is served: gunicorn on a free port of this machine, over a database with rows in it.

    with running(url) as server:
        page.goto(server.url)

Rows are committed, so each journey needs a database of its own: `sqlite_url` and `fresh_postgresql` give one.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from commonpurse.core import db
from support.databases import migrated
from support.server import free_port
from support.services import _own_database

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
SECRET_KEY = "a key for journeys only, long enough to sign"
PATIENCE_SECONDS = 30


class Running:
    """One gunicorn. It can be killed and started again, on the same port and over the same database."""

    def __init__(self, database_url: str, folder: Path, *, redis_url: str | None = None, workers: int = 1) -> None:
        self.database_url = database_url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"gunicorn-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "platform"),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "SECRET_KEY": SECRET_KEY,
            "DATABASE_URL": database_url,
            "JOBS_URL": redis_url or f"sqlite:///{folder / 'jobs.db'}",
            "WEB_CONCURRENCY": str(workers),
            "THREADS": "30",
            "PYTHONDONTWRITEBYTECODE": "1",
            **({"REDIS_URL": redis_url} if redis_url else {}),
        }

    def start(self) -> None:
        """Start the server, unless it runs already, and wait until it answers."""
        if self._process is not None:
            return
        command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "wsgi:app"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server did not start.\n{self.log()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End every process of this server at once, without a chance to tidy up."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def log(self) -> str:
        """What the server wrote, the last of it."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-8000:]

    def with_session(self, act: Callable[[Session], T]) -> T:
        """Do something in a committed transaction of the server's database."""
        engine = db.make_engine(self.database_url)
        try:
            with Session(engine, expire_on_commit=False) as session:
                result = act(session)
                session.commit()
                return result
        finally:
            engine.dispose()

    def sign_in(self, context: "BrowserContext", token: str) -> None:
        """Give a browser the cookie of a sign-in; `World.sign_in` makes the token."""
        context.add_cookies([{"name": "commonpurse", "value": signed_cookie(token), "url": self.url}])

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


def signed_cookie(token: str) -> str:
    """The value of the session cookie of somebody signed in with `token`."""
    app = Flask(__name__)
    app.secret_key = SECRET_KEY
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    value = serializer.dumps({"_user_id": token, "_fresh": True})
    return value if isinstance(value, str) else value.decode()


@contextmanager
def running(database_url: str, folder: Path, *, redis_url: str | None = None, workers: int = 1) -> Iterator[Running]:
    """A server over a migrated database, stopped at the end of the block."""
    server = Running(database_url, folder, redis_url=redis_url, workers=workers)
    migrated(database_url).dispose()
    try:
        server.start()
        yield server
    finally:
        server.kill()


def sqlite_url(folder: Path) -> str:
    """The address of a new SQLite database."""
    return f"sqlite:///{folder / 'journey.db'}"


def fresh_postgresql(url: str, name: str = "journey") -> str:
    """The address of an empty PostgreSQL database beside that of `url`, which tests share."""
    address = _own_database(url, name)
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
