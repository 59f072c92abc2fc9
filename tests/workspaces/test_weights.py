"""What each body weighs, put on the agenda, offered, countered and agreed."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.workspaces import commands, queries
from commonpurse.workspaces.forms.weights import read_weight
from commonpurse.workspaces.models import AgendaItem, ItemState, Offer, RecordedBasis, Workspace
from support.databases import migrate
from support.pooling_rows import make_budget, make_requirement
from support.room_pages import hidden, page, room, words
from support.weight_rows import BODIES, START, make_agreed_weights, make_weights, offer_weights, weights
from support.workspace_rows import answer, make_room, make_target
from support.world import NOW, make_world

WRONG_PEOPLE = [("gateshead", "observer", NotAllowed), ("leeds", "buyer", NotFound)]


def last_entry(session, world):
    workspace = session.scalars(select(Workspace).where(Workspace.consortium_id == world.consortium.id)).one()
    return log.entries_after(session, workspace.stream, 0)[-1]


def test_weights_are_offered_countered_agreed_and_frozen_under_the_decision_rule(session, world):
    item_id = make_weights(session, world)
    offer_weights(session, world, "gateshead", item_id, 0, 100, 50, 0)
    assert last_entry(session, world).data["weights"]["numbers"][str(world.organisation("gateshead"))] == 50
    offer_weights(session, world, "darlington", item_id, 1, 100, 50, 25, source="The supplier's report")
    for body in ("newcastle", "gateshead"):
        answer(session, world, body, item_id, 2)
    item = session.get_one(AgendaItem, item_id)
    assert (item.state, item.agreed_number, item.basis.unit) == (ItemState.AGREED, 2, "litres")
    assert item.agreed_record["weights"]["source"] == "The supplier's report"
    entry = last_entry(session, world)
    assert (entry.kind, entry.data["title"]) == ("workspaces.item_agreed", "Litres called off")
    with pytest.raises(Stale, match="frozen"):
        offer_weights(session, world, "gateshead", item_id, 2, 1, 1, 1)


def test_the_same_name_however_written_makes_a_new_version_of_the_same_basis(session, world):
    make_agreed_weights(session, world, 100, 50, 25)
    make_weights(session, world, "  litres  CALLED off ", "Litres")
    assert [basis.name for basis in session.scalars(select(RecordedBasis))] == ["Litres called off"]
    with pytest.raises(Refused, match="Other weights by Litres called off are still open"):
        make_weights(session, world)
    with pytest.raises(Refused, match="Litres called off is counted in litres"):
        make_weights(session, world, unit="gallons")


def test_parked_weights_are_not_taken_up_beside_open_ones(session, world):
    item_id = make_weights(session, world)
    commands.park(session, world.actor("gateshead"), item_id=item_id, now=NOW)
    make_weights(session, world)
    with pytest.raises(Refused, match="Other weights by Litres called off are still open"):
        commands.resume(session, world.actor("gateshead"), item_id=item_id, now=NOW)


@pytest.mark.parametrize(
    ("name", "unit", "sentence"),
    [
        (" ", "litres", "Enter what the weights are by"),
        ("Litres", " ", "Enter what is counted"),
        ("L" * 81, "litres", "80 characters or fewer"),
        ("Litres", "l" * 41, "40 characters or fewer"),
    ],
)
def test_a_basis_without_a_proper_name_and_unit_changes_nothing(session, world, name, unit, sentence):
    make_room(session, world)
    with pytest.raises(Refused, match=sentence):
        make_weights(session, world, name, unit)
    assert session.scalars(select(AgendaItem)).all() == []
    assert session.scalars(select(RecordedBasis)).all() == []


@pytest.mark.parametrize(
    ("numbers", "more", "sentence"),
    [
        ((0, 0, 0), {}, "At least one body must weigh more than 0"),
        ((1, -1, 0), {}, "The number of Gateshead Council must be between 0 and"),
        ((1, 10**15 + 1, 0), {}, "between 0 and 1,000,000,000,000,000"),
        ((1, 2), {}, "Enter a whole number for Darlington Council, or 0"),
        ((1, 1.5, 0), {}, "Enter a whole number for Gateshead Council"),
        ((1, 1, 1), {"source": " "}, "Enter where the numbers come from"),
        ((1, 1, 1), {"source": "m" * 501}, "500 characters or fewer"),
        ((1, 1, 1), {"start": date(2026, 10, 2)}, "from the first day of a quarter"),
        ((1, 1, 1), {"start": date(2026, 11, 1)}, "from the first day of a quarter"),
        ((1, 1, 1), {"start": date(1999, 10, 1)}, "from the first day of a quarter"),
        ((1, 1, 1), {"start": None}, "Select from which quarter"),
    ],
)
def test_weights_that_cannot_be_change_nothing(session, world, numbers, more, sentence):
    item_id = make_weights(session, world)
    with pytest.raises(Refused, match=sentence):
        offer_weights(session, world, "gateshead", item_id, 0, *numbers, **more)
    assert session.scalars(select(Offer)).all() == []


def test_a_number_for_a_body_that_has_not_joined_is_refused(session, world):
    item_id, given = make_weights(session, world), weights(world, 1, 1, 1)
    given["numbers"][str(world.organisation("leeds"))] = 1
    with pytest.raises(Refused, match="only for bodies that have joined"):
        commands.make_offer(session, world.actor("gateshead"), item_id=item_id, seen_number=0, weights=given, now=NOW)


def test_what_is_on_the_table_already_or_was_replaced_is_refused(session, world):
    item_id = make_weights(session, world)
    offer_weights(session, world, "gateshead", item_id, 0, 100, 50, 25)
    with pytest.raises(Refused, match="on the table already"):
        offer_weights(session, world, "gateshead", item_id, 1, 100, 50, 25)
    with pytest.raises(Stale, match="Gateshead Council made a new offer"):
        offer_weights(session, world, "darlington", item_id, 0, 1, 1, 1)


@pytest.mark.parametrize(
    ("body", "role", "error"), [("gateshead", "observer", NotAllowed), ("leeds", "buyer", NotFound)]
)
def test_only_buyers_of_joined_bodies_offer_weights(session, world, body, role, error):
    item_id = make_weights(session, world)
    with pytest.raises(error):
        commands.make_offer(
            session, world.actor(body, role), item_id=item_id, seen_number=0, weights=weights(world, 1, 1, 1), now=NOW
        )


def test_weights_wait_for_the_others_by_their_name(session, world):
    item_id = make_weights(session, world)
    offer_weights(session, world, "gateshead", item_id, 0, 100, 50, 25)
    [waiting] = queries.waiting(session, world.actor("darlington"), NOW.date())
    assert waiting.msgid % waiting.values == (
        "Gateshead Council proposed what the bodies weigh by Litres called off: agree or object"
    )


def typed(world, *numbers, **more):
    bodies = ("newcastle", "gateshead", "darlington")
    fields = {f"weight_{world.organisation(b).hex}": n for b, n in zip(bodies, numbers, strict=True)}
    return {**fields, "effective_from": START.isoformat(), "source": "Meters, 2025", **more}


def test_weights_are_put_on_the_agenda_and_offered_by_plain_forms(session, world, client_of):
    make_room(session, world)
    session.commit()
    client = client_of("gateshead")
    client.get(f"{room(world)}add")
    form = {"kind": "weights", "basis_name": "Meters", "basis_unit": "meters", "idempotency_key": "put it there"}
    assert client.post(f"{room(world)}add", data=form).status_code == 302
    item = session.scalars(select(AgendaItem)).one().id
    shown = client.get(page(world, item)).text
    assert "Weights: Meters" in shown
    offer = {**hidden(shown, "/offers"), **typed(world, "1,200", "300", "0")}
    assert client.post(f"{page(world, item)}/offers", data=offer).status_code == 302
    shown = words(client.get(page(world, item)).text)
    assert (
        "From 1 October 2026, in meters: Newcastle upon Tyne Council 1,200, Gateshead Council 300, "
        "Darlington Council 0. Source: Meters, 2025" in shown
    )
    assert "What each body weighs, in meters Body Number Newcastle upon Tyne Council 1,200" in shown
    html = client.get(page(world, item)).text
    assert 'value="1,200"' in html
    assert "Nothing is offered yet" not in html
    stored = json.loads(session.scalars(select(Offer)).one().weights)
    assert stored["numbers"][str(world.organisation("newcastle"))] == 1200
    assert "Weights: Meters" in words(client.get(room(world)).text)


@pytest.mark.parametrize(
    ("numbers", "more", "sentence"),
    [
        (("12.5", "1", "1"), {}, "Enter a whole number for Newcastle upon Tyne Council, or 0"),
        (("1", "", "1"), {}, "Enter a whole number for Gateshead Council, or 0"),
        (("1e99", "1", "1"), {}, "Enter a whole number for Newcastle upon Tyne Council, or 0"),
        (("-5", "1", "1"), {}, "The number of Newcastle upon Tyne Council must be between 0 and 1,000,000,000,000,000"),
        (("9" * 5000, "1", "1"), {}, "The number of Newcastle upon Tyne Council must be between 0 and"),
        (("1,000,000,000,000,001", "1", "1"), {}, "The number of Newcastle upon Tyne Council must be between 0 and"),
        (("1", "1", "1"), {"effective_from": "2026-10-02"}, "Select from which quarter the weights count"),
        (("1", "1", "1"), {"effective_from": "soon"}, "Select from which quarter the weights count"),
        (("1", "1", "1"), {"source": ""}, "Enter where the numbers come from"),
        (("0", "0", "0"), {}, "At least one body must weigh more than 0"),
    ],
)
def test_a_form_of_weights_with_a_fault_keeps_the_typing(session, world, client_of, numbers, more, sentence):
    item = make_weights(session, world)
    session.commit()
    client = client_of("gateshead")
    offer = {**hidden(client.get(page(world, item)).text, "/offers"), **typed(world, *numbers, **more)}
    html = client.post(f"{page(world, item)}/offers", data=offer).text
    assert sentence in html
    assert f'value="{numbers[0]}"' in html
    session.expire_all()
    assert session.get_one(AgendaItem, item).current_number == 0


def test_faults_of_a_form_of_weights_are_listed_in_the_order_of_its_fields(session, world, client_of):
    item = make_weights(session, world)
    session.commit()
    client = client_of("gateshead")
    offer = {**hidden(client.get(page(world, item)).text, "/offers"), **typed(world, "", "", "", source="")}
    said = words(client.post(f"{page(world, item)}/offers", data=offer).text)
    assert said.index("whole number for Darlington") < said.index("Enter where the numbers come from")


def test_the_largest_weight_and_noughts_before_a_number_are_read():
    assert read_weight(" 1,000,000,000,000,000 ", "Leeds") == 10**15
    assert read_weight("0" * 30 + "7", "Leeds") == 7
    assert read_weight("-0", "Leeds") == 0


@pytest.mark.parametrize(
    ("basis", "numbers", "source"),
    [
        ("committed_budget", ("60,000", "40,000", "0"), "Committed budgets in pence, as approved by"),
        ("required_quantity", ("0", "0", "1"), "Requirement lines, as they stood on"),
        ("population", ("200,000", "200,000", "200,000"), "Residents of each body&#39;s area, as published"),
        ("need", ("0", "0", "0"), "Residents times the deprivation score of their area"),
    ],
)
def test_numbers_are_taken_from_what_is_known_with_their_source(session, world, client_of, basis, numbers, source):
    make_budget(session, world, "newcastle", 600_00)
    make_budget(session, world, "gateshead", 400_00)
    make_requirement(session, world, "darlington")
    item = make_weights(session, world)
    session.commit()
    client = client_of("gateshead")
    assert f"?from={basis}#counter" in client.get(page(world, item)).text
    html = client.get(f"{page(world, item)}?from={basis}").text
    for body, number in zip(BODIES, numbers, strict=True):
        field = re.search(rf'<input[^>]*name="weight_{world.organisation(body).hex}"[^>]*>', html).group(0)
        assert f'value="{number}"' in field
    assert source in html
    assert "The numbers and their source are filled in. Nothing is offered yet" in html
    assert session.scalars(select(Offer)).all() == []


def test_numbers_from_nowhere_change_nothing_on_the_page(session, world, client_of):
    item = make_weights(session, world)
    session.commit()
    assert client_of("gateshead").get(f"{page(world, item)}?from=gossip").status_code == 200


def test_going_back_forgets_weights_and_nothing_else(own_engine):
    with Session(own_engine) as session:
        made = make_world(session)
        make_agreed_weights(session, made, 100, 50, 25)
        make_target(session, made)
        session.commit()
    with own_engine.begin() as connection:
        migrate(connection, "0014", down=True)
        assert connection.execute(text("SELECT kind FROM workspaces_agenda_item")).all() == [("target",)]
        assert connection.execute(text("SELECT id FROM workspaces_offer")).all() == []
        migrate(connection)
    with Session(own_engine) as session:
        [item] = session.scalars(select(AgendaItem)).all()
        assert item.measure_id is not None
        session.add(Offer(item_id=item.id, number=1))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
