"""Canonical JSON and its SHA-256: the same value gives the same bytes on every machine.

Keys are sorted by code point, nothing stands between tokens, and text is written as itself in
UTF-8. Floats are refused, because their text depends on who prints them; so are tuples and
every other value that would come back from JSON as something else.
"""

import hashlib
import json
import re
from typing import Any

GENESIS = "0" * 64
"""What stands for the predecessor of the first link of a chain."""

_PLAIN = frozenset({str, int, bool, type(None)})
_SHA256_HEX = re.compile(r"[0-9a-f]{64}")


def canonical(value: Any) -> bytes:
    """The one spelling of a value made of dict, list, str, int, bool and None.

    Raises:
        ValueError: if the value holds anything else, or text that is not valid Unicode.

    >>> canonical({"b": [1, True], "a": "£"}).decode()
    '{"a":"£","b":[1,true]}'
    """
    _refuse_others(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_hex(value: Any) -> str:
    """SHA-256 of the canonical JSON, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def chain(previous: str, value: Any) -> str:
    """The digest of a link: of its predecessor's digest, a line feed, and the canonical JSON.

    Args:
        previous: digest of the link before, or GENESIS.
    """
    if not _SHA256_HEX.fullmatch(previous):
        raise ValueError(f"{previous!r} is not a SHA-256 digest")
    return hashlib.sha256(f"{previous}\n".encode() + canonical(value)).hexdigest()


def _refuse_others(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if type(key) is not str:
                raise ValueError(f"the key {key!r} is not text")
            _refuse_others(inner)
    elif isinstance(value, list):
        for inner in value:
            if type(inner) not in _PLAIN:  # A call for each number would take longer than all the rest.
                _refuse_others(inner)
    elif type(value) not in _PLAIN:
        raise ValueError(f"{type(value).__name__} has no canonical JSON here")
