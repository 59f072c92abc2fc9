"""Who was refused a claim under one contract does not free it for itself under another in which it takes part too."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from commonpurse.core.errors import NotAllowed
from commonpurse.core.transaction import transaction
from commonpurse.delivery import commands, queries
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from support.claim_rows import make_sides
from support.world import NOW

BOTH = ("darlington", "leeds")
"""Darlington takes part in the consortium of the record too."""


def act_on(sides, body, role, status):
    """Try to send the record back, or to return it while it waits for its check."""
    told = {"consortium_id": sides.world.consortium.id, "record_id": sides.record.id, "reason": "We think it is ours"}
    with transaction() as session:
        actor, version = sides.world.actor(body, role), sides.record.version
        if status is VerificationStatus.VERIFIED:
            commands.reopen_record(session, actor, **told, seen_version=version, now=NOW)
        else:
            commands.check_record(session, actor, **told, answer="return", seen_version=version, now=NOW)


@pytest.fixture(params=[VerificationStatus.VERIFIED, VerificationStatus.REPORTED])
def status(request):
    return request.param


@pytest.fixture
def sides(session, world, status):
    checked = {} if status is VerificationStatus.VERIFIED else {"checked_by_id": None, "checked_at": None}
    return make_sides(session, world, BOTH, status=status, **checked)


def test_a_body_that_was_refused_the_claim_does_not_free_it(session, world, sides, status):
    sides.refused(body="darlington")
    for role in ("buyer", "approver"):
        with pytest.raises(NotAllowed):
            act_on(sides, "darlington", role, status)
    page = queries.record_page(session, world.actor("darlington"), world.consortium.id, sides.record.id)
    assert (page.may_check, page.may_reopen) == (False, False)
    act_on(sides, "newcastle", "approver", status)
    session.refresh(sides.record)
    assert sides.record.status is VerificationStatus.RETURNED


def test_a_body_that_wants_nothing_of_it_may_check_it_and_send_it_back(session, sides, status):
    act_on(sides, "darlington", "buyer", status)
    session.refresh(sides.record)
    assert sides.record.status is VerificationStatus.RETURNED


def test_a_rival_finds_no_form_on_the_page_and_the_address_of_one_is_refused(client_of, world, sides, status):
    sides.refused(body="darlington")
    client, there = client_of("darlington"), f"/consortia/{world.consortium.id}"
    page = client.get(f"{there}/delivery/outcomes/{sides.record.id}").text
    assert "Send this record back" not in page
    assert "Check this record" not in page
    answer = client.get(f"{there}/outcomes/records/{sides.record.id}/reopen")
    assert answer.status_code == 403
    assert "of none that was refused this claim elsewhere" in answer.text


def test_the_body_whose_record_was_sent_back_is_told_until_it_is_recorded_again(
    client_of, session, world, sides, status
):
    news = "A record of yours was sent back and counts no longer"
    act_on(sides, "newcastle", "approver", status)
    session.execute(update(OutcomeRecord).values(checked_at=datetime.now(UTC), version=OutcomeRecord.version + 1))
    session.commit()
    assert news in client_of("gateshead").get("/").text
    assert news not in client_of("newcastle").get("/").text
    sides.try_it(
        "gateshead", consortium_id=world.consortium.id, contract_id=sides.record.contract_id, place="Gateshead"
    )
    assert news not in client_of("gateshead").get("/").text
