"""What the laboratory remembers between two moves never outlives what it was read from.

`test_lab_weights` has the same of weights that are offered.
"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from commonpurse.calc.fairness import comparison
from commonpurse.consortia.models import Participation, ParticipationState
from commonpurse.delivery.models import Contract, OutcomeRecord
from commonpurse.outcomes.queries import agenda, lab
from commonpurse.reference.models import Area
from commonpurse.workspaces.models import Offer
from support.delivery_rows import make_agreed_rule, make_agreed_target, make_contract, make_record
from support.lab_pages import asked, budgets, words_of
from support.pooling_rows import make_budget
from support.weight_rows import make_agreed_weights
from support.world import AREAS, NOW, make_area

NEWCASTLE, GATESHEAD, LEEDS = (AREAS[body][0] for body in ("newcastle", "gateshead", "leeds"))
NORTH_EAST = "E47000010"


@pytest.fixture
def address(world):
    return f"/consortia/{world.consortium.id}/split-lab"


def forget():
    """As in a process that has just started."""
    for remembered in (agenda._read, lab._verified, lab._agreed, lab._scene, comparison._held, comparison._divided):
        remembered.cache_clear()


CHANGES = {
    "more is verified": lambda session, world: make_record(
        session, world, session.scalars(select(Contract)).one(), subject="b", quantity=7
    ),
    "verified figures are other ones": lambda session, world: session.execute(
        update(OutcomeRecord).values(quantity=1001, version=OutcomeRecord.version + 1)
    ),
    "outcomes were elsewhere": lambda session, world: session.execute(
        update(OutcomeRecord).values(place_gss=LEEDS, version=OutcomeRecord.version + 1)
    ),
    "a body commits more": lambda session, world: make_budget(session, world, "gateshead", 5_00),
    "people move": lambda session, world: setattr(session.get(Area, GATESHEAD), "population", 7),
    "an area is better off": lambda session, world: setattr(
        session.get(Area, GATESHEAD), "deprivation_score", Decimal(3)
    ),
    "a body has another area": lambda session, world: setattr(world.bodies["darlington"], "area_gss", None),
    "a district joins a combined authority": lambda session, world: setattr(
        session.get(Area, NEWCASTLE), "combined_authority", "NECA"
    ),
    "a body has another name": lambda session, world: setattr(world.bodies["darlington"], "name", "Another Council"),
    "a measure has another name": lambda session, world: setattr(world.measure, "title", "Another measure"),
    "a measure has another unit": lambda session, world: setattr(world.measure, "decimals", 1),
    "a body leaves": lambda session, world: session.execute(
        update(Participation)
        .where(Participation.organisation_id == world.organisation("darlington"))
        .values(state=ParticipationState.LEFT)
    ),
    "other weights are agreed": lambda session, world: make_agreed_weights(
        session, world, 3, 1, 0, start=date(2021, 1, 1)
    ),
    "another rule is agreed": lambda session, world: make_agreed_rule(session, world, {"kind": "need"}, agreed_at=NOW),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_changed_between_two_moves_is_seen_by_the_next(session, world, client_of, address, change):
    budgets(session, world, 417, 333, 250)
    make_record(session, world, make_contract(session, world), subject="a", quantity=1000)
    make_agreed_weights(session, world, 1, 1, 2, start=date(2020, 1, 1))
    make_agreed_rule(session, world, {"kind": "recorded_weights", "basis": "Litres called off"})
    make_area(session, NORTH_EAST, "North East").kind = "Combined authority"
    for at, (body, gss) in enumerate((("newcastle", NEWCASTLE), ("gateshead", GATESHEAD), ("darlington", NORTH_EAST))):
        area = session.get(Area, gss)
        area.population, area.deprivation_score = 1000 + at, Decimal(20)
        world.bodies[body].area_gss = gss
    session.commit()
    kinds = {"a_kind": "place_then_budget", "b_kind": "need", "c_kind": "committed_budget", "d_kind": "tiers"}
    chosen = asked(address, **kinds, d_tier_combined_authority="100", leaver="")
    client = client_of("gateshead")
    before = words_of(client.get(chosen))
    assert words_of(client.get(chosen)) == before
    CHANGES[change](session, world)
    session.commit()
    after = words_of(client.get(chosen))
    forget()
    assert after != before
    assert words_of(client.get(chosen)) == after


def test_a_target_that_is_another_one_is_seen_by_the_next_move(session, world, client_of, address):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_agreed_target(session, world, 120)
    session.commit()
    client, chosen = client_of("gateshead"), asked(address, a_kind="equal")
    assert "120 in all" in words_of(client.get(chosen))
    session.execute(update(Offer).where(Offer.quantity == 120).values(quantity=121))
    session.commit()
    after = words_of(client.get(chosen))
    assert "121 in all" in after
    forget()
    assert words_of(client.get(chosen)) == after
