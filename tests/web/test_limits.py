"""How often one address may ask."""

import pytest
from flask import Flask, request

from commonpurse.web.limits import believe_proxies, limited


@pytest.fixture
def counting():
    app = Flask("counting")
    app.config.from_mapping(RATELIMIT_ENABLED=True, RATELIMIT_STORAGE_URI="memory://")
    app.add_url_rule("/read", "read", limited("3 per minute")(lambda: "read"))
    app.add_url_rule("/other", "other", limited("3 per minute")(lambda: "other"))
    app.add_url_rule(
        "/send", "send", limited("3 per minute", methods=["POST"])(lambda: "sent"), methods=["GET", "POST"]
    )
    return app.test_client()


def test_an_address_is_stopped_after_its_limit_and_told_when_to_come_back(counting):
    codes = [counting.get("/read").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert int(counting.get("/read").headers["Retry-After"]) == 60


def test_every_view_and_every_address_is_counted_by_itself(counting):
    for _ in range(4):
        counting.get("/read")
    assert counting.get("/other").status_code == 200
    assert counting.get("/read", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_only_the_named_methods_count(counting):
    assert {counting.get("/send").status_code for _ in range(9)} == {200}
    assert [counting.post("/send").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_nothing_counts_where_limits_are_switched_off(counting):
    counting.application.config["RATELIMIT_ENABLED"] = False
    assert {counting.get("/read").status_code for _ in range(9)} == {200}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "192.0.2.7", "127.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (2, "203.0.113.9, 192.0.2.7, 10.0.0.1", "192.0.2.7"),
        (2, "192.0.2.7", "127.0.0.1"),
    ],
)
def test_an_address_is_what_our_own_proxies_say_and_never_what_a_browser_says(proxies, forwarded, found):
    app = Flask("forwarded")
    app.add_url_rule("/", "address", lambda: f"{request.remote_addr} {request.scheme}")
    believe_proxies(app, proxies)
    told = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": ", ".join(["https"] * (forwarded.count(",") + 1))}
    scheme = "http" if found == "127.0.0.1" else "https"
    assert app.test_client().get("/", headers=told).text == f"{found} {scheme}"
