"""Who sees the measures that a body made itself."""

import pytest

from commonpurse.consortia.models import ParticipationState
from commonpurse.consortia.queries import participation_of
from support.workspace_rows import make_target
from support.world import make_consortium, make_measure


@pytest.fixture
def repairs(session, world):
    """A measure that Gateshead made itself."""
    measure = make_measure(
        session,
        "LOCAL-1",
        framework_version_id=None,
        owner_id=world.organisation("gateshead"),
        kind="custom",
        title="Repair cafés run",
        unit="cafés",
        counts="asset",
    )
    session.commit()
    return measure


def answers(client_of, measure, *people):
    return [client_of(*person).get(f"/measures/{measure.id}").status_code for person in people]


OWN = (("gateshead", "observer"), ("gateshead", "buyer"))
PARTNERS = (("newcastle", "buyer"), ("darlington", "observer"))
OTHERS = (("leeds", "buyer"), ("builder", "buyer"), ("nowhere", "stranger"))


def test_the_people_of_a_body_see_its_own_measure_and_nobody_else_does(client_of, visitor, repairs):
    assert answers(client_of, repairs, *OWN) == [200, 200]
    assert answers(client_of, repairs, *PARTNERS, *OTHERS) == [404] * 5
    assert visitor.get(f"/measures/{repairs.id}").status_code == 404


def test_a_measure_is_seen_by_the_bodies_that_agree_a_target_for_it(client_of, visitor, session, world, repairs):
    make_consortium(session, world, ("leeds", "newcastle"), name="Paper")
    make_target(session, world, measure_id=repairs.id)
    session.commit()
    assert answers(client_of, repairs, *OWN, *PARTNERS) == [200] * 4
    assert answers(client_of, repairs, *OTHERS) == [404] * 3
    assert visitor.get(f"/measures/{repairs.id}").status_code == 404


@pytest.mark.parametrize("state", [ParticipationState.INVITED, ParticipationState.LEFT])
def test_a_body_that_has_not_joined_or_has_left_does_not_see_it(client_of, session, world, repairs, state):
    make_target(session, world, measure_id=repairs.id)
    participation_of(world.consortium, world.organisation("darlington")).state = state
    session.commit()
    assert answers(client_of, repairs, *PARTNERS) == [200, 404]
