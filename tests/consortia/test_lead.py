"""Handing the lead of a consortium to another body, by command and on its pages."""

import re
from uuid import uuid4

import pytest

from commonpurse.consortia import commands
from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from support.consortia_pages import events, path, text_of
from support.consortia_rows import make_lonely, open_move, part_of
from support.world import NOW


def entries(session, consortium):
    return log.entries_after(session, consortium.stream, 0)


def hand_over(session, actor, consortium, organisation_id, **values):
    values = {"seen_version": consortium.version, **values}
    return commands.edit_lead(
        session, actor, consortium_id=consortium.id, lead_organisation_id=organisation_id, **values
    )


def who_leads(session, world, consortium):
    """The lead of the row, and the parts of the bodies that lead."""
    session.flush()
    session.expire_all()
    leading = [part.organisation_id for part in consortium.participations if part.role == "lead"]
    assert leading == [consortium.lead_organisation_id]
    assert consortium.lead.id == consortium.lead_organisation_id
    return next(name for name in world.bodies if world.organisation(name) == consortium.lead_organisation_id)


@pytest.mark.parametrize("role", ["buyer", "organisation_administrator"])
def test_the_lead_hands_over_and_only_the_other_body_can_change_things(session, world, forming, role):
    seen, gateshead = forming.version, world.organisation("gateshead")
    number = hand_over(session, world.actor("newcastle", role), forming, gateshead, now=NOW)
    assert who_leads(session, world, forming) == "gateshead"
    assert forming.version > seen
    assert [part.position for part in forming.participations] == [0, 1, 2]
    [entry] = entries(session, forming)
    assert (entry.seq, entry.kind) == (number, "consortia.lead_changed")
    assert entry.data == {
        "lead_organisation_id": str(gateshead),
        "body": "Gateshead Council",
        "before_organisation_id": str(world.organisation("newcastle")),
        "before": "Newcastle upon Tyne Council",
    }
    with pytest.raises(NotAllowed):
        hand_over(session, world.actor("newcastle", role), forming, world.organisation("newcastle"))
    hand_over(session, world.actor("gateshead", role), forming, world.organisation("newcastle"))
    assert who_leads(session, world, forming) == "newcastle"


def test_the_former_lead_may_leave_and_the_new_one_may_not(session, world, forming):
    hand_over(session, world.actor("newcastle"), forming, world.organisation("gateshead"))
    session.flush()
    leaving = {"consortium_id": forming.id, "reason": "Reorganised", "now": NOW}
    with pytest.raises(Refused, match="The lead authority cannot leave"):
        commands.leave(session, world.actor("gateshead", "approver"), **leaving)
    commands.leave(session, world.actor("newcastle", "approver"), **leaving)
    assert part_of(forming, world, "newcastle").state == "left"


def test_choosing_the_body_that_leads_records_nothing(session, world, forming):
    assert hand_over(session, world.actor("newcastle"), forming, world.organisation("newcastle")) is None
    assert who_leads(session, world, forming) == "newcastle"
    assert entries(session, forming) == []


@pytest.mark.parametrize(
    ("body", "role", "error"),
    [
        ("newcastle", "observer", NotAllowed),
        ("newcastle", "evaluator", NotAllowed),
        ("newcastle", "approver", NotAllowed),
        ("gateshead", "buyer", NotAllowed),
        ("gateshead", "organisation_administrator", NotAllowed),
        ("leeds", "buyer", NotFound),
        ("builder", "buyer", NotFound),
    ],
)
def test_nobody_else_hands_over_the_lead(session, world, forming, body, role, error):
    with pytest.raises(error):
        hand_over(session, world.actor(body, role), forming, world.organisation("gateshead"))
    assert who_leads(session, world, forming) == "newcastle"


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_a_body_that_has_joined_can_lead(session, world, forming, state):
    part_of(forming, world, "gateshead").state = state
    session.flush()
    with pytest.raises(Refused) as refusal:
        hand_over(session, world.actor("newcastle"), forming, world.organisation("gateshead"))
    assert refusal.value.field == "lead_organisation_id"
    assert who_leads(session, world, forming) == "newcastle"


def test_a_body_that_takes_no_part_cannot_lead(session, world, forming):
    for organisation_id in (world.organisation("leeds"), uuid4()):
        with pytest.raises(Refused, match="Select a body that has joined"):
            hand_over(session, world.actor("newcastle"), forming, organisation_id)
    assert who_leads(session, world, forming) == "newcastle"


def test_the_lead_is_settled_when_forming_ends(session, world):
    with pytest.raises(Refused, match="settled when forming ended"):
        hand_over(session, world.actor("newcastle"), world.consortium, world.organisation("gateshead"))


def test_the_lead_stays_while_a_decision_is_open(session, world, forming):
    open_move(session, world, forming)
    with pytest.raises(Refused, match="lead cannot change while a decision is open"):
        hand_over(session, world.actor("newcastle"), forming, world.organisation("gateshead"))
    assert who_leads(session, world, forming) == "newcastle"


def test_the_stale_caller_is_refused(session, world, forming):
    with pytest.raises(Stale):
        hand_over(
            session,
            world.actor("newcastle"),
            forming,
            world.organisation("gateshead"),
            seen_version=forming.version - 1,
        )


def chosen(page):
    """The bodies whose radio is chosen."""
    radios = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", page.text)
    assert len(radios) == 3
    return [re.search(r'value="([^"]+)"', radio)[1] for radio in radios if " checked" in radio]


def test_the_lead_is_handed_over_on_its_page_and_everybody_reads_of_it(client_of, session, world, forming):
    client, where = client_of("newcastle"), path(forming, "/lead")
    gateshead = str(world.organisation("gateshead"))
    page = client.get(where)
    assert chosen(page) == [str(world.organisation("newcastle"))]
    typed = {"lead_organisation_id": gateshead, "seen_version": forming.version}
    assert client.post(where, data=typed).location == path(forming, "/tasks")
    assert who_leads(session, world, forming) == "gateshead"
    assert "Gateshead Council leads: it runs the purchase" in text_of(client.get(path(forming, "/tasks")))
    home = text_of(client_of("darlington", "observer").get(path(forming)))
    assert "Newcastle upon Tyne Council handed the lead to Gateshead Council" in home
    assert client.get(where).status_code == 403
    assert chosen(client_of("gateshead").get(where)) == [gateshead]


def test_a_link_to_the_page_is_shown_to_the_lead_while_forming(client_of, world, forming):
    for rest in ("", "/tasks"):
        link = f'href="{path(forming, "/lead")}"'
        assert link in client_of("newcastle").get(path(forming, rest)).text
        assert link not in client_of("newcastle", "approver").get(path(forming, rest)).text
        assert link not in client_of("gateshead").get(path(forming, rest)).text
        assert '/lead"' not in client_of("newcastle").get(path(world.consortium, rest)).text


@pytest.mark.parametrize("typed", ["nonsense", "", "5f0d4c1e-0000-4000-8000-000000000000"])
def test_a_body_that_is_none_is_explained_beside_the_radios(client_of, session, world, forming, typed):
    page = client_of("newcastle").post(
        path(forming, "/lead"), data={"lead_organisation_id": typed, "seen_version": forming.version}
    )
    assert "Select a body that has joined" in text_of(page)
    assert 'href="#lead_organisation_id"' in page.text
    assert 'id="lead_organisation_id"' in page.text
    assert who_leads(session, world, forming) == "newcastle"
    assert events(session, forming) == 0


def test_a_page_that_is_too_old_keeps_the_choice_and_stores_nothing(client_of, session, world, forming):
    gateshead = str(world.organisation("gateshead"))
    page = client_of("newcastle").post(
        path(forming, "/lead"), data={"lead_organisation_id": gateshead, "seen_version": "0"}
    )
    assert "Somebody else changed this consortium" in text_of(page)
    assert chosen(page) == [gateshead]
    assert who_leads(session, world, forming) == "newcastle"


def test_the_page_says_that_the_agreement_names_the_lead(client_of, session, world, forming):
    client, warning = client_of("newcastle"), "of the join agreement names Newcastle upon Tyne Council"
    assert warning not in text_of(client.get(path(forming, "/lead")))
    commands.write_agreement(
        session,
        world.actor("newcastle"),
        consortium_id=forming.id,
        text="Newcastle upon Tyne Council leads.",
        seen_number=1,
        now=NOW,
    )
    session.commit()
    assert f"Version 2 {warning}" in text_of(client.get(path(forming, "/lead")))


def test_a_body_alone_reads_that_nobody_else_can_lead_yet(client_of, session, world):
    page = client_of("newcastle").get(path(make_lonely(session, world), "/lead"))
    assert "no other body has joined yet" in text_of(page)
    assert 'type="radio"' not in page.text
