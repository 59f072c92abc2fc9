"""What every way of entering a line asks: by form, by file or by command."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, require
from commonpurse.pooling import policy
from commonpurse.pooling.rules import fields
from commonpurse.pooling.rules.columns import Unreadable
from commonpurse.reference.queries import (
    Found,
    areas_by_name,
    known_categories,
    search_areas,
    search_categories,
)

CLOSED = message("Needs and budgets can change only while the consortium is pooling or negotiating")
CHANGED = message("Somebody else changed this line. Check it and try again")
ONLY_BUYERS = message("Only buyers enter what their organisation needs and what it can spend")
ASK_ADMINISTRATOR = message("A buyer of your organisation can do this, or an administrator can make you a buyer")
FIRST_YEAR, LAST_YEAR = 2000, 2099

_Value = TypeVar("_Value")


def get_open_consortium(session: Session, actor: Actor, consortium_id: UUID) -> Consortium:
    """The consortium, locked, for a buyer who may enter lines in it. Raises NotFound, NotAllowed, Refused."""
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    if not policy.is_open(consortium):
        raise Refused(CLOSED)
    require(policy.may_enter(actor, consortium), ONLY_BUYERS, who=ASK_ADMINISTRATOR)
    return consortium


def readable(field: str, read: Callable[[], _Value]) -> _Value:
    """What `read` gives. Raises Refused beside the field."""
    try:
        return read()
    except Unreadable as error:
        raise Refused(error.sentence.msgid, field=field, **error.sentence.values) from error


def description(text: str) -> str:
    """Words that describe something, spaces made single. Raises Refused."""
    return readable("description", lambda: fields.description(" ".join(text.split())))


def quantity(number: Decimal) -> Decimal:
    """A quantity above zero with at most six decimals. Raises Refused."""
    return readable("quantity", lambda: fields.quantity(f"{number:f}"))


def unit(text: str) -> str:
    """The code of a unit of `calc.units`. Raises Refused."""
    return readable("unit", lambda: fields.unit(text))


def counted(number: Decimal, unit_code: str) -> None:
    """Raises Refused where a unit is counted one by one and the quantity makes no whole ones of it."""
    readable("quantity", lambda: fields.counted(number, unit_code))


def category(session: Session, text: str) -> str:
    """The CPV code typed, or of the one category that the words find. Raises Refused."""
    typed = text.strip()
    found = [] if any(letter.isdigit() for letter in typed) else search_categories(session, typed, limit=50)
    code = _only(found, lambda each: each.label.partition(" ")[2], typed)
    return readable("category_code", lambda: fields.category(code or typed, known_categories(session)))


def place(session: Session, text: str) -> str:
    """The GSS code typed, or of the one area that the words find. Raises Refused."""
    typed = text.strip()
    found = [] if any(letter.isdigit() for letter in typed) else search_areas(session, typed, limit=50)
    code = _only(found, lambda each: each.label.partition(" (")[0], typed)
    return readable("place_gss", lambda: fields.place(code or typed, areas_by_name(session)))


def _only(found: list[Found], name_of: Callable[[Found], str], typed: str) -> str | None:
    """The code of the only thing found, or of the only one of exactly that name."""
    exact = [each for each in found if name_of(each).casefold() == typed.casefold()]
    sole = exact if len(exact) == 1 else found
    return sole[0].value if len(sole) == 1 else None


def dates(needed_from: date, needed_until: date) -> None:
    """Raises Refused unless the first day is not after the last."""
    if needed_until < needed_from:
        raise Refused("The last day must be the same as or after the first day", field="needed_until")


def source(text: str) -> str:
    """Where money comes from, spaces made single. Raises Refused."""
    plain = " ".join(text.split())
    if not plain:
        raise Refused("Enter the budget the money comes from", field="source")
    return readable("source", lambda: fields.source(plain))


def financial_year(year: int) -> int:
    """The first calendar year of a financial year. Raises Refused."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused("Enter a financial year, such as 2026-27", field="financial_year")
    return year


def amount(pence: int) -> int:
    """Pence above zero that a column holds. Raises Refused."""
    if pence <= 0:
        raise Refused("Enter an amount of %(least)s or more", field="amount_pence", least="£0.01")
    if pence > fields.LARGEST_PENCE:
        raise Refused("The amount is too large", field="amount_pence")
    return pence
