"""What belongs to somebody, reached for by the members of another consortium: it does not exist for them."""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from commonpurse.core import db
from commonpurse.identity.models import LinkPurpose, SignIn
from commonpurse.workspaces.commands import open_workspace
from support import access_policy
from support.access_people import Door, Persona, open_door
from support.access_world import INVITATION, RESET, Things, add_body, add_evidence, make_link
from support.delivery_rows import make_contract, make_record
from support.world import NOW, make_consortium

LEEDS = Persona("a buyer of Leeds", "leeds", "buyer")
NEIGHBOURS = (
    LEEDS,
    Persona("an approver of Leeds", "leeds", "approver"),
    Persona("an administrator of Leeds", "leeds", "organisation_administrator"),
    Persona("a buyer of Hull", "hull", "buyer"),
)
ADMINISTRATOR = NEIGHBOURS[2]
GATESHEAD = Persona("a buyer", "gateshead", "buyer")
IN_BOTH = (GATESHEAD, Persona("an approver", "gateshead", "approver"))
OF_A_CONSORTIUM = {
    "line_id",
    "contribution_id",
    "upload_id",
    "decision_id",
    "clash_id",
    "item_id",
    "record_id",
    "evidence_id",
    "split_id",
    "edition_id",
    "organisation_id",
}
OF_AN_ORGANISATION = {"person_id", "link_id"}
OF_NOBODY = {"consortium_id", "framework_version_id", "measure_id", "file_id", "supplier_id", "token", "heads_id"}
"""What is published, what opens for whoever holds it, and the consortium and a body's own measure, which have tests."""
WORDS = {"kind", "format", "filename", "operation", "table", "tier"}

LINES = [line for line in access_policy.routes() if line.letters[2] == "0"]


@pytest.fixture(scope="module")
def door(whole_application: Flask, sqlite_engine: Engine) -> Iterator[Door]:
    """The world of everybody, and beside it the consortium of Leeds, Hull and Gateshead with things of its own."""
    with open_door(whole_application, sqlite_engine, _settle_neighbours) as opened:
        with db.new_session() as session:
            for persona in NEIGHBOURS:
                opened.sign_in(session, persona)
        yield opened


def _settle_neighbours(session: Session, things: Things) -> None:
    world = things.world
    add_body(session, world, "hull", "Hull Council")
    theirs = make_consortium(session, world, ("leeds", "hull", "gateshead"), name="Paper")
    session.commit()
    open_workspace(session, world.actor("leeds"), consortium_id=theirs.id, now=NOW)
    contract = make_contract(session, world, consortium_id=theirs.id)
    record = make_record(session, world, contract, subject="neighbour", body="leeds")
    evidence = add_evidence(session, record)
    link = make_link(session, "elsewhere" * 4, LinkPurpose.INVITATION, world.bodies["leeds"], "new@leeds.example")
    things.neighbours = {
        "consortium_id": theirs.id,
        "organisation_id": world.organisation("leeds"),
        "record_id": record.id,
        "evidence_id": evidence.id,
        "link_id": link,
        "person_id": world.people["leeds", "observer"].id,
    }
    session.commit()


def reached(
    door: Door, lines: list[access_policy.Line], people: Iterable[Persona] = NEIGHBOURS, **changed: Any
) -> dict[str, str]:
    """The letters other than 0 that people get, by line and persona."""
    return {
        f"{line}, {persona.name}": answer.letter
        for line, persona in product(lines, people)
        if (answer := door.try_as(persona, line.method, line.endpoint, **changed)).letter != "0" or answer.writes
    }


def with_argument(door: Door, name: str, other: str) -> list[access_policy.Line]:
    """The lines whose addresses name a thing inside another."""
    takes = {rule.endpoint: rule.arguments for rule in door.app.url_map.iter_rules()}
    return [line for line in access_policy.routes() if {name, other} <= takes[line.endpoint]]


def test_a_consortium_and_all_that_is_in_it_do_not_exist_for_the_members_of_another(door):
    takes = {rule.endpoint: rule.arguments for rule in door.app.url_map.iter_rules()}
    inside = [line for line in LINES if "consortium_id" in takes[line.endpoint]]
    assert len(inside) > 70
    assert reached(door, inside) == {}


@pytest.mark.parametrize("thing", sorted(OF_A_CONSORTIUM))
def test_a_thing_of_one_consortium_is_not_found_under_the_address_of_another(door, thing):
    lines = with_argument(door, thing, "consortium_id")
    theirs = door.things.neighbours
    changed = {"consortium_id": theirs["consortium_id"]}
    if thing == "evidence_id":
        changed["record_id"] = theirs["record_id"]
    if thing == "organisation_id":
        changed["organisation_id"] = door.things.world.organisation("newcastle")
    assert lines
    assert reached(door, lines, (*NEIGHBOURS, *IN_BOTH), **changed) == {}


@pytest.mark.parametrize("thing", sorted(OF_AN_ORGANISATION))
def test_a_person_or_link_of_one_organisation_is_not_found_under_the_address_of_another(door, thing):
    lines = with_argument(door, thing, "organisation_id")
    assert lines
    for line in lines:
        answer = door.try_as(
            ADMINISTRATOR, line.method, line.endpoint, organisation_id=door.things.neighbours["organisation_id"]
        )
        assert (str(line), answer.letter) == (str(line), "0")


def test_the_neighbours_reach_what_is_their_own_by_the_same_addresses(door):
    own = {name: key for name, key in door.things.neighbours.items() if name not in ("person_id", "link_id")}
    opened = {
        endpoint: door.try_as(LEEDS, "GET", endpoint, **{name: own[name] for name in names}).letter
        for endpoint, names in {
            "consortia.show": ["consortium_id"],
            "workspaces.show": ["consortium_id"],
            "delivery.show_record": ["consortium_id", "record_id"],
            "delivery.download_evidence": ["consortium_id", "record_id", "evidence_id"],
            "outcomes.statement": ["consortium_id", "organisation_id"],
        }.items()
    }
    assert set(opened.values()) == {"+"}
    people = {name: door.things.neighbours[name] for name in ("organisation_id", "person_id")}
    assert door.try_as(ADMINISTRATOR, "POST", "identity.change_roles", **people).letter == "+"
    link = {name: door.things.neighbours[name] for name in ("organisation_id", "link_id")}
    assert door.try_as(ADMINISTRATOR, "POST", "identity.withdraw_invitation", **link).letter == "+"


def test_every_argument_of_an_address_says_whose_the_thing_is(door):
    arguments = {name for rule in door.app.url_map.iter_rules() for name in rule.arguments}
    assert arguments == OF_A_CONSORTIUM | OF_AN_ORGANISATION | OF_NOBODY | WORDS


def test_a_form_takes_no_contract_of_another_consortium(door):
    own = door.things.neighbours["consortium_id"]
    answer = door.try_as(LEEDS, "POST", "delivery.record_outcome", consortium_id=own)
    assert (answer.letter, answer.writes) == ("=", [])


def test_a_link_opens_only_what_it_was_made_for(door):
    for endpoint, token in (("identity.reset_password", INVITATION), ("identity.accept_invitation", RESET)):
        for method in ("GET", "POST"):
            answer = door.try_as(LEEDS, method, endpoint, token=token)
            assert (answer.response.status_code, answer.writes) == (410, [])


def test_a_person_sees_and_ends_their_own_sign_ins_only(door):
    with door.undone():
        with db.new_session() as session, session.begin():
            person = door.things.world.people["leeds", "buyer"].id
            for row in session.scalars(select(SignIn).where(SignIn.person_id == person)):
                row.address, row.browser = "203.0.113.7", "Netscape"
        own, others = (door.client(each).get("/account").get_data(as_text=True) for each in (LEEDS, GATESHEAD))
        assert re.search(r"203\.0\.113\.7|Netscape", own)
        assert not re.search(r"203\.0\.113\.7|Netscape", others)
        leaving, elsewhere, other = door.client(LEEDS), door.client(LEEDS), door.client(GATESHEAD)
        leaving.post("/account/sign-out-everywhere")
        assert [each.get("/account").status_code for each in (leaving, elsewhere, other)] == [302, 302, 200]
