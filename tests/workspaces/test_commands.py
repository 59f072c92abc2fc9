"""Acts in the room: what they change, what they record, and whom they refuse."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from commonpurse.consortia.models import (
    DecisionRule,
    Milestone,
    MilestoneKind,
    Participation,
    ParticipationState,
    Stage,
)
from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.workspaces import commands, queries
from commonpurse.workspaces.models import AgendaItem, ItemState, Workspace
from support.workspace_rows import answer, make_room, make_rule, make_target, offer
from support.world import NOW, TODAY, make_consortium, make_measure

ACTS = {
    "add_item": lambda session, world, actor, item: commands.add_item(
        session, actor, consortium_id=world.consortium.id, kind="allocation_rule", measure_id=None, now=NOW
    ),
    "make_offer": lambda session, world, actor, item: commands.make_offer(
        session, actor, item_id=item, seen_number=1, quantity=Decimal(90), now=NOW
    ),
    "take_position": lambda session, world, actor, item: commands.take_position(
        session, actor, item_id=item, seen_number=1, answer="agree", now=NOW
    ),
    "comment": lambda session, world, actor, item: commands.comment(
        session, actor, item_id=item, text="Can we do more?", now=NOW
    ),
    "park": lambda session, world, actor, item: commands.park(session, actor, item_id=item, now=NOW),
}


def stream(session, world):
    return session.scalars(select(Workspace).where(Workspace.consortium_id == world.consortium.id)).one().stream


def kinds(session, world):
    return [entry.kind.removeprefix("workspaces.") for entry in log.entries_after(session, stream(session, world), 0)]


def get(session, item):
    return session.get(AgendaItem, item)


@pytest.fixture
def item(session, world):
    """A target on which Newcastle has offered 100 people."""
    found = make_target(session, world)
    offer(session, world, "newcastle", found, 0, "100")
    return found


def test_opening_a_room_twice_gives_the_same_room_and_one_entry(session, world):
    assert make_room(session, world) == make_room(session, world)
    assert kinds(session, world) == ["workspace_opened"]


def test_no_room_opens_while_the_consortium_is_forming(session, world):
    world.consortium.stage = Stage.FORMING
    with pytest.raises(NotAllowed):
        make_room(session, world)


def test_a_target_is_put_on_the_agenda_once(session, world):
    make_target(session, world)
    with pytest.raises(Refused, match="on the agenda already"):
        make_target(session, world)
    assert kinds(session, world) == ["workspace_opened", "item_added"]


def test_a_measure_of_a_body_outside_the_consortium_cannot_be_chosen(session, world):
    theirs = make_measure(
        session, "OWN-1", kind="custom", owner_id=world.organisation("leeds"), framework_version_id=None
    )
    with pytest.raises(Refused, match="Select a measure from the list"):
        make_target(session, world, measure_id=theirs.id)
    with pytest.raises(Refused, match="Select a measure"):
        make_target(session, world, measure_id=None)


def test_only_one_allocation_rule_is_open_at_a_time(session, world):
    first = make_rule(session, world)
    with pytest.raises(Refused, match="still open"):
        make_rule(session, world)
    commands.park(session, world.actor("gateshead"), item_id=first, now=NOW)
    make_rule(session, world)
    with pytest.raises(Refused, match="still open"):
        commands.resume(session, world.actor("gateshead"), item_id=first, now=NOW)


def test_an_offer_counts_as_the_agreement_of_the_body_that_makes_it(session, world, item):
    [made] = get(session, item).offers
    assert [(p.organisation_id, p.answer.value) for p in made.positions] == [(world.organisation("newcastle"), "agree")]
    assert (made.number, made.quantity, get(session, item).current_number) == (1, 100, 1)


def test_a_counter_replaces_the_offer_on_the_table(session, world, item):
    seq = offer(session, world, "gateshead", item, 1, "120")
    assert get(session, item).current_number == 2
    [entry] = log.entries_after(session, stream(session, world), seq - 1)
    assert (entry.kind, entry.data["quantity"], entry.data["number"]) == ("workspaces.offer_made", "120", 2)


def test_acting_on_an_offer_that_was_replaced_is_refused_and_says_by_whom(session, world, item):
    offer(session, world, "gateshead", item, 1, "120")
    for act in (
        lambda: answer(session, world, "darlington", item, 1),
        lambda: offer(session, world, "darlington", item, 1, "130"),
    ):
        with pytest.raises(Stale, match="Gateshead Council made a new offer in the meantime"):
            act()
    assert len(get(session, item).offers) == 2


def test_consent_freezes_the_target_when_the_last_body_answers(session, world, item):
    answer(session, world, "gateshead", item, 1)
    assert get(session, item).state is ItemState.OPEN
    answer(session, world, "darlington", item, 1, "abstain")
    agreed = get(session, item)
    assert (agreed.state, agreed.agreed_number, agreed.agreed_rule) == (ItemState.AGREED, 1, DecisionRule.CONSENT)
    record = agreed.agreed_record
    assert [each["name"] for each in record["electorate"]] == [
        "Newcastle upon Tyne Council", "Gateshead Council", "Darlington Council",
    ]  # fmt: skip
    assert [each["weight"] for each in record["electorate"]] == [300_00, 200_00, 100_00]
    assert [each["answer"] for each in record["positions"]] == ["agree", "agree", "abstain"]
    assert record["sentence"] == "Every body answered and none objected"
    assert kinds(session, world)[-2:] == ["position_taken", "item_agreed"]
    assert log.verify(session, stream(session, world)).fault is None


@pytest.mark.parametrize("act", ["make_offer", "take_position", "comment", "park"])
def test_an_agreed_item_refuses_every_act(session, world, item, act):
    answer(session, world, "gateshead", item, 1), answer(session, world, "darlington", item, 1)
    before = kinds(session, world)
    with pytest.raises(Stale, match="agreed and is frozen"):
        ACTS[act](session, world, world.actor("gateshead"), item)
    with pytest.raises(Stale, match="agreed and is frozen"):
        commands.resume(session, world.actor("gateshead"), item_id=item, now=NOW)
    assert kinds(session, world) == before


def test_an_objection_keeps_the_item_open_until_the_body_changes_its_mind(session, world, item):
    answer(session, world, "gateshead", item, 1, "object", reason="Too few for us")
    answer(session, world, "darlington", item, 1)
    assert get(session, item).state is ItemState.OPEN
    answer(session, world, "gateshead", item, 1)
    assert get(session, item).state is ItemState.AGREED


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_objection_needs_a_reason(session, world, item, reason):
    with pytest.raises(Refused, match="Enter a reason") as refusal:
        answer(session, world, "gateshead", item, 1, "object", reason=reason)
    assert refusal.value.field == "reason"
    assert len(get(session, item).offers[0].positions) == 1


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("0", "more than 0"),
        ("-5", "more than 0"),
        ("12.5", "must be a whole number of people"),
        ("10000000000000000", "or less"),
        ("100", "on the table already"),
    ],
)
def test_a_target_of_nothing_or_of_no_sense_is_refused_and_changes_nothing(session, world, item, quantity, sentence):
    with pytest.raises(Refused, match=sentence) as refusal:
        offer(session, world, "gateshead", item, 1, quantity)
    assert refusal.value.field == "quantity"
    assert (get(session, item).current_number, len(kinds(session, world))) == (1, 3)


@pytest.mark.parametrize(
    ("unit", "typed", "units"),
    [("people", "3", 300), ("opportunities", "40", 4000), ("FTE", "37.5", 3750), ("hours", "0.25", 25)],
)
def test_a_target_is_as_fine_as_its_unit_can_be_delivered(session, world, unit, typed, units):
    item = make_target(session, world, measure_id=make_measure(session, "FINE", unit=unit, decimals=2).id)
    offer(session, world, "newcastle", item, 0, typed)
    assert get(session, item).offers[0].quantity == units


@pytest.mark.parametrize(
    ("unit", "typed", "sentence"),
    [
        ("opportunities", "0.5", "The target must be a whole number of opportunities"),
        ("people", "12.25", "The target must be a whole number of people"),
        ("suppliers", "1.01", "The target must be a whole number of suppliers"),
        ("FTE", "0.125", "The target must have no more than 2 decimal places"),
    ],
)
def test_half_a_person_is_no_target_although_people_are_shared_in_hundredths(session, world, unit, typed, sentence):
    item = make_target(session, world, measure_id=make_measure(session, "FINE", unit=unit, decimals=2).id)
    with pytest.raises(Refused) as refusal:
        offer(session, world, "newcastle", item, 0, typed)
    assert (refusal.value.field, str(refusal.value)) == ("quantity", sentence)
    assert not get(session, item).offers


def test_majority_and_weights_close_an_item_as_soon_as_nothing_can_change_it(session, world):
    world.consortium.decision_rule = DecisionRule.MAJORITY
    item = make_target(session, world)
    offer(session, world, "darlington", item, 0)
    answer(session, world, "gateshead", item, 1)
    assert get(session, item).state is ItemState.AGREED

    world.consortium.decision_rule = DecisionRule.WEIGHTED
    other = make_target(session, world, measure_id=make_measure(session, "APP-L4").id)
    offer(session, world, "newcastle", other, 0)
    assert get(session, other).state is ItemState.OPEN
    answer(session, world, "darlington", other, 1)
    assert (
        get(session, other).agreed_record["sentence"] == "Those that agree outweigh those that object: £400.00 to £0.00"
    )


def test_nothing_can_be_offered_before_a_decision_rule_is_chosen(session, world):
    item = make_target(session, world)
    world.consortium.decision_rule = None
    with pytest.raises(Refused, match="not chosen how it decides"):
        offer(session, world, "newcastle", item, 0)


def test_a_body_that_left_no_longer_counts(session, world, item):
    part = session.scalars(
        select(Participation).where(
            Participation.consortium_id == world.consortium.id,
            Participation.organisation_id == world.organisation("darlington"),
        )
    ).one()
    part.state = ParticipationState.LEFT
    session.flush()
    answer(session, world, "gateshead", item, 1)
    assert get(session, item).state is ItemState.AGREED
    with pytest.raises(NotFound):
        answer(session, world, "darlington", item, 1)


@pytest.mark.parametrize("act", ACTS)
def test_the_same_key_again_answers_the_same_and_does_nothing_twice(session, world, item, act):
    acts = {
        "add_item": lambda key: commands.add_item(
            session, world.actor("gateshead"), consortium_id=world.consortium.id, kind="allocation_rule",
            measure_id=None, now=NOW, idempotency_key=key,
        ),
        "make_offer": lambda key: offer(session, world, "gateshead", item, 1, "130", idempotency_key=key),
        "take_position": lambda key: answer(session, world, "gateshead", item, 1, idempotency_key=key),
        "comment": lambda key: commands.comment(
            session, world.actor("gateshead"), item_id=item, text="Yes", now=NOW, idempotency_key=key
        ),
        "park": lambda key: commands.park(
            session, world.actor("gateshead"), item_id=item, now=NOW, idempotency_key=key
        ),
    }  # fmt: skip
    first = acts[act]("key-1")
    entries = kinds(session, world)
    assert acts[act]("key-1") == first
    assert kinds(session, world) == entries


def test_the_key_of_another_person_is_not_mine(session, world, item):
    answer(session, world, "gateshead", item, 1, idempotency_key="same")
    answer(session, world, "darlington", item, 1, idempotency_key="same")
    assert get(session, item).state is ItemState.AGREED


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["observer", "evaluator", "organisation_administrator", "approver"])
def test_only_buyers_act_but_approvers_may_answer(session, world, item, act, role):
    actor = world.actor("gateshead", role)
    if (act, role) == ("take_position", "approver"):
        ACTS[act](session, world, actor, item)
        return
    with pytest.raises(NotAllowed):
        ACTS[act](session, world, actor, item)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("body", ["leeds", "builder"])
def test_for_bodies_outside_the_consortium_there_is_no_room(session, world, item, act, body):
    with pytest.raises(NotFound):
        ACTS[act](session, world, world.actor(body), item)


def test_an_invited_body_is_not_in_the_room_yet(session, world, item):
    world.consortium.participations[1].state = ParticipationState.INVITED
    with pytest.raises(NotFound):
        answer(session, world, "gateshead", item, 1)


def test_a_closed_consortium_negotiates_no_more(session, world, item):
    world.consortium.stage = Stage.CLOSED
    with pytest.raises(NotAllowed):
        answer(session, world, "gateshead", item, 1)


def test_a_parked_item_waits_until_it_is_taken_up_again(session, world, item):
    commands.park(session, world.actor("gateshead"), item_id=item, now=NOW)
    with pytest.raises(Stale, match="parked"):
        answer(session, world, "gateshead", item, 1)
    commands.comment(session, world.actor("gateshead"), item_id=item, text="After the budget", now=NOW)
    commands.resume(session, world.actor("gateshead"), item_id=item, now=NOW)
    with pytest.raises(Stale, match="already"):
        commands.resume(session, world.actor("newcastle"), item_id=item, now=NOW)
    answer(session, world, "gateshead", item, 1)


@pytest.mark.parametrize(("text", "sentence"), [("  ", "Enter a comment"), ("x" * 4001, "4,000 characters")])
def test_an_empty_or_endless_comment_is_refused(session, world, item, text, sentence):
    with pytest.raises(Refused, match=sentence):
        commands.comment(session, world.actor("gateshead"), item_id=item, text=text, now=NOW)


def test_silence_freezes_an_offer_only_after_negotiation_closed_and_a_week_of_notice(session, world, item):
    session.add(
        Milestone(
            consortium_id=world.consortium.id,
            kind=MilestoneKind.NEGOTIATION_CLOSES,
            due_on=TODAY + timedelta(days=2),
        )
    )
    session.flush()
    session.expire(world.consortium)

    def settled(days):
        return commands.settle_due(
            session, world.actor("darlington", "observer"), consortium_id=world.consortium.id,
            now=NOW + timedelta(days=days),
        )  # fmt: skip

    assert (settled(3), settled(7)) == (0, 0)
    with pytest.raises(Stale, match="ran out"):
        answer(session, world, "gateshead", item, 1, "object", reason="Late", now=NOW + timedelta(days=8))
    assert (settled(8), settled(8)) == (1, 0)
    assert get(session, item).agreed_record["sentence"].startswith("No objection by the deadline")
    [entry] = log.entries_after(session, stream(session, world), 3)
    assert (entry.kind, entry.actor_label) == ("workspaces.item_agreed", "Commonpurse")


def test_agreed_targets_come_in_the_measures_unit(session, world):
    measure = make_measure(session, "CARBON", unit="tCO2e", decimals=3)
    item = make_target(session, world, measure_id=measure.id)
    offer(session, world, "newcastle", item, 0, "12.345")
    assert queries.agreed_targets(session, world.consortium.id) == []
    answer(session, world, "gateshead", item, 1), answer(session, world, "darlington", item, 1)
    [target] = queries.agreed_targets(session, world.consortium.id)
    assert (target.code, target.quantity, target.unit, target.decimals) == ("CARBON", Decimal("12.345"), "tCO2e", 3)


def test_an_item_of_another_consortium_is_not_found(session, world):
    elsewhere = make_consortium(session, world, ("leeds", "gateshead"), name="Elsewhere")
    theirs = commands.open_workspace(session, world.actor("leeds"), consortium_id=elsewhere.id, now=NOW)
    item = commands.add_item(
        session, world.actor("leeds"), consortium_id=elsewhere.id, kind="target", measure_id=world.measure.id, now=NOW
    )
    assert theirs
    with pytest.raises(NotFound):
        answer(session, world, "newcastle", item, 0)
    with pytest.raises(NotFound):
        answer(session, world, "newcastle", uuid4(), 0)
