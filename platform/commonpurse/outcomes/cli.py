"""Commands of the operator about the ledger."""

import sys

import click

from commonpurse.core.transaction import reading
from commonpurse.outcomes import queries


@click.group("outcomes")
def group() -> None:
    """The ledger of outcomes."""


@group.command("verify")
@click.option("--heads", is_flag=True, help="Print the newest digest of every chain, to be kept elsewhere.")
def verify(heads: bool) -> None:
    """Work out every split anew and compare it with what is stored; exit 1 at the first difference."""
    with reading() as session:
        report = queries.verify(session)
    for name, digest in report.heads.items() if heads else ():
        click.echo(f"{digest} {name}")
    for fault in report.faults:
        click.echo(fault, err=True)
    click.echo(f"{report.splits} splits in {len(report.heads)} chains: " + _verdict(len(report.faults)))
    if report.faults:
        sys.exit(1)


def _verdict(faults: int) -> str:
    return f"{faults} faults" if faults else "every one adds up and follows from its rule"
