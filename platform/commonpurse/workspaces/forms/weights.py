"""The form of an offer that says what each body weighs, and of the file it can be read from."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SubmitField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import TextInput

from commonpurse.core.errors import Refused
from commonpurse.web.fields import Choice, Needed
from commonpurse.web.form import say
from commonpurse.workspaces.forms.acts import NegotiatingForm
from commonpurse.workspaces.rules import LARGEST_WEIGHT, say_start

MOST_DIGITS = len(str(LARGEST_WEIGHT))
YEARS_BACK, YEARS_AHEAD = 6, 4
AFTER_NUMBERS = ("source", "rationale", "submit")


class WholeField(Field):
    """A whole number as people type it, with thousands separators allowed; the data are an int."""

    widget = TextInput()
    typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else f"{self.data:,}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError with the field's sentence."""
        if not valuelist:
            return
        self.typed, self.data = valuelist[0].strip(), None
        if not self.typed:
            return
        try:
            self.data = read_weight(self.typed, str(self.label.text))
        except Refused as error:
            raise ValueError(say(error)) from error


def read_weight(text: str, body: str) -> int:
    """What a body weighs as people type it, thousands separated or not. Raises Refused with what is wrong.

    >>> read_weight("1,250", "Leeds")
    1250
    """
    found = re.fullmatch(r"([-\N{MINUS SIGN}]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)", text.strip())
    if found is None:
        raise Refused("Enter a whole number for %(body)s, or 0", body=body)
    sign, digits = found[1], found[2].replace(",", "").lstrip("0") or "0"
    if (sign and digits != "0") or len(digits) > MOST_DIGITS or int(digits) > LARGEST_WEIGHT:
        raise Refused("The number of %(body)s must be between 0 and %(most)s", body=body, most=f"{LARGEST_WEIGHT:,}")
    return int(digits)


def _day(value: object) -> date | None:
    """A day as the list has it; None for anything that is none, which the form refuses."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


class WeightsOfferForm(NegotiatingForm):
    """Propose or counter what each body weighs; `weights_form` adds a number for each body."""

    effective_from = SelectField(
        _l("From which quarter"),
        [Needed(_l("Select from which quarter the weights count"))],
        coerce=_day,
        render_kw={"hint": _l("They count from that day until later weights do.")},
    )
    source = TextAreaField(
        _l("Where the numbers come from"),
        [Needed(_l("Enter where the numbers come from"))],
        default="",
        render_kw={"hint": _l("Such as ‘The supplier’s report of call-offs, April 2025 to March 2026’."), "rows": 4},
    )
    rationale = TextAreaField(
        _l("Why (optional)"),
        [Length(max=2000, message=_l("The reason must be 2,000 characters or fewer"))],
        default="",
        render_kw={"rows": 3},
    )
    submit = SubmitField(_l("Make this offer"))

    def offer_starts(self, starts: Iterable[date]) -> None:
        """Let these first days of quarters be chosen from."""
        chosen = [Choice(start.isoformat(), say(say_start(start))) for start in starts]
        self.effective_from.choices = [Choice("", _l("Select a quarter")), *chosen]

    @property
    def numbers(self) -> dict[str, Field]:
        """The field of each body, by the body's key."""
        fields = {name: field for name, field in self._fields.items() if name.startswith("weight_")}
        return {str(UUID(name.removeprefix("weight_"))): field for name, field in fields.items()}

    def values(self) -> dict[str, Any]:
        """The command's arguments: start, source and numbers make one `weights`."""
        own = {"effective_from", "source"}
        values = super().values()
        kept = {name: each for name, each in values.items() if name not in own and not name.startswith("weight_")}
        numbers = {body: field.data for body, field in self.numbers.items()}
        return {**kept, "weights": {**{name: values[name] for name in sorted(own)}, "numbers": numbers}}

    def fill(self, weights: Mapping[str, Any]) -> None:
        """Show weights as if somebody had typed them; what is left out stays as it is."""
        if "effective_from" in weights:
            self.effective_from.data = date.fromisoformat(weights["effective_from"])
        self.source.data = weights.get("source", self.source.data)
        for body, field in self.numbers.items():
            field.data = weights["numbers"].get(body, field.data)


def weights_form(
    bodies: Iterable[tuple[UUID, str]], today: date, starts: Collection[date] = ()
) -> type[WeightsOfferForm]:
    """The form with a number for each of `bodies`, given by key and name, and the quarters around `today`.

    Args:
        starts: of offers there are: they can be countered with the same day, however long ago it is.
    """
    number = {"width": 10, "inputmode": "numeric", "label_class": ""}
    fields: dict[str, Any] = {
        f"weight_{body.hex}": WholeField(
            name, [Needed(_l("Enter a whole number for %(body)s, or 0", body=name))], render_kw=number
        )
        for body, name in bodies
    }

    def start(self: WeightsOfferForm, *args: Any, **options: Any) -> None:
        WeightsOfferForm.__init__(self, *args, **options)
        self.offer_starts(sorted({*_quarters(today), *starts}, reverse=True))
        for name in AFTER_NUMBERS:  # Errors are listed in the order of the page.
            self._fields[name] = self._fields.pop(name)

    return type("WeightsOfferForm", (WeightsOfferForm,), {**fields, "__init__": start})


def _quarters(today: date) -> list[date]:
    """The first days of the quarters of some years around today, the latest first."""
    years = range(today.year + YEARS_AHEAD, today.year - YEARS_BACK - 1, -1)
    return [date(year, month, 1) for year in years for month in (10, 7, 4, 1)]
