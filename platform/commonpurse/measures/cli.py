"""`flask measures`: fill the catalogues."""

from pathlib import Path

import click
from flask import current_app

from commonpurse.core.transaction import transaction
from commonpurse.measures.commands import load_catalogues

group = click.Group("measures", help="Frameworks, measures and unit values from the published files.")


@group.command("load")
def load() -> None:
    """Add what is not there yet; a second time changes nothing."""
    with transaction() as session:
        counts = load_catalogues(session, Path(current_app.config["REFERENCE_FOLDER"]))
    click.echo(", ".join(f"{count:,} {name} added" for name, count in counts.items()))
