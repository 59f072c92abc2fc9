"""Forming a consortium by commands."""

from datetime import date

import pytest

from commonpurse.consortia import commands
from commonpurse.consortia.models import DecisionRule, MilestoneKind, Stage
from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from support.world import NOW, make_area, make_category


def newest(session, consortium):
    return log.entries_after(session, consortium.stream, 0)[-1]


def test_the_body_that_starts_a_consortium_leads_it_and_has_joined(session, world):
    made = commands.create(session, world.actor("leeds"), name="  Street   lights ", purpose="Light.", now=NOW)
    [part] = made.participations
    assert (made.name, made.stage, made.lead_organisation_id) == (
        "Street lights",
        Stage.FORMING,
        world.organisation("leeds"),
    )
    assert (part.role, part.state, part.position) == ("lead", "joined", 0)
    [entry] = log.entries_after(session, made.stream, 0)
    assert (entry.kind, entry.data["body"]) == ("consortia.consortium_formed", "Leeds Council")


def test_an_administrator_may_start_one_too(session, world):
    made = commands.create(
        session, world.actor("leeds", "organisation_administrator"), name="Light", purpose="Light.", now=NOW
    )
    assert made.id is not None


@pytest.mark.parametrize(
    ("body", "role"), [("leeds", "observer"), ("leeds", "approver"), ("builder", "buyer"), ("nowhere", "stranger")]
)
def test_nobody_else_starts_a_consortium(session, world, body, role):
    with pytest.raises(NotAllowed):
        commands.create(session, world.actor(body, role), name="Light", purpose="Light.", now=NOW)


@pytest.mark.parametrize(
    ("name", "purpose", "field"), [(" ", "x", "name"), ("x" * 121, "x", "name"), ("x", " ", "purpose")]
)
def test_a_consortium_needs_a_name_and_a_purpose(session, world, name, purpose, field):
    with pytest.raises(Refused) as refusal:
        commands.create(session, world.actor("leeds"), name=name, purpose=purpose, now=NOW)
    assert refusal.value.field == field


def test_purpose_and_category_change_and_the_check_digit_does_not_matter(session, world, forming):
    make_category(session, "34928500", "Street-lighting equipment")
    session.flush()
    commands.edit_purpose(
        session,
        world.actor("newcastle"),
        consortium_id=forming.id,
        name="Street lights",
        purpose="Light for less.",
        category_code="34928500-3",
        seen_version=forming.version,
    )
    session.flush()
    assert (forming.name, forming.category_code) == ("Street lights", "34928500")
    assert newest(session, forming).data == {
        "name": "Street lights",
        "purpose": "Light for less.",
        "category_code": "34928500",
    }


def test_a_category_that_does_not_exist_changes_nothing(session, world, forming):
    with pytest.raises(Refused) as refusal:
        commands.edit_purpose(
            session,
            world.actor("newcastle"),
            consortium_id=forming.id,
            name="Other",
            purpose="Other",
            category_code="99999999",
            seen_version=forming.version,
        )
    assert refusal.value.field == "category_code"
    assert forming.name == "Road signs"


@pytest.mark.parametrize("typed", ["E08000037", "e08000037 ", "gateshead"])
def test_a_place_is_found_by_code_or_name(session, world, forming, typed):
    commands.edit_place(
        session, world.actor("newcastle"), consortium_id=forming.id, areas=[typed], seen_version=forming.version
    )
    assert [area.gss for area in forming.areas] == ["E08000037"]
    assert newest(session, forming).data == {"areas": ["E08000037"], "area": "Gateshead"}


def edit_place(session, world, consortium, *areas, actor=None):
    session.flush()
    return commands.edit_place(
        session,
        actor or world.actor("newcastle"),
        consortium_id=consortium.id,
        areas=areas,
        seen_version=consortium.version,
    )


def test_a_place_takes_several_areas_once_each_in_the_order_of_their_names(session, world, forming):
    seen = forming.version
    edit_place(session, world, forming, "Leeds", "E08000037", "gateshead", "E08000021")
    session.commit()
    session.expire_all()
    assert [area.name for area in forming.areas] == ["Gateshead", "Leeds", "Newcastle upon Tyne"]
    assert forming.version > seen
    assert newest(session, forming).data == {
        "areas": ["E08000037", "E08000035", "E08000021"],
        "area": "Gateshead; Leeds; Newcastle upon Tyne",
    }
    edit_place(session, world, forming, "E08000035")
    session.commit()
    session.expire_all()
    assert [area.name for area in forming.areas] == ["Leeds"]


@pytest.mark.parametrize("areas", [[], ["Gateshead", "Atlantis"]])
def test_no_area_or_one_that_is_none_changes_nothing(session, world, forming, areas):
    with pytest.raises(Refused) as refusal:
        edit_place(session, world, forming, *areas)
    assert refusal.value.field == "area"
    assert [area.gss for area in forming.areas] == ["E08000021"]


@pytest.mark.parametrize(("body", "error"), [("gateshead", NotAllowed), ("leeds", NotFound)])
def test_only_the_lead_chooses_the_place(session, world, forming, body, error):
    with pytest.raises(error):
        edit_place(session, world, forming, "Leeds", actor=world.actor(body))


def test_a_name_that_two_areas_have_is_refused(session, world, forming):
    make_area(session, "E07000001", "Twin")
    make_area(session, "E07000002", "Twin")
    session.flush()
    with pytest.raises(Refused):
        commands.edit_place(
            session, world.actor("newcastle"), consortium_id=forming.id, areas=["Twin"], seen_version=forming.version
        )


def edit_rule(session, actor, consortium, rule="weighted", quorum=60, **values):
    values = {"seen_version": consortium.version, **values}
    return commands.edit_rule(
        session, actor, consortium_id=consortium.id, decision_rule=rule, quorum_percent=quorum, **values
    )


def test_the_rule_changes_with_its_quorum_while_forming(session, world, forming):
    edit_rule(session, world.actor("newcastle"), forming)
    assert (forming.decision_rule, forming.quorum_percent) == (DecisionRule.WEIGHTED, 60)
    assert newest(session, forming).data == {"decision_rule": "weighted", "quorum_percent": 60}


def test_a_rule_that_has_no_quorum_forgets_it(session, world, forming):
    edit_rule(session, world.actor("newcastle"), forming, rule="majority", quorum=60)
    assert forming.quorum_percent == 0


@pytest.mark.parametrize(
    ("rule", "quorum", "field"), [("weighted", 101, "quorum_percent"), ("dice", 0, "decision_rule")]
)
def test_a_rule_or_quorum_that_cannot_be_is_refused(session, world, forming, rule, quorum, field):
    with pytest.raises(Refused) as refusal:
        edit_rule(session, world.actor("newcastle"), forming, rule, quorum)
    assert refusal.value.field == field


def test_the_rule_is_settled_when_forming_ends(session, world):
    with pytest.raises(Refused, match="settled when forming ended"):
        edit_rule(session, world.actor("newcastle"), world.consortium)


def test_the_rule_stays_while_a_decision_is_open(session, world, forming):
    commands.open_decision(session, world.actor("gateshead"), consortium_id=forming.id, stage="pooling", now=NOW)
    with pytest.raises(Refused, match="while a decision is open"):
        edit_rule(session, world.actor("newcastle"), forming)


def test_a_buyer_of_a_body_that_does_not_lead_cannot_change_the_rule(session, world, forming):
    with pytest.raises(NotAllowed):
        edit_rule(session, world.actor("gateshead"), forming)


@pytest.mark.parametrize("role", ["observer", "evaluator", "approver"])
def test_the_wrong_role_in_the_lead_cannot_change_the_rule(session, world, forming, role):
    with pytest.raises(NotAllowed):
        edit_rule(session, world.actor("newcastle", role), forming)


def test_a_body_outside_finds_no_consortium(session, world, forming):
    with pytest.raises(NotFound):
        edit_rule(session, world.actor("leeds"), forming)


def test_the_stale_caller_is_refused(session, world, forming):
    with pytest.raises(Stale):
        edit_rule(session, world.actor("newcastle"), forming, seen_version=forming.version - 1)


def edit_timetable(session, actor, consortium, **dates):
    return commands.edit_timetable(
        session, actor, consortium_id=consortium.id, milestones=dates, seen_version=consortium.version, now=NOW
    )


def test_dates_are_added_moved_and_taken_out_and_make_the_old_page_stale(session, world, forming):
    seen = forming.version
    edit_timetable(
        session, world.actor("newcastle"), forming, tender_published=date(2027, 1, 4), award=date(2027, 5, 1)
    )
    session.flush()
    session.refresh(forming)
    assert {m.kind: m.due_on for m in forming.milestones} == {
        MilestoneKind.TENDER_PUBLISHED: date(2027, 1, 4),
        MilestoneKind.AWARD: date(2027, 5, 1),
    }
    assert forming.version > seen
    edit_timetable(session, world.actor("newcastle"), forming, contract_starts=date(2027, 6, 1))
    session.flush()
    session.refresh(forming)
    assert [m.kind for m in forming.milestones] == [MilestoneKind.CONTRACT_STARTS]
    assert newest(session, forming).data == {"milestones": {"contract_starts": "2027-06-01"}}


def test_dates_out_of_order_are_refused_beside_the_later_step(session, world, forming):
    with pytest.raises(Refused) as refusal:
        edit_timetable(
            session, world.actor("newcastle"), forming, award=date(2027, 5, 1), contract_starts=date(2027, 4, 30)
        )
    assert refusal.value.field == "contract_starts"
    said = refusal.value.message % refusal.value.values
    assert said == "The contract start date must be the same as or after the award date"
    assert [m.due_on for m in forming.milestones] == [date(2027, 3, 1)]


def test_a_date_of_long_ago_is_refused_beside_its_step_and_one_that_is_there_stays(session, world, forming):
    lead = world.actor("newcastle")
    with pytest.raises(Refused) as refusal:
        edit_timetable(session, lead, forming, tender_published=date(2020, 12, 31), award=date(2027, 5, 1))
    assert refusal.value.field == "tender_published"
    assert refusal.value.message % refusal.value.values == "The tender date must be in 2021 or later"
    assert [m.due_on for m in forming.milestones] == [date(2027, 3, 1)]
    edit_timetable(session, lead, forming, tender_published=date(2021, 1, 1))
    forming.milestones[0].due_on = date(1999, 1, 1)
    session.flush()
    kind = forming.milestones[0].kind.value
    edit_timetable(session, lead, forming, **{kind: date(1999, 1, 1)}, contract_ends=date(2027, 5, 1))
    with pytest.raises(Refused, match="or later"):
        edit_timetable(session, lead, forming, **{kind: date(1999, 1, 2)})


def test_a_timetable_needs_a_date(session, world, forming):
    with pytest.raises(Refused):
        edit_timetable(session, world.actor("newcastle"), forming, award=None)


def test_the_timetable_may_change_after_forming_but_not_once_closed(session, world):
    edit_timetable(session, world.actor("newcastle"), world.consortium, award=date(2027, 5, 1))
    world.consortium.stage = Stage.CLOSED
    with pytest.raises(Refused, match="closed"):
        edit_timetable(session, world.actor("newcastle"), world.consortium, award=date(2027, 6, 1))
