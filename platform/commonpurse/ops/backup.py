"""A whole copy of the database in one file, and back again, with the tools of each database."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from commonpurse.core.errors import Refused


def back_up(database_url: str, file: Path) -> None:
    """Write a consistent copy to `file` while the service goes on working.

    Raises:
        Refused: the file is there already, there is no database, or the copy cannot be written. Then no file is left.
    """
    if file.exists():
        raise Refused("%(file)s is there already. Choose another name", file=str(file))
    try:
        _write_copy(make_url(database_url), file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _write_copy(url: URL, file: Path) -> None:
    if url.get_backend_name() != "sqlite":
        _run(url, "pg_dump", "--format=custom", f"--file={file}")
        return
    path = _path(url)
    if not Path(path).exists():
        raise Refused("There is no database at %(path)s", path=path)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        raise Refused("%(file)s could not be written: %(reason)s", file=str(file), reason=str(error)) from error


def restore(database_url: str, file: Path) -> None:
    """Make the database what it was when `file` was written. The service must be stopped.

    Raises:
        Refused: there is no such file, it is no backup, or the database's own tool is missing or failed.
    """
    if not file.exists():
        raise Refused("There is no file %(file)s", file=str(file))
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        _restore_sqlite(_path(url), file)
        return
    _run(url, "pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner", str(file))


def _restore_sqlite(path: str, file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            whole = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            if not whole or not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'core_entry'").fetchone():
                raise Refused("%(file)s is not a backup of Commonpurse", file=str(file))
            with closing(sqlite3.connect(path)) as target:
                copy.backup(target)
    except sqlite3.DatabaseError as error:
        raise Refused("%(file)s is not a backup of Commonpurse", file=str(file)) from error


def _path(url: URL) -> str:
    if not url.database or url.database == ":memory:":
        raise Refused("A database in memory cannot be backed up")
    return url.database


def _run(url: URL, program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Refused("%(program)s is missing. Install the PostgreSQL client tools", program=program)
    connection = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = {**os.environ, **{key: value for key, value in connection.items() if value}}
    target = ["--dbname", str(url.database)] if program == "pg_restore" else []
    command = [found, *target, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Refused("%(program)s failed: %(reason)s", program=program, reason=done.stderr.strip()[-500:])
