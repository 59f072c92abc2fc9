"""The pages of delivery: forms keep what was typed, lists have few statements, files are downloads."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from commonpurse.delivery import queries
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.delivery.queries import records
from commonpurse.web.words import say
from support.delivery_rows import make_record, make_records
from support.web import counted_statements
from support.world import NOW, TODAY


def outcome(world, contract, **changed):
    return {
        "commitment": f"{contract.id}:{world.measure.id}",
        "quantity": "1",
        "quarter_starting": "2026-10-01",
        "place": "Gateshead",
        "subject_kind": "beneficiary",
        "subject_reference": "learner 7",
        "description": "Started as an apprentice",
        "files": (io.BytesIO(b"%PDF-1.7 register"), "register.pdf"),
        **changed,
    }


def test_an_observer_is_told_whom_to_ask(world, client_of, base, contract):
    page = client_of("gateshead", "observer").get(f"{base}/outcomes/record")
    assert page.status_code == 403
    assert "Ask a buyer of your organisation to do it" in page.text


def test_an_outcome_is_recorded_checked_and_its_evidence_downloaded(session, world, client_of, base, contract):
    gateshead = client_of("gateshead")
    page = gateshead.get(f"{base}/outcomes/record").text
    assert "October to December 2026" in page
    assert "so that one person or thing is claimed once for each quarter" in page
    posted = gateshead.post(f"{base}/outcomes/record", data=outcome(world, contract))
    assert posted.status_code == 302
    record = session.scalars(select(OutcomeRecord)).one()
    page = client_of("darlington", "approver").get(posted.location).text
    assert "Is this record right?" in page
    assert "learner 7" not in page
    file = gateshead.get(f"{posted.location}/evidence/{record.evidence[0].id}")
    assert file.data == b"%PDF-1.7 register"
    assert file.headers["Content-Disposition"] == "attachment; filename=register.pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    check = {"answer": "return", "reason": "", "seen_version": str(record.version)}
    darlington = client_of("darlington", "approver")
    assert "Enter why you return it" in darlington.post(f"{posted.location}/check", data=check).text
    assert darlington.post(f"{posted.location}/check", data={**check, "answer": "verify"}).status_code == 302
    session.expire_all()
    assert record.status is VerificationStatus.VERIFIED


def test_a_late_check_changes_nothing_and_says_what_happened(session, world, client_of, base, contract):
    path = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract)).location
    darlington = client_of("darlington", "approver")
    check = {"answer": "return", "reason": "The register is of another year", "seen_version": "9"}
    late = darlington.post(f"{path}/check", data=check).text
    assert "Somebody else changed this record. Check it and try again" in late
    assert "The register is of another year" in late
    assert session.scalars(select(OutcomeRecord.status)).one() is VerificationStatus.REPORTED
    assert darlington.post(f"{path}/check", data={**check, "answer": "verify", "seen_version": "1"}).status_code == 302
    late = client_of("newcastle").post(f"{path}/check", data={**check, "seen_version": "1"}).text
    assert "Somebody else changed this record" in late
    assert "Is this record right?" not in late


def test_an_outcome_without_evidence_is_refused_beside_the_file_field(session, world, client_of, base, contract):
    for files in (None, (io.BytesIO(b""), "")):
        page = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract, files=files)).text
        assert "Select a file that proves the outcome" in page
        assert 'href="#files"' in page
        assert "Started as an apprentice" in page
    assert session.scalars(select(OutcomeRecord)).all() == []


def test_a_choice_that_there_is_not_is_refused_in_words(session, world, client_of, base, contract):
    unknown = {"commitment": "x", "quarter_starting": "2020-01-01", "subject_kind": "ghost"}
    page = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract, **unknown)).text
    for sentence in ("Select a measure the supplier", "Select a quarter", "Select whether a person or a thing"):
        assert sentence in page
    award = client_of("newcastle").post(f"{base}/award", data={"supplier_id": "x"}).text
    assert "Select a supplier from the list" in award
    assert "Not a valid choice" not in page + award


def test_a_second_claim_is_refused_beside_its_field_and_the_typing_kept(session, world, client_of, base, contract):
    client_of("newcastle").post(f"{base}/outcomes/record", data=outcome(world, contract))
    page = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract)).text
    assert "This person is already claimed" in page
    assert 'href="#subject_reference"' in page
    assert "Started as an apprentice" in page
    assert len(session.scalars(select(OutcomeRecord)).all()) == 1


def test_a_file_that_is_not_what_it_says_is_refused(session, world, client_of, base, contract):
    sent = outcome(world, contract, files=(io.BytesIO(b"<script>"), "register.pdf"))
    page = client_of("gateshead").post(f"{base}/outcomes/record", data=sent).text
    assert "register.pdf is not what its ending says" in page
    assert session.scalars(select(OutcomeRecord)).all() == []


def test_a_file_that_is_evidence_twice_is_said_to_be(session, world, client_of, base, contract):
    words, gateshead = "The same file is evidence of another record of this contract.", client_of("gateshead")
    first = gateshead.post(f"{base}/outcomes/record", data=outcome(world, contract)).location
    other = {"subject_reference": "learner 8", "files": (io.BytesIO(b"%PDF-1.7 another"), "register.pdf")}
    alone = gateshead.post(f"{base}/outcomes/record", data=outcome(world, contract, **other)).location
    assert words not in gateshead.get(first).text + gateshead.get(alone).text
    again = outcome(world, contract, subject_reference="learner 9")
    second = gateshead.post(f"{base}/outcomes/record", data=again).location
    assert words in gateshead.get(second).text
    assert words not in gateshead.get(alone).text
    for record in session.scalars(select(OutcomeRecord).where(OutcomeRecord.id != UUID(second.rpartition("/")[2]))):
        record.status = VerificationStatus.CORRECTED
    session.commit()
    assert words not in gateshead.get(second).text


@pytest.mark.parametrize("path", ["/", "/award", "/outcomes", "/outcomes.csv", "/outcomes/record"])
def test_outsiders_find_nothing_and_visitors_sign_in_first(world, client_of, visitor, base, path):
    assert client_of("leeds").get(base + path).status_code == 404
    assert client_of("builder").get(base + path).status_code == 404
    assert visitor.get(base + path).status_code == 302


def test_an_outsider_finds_no_record_and_no_file(session, world, client_of, base, contract):
    posted = client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract))
    file = session.scalars(select(OutcomeRecord)).one().evidence[0].id
    for path in (posted.location, f"{posted.location}/evidence/{file}"):
        assert client_of("leeds").get(path).status_code == 404
    assert client_of("leeds").post(f"{posted.location}/check", data={"answer": "verify"}).status_code == 404


def test_a_form_says_who_may_do_it_to_those_who_may_not(world, client_of, base, contract):
    page = client_of("gateshead").get(f"{base}/award")
    assert page.status_code == 403
    assert "A buyer of the lead authority can do this" in page.text
    assert client_of("gateshead", "observer").get(f"{base}/outcomes/record").status_code == 403


def test_the_list_is_narrowed_and_downloaded(session, world, client_of, base, contract):
    make_record(session, world, contract, subject="a")
    make_record(session, world, contract, subject="b", status=VerificationStatus.REPORTED)
    session.commit()
    client = client_of("gateshead", "observer")
    assert "2 records" in client.get(f"{base}/outcomes").text
    chosen = f"status=reported&measure={world.measure.id}&quarter=2026-10-01"
    assert "1 record" in client.get(f"{base}/outcomes?{chosen}").text
    assert "Records that match the filters belong here" in client.get(f"{base}/outcomes?status=returned").text
    lines = client.get(f"{base}/outcomes.csv?status=reported").data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert '"Apprenticeship starts, level 3",1,people,2026-10-01,Newcastle upon Tyne,E08000021,reported' in lines[1]


@pytest.mark.parametrize(("kept", "said"), [(3, "1 older record is not"), (2, "2 older records are not"), (4, None)])
def test_a_file_that_has_not_got_every_record_says_so_and_so_does_its_page(
    session, world, client_of, base, contract, monkeypatch, kept, said
):
    monkeypatch.setattr(records, "MOST_EXPORTED", kept)
    make_records(session, world, contract, 4)
    session.commit()
    client = client_of("gateshead")
    lines = client.get(f"{base}/outcomes.csv").data.decode("utf-8-sig").splitlines()
    rows = list(csv.reader(lines[1:]))
    page = client.get(f"{base}/outcomes").text
    if said is None:
        assert len(rows) == 4
        assert "The CSV file holds" not in page
        return
    assert len(rows) == kept + 1
    assert {len(row) for row in rows} == {9}
    assert rows[-1][0].startswith(f"{said} in this file, which holds the newest {kept}. Choose a status")
    assert f"The CSV file holds the newest {kept} of these records" in page


def test_an_empty_list_says_what_belongs_there(world, client_of, base, contract):
    assert "Nothing has been recorded yet" in client_of("gateshead").get(f"{base}/outcomes").text


@pytest.mark.parametrize("path", ["/", "/outcomes"])
def test_pages_need_the_same_statements_for_many_records_as_for_one(
    connection, session, world, client_of, base, contract, path
):
    make_records(session, world, contract, 1)
    session.commit()
    client = client_of("newcastle")
    with counted_statements(connection) as one:
        client.get(base + path)
    make_records(session, world, contract, 20, quarter_starting=contract.starts_on.replace(year=2027))
    session.commit()
    with counted_statements(connection) as many:
        client.get(base + path)
    assert len(one) == len(many)


def test_a_record_waits_for_everybody_but_the_one_who_reported_it(session, world, contract):
    make_record(session, world, contract, subject="a", status=VerificationStatus.REPORTED)
    make_record(session, world, contract, subject="b")
    waits = {
        (body, role): len(queries.waiting(session, world.actor(body, role), TODAY))
        for body, role in [
            ("newcastle", "buyer"),
            ("newcastle", "approver"),
            ("gateshead", "buyer"),
            ("gateshead", "observer"),
            ("leeds", "buyer"),
        ]
    }
    assert list(waits.values()) == [0, 1, 1, 0, 0]


def test_what_waits_is_named_so_that_several_can_be_told_apart(session, world, contract):
    make_record(session, world, contract, subject="a", status=VerificationStatus.REPORTED)
    make_record(
        session,
        world,
        contract,
        subject="b",
        body="gateshead",
        place_gss="E08000037",
        status=VerificationStatus.REPORTED,
    )
    what = "Check a delivered outcome: Apprenticeship starts, level 3, 1 person in"
    assert sorted(say(thing) for thing in queries.waiting(session, world.actor("darlington"), TODAY)) == [
        f"{what} Gateshead, reported by Gateshead Council on 2 November 2026 at 9:00am",
        f"{what} Newcastle upon Tyne, reported by Newcastle upon Tyne Council on 2 November 2026 at 9:00am",
    ]


def test_records_alike_in_all_else_are_told_apart_by_when_they_were_reported(session, world, contract):
    for subject, at in (("a", NOW), ("b", NOW + timedelta(hours=5)), ("c", NOW + timedelta(days=120))):
        make_record(session, world, contract, subject=subject, status=VerificationStatus.REPORTED, reported_at=at)
    said = [say(thing) for thing in queries.waiting(session, world.actor("darlington"), TODAY)]
    assert [sentence.partition(" Council on ")[2] for sentence in said] == [
        "2 November 2026 at 9:00am",
        "2 November 2026 at 2:00pm",
        "2 March 2027 at 9:00am",
    ]


def test_what_happened_lately_names_measure_and_quantity(session, world, client_of, base, contract):
    client_of("gateshead").post(f"{base}/outcomes/record", data=outcome(world, contract))
    page = client_of("gateshead").get(f"/consortia/{world.consortium.id}").text
    assert "An outcome was reported: Apprenticeship starts, level 3, 1 person" in page
