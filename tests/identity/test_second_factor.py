"""The second factor and its recovery codes, through the pages, and the attacks on them."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from commonpurse.core import log
from commonpurse.identity.models import RecoveryCode, SignIn
from commonpurse.identity.rules import second_factor
from support.identity_rows import EMAIL, PASSWORD, enter, enter_code, fresh, is_in, kinds


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
    page = visitor.post("/account/recovery-codes", data={"current_password": PASSWORD}).text
    assert "Your recovery codes are new" in page
    codes = codes_on(page)
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


@pytest.mark.parametrize("page", ["/account/second-factor", "/account/recovery-codes"])
def test_nobody_is_asked_for_a_password_that_leads_nowhere(kim, visitor, session, page):
    enter(visitor)
    may_set_up = page == "/account/second-factor"
    assert ('name="current_password"' in visitor.get(page).text) == may_set_up
    kim.second_factor_secret, kim.second_factor_since = second_factor.new_secret(), datetime.now(UTC)
    session.commit()
    assert ('name="current_password"' in visitor.get(page).text) != may_set_up


def test_who_asks_for_a_key_twice_is_told_so(kim, secret, visitor):
    enter(visitor), enter_code(visitor, pyotp.TOTP(secret).now())
    page = visitor.post("/account/second-factor", data={"current_password": PASSWORD}).text
    assert "You have set up a second factor already" in page
    assert "<svg" not in page.split("<main")[1]


def test_no_secret_is_in_the_log(kim, visitor, session):
    enter(visitor)
    page = visitor.post("/account/second-factor", data={"current_password": PASSWORD}).text
    key = key_on(page)
    codes = codes_on(visitor.post("/account/second-factor", data={"code": pyotp.TOTP(key).now()}).text)
    with visitor.session_transaction() as cookie:
        token = cookie["_user_id"]
    recorded = str([(entry.data, entry.actor_label) for entry in log.entries_after(session, kim.stream, 0)])
    assert not [hidden for hidden in (PASSWORD, key, token, EMAIL, *codes) if hidden in recorded]
