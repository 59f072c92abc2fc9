"""Passwords: what is accepted, how they are kept, how they are checked."""

from collections.abc import Collection, Iterable
from functools import cache
from hashlib import sha1
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from commonpurse.calc.sentence import message

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200
DIGEST_LENGTH = 40
LEAST_OWN_CHARACTERS = 4
"""Shorter names are within so many words that they tell nobody anything."""

_OF_MANY = """
    association authority borough city combined council county district eastern foundation health hospital hospitals
    housing limited london metropolitan national north northern royal school schools service services south southern
    trust united university upon west western with
"""
NAMES_OF_MANY = frozenset(_OF_MANY.split())
"""Words in the names of so many organisations that they give none away."""

_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """What is stored: argon2id with a salt of its own."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one `stored` was made from.

    Where nothing is stored, as for unknown people, as much work is done, so that time tells nothing.
    """
    try:
        _hasher.verify(stored or _nobodys_hash(), password[: MOST_CHARACTERS + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def own_words(email: str, organisations: Iterable[str]) -> frozenset[str]:
    """What others would try first for this person: the name in their address, and those of their organisations."""
    name = _plain(email.partition("@")[0].partition("+")[0])
    of_bodies = {_plain(word) for organisation in organisations for word in organisation.split()}
    return frozenset(word for word in {name, *(of_bodies - NAMES_OF_MANY)} if len(word) >= LEAST_OWN_CHARACTERS)


def fault(password: str, *, own: Collection[str] = (), breached: Path | None = None) -> str | None:
    """The sentence that says why a new password is not accepted, or None.

    Args:
        own: what it must not hold, see `own_words`.
        breached: a file of SHA-1 hashes in hexadecimal, sorted, one a line; what follows a colon is ignored.
    """
    if len(password) < LEAST_CHARACTERS:
        return message("Password must be 12 characters or more")
    if len(password) > MOST_CHARACTERS:
        return message("Password must be 200 characters or fewer")
    if len(set(password)) == 1:
        return message("Password must not be one character again and again")
    if _is_repeated("".join(password.casefold().split())):
        return message("Password must not be one short piece again and again")
    if len(set(password)) < 4:
        return message("Password must have at least 4 different characters")
    if any(word in _plain(password) for word in own):
        return message("Password must not hold the name in your email address or the name of your organisation")
    if breached is not None and is_listed(password, breached):
        return message("This password is in a published list of stolen passwords. Choose another")
    return None


def _plain(text: str) -> str:
    """The letters and digits alone, so that neither capitals nor signs between them hide a word."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _is_repeated(text: str) -> bool:
    """Whether a piece too short for a password comes twice or more and makes up all of it, the last one cut off."""
    longest = min(LEAST_CHARACTERS - 1, len(text) // 2)
    return any(text[piece:] == text[:-piece] for piece in range(1, longest + 1))


def is_listed(password: str, breached: Path) -> bool:
    """Whether the file, which may be far larger than memory, lists the password; found by bisection."""
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with breached.open("rb") as lines:
        low, high = 0, breached.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle > 0:
                lines.seek(middle - 1)
                lines.readline()
            if lines.tell() >= high:
                high = middle
                continue
            listed = lines.readline()[:DIGEST_LENGTH].upper()
            if listed == wanted:
                return True
            low, high = (lines.tell(), high) if listed < wanted else (low, middle)
    return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
