"""Commands of the operator about the ledger and its statements."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from commonpurse.core.transaction import reading, transaction
from commonpurse.delivery.queries import ClaimsReport, check_claims
from commonpurse.outcomes import queries
from commonpurse.outcomes.commands.heads import publish_heads
from commonpurse.outcomes.queries.check import check_statement
from commonpurse.outcomes.queries.heads import check_heads, newest_document


@click.group("outcomes")
def group() -> None:
    """The ledger of outcomes."""


@group.command("verify")
@click.option("--heads", is_flag=True, help="Print the newest digest of every chain, to be kept elsewhere.")
def verify(heads: bool) -> None:
    """Work out every split anew and compare it with what is stored, and look for who counts twice; exit 1 at a fault.

    Refused claims that nobody has settled are listed, without who is on either side.
    """
    with reading() as session:
        report, claims = queries.verify(session), check_claims(session)
    for name, digest in report.heads.items() if heads else ():
        click.echo(f"{digest} {name}")
    for fault in report.faults:
        click.echo(fault, err=True)
    click.echo(f"{report.splits} splits in {len(report.heads)} chains: " + _verdict(len(report.faults)))
    for fault in claims.faults:
        click.echo(fault, err=True)
    click.echo(_about(claims))
    for clash in claims.unsettled:
        click.echo(
            f"  {clash.id} {clash.measure} {clash.quarter_starting}: {clash.standing} since {clash.since:%Y-%m-%d}"
        )
    if report.faults or claims.faults:
        sys.exit(1)


def _verdict(faults: int) -> str:
    return f"{faults} faults" if faults else "every one adds up and follows from its rule"


def _about(claims: ClaimsReport) -> str:
    faults = f"{len(claims.faults)} faults" if claims.faults else "nobody counts twice in a measure and quarter"
    return f"{claims.claims} claims: {faults}; {claims.open} refused ones are not settled"


@group.command("heads")
@click.option("--publish", is_flag=True, help="Publish today's heads first, if that was not done yet.")
@click.option("--check", "file", type=click.Path(path_type=Path), help="Compare a saved copy with the present ledger.")
def heads(publish: bool, file: Path | None) -> None:
    """Print the newest published heads as JSON, to be kept elsewhere; or check a copy, exit 1 if it does not hold."""
    if publish:
        with transaction() as session:
            publish_heads(session, now=datetime.now(UTC))
    if file is None:
        with reading() as session:
            click.echo(json.dumps(newest_document(session)))
        return
    try:
        with reading() as session:
            faults = check_heads(session, json.loads(file.read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise click.ClickException(f"{file}: {error}") from error
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        click.echo("The ledger's history was rewritten since this was published", err=True)
        sys.exit(1)
    click.echo("Every head that was published then is still in its chain")


@group.command("nightly")
def nightly() -> None:
    """Verify the ledger, write what was found to the operator's log, and publish the heads; exit 1 at a fault."""
    log = logging.getLogger("commonpurse.outcomes")
    with reading() as session:
        report, claims = queries.verify(session), check_claims(session)
    for fault in report.faults:
        log.error("ledger: %s", fault)
    for fault in claims.faults:
        log.error("claims: %s", fault)
    if report.faults or claims.faults:
        click.echo(f"{len(report.faults) + len(claims.faults)} faults; nothing is published", err=True)
        sys.exit(1)
    with transaction() as session:
        published = publish_heads(session, now=datetime.now(UTC))
    said = "heads published" if published else "heads were published today"
    words = f"{report.splits} splits in {len(report.heads)} chains: {_verdict(0)}; {_about(claims)}; {said}"
    log.info("ledger: %s", words)
    click.echo(words)


@click.group("statement")
def statement() -> None:
    """Statements that were published."""


@statement.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say whether a statement's FILE (JSON) is as it was issued, right, and the newest edition; exit 1 if not."""
    try:
        published = json.loads(file.read_bytes())
    except OSError as error:
        click.echo(f"{file} cannot be read: {error.strerror}", err=True)
        sys.exit(1)
    except (ValueError, RecursionError):
        click.echo(f"{file} is no JSON", err=True)
        sys.exit(1)
    with reading() as session:
        found = check_statement(session, published)
    for each in found:
        click.echo(each.words, err=not each.holds)
    if not all(each.holds for each in found):
        sys.exit(1)


groups = (group, statement)
