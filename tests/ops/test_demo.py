"""The demonstration: told once, checked to the end, and refused anywhere else."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from commonpurse.core.errors import Refused
from commonpurse.ops import demo
from config import ROOT
from support.demo import demo_environment, flask

COUNCILS = ("Newcastle", "Gateshead", "Darlington", "Calderdale", "Manchester")


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


def test_three_sign_ins_are_printed(demo_url):
    printed = flask("demo", "seed", environment=demo_environment(demo_url))
    assert len(re.findall(r"\S+@\w+\.example", printed)) == 3


def test_it_is_refused_where_it_is_no_demonstration(session):
    with pytest.raises(Refused, match="everybody knows its password"):
        demo.seed(ROOT / "reference", now=datetime.now(UTC), is_demo=False)
