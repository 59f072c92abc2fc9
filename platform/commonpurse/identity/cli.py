"""Getting the first people in."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from commonpurse.core.actor import SYSTEM
from commonpurse.core.transaction import transaction
from commonpurse.identity import commands

group = AppGroup("identity", help="Organisations and people.")


@group.command("invite")
@click.argument("email")
@click.argument("label")
def invite(email: str, label: str) -> None:
    """Invite EMAIL, called LABEL, to make an account and register their organisation."""
    with transaction() as session:
        commands.invite_to_service(session, SYSTEM, email=email, label=label, now=datetime.now(UTC))
    click.echo(f"An invitation to {email} is on its way.")
