"""Finds what our Python says, for `./dev messages`: each text that a function which speaks is given.

Babel's own finder knows neither named arguments nor a choice between two texts.
"""

import ast
from collections.abc import Iterator
from typing import IO

SPEAKERS = {
    **dict.fromkeys(["_", "gettext", "_l", "lazy_gettext", "message", "Sentence", "Waiting"], 0),
    **dict.fromkeys(["DomainError", "Refused", "NotAllowed", "NotFound", "Stale"], 0),
    **dict.fromkeys(["BadRule", "CannotDivide", "Unreadable", "WrongColumns"], 0),
    "require": 1,
}
"""Functions and classes that take a msgid, and the place of it among their arguments."""

NAMED = ("msgid", "who")
"""Arguments that are msgids whatever takes them."""

Found = tuple[int, str | None, str | tuple[str, ...], list[str]]


def extract(fileobj: IO[bytes], *_: object, **__: object) -> Iterator[Found]:
    """What a Python file says, as Babel takes it: line, function, msgid (or singular and plural), comments."""
    for node in ast.walk(ast.parse(fileobj.read())):
        if not isinstance(node, ast.Call):
            continue
        if name_of(node) in {"ngettext", "lazy_ngettext"}:
            forms = tuple(text for part in node.args[:2] for text in texts(part))
            yield from [(node.lineno, "ngettext", forms, [])] if len(forms) == 2 else []
        for said in spoken(node):
            yield from ((said.lineno, None, text, []) for text in texts(said))


def name_of(call: ast.Call) -> str:
    """What is called, without the module or object it belongs to."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def spoken(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that are msgids."""
    place = SPEAKERS.get(name_of(call))
    first = call.args[place : place + 1] if place is not None else []
    return [*first, *(argument.value for argument in call.keywords if argument.arg in NAMED)]


def texts(node: ast.expr) -> list[str]:
    """The text of a literal, or both texts of a choice; nothing for what is computed."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
