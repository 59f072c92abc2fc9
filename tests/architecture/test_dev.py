"""`./dev` does each step once, again when something it depends on changed, and says what it cannot do.

The programs it calls are stand-ins here that write down how they were called; `.ci/run` runs the real ones.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["bench", "boot", "build", "run", "test"]
PROGRAMS = ["alembic", "flask", "gunicorn", "lint-imports", "mypy", "npm", "node", "pytest", "ruff", "uv"]

NOTE = 'echo "${0##*/} $*" >>"$CALLS"\n'
EFFECTS = {
    "alembic": 'echo tables >"${DATABASE_URL#sqlite:///}"',
    "flask": 'case "$*" in *"jobs run") exec sleep 30 ;; *"demo check") exit "${CHECK:-0}" ;; esac',
    "gunicorn": "exec sleep 30",
    "node": "mkdir -p static/dist && echo {} >static/dist/manifest.json",
    "npm": "mkdir -p node_modules",
    "pytest": 'exit "${TESTS:-0}"',
    "ruff": 'exit "${STYLE:-0}"',
}


class Checkout:
    """A copy of `dev` among stand-ins for everything it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        shutil.copy(ROOT / "dev", folder / "dev")
        for name in ["requirements", "static/src", "migrations", "platform", "reference", "var", ".venv/bin"]:
            (folder / name).mkdir(parents=True)
        for name in [*(f"requirements/{lock}.txt" for lock in LOCKS), "package.json", "package-lock.json", ".npmrc"]:
            (folder / name).write_text(f"{name}\n", encoding="ascii")
        for name in PROGRAMS:
            self.program(name, f"{NOTE}{EFFECTS.get(name, '')}")
        self.program("python", f'exec "{sys.executable}" "$@"')
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        boot = subprocess.check_output("cksum <requirements/boot.txt", shell=True, text=True, cwd=folder).strip()
        (folder / "var" / "venv.stamp").write_text(f"{folder.resolve()} {version} {boot}\n", encoding="utf-8")

    def program(self, name: str, script: str) -> None:
        path = self.folder / ".venv" / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def environment(self, **more: str) -> dict[str, str]:
        # Servers and browser count as given, so that nothing is installed on the machine that runs this.
        given = {"CHROMIUM": "given", "TEST_REDIS_URL": "given", "TEST_DATABASE_URL": "given"}
        return {"PATH": os.environ["PATH"], "CALLS": str(self.calls)} | given | more

    def dev(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.calls.write_text("", encoding="ascii")
        return subprocess.run(
            ["./dev", *arguments],
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> list[str]:
        """The programs that ran, in order, each with its first words."""
        return [" ".join(line.split()[:4]) for line in self.calls.read_text(encoding="utf-8").splitlines()]

    def names_called(self) -> list[str]:
        return [line.split()[0] for line in self.called()]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_base_installs_once(checkout: Checkout) -> None:
    assert checkout.dev("base").returncode == 0
    assert checkout.names_called() == ["uv", "npm", "node"]
    assert checkout.dev("base").returncode == 0
    assert checkout.called() == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements/run.txt", ["uv"]),
        ("requirements/test.txt", []),
        ("package.json", ["npm"]),
        ("package-lock.json", ["npm", "node"]),
        ("static/src/app.js", ["node"]),
    ],
)
def test_only_what_depends_on_a_change_is_done_again(checkout: Checkout, changed: str, again: list[str]) -> None:
    checkout.dev("base")
    (checkout.folder / changed).write_text("changed", encoding="ascii")
    assert checkout.dev("base").returncode == 0
    assert checkout.names_called() == again


def test_a_step_that_fails_shows_why_and_is_tried_again(checkout: Checkout) -> None:
    whole = (checkout.folder / ".venv" / "bin" / "npm").read_text(encoding="utf-8")
    checkout.program("npm", "echo the reason >&2; exit 7")
    failed = checkout.dev("base")
    assert failed.returncode == 1
    assert "the reason" in failed.stderr
    checkout.program("npm", whole)
    assert checkout.dev("base").returncode == 0
    assert checkout.names_called() == ["npm", "node"]


def test_the_demo_is_prepared_once_and_checked_every_time(checkout: Checkout) -> None:
    prepare = ["alembic upgrade head", "flask --app wsgi demo"]
    assert checkout.dev("demo", "--check").returncode == 0
    assert checkout.called()[-3:] == [*prepare, "flask --app wsgi demo"]
    checkout.dev("demo", "--check")
    assert checkout.calls.read_text(encoding="utf-8") == "flask --app wsgi demo check\n"
    (checkout.folder / "migrations" / "0002.py").write_text("new", encoding="ascii")
    checkout.dev("demo", "--check")
    assert checkout.called() == [*prepare, "flask --app wsgi demo"]
    (checkout.folder / "var" / "demo.db").unlink()
    checkout.dev("demo", "--check")
    assert checkout.called() == [*prepare, "flask --app wsgi demo"]


def test_the_exit_code_of_the_demos_check_is_passed_on(checkout: Checkout) -> None:
    assert checkout.dev("demo", "--check", CHECK="4").returncode == 4


def test_the_demo_keeps_what_the_user_set(checkout: Checkout) -> None:
    checkout.program("flask", 'echo "$SECRET_KEY $DATABASE_URL $DEMO"')
    database = f"sqlite:///{checkout.folder / 'mine.db'}"
    assert checkout.dev("flask", "routes", SECRET_KEY="mine", DATABASE_URL=database, DEMO="0").stdout == (
        f"mine {database} 0\n"
    )
    first, second = checkout.dev("flask", "routes").stdout, checkout.dev("flask", "routes").stdout
    assert first == second, "the secret is made once"
    assert re.fullmatch(rf"[0-9a-f]{{64}} sqlite:///{checkout.folder.resolve()}/var/demo\.db 1\n", first)
    assert (checkout.folder / "var" / "demo-secret").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_said_before_anything_is_served(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = checkout.dev("demo", PORT=port)
    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert "gunicorn" not in checkout.calls.read_text(encoding="utf-8")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_the_demo_stops_its_server_and_its_worker(checkout: Checkout, sent: signal.Signals, code: int) -> None:
    checkout.calls.touch()
    with subprocess.Popen(
        ["./dev", "demo"], cwd=checkout.folder, env=checkout.environment(), start_new_session=True
    ) as door:
        deadline = time.monotonic() + 20
        while "gunicorn wsgi:app\n" not in checkout.calls.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.2)  # until the shell waits
        door.send_signal(sent)
        assert door.wait(20) == code
        with pytest.raises(ProcessLookupError):
            os.killpg(door.pid, 0)


def test_ci_runs_every_check_and_the_tests_last(checkout: Checkout) -> None:
    assert checkout.dev("ci").returncode == 0
    assert checkout.names_called()[-5:] == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]


@pytest.mark.parametrize("code", ["1", "5"])
def test_ci_fails_as_pytest_does_even_when_it_finds_no_test(checkout: Checkout, code: str) -> None:
    assert checkout.dev("ci", TESTS=code).returncode == int(code)


def test_a_fault_of_style_fails_ci_but_does_not_hide_other_faults(checkout: Checkout) -> None:
    assert checkout.dev("lint", STYLE="1").returncode == 1
    assert checkout.names_called()[-4:] == ["ruff", "ruff", "mypy", "lint-imports"]
    assert checkout.dev("ci", STYLE="1").returncode == 1
    assert "pytest" not in checkout.names_called()


def test_arguments_of_test_go_to_pytest(checkout: Checkout) -> None:
    checkout.dev("test", "tests/calc", "-q")
    assert checkout.called()[-1] == "pytest tests/calc -q"


def test_without_root_it_prints_what_to_install(checkout: Checkout) -> None:
    checkout.program("id", "echo 1000")
    checkout.program("apt-get", NOTE)
    tools = checkout.folder / "tools"
    tools.mkdir()
    for name in ["cat", "dirname", "mkdir", "sh"]:
        (tools / name).symlink_to(str(shutil.which(name)))
    refused = checkout.dev("system", PATH=str(tools), CHROMIUM="", TEST_REDIS_URL="")
    assert refused.returncode == 1
    assert re.search(r"sudo apt-get update && sudo apt-get install -y .*chromium.*redis-server", refused.stderr)
    assert checkout.called() == []


def test_the_help_names_every_command(checkout: Checkout) -> None:
    script = (ROOT / "dev").read_text(encoding="utf-8").split("\ncase $command in\n")[1]
    commands = set(re.findall(r"^    ([a-z]+)\)", script, re.MULTILINE))
    listed = set(re.findall(r"^  ([a-z]+) ", checkout.dev("help").stdout, re.MULTILINE))
    assert commands
    assert commands == listed


def test_an_unknown_command_is_refused(checkout: Checkout) -> None:
    refused = checkout.dev("demmo")
    assert refused.returncode == 1
    assert "no command called demmo" in refused.stderr
