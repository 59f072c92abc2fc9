"""What waits for a person, gathered from every feature; letters about it; the demonstration's outbox."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.consortia import queries as consortia
from commonpurse.consortia.models import Consortium, Decision
from commonpurse.core import log, mail
from commonpurse.core.actor import Actor
from commonpurse.core.waiting import SOURCES, Waiting, gather
from commonpurse.identity.models import Role
from commonpurse.identity.queries import Colleague, list_colleagues
from commonpurse.notifications.rules import TASKS, Task
from commonpurse.workspaces.models import AgendaItem, Workspace


class HomePage(Struct, frozen=True):
    """The home page: what waits, by date, and the consortia of the organisation."""

    waiting: tuple[Waiting, ...]
    consortia: tuple[consortia.ConsortiumRow, ...]
    may_create: bool


def home_page(session: Session, actor: Actor, today: date) -> HomePage:
    """What waits for the actor, dated things first, soonest first."""
    return HomePage(
        tuple(gather(session, actor, today)),
        tuple(consortia.joined_consortia(session, actor, today)),
        may_create=consortia.may_create(session, actor),
    )


def outbox(session: Session) -> list[mail.Mail]:
    """The newest letters, to be filled in by the page."""
    return mail.list_newest(session)


class Letter(Struct, frozen=True):
    """A letter to be written once: `key` is the same whenever the same is said to the same person."""

    key: UUID
    recipient: str
    template: str
    values: dict[str, Any]


def letters_about(session: Session, stream: str, seq: int, today: date) -> list[Letter]:
    """The letters that an entry of the log calls for: one for each person it concerns, none for who did it.

    Asks the source of the home page for each person of the bodies, so it is made for jobs, not for pages.
    """
    [entry] = log.entries_after(session, stream, seq - 1, limit=1)
    consortium = _consortium_of(session, entry)
    told: dict[UUID, Letter] = {}
    for template, colleague, values, is_daily in _occasions(session, entry, consortium, today):
        person_id = colleague.actor.person
        if person_id == entry.person_id or person_id in told:
            continue
        said = f"{template} {today}" if is_daily else f"{entry.stream} {entry.seq}"
        told[person_id] = Letter(
            key=uuid5(consortium.id, f"{said} {person_id}"),
            recipient=colleague.email,
            template=template,
            values={
                "consortium": consortium.name,
                "consortium_id": str(consortium.id),
                "organisation": colleague.organisation_name,
                **values,
            },
        )
    return list(told.values())


Occasion = tuple[str, Colleague, dict[str, Any], bool]


def _consortium_of(session: Session, entry: log.Entry) -> Consortium:
    owner, _colon, key = entry.stream.partition(":")
    if owner == "workspace":
        return session.get_one(Workspace, UUID(key)).consortium
    return session.get_one(Consortium, UUID(key))


def _occasions(session: Session, entry: log.Entry, consortium: Consortium, today: date) -> Iterator[Occasion]:
    if entry.kind in TASKS:
        yield from _tasks(session, entry, TASKS[entry.kind], consortium, today)
    elif entry.kind == "consortia.decision_closed":
        decision = session.get_one(Decision, UUID(entry.data["decision_id"]))
        values = {name: entry.data[name] for name in ("decision_id", "question", "state")}
        for colleague in list_colleagues(session, [decision.opened_for_id]):
            if colleague.actor.person_id == decision.opened_by_id:
                yield "question_settled", colleague, values, False
    elif entry.kind == "consortia.lead_changed" and entry.data["lead_organisation_id"] == str(
        consortium.lead_organisation_id
    ):
        for colleague in list_colleagues(session, [consortium.lead_organisation_id]):
            if colleague.actor.has_role(Role.BUYER, Role.ADMINISTRATOR):
                yield "lead_handed_over", colleague, {"before": entry.data["before"]}, False


def _tasks(session: Session, entry: log.Entry, task: Task, consortium: Consortium, today: date) -> Iterator[Occasion]:
    """Those for whom the thing waits now; after an answer in the meantime it waits for nobody any more."""
    thing = entry.data[task.key or task.argument]
    if "number" in entry.data and session.get_one(AgendaItem, UUID(thing)).current_number != entry.data["number"]:
        return  # Another offer replaced this one, and is told by itself.
    source = SOURCES[entry.kind.partition(".")[0]]
    values = {task.argument: thing, **{name: entry.data[name] for name in task.told}}
    bodies = [body.organisation_id for body in consortia.joined_bodies(session, consortium.id)]
    for colleague in list_colleagues(session, bodies):
        if any(
            found.endpoint == task.endpoint and str(found.arguments.get(task.argument)) == thing
            for found in source(session, colleague.actor, today)
        ):
            yield task.template, colleague, values, task.is_daily
