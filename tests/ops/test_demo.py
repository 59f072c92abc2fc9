"""The demonstration: told once, checked to the end, and refused anywhere else."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import joined_bodies
from commonpurse.core.db import make_engine
from commonpurse.core.errors import Refused
from commonpurse.delivery.models import Clash
from commonpurse.delivery.queries import check_claims
from commonpurse.delivery.rules import Standing
from commonpurse.ops import demo
from commonpurse.ops.demo import story
from commonpurse.outcomes.queries.weighing import list_resting, weighing_of
from config import ROOT
from support.demo import demo_environment, flask

COUNCILS = ("Newcastle", "Gateshead", "Darlington", "Calderdale", "Manchester")


@pytest.fixture
def demo_session(demo_url: str) -> Iterator[Session]:
    """Reads the demonstration's rows."""
    engine = make_engine(demo_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def checked(demo_url: str) -> str:
    """What `flask demo check` prints."""
    return flask("demo", "check", environment=demo_environment(demo_url))


def test_each_of_the_five_councils_gets_a_statement_with_its_share_of_every_outcome(checked):
    statements = re.findall(r"^Statement of (\w+) .*\n((?:  .*\n)+)", checked, re.MULTILINE)
    assert [council for council, _ in statements] == list(COUNCILS)
    assert len({lines.count("\n") for _, lines in statements}) == 1


def test_every_certificate_line_really_adds_up(checked):
    certificates = re.findall(r"Adds up exactly: ([\d,.]+) = (.+)$", checked, re.MULTILINE)
    assert len(certificates) == 4
    for total, parts in certificates:
        assert sum(map(_number, parts.split(" + "))) == _number(total)
        assert len(parts.split(" + ")) == len(COUNCILS)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_what_the_statements_say_together_is_what_the_consortium_says(checked):
    together = re.findall(r"Together: ([\d,.]+) tCO2e", checked)
    [certificate] = re.findall(r"tCO2e\. Adds up exactly: ([\d,.]+) =", checked)
    assert sum(map(_number, together)) == _number(certificate)


def test_every_event_stream_of_the_demonstration_holds(demo_url):
    printed = flask("log", "verify", environment=demo_environment(demo_url))
    assert printed.rstrip().endswith(", 0 with a fault")


def test_every_split_of_the_demonstration_can_be_recomputed(demo_url):
    flask("outcomes", "verify", environment=demo_environment(demo_url))


def test_seeding_again_prints_three_sign_ins_and_changes_nothing(demo_url):
    before = _rows(demo_url)
    printed = flask("demo", "seed", environment=demo_environment(demo_url))
    assert len(re.findall(r"\S+@\w+\.example", printed)) == 3
    assert _rows(demo_url) == before


def _rows(url: str) -> list[str]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        return list(database.iterdump())


def test_the_five_councils_agreed_weights_from_a_quarter_before_and_no_split_goes_by_them(demo_session):
    weighing = weighing_of(demo_session, _consortium(demo_session, story.WASHROOMS))
    [version] = weighing.versions
    assert {weighing.joined[body].split()[0] for body in version.numbers} == set(COUNCILS)
    assert (version.basis, sum(version.numbers.values())) == ("Washrooms served", 1778)
    assert version.effective_from < version.agreed_at.date()
    assert version.source.startswith("Made up for this demonstration")
    assert list_resting(demo_session, [_consortium(demo_session, story.WASHROOMS).id]) == []


def test_two_of_the_councils_were_refused_an_apprentice_and_wait_for_the_other_side(demo_session):
    workwear = _consortium(demo_session, story.WORKWEAR)
    assert [body.name.split()[0] for body in joined_bodies(demo_session, workwear.id)] == ["Gateshead", "Darlington"]
    [clash] = demo_session.scalars(select(Clash)).all()
    assert (clash.contract.consortium_id, clash.subject_kind) == (workwear.id, "beneficiary")
    assert clash.held_contract.consortium.name == story.WASHROOMS.name
    assert [step.kind for step in clash.steps] == ["refused", "asked"]
    report = check_claims(demo_session)
    assert (report.faults, [each.standing for each in report.unsettled]) == ((), [Standing.ASKED])


def _consortium(session: Session, plan: story.Plan) -> Consortium:
    return session.scalars(select(Consortium).where(Consortium.name == plan.name)).one()


def test_it_is_refused_where_it_is_no_demonstration(session):
    with pytest.raises(Refused, match="everybody knows its password"):
        demo.seed(ROOT / "reference", now=datetime.now(UTC), is_demo=False)
