"""`flask reference`: fill the reference tables."""

from pathlib import Path

import click
from flask import current_app

from commonpurse.core.transaction import transaction
from commonpurse.reference.commands import load_reference

group = click.Group("reference", help="Areas and categories from the published files.")


@group.command("load")
def load() -> None:
    """Load the files of the reference folder; a second time changes nothing."""
    with transaction() as session:
        counts = load_reference(session, Path(current_app.config["REFERENCE_FOLDER"]))
    click.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()))
