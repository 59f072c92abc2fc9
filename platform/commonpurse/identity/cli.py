"""Getting the first people in."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from commonpurse.core.actor import SYSTEM
from commonpurse.core.errors import DomainError
from commonpurse.core.transaction import transaction
from commonpurse.identity import commands
from commonpurse.identity.rules import addresses

group = AppGroup("identity", help="Organisations and people.")


@group.command("invite")
@click.argument("email")
@click.argument("label", metavar="NAME")
def invite(email: str, label: str) -> None:
    """Invite EMAIL, called NAME, to make an account and register their organisation.

    NAME is the person's name or job title, such as "Sam Bell".
    """
    if not addresses.is_email(email.strip()):
        raise click.ClickException("Enter an email address in the correct format, like name@example.com")
    if not label.strip():
        raise click.ClickException("Enter a name or job title")
    try:
        with transaction() as session:
            commands.invite_to_service(session, SYSTEM, email=email, label=label, now=datetime.now(UTC))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"An invitation to {email} is on its way.")
