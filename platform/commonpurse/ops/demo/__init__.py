"""The demonstration: five real councils and their real spending; the consortium is made up.

`seed` tells the story once; `check` runs through its end: each body's statement and whether it adds up.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc import quantity
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import joined_bodies
from commonpurse.core.actor import SYSTEM
from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity.models import Person
from commonpurse.measures.commands import load_catalogues
from commonpurse.ops.demo import steps, story
from commonpurse.ops.demo.cast import address, make_cast
from commonpurse.outcomes import queries as outcomes
from commonpurse.outcomes.queries.ledger import MeasureColumn
from commonpurse.outcomes.queries.statements import Statement
from commonpurse.reference.commands import load_reference


def sign_ins() -> str:
    """Three people to sign in as, in words for a terminal."""
    shown = (("newcastle", "buyer"), ("gateshead", "buyer"), ("gateshead", "approver"))
    lines = [f"  {story.ROLES[role][0]}, {body.capitalize():<10} {address(body, role)}" for body, role in shown]
    return "\n".join(["Sign in as one of these:", *lines, f"with the password  {story.PASSWORD}"])


def seed(folder: Path, *, now: datetime, is_demo: bool) -> str:
    """Make the demonstration in one transaction; where it is there already, nothing changes.

    Raises:
        Refused: this is not a demonstration: its password is known to everybody.
    """
    if not is_demo:
        raise Refused("Set DEMO=1 to make the demonstration: everybody knows its password")
    with transaction() as session:
        load_reference(session, folder)
        load_catalogues(session, folder)
        if not _is_there(session):
            _tell(session, folder, now)
    return sign_ins()


def _is_there(session: Session) -> bool:
    return session.scalars(select(Person.id).where(Person.email == address(story.LEAD))).first() is not None


def _tell(session: Session, folder: Path, now: datetime) -> None:
    cast = make_cast(session, story.at(2025, 8, 25))
    steps.import_spending(session, cast, folder)
    consortium = steps.form(session, cast)
    for stage, moment in story.MOVES:
        steps.move(session, cast, consortium, stage, moment)
        if stage in steps.AFTER:
            steps.AFTER[stage](session, cast, consortium)
    steps.negotiate_more(session, cast, consortium, now)


def check() -> tuple[list[str], bool]:
    """Each body's share of every outcome with the certificate lines, and whether everything adds up.

    The sums are made anew from the statements, and every split is recomputed from its inputs.
    """
    with reading() as session:
        consortium_id = session.scalars(select(Consortium.id).where(Consortium.name == story.NAME)).one()
        bodies = joined_bodies(session, consortium_id)
        statements = [outcomes.statement(session, SYSTEM, consortium_id, body.organisation_id) for body in bodies]
        proof = outcomes.verify(session)
    lines = [line for statement in statements for line in _in_words(statement)]
    lines += ["Whole consortium", *(_certified(measure.column) for measure in statements[0].measures)]
    lines += [f"{proof.splits} splits recomputed", *proof.faults]
    return lines, not proof.faults and all(_adds_up(statements, index) for index in range(len(statements[0].measures)))


def _in_words(statement: Statement) -> list[str]:
    lines = [f"Statement of {statement.organisation}, until {statement.quarter}"]
    lines += [
        f"  {line.measure}, {line.place}: {quantity.say(line.cumulative, line.decimals)} {line.unit}"
        for line in statement.lines
    ]
    for measure in statement.measures:
        so_far = quantity.say(measure.cumulative, measure.column.decimals)
        lines.append(f"  Together: {so_far} {measure.column.unit}, {measure.column.title}")
    return [*lines, ""]


def _certified(column: MeasureColumn) -> str:
    return f"  {column.title}, {column.unit}. {column.certificate}"


def _adds_up(statements: list[Statement], index: int) -> bool:
    column = statements[0].measures[index].column
    unallocated = column.amounts[-1]
    return sum(statement.measures[index].cumulative for statement in statements) + unallocated == column.total
