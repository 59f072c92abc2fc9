"""A problem as text, read as strict JSON: no number loses a digit, and nothing is guessed.

What JSON leaves to its readers is decided here. A key given twice is refused, because readers differ in which value
they keep. A number with a fraction or an exponent, or with more digits than any figure of ours, becomes a NotWhole,
so that the field that meets it can say where it stands. NaN and Infinity are no JSON.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, NoReturn

MOST_CHARACTERS = 512 * 1024
"""No problem is longer: a thousand parties with their longest names and figures need a quarter of it."""
MOST_DIGITS = 40
"""Of a whole number. Every penny of a century of the world's income has 20."""


class BadProblem(ValueError):
    """A problem that cannot be answered. The sentence is for whoever asked.

    `path` is where the fault is, such as "weights[3]"; it is empty where the fault is in the whole.
    """

    def __init__(self, message: str, path: str = "") -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}" if path else message)


class NotJSON(BadProblem):
    """A text that is no JSON at all."""


@dataclass(frozen=True, slots=True)
class NotWhole:
    """A number that no field takes, and why."""

    why: str


def load(text: str | bytes) -> Any:
    """The value of a JSON text, with NotWhole for every number that is not whole or too long.

    Raises:
        NotJSON: if it is no JSON in UTF-8.
        BadProblem: if it is too long or too deep, or gives a key twice.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadProblem(f"A problem has at most {MOST_CHARACTERS:,} characters")
    try:
        plain = text.decode() if isinstance(text, bytes) else text
        return json.loads(
            plain, parse_int=_whole, parse_float=_refused, parse_constant=_constant, object_pairs_hook=_once
        )
    except UnicodeDecodeError as error:
        raise NotJSON("The problem is not text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotJSON(f"The problem is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise BadProblem("The problem is nested too deeply") from error


def shown(text: str) -> str:
    """Text of somebody else's as it may stand in a sentence: short, and nothing in it that a terminal would obey.

    >>> shown("weights"), shown("a" * 60)
    ("'weights'", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'")
    """
    return ascii(text if len(text) <= MOST_DIGITS else f"{text[:MOST_DIGITS]}...")


def _whole(digits: str) -> int | NotWhole:
    # Checked before int() sees it: turning a million digits into a number takes seconds.
    if len(digits.lstrip("-")) > MOST_DIGITS:
        return NotWhole(f"must have at most {MOST_DIGITS} digits")
    return int(digits)


def _refused(_number: str) -> NotWhole:
    return NotWhole("must be a whole number, written without a fraction or an exponent")


def _constant(name: str) -> NoReturn:
    raise NotJSON(f"The problem is not JSON: {name} is not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise BadProblem(f"The key {shown(twice)} is given twice")
    return found
