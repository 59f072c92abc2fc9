"""The API answers in JSON whatever is sent to it, and says what is wrong in a sentence."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from commonpurse.calc import operations
from commonpurse.calc.operations.sharing import LARGEST_REMAINDER
from commonpurse.web.limits import counter

PROBLEM = {"parties": ["Leeds", "Hull"], "total": 5, "weights": [1, 2]}
ADDRESS = "/api/v1/calc/largest_remainder"


def refused(response: TestResponse, status: int) -> Any:
    assert (response.status_code, response.mimetype) == (status, "application/json")
    assert response.json is not None
    assert response.json["error"]
    return response.json


def test_anybody_is_answered_without_a_cookie_or_a_token(anybody):
    response = anybody.post(ADDRESS, json=PROBLEM)
    assert response.status_code == 200
    assert response.json["shares"] == {"Leeds": 2, "Hull": 3}
    assert response.json["adds_up"] == "Adds up exactly: 5 = 2 + 3"
    assert "Set-Cookie" not in response.headers


def test_the_list_names_every_operation_with_a_problem_that_runs(anybody):
    listed = anybody.get("/api/v1/calc").json["operations"]
    assert [each["operation"] for each in listed] == list(operations.OPERATIONS)
    for each in listed:
        assert anybody.post(f"/api/v1/calc/{each['operation']}", json=each["example"]).status_code == 200


def test_a_bad_problem_says_what_is_wrong_and_where(anybody):
    response = anybody.post(ADDRESS, json={**PROBLEM, "weights": [1, -2]})
    assert refused(response, 422) == {"error": "weights[1]: must be 0 or more", "path": "weights[1]"}


@pytest.mark.parametrize("body", [b"", b"{", b'{"total": NaN}', b"[1,]", "\ufeff{}".encode()])
def test_what_is_no_json_is_refused_as_that(anybody, body):
    said = refused(anybody.post(ADDRESS, data=body, content_type="application/json"), 400)["error"]
    assert said.startswith("The problem is not JSON: ")


def test_what_is_no_text_is_refused_as_that(anybody):
    response = anybody.post(ADDRESS, data=b"\xff", content_type="application/json")
    assert refused(response, 400)["error"] == "The problem is not text in UTF-8"


def test_an_unknown_operation_is_not_found(anybody):
    assert refused(anybody.post("/api/v1/calc/guess", json=PROBLEM), 404)["error"] == "There is no operation 'guess'"


def test_a_body_that_is_not_said_to_be_json_is_refused(anybody):
    assert "application/json" in refused(anybody.post(ADDRESS, data=json.dumps(PROBLEM)), 415)["error"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(anybody):
    large = b" " * (operations.MOST_CHARACTERS + 1)
    refused(anybody.post(ADDRESS, data=large, content_type="application/json"), 413)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/nothing", "/api/v1/calc/a/b", "/api/v1/calc/guess"])
def test_an_address_without_anything_is_not_found_whatever_the_method(anybody, method, path):
    refused(anybody.open(path, method=method, json=PROBLEM), 404)


def test_an_address_with_an_unprintable_character_is_refused(anybody):
    assert anybody.post("/api/v1/calc/%00", json=PROBLEM).status_code == 400


def test_another_version_of_the_api_is_not_found(anybody):
    assert anybody.post("/api/v2", json=PROBLEM).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [("GET", ADDRESS, "POST"), ("DELETE", ADDRESS, "POST"), ("POST", "/api/v1/calc", "GET")],
)
def test_a_wrong_method_names_the_right_ones(anybody, method, path, right):
    response = anybody.open(path, method=method)
    refused(response, 405)
    assert right in response.headers["Allow"]


def test_too_many_requests_are_put_off(anybody, monkeypatch):
    monkeypatch.setitem(anybody.application.config, "RATELIMIT_ENABLED", True)
    counter(anybody.application).storage.reset()
    statuses = [anybody.post(ADDRESS, json=PROBLEM).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    response = anybody.post(ADDRESS, json=PROBLEM)
    refused(response, 429)
    assert int(response.headers["Retry-After"]) > 0


def test_our_own_mistake_shows_a_reference_and_no_trace(anybody, monkeypatch, caplog):
    def fail(self, text):
        raise RuntimeError("the inside of it")

    monkeypatch.setattr(type(LARGEST_REMAINDER), "answer", fail)
    said = refused(anybody.post(ADDRESS, json=PROBLEM), 500)["error"]
    assert "the inside of it" not in said
    assert said.rpartition(" ")[2] in caplog.text
