"""Commands of the operator about the ledger and its statements."""

import json
import sys
from pathlib import Path

import click

from commonpurse.core.transaction import reading
from commonpurse.outcomes import queries
from commonpurse.outcomes.queries.check import check_statement


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
