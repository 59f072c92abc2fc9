"""Signing in and out through the pages, and the attacks on it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from commonpurse.core.mail import Mail
from commonpurse.identity import commands
from commonpurse.identity.models import SignIn
from commonpurse.identity.rules import passwords, tokens
from commonpurse.web.limits import counter
from config import Config
from support.identity_rows import EMAIL, PASSWORD, enter, fresh, is_in, kinds

OTHER_PASSWORD = "four other words instead"
WRONG = "The email address or password is not right"


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


@pytest.fixture
def limited(app, monkeypatch):
    """The rate limits count during this test."""
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    counter(app).storage.reset()


def test_too_many_tries_from_one_address_are_stopped(kim, visitor, limited):
    codes = [enter(visitor, "not the password", f"n{number}@x.example").status_code for number in range(21)]
    assert codes == [200] * 20 + [429]


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
        ({"current_password": PASSWORD, "new_password": "Gateshead for ever"}, "the name of your organisation"),
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


def test_the_cookie_is_kept_from_scripts_and_other_sites(kim, visitor):
    [cookie] = [each for each in enter(visitor).headers.getlist("Set-Cookie") if each.startswith("commonpurse=")]
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize(("address", "secure"), [("https://us.example", True), ("http://us.example", False)])
def test_the_cookie_travels_encrypted_wherever_the_service_is_served_so(address, secure):
    env = {"SECRET_KEY": "of one test, but long enough to sign", "DATABASE_URL": "sqlite://", "BASE_URL": address}
    assert Config.from_env(env).SESSION_COOKIE_SECURE is secure
