"""Rules of the house that a linter does not know."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "platform" / "commonpurse").rglob("*.py"))
FILES = {
    "views", "sockets", "cli", "jobs", "letters", "demo", "backup", "forms", "commands", "reports", "queries", "policy",
    "models", "events", "rules", "__init__",
}  # fmt: skip
NOT_FEATURES = {"core", "web", "calc", "app.py", "__init__.py"}


def test_importing_the_application_leaves_pandas_and_openpyxl_out():
    code = "import wsgi, sys; print([name for name in ('pandas', 'numpy', 'openpyxl') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": "platform", "SECRET_KEY": "x" * 32, "DATABASE_URL": "sqlite://", "PATH": "/usr/bin"},
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "platform")))
def test_only_the_transaction_commits(path: Path):
    if path.name == "transaction.py":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"commit", "rollback"}, f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"Session", "new_session"} or path.name == "db.py", f"line {node.lineno}"


def test_a_feature_has_only_files_of_the_known_names():
    for package in (ROOT / "platform" / "commonpurse").iterdir():
        if package.name in NOT_FEATURES or package.name.startswith("__"):
            continue
        names = {entry.stem for entry in package.iterdir() if not entry.name.startswith("__pycache__")}
        assert names <= FILES, f"{package.name}: {sorted(names - FILES)}"


def test_several_workers_without_redis_are_refused_with_the_reason():
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--workers", "2", "wsgi:app"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            "PYTHONPATH": "platform",
            "SECRET_KEY": "x" * 32,
            "DATABASE_URL": "sqlite://",
            "PATH": "/usr/bin",
            "PORT": "0",
        },
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Set REDIS_URL, or run one worker" in done.stderr
