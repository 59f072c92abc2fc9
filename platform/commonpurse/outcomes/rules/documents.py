"""A body's statement as one document: the one source of its page, its tables, its PDF and its JSON.

It holds whole numbers and text only, in the smallest units of each measure, and all that is needed to do every
sum again: each split that counts with its record, the outcomes that made its total, and their evidence.
"""

from fractions import Fraction
from typing import Any

import msgspec
from msgspec import Struct

from commonpurse.calc.quantity import say
from commonpurse.calc.sentence import Sentence

FORMAT = "commonpurse-statement/1"
"""Name and version of the layout; part of every document."""

UNALLOCATED_NAME = "Unallocated"


class Words(Struct, frozen=True):
    """A sentence in English, and the message and values it is made of, for other languages."""

    text: str
    msgid: str
    values: dict[str, "str | int | Words"]

    def sentence(self) -> Sentence:
        """The sentence, to be said in the reader's language."""
        values = {name: value.sentence() if isinstance(value, Words) else value for name, value in self.values.items()}
        return Sentence(self.msgid, values)


class Named(Struct, frozen=True):
    """Something with a key and a name: a party, a contract, a place by its GSS code."""

    id: str
    name: str


FINER = 4
"""Decimal places beyond those of a unit, in which a fraction of it is said."""


class Fair(Struct, frozen=True):
    """An exact fraction of smallest units, in lowest terms."""

    over: int
    under: int

    @classmethod
    def of(cls, exact: Fraction) -> "Fair":
        """The fraction as two whole numbers."""
        return cls(exact.numerator, exact.denominator)

    def say(self, decimals: int) -> str:
        """The fraction in units: four places finer than they are, cut off with an ellipsis where it goes on.

        >>> Fair(1000, 3).say(0), Fair(-1, 3).say(0), Fair(100001, 3).say(2), Fair(6, 2).say(2)
        ('333.3333…', '−0.3333…', '333.336666…', '0.03')
        """
        if self.over % self.under == 0:
            return say(self.over // self.under, decimals)
        finer, rest = divmod(abs(self.over) * 10**FINER, self.under)
        minus = "−" if self.over < 0 else ""
        return f"{minus}{say(finer, decimals + FINER)}{'…' if rest else ''}"


class Line(Struct, frozen=True):
    """What the body has of one measure, from one contract and place."""

    measure: str
    contract: str
    place: str
    opening: int
    period: int
    cumulative: int


class MeasureFigures(Struct, frozen=True):
    """What the body has of one measure, beside the whole of it.

    Attributes:
        amounts: one for each of the document's parties; they make `whole`.
        certificate: the line that shows it; None where nothing counts.
        fair_share: the body's exact entitlement so far, before rounding; None where a record has no weights.
        difference: what the body has less its fair share.
        target: what the bodies agreed for the whole term, all of them together; None where they agreed none.
        missing: what of it is not delivered yet.
        records: outcomes that count; `files` is their evidence.
    """

    id: str
    title: str
    unit: str
    decimals: int
    opening: int
    period: int
    cumulative: int
    whole: int
    amounts: tuple[int, ...]
    certificate: Words | None
    fair_share: Fair | None
    difference: Fair | None
    target: int | None
    missing: int | None
    records: int
    files: int


class ValueLine(Struct, frozen=True):
    """What a share of one year is worth at one framework's unit value; lines are never added across frameworks."""

    measure: str
    year: int
    amount: int
    framework: str
    edition: str
    price_year: int | None
    value_gbp: str
    pence: int
    source: str
    url: str


class Evidence(Struct, frozen=True):
    """A file that proves an outcome: where it is and what it must be. Its name may tell of people and is left out."""

    sha256: str
    path: str


class OutcomeLine(Struct, frozen=True):
    """One outcome of a total: the version of its record that was counted, its quantity, its evidence."""

    id: str
    version: int
    quantity: int
    evidence: tuple[Evidence, ...]


class SplitLine(Struct, frozen=True):
    """A split that counts: its record, which proves it, and how the body's share came about in words.

    Attributes:
        amounts: one for each place of the record's roster.
    """

    id: str
    digest: str
    measure: str
    contract: str
    place: str
    quarter: str
    total: int
    share: int
    amounts: tuple[int, ...]
    record: dict[str, Any]
    outcomes: tuple[OutcomeLine, ...]
    sentences: tuple[Words, ...]


class Amended(Struct, frozen=True):
    """A cumulative figure that another edition has otherwise."""

    measure: str
    before: int
    after: int


class Issue(Struct, frozen=True):
    """That a document was issued: which edition it is, by whom, and for a reissue what it replaces and why."""

    edition: int
    issued_at: str
    issued_by: str
    previous: str | None
    reason: str
    changes: tuple[Amended, ...]


class Document(Struct, frozen=True):
    """A body's statement up to the end of a quarter; without `issue` it is a draft that anybody may make again.

    Attributes:
        until: the first day of the last quarter.
        parties: whoever has or had a place in what was split, in the order of the consortium; the unallocated last.
    """

    format: str
    language: str
    consortium: Named
    body: Named
    until: str
    quarter: Words
    parties: tuple[Named, ...]
    contracts: tuple[Named, ...]
    places: tuple[Named, ...]
    measures: tuple[MeasureFigures, ...]
    lines: tuple[Line, ...]
    values: tuple[ValueLine, ...]
    splits: tuple[SplitLine, ...]
    issue: Issue | None

    def name_of(self, key: str) -> str:
        """What a party, contract or place is called."""
        return next(each.name for each in (*self.parties, *self.contracts, *self.places) if each.id == key)

    def measure(self, key: str) -> MeasureFigures:
        """The figures of one measure."""
        return next(each for each in self.measures if each.id == key)


def words_of(sentence: Sentence) -> Words:
    """A sentence as it stands in a document."""
    values = {name: _value(value) for name, value in sentence.values.items()}
    return Words(str(sentence), sentence.msgid, values)


def _value(value: Any) -> str | int | Words:
    if isinstance(value, Sentence):
        return words_of(value)
    return value if type(value) is int else str(value)


def as_plain(document: Document) -> dict[str, Any]:
    """The document as dicts, lists, text and whole numbers, for canonical JSON."""
    plain: dict[str, Any] = _without_tuples(msgspec.to_builtins(document))
    return plain


def as_document(plain: object) -> Document:
    """The document of such a dict. Raises ValueError where it is none, or one of another layout."""
    try:
        document = msgspec.convert(plain, Document)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    if document.format != FORMAT:
        raise ValueError(f"its format is {document.format}, not {FORMAT}")
    return document


def _without_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_tuples(inner) for key, inner in value.items()}
    return [_without_tuples(inner) for inner in value] if isinstance(value, list | tuple) else value
