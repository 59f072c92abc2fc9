"""Health, and what the service says of itself."""

import pytest

from commonpurse.core import db


def test_the_service_says_it_is_well_while_the_database_answers(visitor):
    assert visitor.get("/healthz").get_json() == {"status": "ok"}


def test_the_service_says_when_the_database_does_not_answer(visitor, tmp_path):
    empty = db.make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    db._sessions.configure(bind=empty, join_transaction_mode="conditional_savepoint")
    answer = visitor.get("/healthz")
    empty.dispose()
    assert (answer.status_code, answer.get_json()) == (503, {"status": "database unreachable"})


@pytest.mark.parametrize("path", ["/accessibility", "/privacy"])
def test_anybody_can_read_what_the_service_says_of_itself(visitor, path):
    assert visitor.get(path).status_code == 200


def test_search_engines_may_read_the_register_only(visitor):
    assert "Disallow: /\n" in visitor.get("/robots.txt").text
