"""Weights that the bodies agreed or offered, tried in the laboratory before a rule goes by them."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from commonpurse.calc.fairness import comparison
from commonpurse.consortia.models import Participation, ParticipationState
from commonpurse.outcomes.forms import lab_rule_form
from commonpurse.outcomes.queries import agenda, lab
from commonpurse.workspaces import commands
from commonpurse.workspaces.models import AgendaItem, ItemKind, Offer, RecordedBasis
from support.lab_pages import asked, budgets, words_of
from support.web import counted_statements
from support.weight_rows import make_agreed_weights, make_weights, offer_weights
from support.workspace_rows import answer
from support.world import NOW, make_consortium

LITRES = "recorded:Litres called off"
SPEC = {"kind": "recorded_weights", "basis": "Litres called off"}
IN_FORCE, NOT_YET, LATER_STILL = date(2020, 1, 1), date(2098, 1, 1), date(2099, 1, 1)


@pytest.fixture
def address(world):
    return f"/consortia/{world.consortium.id}/split-lab"


@pytest.fixture
def look(session, client_of, address):
    """What the page says of one rule, by litres unless something else is chosen."""

    def look(body="gateshead", role="buyer", **chosen):
        session.commit()
        kinds = {"a_kind": LITRES, "b_kind": "", "c_kind": "", "d_kind": ""}
        page = client_of(body, role).get(asked(address, **{**kinds, **chosen}))
        assert page.status_code == 200
        return words_of(page).replace(" :", ":")

    return look


def make_offered(session, world, *numbers, start=date(2026, 10, 1)):
    """Weights that one body has put on the table."""
    item_id = make_weights(session, world)
    offer_weights(session, world, "newcastle", item_id, 0, *numbers, start=start)
    return item_id


def shares(words):
    """What the three bodies receive of the 1,000 made-up units, and what stays unallocated."""
    table = words.partition("What each body would receive")[2]
    found = [re.search(rf"{place}[^0-9]*?([0-9,]+)", table)[1] for place in ("Newcastle", "Gateshead", "Darlington")]
    rest = re.search(r"([0-9,]+) of 1,000 stay unallocated", words)
    return [*(int(each.replace(",", "")) for each in found), int(rest[1].replace(",", "")) if rest else 0]


def test_weights_in_force_are_chosen_by_their_name_and_need_no_note(session, world, look):
    make_agreed_weights(session, world, 3, 1, 0, start=IN_FORCE)
    words = look()
    assert "Population and deprivation Weights: Litres called off Place of delivery" in words
    assert "In proportion to Litres called off, as the bodies agreed it for the quarter" in words
    assert "Weights that are not in force" not in words
    assert "Before this rule can be proposed" not in words
    assert shares(words) == [750, 250, 0, 0]


def test_weights_on_the_table_are_tried_and_said_to_be_offered_beside_the_rule(session, world, look):
    make_offered(session, world, 1, 3, 0)
    words = look()
    assert "Offered weights: Litres called off" in words
    assert (
        "In proportion to Litres called off, as offered, not agreed Weights: Litres called off: Not agreed yet. "
        "If they are agreed, they count from 1 October 2026." in words
    )
    assert "as the bodies agreed it" not in words
    assert "Weights that are not in force are marked beside their rule." in words
    assert shares(words) == [250, 750, 0, 0]


def test_while_weights_are_in_force_an_offer_of_others_changes_nothing(session, world, look):
    make_agreed_weights(session, world, 3, 1, 0, start=IN_FORCE)
    make_offered(session, world, 0, 0, 9)
    words = look()
    assert "as offered" not in words
    assert "Offered weights" not in words
    assert shares(words) == [750, 250, 0, 0]


def test_of_several_versions_the_one_in_force_is_tried(session, world, look):
    make_agreed_weights(session, world, 3, 1, 0, start=date(2021, 1, 1))
    make_agreed_weights(session, world, 9, 0, 0, start=IN_FORCE)
    make_agreed_weights(session, world, 1, 1, 0, start=date(2021, 1, 1), now=NOW + timedelta(days=1))
    make_agreed_weights(session, world, 0, 0, 9, start=NOT_YET)
    assert shares(look()) == [500, 500, 0, 0]


def test_agreed_weights_that_begin_later_are_tried_rather_than_offered_ones_and_say_when(session, world, look):
    make_agreed_weights(session, world, 0, 0, 9, start=LATER_STILL)
    make_agreed_weights(session, world, 1, 0, 1, start=NOT_YET)
    make_offered(session, world, 9, 0, 0, start=IN_FORCE)
    words = look()
    assert "Weights to come: Litres called off" in words
    assert "Weights: Litres called off: Agreed, but they count only from 1 January 2098." in words
    assert "Before this rule can be proposed" not in words
    assert shares(words) == [500, 0, 500, 0]


def test_what_todays_rule_goes_by_is_said_where_it_has_no_column(session, world, look):
    make_agreed_weights(session, world, 1, 1, 0, start=NOT_YET)
    propose(session, world, SPEC)
    words = look(a_kind="equal")
    assert "changes are against the one on the table. Weights: Litres called off: Agreed, but they count only" in words
    assert look(a_kind="today", b_kind="equal").count("they count only from 1 January 2098") == 1


def propose(session, world, spec):
    item_id = commands.add_item(
        session,
        world.actor("newcastle"),
        consortium_id=world.consortium.id,
        kind="allocation_rule",
        measure_id=None,
        now=NOW,
    )
    commands.make_offer(session, world.actor("newcastle"), item_id=item_id, seen_number=0, allocation=spec, now=NOW)


def test_a_body_that_has_no_number_is_named(session, world, look):
    darlington = session.scalars(
        select(Participation).where(Participation.organisation_id == world.organisation("darlington"))
    ).one()
    darlington.state = ParticipationState.INVITED
    session.flush()
    make_agreed_weights(session, world, 3, 1, start=IN_FORCE, bodies=("newcastle", "gateshead"))
    darlington.state = ParticipationState.JOINED
    words = look()
    assert "Weights: Litres called off: They have no number for Darlington" in words
    assert shares(words) == [750, 250, 0, 0]


@pytest.mark.parametrize("agenda_holds", ["nothing", "no offer", "a parked offer", "another consortium's weights"])
def test_weights_without_numbers_cannot_be_chosen_and_an_old_address_says_so(session, world, look, agenda_holds):
    if agenda_holds == "no offer":
        make_weights(session, world)
    elif agenda_holds == "a parked offer":
        item_id = make_offered(session, world, 1, 1, 1)
        commands.park(session, world.actor("newcastle"), item_id=item_id, now=NOW)
    elif agenda_holds == "another consortium's weights":
        ours, world.consortium = world.consortium, make_consortium(session, world, name="Verges")
        make_agreed_weights(session, world, 1, 1, 1, start=IN_FORCE)
        world.consortium = ours
    words = look(b_kind="equal")
    assert "Rule 1: No weights by Litres called off are agreed or on the table" in words
    assert "Weights:" not in words
    assert "Rule 2 in words" in words


def test_weights_are_one_part_of_a_mixture(session, world, look):
    make_offered(session, world, 0, 0, 1)
    budgets(session, world, 2, 1, 1)
    leg = f"a_leg_{session.scalars(select(RecordedBasis.id)).one().hex}"
    words = look(a_kind="hybrid", **{leg: "50", "a_leg_committed_budget": "50"})
    assert "50% of a total: In proportion to Litres called off, as offered, not agreed" in words
    assert "If they are agreed, they count from 1 October 2026" in words
    assert shares(words) == [250, 125, 625, 0]


def test_bounds_and_a_rounding_go_with_weights(session, world, look):
    make_agreed_weights(session, world, 3, 1, 0, start=IN_FORCE)
    words = look(a_floor="10", a_rounding="adams")
    assert "for the quarter, but no body receives less than 10% of a total, rounded by Adams's method" in words.replace(
        "&#39;", "'"
    )


def proposal(seen=0):
    return {"allocation": json.dumps(SPEC), "seen_number": str(seen), "idempotency_key": "a key of this page"}


def test_a_rule_by_agreed_weights_is_proposed_from_the_page(session, world, client_of, address, look):
    make_agreed_weights(session, world, 3, 1, 0, start=IN_FORCE)
    assert json.dumps(SPEC).replace('"', "&#34;") in client_of("gateshead").get(asked(address, a_kind=LITRES)).text
    assert client_of("gateshead").post(f"{address}/proposals", data=proposal()).status_code == 302
    [offer] = session.scalars(select(Offer).where(Offer.allocation.is_not(None))).all()
    assert json.loads(offer.allocation) == SPEC


def test_before_a_rule_by_offered_weights_is_proposed_the_page_and_the_answer_say_what_else_to_agree(
    session, world, client_of, address, look
):
    item_id = make_offered(session, world, 3, 1, 0)
    assert "Before this rule can be proposed, agree on: Weights: Litres called off" in look()
    assert "Before this rule can be proposed" not in look(role="observer")
    client = client_of("gateshead")
    assert f"/workspace/{item_id}" in client.get(asked(address, a_kind=LITRES)).text
    page = client.post(f"{asked(address, a_kind=LITRES)}".replace("?", "/proposals?"), data=proposal())
    assert page.status_code == 200
    assert "There is a problem Agree the weights by Litres called off first" in words_of(page)
    rules = select(func.count(AgendaItem.id)).where(AgendaItem.kind == ItemKind.ALLOCATION_RULE)
    assert session.scalar(rules) == 0


def test_weights_cost_no_statement_however_many_there_are(session, world, client_of, address, connection):
    def counted():
        session.commit()
        client = client_of("gateshead")
        client.get(asked(address, a_kind="equal", b_kind=LITRES))
        with counted_statements(connection) as seen:
            client.get(asked(address, a_kind="equal", b_kind=LITRES))
        return len(seen)

    without = counted()
    make_agreed_weights(session, world, 3, 1, 0, start=IN_FORCE)
    one = counted()
    for number in range(3):
        make_agreed_weights(session, world, number + 1, 1, 0, start=NOT_YET)
        make_agreed_weights(session, world, number + 1, 1, 0, name=f"Meters {number}")
    assert without == one == counted()


def counter(session, world, item_id, *numbers, **more):
    offer_weights(session, world, "gateshead", item_id, 1, *numbers, **more)


def agree(session, world, item_id):
    for body in ("gateshead", "darlington"):
        answer(session, world, body, item_id, 1)


CHANGES = {
    "other numbers are offered": lambda session, world, item_id: counter(session, world, item_id, 1, 2, 3),
    "another day is offered": lambda session, world, item_id: counter(
        session, world, item_id, 1, 1, 2, start=date(2026, 7, 1)
    ),
    "they are agreed": agree,
    "they are parked": lambda session, world, item_id: commands.park(
        session, world.actor("newcastle"), item_id=item_id, now=NOW
    ),
    "others are agreed": lambda session, world, item_id: make_agreed_weights(
        session, world, 5, 0, 0, name="Meters", start=IN_FORCE
    ),
    "others are offered": lambda session, world, item_id: offer_weights(
        session, world, "newcastle", make_weights(session, world, "Meters"), 0, 5, 0, 0
    ),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_changed_of_weights_between_two_moves_is_seen_by_the_next(session, world, look, change):
    item_id = make_offered(session, world, 1, 1, 2)
    before = look(b_kind="recorded:Meters")
    assert look(b_kind="recorded:Meters") == before
    CHANGES[change](session, world, item_id)
    after = look(b_kind="recorded:Meters")
    for remembered in (agenda._read, lab_rule_form, lab._scene, comparison._held, comparison._divided):
        remembered.cache_clear()
    assert after != before
    assert look(b_kind="recorded:Meters") == after
