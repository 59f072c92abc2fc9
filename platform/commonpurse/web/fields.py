"""Fields GOV.UK pages need and WTForms has not: dates in three parts, exact money, exact quantities."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Field, Form, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice as Choice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget, TextInput

from commonpurse.calc.money import parse_pounds
from commonpurse.calc.quantity import from_smallest, to_smallest

_l = lazy_gettext

__all__ = [
    "AtLeast",
    "CheckboxesField",
    "Choice",
    "DatePartsField",
    "ExactField",
    "Needed",
    "PoundsField",
    "SeenField",
    "TextField",
]


MOST_DECIMALS = 6
MOST_DIGITS = 15
_LONG_NUMBER = re.compile(rf"[0-9,]{{{MOST_DIGITS + 1},}}(\.[0-9]*)?")


class SeenField(Field):
    """The version the page showed, sent back unseen so that two people cannot overwrite each other."""

    widget = HiddenInput()

    def _value(self) -> str:
        return str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; one that is missing or spoiled is 0, which no version is."""
        typed = valuelist[0] if valuelist else ""
        self.data = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class Needed:
    """The field must be filled in; `message` says what to enter, in GOV.UK words."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raises StopValidation for an empty field and an unknown choice; unreadable typing explains itself."""
        if field.process_errors:
            raise StopValidation
        data = field.data
        if field.errors or data is None or (isinstance(data, str) and not data.strip()) or data == []:
            field.errors = []  # a choice that nobody made, or that there is not, already says "Not a valid choice."
            raise StopValidation(str(self.message))


class TextField(StringField):
    """One line of text without spaces at its ends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed, trimmed."""
        if valuelist:
            self.data = valuelist[0].strip()


class CheckboxesField(SelectMultipleField):
    """One checkbox for each choice; the data are the values of those that are ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PoundsField(Field):
    """Pounds as people type them; the data are whole pence."""

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, *, unreadable: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.unreadable = unreadable or _l("Enter an amount in pounds, such as 1,250 or 1,250.50")
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else f"{Decimal(self.data) / 100:.2f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the amount exactly. Raises ValueError with the field's sentence."""
        if not valuelist:
            return
        self.typed = valuelist[0].strip()
        self.data = None
        if not self.typed:
            return
        try:
            self.data = parse_pounds(self.typed)
        except ValueError as error:
            is_long = _LONG_NUMBER.fullmatch(self.typed.lstrip("£"))
            raise ValueError(gettext("Enter a smaller amount") if is_long else str(self.unreadable)) from error


class ExactField(Field):
    """A decimal number as people type it, with thousands separators allowed; the data are a Decimal."""

    widget = TextInput()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        unreadable: Any = None,
        too_large: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.unreadable = unreadable or _l("Enter a number, such as 120 or 37.5")
        self.too_large = too_large or _l("Enter a smaller number: it can have up to 15 digits before the point")
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else format(self.data, "f")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number exactly. Raises ValueError with the field's sentence."""
        if not valuelist:
            return
        self.typed = valuelist[0].strip()
        self.data = None
        if not self.typed:
            return
        try:
            number = from_smallest(to_smallest(self.typed, MOST_DECIMALS), MOST_DECIMALS)
        except ValueError as error:
            raise ValueError(str(self.too_large if _LONG_NUMBER.fullmatch(self.typed) else self.unreadable)) from error
        if abs(number) >= Decimal(10) ** MOST_DIGITS:
            raise ValueError(str(self.too_large))
        self.data = number.normalize()


class AtLeast:
    """The number must be `least` or more (`above=True`: more than it)."""

    def __init__(self, least: int | Decimal, message: Any, *, above: bool = False) -> None:
        self.least, self.message, self.above = least, message, above

    def __call__(self, form: Form, field: Field) -> None:
        """Raises ValidationError with the message."""
        if field.data is None:
            return
        if field.data < self.least or (self.above and field.data == self.least):
            raise ValidationError(str(self.message))


class DatePartsField(Field):
    """A date in three inputs named `<name>-day`, `<name>-month` and `<name>-year`; `called` is its name in errors.

    The month may be a number, or an English name of three letters or more.
    """

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, *, called: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.called = called or _l("date")
        self.parts: tuple[str, str, str] = ("", "", "")
        self.wrong_part = "day"

    def process(self, formdata: Any, data: Any = None, extra_filters: Sequence[Any] | None = None) -> None:
        """Read the three parts of a posted form, or ISO text from a socket message."""
        self.process_errors: list[str] = []
        self.object_data = data if isinstance(data, date) else self._default()
        self.data = self.object_data
        if self.data is not None:
            self.parts = (str(self.data.day), str(self.data.month), str(self.data.year))
        if formdata is None:
            return
        names = [f"{self.name}-{part}" for part in ("day", "month", "year")]
        if any(name in formdata for name in names):
            self.parts = tuple(formdata.get(name, "").strip() for name in names)
        elif self.name in formdata:
            year, _, rest = formdata[self.name].partition("-")
            month, _, day = rest.partition("-")
            self.parts = (day, month, year)
        else:
            return
        self.data = None
        try:
            self.data = self._read()
        except ValueError as error:
            self.process_errors.append(str(error))

    def _default(self) -> date | None:
        default = self.default() if callable(self.default) else self.default
        return default if isinstance(default, date) else None

    def _read(self) -> date | None:
        if not any(self.parts):
            return None
        day, month, year = (self._number(name) for name in ("day", "month", "year"))
        if not 1900 <= year <= 2200:
            self.wrong_part = "year"
            raise ValueError(
                gettext("The %(called)s must have a year of four digits, such as 2027", called=self.called)
            )
        if not 1 <= month <= 12:
            raise self._unreal("month")
        try:
            return date(year, month, day)
        except ValueError as error:
            raise self._unreal("day") from error

    def _number(self, name: str) -> int:
        text = self.parts[("day", "month", "year").index(name)]
        if not text:
            self.wrong_part = name
            raise ValueError(gettext("The %(called)s must include a day, a month and a year", called=self.called))
        if name == "month" and (named := month_named(text)):
            return named
        if not text.isascii() or not text.isdigit():
            raise self._unreal(name)
        return int(text[:9])  # more are of no date, and thousands of digits are of no int

    def _unreal(self, part: str) -> ValueError:
        self.wrong_part = part
        return ValueError(gettext("The %(called)s must be a real date, such as 27 3 2027", called=self.called))


_NAMES = "january february march april may june july august september october november december"
MONTHS = tuple(_NAMES.split())


def month_named(text: str) -> int | None:
    """The number of the month with this English name, whole or cut to three letters or more: March, mar, Sept."""
    typed = text.casefold().removesuffix(".")
    if len(typed) < 3:
        return None
    return next((number for number, name in enumerate(MONTHS, 1) if name.startswith(typed)), None)
