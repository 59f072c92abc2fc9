"""`flask calc`: the operations on problems in files. Imported when somebody asks, so that other commands start fast."""

from typing import BinaryIO

import click


class NoAnswer(click.ClickException):
    """What was asked cannot be answered; the message says why."""

    exit_code = 2


@click.command("calc")
@click.argument("operation", required=False)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--list", "list_all", is_flag=True, help="Name every operation.")
@click.option("--example", is_flag=True, help="Print a problem for OPERATION that runs.")
def calc(operation: str | None, file: BinaryIO, *, list_all: bool, example: bool) -> None:
    """Answer the problem for OPERATION in FILE, or in standard input, with every step. Both are JSON."""
    from commonpurse.calc import operations

    if list_all:
        width = max(map(len, operations.OPERATIONS))
        for each in operations.OPERATIONS.values():
            click.echo(f"{each.name:<{width}}  {each.title}")
        return
    if operation is None:
        raise NoAnswer("Name an operation; flask calc --list names them all")
    try:
        chosen = operations.find(operation)
        if example:
            click.echo(operations.write(chosen.example))
        else:
            click.echo(operations.write(chosen.answer(file.read(operations.MOST_CHARACTERS + 1))))
    except operations.Unknown as error:
        raise NoAnswer(f"{error}; flask calc --list names them all") from error
    except operations.BadProblem as error:
        raise NoAnswer(str(error)) from error


groups = (calc,)
