"""A server that lives as long as the tests: its own folder, its own user, its own end."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

PATIENCE_SECONDS = 60


class MissingServiceError(Exception):
    """The machine has no such program; the message says how to install it."""

    def __init__(self, service: str, *, package: str) -> None:
        super().__init__(f"The tests need {service}. Run ./dev system (on Debian: apt-get install {package}).")


def find_program(*names: str, service: str, package: str, also_in: str | None = None) -> str:
    """The path of the first of `names` on the PATH, else the newest in the folders that the pattern `also_in` finds."""
    for name in names:
        if path := shutil.which(name):
            return path
        if also_in and (paths := list(Path("/").glob(f"{also_in.lstrip('/')}/{name}"))):
            return str(max(paths, key=_version))
    raise MissingServiceError(service, package=package)


def _version(path: Path) -> tuple[int, ...]:
    """15 for /usr/lib/postgresql/15/bin/initdb."""
    return tuple(int(part) for part in path.parts if part.isdigit())


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def new_password() -> str:
    """A password for one run, so that nobody else on the machine gets in."""
    return secrets.token_hex(16)


class Server:
    """One server process in a folder of its own; `with server as url:` waits until it answers and stops it after."""

    def __init__(self, name: str, url: str, *, ready: Callable[[], None], not_yet: type[Exception]) -> None:
        """`ready` raises `not_yet` until the server answers."""
        self.name = name
        self.url = url
        self.home = Path(tempfile.mkdtemp(prefix="commonpurse-"))
        self._ready = ready
        self._not_yet = not_yet
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, command: list[str]) -> None:
        """Run one preparing command to its end."""
        process = self._popen(command)
        if process.wait(PATIENCE_SECONDS):
            failure = self._failure(f"{command[0]} ended with {process.returncode}")
            self.stop()
            raise failure

    def start(self, command: list[str]) -> None:
        """Start the server. It dies with us, even when we are killed, where the system can promise that."""
        setpriv = shutil.which("setpriv")
        self._process = self._popen([setpriv, "--pdeathsig", "QUIT", "--", *command] if setpriv else command)

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process, f"{self.name} is not running"
        return self._process.pid

    def __enter__(self) -> str:
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self.url

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process and remove its folder."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.home)

    def _wait(self) -> None:
        assert self._process, f"{self.name} was not started"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._ready()
            except self._not_yet as error:
                if self._process.poll() is not None:
                    raise self._failure(f"ended with {self._process.returncode}") from error
                if time.monotonic() > deadline:
                    raise self._failure("does not answer") from error
                time.sleep(0.02)

    def _popen(self, command: list[str]) -> subprocess.Popen[bytes]:
        who: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = _humble_user()
            who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            for path in [self.home, *self.home.iterdir()]:
                os.chown(path, user.pw_uid, user.pw_gid)
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **who
            )

    def _failure(self, what: str) -> RuntimeError:
        log = (self.home / "log").read_text(encoding="utf-8", errors="replace")
        return RuntimeError(f"{self.name}: {what}.\n{log[-4000:]}")


def _humble_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
