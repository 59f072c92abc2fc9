"""The nightly proof that nobody counts twice, over all consortia."""

import pytest
from sqlalchemy import text, update

from commonpurse.delivery.models import OutcomeRecord
from support.claim_rows import clashes, make_sides
from support.delivery_rows import make_record


@pytest.fixture
def sides(session, world):
    return make_sides(session, world)


@pytest.fixture
def run(app, session):
    def run(*arguments):
        session.commit()
        return app.test_cli_runner().invoke(args=["outcomes", *arguments])

    return run


def twice(session, world, sides):
    """What the index forbids, for a database that has lost it."""
    session.execute(text("DROP INDEX uq_delivery_outcome_record_claimed_once"))
    make_record(session, world, sides.contract, subject="learner 7", body="leeds")


def test_the_proof_counts_the_claims_of_all_consortia(session, world, sides, run):
    make_record(session, world, sides.contract, subject="learner 8", body="leeds")
    done = run("verify")
    assert done.exit_code == 0
    assert "2 claims: nobody counts twice in a measure and quarter; 0 refused ones are not settled" in done.output


def test_the_proof_finds_a_person_who_counts_twice_in_two_consortia(session, world, sides, run, caplog):
    twice(session, world, sides)
    done = run("verify")
    assert done.exit_code == 1
    assert f"APP-L3, quarter from 2026-10-01: {sides.record.subject_key[:8]} is claimed 2 times" in done.output
    assert "2 claims: 1 faults" in done.output
    night = run("nightly")
    assert (night.exit_code, "1 faults; nothing is published" in night.output) == (1, True)
    assert [record.levelname for record in caplog.records if "claims: APP-L3" in record.message] == ["ERROR"]


def test_the_proof_finds_a_claim_on_a_day_within_a_quarter(session, sides, run):
    session.execute(update(OutcomeRecord).values(quarter_starting=sides.record.quarter_starting.replace(day=2)))
    done = run("verify")
    assert (done.exit_code, "2026-10-02 is claimed for, but begins no quarter" in done.output) == (1, True)


def test_the_proof_lists_refused_claims_until_they_are_settled_and_names_nobody(session, world, sides, run):
    sides.refused()
    [clash] = clashes(session)
    said = run("verify").output
    assert f"{clash.id} APP-L3 2026-10-01: refused since 2026-11-02" in said
    assert not [name for name in ("Leeds", "Gateshead", "Paper", clash.subject_key[:8]) if name in said]
    sides.ask(clash)
    assert "asked since" in run("verify").output
    assert "1 refused ones are not settled" in run("nightly").output
    sides.keep()
    assert "0 refused ones are not settled" in run("verify").output
