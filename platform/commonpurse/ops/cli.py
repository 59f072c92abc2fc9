"""`flask log`, `jobs`, `demo` and `backup`: what an operator does."""

import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TypeVar

import click
from flask import current_app

from commonpurse.core import jobs
from commonpurse.core.errors import DomainError
from commonpurse.core.transaction import reading
from commonpurse.ops import backup, queries

Said = TypeVar("Said")

log_group = click.Group("log", help="The append-only event log.")
jobs_group = click.Group("jobs", help="Mail and exports in the background.")
demo_group = click.Group("demo", help="The demonstration: five councils and two consortia.")
backup_group = click.Group("backup", help="A whole copy of the database, and back again.")
groups = (log_group, jobs_group, demo_group, backup_group)


@log_group.command("verify")
@click.argument("streams", nargs=-1)
def verify_log(streams: tuple[str, ...]) -> None:
    """Recompute the chain of these STREAMS, or of all; exit 1 if one does not hold."""
    with reading() as session:
        found = queries.verify_streams(session, list(streams))
    for result in found:
        state = result.fault or f"holds, head {result.head[:16]}"
        click.echo(f"{result.stream}: {result.entries} entries, {state}")
    faults = sum(result.fault is not None for result in found)
    click.echo(f"{len(found)} streams checked, {faults} with a fault")
    sys.exit(1 if faults else 0)


@jobs_group.command("run")
def run_jobs() -> None:
    """Work on jobs until stopped."""
    consumer = jobs.consumer()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        consumer.stop(graceful=True)

    signal.signal(signal.SIGTERM, stop)
    consumer.run()


@demo_group.command("seed")
def seed_demo() -> None:
    """Fill the database for the demonstration; a second time changes nothing."""
    from commonpurse.ops import demo

    config = current_app.config
    folder = Path(config["REFERENCE_FOLDER"])
    click.echo(_said(lambda: demo.seed(folder, now=datetime.now(UTC), is_demo=config["DEMO"])))


@demo_group.command("check")
def check_demo() -> None:
    """Print each body's share of every outcome and the certificate lines; exit 1 if one does not add up."""
    from commonpurse.ops import demo

    lines, holds = demo.check()
    click.echo("\n".join(lines))
    sys.exit(0 if holds else 1)


@backup_group.command("write")
@click.argument("file", type=click.Path(path_type=Path))
def write_backup(file: Path) -> None:
    """Write a whole copy of the database to FILE; the service may go on working."""
    _said(lambda: backup.back_up(current_app.config["DATABASE_URL"], file))
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@backup_group.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.confirmation_option(prompt="Everything written since then will be lost. Is the service stopped, and go on?")
def restore_backup(file: Path) -> None:
    """Make the database what it was when FILE was written. Stop the service first."""
    _said(lambda: backup.restore(current_app.config["DATABASE_URL"], file))
    click.echo("Restored. Run `flask log verify` and `flask outcomes verify` before starting the service.")


def _said(act: Callable[[], Said]) -> Said:
    try:
        return act()
    except DomainError as error:
        raise click.ClickException(str(error)) from error
