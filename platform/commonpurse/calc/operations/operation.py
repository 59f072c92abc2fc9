"""What an operation is, and how a problem becomes an answer that anybody can check."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commonpurse.calc.operations.fields import Choice, Part, Record
from commonpurse.calc.operations.problem import BadProblem, load
from commonpurse.calc.quantity import say

ENGINE = "commonpurse-calc/1"
"""Name and version of the sums; part of every answer. Should any sum ever change, so does this."""
MOST_NAMED = 50
"""Parties whose amounts are written out one by one in a sentence, or have a sentence each."""

NUMBERS = Part(
    'How the answer writes whole numbers: "number" (the default), or "text" for readers that hold numbers as doubles '
    "and would lose digits beyond 2^53",
    Choice(("number", "text")),
    optional=True,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation found.

    `amounts` has one whole number for each of `parties`. They add up to `total`, unless that is None: then they are
    not parts of anything, and `adds_up` says nothing.
    """

    parties: tuple[str, ...]
    amounts: tuple[int, ...]
    total: int | None
    steps: Mapping[str, Any]
    explanation: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the table: what it is called, what it takes, a problem that runs, and what does the work."""

    name: str
    title: str
    description: str
    check: str
    """How somebody checks an answer by hand, from its steps."""
    parts: Mapping[str, Part]
    example: Mapping[str, Any]
    work: Callable[..., Answer]

    @property
    def problem(self) -> Record:
        """The problem as a record of its parts."""
        return Record({**self.parts, "numbers": NUMBERS})

    def answer(self, text: str | bytes) -> dict[str, Any]:
        """The answer to a problem in JSON, ready to be written as JSON.

        Raises:
            BadProblem: with a sentence for whoever asked.
        """
        problem = self.problem.read(load(text), "")
        as_text = problem.pop("numbers", "number") == "text"
        try:
            found = self.work(**problem)
        except BadProblem:
            raise
        except ValueError as error:
            raise BadProblem(str(error)) from error
        if found.total is not None and sum(found.amounts) != found.total:
            raise RuntimeError(f"{self.name} answered {sum(found.amounts)} of {found.total}")
        answer = {
            "operation": self.name,
            "engine": ENGINE,
            "parties": list(found.parties),
            "amounts": list(found.amounts),
            "shares": dict(zip(found.parties, found.amounts, strict=True)),
            "adds_up": adds_up(found),
            **found.more,
            "explanation": list(found.explanation),
            "check": self.check,
            "steps": dict(found.steps),
        }
        return _numbers_as_text(answer) if as_text else answer


def adds_up(found: Answer) -> str | None:
    """The line that shows that nothing is lost and nothing is made up.

    >>> adds_up(Answer(("a", "b"), (7, -2), 5, {}))
    'Adds up exactly: 5 = 7 + (−2)'
    """
    if found.total is None:
        return None
    if len(found.amounts) > MOST_NAMED:
        return f"Adds up exactly: {say(found.total)} is the sum of all {len(found.amounts):,} amounts"
    parts = " + ".join(f"({say(amount)})" if amount < 0 else say(amount) for amount in found.amounts)
    return f"Adds up exactly: {say(found.total)} = {parts}"


def one_by_one(parties: Sequence[str], told: Callable[[int], str]) -> tuple[str, ...]:
    """A sentence for each of the first parties: its name, and what is told of its place."""
    return tuple(f"{party}: {told(place)}" for place, party in enumerate(parties[:MOST_NAMED]))


def from_shares(parties: Sequence[str], shares: Sequence[str], amounts: Sequence[int]) -> tuple[str, ...]:
    """How exact shares became whole units."""

    def told(place: int) -> str:
        exactly = f"the exact share is {shares[place]}"
        return exactly if shares[place] == str(amounts[place]) else f"{exactly}; in whole units {say(amounts[place])}"

    return one_by_one(parties, told)


def aligned(parties: list[str], **lists: list[Any]) -> None:
    """Refuse a list that has not one entry for each party."""
    for key, entries in lists.items():
        if len(entries) != len(parties):
            raise BadProblem(f"must have one entry for each of the {len(parties):,} parties, not {len(entries):,}", key)


def _numbers_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers_as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers_as_text(each) for each in value]
    return str(value) if type(value) is int else value
