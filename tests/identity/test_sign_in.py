"""Signing in and out through the pages, and the attacks on it."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from commonpurse.core import log
from commonpurse.core.actor import SYSTEM
from commonpurse.core.mail import Mail
from commonpurse.identity import commands
from commonpurse.identity.models import Person, RecoveryCode, SignIn
from commonpurse.identity.rules import passwords, second_factor, tokens
from commonpurse.web.limits import limiter
from config import Config

EMAIL = "kim@gateshead.example"
PASSWORD = "four words side by side"
OTHER_PASSWORD = "four other words instead"
WRONG = "The email address or password is not right"


@pytest.fixture
def kim(app, session, world):
    made = commands.make_person(
        session,
        SYSTEM,
        email=EMAIL,
        label="Kim",
        password=PASSWORD,
        organisation_id=world.organisation("gateshead"),
        roles=["buyer"],
        now=datetime.now(UTC),
    )
    session.commit()
    return session.get(Person, made)


@pytest.fixture
def secret(kim, session):
    """Kim's second factor is set up; this is its key."""
    kim.second_factor_secret, kim.second_factor_since = second_factor.new_secret(), datetime.now(UTC)
    session.commit()
    return kim.second_factor_secret


def enter(client, password=PASSWORD, email=EMAIL, address="/sign-in"):
    return client.post(address, data={"email": email, "password": password})


def enter_code(client, code):
    return client.post("/sign-in/code", data={"code": code})


def is_in(client):
    return client.get("/account").status_code == 200


def fresh(session, person):
    session.expire_all()
    return session.get(Person, person.id)


def kinds(session, person):
    return [entry.kind.removeprefix("identity.") for entry in log.entries_after(session, person.stream, 0)]


def test_the_right_password_lets_in_and_is_recorded(kim, visitor, session):
    response = enter(visitor, email=" KIM@gateshead.example ")
    assert (response.status_code, response.location) == (302, "/")
    account = visitor.get("/account").text
    assert "This browser" in account
    assert "127.0.0.1" in account
    assert kinds(session, kim) == ["account_made", "person_signed_in"]
    row = session.scalars(select(SignIn)).one()
    with visitor.session_transaction() as cookie:
        assert row.token_hash == tokens.hash_token(cookie["_user_id"])
        assert row.token_hash != cookie["_user_id"]


def test_who_is_signed_in_is_sent_on_from_the_sign_in_page(kim, visitor):
    enter(visitor)
    assert visitor.get("/sign-in?next=/account").location == "/account"


def test_wrong_passwords_and_unknown_addresses_get_the_same_answer(kim, visitor, session):
    wrong = enter(visitor, "not the password")
    unknown = enter(visitor, "not the password", "nobody@gateshead.example")
    assert WRONG in wrong.text
    assert wrong.status_code == unknown.status_code
    sentence = wrong.text.split("govuk-error-summary__body")[1].split("</ul>")[0]
    assert unknown.text.split("govuk-error-summary__body")[1].split("</ul>")[0] == sentence
    assert PASSWORD not in wrong.text
    assert session.scalars(select(SignIn)).all() == []


def test_unknown_people_cost_a_comparison_too(kim, visitor, monkeypatch):
    compared = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda stored, typed: compared.append(stored) or real(stored, typed))
    enter(visitor, "not the password", "nobody@gateshead.example")
    assert compared == [None]


def test_ten_failures_lock_the_account_even_for_the_right_password(kim, visitor, session):
    for _ in range(10):
        enter(visitor, "not the password")
    locked = enter(visitor)
    assert WRONG in locked.text
    assert not is_in(visitor)
    assert kinds(session, kim)[-2:] == ["sign_in_failed", "account_locked"]
    letter = session.scalars(select(Mail)).one()
    assert (letter.template, letter.recipient) == ("account_locked", EMAIL)
    kim = fresh(session, kim)
    kim.locked_until = datetime.now(UTC) - timedelta(seconds=1)
    session.commit()
    enter(visitor)
    assert is_in(visitor)


def test_signing_in_forgets_earlier_failures(kim, visitor, session):
    for _ in range(9):
        enter(visitor, "not the password")
    enter(visitor)
    assert (fresh(session, kim).failed_sign_ins, kim.locked_until) == (0, None)


def test_tries_made_while_another_was_compared_still_count(kim, session):
    """The answer of the comparison is stale when the account was locked in the meantime."""
    kim.locked_until = datetime.now(UTC) + timedelta(minutes=1)
    browser = commands.Browser("127.0.0.1", "tests")
    now = datetime.now(UTC)
    attempt = commands.try_password(session, email=EMAIL, matched=kim.password_hash, browser=browser, now=now)
    assert attempt == commands.Attempt()
    kim.locked_until = None
    attempt = commands.try_password(session, email=EMAIL, matched="an older hash", browser=browser, now=now)
    assert attempt == commands.Attempt()
    assert kim.failed_sign_ins == 1


def test_a_hash_of_old_parameters_is_renewed_at_sign_in(kim, visitor, session):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    kim.password_hash = old
    session.commit()
    enter(visitor)
    renewed = fresh(session, kim).password_hash
    assert renewed != old
    assert not passwords.is_outdated(renewed)
    assert is_in(visitor)


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/%09/evil.example"])
def test_nobody_is_sent_to_another_site_after_signing_in(kim, visitor, target):
    assert enter(visitor, address=f"/sign-in?next={target}").location == "/"


def test_people_are_sent_to_the_page_they_asked_for(kim, visitor):
    asked = visitor.get("/organisations?q=a").location
    assert asked == "/sign-in?next=/organisations?q%3Da"
    assert enter(visitor, address=asked).location == "/organisations?q=a"


def test_nothing_of_the_session_before_survives_signing_in(kim, visitor, world, session):
    planted = world.sign_in(session, "leeds", "buyer")
    with visitor.session_transaction() as cookie:
        cookie["_user_id"] = planted
        cookie["planted"] = "yes"
    enter(visitor)
    with visitor.session_transaction() as cookie:
        assert cookie["_user_id"] != planted
        assert "planted" not in cookie


def test_every_sign_in_has_a_token_of_its_own(kim, app, session):
    for _ in range(2):
        enter(app.test_client())
    assert len({row.token_hash for row in session.scalars(select(SignIn))}) == 2


def test_signing_out_ends_the_sign_in_on_the_server_too(kim, visitor, app, session):
    enter(visitor)
    with visitor.session_transaction() as cookie:
        stolen = dict(cookie)
    assert visitor.post("/sign-out").location == "/sign-in"
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    assert not is_in(thief)
    assert kinds(session, kim)[-1] == "person_signed_out"


def test_signing_out_everywhere_ends_the_other_browsers_at_their_next_request(kim, visitor, app, session):
    other = app.test_client()
    enter(visitor), enter(other)
    assert is_in(other)
    assert visitor.post("/account/sign-out-everywhere").location == "/sign-in"
    assert not is_in(other)
    assert not is_in(visitor)
    assert kinds(session, kim)[-1] == "sign_ins_ended"


def test_a_get_signs_nobody_out(kim, visitor):
    enter(visitor)
    assert visitor.get("/sign-out").status_code == 405
    assert is_in(visitor)


def test_too_many_tries_from_one_address_are_stopped(kim, app, visitor, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    codes = [enter(visitor, "not the password", f"n{number}@x.example").status_code for number in range(21)]
    limiter.reset()
    assert codes == [200] * 20 + [429]


def test_with_a_second_factor_the_password_alone_does_not_let_in(kim, secret, visitor, session):
    assert enter(visitor).location == "/sign-in/code"
    assert not is_in(visitor)
    assert "6 digits" in visitor.get("/sign-in/code").text
    assert enter_code(visitor, pyotp.TOTP(secret).now()).location == "/"
    assert is_in(visitor)
    assert session.scalars(select(SignIn)).one().with_second_factor is True


def test_the_page_for_codes_is_closed_to_those_without_the_password(visitor):
    assert visitor.get("/sign-in/code").location == "/sign-in"
    assert enter_code(visitor, "123456").location == "/sign-in"


def test_a_code_is_asked_for_within_ten_minutes_of_the_password(kim, secret, visitor):
    enter(visitor)
    with visitor.session_transaction() as cookie:
        cookie["asks_code"] = {**cookie["asks_code"], "at": (datetime.now(UTC) - timedelta(minutes=11)).isoformat()}
    assert enter_code(visitor, pyotp.TOTP(secret).now()).location == "/sign-in"
    assert not is_in(visitor)


def test_a_code_that_was_seen_lets_nobody_else_in(kim, secret, visitor, app):
    code = pyotp.TOTP(secret).now()
    enter(visitor), enter_code(visitor, code)
    thief = app.test_client()
    enter(thief)
    assert "was used before" in enter_code(thief, code).text
    assert not is_in(thief)


def test_wrong_codes_lock_the_account_and_the_password_does_not_reset_their_count(kim, secret, app, session):
    for _ in range(5):
        client = app.test_client()
        enter(client)
        enter_code(client, "000000"), enter_code(client, "000000")
    assert fresh(session, kim).locked_until is not None
    assert "not right" in enter_code(client, pyotp.TOTP(secret).now()).text
    assert not is_in(client)


def add_recovery_code(session, person, code="abcd-efgh-ijkl-mnop"):
    session.add(RecoveryCode(person_id=person.id, code_hash=second_factor.hash_recovery_code(code)))
    session.commit()
    return code


def test_a_recovery_code_lets_in_once(kim, secret, app, session):
    code = add_recovery_code(session, kim)
    first, second = app.test_client(), app.test_client()
    enter(first), enter_code(first, code.upper())
    assert is_in(first)
    enter(second)
    assert "not right" in enter_code(second, code).text
    assert not is_in(second)
    assert "recovery_code_used" in kinds(session, kim)


def test_the_recovery_code_of_another_person_does_not_count(kim, secret, visitor, session, world):
    code = add_recovery_code(session, world.people["leeds", "buyer"])
    enter(visitor)
    assert "not right" in enter_code(visitor, code).text


def key_on(page):
    return page.split("<code>")[1].split("</code>")[0].replace(" ", "")


def codes_on(page):
    return [part.split("</code>")[0] for part in page.split("<li><code>")[1:]]


def test_a_second_factor_is_set_up_and_then_asked_for(kim, visitor, app, session):
    enter(visitor)
    page = visitor.post("/account/second-factor", data={"current_password": PASSWORD}).text
    key = key_on(page)
    assert "<svg" in page
    assert fresh(session, kim).second_factor_since is None
    assert "The code is not right" in visitor.post("/account/second-factor", data={"code": "000000"}).text
    done = visitor.post("/account/second-factor", data={"code": pyotp.TOTP(key).now()}).text
    codes = codes_on(done)
    assert len(codes) == 10
    stored = set(session.scalars(select(RecoveryCode.code_hash)))
    assert stored == {second_factor.hash_recovery_code(code) for code in codes}
    assert stored.isdisjoint(codes)
    assert all(code not in visitor.get("/account/recovery-codes").text for code in codes)
    other = app.test_client()
    assert enter(other).location == "/sign-in/code"
    assert "was used before" in enter_code(other, pyotp.TOTP(key).now()).text
    assert enter_code(other, codes[0]).location == "/"
    assert "second_factor_set_up" in kinds(session, kim)


def test_the_key_is_never_shown_without_the_password(kim, visitor, session):
    enter(visitor)
    page = visitor.post("/account/second-factor", data={"current_password": "not the password"}).text
    assert "Your current password is not right" in page
    assert fresh(session, kim).second_factor_secret is None
    visitor.post("/account/second-factor", data={"current_password": PASSWORD})
    assert fresh(session, kim).second_factor_secret not in visitor.get("/account/second-factor").text.replace(" ", "")


def test_new_recovery_codes_end_the_old_ones(kim, secret, visitor, app, session):
    old = add_recovery_code(session, kim)
    enter(visitor), enter_code(visitor, pyotp.TOTP(secret).now())
    codes = codes_on(visitor.post("/account/recovery-codes", data={"current_password": PASSWORD}).text)
    assert len(codes) == 10
    other = app.test_client()
    enter(other)
    assert "not right" in enter_code(other, old).text
    wrong = visitor.post("/account/recovery-codes", data={"current_password": "not the password"}).text
    assert "Your current password is not right" in wrong


def test_a_second_factor_is_removed_only_with_the_password(kim, secret, visitor, session):
    enter(visitor), enter_code(visitor, pyotp.TOTP(secret).now())
    visitor.post("/account/second-factor/remove", data={"current_password": "not the password"})
    assert fresh(session, kim).second_factor_since is not None
    visitor.post("/account/second-factor/remove", data={"current_password": PASSWORD})
    assert fresh(session, kim).second_factor_since is None
    assert session.scalars(select(RecoveryCode)).all() == []
    assert kinds(session, kim)[-1] == "second_factor_removed"


def test_a_changed_password_ends_every_other_sign_in(kim, visitor, app, session):
    other = app.test_client()
    enter(visitor), enter(other)
    data = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert visitor.post("/account/password", data=data).location == "/account"
    assert is_in(visitor)
    assert not is_in(other)
    assert WRONG in enter(other).text
    enter(other, OTHER_PASSWORD)
    assert is_in(other)
    assert "password_changed" in kinds(session, kim)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"current_password": "not the password", "new_password": OTHER_PASSWORD},
            "Your current password is not right",
        ),
        ({"current_password": PASSWORD, "new_password": "short"}, "Password must be 12 characters or more"),
        ({"current_password": PASSWORD, "new_password": ""}, "Enter a password"),
    ],
)
def test_a_refused_new_password_changes_nothing(kim, visitor, session, typed, sentence):
    enter(visitor)
    before = kim.password_hash
    page = visitor.post("/account/password", data=typed).text
    assert sentence in page
    assert "not the password" not in page
    assert fresh(session, kim).password_hash == before


def test_a_listed_password_is_refused_by_the_form(kim, app, visitor, tmp_path, monkeypatch):
    from hashlib import sha1

    file = tmp_path / "listed.txt"
    file.write_text(sha1(OTHER_PASSWORD.encode()).hexdigest().upper() + ":3\n")
    monkeypatch.setitem(app.config, "BREACHED_PASSWORDS_FILE", str(file))
    enter(visitor)
    data = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert "list of stolen passwords" in visitor.post("/account/password", data=data).text


def test_no_secret_is_in_the_log(kim, visitor, session):
    enter(visitor)
    page = visitor.post("/account/second-factor", data={"current_password": PASSWORD}).text
    key = key_on(page)
    codes = codes_on(visitor.post("/account/second-factor", data={"code": pyotp.TOTP(key).now()}).text)
    with visitor.session_transaction() as cookie:
        token = cookie["_user_id"]
    recorded = str([(entry.data, entry.actor_label) for entry in log.entries_after(session, kim.stream, 0)])
    assert not [hidden for hidden in (PASSWORD, key, token, EMAIL, *codes) if hidden in recorded]


def test_the_settings_keep_the_cookie_from_scripts_and_other_sites():
    assert Config.SESSION_COOKIE_HTTPONLY is True
    assert Config.SESSION_COOKIE_SAMESITE == "Lax"
