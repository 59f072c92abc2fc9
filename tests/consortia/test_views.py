"""Pages of consortia through the browser's eyes."""

from datetime import UTC, datetime

import pytest
from flask import url_for
from sqlalchemy import select

from commonpurse.consortia import commands
from commonpurse.consortia.models import Consortium, Stage
from support.consortia_pages import events, path, text_of
from support.consortia_rows import answer, open_move
from support.world import NOW, make_category, make_consortium

LEAD_PAGES = [
    "purpose",
    "place",
    "lead",
    "rule",
    "timetable",
    "agreement/edit",
    "invite",
    "summary",
    "summary/withdraw",
]
BODY_PAGES = ["", "/tasks", "/members", "/agreement", "/stage", "/leave"]


def test_a_visitor_is_sent_to_sign_in(visitor, world):
    response = visitor.get(path(world.consortium))
    assert response.status_code == 302
    assert "next=" in response.location


@pytest.mark.parametrize("rest", BODY_PAGES)
def test_every_page_opens_for_a_body_that_has_joined_and_for_nobody_else(client_of, world, rest):
    for role in ("buyer", "observer", "approver", "organisation_administrator"):
        assert client_of("gateshead", role).get(path(world.consortium, rest)).status_code == 200
    assert client_of("leeds").get(path(world.consortium, rest)).status_code == 404
    assert client_of("builder").get(path(world.consortium, rest)).status_code == 404
    assert client_of("nowhere", "stranger").get(path(world.consortium, rest)).status_code == 404


@pytest.mark.parametrize("rest", LEAD_PAGES)
def test_the_pages_of_the_lead_open_for_its_buyers_and_administrators_only(client_of, forming, rest):
    for role, status in [("buyer", 200), ("organisation_administrator", 200), ("observer", 403), ("approver", 403)]:
        assert client_of("newcastle", role).get(path(forming, f"/{rest}")).status_code == status
    assert client_of("gateshead").get(path(forming, f"/{rest}")).status_code == 403
    assert client_of("leeds").get(path(forming, f"/{rest}")).status_code == 404


@pytest.mark.parametrize("rest", ["/tasks", "/members", "/stage", "/leave"])
def test_an_invited_body_sees_the_invitation_and_nothing_else(client_of, invited, rest):
    gateshead = client_of("gateshead", "approver")
    assert gateshead.get(path(invited, rest)).status_code == 404
    assert gateshead.get(path(invited)).location == path(invited, "/invitation")
    assert gateshead.get(path(invited, "/agreement")).location == path(invited, "/invitation")
    page = gateshead.get(path(invited, "/invitation"))
    assert "Each body pays its share." in text_of(page)
    assert "Buy street lighting together." in text_of(page)


def test_the_list_says_what_a_consortium_is_while_there_is_none(client_of):
    page = text_of(client_of("leeds").get("/consortia/"))
    assert "takes part in no consortium yet" in page
    assert "Start a consortium" in page
    assert "Start a consortium" not in text_of(client_of("leeds", "observer").get("/consortia/"))


def test_the_list_filters_by_stage_and_part(client_of, world, forming):
    client = client_of("gateshead")
    page = text_of(client.get("/consortia/"))
    assert "Road signs" in page
    assert "Level crossings and light" in page
    page = text_of(client.get("/consortia/?stage=forming"))
    assert "Road signs" in page
    assert "Level crossings" not in page
    assert "No consortium of yours matches" in text_of(client.get("/consortia/?role=lead"))
    assert "Road signs" in text_of(client.get("/consortia/?role=nonsense&stage=nonsense"))


def test_a_buyer_starts_a_consortium_and_comes_to_its_tasks(client_of, session):
    response = client_of("leeds").post("/consortia/create", data={"name": "Paper", "purpose": "Less of it."})
    made = session.scalars(select(Consortium).where(Consortium.name == "Paper")).one()
    assert response.location == path(made, "/tasks")
    page = text_of(client_of("leeds").get(path(made, "/tasks")))
    assert "Leeds Council leads" in page
    assert "Choose the place you buy for" in page


def test_another_page_may_fill_in_the_name(client_of):
    assert 'value="Printers"' in client_of("leeds").get("/consortia/create?name=Printers").text


def test_without_a_purpose_nothing_is_started_and_the_name_is_kept(client_of, session):
    page = client_of("leeds").post("/consortia/create", data={"name": "Paper", "purpose": " "})
    assert "Enter what you want to buy together and why" in text_of(page)
    assert 'value="Paper"' in page.text
    assert 'href="#purpose"' in page.text
    assert session.scalars(select(Consortium).where(Consortium.name == "Paper")).all() == []


def test_nobody_starts_a_consortium_for_a_supplier(client_of):
    assert client_of("builder").post("/consortia/create", data={"name": "x", "purpose": "x"}).status_code == 403


def test_purpose_place_rule_and_timetable_are_saved_one_by_one(client_of, session, forming):
    make_category(session, "34928500", "Street-lighting equipment")
    session.commit()
    client = client_of("newcastle")
    steps = [
        ("purpose", {"name": "Lights", "purpose": "Light.", "category_code": "34928500-3"}),
        ("place", {"area": "gateshead"}),
        ("rule", {"decision_rule": "weighted", "quorum_percent": "60"}),
        ("timetable", {"award-day": "1", "award-month": "5", "award-year": "2027"}),
    ]
    for rest, typed in steps:
        session.expire_all()
        response = client.post(path(forming, f"/{rest}"), data={**typed, "seen_version": forming.version})
        assert response.location == path(forming, "/tasks"), rest
    session.expire_all()
    assert (forming.name, forming.category_code) == ("Lights", "34928500")
    assert [area.gss for area in forming.areas] == ["E08000037"]
    assert (forming.decision_rule, forming.quorum_percent) == ("weighted", 60)
    assert [m.due_on.isoformat() for m in forming.milestones] == ["2027-05-01"]


@pytest.mark.parametrize(
    ("rest", "typed", "sentence", "target"),
    [
        (
            "purpose",
            {"name": "L", "purpose": "L", "category_code": "99999999"},
            "category code that exists",
            "category_code",
        ),
        ("place", {"area": "Atlantis"}, "Enter the name or the code of an area", "area"),
        ("place", {"area": "head"}, "Enter the code of one of these: Gateshead", "area"),
        ("purpose", {"name": "L", "purpose": "L", "category_code": "work"}, "one of these: 45000000", "category_code"),
        ("rule", {"decision_rule": "dice"}, "Select how the bodies decide", "decision_rule"),
        (
            "rule",
            {"decision_rule": "weighted", "quorum_percent": "101"},
            "The quorum must be between 0 and 100 per cent",
            "quorum_percent",
        ),
        ("timetable", {"award-day": " "}, "Enter at least one date", "pooling_closes-day"),
        (
            "timetable",
            {"award-day": "31", "award-month": "2", "award-year": "2027"},
            "The award date must be a real date",
            "award-day",
        ),
        ("agreement/edit", {"text": ""}, "Enter the text of the agreement", "text"),
    ],
)
def test_bad_input_is_explained_beside_its_field_and_changes_nothing(
    client_of, session, forming, rest, typed, sentence, target
):
    page = client_of("newcastle").post(
        path(forming, f"/{rest}"), data={**typed, "seen_version": forming.version, "seen_number": 1}
    )
    assert sentence in text_of(page)
    assert f'href="#{target}"' in page.text
    assert f'id="{target}"' in page.text
    assert events(session, forming) == 0


@pytest.mark.parametrize("seen", ["", "0", "999", "x"])
def test_a_page_that_is_too_old_or_spoiled_is_refused_and_keeps_the_typing(client_of, session, forming, seen):
    page = client_of("newcastle").post(path(forming, "/place"), data={"area": "Gateshead", "seen_version": seen})
    assert "Somebody else changed this consortium" in text_of(page)
    assert 'value="Gateshead"' in page.text
    assert f'name="seen_version" value="{forming.version}"' in page.text
    assert events(session, forming) == 0


def test_areas_are_added_one_by_one_and_left_out_without_scripts(client_of, session, forming):
    client, where = client_of("newcastle"), path(forming, "/place")

    def saved(**typed):
        session.expire_all()
        done = client.post(where, data={**typed, "seen_version": forming.version})
        session.expire_all()
        return done.location, [area.name for area in forming.areas]

    added = saved(areas=["E08000021"], area="gateshead", add="1")
    assert added == (where, ["Gateshead", "Newcastle upon Tyne"])
    page = client.get(where).text
    assert page.count('type="checkbox" value="E0800') == page.count(" checked") == 2
    assert "Gateshead; Newcastle upon Tyne" in text_of(client.get(path(forming)))
    assert "Gateshead; Newcastle upon Tyne" in text_of(client.get("/consortia/"))
    assert saved(areas=["E08000037"], submit="1") == (path(forming, "/tasks"), ["Gateshead"])
    assert "Enter the name or the code of an area" in text_of(
        client.post(where, data={"seen_version": forming.version})
    )
    assert "The place was chosen: Gateshead" in text_of(client.get(path(forming)))


def test_the_first_agreement_starts_from_a_text_with_the_names_filled_in(client_of, session, world):
    made = commands.create(session, world.actor("leeds"), name="Paper", purpose="Less of it.", now=NOW)
    session.commit()
    page = client_of("leeds").get(path(made, "/agreement/edit")).text
    assert "Agreement to buy together: Paper" in page
    assert "Leeds Council leads." in page


def test_a_new_version_is_signed_again(client_of, session, world, forming):
    page = client_of("newcastle").post(path(forming, "/agreement/edit"), data={"text": "New.", "seen_number": "1"})
    assert page.status_code == 302
    client = client_of("gateshead", "approver")
    assert "Select that you have read" in text_of(client.post(path(forming, "/agreement"), data={"number": "2"}))
    assert client.post(path(forming, "/agreement"), data={"number": "2", "agreed": "y"}).status_code == 302
    assert "has signed version 2" in text_of(client.get(path(forming, "/agreement")))


def test_leaving_needs_a_reason_and_ends_access(client_of, session, world):
    client = client_of("gateshead", "approver")
    assert "Enter why your organisation leaves" in text_of(client.post(path(world.consortium, "/leave")))
    assert client.post(path(world.consortium, "/leave"), data={"reason": "Reorganised."}).location == "/consortia/"
    assert client.get(path(world.consortium)).status_code == 404


def test_the_home_says_what_the_body_has_to_do(client_of, session, world, forming):
    commands.write_agreement(
        session, world.actor("newcastle"), consortium_id=forming.id, text="New.", seen_number=1, now=NOW
    )
    session.commit()
    assert "Sign version 2 of the join agreement" in text_of(client_of("gateshead", "approver").get(path(forming)))
    assert "Nothing waits for you here" in text_of(client_of("gateshead").get(path(forming)))


def test_the_home_lists_what_other_features_ask_for_here_and_not_for_a_namesake(client_of, session, world, forming):
    ours = make_consortium(session, world, name="Road signs", stage=Stage.POOLING)
    session.commit()
    page = client_of("gateshead").get(path(ours)).text
    assert "Enter what your organisation needs" in page
    assert path(ours, "/needs/") in page.split("Enter what your organisation needs")[0].rsplit("<a ", 1)[1]
    assert "Nothing waits for you here" in text_of(client_of("gateshead").get(path(forming)))


def test_the_home_tells_whoever_put_a_question_that_it_was_rejected(client_of, session, world, forming):
    decision = open_move(session, world, forming, now=datetime.now(UTC))
    answer(session, world, decision, "darlington", "object", reason="Too early.", now=datetime.now(UTC))
    session.commit()
    said = "The bodies did not agree to your question: Shall we begin to pool needs and budgets? News"
    assert said in text_of(client_of("gateshead").get(path(forming)))
    assert said not in text_of(client_of("darlington").get(path(forming)))


def test_a_summary_is_checked_before_it_is_published_and_can_be_taken_down(client_of, session, visitor, forming):
    client = client_of("newcastle")
    typed = {"public_summary": "We buy <b>signs</b>.", "seen_version": forming.version}
    preview = client.post(path(forming, "/summary"), data={**typed, "check": "1"})
    assert "Check what will be published" in text_of(preview)
    assert "each contract with its supplier, its term and what the supplier committed to" in text_of(preview)
    assert "It does not show prices" in text_of(preview)
    assert "We buy &lt;b&gt;signs&lt;/b&gt;." in preview.text
    session.expire_all()
    assert forming.published_at is None
    published = client.post(path(forming, "/summary"), data={**typed, "publish": "1"})
    assert published.location == f"/register/{forming.id}"
    assert visitor.get(published.location).status_code == 200
    session.expire_all()
    down = {"reason": "Wrong place.", "seen_version": forming.version}
    assert client.post(path(forming, "/summary/withdraw"), data=down).status_code == 302
    assert visitor.get(published.location).status_code == 404


def test_only_the_lead_publishes(client_of, world):
    typed = {"public_summary": "Ours.", "seen_version": world.consortium.version, "publish": "1"}
    assert client_of("gateshead").post(path(world.consortium, "/summary"), data=typed).status_code == 403


PAGES = (
    "show tasks edit_purpose edit_place edit_lead edit_rule edit_timetable edit_agreement invite answer_invitation "
    "sign_agreement leave members propose_stage publish_summary"
)


def test_every_endpoint_that_others_link_to_exists(app, world):
    with app.test_request_context():
        key = {"consortium_id": world.consortium.id}
        for name in PAGES.split():
            assert str(world.consortium.id) in url_for(f"consortia.{name}", **key)
        assert url_for("consortia.show_decision", **key, decision_id=world.consortium.id)
        assert url_for("consortia.list_consortia") == "/consortia/"
        assert url_for("consortia.create") == "/consortia/create"
