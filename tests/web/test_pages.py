"""What every answer of the service has: headers, error pages, words for numbers and dates."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from werkzeug.exceptions import TooManyRequests

from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.web import pages


@pytest.fixture
def answer(app):
    """What the error handler makes of an error."""

    def answered(error: Exception) -> tuple[str, int]:
        with app.test_request_context("/"):
            return app.handle_user_exception(error)

    return answered


def test_scripts_need_the_nonce_of_their_answer_and_nothing_inline_is_allowed(visitor):
    first, second = visitor.get("/"), visitor.get("/")
    policy = first.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert policy != second.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert first.text.count(f'nonce="{nonce}"') == first.text.count("<script")


def test_answers_cannot_be_framed_sniffed_or_cached(visitor):
    headers = visitor.get("/").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_built_files_may_be_kept_for_ever(visitor, app):
    with app.test_request_context():
        address = pages.asset("app.css")
    with visitor.get(address) as answered:
        assert "immutable" in answered.headers["Cache-Control"]


def test_that_a_built_file_is_missing_is_kept_by_nobody(visitor):
    answered = visitor.get("/static/dist/app-000000000000.css")
    assert (answered.status_code, answered.headers["Cache-Control"]) == (404, "no-store")


def test_what_does_not_exist_and_what_one_may_not_see_look_the_same(visitor, answer):
    assert visitor.get("/no-such-page").status_code == 404
    page, status = answer(NotFound("There is no such consortium"))
    assert (status, "There is no such consortium" in page) == (404, True)


def test_a_403_says_who_can_grant_access(answer):
    page, status = answer(NotAllowed("You cannot verify this", who="A buyer of another body can verify it"))
    assert (status, "A buyer of another body can verify it" in page) == (403, True)


@pytest.mark.parametrize(("error", "expected"), [(Stale("Look again"), 409), (Refused("Enter more"), 422)])
def test_a_refusal_outside_a_form_is_a_page_with_its_sentence(answer, error, expected):
    page, status = answer(error)
    assert (status, str(error) in page) == (expected, True)


def test_a_user_never_sees_a_stack_trace_and_an_operator_always_finds_one(app, caplog):
    app.config["TESTING"] = False
    try:
        with app.test_request_context("/"):
            page, status = app.handle_user_exception(ZeroDivisionError("secret detail"))
    finally:
        app.config["TESTING"] = True
    [record] = [record for record in caplog.records if "request failed" in record.message]
    reference = record.args[0]
    assert (status, reference in page, "secret detail" in page) == (500, True, False)
    assert "ZeroDivisionError: secret detail" in caplog.text


def test_an_error_page_keeps_what_the_error_says_in_its_headers(app):
    with app.test_request_context("/"):
        page, status, headers = app.handle_user_exception(TooManyRequests(retry_after=60))
        assert (status, headers["Retry-After"]) == (429, "60")
        assert "<h1" in page
    answer = app.test_client().post("/healthz")
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)
    assert answer.content_type == "text/html; charset=utf-8"


def test_a_post_without_its_token_is_refused(app):
    app.config["WTF_CSRF_ENABLED"] = True
    assert app.test_client().post("/sign-out").status_code == 400


def test_dates_moments_and_numbers_are_said_in_words(app):
    with app.test_request_context():
        assert pages.say_date(date(2026, 4, 3)) == "3 April 2026"
        assert pages.say_datetime(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "1 July 2026 at 1:05pm"
        assert pages.say_datetime(datetime(2026, 1, 1, 0, 0, tzinfo=UTC)) == "1 January 2026 at 12:00am"
        assert pages.say_number(Decimal("1234.50")) == "1,234.50"
        assert pages.say_number(1234567) == "1,234,567"


def test_a_nul_in_an_address_is_refused_before_it_reaches_the_database(visitor):
    assert visitor.get("/reference/areas.json?q=%00").status_code == 400
    assert visitor.get("/register/%00").status_code in {400, 404}
