"""The laboratory: rules tried on the consortium's own figures, by its members, and proposed from there."""

import json
import re
from datetime import date
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, update

from commonpurse.consortia.models import Participation, ParticipationState
from commonpurse.core.log import EntryRow
from commonpurse.delivery.models import VerificationStatus
from commonpurse.outcomes.commands.lab import propose_rule
from commonpurse.outcomes.models import PostedSplit
from commonpurse.reference.models import Area
from commonpurse.workspaces.models import AgendaItem, ItemKind, Offer
from support.delivery_rows import make_agreed_rule, make_agreed_target, make_contract, make_record, make_records
from support.lab_pages import asked, budgets, words_of
from support.web import counted_statements
from support.workspace_rows import make_room
from support.world import AREAS, NOW, make_area, make_measure

EQUAL = {"kind": "equal"}


@pytest.fixture
def address(world):
    return f"/consortia/{world.consortium.id}/split-lab"


@pytest.fixture
def room(session, world):
    made = make_room(session, world)
    session.commit()
    return made


def test_rules_stand_beside_each_other_on_verified_outcomes(session, world, client_of, address):
    make_agreed_rule(session, world, {"kind": "committed_budget"})
    budgets(session, world, 417, 333, 250)
    make_record(session, world, make_contract(session, world), subject="a", quantity=1000)
    session.commit()
    page = client_of("gateshead").get(asked(address, a_kind="today", b_kind="equal", c_kind="", d_kind=""))
    words = words_of(page)
    assert "This is a simulation" in words
    assert "Verified outcomes: 1,000 in all" in words
    assert "Changes are against the agreed rule" in words
    assert re.search(r"Newcastle[^0-9]+417 none 334 −83 \(−19\.9%\)", words)
    assert re.search(r"Darlington[^0-9]+250 none 333 \+83 \(\+33\.2%\)", words)
    assert "Against today's rule, 83 in all would go elsewhere" in words.replace("&#39;", "'")


def test_outcomes_that_nobody_checked_do_not_count(session, world, client_of, address):
    make_record(
        session, world, make_contract(session, world), subject="a", quantity=7, status=VerificationStatus.REPORTED
    )
    session.commit()
    assert "1,000 made-up units" in words_of(client_of("gateshead").get(address))


def test_before_anything_is_verified_the_agreed_targets_are_divided(session, world, client_of, address):
    make_agreed_rule(session, world, EQUAL)
    make_agreed_target(session, world, 120)
    session.commit()
    words = words_of(client_of("gateshead").get(address))
    assert "Agreed targets, because nothing has been verified yet: 120 in all" in words


def test_a_mixture_bounds_and_a_rounding_are_worked_out(session, world, client_of, address):
    budgets(session, world, 800, 150, 50)
    legs = {"a-leg_equal": "30", "a-leg_committed_budget": "30", "a-leg_need": ""}
    chosen = {
        "a-kind": "hybrid",
        "a-floor": "25",
        "a-rounding": "sainte_lague",
        "b-kind": "",
        "c-kind": "",
        "d-kind": "",
    }
    words = words_of(client_of("gateshead").get(f"{address}?{urlencode(chosen | legs)}"))
    assert "50% of a total: In equal shares. 50% of a total: In proportion to the budget" in words
    assert "no body receives less than 25% of a total, rounded by Sainte-Laguë" in words
    assert re.search(r"Gateshead[^0-9]+250", words)


def test_a_part_of_a_mixture_that_is_too_small_for_one_percent_is_left_out(client_of, address):
    parts = {"a_leg_equal": "100", "a_leg_need": "100", "a_leg_population": "1"}
    words = words_of(client_of("gateshead").get(asked(address, a_kind="hybrid", b_kind="", **parts)))
    assert words.count("50% of a total: ") == 2
    assert "must have more than 0%" not in words


NO_PART = "Enter a whole number from 0 to 100"


@pytest.mark.parametrize(
    ("chosen", "fault"),
    [
        ({"a_kind": "nonsense"}, "Select how outcomes are divided"),
        ({"a_kind": "today"}, "Select how outcomes are divided"),
        ({"a_kind": "equal", "a_rounding": "nonsense"}, "Select how shares are rounded"),
        ({"a_kind": "equal", "a_floor": "lots"}, "Rule 1, Least share of a body: Enter each percentage as a number"),
        ({"a_kind": "equal", "a_floor": "9", "a_cap": "5"}, "The least share must not be more than the greatest"),
        ({"a_kind": "population", "a_floor": "50"}, "50% for each of 3 bodies is more than all"),
        ({"a_kind": "hybrid", "a_leg_equal": "10"}, "Rule 1: Choose between 2 and 5 parts"),
        ({"a_kind": "hybrid", "a_leg_equal": "-1", "a_leg_need": "x"}, f"Rule 1, Equal shares: {NO_PART}"),
        ({"a_kind": "hybrid", "a_leg_equal": "1" * 5000}, f"Rule 1, Equal shares: {NO_PART}"),
        ({"a_kind": "hybrid", "a_leg_equal": "50", "a_leg_need": "²"}, f"Population and deprivation: {NO_PART}"),
        ({"a_kind": "tiers", "a_tier_county": "12.5", "a_tier_district": "50"}, f"Rule 1, County: {NO_PART}"),
        ({"a_kind": "tiers", "a_tier_district": "101"}, f"Rule 1, District: {NO_PART}"),
        ({"a_kind": "tiers"}, "Rule 1: Enter a part for at least one tier of place"),
        ({"a_kind": "tiers", "a_tier_county": "0", "a_leg_need": "5x"}, "Rule 1: Enter a part for at least one tier"),
        ({"a_kind": "place_then_budget", "a_cap": "10"}, "A rule that goes by place has no least or greatest share"),
    ],
)
def test_a_rule_that_is_none_says_why_and_the_others_are_still_compared(client_of, address, chosen, fault):
    page = client_of("gateshead").get(asked(address, **chosen, b_kind="equal", measure="x", leaver="y"))
    assert page.status_code == 200
    assert fault in words_of(page)
    assert "Rule 2 in words" in words_of(page)


@pytest.mark.parametrize("bound", ["floor", "cap"])
@pytest.mark.parametrize("typed", ["abc", "-5", "101"])
def test_a_bound_that_is_no_percentage_has_its_fault_beside_the_field(client_of, address, bound, typed):
    page = client_of("gateshead").get(asked(address, **{"a_kind": "equal", f"a_{bound}": typed}))
    assert re.search(rf'id="a-{bound}-error"[^>]*>.*?percentage', page.text, re.DOTALL)


def test_parts_of_a_mixture_are_said_to_be_taken_in_proportion(client_of, address):
    parts = {"a_leg_equal": "60", "a_leg_need": "20"}
    words = words_of(client_of("gateshead").get(asked(address, a_kind="hybrid", b_kind="", **parts)))
    assert "They are taken in proportion: 60 and 20 of 80 are 75% and 25%." in words
    assert "75% of a total: In equal shares. 25% of a total: " in words


def test_without_any_rule_the_page_says_so(client_of, address):
    chosen = dict.fromkeys(("a_kind", "b_kind", "c_kind", "d_kind"), "")
    assert "Choose a rule to see what it gives" in words_of(client_of("gateshead").get(asked(address, **chosen)))


def test_where_a_rule_goes_by_place_each_bodys_area_is_its_own(session, world, client_of, address):
    contract = make_contract(session, world)
    make_record(session, world, contract, subject="a", quantity=6, place_gss=AREAS["gateshead"][0])
    make_record(session, world, contract, subject="b", quantity=4, place_gss=AREAS["leeds"][0])
    world.bodies["gateshead"].area_gss = AREAS["gateshead"][0]
    session.commit()
    page = client_of("gateshead").get(asked(address, a_kind="place_then_budget", b_kind="", c_kind="", d_kind=""))
    words = words_of(page)
    assert re.search(r"Gateshead[^0-9]+6 ", words)
    assert re.search(r"Unallocated 4 ", words)
    assert "4 of 10 stay unallocated" in words


def test_by_tiers_of_place_each_holder_has_its_part_and_places_of_other_holders_are_lots_of_their_own(
    session, world, client_of, address
):
    contract = make_contract(session, world)
    for body, quantity in (("gateshead", 10), ("newcastle", 5), ("leeds", 2)):
        place = make_area(session, *AREAS[body])
        make_record(session, world, contract, subject=body, quantity=quantity, place_gss=place.gss)
    region = make_area(session, "E47000010", "North East")
    region.kind = "Combined authority"
    session.get(Area, AREAS["gateshead"][0]).combined_authority = "NECA"
    world.bodies["darlington"].area_gss = region.gss
    session.commit()
    chosen = {"a_kind": "tiers", "a_tier_district": "60", "a_tier_combined_authority": "60", "b_kind": "equal"}
    words = words_of(client_of("gateshead").get(asked(address, **chosen, c_kind="", d_kind="")))
    assert "By tiers of place: 50% to the district of the place of delivery, 50% to its combined authority" in words
    assert re.search(r"Newcastle[^0-9]+3 ", words)
    assert re.search(r"Gateshead[^0-9]+5 ", words)
    assert re.search(r"Darlington[^0-9]+5 ", words)
    assert re.search(r"Unallocated 4 ", words)


def test_todays_rule_by_tiers_is_tried_as_the_ledger_divides_by_it(session, world, client_of, address):
    make_agreed_rule(session, world, {"kind": "tiers", "shares": {"district": "60", "county": "40"}})
    contract = make_contract(session, world)
    make_record(session, world, contract, subject="a", quantity=10, place_gss=AREAS["gateshead"][0])
    session.commit()
    words = words_of(client_of("gateshead").get(asked(address, a_kind="today", b_kind="", c_kind="", d_kind="")))
    assert re.search(r"Gateshead[^0-9]+6 ", words)
    assert re.search(r"Unallocated 4 ", words)


def test_measures_in_different_units_are_said_to_be_counted_alike_and_can_be_looked_at_alone(
    session, world, client_of, address
):
    contract, other = make_contract(session, world), make_measure(session, code="T-9", title="Trees", unit="trees")
    make_record(session, world, contract, subject="a", quantity=3)
    make_record(session, world, contract, subject="b", quantity=5, measure_id=other.id)
    session.commit()
    client = client_of("gateshead")
    assert "counted alike" not in words_of(client.get(address))
    assert "counted alike" in words_of(client.get(asked(address, a_kind="equal", measure="")))
    assert "counted alike" not in words_of(client.get(asked(address, a_kind="equal", measure="zzz")))
    alone = words_of(client.get(asked(address, a_kind="equal", measure=str(other.id))))
    assert "Verified outcomes: 5 in all" in alone
    assert "counted alike" not in alone


def test_what_would_happen_if_a_body_left_is_said_of_the_chosen_one(client_of, world, address):
    page = client_of("gateshead").get(asked(address, a_kind="equal", leaver=str(world.organisation("darlington"))))
    assert re.search(r"If Darlington[^,]*, which has 333, left", words_of(page))


def test_a_script_fetches_what_the_rules_give_without_the_form(client_of, address):
    page = client_of("gateshead").get(asked(address, a_kind="equal"), headers={"X-Fragment": "1"})
    assert "Rule 1 in words" in words_of(page)
    assert "<html" not in page.text
    assert '<form class="cp-lab"' not in page.text


def test_looking_at_rules_records_nothing(session, world, client_of, address):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, make_contract(session, world), subject="a", quantity=10)
    session.commit()
    client, before = client_of("gateshead"), session.scalar(select(func.count(EntryRow.seq)))
    assert client.get(address).status_code == 200
    assert session.scalar(select(func.count(EntryRow.seq))) == before
    assert session.scalar(select(func.count(PostedSplit.id))) == 0


def test_the_page_costs_the_same_statements_however_much_was_delivered(session, world, client_of, address, connection):
    contract = make_contract(session, world)
    make_record(session, world, contract, subject="a")
    session.commit()
    client, counts = client_of("gateshead"), []
    for more in (0, 60):
        make_records(session, world, contract, more, quarter_starting=date(2027, 1, 1))
        session.commit()
        client.get(address)
        with counted_statements(connection) as seen:
            client.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] < 30


def test_outsiders_do_not_find_it_and_observers_cannot_propose(client_of, address):
    assert client_of("leeds").get(address).status_code == 404
    assert client_of("leeds").post(f"{address}/proposals").status_code == 404
    assert "Propose this rule" not in words_of(client_of("gateshead", "approver").get(address))


@pytest.mark.parametrize("state", [each for each in ParticipationState if each is not ParticipationState.JOINED])
def test_only_people_of_bodies_that_have_joined_find_it(session, world, client_of, address, state):
    client = client_of("darlington")
    assert client.get(address).status_code == 200
    session.execute(
        update(Participation)
        .where(Participation.organisation_id == world.organisation("darlington"))
        .values(state=state)
    )
    session.commit()
    assert client.get(address).status_code == 404


def proposal(spec, seen=0):
    return {"allocation": json.dumps(spec), "seen_number": str(seen), "idempotency_key": "a key of this page"}


def test_a_rule_is_proposed_from_the_page_and_stands_on_the_table(session, world, client_of, address, room):
    client = client_of("gateshead")
    assert "Propose this rule" in words_of(client.get(asked(address, a_kind="equal")))
    spec = {"kind": "equal", "rounding": "adams", "cap": "50"}
    answer = client.post(f"{address}/proposals", data=proposal(spec))
    [item] = session.scalars(select(AgendaItem).where(AgendaItem.kind == ItemKind.ALLOCATION_RULE)).all()
    assert answer.status_code == 302
    assert answer.location.endswith(f"/workspace/{item.id}")
    [offer] = session.scalars(select(Offer).where(Offer.item_id == item.id)).all()
    assert json.loads(offer.allocation) == spec
    again = client.post(f"{address}/proposals", data=proposal(spec))
    assert again.location == answer.location
    assert session.scalar(select(func.count(Offer.id)).where(Offer.item_id == item.id)) == 1
    assert "changes are against the one on the table" in words_of(client.get(address))


def test_who_saw_an_older_offer_is_told_and_nothing_changes(session, world, client_of, address, room):
    client = client_of("gateshead")
    client.post(f"{address}/proposals", data=proposal(EQUAL))
    late = {**proposal({"kind": "need"}), "idempotency_key": "another key of it"}
    page = client.post(f"{address}/proposals", data=late)
    assert page.status_code == 200
    assert "There is a problem" in words_of(page)
    assert session.scalar(select(func.count(Offer.id))) == 1


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "[" * 100_000, '{"kind": "magic"}', '{"kind": "equal", "cap": 7}']
)
def test_what_is_no_rule_is_refused_and_changes_nothing(session, world, client_of, address, room, text):
    page = client_of("gateshead").post(f"{address}/proposals", data={**proposal(EQUAL), "allocation": text})
    assert page.status_code == 200
    assert "There is a problem" in words_of(page)
    assert session.scalar(select(func.count(AgendaItem.id))) == 0


def test_an_approver_may_not_propose(session, world, client_of, address, room):
    answer = client_of("gateshead", "approver").post(f"{address}/proposals", data=proposal(EQUAL))
    assert answer.status_code == 403
    assert session.scalar(select(func.count(AgendaItem.id))) == 0


def test_proposing_counters_the_offer_on_the_table(session, world, room):
    values = {"consortium_id": world.consortium.id, "now": NOW}
    first = propose_rule(
        session, world.actor("newcastle"), allocation=EQUAL, seen_number=0, idempotency_key="first", **values
    )
    second = propose_rule(
        session,
        world.actor("gateshead"),
        allocation={"kind": "need"},
        seen_number=1,
        idempotency_key="second",
        **values,
    )
    assert first == second
    assert session.get(AgendaItem, first).current_number == 2
