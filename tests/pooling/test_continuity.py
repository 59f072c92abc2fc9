"""Recognised suppliers keep the identity they had."""

from hypothesis import given
from hypothesis import strategies as st

from commonpurse.pooling.rules.continuity import Recognised, continue_suppliers


def test_a_new_supplier_gets_no_old_identity():
    found = continue_suppliers([Recognised("name:acme", {})], {})
    assert (found.identities, found.merged) == ((None,), {})


def test_a_supplier_whose_key_changed_keeps_its_identity():
    found = continue_suppliers([Recognised("GB-COH-01234567", {"old": 3})], {"name:acme": "old"})
    assert (found.identities, found.merged) == (("old",), {})


def test_the_one_whose_key_it_is_goes_before_the_one_with_more_payments():
    recognised = [Recognised("name:big", {"a": 90}), Recognised("name:acme", {"a": 1})]
    assert continue_suppliers(recognised, {"name:acme": "a"}).identities == (None, "a")


def test_without_a_key_the_largest_part_of_a_divided_supplier_stays_it():
    recognised = [Recognised("GB-COH-1", {"a": 1}), Recognised("GB-COH-2", {"a": 9})]
    assert continue_suppliers(recognised, {"name:acme": "a"}).identities == (None, "a")


def test_of_two_that_become_one_the_larger_stays_and_the_other_points_to_it():
    found = continue_suppliers([Recognised("GB-COH-1", {"a": 2, "b": 5})], {"name:a": "a", "name:b": "b"})
    assert (found.identities, found.merged) == (("b",), {"a": 0})


def test_one_that_had_gone_into_another_comes_back_by_its_key():
    recognised = [Recognised("name:b", {"b": 5}), Recognised("name:a", {"b": 1})]
    assert continue_suppliers(recognised, {"name:a": "a", "name:b": "b"}).identities == ("b", "a")


def test_a_key_in_use_elsewhere_is_not_taken_over():
    recognised = [Recognised("name:a", {}), Recognised("GB-COH-1", {"a": 4})]
    assert continue_suppliers(recognised, {"name:a": "a"}).identities == (None, "a")


counts = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9), max_size=4)
recognitions = st.lists(
    st.builds(Recognised, st.sampled_from([f"name:{letter}" for letter in "abcdef"]), counts),
    max_size=5,
    unique_by=lambda each: each.key,
)


@given(recognitions)
def test_no_identity_is_given_twice_or_lost(recognised):
    found = continue_suppliers(recognised, {f"name:{letter}": letter for letter in "abcd"})
    given_out = [identity for identity in found.identities if identity is not None]
    assert len(given_out) == len(set(given_out))
    in_use = {identity for each in recognised for identity in each.payments}
    assert set(found.merged) == in_use - set(given_out)
    assert all(lost in recognised[at].payments for lost, at in found.merged.items())
