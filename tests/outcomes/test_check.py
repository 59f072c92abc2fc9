"""`flask statement check`: whether a file is as it was issued, right, and the newest; never a stack trace."""

import json
from datetime import timedelta

import pytest

from commonpurse.calc.digest import sha256_hex
from commonpurse.core import signature
from support.delivery_rows import make_contract
from support.editions import correct, editions_of, issue, make_two_places
from support.world import NOW

LATER = NOW + timedelta(days=1)


@pytest.fixture
def base(world):
    return f"/consortia/{world.consortium.id}/outcomes"


@pytest.fixture
def records(app, session, world):
    signature.bind(signature.derive("a key for tests only, long enough to sign"))
    return make_two_places(session, world, make_contract(session, world))


@pytest.fixture
def published(session, world, client_of, base, records):
    """The signed JSON of Gateshead's first edition."""
    issue(session, world)
    [row] = editions_of(session, world, "gateshead")
    return client_of("gateshead").get(f"{base}/statements/issued/{row.id}.json").get_json()


@pytest.fixture
def check(app, tmp_path):
    def checked(content):
        file = tmp_path / "statement.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        done = app.test_cli_runner().invoke(args=["statement", "check", str(file)])
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done

    return checked


def test_an_issued_statement_is_right_in_every_part(check, published):
    done = check(published)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "The digest is right",
        f"The signature is right, by the key {signature.public_keys()[0].id}",
        "Every figure follows from its splits",
        "It is the newest edition",
    ]


def test_a_replaced_edition_is_told_from_the_newest(session, world, check, published, records):
    correct(session, world, records["gateshead"], 40)
    issue(session, world, reason="Counted twice", now=LATER)
    done = check(published)
    assert done.exit_code == 1
    assert "It was replaced by edition 2: Counted twice" in done.output
    assert "The signature is right" in done.output


def test_a_doctored_statement_is_found_by_each_of_its_parts(check, published):
    statement = json.loads(json.dumps(published["statement"]))
    statement["measures"][0]["cumulative"] += 1
    changed = check({**published, "statement": statement})
    assert changed.exit_code == 1
    for words in ("The digest is wrong", "The signature is wrong", "A figure is wrong", "has not issued it"):
        assert words in changed.output
    forged = check({**published, "statement": statement, "digest": sha256_hex(statement)})
    assert "The digest is right" in forged.output
    assert "The signature is wrong" in forged.output


def test_a_draft_is_not_signed(client_of, world, base, check, records):
    draft = client_of("gateshead").get(f"{base}/statements/{world.organisation('gateshead')}.json").get_json()
    done = check(draft)
    assert done.exit_code == 1
    assert "It is not signed" in done.output
    assert "Every figure follows from its splits" in done.output


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", "1", '{"statement": 1}', '{"statement": {}}', "[" * 100_000,
        '{"statement": {"a": 1.5}, "digest": null}', '{"statement": {"a": "\\ud800"}}', '{"statement": {"a": NaN}}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_no_statement_is_said_to_be_none(check, content):
    done = check(content)
    assert done.exit_code == 1
    assert "is no " in done.output


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_statement_with_any_part_missing_or_spoilt_is_never_a_stack_trace(check, published):
    for part in published["statement"]:
        statement = {name: value for name, value in published["statement"].items() if name != part}
        assert check({**published, "statement": statement}).exit_code == 1
        for wrong in (each for each in (None, [], {}, "x", -1) if each != published["statement"][part]):
            assert check({**published, "statement": {**published["statement"], part: wrong}}).exit_code == 1
    for wrong in ("x", 1, {}, {"algorithm": "Ed25519", "key": "0", "value": 7}):
        assert check({**published, "signature": wrong}).exit_code == 1
    assert check({**published, "digest": 5}).exit_code == 1
    measures = [{**measure, "id": "x"} for measure in published["statement"]["measures"]]
    assert check({**published, "statement": {**published["statement"], "measures": measures}}).exit_code == 1
    split = published["statement"]["splits"][0]
    for name in split["record"]:
        record = {**split["record"], name: None}
        statement = {**published["statement"], "splits": [{**split, "record": record}]}
        assert check({**published, "statement": statement}).exit_code == 1


def test_a_file_that_is_not_there_is_said_to_be_missing(app, tmp_path):
    done = app.test_cli_runner().invoke(args=["statement", "check", str(tmp_path / "none.json")])
    assert done.exit_code == 1
    assert "cannot be read" in done.output
