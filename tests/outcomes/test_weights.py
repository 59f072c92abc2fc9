"""Splits by weights that the bodies agreed: those of the quarter, and dividing anew when others are agreed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from commonpurse.calc.allocation import replay
from commonpurse.consortia.models import Participation, ParticipationState
from commonpurse.core import signature
from commonpurse.core.errors import NotAllowed, NotFound, Refused
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import PostedSplit, StatementEdition
from commonpurse.outcomes.queries.weighing import list_outdated, weighings_of
from commonpurse.outcomes.queries.weights import weights_page
from support.delivery_rows import QUARTER, make_agreed_rule, make_contract, make_record
from support.pooling_rows import make_budget
from support.room_pages import words
from support.web import counted_statements
from support.weight_rows import make_agreed_weights
from support.world import AREAS, NOW, make_consortium

LITRES = {"kind": "recorded_weights", "basis": "Litres called off"}
LATER = NOW + timedelta(days=3)


def issue(session, world, now=NOW):
    return commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=now)


def again(session, world, body="newcastle", role="buyer", now=LATER):
    return commands.divide_anew(session, world.actor(body, role), consortium_id=world.consortium.id, now=now)


def outdated(session, world):
    """How many splits of the consortium go by weights that no longer count."""
    found = list_outdated(session, weighings_of(session, [world.consortium]))
    assert {key for key, _ in found} <= {world.consortium.id}
    return sum(group.splits for _, group in found)


def rows_of(session):
    return session.scalars(select(PostedSplit).order_by(PostedSplit.scope, PostedSplit.seq)).all()


def net(session):
    rows = session.execute(
        text("SELECT position, sum(amount) FROM outcomes_posting GROUP BY position ORDER BY position")
    )
    return [int(amount) for _, amount in rows]


@pytest.fixture
def contract(session, world):
    return make_contract(session, world)


def test_a_quarter_is_split_by_the_weights_in_force_on_its_first_day(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 2, start=date(2026, 1, 1))
    make_agreed_weights(session, world, 3, 1, 0, start=date(2026, 10, 1))
    make_agreed_weights(session, world, 0, 0, 9, start=date(2027, 1, 1))
    make_agreed_rule(session, world, LITRES)
    for subject, quarter in (("a", date(2026, 7, 1)), ("b", QUARTER), ("c", date(2027, 1, 1))):
        make_record(session, world, contract, subject=subject, quantity=40, quarter_starting=quarter)
    issue(session, world)
    shares = {row.quarter_starting: row.amounts for row in rows_of(session)}
    assert shares == {
        date(2026, 7, 1): (10, 10, 20, 0),
        date(2026, 10, 1): (30, 10, 0, 0),
        date(2027, 1, 1): (0, 0, 40, 0),
    }
    assert all(tuple(replay(row.explanation)) == row.amounts for row in rows_of(session))
    assert queries.verify(session).faults == ()


def test_of_two_versions_from_one_day_the_one_agreed_last_counts(session, world, contract):
    make_agreed_weights(session, world, 1, 0, 0)
    make_agreed_weights(session, world, 0, 1, 0, now=LATER)
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=5)
    issue(session, world)
    assert net(session) == [0, 5, 0, 0]


def test_a_quarter_without_weights_in_force_is_refused_by_name_and_nothing_is_split(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 1, start=date(2027, 1, 1))
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quarter_starting=date(2027, 1, 1))
    make_record(session, world, contract, subject="b")
    with pytest.raises(Refused) as refused:
        issue(session, world)
    assert str(refused.value) == (
        "No weights by Litres called off are in force for October to December 2026. Agree them in the workspace"
    )
    assert rows_of(session) == []


def test_a_body_without_a_number_is_refused_while_it_takes_part_and_weighs_nothing_once_it_left(
    session, world, contract
):
    darlington = session.scalars(
        select(Participation).where(Participation.organisation_id == world.organisation("darlington"))
    ).one()
    darlington.state = ParticipationState.INVITED
    session.flush()
    make_agreed_weights(session, world, 3, 1, bodies=("newcastle", "gateshead"))
    darlington.state = ParticipationState.JOINED
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=8)
    with pytest.raises(Refused, match="Darlington Council has no number in the weights by Litres called off in force"):
        issue(session, world)
    darlington.state = ParticipationState.LEFT
    session.flush()
    issue(session, world)
    assert net(session) == [6, 2, 0, 0]


def test_recorded_weights_are_one_part_of_a_mixture(session, world, contract):
    make_agreed_weights(session, world, 0, 0, 1)
    make_budget(session, world, "newcastle", 100_00)
    legs = [{"percent": "75", "rule": LITRES}, {"percent": "25", "rule": {"kind": "committed_budget"}}]
    make_agreed_rule(session, world, {"kind": "hybrid", "legs": legs})
    make_record(session, world, contract, subject="a", quantity=8)
    issue(session, world)
    assert net(session) == [2, 0, 6, 0]
    make_budget(session, world, "gateshead", 100_00)
    make_agreed_weights(session, world, 0, 1, 0, now=LATER)
    again(session, world)
    assert net(session) == [2, 6, 0, 0]


def test_new_weights_take_back_the_splits_of_the_quarters_they_cover_and_no_others(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 2, start=date(2026, 1, 1))
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=40, quarter_starting=date(2026, 7, 1))
    make_record(session, world, contract, subject="b", quantity=40)
    make_record(session, world, contract, subject="c", quantity=4, place_gss=AREAS["gateshead"][0])
    issue(session, world)
    assert outdated(session, world) == 0
    make_agreed_weights(session, world, 3, 1, 0, now=datetime(2026, 11, 5, 23, 30, tzinfo=UTC))
    assert outdated(session, world) == 2
    posted = again(session, world)
    assert len(posted) == 2
    fresh = [session.get_one(PostedSplit, key) for key in posted]
    assert {row.amounts for row in fresh} == {(30, 10, 0, 0), (3, 1, 0, 0)}
    assert {row.reason for row in fresh} == {"Weights agreed on 5 November 2026"}
    reversals = [row for row in rows_of(session) if row.reverses_id]
    assert {row.reason for row in reversals} == {"Weights agreed on 5 November 2026"}
    assert {row.quarter_starting for row in reversals} == {QUARTER}
    assert queries.verify(session).faults == ()
    with pytest.raises(Refused, match="Every split goes by the weights in force"):
        again(session, world)


def test_weights_with_the_same_numbers_move_nothing(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 2, start=date(2026, 1, 1))
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=40)
    issue(session, world)
    make_agreed_weights(session, world, 1, 1, 2, now=LATER)
    assert outdated(session, world) == 0


def test_what_was_split_since_by_the_new_weights_becomes_one_with_what_is_divided_anew(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 1)
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=3)
    issue(session, world)
    make_agreed_weights(session, world, 1, 0, 1, now=LATER)
    make_record(session, world, contract, subject="b", quantity=4)
    issue(session, world, LATER)
    [posted] = again(session, world)
    row = session.get_one(PostedSplit, posted)
    assert (row.total, row.amounts, len(row.outcomes)) == (7, (4, 0, 3, 0), 2)
    assert net(session) == [4, 0, 3, 0]
    assert queries.verify(session).faults == ()


def test_a_split_corrected_by_its_old_weights_is_still_found(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 1)
    make_agreed_rule(session, world, LITRES)
    wrong = make_record(session, world, contract, subject="a", quantity=3)
    make_record(session, world, contract, subject="b", quantity=6)
    issue(session, world)
    make_agreed_weights(session, world, 0, 0, 1, now=LATER)
    commands.reopen_outcome(
        session,
        world.actor("newcastle", "approver"),
        consortium_id=world.consortium.id,
        record_id=wrong.id,
        reason="Counted wrongly",
        seen_version=wrong.version,
        now=LATER + timedelta(hours=1),
    )
    assert net(session) == [2, 2, 2, 0]
    again(session, world)
    assert net(session) == [0, 0, 6, 0]
    assert queries.verify(session).faults == ()


@pytest.mark.parametrize("rounding", ["credit", "sainte_lague"])
def test_every_rounding_is_divided_anew(session, world, contract, rounding):
    make_agreed_weights(session, world, 1, 1, 1)
    make_agreed_rule(session, world, {**LITRES, "rounding": rounding})
    make_record(session, world, contract, subject="a", quantity=5)
    issue(session, world)
    make_record(session, world, contract, subject="b", quantity=5)
    issue(session, world)
    make_agreed_weights(session, world, 0, 1, 1, now=LATER)
    again(session, world)
    assert net(session) == [0, 5, 5, 0]
    assert queries.verify(session).faults == ()


def test_however_many_splits_are_divided_anew_the_credits_of_a_measure_are_read_once(
    session, connection, world, contract
):
    make_agreed_weights(session, world, 1, 1, 1)
    make_agreed_rule(session, world, {**LITRES, "rounding": "credit"})
    for number in range(6):
        make_record(session, world, contract, subject=f"{number}", quantity=5)
        issue(session, world)
    make_agreed_weights(session, world, 0, 1, 1, now=LATER)
    with counted_statements(connection) as found:
        assert len(again(session, world)) == 6
    assert sum(statement.startswith("SELECT outcomes_split.explanation") for statement in found) == 1
    assert net(session) == [0, 15, 15, 0]
    assert queries.verify(session).faults == ()


def test_statements_on_old_weights_are_issued_again_and_the_old_ones_kept(app, session, world, contract):
    make_agreed_weights(session, world, 1, 1, 2)
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=40)
    issue(session, world)
    signature.bind(signature.derive("a key for tests only, long enough to sign"))
    approver = world.actor("newcastle", "approver")
    values = {"consortium_id": world.consortium.id, "until": QUARTER}
    commands.issue_statements(session, approver, **values, reason="", now=NOW)
    make_agreed_weights(session, world, 3, 1, 0, now=LATER)
    again(session, world, now=LATER + timedelta(hours=1))
    commands.issue_statements(
        session, approver, **values, reason="New weights were agreed", now=LATER + timedelta(days=1)
    )
    editions = session.scalars(
        select(StatementEdition.edition).where(StatementEdition.organisation_id == world.organisation("gateshead"))
    ).all()
    assert sorted(editions) == [1, 2]


@pytest.mark.parametrize(
    ("body", "role", "error"),
    [("gateshead", "buyer", NotAllowed), ("newcastle", "approver", NotAllowed), ("leeds", "buyer", NotFound)],
)
def test_only_a_buyer_of_the_lead_authority_divides_anew(session, world, contract, body, role, error):
    make_agreed_weights(session, world, 1, 1, 1)
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=3)
    issue(session, world)
    make_agreed_weights(session, world, 0, 0, 1, now=LATER)
    with pytest.raises(error):
        again(session, world, body, role)
    assert net(session) == [1, 1, 1, 0]


def test_books_of_areas_follow_what_is_divided_anew(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 1)
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=3)
    issue(session, world)
    buyer = world.actor("newcastle")
    commands.keep_books(session, buyer, consortium_id=world.consortium.id, tiers=["region"], now=NOW)
    make_record(session, world, contract, subject="b", quantity=4)
    make_agreed_weights(session, world, 1, 0, 1, now=LATER)
    issue(session, world, LATER)
    again(session, world)
    live = session.execute(text("SELECT book, sum(amount) FROM outcomes_posting GROUP BY book ORDER BY book")).all()
    assert [(book, int(total)) for book, total in live] == [("primary", 7), ("region", 7)]
    assert queries.verify(session).faults == ()


def test_the_laboratory_shows_a_rule_by_agreed_weights(session, world, contract, client_of):
    make_agreed_weights(session, world, 3, 1, 0, start=date(2020, 1, 1))
    make_agreed_rule(session, world, LITRES)
    session.commit()
    html = client_of("gateshead").get(f"/consortia/{world.consortium.id}/split-lab").text
    assert "In proportion to Litres called off, as the bodies agreed it for the quarter" in words(html)
    assert "750" in html


def test_the_page_lists_every_version_with_what_rests_on_it_and_divides_anew(session, world, contract, client_of):
    make_agreed_weights(session, world, 1, 1, 2)
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=4)
    issue(session, world)
    make_agreed_weights(session, world, 3, 1, 0, source="The supplier's report", now=LATER)
    session.commit()
    address = f"/consortia/{world.consortium.id}/outcomes/weights"
    assert "Divide these splits again" not in client_of("gateshead").get(address).text
    lead = client_of("newcastle")
    shown = words(lead.get(address).text)
    assert "1 split goes by weights that were replaced since" in shown
    assert "1 October 2026 1 1 2 Meters, 2025 2 November 2026 1" in shown
    assert lead.post(f"{address}/splits").status_code == 302
    shown = words(lead.get(address).text)
    assert "1 October 2026 3 1 0 The supplier's report 5 November 2026 1" in shown
    assert "1 October 2026 1 1 2 Meters, 2025 2 November 2026 0" in shown
    assert "Every split goes by the weights in force" in lead.post(f"{address}/splits").text
    lines = lead.get(f"{address}.csv").text.splitlines()
    assert len(lines) == 1 + 6
    assert "Litres called off,litres,2026-10-01,Gateshead Council,1,Meters" in lines[5].replace('"', "")


def test_the_page_of_weights_is_read_in_as_many_statements_however_many_there_are(session, world, contract, connection):
    make_agreed_rule(session, world, LITRES)

    def counted():
        session.expire_all()
        with counted_statements(connection) as seen:
            weights_page(session, world.actor("gateshead"), world.consortium.id)
        return len(seen)

    make_agreed_weights(session, world, 1, 1, 2)
    make_record(session, world, contract, subject="a", quantity=4)
    issue(session, world)
    few = counted()
    for number in range(2, 7):
        make_agreed_weights(session, world, number, 1, 2)
        make_record(session, world, contract, subject=f"b {number}", quantity=4)
        issue(session, world)
    assert counted() == few


def test_what_weights_hold_up_waits_for_buyers_of_the_lead_authority(session, world, contract):
    make_agreed_weights(session, world, 1, 1, 2, start=date(2027, 1, 1))
    make_agreed_rule(session, world, LITRES)
    make_record(session, world, contract, subject="a", quantity=4)

    def waits(body="newcastle", role="buyer"):
        found = queries.waiting(session, world.actor(body, role), NOW.date())
        return [each.msgid % each.values for each in found if each.endpoint == "outcomes.weights"]

    assert waits() == ["Agree weights: outcomes wait that cannot be split by those in force"]
    assert waits("gateshead") == waits("newcastle", "observer") == []
    make_agreed_weights(session, world, 1, 1, 2)
    issue(session, world)
    assert waits() == []
    make_agreed_weights(session, world, 1, 0, 0)
    assert waits() == ["Divide splits again by the weights in force: 1 wait"]
    again(session, world)
    assert waits() == []


def test_what_waits_of_many_consortia_is_read_in_as_many_statements_as_of_one(session, world, contract, connection):
    def begin():
        make_agreed_weights(session, world, 1, 1, 2)
        make_agreed_rule(session, world, LITRES)

    def waits():
        session.expire_all()
        with counted_statements(connection) as seen:
            found = queries.waiting(session, world.actor("newcastle"), NOW.date())
        about = [each for each in found if each.endpoint == "outcomes.weights"]
        return len(seen), {(each.consortium, each.msgid.split(":")[0], each.values.get("count")) for each in about}

    begin()
    make_record(session, world, contract, subject="a", quantity=4)
    issue(session, world)
    make_agreed_weights(session, world, 3, 1, 0, now=LATER)
    make_record(session, world, contract, subject="b", quantity=4, quarter_starting=date(2026, 7, 1))
    first, name = waits(), world.consortium.name
    both = {"Agree weights": None, "Divide splits again by the weights in force": 1}
    assert first[1] == {(name, msgid, count) for msgid, count in both.items()}
    for number in (2, 3):
        world.consortium = make_consortium(session, world, name=f"Verges {number}")
        made = make_contract(session, world)
        begin()
        for subject in range(number):
            make_record(session, world, made, subject=f"{number} {subject}", place_gss=list(AREAS.values())[subject][0])
        issue(session, world)
        make_agreed_weights(session, world, 3, 1, 0, now=LATER)
    statements, said = waits()
    assert said == first[1] | {
        (f"Verges {number}", "Divide splits again by the weights in force", number) for number in (2, 3)
    }
    assert statements == first[0]
