"""The places in which an area lies, on the shipped data."""

import csv

import pytest

from commonpurse.reference import queries
from commonpurse.reference.commands import load_reference
from commonpurse.reference.rules import GSS_BY_CODE, OF_SEVERAL_DISTRICTS, TIERS
from config import ROOT

ENGLAND = {"nation": "England"}


@pytest.mark.parametrize(
    ("name", "gss", "places"),
    [
        ("Gateshead", "E08000037", {"combined_authority": "E47000010", "region": "North East"}),
        ("Newcastle upon Tyne", "E08000021", {"combined_authority": "E47000011", "region": "North East"}),
        ("Darlington", "E06000005", {"combined_authority": "E47000006", "region": "North East"}),
        ("Calderdale", "E08000033", {"combined_authority": "E47000003", "region": "Yorkshire and The Humber"}),
        ("Manchester", "E08000003", {"combined_authority": "E47000001", "region": "North West"}),
        ("Camden", "E09000007", {"combined_authority": "E61000001", "region": "London"}),
        ("Cambridge", "E07000008", {"county": "E10000003", "combined_authority": "E47000008"}),
        ("Newcastle-under-Lyme", "E07000195", {"county": "E10000028", "region": "West Midlands"}),
    ],
)
def test_a_district_lies_in_its_county_combined_authority_region_and_nation(session, name, gss, places):
    load_reference(session, ROOT / "reference")
    assert queries.names_of_areas(session, [gss]) == {gss: name}
    found = queries.places_by_tier(session, [gss])[gss]
    assert found.items() >= (places | {"district": gss} | ENGLAND).items()
    assert ("county" in found) == ("county" in places)
    assert list(found) == [tier for tier in TIERS if tier in found]


def test_a_county_and_a_combined_authority_are_places_of_their_own_tier_and_no_district(session):
    load_reference(session, ROOT / "reference")
    found = queries.places_by_tier(session, ["E10000003", "E47000010", "nowhere"])
    assert found == {
        "E10000003": {"county": "E10000003", "combined_authority": "E47000008", "region": "East of England"} | ENGLAND,
        "E47000010": {"combined_authority": "E47000010", "region": "North East"} | ENGLAND,
    }


def test_every_code_that_the_shipped_data_names_leads_to_the_area_it_means():
    with (ROOT / "reference" / "uk_local_authorities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["current_authority"] == "True"]
    named = {row[column] for row in rows for column in ("county_la", "combined_authority")} - {""}
    kinds = {row["local_authority_code"]: row["local_authority_type_name"] for row in rows}
    assert {row["local_authority_code"]: row["gss_code"] for row in rows if row["local_authority_code"] in named} == {
        code: gss for code, gss in GSS_BY_CODE.items() if code in named
    }
    assert set(GSS_BY_CODE) == named
    assert {kinds[code] for code in named} == set(OF_SEVERAL_DISTRICTS)
