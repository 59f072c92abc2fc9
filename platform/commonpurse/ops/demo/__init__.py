"""The demonstration: five real councils and their real spending; their two consortia are made up.

`seed` tells the story once; `check` runs through its end: each body's statement and whether it adds up.
"""

from collections.abc import Callable, Mapping
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
from commonpurse.ops.demo import steps, story, twice
from commonpurse.ops.demo.cast import Cast, address, make_cast
from commonpurse.outcomes import queries as outcomes
from commonpurse.outcomes.queries.documents import Document, MeasureFigures
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
    consortium = _bring(session, cast, story.WASHROOMS, steps.AFTER)
    steps.weigh(session, cast, consortium)
    twice.dispute(session, cast, _bring(session, cast, story.WORKWEAR, twice.AFTER))
    steps.negotiate_more(session, cast, consortium, now)


def _bring(
    session: Session, cast: Cast, plan: story.Plan, after: Mapping[str, Callable[[Session, Cast, Consortium], None]]
) -> Consortium:
    """Form a consortium and bring it through every stage of its plan, with what happens after each."""
    consortium = steps.form(session, cast, plan)
    for stage, moment in plan.moves:
        steps.move(session, cast, plan, consortium, stage, moment)
        if stage in after:
            after[stage](session, cast, consortium)
    return consortium


def check() -> tuple[list[str], bool]:
    """Each body's share of every outcome with the certificate lines, and whether everything adds up.

    The sums are made anew from the statements, and every split is recomputed from its inputs.
    """
    with reading() as session:
        consortium_id = session.scalars(select(Consortium.id).where(Consortium.name == story.WASHROOMS.name)).one()
        bodies = joined_bodies(session, consortium_id)
        made = [outcomes.statement(session, SYSTEM, consortium_id, body.organisation_id).document for body in bodies]
        proof = outcomes.verify(session)
    documents = [document for document in made if document is not None]
    lines = [line for document in documents for line in _in_words(document)]
    lines += ["Whole consortium", *(_certified(measure) for measure in documents[0].measures)]
    lines += [f"{proof.splits} splits recomputed", *proof.faults]
    return lines, not proof.faults and all(_adds_up(documents, index) for index in range(len(documents[0].measures)))


def _in_words(document: Document) -> list[str]:
    lines = [f"Statement of {document.body.name}, until {document.quarter.text}"]
    for line in document.lines:
        measure = document.measure(line.measure)
        share = quantity.say(line.cumulative, measure.decimals)
        lines.append(f"  {measure.title}, {document.name_of(line.place)}: {share} {measure.unit}")
    lines += [
        f"  Together: {quantity.say(measure.cumulative, measure.decimals)} {measure.unit}, {measure.title}"
        for measure in document.measures
    ]
    return [*lines, ""]


def _certified(measure: MeasureFigures) -> str:
    return f"  {measure.title}, {measure.unit}. {measure.certificate.text if measure.certificate else ''}"


def _adds_up(documents: list[Document], index: int) -> bool:
    measure = documents[0].measures[index]
    return sum(each.measures[index].cumulative for each in documents) + measure.amounts[-1] == measure.whole
