"""What the operator runs for the ledger each night, and to check a saved copy of its heads."""

import json

import pytest
from sqlalchemy import select, update

from commonpurse.outcomes.commands import issue_splits
from commonpurse.outcomes.models import PostedSplit, PublishedHeads
from support.databases import switch_triggers_off
from support.delivery_rows import make_agreed_rule, make_contract, make_record
from support.world import NOW


@pytest.fixture
def run(app, session, world):
    """Run a command over a ledger with one split."""
    contract = make_contract(session, world)
    make_agreed_rule(session, world, {"kind": "equal"})
    make_record(session, world, contract, subject="a", quantity=7)
    issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    session.commit()
    return lambda *arguments: app.test_cli_runner().invoke(args=["outcomes", *arguments])


def spoil(session):
    switch_triggers_off(session)
    session.execute(update(PostedSplit).values(digest="e" * 64))
    session.commit()


def test_the_night_proves_the_ledger_and_publishes_its_heads_once(run, session, caplog):
    caplog.set_level("INFO", "commonpurse.outcomes")
    done = run("nightly")
    assert (done.exit_code, "1 splits in 1 chains" in done.output, "; heads published" in done.output) == (
        0,
        True,
        True,
    )
    assert "every one adds up" in caplog.text
    assert "published today" in run("nightly").output
    assert len(session.scalars(select(PublishedHeads)).all()) == 1


def test_a_fault_reaches_the_operators_log_and_nothing_is_published(run, session, caplog):
    spoil(session)
    done = run("nightly")
    assert done.exit_code == 1
    assert [record.levelname for record in caplog.records if "it was changed" in record.message] == ["ERROR"]
    assert session.scalars(select(PublishedHeads)).all() == []


def test_a_saved_copy_is_compared_with_the_present_ledger(run, session, tmp_path):
    saved = tmp_path / "heads.json"
    saved.write_text(run("heads", "--publish").output)
    assert json.loads(saved.read_text())["heads"]
    assert run("heads", "--check", str(saved)).exit_code == 0
    spoil(session)
    done = run("heads", "--check", str(saved))
    assert (done.exit_code, "is no longer in the chain" in done.output) == (1, True)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"day": "x"}', "[" * 100_000])
def test_a_file_that_is_no_copy_is_refused_in_words(run, tmp_path, content):
    saved = tmp_path / "heads.json"
    saved.write_text(content)
    done = run("heads", "--check", str(saved))
    assert (done.exit_code, "Error: " in done.output, "Traceback" in done.output) == (1, True, False)
    assert run("heads", "--check", str(tmp_path / "nowhere")).exit_code == 1
