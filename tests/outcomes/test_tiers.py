"""Which body holds a place, tier by tier, on the shipped areas."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from commonpurse.consortia.models import ParticipationState
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import PostedSplit
from commonpurse.outcomes.rules.tiers import Holding, holders_of
from commonpurse.reference.commands import load_reference
from commonpurse.reference.models import Area
from commonpurse.reference.queries import places_by_tier
from config import ROOT
from support.delivery_rows import make_agreed_rule, make_contract, make_record
from support.world import NOW, make_area

AUTUMN = {"first": date(2026, 10, 1), "after": date(2027, 1, 1)}
BODIES = (
    Holding("newcastle", "E08000021"),
    Holding("gateshead", "E08000037"),
    Holding("darlington", "E06000005"),
    Holding("tees valley", "E47000006"),
    Holding("west yorkshire", "E47000003"),
    Holding("manchester", "E08000003"),
    Holding("cambridgeshire", "E10000003"),
    Holding("cambridgeshire and peterborough", "E47000008"),
)


@pytest.fixture
def held(session):
    load_reference(session, ROOT / "reference")

    def ask(gss, holdings=BODIES, **when):
        return dict(holders_of(places_by_tier(session, [gss])[gss], holdings, **{**AUTUMN, **when}))

    return ask


def test_a_district_holds_its_own_area_and_a_combined_authority_its_districts(held):
    assert held("E08000037") == {"district": "gateshead"}
    assert held("E08000021") == {"district": "newcastle"}
    assert held("E06000005") == {"district": "darlington", "combined_authority": "tees valley"}
    assert held("E08000033") == {"combined_authority": "west yorkshire"}
    assert held("E08000003") == {"district": "manchester"}


def test_a_county_council_holds_its_districts_below_the_combined_authority(held):
    both = {"county": "cambridgeshire", "combined_authority": "cambridgeshire and peterborough"}
    assert held("E07000008") == both
    assert held("E10000003") == both


def test_a_place_in_nobody_s_area_is_held_at_no_tier(held):
    assert held("E09000007") == {}


def test_of_two_bodies_with_one_area_the_earlier_in_the_roster_holds_it(held):
    twins = (Holding("trust", "E08000037"), Holding("council", "E08000037"))
    assert held("E08000037", twins) == {"district": "trust"}
    assert held("E08000037", twins[::-1]) == {"district": "council"}


def test_a_body_holds_its_place_for_every_quarter_of_which_it_was_a_member_for_a_day(held):
    member = Holding("council", "E08000037", since=date(2026, 12, 31), until=date(2027, 4, 2))
    quarters = [date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1)]
    found = [
        held("E08000037", [member], first=first, after=after)
        for first, after in zip(quarters, [*quarters[1:], date(2027, 10, 1)], strict=True)
    ]
    assert [bool(each) for each in found] == [False, True, True, True, False]


def test_a_place_goes_from_the_body_that_left_to_the_one_that_came(held):
    day = date(2027, 1, 1)
    two = (Holding("before", "E08000037", until=day), Holding("after", "E08000037", since=day))
    assert held("E08000037", two) == {"district": "before"}
    assert held("E08000037", two, first=day, after=date(2027, 4, 1)) == {"district": "after"}


TIERED = {"kind": "tiers", "shares": {"district": "60", "county": "30", "combined_authority": "10"}}


@pytest.fixture
def tiered(session, world):
    """Gateshead's area, of which Darlington's is made the combined authority."""
    make_agreed_rule(session, world, TIERED)
    world.bodies["darlington"].area_gss = make_area(session, "E47000010", "North East").gss
    session.get(Area, "E47000010").kind = "Combined authority"
    session.get(Area, "E08000037").combined_authority = "NECA"
    return make_contract(session, world)


def issue(session, world):
    actor = world.actor("newcastle")
    posted = commands.issue_splits(session, actor, consortium_id=world.consortium.id, now=NOW)
    return [session.get(PostedSplit, key) for key in posted]


def test_an_outcome_is_split_by_the_tiers_of_its_place_and_proved(session, world, tiered):
    make_record(session, world, tiered, subject="a", quantity=1001, place_gss="E08000037")
    [row] = issue(session, world)
    assert row.amounts == (0, 601, 100, 300)
    assert row.explanation["holder"] == {
        "district": str(world.organisation("gateshead")),
        "combined_authority": str(world.organisation("darlington")),
    }
    assert queries.verify(session).faults == ()


def test_places_of_several_holders_with_the_same_weights_are_proved_each_by_itself(session, world, tiered):
    make_record(session, world, tiered, subject="a", quantity=10, place_gss="E08000037")
    make_record(session, world, tiered, subject="b", quantity=10, place_gss="E08000021")
    make_record(session, world, tiered, subject="c", quantity=10, place_gss=make_area(session, "E0", "Nowhere").gss)
    session.get(Area, "E0").kind = "Combined authority"
    rows = issue(session, world)
    assert sorted(row.amounts for row in rows) == [(0, 0, 0, 10), (0, 6, 1, 3), (6, 0, 0, 4)]
    assert queries.verify(session).faults == ()


def test_a_body_that_left_holds_its_area_until_the_quarter_in_which_it_did(session, world, tiered):
    part = world.consortium.participations[1]
    part.state, part.answered_at = ParticipationState.LEFT, datetime(2026, 12, 31, 23, tzinfo=UTC)
    make_record(session, world, tiered, subject="a", quantity=10, place_gss="E08000037")
    make_record(
        session, world, tiered, subject="b", quantity=10, place_gss="E08000037", quarter_starting=date(2027, 1, 1)
    )
    assert sorted(row.amounts for row in issue(session, world)) == [(0, 0, 1, 9), (0, 6, 1, 3)]


def test_a_correction_keeps_who_held_the_place(session, world, tiered):
    wrong = make_record(session, world, tiered, subject="a", quantity=10, place_gss="E08000037")
    make_record(session, world, tiered, subject="b", quantity=20, place_gss="E08000037")
    issue(session, world)
    world.bodies["gateshead"].area_gss = None
    commands.reopen_outcome(
        session,
        world.actor("newcastle", "approver"),
        consortium_id=world.consortium.id,
        record_id=wrong.id,
        reason="Counted twice",
        seen_version=wrong.version,
        now=NOW,
    )
    rows = session.scalars(select(PostedSplit).order_by(PostedSplit.seq)).all()
    assert [row.amounts for row in rows] == [(0, 18, 3, 9), (0, -18, -3, -9), (0, 12, 2, 6)]
    assert queries.verify(session).faults == ()
