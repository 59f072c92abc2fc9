"""What the operator runs for consortia."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from commonpurse.consortia import commands
from commonpurse.core.transaction import transaction

group = AppGroup("consortia", help="Work on consortia that no person has to start.")


@group.command("close-due")
def close_due() -> None:
    """Settle the decisions whose deadline has passed; run it every few minutes."""
    with transaction() as session:
        closed = commands.close_due(session, datetime.now(UTC))
    click.echo(f"decisions settled: {closed}")
