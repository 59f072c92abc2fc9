"""The service's signature under what it publishes: Ed25519, with keys that are named by their own digest.

What is signed is a SHA-256 as 64 hexadecimal digits in ASCII, so that anybody can check it with common tools.
A key that was used before is kept by its public half: what it signed stays good.
"""

import hmac
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HEX_KEY = re.compile(r"[0-9a-f]{64}")

_bound: dict[str, tuple[str, ...]] = {}


class PublicKey(Struct, frozen=True):
    """A key by which signatures are checked; `key` is its 32 bytes in hexadecimal digits."""

    id: str
    key: str
    is_current: bool


class Signature(Struct, frozen=True):
    """A signature of 64 bytes in hexadecimal digits, and the key that made it."""

    algorithm: str
    key: str
    value: str


def bind(key: str, old_keys: tuple[str, ...] = ()) -> None:
    """Sign with `key` from now on: 64 hexadecimal digits. `old_keys` are the public halves of those used before.

    Raises:
        ValueError: a key is not 64 hexadecimal digits.
    """
    if not all(HEX_KEY.fullmatch(each) for each in (key, *old_keys)):
        raise ValueError("a key of statements is 64 hexadecimal digits")
    _bound["keys"] = (key, *old_keys)


def derive(secret: str) -> str:
    """A key made from another secret, for a demonstration: one setting less."""
    return hmac.new(secret.encode(), b"commonpurse statements", sha256).hexdigest()


def sign(digest: str) -> Signature:
    """Sign a SHA-256 with the current key. Raises RuntimeError where none is bound."""
    private = _private()
    value = private.sign(digest.encode("ascii")).hex()
    return Signature("Ed25519", _id(private.public_key().public_bytes_raw()), value)


def is_signed(digest: str, signature: Signature) -> bool:
    """Whether a key of ours signed this digest."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = next((each.key for each in public_keys() if each.id == signature.key), None)
    if key is None or signature.algorithm != "Ed25519":
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature.value), digest.encode("ascii")
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def public_keys() -> tuple[PublicKey, ...]:
    """The current key, then those before it. Raises RuntimeError where none is bound."""
    current = _private().public_key().public_bytes_raw()
    _, *old = _bound["keys"]
    others = [PublicKey(_id(bytes.fromhex(key)), key, is_current=False) for key in old]
    return (PublicKey(_id(current), current.hex(), is_current=True), *others)


def _private() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if "keys" not in _bound:
        raise RuntimeError("no key of statements is bound")
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_bound["keys"][0]))


def _id(public: bytes) -> str:
    """What a key is called: the first 16 digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]
