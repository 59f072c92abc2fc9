"""Loading the catalogues and adding one's own measures."""

import csv
from decimal import Decimal

import pytest
from msgspec.structs import asdict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, Refused
from commonpurse.measures import queries
from commonpurse.measures.commands import add_measure, load_catalogues
from commonpurse.measures.models import Measure, UnitValue
from config import ROOT
from support.world import World


def add(session: Session, world: World, body: str = "gateshead", role: str = "buyer", code: str = "local-1"):
    return add_measure(
        session,
        world.actor(body, role),
        code=code,
        title="Repair cafés run",
        unit="cafés",
        decimals=0,
        counts="asset",
    )


def test_all_models_and_unit_values_are_loaded_and_a_second_time_adds_nothing(session):
    assert load_catalogues(session, ROOT / "reference") == {"models": 3, "unit values": 120}
    assert load_catalogues(session, ROOT / "reference") == {"models": 0, "unit values": 0}
    reporting = select(func.count()).select_from(Measure).where(Measure.code.like("L%"))
    assert session.scalar(reporting) == 33


def test_an_unknown_value_stays_unknown_and_a_known_one_is_exact(session):
    load_catalogues(session, ROOT / "reference")
    values = dict(session.execute(select(UnitValue.code, UnitValue.value_gbp)).all())
    assert values["RLW-UK-2026"] is None
    assert values["DESNZ-CARBON-2026-CENTRAL"] == Decimal("277.22")


def test_only_carbon_has_a_value_that_needs_no_judgement(session):
    load_catalogues(session, ROOT / "reference")
    found = queries.unit_values_for(session, [("tCO2e", 2026), ("tCO2e", 2027), ("hours", 2026), ("tCO2e", 1999)])
    assert found.keys() == {("tCO2e", 2026), ("tCO2e", 2027)}
    assert found["tCO2e", 2026].price_year == 2022
    assert found["tCO2e", 2026].value_gbp != found["tCO2e", 2027].value_gbp
    assert queries.unit_values_for(session, [("hours", 2026)]) == {}


def test_of_two_editions_of_a_unit_value_that_of_the_latest_price_year_is_used(session):
    load_catalogues(session, ROOT / "reference")
    values = asdict(queries.unit_values_for(session, [("tCO2e", 2026)])["tCO2e", 2026])
    for edition, price_year in (("May 2099", 2099), ("May 1999", 1999)):
        session.add(UnitValue(**{**values, "edition": edition, "price_year": price_year}))
    session.flush()
    assert queries.unit_values_for(session, [("tCO2e", 2026)])["tCO2e", 2026].edition == "May 2099"


def test_a_later_edition_of_a_unit_value_is_added_beside_the_one_before(session, tmp_path):
    load_catalogues(session, ROOT / "reference")
    for name in ("social_value_models.json", "model_rules.json"):
        (tmp_path / name).write_bytes((ROOT / "reference" / name).read_bytes())
    with (ROOT / "reference" / "open_unit_values.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wage = next(row for row in rows if row["code"].startswith("RLW-"))
    wage["price_year"] = "2099"
    with (tmp_path / "open_unit_values.csv").open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, list(wage))
        written.writeheader()
        written.writerows(rows)
    assert load_catalogues(session, tmp_path) == {"models": 0, "unit values": 1}
    editions = session.scalars(select(UnitValue.edition).where(UnitValue.code == wage["code"])).all()
    assert len(editions) == 2
    assert "2099" in editions
    assert load_catalogues(session, tmp_path) == {"models": 0, "unit values": 0}


def test_adding_a_measure_works_and_is_recorded(session, world):
    measure_id = add(session, world)
    assert session.get(Measure, measure_id).code == "LOCAL-1"
    [entry] = log.entries_after(session, world.bodies["gateshead"].stream, 0)
    assert (entry.kind, entry.data["code"]) == ("measures.measure_added", "LOCAL-1")


@pytest.mark.parametrize(
    ("body", "role"),
    [("gateshead", "observer"), ("gateshead", "approver"), ("builder", "buyer"), ("nowhere", "stranger")],
)
def test_only_a_buyer_of_a_public_body_adds_measures(session, world, body, role):
    with pytest.raises(NotAllowed):
        add(session, world, body, role)


def test_a_code_is_refused_when_it_is_taken_or_no_code_and_nothing_is_stored(session, world):
    add(session, world)
    for code in ("LOCAL-1", "local 1", "=1", ""):
        with pytest.raises(Refused) as refusal:
            add(session, world, code=code)
        assert refusal.value.field == "code"
    assert session.scalar(select(func.count()).where(Measure.owner_id == world.organisation("gateshead"))) == 1


def test_two_bodies_may_use_the_same_code(session, world):
    assert add(session, world, "gateshead") != add(session, world, "newcastle")
