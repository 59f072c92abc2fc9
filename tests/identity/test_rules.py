"""Rules of identity: numbers, passwords, codes and addresses."""

from datetime import UTC, datetime, timedelta
from hashlib import sha1

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.identity.rules import addresses, browsers, identifiers, lockout, passwords, second_factor

NOW = datetime(2026, 11, 2, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scheme", "typed", "tidied"),
    [
        ("GB-PPON", "pabc-1234-wxyz", "PABC-1234-WXYZ"),
        ("GB-COH", "6", "00000006"),
        ("GB-COH", "sc 123456", "SC123456"),
        ("GB-COH", "IP12345R", "IP12345R"),
        ("GB-CHC", "207238", "207238"),
        ("GB-SC", "SC012345", "SC012345"),
        ("GB-NIC", "101234", "101234"),
        ("GB-NHS", "rtd", "RTD"),
        ("GB-UKPRN", "10007799", "10007799"),
        ("GSS", "e08000037", "E08000037"),
    ],
)
def test_numbers_are_tidied_to_their_one_form(scheme, typed, tidied):
    known = identifiers.SCHEMES[scheme]
    assert known.tidy(typed) == tidied
    assert known.accepts(tidied)


@pytest.mark.parametrize(
    ("scheme", "typed"),
    [
        ("GB-PPON", "PAB-1234-WXYZ"),
        ("GB-COH", "123456789"),
        ("GB-COH", "ABCDEFGH"),
        ("GB-CHC", "12345"),
        ("GB-SC", "012345"),
        ("GB-NIC", "12345678"),
        ("GB-NHS", "R!"),
        ("GB-UKPRN", "20007799"),
        ("GSS", "E0800003٧"),
    ],
)
def test_numbers_of_another_shape_are_not_accepted(scheme, typed):
    known = identifiers.SCHEMES[scheme]
    assert not known.accepts(known.tidy(typed))


def test_every_example_of_a_number_is_one():
    assert all(scheme.accepts(scheme.tidy(scheme.example)) for scheme in identifiers.SCHEMES.values())


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [
        ("/consortia/1?a=b#c", "/consortia/1?a=b#c"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/%0d%0aSet-Cookie", "/%0d%0aSet-Cookie"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("evil", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_own_paths_are_gone_to(address, goes_to):
    assert addresses.own_path(address) == goes_to


def test_the_page_somebody_came_from_counts_only_on_the_same_host():
    assert addresses.path_of("https://us.example/a?b=c", "us.example") == "/a?b=c"
    assert addresses.path_of("https://us.example", "us.example") == "/"
    assert addresses.path_of("https://evil.example/a", "us.example") is None
    assert addresses.path_of(None, "us.example") is None
    assert addresses.path_of("http://[", "us.example") is None


def test_a_name_is_one_line_without_invisible_signs():
    assert addresses.one_line(" A\u200b  B\r\nBcc: x\x00 ") == "A B Bcc: x"


def test_a_password_matches_its_own_hash_only():
    stored = passwords.hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "correct horse battery")
    assert not passwords.matches(stored, "correct horse batterx")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("not a hash", "correct horse battery")


def test_a_hash_of_other_parameters_is_outdated():
    from argon2 import PasswordHasher

    assert not passwords.is_outdated(passwords.hash_password("correct horse battery"))
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("elevenchars", "12 characters"),
        ("xyz" * 67, "200 characters"),
        ("x" * 12, "one character again and again"),
        ("passwordpassword", "one short piece again and again"),
        ("abcabcabcabc", "one short piece again and again"),
        ("AbcabcABCabcA", "one short piece again and again"),
        ("password password", "one short piece again and again"),
        ("aaaaaaaaaaaabbc", "at least 4 different"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password, word):
    assert word in passwords.fault(password)


@pytest.mark.parametrize("password", ["four words side by side", "seven.quiet" * 2 + ".lamp", "thirteen signs" * 2])
def test_a_password_that_only_holds_something_twice_is_accepted(password):
    assert passwords.fault(password) is None


@pytest.mark.parametrize(
    ("password", "is_accepted"),
    [
        ("Sam.Bell is my name", False),
        ("my samBELL 2026!", False),
        ("gates-head football", False),
        ("up the Tyne we go", False),
        ("the council upon a hill", True),
        ("four words side by side", True),
    ],
)
def test_a_password_holds_neither_the_persons_name_nor_their_organisations(password, is_accepted):
    own = passwords.own_words("sam.bell+work@x.example", ["Gateshead Council", "Newcastle upon Tyne Council"])
    fault = passwords.fault(password, own=own)
    assert fault is None if is_accepted else "the name of your organisation" in fault


def test_a_name_too_short_to_tell_anything_is_no_fault():
    assert passwords.own_words("jo@x.example", ["NHS of the Isle"]) == {"isle"}


def digest(password):
    return sha1(password.encode()).hexdigest().upper()


@settings(max_examples=60, deadline=None)
@given(listed=st.sets(st.text(min_size=1, max_size=8), max_size=40), other=st.text(min_size=9, max_size=12))
@pytest.mark.parametrize("end", ["\n", ":42\r\n"])
def test_a_listed_password_is_found_and_no_other(tmp_path_factory, listed, other, end):
    file = tmp_path_factory.mktemp("breached") / "sorted.txt"
    file.write_bytes("".join(sorted(digest(password) + end for password in listed)).encode())
    assert all(passwords.is_listed(password, file) for password in listed)
    assert not passwords.is_listed(other, file)


def test_a_new_password_that_was_stolen_elsewhere_is_refused(tmp_path):
    file = tmp_path / "sorted.txt"
    file.write_text(digest("a stolen password"))
    assert "stolen" in passwords.fault("a stolen password", breached=file)
    assert passwords.fault("passport password", breached=file) is None


def code_at(secret, moment):
    return pyotp.TOTP(secret).at(moment)


def test_a_code_counts_one_step_either_way_and_no_further():
    secret = second_factor.new_secret()
    for seconds, counts in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        code = code_at(secret, NOW + timedelta(seconds=seconds))
        step = second_factor.matching_step(secret, code, now=NOW, last_step=0)
        assert (step is not None) is counts, seconds


def test_a_code_whose_step_was_used_never_counts_again():
    secret = second_factor.new_secret()
    step = second_factor.matching_step(secret, code_at(secret, NOW), now=NOW, last_step=0)
    assert second_factor.matching_step(secret, code_at(secret, NOW), now=NOW, last_step=step) is None
    earlier = code_at(secret, NOW - timedelta(seconds=30))
    assert second_factor.matching_step(secret, earlier, now=NOW, last_step=step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_not_six_digits_is_no_code(typed):
    assert second_factor.matching_step(second_factor.new_secret(), typed, now=NOW, last_step=0) is None


def test_recovery_codes_are_ten_and_differ_and_are_read_as_people_type_them():
    codes = second_factor.new_recovery_codes()
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert second_factor.hash_recovery_code(codes[0].upper().replace("-", " ")) == second_factor.hash_recovery_code(
        codes[0]
    )


def test_the_tenth_failure_locks_for_fifteen_minutes():
    failures, until = 0, None
    for _ in range(9):
        failures, until = lockout.after_failure(failures, NOW)
        assert until is None
    failures, until = lockout.after_failure(failures, NOW)
    assert (failures, until) == (0, NOW + timedelta(minutes=15))
    assert lockout.is_locked(until, NOW + timedelta(minutes=14, seconds=59))
    assert not lockout.is_locked(until, NOW + timedelta(minutes=15))


def test_browsers_are_named_as_their_owners_know_them():
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
    assert browsers.name(edge) == "Edge, Windows"
    assert browsers.name("curl/8") == ""
    assert browsers.short("a\x00\n" + "b" * 400) == "a" + "b" * 299
    assert browsers.short(None) == ""
