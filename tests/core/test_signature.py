"""Statements are signed by Ed25519; a key that was replaced still proves what it signed."""

import subprocess
import sys

import pytest

from commonpurse.core import signature
from commonpurse.core.signature import Signature
from config import Config, Misconfigured

DIGEST = "ab" * 32
SETTINGS = {"SECRET_KEY": "a key for tests only, long enough to sign", "DATABASE_URL": "sqlite://"}

# RFC 8032, section 7.1, TEST 1: the secret key and the public key that belongs to it.
SECRET = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


@pytest.fixture(autouse=True)
def kept():
    before = dict(signature._bound)
    signature.bind(SECRET)
    yield
    signature._bound.update(before)


def test_the_public_half_is_that_of_the_published_example():
    [key] = signature.public_keys()
    assert (key.key, key.is_current) == (PUBLIC, True)
    assert len(key.id) == 16


def test_what_is_signed_is_recognised_and_nothing_else_is():
    signed = signature.sign(DIGEST)
    assert signed == signature.sign(DIGEST)
    assert signature.is_signed(DIGEST, signed)
    assert not signature.is_signed("cd" * 32, signed)
    for value in ("", "00" * 64, "no hex", signed.value[:-2]):
        assert not signature.is_signed(DIGEST, Signature("Ed25519", signed.key, value))
    assert not signature.is_signed(DIGEST, Signature("RSA", signed.key, signed.value))
    assert not signature.is_signed(DIGEST, Signature("Ed25519", "0" * 16, signed.value))


def test_a_key_of_before_still_proves_what_it_signed():
    signed = signature.sign(DIGEST)
    signature.bind(signature.derive("another secret"))
    assert not signature.is_signed(DIGEST, signed)
    signature.bind(signature.derive("another secret"), (PUBLIC,))
    assert signature.is_signed(DIGEST, signed)
    assert [key.is_current for key in signature.public_keys()] == [True, False]
    assert signature.sign(DIGEST).key != signed.key


def test_a_key_is_64_hexadecimal_digits():
    for wrong in ("", "ab", "AB" * 32, "zz" * 32):
        with pytest.raises(ValueError, match="64 hexadecimal"):
            signature.bind(wrong)
    with pytest.raises(ValueError, match="64 hexadecimal"):
        signature.bind(SECRET, ("ab",))


def test_without_a_key_nothing_is_signed_or_checked(monkeypatch):
    signed = signature.sign(DIGEST)
    monkeypatch.setattr(signature, "_bound", {})
    for act in (signature.public_keys, lambda: signature.sign(DIGEST), lambda: signature.is_signed(DIGEST, signed)):
        with pytest.raises(RuntimeError, match="no key of statements is bound"):
            act()


def test_the_settings_hold_a_key_and_those_of_before():
    config = Config.from_env({**SETTINGS, "STATEMENT_KEY": SECRET, "STATEMENT_OLD_KEYS": f"{PUBLIC} {SECRET}"})
    assert (config.STATEMENT_KEY, config.STATEMENT_OLD_KEYS) == (SECRET, (PUBLIC, SECRET))
    assert Config.from_env(SETTINGS).STATEMENT_KEY is None
    for wrong in ({"STATEMENT_KEY": "short"}, {"STATEMENT_OLD_KEYS": f"{PUBLIC},{SECRET}"}):
        with pytest.raises(Misconfigured, match="64 hexadecimal"):
            Config.from_env({**SETTINGS, **wrong})


def test_anybody_reads_the_keys(visitor):
    signature.bind(SECRET, (SECRET,))
    answer = visitor.get("/statements/key").get_json()
    assert [(key["algorithm"], key["is_current"]) for key in answer["keys"]] == [("Ed25519", True), ("Ed25519", False)]
    assert answer["keys"][0]["key"] == PUBLIC


def test_starting_imports_neither_the_ciphers_nor_the_printer():
    code = "import commonpurse.app, sys; print({'cryptography.hazmat', 'typst'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
