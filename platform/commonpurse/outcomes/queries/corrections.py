"""What the forms for taking an outcome back start from."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.core.actor import Actor
from commonpurse.core.errors import require
from commonpurse.delivery.queries import (
    WHO_SENDS_BACK,
    RecordPage,
    find_place,
    get_record,
    quarters_of,
    record_page,
    say_quarter,
)
from commonpurse.outcomes.queries.rows import live_split_of


class CorrectPage(Struct, frozen=True):
    """The record as it is, the quarters to choose from, and what else is in the split that would be reversed."""

    record: RecordPage
    place: str
    """The name of the place, or its GSS code where another area has the same name."""
    quarters: tuple[tuple[date, Sentence], ...]
    others_in_split: int | None


def correct_page(session: Session, actor: Actor, consortium_id: UUID, record_id: UUID, *, today: date) -> CorrectPage:
    """What is corrected. Raises NotFound, and NotAllowed for who may not correct the record."""
    page = record_page(session, actor, consortium_id, record_id)
    require(
        page.may_correct,
        "You cannot correct this record",
        who="A buyer of the body that recorded it, or of the lead authority, can while it counts",
    )
    _, record = get_record(session, actor, consortium_id, record_id)
    quarters = quarters_of(record.contract.starts_on, record.contract.ends_on, today)
    named = find_place(session, page.record.place)
    return CorrectPage(
        record=page,
        place=page.record.place if named and named.gss == page.record.place_gss else page.record.place_gss,
        quarters=tuple((quarter, say_quarter(quarter)) for quarter in reversed(quarters)),
        others_in_split=_others_in_split(session, record_id),
    )


class ReopenPage(Struct, frozen=True):
    """The record as it is, and how many others are in the split that would be reversed; None where it is in none."""

    record: RecordPage
    others_in_split: int | None


def reopen_page(session: Session, actor: Actor, consortium_id: UUID, record_id: UUID) -> ReopenPage:
    """What is sent back. Raises NotFound, and NotAllowed for who may not send the record back."""
    page = record_page(session, actor, consortium_id, record_id)
    require(
        page.may_reopen,
        "You cannot send this record back",
        who=WHO_SENDS_BACK,
    )
    return ReopenPage(page, _others_in_split(session, record_id))


def _others_in_split(session: Session, record_id: UUID) -> int | None:
    split = live_split_of(session, record_id)
    return len(split.outcomes) - 1 if split else None
