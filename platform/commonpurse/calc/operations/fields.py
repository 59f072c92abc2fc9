"""The kinds of value a problem may hold. Each reads a value strictly, and says in JSON Schema what it takes.

One declaration serves both, so that what the API promises and what it takes cannot drift apart. What a schema
cannot say, such as that there is one weight for each party, only reading refuses.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from commonpurse.calc.operations.problem import MOST_DIGITS, BadProblem, NotWhole, shown

MOST_LETTERS = 60
"""Of the name of a party."""
MOST_PARTIES = 1_000

Schema = dict[str, Any]


class Field(ABC):
    """A kind of value."""

    @abstractmethod
    def read(self, value: Any, path: str) -> Any:
        """The value as a rule takes it. Raises BadProblem with `path` or a path inside it."""

    @abstractmethod
    def schema(self) -> Schema:
        """What is taken, as JSON Schema 2020-12."""


@dataclass(frozen=True, slots=True)
class Whole(Field):
    """A whole number, as JSON writes it or as text of its digits."""

    least: int | None = None
    most: int | None = None

    def read(self, value: Any, path: str) -> int:
        """The number."""
        if type(value) is str and re.fullmatch(rf"-?(0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}})", value):
            value = int(value)
        if isinstance(value, NotWhole):
            raise BadProblem(value.why, path)
        if type(value) is not int:
            raise BadProblem("must be a whole number", path)
        if self.least is not None and value < self.least:
            raise BadProblem(f"must be {self.least:,} or more", path)
        if self.most is not None and value > self.most:
            raise BadProblem(f"must be {self.most:,} or less", path)
        return value

    def schema(self) -> Schema:
        """Numbers within the range, and text of their digits."""
        sign = "" if self.least is not None and self.least >= 0 else "-?"
        digits = (
            rf"[1-9][0-9]{{0,{MOST_DIGITS - 1}}}"
            if self.least and self.least > 0
            else (rf"(0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}})")
        )
        limit = 10**MOST_DIGITS - 1
        return {
            "type": ["integer", "string"],
            "minimum": -limit if self.least is None else self.least,
            "maximum": limit if self.most is None else self.most,
            "pattern": f"^{sign}{digits}$",
        }


@dataclass(frozen=True, slots=True)
class Ratio(Field):
    """An exact number: whole, or text such as "1/3", "0.25" or "12.5%"."""

    least: int | None = None
    most: int | None = None
    digits: int = 12
    """Of the numerator and of the denominator, each."""

    def read(self, value: Any, path: str) -> Fraction:
        """The number as a fraction."""
        if isinstance(value, NotWhole):
            raise BadProblem('must be a whole number, or text such as "1/3", "0.25" or "12.5%"', path)
        if type(value) is int and len(str(abs(value))) <= self.digits:
            number = Fraction(value)
        elif type(value) is str and (found := re.fullmatch(self._pattern(), value)):
            number = self._number(value.removesuffix("%"), path) / (100 if found["percent"] else 1)
        else:
            raise BadProblem(
                f'must be a whole number, or text such as "1/3", "0.25" or "12.5%", of at most {self.digits} digits',
                path,
            )
        if self.least is not None and number < self.least:
            raise BadProblem(f"must be {self.least} or more", path)
        if self.most is not None and number > self.most:
            raise BadProblem(f"must be {self.most} or less", path)
        return number

    def schema(self) -> Schema:
        """Whole numbers within the range, and text; a range of text cannot be said."""
        limit = 10**self.digits - 1
        return {
            "type": ["integer", "string"],
            "minimum": -limit if self.least is None else self.least,
            "maximum": limit if self.most is None else self.most,
            "pattern": f"^{self._pattern().replace('?P<percent>', '')}$",
        }

    def _pattern(self) -> str:
        whole = rf"[0-9]{{1,{self.digits}}}"
        return rf"-?{whole}(/{whole}|(\.[0-9]{{1,{self.digits}}})?(?P<percent>%)?)"

    @staticmethod
    def _number(text: str, path: str) -> Fraction:
        try:
            return Fraction(text)
        except ZeroDivisionError as error:
            raise BadProblem("cannot be divided by zero", path) from error


@dataclass(frozen=True, slots=True)
class Name(Field):
    """A short name of something."""

    most: int = MOST_LETTERS

    def read(self, value: Any, path: str) -> str:
        """The name."""
        if type(value) is not str:
            raise BadProblem("must be text", path)
        if not 1 <= len(value) <= self.most:
            raise BadProblem(f"must have between 1 and {self.most} characters", path)
        if not value.isprintable() or value != value.strip():
            raise BadProblem("must be printable text without spaces at its ends", path)
        return value

    def schema(self) -> Schema:
        """Text of that length; what is printable cannot be said."""
        return {"type": "string", "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Choice(Field):
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, value: Any, path: str) -> str:
        """The word."""
        if type(value) is not str or value not in self.options:
            raise BadProblem(f"must be one of {', '.join(self.options)}", path)
        return value

    def schema(self) -> Schema:
        """The words."""
        return {"type": "string", "enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Flag(Field):
    """Yes or no."""

    def read(self, value: Any, path: str) -> bool:
        """The answer."""
        if type(value) is not bool:
            raise BadProblem("must be true or false", path)
        return value

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class OrNothing(Field):
    """A value of a kind, or null."""

    of: Field

    def read(self, value: Any, path: str) -> Any:
        """The value, or None."""
        return None if value is None else self.of.read(value, path)

    def schema(self) -> Schema:
        """Either."""
        return {"anyOf": [self.of.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Series(Field):
    """Values of one kind, one after the other."""

    of: Field
    most: int = MOST_PARTIES
    least: int = 1
    distinct: bool = False

    def read(self, value: Any, path: str) -> list[Any]:
        """The values."""
        if type(value) is not list:
            raise BadProblem("must be a list", path)
        if not self.least <= len(value) <= self.most:
            raise BadProblem(f"must have between {self.least:,} and {self.most:,} entries, not {len(value):,}", path)
        found = [self.of.read(each, f"{path}[{place}]") for place, each in enumerate(value)]
        if self.distinct:
            self._refuse_twice(found, path)
        return found

    def schema(self) -> Schema:
        """An array."""
        schema = {"type": "array", "items": self.of.schema(), "minItems": self.least, "maxItems": self.most}
        return {**schema, "uniqueItems": True} if self.distinct else schema

    @staticmethod
    def _refuse_twice(found: Sequence[Any], path: str) -> None:
        first: dict[Any, int] = {}
        for place, each in enumerate(found):
            if each in first:
                raise BadProblem(f"{shown(str(each))} is at place {first[each]} already", f"{path}[{place}]")
            first[each] = place


@dataclass(frozen=True, slots=True)
class ByName(Field):
    """Values of one kind, each under a name."""

    of: Field
    most: int = MOST_PARTIES
    least: int = 0
    name: Name = Name()

    def read(self, value: Any, path: str) -> dict[str, Any]:
        """The values by name."""
        if type(value) is not dict:
            raise BadProblem("must be an object", path)
        if not self.least <= len(value) <= self.most:
            raise BadProblem(f"must have between {self.least:,} and {self.most:,} entries, not {len(value):,}", path)
        inside = ((f"{path}[{shown(key)}]", key, each) for key, each in value.items())
        return {self.name.read(key, place): self.of.read(each, place) for place, key, each in inside}

    def schema(self) -> Schema:
        """An object whose keys are names."""
        return {
            "type": "object",
            "propertyNames": self.name.schema(),
            "additionalProperties": self.of.schema(),
            "minProperties": self.least,
            "maxProperties": self.most,
        }


@dataclass(frozen=True, slots=True)
class Either(Field):
    """Values by name, or one after the other."""

    by_name: ByName
    series: Series

    def read(self, value: Any, path: str) -> dict[str, Any] | list[Any]:
        """The values as they were given."""
        if type(value) not in (dict, list):
            raise BadProblem("must be an object or a list", path)
        return (self.series if type(value) is list else self.by_name).read(value, path)

    def schema(self) -> Schema:
        """Either."""
        return {"anyOf": [self.by_name.schema(), self.series.schema()]}


@dataclass(frozen=True, slots=True)
class Part:
    """A key of a record: what it means, its kind, and whether it may be left out."""

    meaning: str
    of: Field
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Record(Field):
    """Values under known keys, and no other."""

    parts: Mapping[str, Part]

    def read(self, value: Any, path: str) -> dict[str, Any]:
        """The values that were given, by key."""
        subject = "" if path else "The problem "
        if type(value) is not dict:
            raise BadProblem(f"{subject}must be an object", path)
        for key in value:
            if key not in self.parts:
                raise BadProblem(f"{subject}has no key {shown(key)}; its keys are {', '.join(self.parts)}", path)
        start = f"{path}." if path else ""
        for key, part in self.parts.items():
            if key not in value and not part.optional:
                raise BadProblem(f"is missing: {part.meaning}", f"{start}{key}")
        # In the order of the parts: JSON gives its keys none.
        return {key: part.of.read(value[key], f"{start}{key}") for key, part in self.parts.items() if key in value}

    def schema(self) -> Schema:
        """An object with these properties."""
        return {
            "type": "object",
            "properties": {key: {**part.of.schema(), "description": part.meaning} for key, part in self.parts.items()},
            "required": [key for key, part in self.parts.items() if not part.optional],
            "additionalProperties": False,
        }


PARTIES = Part("The parties, each named once; the order settles ties", Series(Name(), distinct=True))
