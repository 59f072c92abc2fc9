"""Which body holds a place, tier by tier, on the shipped areas."""

from datetime import date

import pytest

from commonpurse.outcomes.rules.tiers import Holding, holders_of
from commonpurse.reference.commands import load_reference
from commonpurse.reference.queries import places_by_tier
from config import ROOT

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
