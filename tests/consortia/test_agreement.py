"""Inviting bodies, and what they answer and sign."""

import pytest

from commonpurse.consortia import commands, queries
from commonpurse.consortia.models import Stage
from commonpurse.core import jobs, log, mail
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from support.consortia_rows import LATER, make_forming, part_of
from support.world import NOW


@pytest.fixture(autouse=True)
def letters_wait(monkeypatch):
    """Letters are written but nobody delivers them."""
    monkeypatch.setitem(jobs._jobs, "deliver_mail", lambda *_: None)


def invite(session, world, consortium, *bodies, actor=None):
    keys = [world.organisation(body) for body in bodies or ("gateshead",)]
    return commands.invite(
        session, actor or world.actor("newcastle"), consortium_id=consortium.id, organisation_ids=keys, now=NOW
    )


def accept(session, world, consortium, role="approver", number=1, body="gateshead"):
    return commands.accept_invitation(
        session, world.actor(body, role), consortium_id=consortium.id, number=number, now=LATER
    )


def decline(session, world, consortium, reason):
    return commands.decline_invitation(
        session, world.actor("gateshead", "approver"), consortium_id=consortium.id, reason=reason, now=LATER
    )


def kinds(session, consortium):
    return [entry.kind.removeprefix("consortia.") for entry in log.entries_after(session, consortium.stream, 0)]


def write(session, world, consortium, text="New terms.", seen=1, body="newcastle", role="buyer"):
    return commands.write_agreement(
        session, world.actor(body, role), consortium_id=consortium.id, text=text, seen_number=seen, now=LATER
    )


def test_an_invitation_is_recorded_and_written_to_the_administrators_of_the_body(session, world, lonely):
    assert invite(session, world, lonely, "gateshead", "darlington", "gateshead") == 2
    session.flush()
    assert [part.position for part in lonely.participations] == [0, 1, 2]
    assert kinds(session, lonely) == ["body_invited", "body_invited"]
    letters = mail.list_newest(session)
    assert {letter.recipient for letter in letters} == {
        "organisation_administrator@gateshead.example",
        "organisation_administrator@darlington.example",
    }
    assert {letter.template for letter in letters} == {"consortium_invitation"}


@pytest.mark.parametrize("body", ["gateshead", "newcastle", "builder"])
def test_a_body_already_there_or_not_public_is_not_invited(session, world, invited, body):
    before = len(kinds(session, invited))
    with pytest.raises(Refused):
        invite(session, world, invited, body)
    assert len(kinds(session, invited)) == before


def test_invitations_wait_for_agreement_rule_and_bodies(session, world):
    made = commands.create(session, world.actor("leeds"), name="Light", purpose="Light.", now=NOW)
    with pytest.raises(Refused, match="agreement first"):
        invite(session, world, made, actor=world.actor("leeds"))
    write(session, world, made, seen=0, body="leeds")
    with pytest.raises(Refused, match="decision rule first"):
        invite(session, world, made, actor=world.actor("leeds"))
    made.decision_rule = "consent"
    with pytest.raises(Refused, match="at least one body"):
        commands.invite(session, world.actor("leeds"), consortium_id=made.id, organisation_ids=[], now=NOW)


def test_nobody_joins_once_the_consortium_is_out_to_bid(session, world, invited):
    invited.stage = Stage.OUT_TO_BID
    with pytest.raises(Refused, match="bidders must know"):
        invite(session, world, invited, "darlington")


@pytest.mark.parametrize("stage", [Stage.OUT_TO_BID, Stage.CLOSED])
def test_an_invitation_lapses_with_the_last_stage_in_which_bodies_join(session, world, invited, stage):
    invited.stage = stage
    with pytest.raises(Refused, match="lapsed"):
        accept(session, world, invited)
    with pytest.raises(Refused, match="lapsed"):
        decline(session, world, invited, "Too late.")
    assert part_of(invited, world, "gateshead").state == "invited"


def test_only_the_lead_invites(session, world, invited):
    accept(session, world, invited)
    with pytest.raises(NotAllowed):
        invite(session, world, invited, "darlington", actor=world.actor("gateshead"))
    with pytest.raises(NotFound):
        invite(session, world, invited, "darlington", actor=world.actor("leeds"))


@pytest.mark.parametrize("role", ["approver", "organisation_administrator"])
def test_accepting_joins_and_signs_and_is_recorded(session, world, invited, role):
    accept(session, world, invited, role)
    session.flush()
    assert part_of(invited, world, "gateshead").state == "joined"
    assert queries.signatures_by_body(session, invited.id)[world.organisation("gateshead")] == 1
    assert kinds(session, invited)[-2:] == ["body_joined", "agreement_signed"]
    assert [body.name for body in queries.joined_bodies(session, invited.id)] == [
        "Newcastle upon Tyne Council",
        "Gateshead Council",
    ]


@pytest.mark.parametrize("role", ["buyer", "evaluator", "observer"])
def test_nobody_else_accepts(session, world, invited, role):
    with pytest.raises(NotAllowed):
        accept(session, world, invited, role)


def test_accepting_an_agreement_that_was_changed_meanwhile_is_stale_and_joins_nobody(session, world, invited):
    write(session, world, invited)
    session.commit()
    with pytest.raises(Stale), session.begin_nested():
        accept(session, world, invited, number=1)
    session.refresh(part_of(invited, world, "gateshead"))
    assert part_of(invited, world, "gateshead").state == "invited"


def test_an_invitation_is_accepted_once(session, world, invited):
    accept(session, world, invited)
    with pytest.raises(Refused, match="already joined"):
        accept(session, world, invited)


def test_declining_needs_a_reason_hides_the_consortium_and_lets_the_lead_invite_again(session, world, invited):
    with pytest.raises(Refused) as refusal:
        decline(session, world, invited, "  ")
    assert refusal.value.field == "reason"
    decline(session, world, invited, "No money.")
    session.flush()
    assert kinds(session, invited)[-1] == "invitation_declined"
    with pytest.raises(NotFound):
        queries.get_consortium(session, world.actor("gateshead", "approver"), invited.id)
    invite(session, world, invited)
    part = part_of(invited, world, "gateshead")
    assert (part.state, part.reason, part.position) == ("invited", "", 1)


def test_a_body_that_is_only_invited_is_not_found_among_the_joined(session, world, invited):
    assert queries.get_consortium(session, world.actor("gateshead"), invited.id) is invited
    with pytest.raises(NotFound):
        queries.get_joined_consortium(session, world.actor("gateshead"), invited.id)


def test_a_new_version_needs_a_signature_of_every_body(session, world):
    forming = make_forming(session, world)
    write(session, world, forming)
    session.flush()
    assert queries.standing(session, forming).unsigned == 3
    for body in ("newcastle", "gateshead", "darlington"):
        commands.sign_agreement(session, world.actor(body, "approver"), consortium_id=forming.id, number=2, now=LATER)
    session.flush()
    assert queries.standing(session, forming).unsigned == 0
    assert kinds(session, forming) == ["agreement_written", *["agreement_signed"] * 3]


def test_the_old_version_cannot_be_signed_nor_the_new_one_twice(session, world):
    forming = make_forming(session, world)
    sign = {"consortium_id": forming.id, "now": LATER}
    with pytest.raises(Refused, match="already signed"):
        commands.sign_agreement(session, world.actor("gateshead", "approver"), number=1, **sign)
    write(session, world, forming)
    with pytest.raises(Stale):
        commands.sign_agreement(session, world.actor("gateshead", "approver"), number=1, **sign)
    with pytest.raises(NotAllowed):
        commands.sign_agreement(session, world.actor("gateshead", "buyer"), number=2, **sign)
    with pytest.raises(NotFound):
        commands.sign_agreement(session, world.actor("leeds", "approver"), number=2, **sign)


@pytest.mark.parametrize("text", ["  ", "Each body pays its share."])
def test_an_empty_or_unchanged_text_is_no_new_version(session, world, lonely, text):
    with pytest.raises(Refused):
        write(session, world, lonely, text=text)
    assert queries.latest_agreement(session, lonely.id).number == 1


def test_two_people_cannot_write_the_same_version(session, world, lonely):
    write(session, world, lonely)
    with pytest.raises(Stale):
        write(session, world, lonely, text="Other terms.", seen=1)


def test_only_the_lead_writes_the_agreement(session, world):
    forming = make_forming(session, world)
    with pytest.raises(NotAllowed):
        write(session, world, forming, body="gateshead")
    with pytest.raises(NotAllowed):
        write(session, world, forming, role="observer")
    with pytest.raises(NotFound):
        write(session, world, forming, body="leeds")


def leave(session, world, consortium, body="gateshead", role="approver", reason="Reorganised."):
    return commands.leave(session, world.actor(body, role), consortium_id=consortium.id, reason=reason, now=LATER)


def test_leaving_is_recorded_with_its_reason_and_ends_what_the_body_sees(session, world):
    leave(session, world, world.consortium)
    session.flush()
    entry = log.entries_after(session, world.consortium.stream, 0)[-1]
    assert (entry.kind, entry.data["reason"]) == ("consortia.body_left", "Reorganised.")
    with pytest.raises(NotFound):
        queries.get_consortium(session, world.actor("gateshead"), world.consortium.id)
    assert len(queries.joined_bodies(session, world.consortium.id)) == 2


def test_the_lead_cannot_leave(session, world):
    with pytest.raises(Refused, match="lead authority cannot leave"):
        leave(session, world, world.consortium, "newcastle")


def test_leaving_needs_a_reason_and_the_right_role(session, world):
    with pytest.raises(Refused):
        leave(session, world, world.consortium, reason="")
    with pytest.raises(Refused):
        leave(session, world, world.consortium, reason="x" * 501)
    with pytest.raises(NotAllowed):
        leave(session, world, world.consortium, role="buyer")
    with pytest.raises(NotFound):
        leave(session, world, world.consortium, body="leeds")
    assert part_of(world.consortium, world, "gateshead").state == "joined"


def test_nobody_leaves_a_closed_consortium(session, world):
    world.consortium.stage = Stage.CLOSED
    with pytest.raises(Refused, match="closed"):
        leave(session, world, world.consortium)
