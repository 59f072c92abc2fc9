import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.digest import GENESIS, canonical, chain, sha256_hex

text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=15,
)


def test_the_spelling_is_fixed_for_ever():
    value = {"z": [1, -2, True, None], "é": "£ “x”", "Z": {}, "a": 2**70}
    assert canonical(value) == '{"Z":{},"a":1180591620717411303424,"z":[1,-2,true,null],"é":"£ “x”"}'.encode()


def test_the_digest_is_the_sha_256_of_the_spelling():
    assert sha256_hex([]) == hashlib.sha256(b"[]").hexdigest()


@given(values)
def test_a_value_that_went_through_json_has_the_same_digest(value):
    assert sha256_hex(json.loads(json.dumps(value))) == sha256_hex(value)
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(st.dictionaries(text, st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize(
    "value", [1.0, [1.5], {"a": {"b": [0.1]}}, (1, 2), {1: "a"}, {None: 1}, {"a"}, b"x", object(), "\ud800"]
)
def test_what_json_cannot_carry_exactly_is_refused(value):
    with pytest.raises(ValueError, match=r"no canonical JSON|is not text|surrogates"):
        canonical(value)


def test_a_link_is_the_digest_of_its_predecessor_and_its_value():
    first = chain(GENESIS, {"n": 1})
    assert first == hashlib.sha256(b"0" * 64 + b'\n{"n":1}').hexdigest()
    assert chain(first, {"n": 1}) != first


@pytest.mark.parametrize("previous", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n"])
def test_a_link_follows_a_digest_only(previous):
    with pytest.raises(ValueError, match="is not a SHA-256 digest"):
        chain(previous, 1)
