"""Pages about claims of two sides: each reads what is its own, and nothing of the other's."""

import csv
import io
from datetime import UTC, datetime

import pytest

from commonpurse.core import log
from commonpurse.delivery.models import Contract
from commonpurse.delivery.rules import MOST_ASKED
from support.claim_rows import GROUNDS, KEPT, LEARNER, SECRETS, clashes, filled, kinds, make_clash, make_sides
from support.delivery_rows import make_contract, make_record
from support.web import counted_statements

OTHERS = ("Gateshead Council", ", gateshead", "Newcastle", ", newcastle", "Level crossings", "Street lighting", "SL-1")
"""What nobody of the consortium of Leeds may read."""


@pytest.fixture
def sides(session, world):
    return make_sides(session, world)


def answered(session, sides):
    """Leeds tried it, asked and was told why not, all just now."""
    now = datetime.now(UTC)
    sides.refused(now=now)
    [clash] = clashes(session)
    sides.ask(clash, now=now)
    sides.keep(now=now)
    return clash


def holding(world, record):
    base = f"/consortia/{world.consortium.id}"
    return [
        "/",
        base,
        f"{base}/delivery/",
        f"{base}/delivery/outcomes",
        f"{base}/delivery/outcomes.csv",
        f"{base}/delivery/outcomes/{record.id}",
        f"{base}/delivery/claims",
        f"{base}/outcomes/ledger",
    ]


def refused(sides, clash):
    base = f"/consortia/{sides.theirs.id}"
    return [
        "/",
        base,
        f"{base}/delivery/",
        f"{base}/delivery/outcomes",
        f"{base}/delivery/outcomes.csv",
        f"{base}/delivery/claims",
        f"{base}/delivery/claims/{clash.id}",
    ]


def test_no_page_or_table_of_the_holder_says_who_wants_its_claim(session, world, sides, client_of):
    answered(session, sides)
    for body in ("gateshead", "newcastle", "darlington"):
        client = client_of(body)
        for path in holding(world, sides.record):
            answer = client.get(path, follow_redirects=True)
            assert (path, answer.status_code) == (path, 200)
            assert [secret for secret in SECRETS if secret in answer.text] == [], path


def test_no_page_or_table_of_the_refused_side_says_who_holds_the_claim(session, world, sides, client_of):
    clash = answered(session, sides)
    client = client_of("leeds")
    for path in refused(sides, clash):
        answer = client.get(path, follow_redirects=True)
        assert (path, answer.status_code) == (path, 200)
        body = answer.text.partition("<main")[2] or answer.text
        assert [secret for secret in OTHERS if secret in body] == [], path
        assert str(sides.record.id) not in answer.text


def test_no_entry_of_a_stream_says_anything_of_the_other_side(session, world, sides):
    clash = answered(session, sides)
    ours = str([entry.as_message() for entry in log.entries_after(session, world.consortium.stream, 0)])
    theirs = str([entry.as_message() for entry in log.entries_after(session, sides.theirs.stream, 0)])
    leeds = (world.organisation("leeds"), sides.theirs.id, sides.contract.id, clash.id)
    gateshead = (world.organisation("gateshead"), world.consortium.id, sides.record.id, sides.record.contract_id)
    assert not [secret for secret in (*SECRETS, GROUNDS, KEPT, *map(str, leeds)) if secret in ours]
    assert not [secret for secret in (*OTHERS, GROUNDS, KEPT, *map(str, gateshead)) if secret in theirs]


def test_a_page_of_one_side_does_not_exist_for_the_other(session, world, sides, client_of):
    clash = answered(session, sides)
    for base in (world.consortium.id, sides.theirs.id):
        assert client_of("gateshead").get(f"/consortia/{base}/delivery/claims/{clash.id}").status_code == 404
    for base in (world.consortium.id, sides.theirs.id):
        path = f"/consortia/{base}/delivery/outcomes/{sides.record.id}"
        assert client_of("leeds").get(path).status_code == 404


def test_the_refusal_leads_to_the_list_of_refused_claims_and_keeps_what_was_typed(session, sides, client_of):
    client = client_of("leeds")
    base = f"/consortia/{sides.theirs.id}/delivery"
    page = client.post(f"{base}/outcomes/record", data=filled(sides)).text
    assert "This person is already claimed for this measure in this quarter" in page
    assert f'href="{base}/claims"' in page
    assert "Started as an apprentice" in page
    [clash] = clashes(session)
    listed = client.get(f"{base}/claims").text
    assert f'href="{base}/claims/{clash.id}"' in listed
    assert "1 refused claim" in listed


def test_the_two_sides_settle_a_claim_on_their_pages(session, world, sides, client_of):
    leeds, gateshead = client_of("leeds"), client_of("gateshead")
    theirs = f"/consortia/{sides.theirs.id}/delivery"
    ours = f"/consortia/{world.consortium.id}/delivery/outcomes/{sides.record.id}"
    leeds.post(f"{theirs}/outcomes/record", data=filled(sides))
    [clash] = clashes(session)
    page = gateshead.get(ours).text
    assert "Another contract tried to record the same person for this measure and quarter on" in page
    assert "Is the claim right?" not in page
    assert "Claimed a second time: " in gateshead.get("/").text
    empty = leeds.post(f"{theirs}/claims/{clash.id}/ask", data={"grounds": " ", "seen_version": "1"}).text
    assert "Enter why you think that yours is the right claim" in empty
    asked = leeds.post(f"{theirs}/claims/{clash.id}/ask", data={"grounds": GROUNDS, "seen_version": "1"})
    assert asked.status_code == 302
    assert "Look at a claim again: " in gateshead.get("/").text
    page = gateshead.get(ours).text
    assert GROUNDS in page
    assert "Enter why the claim is right" in gateshead.post(f"{ours}/keep", data={"seen_version": "1"}).text
    assert gateshead.post(f"{ours}/keep", data={"grounds": KEPT, "seen_version": "1"}).status_code == 302
    assert kinds(clash) == ["refused", "asked", "kept"]
    assert "A claim of yours stays refused: " in leeds.get("/").text
    assert KEPT in leeds.get(f"{theirs}/claims/{clash.id}").text
    sides.send_back(datetime.now(UTC))
    assert "A claim that was refused to you is free now: " in leeds.get("/").text
    assert "Record it again" in leeds.get(f"{theirs}/claims/{clash.id}").text
    assert leeds.post(f"{theirs}/outcomes/record", data=filled(sides)).status_code == 302
    assert "is free now" not in leeds.get("/").text
    assert "Your side holds this claim now" in leeds.get(f"{theirs}/claims/{clash.id}").text


def test_who_takes_part_in_both_consortia_reads_who_the_other_side_is(session, world, client_of):
    sides = make_sides(session, world, ("leeds", "gateshead"))
    clash = answered(session, sides)
    ours = f"/consortia/{world.consortium.id}/delivery/outcomes/{sides.record.id}"
    theirs = f"/consortia/{sides.theirs.id}/delivery/claims/{clash.id}"
    both = client_of("gateshead")
    assert "Leeds Council tried to record the same person" in both.get(ours).text
    assert "Leeds Council asked on" in both.get(ours).text
    assert "Gateshead Council in “Level crossings and light”" in both.get(theirs).text
    one = client_of("newcastle").get(ours).text
    assert "Another contract tried" in one
    assert "Leeds" not in one
    assert "Gateshead" not in client_of("leeds").get(theirs).text.partition("<main")[2]


def test_a_record_whose_own_body_tried_it_twice_says_nothing(session, world, sides, client_of):
    with session.begin_nested():
        make_clash(session, world, sides.record, session.get_one(Contract, sides.record.contract_id), "gateshead")
    session.commit()
    path = f"/consortia/{world.consortium.id}/delivery/outcomes/{sides.record.id}"
    assert "Claimed a second time" not in client_of("gateshead").get(path).text
    assert "Claimed a second time" not in client_of("gateshead").get("/").text
    assert "Recorded by you" in client_of("gateshead").get(f"/consortia/{world.consortium.id}/delivery/claims").text


def test_a_request_of_somebody_who_may_not_ask_is_refused_and_a_late_one_is_stale(session, sides, client_of):
    sides.refused()
    [clash] = clashes(session)
    path = f"/consortia/{sides.theirs.id}/delivery/claims/{clash.id}/ask"
    assert client_of("leeds", "approver").post(path, data={"grounds": "Ours", "seen_version": "1"}).status_code == 403
    late = client_of("leeds").post(path, data={"grounds": GROUNDS, "seen_version": "9"}).text
    assert "Something happened to this claim in the meantime" in late
    assert GROUNDS in late
    assert 'name="seen_version" value="1"' in late
    assert kinds(clash) == ["refused"]


def test_a_late_answer_is_refused_and_what_was_typed_stays(session, world, sides, client_of):
    sides.refused()
    [clash] = clashes(session)
    sides.ask(clash)
    path = f"/consortia/{world.consortium.id}/delivery/outcomes/{sides.record.id}/keep"
    late = client_of("gateshead").post(path, data={"grounds": KEPT, "seen_version": "7"}).text
    assert "Somebody else answered this, or there is another request" in late
    assert KEPT in late
    assert 'name="seen_version" value="1"' in late
    assert kinds(clash) == ["refused", "asked"]


def test_lists_and_pages_of_claims_take_as_many_statements_for_one_as_for_many(
    session, connection, world, sides, client_of
):
    def count(client, path):
        with counted_statements(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    record = session.get_one(Contract, sides.record.contract_id)
    leeds, gateshead = client_of("leeds"), client_of("gateshead")
    paths = [
        (leeds, f"/consortia/{sides.theirs.id}/delivery/claims"),
        (gateshead, f"/consortia/{world.consortium.id}/delivery/outcomes/{sides.record.id}"),
        (gateshead, "/"),
        (leeds, "/"),
    ]
    sides.refused(now=datetime.now(UTC))
    before = [count(*each) for each in paths]
    for number in range(12):
        held = make_record(session, world, record, subject=f"many {number}", body="gateshead")
        make_clash(session, world, held, sides.contract, "leeds")
        other = make_contract(session, world, consortium_id=sides.theirs.id, reference=f"CP-{number}")
        make_clash(session, world, sides.record, other, "leeds")
    session.commit()
    assert [count(*each) for each in paths] == before


def test_the_table_of_records_is_the_same_with_and_without_a_refused_claim(session, world, sides, client_of):
    path = f"/consortia/{world.consortium.id}/delivery/outcomes.csv"
    before = client_of("gateshead").get(path).text
    answered(session, sides)
    after = client_of("gateshead").get(path).text
    assert after == before
    assert len(list(csv.reader(io.StringIO(after)))) == 2


def test_a_list_without_refused_claims_says_what_belongs_there(world, sides, client_of):
    page = client_of("leeds").get(f"/consortia/{sides.theirs.id}/delivery/claims").text
    assert "None has been refused yet." in page


def test_what_was_free_and_is_held_again_is_no_news(session, world, sides, client_of):
    now = datetime.now(UTC)
    leeds, gateshead = client_of("leeds"), client_of("gateshead")
    sides.refused(now=now)
    sides.send_back(now)
    assert "is free now" in leeds.get("/").text
    make_record(session, world, sides.record.contract, subject=LEARNER, body="gateshead")
    session.commit()
    assert "is free now" not in leeds.get("/").text
    assert "Claimed a second time" not in gateshead.get("/").text
    sides.refused(now=now)
    assert "Claimed a second time" in gateshead.get("/").text


def test_what_another_body_of_the_same_contract_recorded_in_its_place_is_no_news(session, world, client_of):
    sides = make_sides(session, world)
    now = datetime.now(UTC)
    clash = make_clash(session, world, sides.record, session.get_one(Contract, sides.record.contract_id), "darlington")
    session.commit()
    sides.send_back(now)
    assert "is free now" in client_of("darlington").get("/").text
    make_record(session, world, clash.contract, subject=LEARNER, body="darlington")
    session.commit()
    assert "is free now" not in client_of("darlington").get("/").text


def test_a_page_says_how_often_the_other_side_can_be_asked_yet(session, sides, client_of):
    sides.refused()
    [clash] = clashes(session)
    path = f"/consortia/{sides.theirs.id}/delivery/claims/{clash.id}"
    said = []
    for number in range(MOST_ASKED):
        said.append(client_of("leeds").get(path).text)
        sides.ask(clash, seen_version=1 + 2 * number)
        sides.keep(seen_version=number + 1)
    assert ["3 requests are left" in said[0], "1 request is left" in said[2]] == [True, True]
    last = client_of("leeds").get(path).text
    assert "it cannot be asked again" in last
    assert "Ask them to look again" not in last
    assert "can ask the other side to look again" not in client_of("leeds", "approver").get(path).text


def test_what_is_typed_in_a_browser_keeps_its_paragraphs(session, sides, client_of):
    sides.refused()
    [clash] = clashes(session)
    path = f"/consortia/{sides.theirs.id}/delivery/claims/{clash.id}"
    client_of("leeds").post(f"{path}/ask", data={"grounds": "Ours.\r\n\r\nSince May.", "seen_version": "1"})
    page = client_of("leeds").get(path).text
    assert '<p class="govuk-body">Ours.</p>' in page
    assert '<p class="govuk-body">Since May.</p>' in page
