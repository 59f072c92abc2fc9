"""Checking a published statement: its digest, its signature, its sums, and whether it is the newest."""

from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from commonpurse.calc.digest import sha256_hex
from commonpurse.core.signature import Signature, is_signed
from commonpurse.outcomes.queries.editions import find_newer_edition
from commonpurse.outcomes.rules import as_document, faults_of


class Check(Struct, frozen=True):
    """One thing that was looked at, and what was found."""

    holds: bool
    words: str


def check_statement(session: Session, published: Any) -> list[Check]:
    """What holds of a published statement, in the order of its parts; where one is not readable, nothing after it.

    Args:
        published: what the JSON file holds, whatever that is.
    """
    if not isinstance(published, dict) or not isinstance(published.get("statement"), dict):
        return [Check(False, "This is no statement: it has no part called statement")]
    digest, plain = published.get("digest"), published["statement"]
    try:
        made = sha256_hex(plain)
        document = as_document(plain)
        faults = list(faults_of(document))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RuntimeError, ArithmeticError) as error:
        return [Check(False, f"This is no statement that can be read: {str(error) or type(error).__name__}")]
    found = [
        Check(digest == made, "The digest is right" if digest == made else f"The digest is wrong: it would be {made}"),
        _signature(made, published.get("signature")),
        *(Check(False, f"A figure is wrong: {fault}") for fault in faults),
    ]
    if not faults:
        found.append(Check(True, "Every figure follows from its splits"))
    return [*found, _newest(session, made)]


def _signature(digest: str, given: Any) -> Check:
    if given is None:
        return Check(False, "It is not signed: it was downloaded before it was issued")
    try:
        signature = Signature(str(given["algorithm"]), str(given["key"]), str(given["value"]))
    except (KeyError, TypeError):
        return Check(False, "The signature cannot be read")
    if is_signed(digest, signature):
        return Check(True, f"The signature is right, by the key {signature.key}")
    return Check(False, "The signature is wrong, or by a key that is not ours")


def _newest(session: Session, digest: str) -> Check:
    is_ours, newer = find_newer_edition(session, digest)
    if not is_ours:
        return Check(False, "This service has not issued it")
    if newer is None:
        return Check(True, "It is the newest edition")
    return Check(False, f"It was replaced by edition {newer.edition}: {newer.reason}")
