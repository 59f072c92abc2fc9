"""The pages of the room and the plain forms on them."""

from uuid import uuid4

import pytest

from commonpurse.consortia.models import Stage
from commonpurse.core import log
from commonpurse.workspaces import queries
from commonpurse.workspaces.models import AgendaItem, ItemState, Workspace
from support.room_pages import hidden, page, room, words
from support.web import counted_statements
from support.workspace_rows import answer, make_room, make_rule, make_target, offer
from support.world import NOW, make_measure


@pytest.fixture
def item(session, world):
    found = make_target(session, world)
    offer(session, world, "newcastle", found, 0, "100")
    session.commit()
    return found


def test_the_first_visit_after_pooling_began_opens_the_room(session, world, client_of):
    html = client_of("gateshead", "observer").get(room(world)).text
    assert "Nothing is on the agenda yet" in html
    assert session.query(Workspace).count() == 1


def test_the_page_for_a_new_item_opens_the_room_too(session, world, client_of):
    answer = client_of("newcastle").get(f"{room(world)}add")
    assert answer.status_code == 200
    assert session.query(Workspace).one().consortium_id == world.consortium.id


def test_before_pooling_the_page_says_when_the_room_opens(session, world, client_of):
    world.consortium.stage = Stage.FORMING
    session.commit()
    html = client_of("gateshead").get(room(world)).text
    assert "opens when the consortium begins to pool" in html
    assert session.query(Workspace).count() == 0


@pytest.mark.parametrize("body", ["leeds", "builder"])
def test_outsiders_find_no_room_and_no_item(session, world, item, client_of, body):
    client = client_of(body)
    paths = [room(world), f"{room(world)}add", page(world, item)]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    posts = ["offers", "positions", "comments", "park", "resume"]
    form = {"idempotency_key": uuid4().hex, "seen_number": 1, "answer": "agree", "text": "x", "quantity": "5"}
    assert {client.post(f"{page(world, item)}/{post}", data=form).status_code for post in posts} == {404}


def test_visitors_are_sent_to_sign_in(world, item, visitor):
    assert visitor.get(room(world)).status_code == 302
    assert visitor.post(f"{page(world, item)}/positions").status_code in {401, 403}


def test_an_item_shows_in_no_other_consortium(world, item, client_of):
    assert client_of("gateshead").get(f"/consortia/{uuid4()}/workspace/{item}").status_code == 404


def test_the_agenda_says_what_is_on_the_table_and_who_has_not_answered(world, item, client_of):
    text = words(client_of("gateshead").get(room(world)).text)
    assert "100 people Offer 1 by Newcastle upon Tyne Council" in text
    assert "Agreed: Newcastle upon Tyne Council No answer yet: Gateshead Council, Darlington Council" in text
    assert "Nobody has objected so far (no answer yet: 2 of 3)" in text
    assert "Newcastle upon Tyne Council proposed for Apprenticeship starts, level 3: 100 people" in text


def test_countering_and_agreeing_by_plain_forms_freezes_the_target(session, world, item, client_of):
    gateshead, newcastle = client_of("gateshead"), client_of("newcastle")
    form = hidden(gateshead.get(page(world, item)).text, "/offers")
    assert gateshead.post(f"{page(world, item)}/offers", data={**form, "quantity": "1,200"}).status_code == 302
    html = newcastle.get(page(world, item)).text
    assert "Agree to this: 1,200 people" in html
    newcastle.post(f"{page(world, item)}/positions", data=hidden(html, "/positions"))
    darlington = client_of("darlington", "approver")
    html = darlington.get(page(world, item)).text
    darlington.post(f"{page(world, item)}/positions", data=hidden(html, "/positions"))
    session.expire_all()
    assert session.get(AgendaItem, item).state is ItemState.AGREED
    html = gateshead.get(page(world, item)).text
    assert "It is frozen" in html
    assert "<form" not in html.split('id="live-fragment"')[1].split("</main>")[0]


def test_the_same_form_sent_twice_does_it_once(session, world, item, client_of):
    client = client_of("gateshead")
    form = {**hidden(client.get(page(world, item)).text, "/offers"), "quantity": "120"}
    for _ in range(2):
        assert client.post(f"{page(world, item)}/offers", data=form).status_code == 302
    session.expire_all()
    assert session.get(AgendaItem, item).current_number == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a target"),
        ("lots", "Enter a number, such as 120 or 37.5"),
        ("0", "The target must be more than 0"),
        ("-3", "The target must be more than 0"),
        ("1.5", "The target must be a whole number"),
        ("100", "This is what is on the table already"),
    ],
)
def test_a_bad_target_is_refused_beside_its_field_with_the_typing_kept(
    session, world, item, client_of, typed, sentence
):
    client = client_of("gateshead")
    form = {**hidden(client.get(page(world, item)).text, "/offers"), "quantity": typed, "rationale": "Our budget"}
    html = client.post(f"{page(world, item)}/offers", data=form).text
    assert f'<a href="#quantity">{sentence}' in html
    assert f'value="{typed}"' in html or not typed
    assert "Our budget" in html
    session.expire_all()
    assert session.get(AgendaItem, item).current_number == 1


def test_answering_an_offer_that_was_replaced_shows_the_new_one(session, world, item, client_of):
    client = client_of("gateshead")
    form = hidden(client.get(page(world, item)).text, "/positions")
    offer(session, world, "darlington", item, 1, "130")
    session.commit()
    html = client.post(f"{page(world, item)}/positions", data=form).text
    assert "Darlington Council made a new offer in the meantime" in html
    assert "Agree to this: 130 people" in html
    assert hidden(html, "/positions")["seen_number"] == "2"


def test_an_objection_without_a_reason_keeps_its_form_open(world, item, client_of):
    client = client_of("gateshead")
    form = hidden(client.get(page(world, item)).text, "/positions")
    html = client.post(f"{page(world, item)}/positions", data={**form, "answer": "object", "reason": " "}).text
    assert '<a href="#reason">Enter a reason for the objection' in html
    assert 'id="object" open' in html


def test_an_objection_says_its_reason_to_everybody(world, item, client_of):
    client = client_of("gateshead")
    form = {**hidden(client.get(page(world, item)).text, "/positions"), "answer": "object", "reason": "Too few for us"}
    client.post(f"{page(world, item)}/positions", data=form)
    text = words(client_of("darlington", "observer").get(page(world, item)).text)
    assert "1 of 3 bodies objected" in text
    assert "Gateshead Council objected to offer 1 on Apprenticeship starts, level 3: Too few for us" in text


def test_only_those_who_may_offer_read_that_they_can_counter_what_their_body_objected_to(session, world, client_of):
    rule = make_rule(session, world)
    offer(session, world, "newcastle", rule, 0, allocation={"kind": "equal"})
    answer(session, world, "gateshead", rule, 1, "object", reason="Not by heads")
    session.commit()
    said = {role: words(client_of("gateshead", role).get(page(world, rule)).text) for role in ("buyer", "approver")}
    assert "You can still change your answer, or counter." in said["buyer"]
    assert "You can still change your answer." in said["approver"]
    assert "counter" not in said["approver"]


def test_comments_are_shown_as_typed_and_never_as_markup(world, item, client_of):
    client = client_of("gateshead")
    form = hidden(client.get(page(world, item)).text, "/comments")
    client.post(f"{page(world, item)}/comments", data={**form, "text": "<b>More</b>\nplease"})
    html = client.get(page(world, item)).text
    assert "&lt;b&gt;More&lt;/b&gt;" in html
    empty = {"idempotency_key": uuid4().hex, "text": "  "}
    assert '<a href="#text">Enter a comment' in client.post(f"{page(world, item)}/comments", data=empty).text


def test_observers_read_without_forms(world, item, client_of):
    html = client_of("gateshead", "observer").get(page(world, item)).text
    assert "100 people" in html
    assert "<form" not in html.split('id="live-fragment"')[1].split("</main>")[0]
    form = {"idempotency_key": uuid4().hex, "seen_number": 1, "answer": "agree"}
    assert client_of("gateshead", "observer").post(f"{page(world, item)}/positions", data=form).status_code == 403


def test_parking_and_taking_up_again(session, world, item, client_of):
    client = client_of("gateshead")
    client.post(f"{page(world, item)}/park", data=hidden(client.get(page(world, item)).text, "/park"))
    html = client.get(page(world, item)).text
    assert "This is parked" in html
    client.post(f"{page(world, item)}/resume", data=hidden(html, "/resume"))
    assert "Agree to this: 100 people" in client.get(page(world, item)).text


def test_a_target_is_put_on_the_agenda_from_the_list_of_measures(session, world, client_of):
    client = client_of("gateshead")
    client.get(room(world))
    html = client.get(f"{room(world)}add").text
    assert f'value="{world.measure.id}"' in html
    form = {"idempotency_key": uuid4().hex, "kind": "target", "measure_id": str(world.measure.id)}
    assert client.post(f"{room(world)}add", data=form).status_code == 302
    assert f'value="{world.measure.id}"' not in client.get(f"{room(world)}add").text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "kind", "Select what you want to agree"),
        ({"kind": "target", "measure_id": ""}, "measure_id", "Select a measure"),
        ({"kind": "target", "measure_id": "nonsense"}, "measure_id", "Select a measure"),
        ({"kind": "target", "measure_id": str(uuid4())}, "measure_id", "Select a measure from the list"),
    ],
)
def test_an_agenda_item_of_nothing_is_refused(session, world, client_of, typed, field, sentence):
    client = client_of("gateshead")
    client.get(room(world))
    html = client.post(f"{room(world)}add", data={"idempotency_key": uuid4().hex, **typed}).text
    assert f'<a href="#{field}">{sentence}' in html
    assert session.query(AgendaItem).count() == 0


def test_pages_take_the_same_number_of_statements_however_much_they_show(session, world, client_of, connection):
    def statements(*paths):
        client = client_of("gateshead")
        [client.get(path) for path in paths]
        with counted_statements(connection) as seen:
            assert {client.get(path).status_code for path in paths} == {200}
        return len(seen)

    item = make_target(session, world)
    offer(session, world, "newcastle", item, 0)
    session.commit()
    few = [statements(room(world)), statements(page(world, item))]
    for number in range(6):
        other = make_target(session, world, measure_id=make_measure(session, f"M-{number}").id)
        offer(session, world, "newcastle", other, 0)
        answer(session, world, "gateshead", other, 1, "object", reason="No")
    for number in range(1, 6):
        offer(session, world, "gateshead", item, number, str(130 + number))
        answer(session, world, "darlington", item, number + 1, "abstain")
    session.commit()
    assert [statements(room(world)), statements(page(world, item))] == few


def test_a_fragment_is_the_page_without_its_frame_and_says_its_number(session, world, item, client_of):
    client = client_of("gateshead")
    html = client.get(page(world, item), headers={"X-Fragment": "1"}).text
    stream = session.query(Workspace).one().stream
    assert f'data-seq="{log.last_seq(session, stream)}"' in html
    assert "<html" not in html


def test_an_offer_waits_for_buyers_and_approvers_of_bodies_that_have_not_answered(session, world, item):
    offer(session, world, "gateshead", item, 1, "120")
    rule = make_rule(session, world)
    offer(session, world, "darlington", rule, 0, allocation={"kind": "equal"})
    today = NOW.date()

    def sentences(body, role="buyer"):
        return [each.msgid % each.values for each in queries.waiting(session, world.actor(body, role), today)]

    counter = "Gateshead Council countered with 120 people for Apprenticeship starts, level 3: agree or object"
    proposal = "Darlington Council proposed how outcomes are shared: agree or object"
    assert sentences("newcastle") == sentences("newcastle", "approver") == [counter, proposal]
    assert sentences("gateshead") == [proposal]
    assert sentences("darlington") == [counter]
    assert sentences("newcastle", "observer") == sentences("leeds") == []


def test_a_room_without_offers_waits_for_nobody(session, world):
    make_room(session, world)
    make_target(session, world)
    assert queries.waiting(session, world.actor("gateshead"), NOW.date()) == []


def test_what_waits_takes_the_same_number_of_statements_however_much_waits(session, world, item, connection):
    def statements():
        actor = world.actor("gateshead")
        session.expunge_all()
        with counted_statements(connection) as seen:
            found = queries.waiting(session, actor, NOW.date())
        return len(found), len(seen)

    assert statements()[0] == 1
    few = statements()[1]
    for number in range(5):
        other = make_target(session, world, measure_id=make_measure(session, f"W-{number}").id)
        offer(session, world, "newcastle", other, 0)
    session.commit()
    assert statements() == (6, few)
