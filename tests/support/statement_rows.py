"""Rows of statements: outcomes of two measures, contracts, places and quarters, split and stated."""

from datetime import date

from commonpurse.outcomes import commands, queries
from support.access_world import add_evidence
from support.delivery_rows import make_agreed_rule, make_agreed_target, make_contract, make_record
from support.pooling_rows import make_budget
from support.world import AREAS, NOW, make_measure

SECOND = date(2027, 1, 1)


def issue_splits(session, world):
    commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    session.commit()


def deliver_and_split(session, world):
    """Two measures under two contracts in two places and quarters, with a target and evidence, split by budgets."""
    contract, other = make_contract(session, world), make_contract(session, world, title="Verges", reference="V-1")
    make_agreed_rule(session, world, {"kind": "committed_budget"})
    make_agreed_target(session, world, 2000)
    for body, pounds in (("newcastle", 417), ("gateshead", 332), ("darlington", 251)):
        make_budget(session, world, body, pounds * 100)
    carbon = make_measure(session, "CARBON", title="Carbon saved", unit="tCO2e", decimals=2, counts="asset")
    first = make_record(session, world, contract, subject="a", quantity=101)
    add_evidence(session, first)
    make_record(session, world, other, subject="b", quantity=67, place_gss=AREAS["gateshead"][0])
    make_record(session, world, contract, subject="c", quantity=205, quarter_starting=SECOND)
    make_record(session, world, contract, subject="m", quantity=1000, quarter_starting=SECOND, measure_id=carbon.id)
    issue_splits(session, world)


def statement_of(session, world, body, **values):
    key = world.organisation(body)
    return queries.statement(session, world.actor("gateshead"), world.consortium.id, key, **values).document
