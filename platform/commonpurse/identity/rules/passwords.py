"""Passwords: what is accepted, how they are kept, how they are checked."""

from functools import cache
from hashlib import sha1
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from commonpurse.calc.sentence import message

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200
DIGEST_LENGTH = 40

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


def fault(password: str, *, breached: Path | None = None) -> str | None:
    """The sentence that says why a new password is not accepted, or None.

    Args:
        breached: a file of SHA-1 hashes in hexadecimal, sorted, one a line; what follows a colon is ignored.
    """
    if len(password) < LEAST_CHARACTERS:
        return message("Password must be 12 characters or more")
    if len(password) > MOST_CHARACTERS:
        return message("Password must be 200 characters or fewer")
    if len(set(password)) < 4:
        return message("Password must have at least 4 different characters")
    if breached is not None and is_listed(password, breached):
        return message("This password is in a published list of stolen passwords. Choose another")
    return None


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
