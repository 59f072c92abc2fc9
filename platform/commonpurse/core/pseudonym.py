"""Keys that stand for people and assets without naming them.

A reference is turned into HMAC-SHA256 under the service's key and never stored, so the same
person gives the same key in every contract while nobody can read who it is.
"""

import hmac
import unicodedata
from hashlib import sha256

_bound: dict[str, bytes] = {}


def bind(key: str) -> None:
    """Use `key` from now on. Changing it in a running service breaks the recognition of repeats."""
    _bound["key"] = key.encode()


def pseudonym(kind: str, reference: str) -> str:
    """The key, 64 hexadecimal digits, of one beneficiary's or asset's `reference`.

    Upper and lower case, accents' encoding, spaces, invisible characters and the kind of dash do not matter, so that
    what was pasted from a table is the same as what was typed.

    Raises ValueError for a reference that is empty without them.
    """
    key = _bound.get("key")
    if not key:
        raise RuntimeError("no pseudonym key is bound")
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFKC", reference).casefold())
    if not plain:
        raise ValueError("an empty reference has no pseudonym")
    return hmac.new(key, f"{kind}:{plain}".encode(), sha256).hexdigest()


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Cf"} or character.isspace():
        return ""
    return "-" if category == "Pd" else character
