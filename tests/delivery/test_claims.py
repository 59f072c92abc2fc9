"""A claim that was refused stays on record, both sides are told, and the one that holds it may look again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.core.transaction import transaction
from commonpurse.delivery import commands, queries
from commonpurse.delivery.commands import claims
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.delivery.rules import MOST_ASKED, MOST_REFUSED, Standing, standing_of
from support.claim_rows import GROUNDS, KEPT, clashes, kinds, make_sides
from support.delivery_rows import make_contract, make_record
from support.world import NOW


@pytest.fixture
def sides(session, world):
    return make_sides(session, world)


@pytest.fixture
def clash(session, sides):
    sides.refused()
    [found] = clashes(session)
    return found


def entries(session, consortium):
    session.expire_all()
    return log.entries_after(session, consortium.stream, 0)


def newest(session, consortium):
    return entries(session, consortium)[-1]


def stands(session, clash):
    session.expire_all()
    return queries.standing(clash, queries.holder_of(session, queries.Claim.of(clash)))


def test_a_refused_claim_is_on_record_with_both_sides(session, world, sides):
    assert "already claimed" in sides.refused()
    [clash] = clashes(session)
    assert (clash.contract_id, clash.held_contract_id) == (sides.contract.id, sides.record.contract_id)
    assert (clash.measure_id, clash.quarter_starting) == (world.measure.id, sides.record.quarter_starting)
    assert clash.subject_key == sides.record.subject_key
    [step] = clash.steps
    assert (step.kind, step.record_id, step.at) == ("refused", sides.record.id, NOW)
    assert (step.organisation_id, step.person_id) == (world.organisation("leeds"), world.people["leeds", "buyer"].id)
    assert session.scalar(select(func.count()).select_from(OutcomeRecord)) == 1


def test_each_side_hears_of_it_in_its_own_stream_and_nothing_of_the_other(session, world, sides, clash):
    ours, theirs = newest(session, world.consortium), newest(session, sides.theirs)
    assert (ours.kind, ours.data["record_id"]) == ("delivery.claim_contested", str(sides.record.id))
    assert (ours.person_id, ours.organisation_id, ours.actor_label) == (None, None, "Commonpurse")
    assert (theirs.kind, theirs.data["clash_id"]) == ("delivery.claim_refused", str(clash.id))
    assert theirs.organisation_id == world.organisation("leeds")
    assert not {str(clash.id), str(sides.contract.id), str(sides.theirs.id)} & set(map(str, ours.data.values()))
    assert not {str(sides.record.id), str(world.consortium.id)} & set(map(str, theirs.data.values()))


def test_the_same_try_again_is_a_step_of_the_same_clash_and_the_holder_is_told_once_a_week(session, world, sides):
    for days in (0, 1, 8):
        sides.refused(now=NOW + timedelta(days=days))
    [clash] = clashes(session)
    assert kinds(clash) == ["refused"] * 3
    told = [entry.at for entry in entries(session, world.consortium)]
    assert told == [NOW, NOW + timedelta(days=8)]


def test_the_log_does_not_tell_the_holder_how_many_contracts_tried(session, world, sides):
    second = make_contract(session, world, consortium_id=sides.theirs.id, reference="CP-8")
    session.commit()
    sides.refused()
    sides.refused(contract_id=second.id)
    assert len(clashes(session)) == 2
    assert [entry.kind for entry in entries(session, world.consortium)] == ["delivery.claim_contested"]


def test_the_sentence_is_the_same_whichever_body_holds_the_claim(session, world, sides):
    elsewhere = sides.refused()
    own = make_record(session, world, sides.contract, subject="learner 8", body="leeds")
    session.commit()
    assert sides.refused(subject_reference="learner 8") == elsewhere
    assert own.status is VerificationStatus.VERIFIED


def test_what_a_body_tries_twice_itself_is_settled_and_nobody_is_told_of_a_second_claim(session, world, sides):
    make_record(session, world, sides.contract, subject="learner 8", body="leeds")
    session.commit()
    sides.refused(subject_reference="learner 8")
    [clash] = clashes(session)
    assert stands(session, clash) is Standing.RECORDED
    assert [entry.kind for entry in entries(session, sides.theirs)] == ["delivery.claim_refused"]
    with pytest.raises(Refused, match="holds this claim no longer"):
        sides.ask(clash)


def test_a_refusal_that_cannot_be_recorded_is_said_all_the_same(session, sides, monkeypatch, caplog):
    monkeypatch.setattr(queries, "find_clash", lambda *_: 1 / 0)
    assert "already claimed" in sides.refused()
    assert "a refused attempt is not on record" in caplog.text
    assert clashes(session) == []


def test_a_claim_that_is_freed_before_the_refusal_is_noted_leaves_nothing(session, sides, monkeypatch):
    monkeypatch.setattr(queries, "is_claimed", lambda *_: True)
    assert "already claimed" in sides.refused(subject_reference="learner nobody claimed")
    assert clashes(session) == []


def test_nobody_can_find_out_who_is_claimed_elsewhere_by_trying(session, world, sides):
    contract = session.get_one(type(sides.contract), sides.record.contract_id)
    for number in range(MOST_REFUSED):
        make_record(session, world, contract, subject=f"tried {number}")
    session.commit()
    for number in range(MOST_REFUSED):
        sides.refused(subject_reference=f"tried {number}", now=NOW + timedelta(minutes=number))
    later = NOW + timedelta(minutes=MOST_REFUSED)
    claimed, free = sides.refused(now=later), sides.refused(subject_reference="somebody else", now=later)
    assert claimed == free
    assert "10 claims of your organisation were refused within 24 hours" in free
    assert len(clashes(session)) == MOST_REFUSED
    assert sides.try_it(subject_reference="somebody else", now=NOW + timedelta(days=1, minutes=1))


def test_who_holds_a_claim_may_correct_it_however_many_others_were_refused(session, world, sides, monkeypatch):
    monkeypatch.setattr(queries, "count_refused", lambda *_: MOST_REFUSED)
    correct(session, world, sides, place="Darlington")
    with pytest.raises(Refused, match="within 24 hours"):
        correct(session, world, sides, quarter_starting=date(2027, 1, 1), now=NOW + timedelta(days=90))


def correct(session, world, sides, **changed):
    values = {"quarter_starting": sides.record.quarter_starting, "place": "Gateshead", "now": NOW, **changed}
    live = queries.holder_of(session, queries.Claim.of(sides.record))
    with transaction() as opened:
        return commands.replace_record(
            opened,
            world.actor("gateshead"),
            consortium_id=world.consortium.id,
            record_id=live.id,
            quantity=Decimal(1),
            reason="It was elsewhere",
            seen_version=live.version,
            **values,
        )


def test_a_correction_into_a_quarter_that_is_claimed_is_on_record_too(session, world, sides):
    later = NOW + timedelta(days=90)
    sides.try_it(quarter_starting=date(2027, 1, 1), now=later)
    with pytest.raises(claims.Claimed):
        correct(session, world, sides, quarter_starting=date(2027, 1, 1), now=later)
    [clash] = clashes(session)
    assert (clash.contract_id, clash.held_contract_id) == (sides.record.contract_id, sides.contract.id)
    assert session.get_one(OutcomeRecord, sides.record.id).status is VerificationStatus.VERIFIED


def test_asking_tells_the_holder_without_saying_who_asks(session, world, sides, clash):
    sides.ask(clash)
    assert kinds(clash) == ["refused", "asked"]
    assert clash.steps[1].grounds == GROUNDS
    ours, theirs = newest(session, world.consortium), newest(session, sides.theirs)
    assert (ours.kind, ours.actor_label) == ("delivery.look_requested", "Commonpurse")
    assert (theirs.kind, theirs.organisation_id) == ("delivery.look_asked", world.organisation("leeds"))


def test_only_a_buyer_of_the_side_that_was_refused_asks(session, world, sides, clash):
    with pytest.raises(NotAllowed):
        sides.ask(clash, role="approver")
    with pytest.raises(NotFound):
        sides.ask(clash, "gateshead")
    with pytest.raises(NotFound), transaction() as opened:
        commands.ask_to_look(
            opened,
            world.actor("gateshead"),
            consortium_id=world.consortium.id,
            clash_id=clash.id,
            grounds=GROUNDS,
            seen_version=1,
            now=NOW,
        )
    assert kinds(clash) == ["refused"]


def test_a_stale_or_empty_request_changes_nothing(session, sides, clash):
    with pytest.raises(Stale):
        sides.ask(clash, seen_version=2)
    with pytest.raises(Refused) as caught:
        sides.ask(clash, grounds=" ")
    assert caught.value.field == "grounds"
    sides.ask(clash)
    with pytest.raises(Refused, match="asked already"):
        sides.ask(clash, seen_version=2)
    assert kinds(clash) == ["refused", "asked"]


def test_the_holder_keeps_its_claim_with_grounds_and_the_asker_is_told(session, world, sides, clash):
    sides.ask(clash)
    sides.keep()
    assert kinds(clash) == ["refused", "asked", "kept"]
    assert clash.steps[2].grounds == KEPT
    ours, theirs = newest(session, world.consortium), newest(session, sides.theirs)
    assert (ours.kind, ours.organisation_id) == ("delivery.claim_kept", world.organisation("gateshead"))
    assert (theirs.kind, theirs.actor_label) == ("delivery.claim_upheld", "Commonpurse")
    assert stands(session, clash) is Standing.KEPT


def test_one_side_asks_three_times_at_most(session, sides, clash):
    for number in range(MOST_ASKED):
        sides.ask(clash, seen_version=1 + 2 * number)
        sides.keep(seen_version=number + 1)
    with pytest.raises(Refused, match="3 times"):
        sides.ask(clash, seen_version=1 + 2 * MOST_ASKED)


def test_only_who_may_correct_a_record_keeps_its_claim(session, world, sides, clash):
    sides.ask(clash)
    with pytest.raises(NotAllowed):
        sides.keep("darlington")
    with pytest.raises(NotAllowed):
        sides.keep(role="approver")
    with pytest.raises(NotFound):
        sides.keep("leeds")
    sides.keep("newcastle")


def test_a_stale_or_empty_answer_changes_nothing(session, sides, clash):
    with pytest.raises(Stale):
        sides.keep(seen_version=0)
    sides.ask(clash)
    with pytest.raises(Stale):
        sides.keep(seen_version=0)
    with pytest.raises(Refused) as caught:
        sides.keep(grounds="")
    assert caught.value.field == "grounds"
    sides.keep()
    with pytest.raises(Stale):
        sides.keep()
    assert kinds(clash) == ["refused", "asked", "kept"]


def test_one_answer_is_for_everybody_who_asked(session, world, sides, clash):
    second = make_contract(session, world, consortium_id=sides.theirs.id, reference="CP-8")
    session.commit()
    sides.refused(contract_id=second.id)
    for each in clashes(session):
        sides.ask(each)
    sides.keep(seen_version=2)
    assert [kinds(each) for each in clashes(session)] == [["refused", "asked", "kept"]] * 2


def test_a_claim_that_is_sent_back_is_free_and_those_who_were_refused_are_told(session, world, sides, clash):
    sides.ask(clash)
    sides.send_back()
    assert kinds(clash) == ["refused", "asked", "freed"]
    theirs = newest(session, sides.theirs)
    assert (theirs.kind, theirs.actor_label) == ("delivery.claim_freed", "Commonpurse")
    assert stands(session, clash) is Standing.FREED
    with pytest.raises(Refused, match="holds this claim no longer"):
        sides.ask(clash, seen_version=3)
    sides.try_it()
    assert stands(session, clash) is Standing.RECORDED


def test_a_record_that_is_returned_at_its_check_frees_its_claim(session, world, sides):
    waits = make_record(
        session,
        world,
        session.get_one(type(sides.contract), sides.record.contract_id),
        subject="learner 9",
        body="gateshead",
        status=VerificationStatus.REPORTED,
    )
    session.commit()
    sides.refused(subject_reference="learner 9")
    with transaction() as opened:
        commands.check_record(
            opened,
            world.actor("darlington", "approver"),
            consortium_id=world.consortium.id,
            record_id=waits.id,
            answer="return",
            reason="The register is of another year",
            seen_version=1,
            now=NOW,
        )
    [clash] = clashes(session)
    assert kinds(clash) == ["refused", "freed"]


def test_a_correction_keeps_the_claim_and_moves_it_only_with_the_quarter(session, world, sides, clash):
    sides.ask(clash)
    correct(session, world, sides, place="Darlington")
    assert stands(session, clash) is Standing.ASKED
    correct(session, world, sides, quarter_starting=date(2027, 1, 1), now=NOW + timedelta(days=90))
    assert kinds(clash) == ["refused", "asked", "freed"]


def test_a_side_that_records_again_is_asked_anew(session, world, sides, clash):
    sides.ask(clash)
    sides.send_back()
    make_record(session, world, sides.record.contract, subject="learner 7", body="gateshead")
    session.commit()
    assert stands(session, clash) is Standing.REFUSED
    sides.refused()
    assert kinds(clash) == ["refused", "asked", "freed", "refused"]
    sides.ask(clash, seen_version=4)
    assert stands(session, clash) is Standing.ASKED


def test_neither_table_can_be_changed_or_emptied(session, sides, clash):
    for statement in (
        "UPDATE delivery_clash SET subject_key = 'x'",
        "DELETE FROM delivery_clash_step",
        "UPDATE delivery_clash_step SET grounds = 'x'",
        "DELETE FROM delivery_clash",
    ):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(statement))


@pytest.mark.parametrize(
    ("turn", "is_held", "is_own", "stands"),
    [
        ("refused", True, False, "refused"),
        ("asked", True, False, "asked"),
        ("kept", True, False, "kept"),
        ("freed", True, False, "refused"),
        ("asked", False, False, "freed"),
        ("freed", False, True, "recorded"),
    ],
)
def test_where_a_refused_claim_stands(turn, is_held, is_own, stands):
    assert standing_of(turn, is_held=is_held, is_own=is_own) == stands
