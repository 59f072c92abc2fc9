"""Requirement lines: who enters them, when, and what they hold."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from commonpurse.consortia.models import Stage
from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.pooling.commands import add_requirement, change_requirement, remove_requirement
from commonpurse.pooling.models import RequirementLine
from commonpurse.pooling.queries import needs_page
from support.pooling_rows import make_requirement
from support.web import counted_statements
from support.world import NOW

LINE = {
    "description": "Street lights",
    "category_code": "45000000",
    "quantity": Decimal(120),
    "unit": "each",
    "place_gss": "E08000037",
    "needed_from": date(2027, 4, 1),
    "needed_until": date(2029, 3, 31),
}


def add(session, world, body="gateshead", role="buyer", **changes):
    values = {**LINE, **changes}
    return add_requirement(session, world.actor(body, role), consortium_id=world.consortium.id, now=NOW, **values)


def change(session, world, line, body="gateshead", role="buyer", *, seen_version=1, **changes):
    values = {**LINE, "consortium_id": world.consortium.id, "line_id": line.id, "seen_version": seen_version, **changes}
    change_requirement(session, world.actor(body, role), now=NOW, **values)


def remove(session, world, line, body="gateshead", role="buyer", *, seen_version=1, reason="Bought already"):
    remove_requirement(
        session,
        world.actor(body, role),
        consortium_id=world.consortium.id,
        line_id=line.id,
        reason=reason,
        seen_version=seen_version,
        now=NOW,
    )


def count(session):
    return session.scalar(select(func.count()).select_from(RequirementLine))


def kinds(session, world):
    return [entry.kind for entry in log.entries_after(session, world.consortium.stream, 0)]


def test_a_line_is_stored_for_the_actors_body_and_recorded(session, world):
    line = session.get(RequirementLine, add(session, world, unit="no.", category_code="45000000-7"))
    assert (line.organisation_id, line.quantity, line.unit) == (world.organisation("gateshead"), Decimal(120), "each")
    assert line.category_code == "45000000"
    [entry] = log.entries_after(session, world.consortium.stream, 0)
    assert (entry.kind, entry.data["quantity"]) == ("pooling.requirement_added", "120")


def test_category_and_place_can_be_given_in_words_that_find_one(session, world):
    line = session.get(RequirementLine, add(session, world, category_code="construction work", place_gss="gateshead"))
    assert (line.category_code, line.place_gss) == ("45000000", "E08000037")


@pytest.mark.parametrize("role", ["approver", "evaluator", "observer", "organisation_administrator"])
def test_only_buyers_enter_needs(session, world, role):
    with pytest.raises(NotAllowed):
        add(session, world, role=role)
    assert count(session) == 0


def test_a_body_outside_the_consortium_finds_nothing(session, world):
    line = make_requirement(session, world, "gateshead")
    for attempt in (
        add,
        lambda *args, **rest: change(*args, line, **rest),
        lambda *args, **rest: remove(*args, line, **rest),
    ):
        with pytest.raises(NotFound):
            attempt(session, world, body="leeds")
    with pytest.raises(NotFound):
        needs_page(session, world.actor("leeds"), world.consortium.id)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.POOLING, Stage.NEGOTIATING)])
def test_lines_change_only_while_pooling_or_negotiating(session, world, stage):
    line = make_requirement(session, world, "gateshead")
    world.consortium.stage = stage
    session.flush()
    for attempt in (
        lambda: add(session, world),
        lambda: change(session, world, line),
        lambda: remove(session, world, line),
    ):
        with pytest.raises(Refused, match="only while the consortium is pooling or negotiating"):
            attempt()
    assert not needs_page(session, world.actor("gateshead"), world.consortium.id).may_enter


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "12345"),
        ("description", "x" * 501),
        ("category_code", "99999999"),
        ("category_code", "paper"),
        ("quantity", Decimal(0)),
        ("quantity", Decimal(-5)),
        ("quantity", Decimal("0.0000001")),
        ("quantity", Decimal(10) ** 13),
        ("quantity", Decimal("1.5")),
        ("unit", "ton"),
        ("unit", "furlong"),
        ("place_gss", "E99999999"),
        ("place_gss", "Atlantis"),
        ("needed_until", date(2027, 3, 31)),
    ],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_stored(session, world, field, value):
    with pytest.raises(Refused) as refusal:
        add(session, world, **{field: value})
    assert refusal.value.field == field
    assert count(session) == 0
    assert kinds(session, world) == []


def test_the_same_line_twice_is_refused_for_one_body_and_right_for_two(session, world):
    add(session, world)
    with pytest.raises(Refused, match="the same line already"):
        add(session, world, description="STREET  lights", quantity=Decimal("120.0"))
    add(session, world, body="newcastle")
    assert count(session) == 2


def test_a_line_is_changed_by_its_own_body_and_what_it_was_is_recorded(session, world):
    line = make_requirement(session, world, "gateshead")
    change(session, world, line, quantity=Decimal("7.5"), unit="m")
    assert (line.quantity, line.unit, line.version) == (Decimal("7.5"), "m", 2)
    [entry] = log.entries_after(session, world.consortium.stream, 0)
    assert (entry.kind, entry.data["previous_quantity"], entry.data["previous_unit"]) == (
        "pooling.requirement_changed",
        "10",
        "each",
    )


def test_another_bodys_line_is_neither_changed_nor_removed(session, world):
    line = make_requirement(session, world, "gateshead")
    with pytest.raises(NotAllowed):
        change(session, world, line, body="newcastle")
    with pytest.raises(NotAllowed):
        remove(session, world, line, body="newcastle")
    assert line.quantity == Decimal(10)


def test_who_saw_an_older_version_is_told(session, world):
    line = make_requirement(session, world, "gateshead")
    change(session, world, line, quantity=Decimal(11))
    with pytest.raises(Stale):
        change(session, world, line, quantity=Decimal(12))
    with pytest.raises(Stale):
        remove(session, world, line)
    assert line.quantity == Decimal(11)


def test_a_line_is_removed_with_a_reason_only(session, world):
    line = make_requirement(session, world, "gateshead")
    with pytest.raises(Refused) as refusal:
        remove(session, world, line, reason="  ")
    assert refusal.value.field == "reason"
    remove(session, world, line)
    assert count(session) == 0
    assert kinds(session, world) == ["pooling.requirement_removed"]


def test_the_pool_adds_comparable_quantities_and_names_the_two_that_are_not(session, world):
    make_requirement(session, world, "newcastle", description="Cable", quantity=Decimal("1.5"), unit="km")
    make_requirement(session, world, "gateshead", description="cable", quantity=Decimal(250), unit="m")
    make_requirement(session, world, "darlington", description="Cable", quantity=Decimal(3), unit="box")
    page = needs_page(session, world.actor("gateshead", "observer"), world.consortium.id)
    assert [name for _, name in page.bodies] == [
        "Newcastle upon Tyne Council",
        "Gateshead Council",
        "Darlington Council",
    ]
    assert sorted((row.unit, row.amounts, row.total) for row in page.rows) == [
        ("box", (None, None, Decimal(3)), Decimal(3)),
        ("m", (Decimal(1500), Decimal(250), None), Decimal(1750)),
    ]
    [conflict] = page.conflicts
    assert "Darlington Council" in (conflict.first_body, conflict.second_body)
    assert {conflict.first_unit, conflict.second_unit} in ({"km", "box"}, {"m", "box"})


def test_rows_of_one_category_and_kind_of_unit_have_an_exact_subtotal(session, world):
    make_requirement(session, world, "newcastle", description="Cable", quantity=Decimal("1.5"), unit="km")
    make_requirement(session, world, "gateshead", description="Conduit", quantity=Decimal("0.25"), unit="m")
    make_requirement(session, world, "gateshead", description="Cable drums", quantity=Decimal(3), unit="box")
    page = needs_page(session, world.actor("gateshead", "observer"), world.consortium.id)
    assert [(row.description, row.unit, row.total) for row in page.rows if not row.is_subtotal] == [
        ("Cable", "km", Decimal("1.5")),
        ("Cable drums", "box", Decimal(3)),
        ("Conduit", "m", Decimal("0.25")),
    ]
    [subtotal] = [row for row in page.rows if row.is_subtotal]
    assert page.rows[-1] == subtotal
    assert (subtotal.category_code, subtotal.unit, subtotal.total) == ("45000000", "m", Decimal("1500.25"))
    assert subtotal.amounts == (Decimal(1500), Decimal("0.25"), None)


def test_the_page_takes_as_many_statements_for_many_lines_as_for_one(session, world):
    def statements():
        session.expunge_all()
        with counted_statements(session.connection()) as seen:
            needs_page(session, world.actor("gateshead"), world.consortium.id)
        return len(seen)

    make_requirement(session, world, "gateshead")
    one = statements()
    for number in range(20):
        make_requirement(
            session, world, "gateshead" if number % 2 else "newcastle", description=f"Lamp {number} of many"
        )
    assert statements() == one
