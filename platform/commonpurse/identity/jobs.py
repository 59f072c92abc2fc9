"""Work that a request only asks for."""

from datetime import UTC, datetime

from commonpurse.core.jobs import job
from commonpurse.core.transaction import transaction
from commonpurse.identity import commands


@job
def send_password_reset(email: str) -> None:
    """Send a link to choose a new password, if the address has an account."""
    with transaction() as session:
        commands.send_password_reset(session, email=email, now=datetime.now(UTC))
