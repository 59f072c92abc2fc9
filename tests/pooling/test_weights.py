"""Weights by committed money and by required quantity."""

from decimal import Decimal
from uuid import UUID

import pytest

from commonpurse.calc.allocation_rules import BASES
from commonpurse.consortia.models import ParticipationState
from commonpurse.consortia.queries import get_consortium, participation_of
from commonpurse.identity.models import Organisation
from commonpurse.pooling.models import ApprovalState, CommitmentLevel
from commonpurse.pooling.queries import basis_weights, committed_weights, required_quantity_weights, weight_words
from commonpurse.pooling.queries.weights import WEIGHTS
from commonpurse.pooling.rules.pooled import LARGEST_WEIGHT, Need, pool, quantity_weights
from commonpurse.pooling.rules.weights import explain_weights
from commonpurse.reference.models import Area
from support.pooling_rows import make_budget, make_requirement
from support.world import AREAS

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def need(
    body: UUID, quantity: str, unit: str = "each", category: str = "45000000", description: str = "Lights"
) -> Need:
    return Need(body, body, category, description, Decimal(quantity), unit)


def test_committed_weights_count_approved_committed_and_guaranteed_money_only(session, world):
    make_budget(session, world, "newcastle", 100_00)
    make_budget(session, world, "newcastle", 50_00, commitment_level=CommitmentLevel.GUARANTEED_MINIMUM)
    make_budget(session, world, "newcastle", 7_00, approval=ApprovalState.AWAITED)
    make_budget(session, world, "newcastle", 9_00, approval=ApprovalState.REFUSED)
    indicative = {"commitment_level": CommitmentLevel.INDICATIVE, "approval": ApprovalState.NOT_NEEDED}
    make_budget(session, world, "gateshead", 5_00, **indicative)
    weights = committed_weights(session, world.consortium.id)
    assert list(weights.items()) == [
        (world.organisation("newcastle"), 150_00),
        (world.organisation("gateshead"), 0),
        (world.organisation("darlington"), 0),
    ]
    assert all(type(weight) is int for weight in weights.values())


def test_a_body_that_left_weighs_nothing(session, world):
    make_budget(session, world, "darlington", 100_00)
    make_requirement(session, world, "darlington")
    make_requirement(session, world, "newcastle")
    consortium = get_consortium(session, world.actor("newcastle"), world.consortium.id)
    participation_of(consortium, world.organisation("darlington")).state = ParticipationState.LEFT
    session.flush()
    assert world.organisation("darlington") not in committed_weights(session, world.consortium.id)
    assert required_quantity_weights(session, world.consortium.id) == {
        world.organisation("newcastle"): 1,
        world.organisation("gateshead"): 0,
    }


def test_required_quantities_in_comparable_units_are_added_exactly(session, world):
    make_requirement(session, world, "newcastle", quantity=Decimal("1.5"), unit="km", description="Cable")
    make_requirement(session, world, "newcastle", quantity=Decimal(500), unit="m", description="Cable")
    make_requirement(session, world, "gateshead", quantity=Decimal(1000), unit="m", description="Conduit")
    weights = required_quantity_weights(session, world.consortium.id)
    assert [weights[world.organisation(body)] for body in ("newcastle", "gateshead", "darlington")] == [2, 1, 0]


def test_groups_of_different_kinds_of_unit_count_alike():
    needs = [need(ONE, "1"), need(TWO, "2"), need(ONE, "900", "m"), need(THREE, "100", "m")]
    # Lights: 1/3 and 2/3; cable: 9/10 and 1/10. Together 37/30, 20/30 and 3/30.
    assert quantity_weights(needs) == {ONE: 37, TWO: 20, THREE: 3}


def test_one_kind_of_unit_in_two_categories_is_one_sum_unless_another_kind_occurs():
    lights, posts = need(ONE, "10"), need(TWO, "30", category="34900000")
    assert quantity_weights([lights, posts]) == {ONE: 1, TWO: 3}
    assert quantity_weights([lights, posts, need(THREE, "5", "m")]) == {ONE: 1, TWO: 1, THREE: 1}


def test_no_needs_weigh_nothing(session, world):
    assert set(required_quantity_weights(session, world.consortium.id).values()) == {0}


def test_weights_too_large_for_a_column_are_rounded_to_parts_that_fit():
    primes = [999_983, 999_979, 999_961, 999_959]
    kinds = ["each", "m", "kg", "hour"]
    needs = [need(ONE, "1", kind) for kind in kinds]
    needs += [need(TWO, str(prime), kind) for prime, kind in zip(primes, kinds, strict=True)]
    weights = quantity_weights(needs)
    assert sum(weights.values()) == LARGEST_WEIGHT
    assert weights[ONE] == pytest.approx(LARGEST_WEIGHT / 999_971, rel=1e-4)


def test_pooling_adds_what_can_be_compared_and_names_what_cannot():
    lines = [need(ONE, "1.5", "km"), need(TWO, "500", "m", description=" lights"), need(THREE, "2", "box")]
    [group] = pool(lines)
    cable, boxes = group.rows
    assert (cable.unit, cable.amounts, cable.total) == ("m", {ONE: Decimal(1500), TWO: Decimal(500)}, Decimal(2000))
    assert (boxes.unit, boxes.amounts, boxes.total) == ("box", {THREE: Decimal(2)}, Decimal(2))
    assert group.conflicts == ((lines[0], lines[2]),)


@pytest.mark.parametrize(
    ("quantities", "unit", "total"),
    [
        ([("10", "minute"), ("1", "hour")], "minute", "70"),
        ([("1", "yard"), ("1", "m")], "m", "1.9144"),
        ([("1", "hectare"), ("1", "acre")], "m2", "14046.8564224"),
        ([("1", "MJ"), ("1", "kWh")], "MJ", "4.6"),
        ([("1", "MJ"), ("0.000001", "kWh")], "MJ", "1.0000036"),
        ([("0.1", "dozen"), ("1", "each")], "each", "2.2"),
    ],
)
def test_a_total_is_in_a_unit_that_says_it_exactly(quantities, unit, total):
    [group] = pool([need(ONE, quantity, each) for quantity, each in quantities])
    assert (group.rows[0].unit, group.rows[0].total) == (unit, Decimal(total))


NAMES = {ONE: "Leeds", TWO: "York", THREE: "Hull"}
TITLES = {"45000000": "Construction work"}


def test_weights_in_units_of_one_kind_are_said_in_percent_that_make_a_hundred():
    words = explain_weights([need(ONE, "1"), need(TWO, "1"), need(THREE, "1")], NAMES, TITLES)
    assert [str(share) for share in words.shares] == ["Leeds 33.4%", "York 33.3%", "Hull 33.3%"]
    assert str(words.explanation[1]).startswith("All lines are in units of one kind")
    assert words.warnings == ()


def test_who_is_alone_in_a_category_and_kind_of_unit_is_named_in_a_warning():
    needs = [need(ONE, "900"), need(TWO, "100"), need(TWO, "1", "m"), need(TWO, "1", "kg")]
    words = explain_weights(needs, NAMES, TITLES)
    assert [str(share) for share in words.shares] == ["Leeds 30.0%", "York 70.0%", "Hull 0.0%"]
    assert str(words.explanation[1]).startswith("Every category and kind of unit counts the same")
    [warning] = words.warnings
    assert str(warning) == (
        "Only York has lines in 2 of the 3 groups of one category and one kind of unit, such as "
        "45000000 Construction work in m. Each of these groups counts for it in full"
    )


def test_no_warning_is_given_where_every_group_has_lines_of_two_bodies():
    needs = [need(body, "1", unit) for body in (ONE, TWO) for unit in ("each", "m")]
    assert explain_weights(needs, NAMES, TITLES).warnings == ()


def test_the_words_of_the_weights_agree_with_the_weights(session, world):
    assert [str(words) for words in weight_words(session, world.consortium.id)] == [
        "Nobody has entered a need yet, so no body weighs more than another"
    ]
    make_requirement(session, world, "gateshead", quantity=Decimal(3))
    make_requirement(session, world, "newcastle", quantity=Decimal(1))
    make_requirement(session, world, "leeds", quantity=Decimal(1000))
    said = [str(words) for words in weight_words(session, world.consortium.id)]
    assert said[2:] == ["Newcastle upon Tyne Council 25.0%", "Gateshead Council 75.0%", "Darlington Council 0.0%"]


def test_population_and_need_come_from_the_area_of_each_body(session, world):
    for body, people, score in (("newcastle", 300_000, Decimal("29.7865")), ("gateshead", 200_000, None)):
        area = session.get(Area, AREAS[body][0])
        area.population, area.deprivation_score = people, score
    session.get(Area, AREAS["darlington"][0]).population = None
    session.flush()
    bases = basis_weights(session, world.consortium.id, ["population", "need"])
    bodies = [str(world.organisation(body)) for body in ("newcastle", "gateshead", "darlington")]
    assert bases == {
        "population": dict(zip(bodies, (300_000, 200_000, 0), strict=True)),
        "need": dict(zip(bodies, (300_000 * 29_786, 0, 0), strict=True)),
    }
    assert all(type(weight) is int for weights in bases.values() for weight in weights.values())


def test_a_body_without_an_area_weighs_nothing_by_population_or_need(session, world):
    session.get(Organisation, world.organisation("gateshead")).area_gss = None
    session.flush()
    bases = basis_weights(session, world.consortium.id, ["population", "need"])
    assert [weights[str(world.organisation("gateshead"))] for weights in bases.values()] == [0, 0]


def test_every_basis_of_the_rules_can_be_weighed():
    assert set(WEIGHTS) == set(BASES)
