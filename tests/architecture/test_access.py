"""Every route, tried by everybody: who gets in is what the table in `support.access_policy` says, and nothing else.

Who is refused has changed nothing, and no page offers a form to somebody who would be refused when they send it.
All of it runs on SQLite. Policies ask loaded rows and never the engine, so PostgreSQL is asked for every sixth line.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from support import access_policy
from support.access_people import PERSONAS, Door, open_door

LINES = access_policy.routes()
POSTS = {line.endpoint: line.letters for line in LINES if line.method == "POST"}
TRIED = [
    *(pytest.param("sqlite", line, id=f"{line} sqlite") for line in LINES),
    *(pytest.param("postgresql", line, id=f"{line} postgresql") for line in LINES[::6]),
]


@pytest.fixture(scope="module")
def door(request: pytest.FixtureRequest, whole_application: Flask) -> Iterator[Door]:
    """The application before a world of its own, on the database that the line names."""
    with open_door(whole_application, request.getfixturevalue(f"{request.param}_engine")) as opened:
        yield opened


@pytest.mark.parametrize(("door", "line"), TRIED, indirect=["door"], scope="module")
def test_everybody_is_answered_as_the_table_says(door, line):
    answers = {persona.name: door.try_as(persona, line.method, line.endpoint) for persona in PERSONAS}
    assert {name: answer.letter for name, answer in answers.items()} == dict(zip(answers, line.letters, strict=True))
    refused = {name: answer for name, answer in answers.items() if answer.letter not in "+="}
    assert {name: answer.writes for name, answer in refused.items() if answer.writes} == {}
    path, posts = door.path(line.endpoint), POSTS.get(line.endpoint, line.letters)
    denied = [name for name, letter in zip(answers, posts, strict=True) if letter in "x0"]
    assert [name for name in denied if answers[name].offers_form(path)] == []


def test_no_route_is_missing_from_the_table_and_none_is_made_up(whole_application):
    there = {
        (rule.endpoint, method)
        for rule in whole_application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    listed = [(line.endpoint, line.method) for line in LINES]
    assert sorted(listed) == sorted(there)


def test_visitors_open_the_public_views_and_no_other(whole_application):
    marked = {name: getattr(view, "access", "") for name, view in whole_application.view_functions.items()}
    turned_away = {line.endpoint for line in LINES if line.letters[0] == "s"}
    let_in = {line.endpoint for line in LINES if line.letters[0] != "s"}
    assert {marked[endpoint] for endpoint in turned_away} == {"signed_in"}
    assert {marked[endpoint] for endpoint in let_in} == {"public"}


def test_every_pattern_of_the_table_is_used():
    used = {line.letters for line in LINES}
    assert {name for name, letters in access_policy.patterns().items() if letters not in used} == set()
