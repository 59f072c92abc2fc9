"""The set-up keeps its promises: one platform, exact locks, one front end, small files, every setting named."""

import ast
import json
import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Config, Misconfigured

ROOT = Path(__file__).parents[2]
MADE = {".git", ".hypothesis", ".mypy_cache", ".ruff_cache", ".venv", "__pycache__", "node_modules", "dist", "var"}
TEXT = {"", ".cfg", ".css", ".html", ".in", ".js", ".json", ".md", ".mjs", ".npmrc", ".py", ".scss", ".sh", ".toml"}
TEXT |= {".txt", ".yml"}
LOCKS = ["bench", "boot", "build", "run", "test"]
MOST_LINES = 400

# Written in parts, so that this file passes its own test.
REGISTRIES = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]


def our_files(*folders: str) -> Iterator[Path]:
    """Every text file that we write, below `folders` or below the root."""
    for folder in folders or ("",):
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT)
            if path.is_file() and path.suffix in TEXT and not MADE & set(inside.parts):
                yield path


# --- the folder called platform --------------------------------------------------------------------------------------
def test_platform_is_the_standard_librarys() -> None:
    assert Path(str(platform.__file__)).is_relative_to(sysconfig.get_path("stdlib"))


def test_platform_holds_our_package_and_nothing_else() -> None:
    entries = {path.name for path in (ROOT / "platform").iterdir()} - {"__pycache__"}
    assert entries == {"commonpurse"}, "anything else in platform/ may hide a module of the standard library"


def test_nothing_in_the_root_hides_a_module_of_the_standard_library() -> None:
    modules = {path.stem for path in ROOT.glob("*.py")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert not (modules | packages) & sys.stdlib_module_names


# --- locks -----------------------------------------------------------------------------------------------------------
def names_and_pins(text: str) -> dict[str, str | None]:
    """Each requirement's name, as packaging spells it, and its exact version where it has one."""
    found: dict[str, str | None] = {}
    for line in text.splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?(?:==([^\s;\\]+))?", line):
            found[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_each_lock_holds_what_was_asked_for(name: str) -> None:
    asked = names_and_pins((ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8"))
    locked = names_and_pins((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))
    assert asked
    assert {package: locked.get(package) for package, pin in asked.items() if pin} == {
        package: pin for package, pin in asked.items() if pin
    }
    assert set(asked) <= set(locked), "run ./dev lock"


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_package_has_one_version_and_hashes(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_python_lock_names_a_host(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"--(extra-)?index-url|--find-links", lock)


def test_the_locks_agree_with_each_other() -> None:
    texts = [(ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8") for name in LOCKS]
    versions: dict[str, set[str]] = {}
    for text in texts:
        here: dict[str, set[str]] = {}
        for package, version in re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE):
            here.setdefault(package, set()).add(version)
        for package, found in here.items():
            assert versions.setdefault(package, found) == found, f"two locks differ about {package}"


def test_the_browser_lock_matches_package_json_and_names_no_host() -> None:
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "devDependencies"):
        assert lock["packages"][""][kind] == asked[kind], "run ./dev lock"
        for name, version in asked[kind].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned"
            assert lock["packages"][f"node_modules/{name}"]["version"] == version
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry] == []


def test_no_file_names_a_package_registry() -> None:
    guilty = {
        f"{path.relative_to(ROOT)}: {host}"
        for path in our_files()
        for host in REGISTRIES
        if host in path.read_text(encoding="utf-8", errors="ignore")
    }
    assert guilty == set()


# --- the front end ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def stylesheet() -> str:
    dist = ROOT / "static" / "dist"
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    return (dist / manifest["app.css"]).read_text(encoding="utf-8")


def test_the_manifest_names_every_script_and_style() -> None:
    dist = ROOT / "static" / "dist"
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    assert {"app.css", "app.js", "live.js", "mark.svg"} <= set(manifest)
    assert [name for name in manifest.values() if not (dist / name).is_file()] == []
    assert [name for name in manifest.values() if not re.fullmatch(r"[a-z]+-[0-9a-f]{12}\.(css|js|svg)", name)] == []


def test_the_built_styles_are_those_of_the_pinned_govuk_frontend(stylesheet: str) -> None:
    pinned = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]["govuk-frontend"]
    assert re.search(rf'--govuk-frontend-version:\s*"{re.escape(pinned)}"', stylesheet)


def test_the_styles_bring_neither_the_governments_fonts_nor_any_other(stylesheet: str) -> None:
    assert "@font-face" not in stylesheet
    assert "GDS Transport" not in stylesheet


# --- the code --------------------------------------------------------------------------------------------------------
def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {}
    for path in our_files("platform", "tests", "templates", "static/src", "migrations"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES and path.suffix != ".json":
            long[str(path.relative_to(ROOT))] = lines
    assert long == {}


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    ways = re.compile(r"pytest\.(skip|xfail|importorskip)\b|mark\.(skip|skipif|xfail)\b|unittest\.skip")
    here = Path(__file__)
    guilty = [
        str(path.relative_to(ROOT))
        for path in our_files("tests")
        if path != here and ways.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_starting_the_application_does_not_import_pandas(tmp_path: Path) -> None:
    heavy = "{'pandas', 'numpy', 'openpyxl'}"
    code = f"import sys, wsgi; print(sorted({heavy} & set(sys.modules)))"
    settings = {
        "SECRET_KEY": "of one test, but long enough to sign",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'test.db'}",
        "DEMO": "1",
    }
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_starting_on_sqlite_loads_no_other_dialect(tmp_path: Path) -> None:
    code = (
        "import sys, wsgi; print([name for name in sys.modules if name.startswith('sqlalchemy.dialects.postgresql')])"
    )
    settings = {
        "SECRET_KEY": "of one test, but long enough to sign",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'test.db'}",
        "DEMO": "1",
    }
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def settings_read_by(path: Path) -> set[str]:
    """Every name in capitals that is the first argument of a call or a subscript: `get("PORT")`, `environ["PORT"]`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(args=[ast.Constant(value=str(name)), *_]):
                found.add(name)
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                found.add(name)
    return {name for name in found if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}


def test_the_example_settings_list_every_key_that_is_read() -> None:
    read = settings_read_by(ROOT / "config.py") | settings_read_by(ROOT / "gunicorn.conf.py")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    assert read
    assert read == listed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY is two, but must be a whole number"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY is 0, but must be a whole number from 1"),
        ({"WEB_CONCURRENCY": "2"}, "Set REDIS_URL, or run one worker"),
        ({"STATEMENT_KEY": f"{'a' * 64} {'b' * 64}"}, "STATEMENT_KEY is one key"),
        ({"PROXIES": "one"}, "PROXIES is one, but must be a whole number from 0 to 9"),
        ({"SECRET_KEY": "x" * 31}, "SECRET_KEY must have 32 random characters or more"),
        ({"SECRET_KEY": ""}, "set SECRET_KEY in the environment"),
    ],
)
def test_a_setting_that_cannot_be_stops_the_start_with_the_reason(typed: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        Config.from_env({"SECRET_KEY": "of one test, but long enough to sign", "DATABASE_URL": "sqlite://", **typed})


def test_a_setting_left_empty_is_one_that_is_not_set() -> None:
    named = (ROOT / ".env.example").read_text(encoding="utf-8")
    empty = dict.fromkeys(re.findall(r"^([A-Z][A-Z0-9_]+)=", named, re.MULTILINE), "")
    needed = {"SECRET_KEY": "of one test, but long enough to sign", "DATABASE_URL": "sqlite://"}
    assert {"WEB_CONCURRENCY", "REDIS_URL", "STATEMENT_KEY", "BASE_URL", "MAIL_FROM", "PORT"} <= empty.keys()
    assert Config.from_env({**empty, **needed}) == Config.from_env(needed)
