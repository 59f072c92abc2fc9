"""The pages of the ledger: the certificate line, every figure in words, statements for all members and nobody else."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.measures.models import UnitValue
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import PostedSplit
from support.access_world import add_evidence
from support.delivery_rows import make_agreed_rule, make_contract, make_record, make_records
from support.pooling_rows import make_budget
from support.web import counted_statements
from support.world import AREAS, NOW, TODAY, make_measure

BODIES = ("newcastle", "gateshead", "darlington")


@pytest.fixture
def base(world):
    return f"/consortia/{world.consortium.id}/outcomes"


@pytest.fixture
def contract(session, world):
    made = make_contract(session, world)
    session.commit()
    return made


@pytest.fixture
def posted(session, world, contract):
    """A thousand split by committed budgets of 417, 333 and 250 pounds."""
    make_agreed_rule(session, world, {"kind": "committed_budget"})
    for body, pounds in zip(BODIES, (417, 333, 250), strict=True):
        make_budget(session, world, body, pounds * 100)
    make_record(session, world, contract, subject="a", quantity=1000)
    issue(session, world)
    return session.scalars(select(PostedSplit)).one()


def issue(session, world):
    commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    session.commit()


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_the_lead_splits_from_the_page_and_the_ledger_shows_that_it_adds_up(session, world, client_of, base, contract):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_records(session, world, contract, 10)
    session.commit()
    client = client_of("newcastle")
    assert "10 verified outcomes are not split yet" in words_of(client.get(f"{base}/ledger"))
    assert client.post(f"{base}/ledger/splits").status_code == 302
    page = words_of(client.get(f"{base}/ledger"))
    assert "1 split posted" in page
    assert "Adds up exactly: 10 = 4 + 3 + 3" in page
    assert "In equal shares" in page
    assert "No verified outcome waits to be split" in words_of(client.post(f"{base}/ledger/splits"))


def test_only_the_lead_has_the_button(session, world, client_of, base, contract):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_records(session, world, contract, 1)
    session.commit()
    page = client_of("gateshead").get(f"{base}/ledger").text
    assert "A buyer of the lead authority splits them" in page
    assert "/ledger/splits" not in page
    assert client_of("gateshead").post(f"{base}/ledger/splits").status_code == 403


def test_an_empty_ledger_says_what_belongs_there(world, client_of, base):
    assert "Nothing has been verified and split yet" in client_of("gateshead", "observer").get(f"{base}/ledger").text


def test_a_split_explains_every_figure_in_words(world, client_of, base, posted):
    page = words_of(client_of("gateshead", "observer").get(f"{base}/splits/{posted.id}"))
    assert "Adds up exactly: 1,000 = 417 + 333 + 250" in page
    assert "In proportion to the budget each body has committed" in page
    assert "1,000 × £333.00 ÷ £1,000.00 = 333 exactly" in page
    assert posted.digest in page


def test_a_tie_is_said_to_be_one(session, world, client_of, base, contract):
    make_agreed_rule(session, world, {"kind": "equal"})
    make_record(session, world, contract, subject="a", quantity=10)
    issue(session, world)
    page = words_of(client_of("gateshead").get(f"{base}/splits/{session.scalars(select(PostedSplit.id)).one()}"))
    assert "The order of the roster, the same for ever, decided" in page


def test_a_statement_has_opening_period_and_cumulative_shares_by_place(
    session, world, client_of, base, contract, posted
):
    make_record(
        session, world, contract, subject="b", quantity=1000, quarter_starting=date(2027, 1, 1),
        place_gss=AREAS["gateshead"][0],
    )  # fmt: skip
    issue(session, world)
    path = f"{base}/statements/{world.organisation('gateshead')}"
    table = client_of("darlington").get(f"{path}.csv")
    named = "statement-gateshead-council-2027-january-to-march.csv"
    assert table.headers["Content-Disposition"] == f"attachment; filename={named}"
    lines = table.data.decode("utf-8-sig").splitlines()
    about = 'Gateshead Council,"Apprenticeship starts, level 3",people'
    title = f"{about},Street lighting maintenance"
    adds_up = '"Adds up exactly: 2,000 = 834 + 666 + 500"'
    assert lines[1:] == [
        f"Part,{title},Gateshead,E08000037,2027-01-01,0,333,333,,,,,,,",
        f"Part,{title},Newcastle upon Tyne,E08000021,2027-01-01,333,0,333,,,,,,,",
        f"Total,{about},All contracts,All places,,2027-01-01,333,333,666,666,0,2000,,,,{adds_up}",
    ]
    page = words_of(client_of("darlington").get(path))
    assert "Adds up exactly: 2,000 = 834 + 666 + 500" in page
    assert "In this order: Newcastle upon Tyne Council, Gateshead Council, Darlington Council" in page
    earlier = words_of(client_of("darlington").get(f"{path}?until=2026-10-01"))
    assert "Adds up exactly: 1,000 = 417 + 333 + 250" in earlier
    assert "1,000 × £333.00 ÷ £1,000.00 = 333 exactly" in page
    assert "Value of the share" not in page


def test_a_value_in_pounds_names_framework_edition_and_price_year(session, world, contract):
    carbon = make_measure(session, "CARBON", title="Carbon saved", unit="tCO2e", decimals=2, counts="asset")
    session.add(
        UnitValue(
            framework="DESNZ carbon values",
            edition="2023",
            code="DESNZ-CARBON-2026-CENTRAL",
            title="Carbon",
            unit="tCO2e",
            value_gbp=Decimal(260),
            price_year=2022,
            source="DESNZ",
            licence="OGL",
            url="https://www.gov.uk/",
            status="confirmed",
            note="",
        )
    )
    make_agreed_rule(session, world, {"kind": "equal"})
    make_record(session, world, contract, subject="meter", measure_id=carbon.id, quantity=1000)
    make_record(session, world, contract, subject="learner")
    issue(session, world)
    key = world.organisation("newcastle")
    page = queries.statement(session, world.actor("gateshead"), world.consortium.id, key)
    [value] = page.document.values
    assert (page.document.measure(value.measure).title, value.framework, value.edition, value.price_year) == (
        "Carbon saved",
        "DESNZ carbon values",
        "2023",
        2022,
    )
    assert value.pence == 334 * 260


def test_the_shares_of_all_statements_make_the_whole(session, world, contract):
    make_agreed_rule(session, world, {"kind": "fixed_percentages", "percentages": {str(world.organisation(body)): share for body, share in zip(BODIES, ("41.7", "33.3", "25"), strict=True)}})  # fmt: skip # noqa: E501
    for number, quantity in enumerate((7, 11, 13, 17)):
        make_record(session, world, contract, subject=str(number), quantity=quantity)
        issue(session, world)
    pages = [
        queries.statement(session, world.actor("gateshead"), world.consortium.id, world.organisation(body))
        for body in BODIES
    ]
    found = [page.document.measures[0] for page in pages]
    assert sum(measure.cumulative for measure in found) == 48 == found[0].whole


def test_a_record_is_corrected_from_its_page(session, world, client_of, base, posted):
    world.measure.unit = "hours"
    session.commit()
    record = session.scalars(select(OutcomeRecord)).one()
    path = f"{base}/records/{record.id}/correct"
    client = client_of("newcastle")
    page = client.get(path).text
    assert "The split is taken back exactly. There is no other outcome in it." in page
    assert 'value="Newcastle upon Tyne"' in page
    sent = {
        "quantity": "900",
        "quarter_starting": "2026-10-01",
        "place": "E08000021",
        "reason": "",
        "seen_version": str(record.version),
    }
    wrong = client.post(path, data=sent).text
    assert "Enter why the record is corrected" in wrong
    assert 'value="900"' in wrong
    assert client.post(path, data={**sent, "reason": "Counted twice"}).status_code == 302
    page = words_of(client.get(f"{base}/ledger"))
    assert "Reversal" in page
    assert "Adds up exactly: −1,000 = (−417) + (−333) + (−250)" in page
    reversal = session.scalars(select(PostedSplit).where(PostedSplit.reverses_id == posted.id)).one()
    assert "This takes a split back exactly" in words_of(client.get(f"{base}/splits/{reversal.id}"))
    assert "This was taken back exactly" in words_of(client.get(f"{base}/splits/{posted.id}"))
    assert client_of("darlington").get(path).status_code == 403


@pytest.mark.parametrize("seen", ["", "²", "-1", "1" * 5000])
def test_a_version_that_is_no_number_was_never_seen(session, world, client_of, base, posted, seen):
    record = session.scalars(select(OutcomeRecord)).one()
    sent = {"quantity": "900", "quarter_starting": "2026-10-01", "place": "E08000021", "reason": "Counted twice"}
    for body, act in (("newcastle", "correct"), ("gateshead", "reopen")):
        answer = client_of(body).post(f"{base}/records/{record.id}/{act}", data={**sent, "seen_version": seen})
        assert answer.status_code == 200
        assert "There is a problem" in answer.text
    assert len(session.scalars(select(PostedSplit)).all()) == 1


def test_after_a_correction_the_pages_say_that_a_record_waits_to_be_checked(session, world, client_of, base, posted):
    record, client = session.scalars(select(OutcomeRecord)).one(), client_of("gateshead", "observer")
    pages = [f"{base}/ledger", f"{base}/statements/{world.organisation('gateshead')}"]
    assert not any("waits to be checked" in client.get(path).text for path in pages)
    commands.correct_outcome(
        session,
        world.actor("newcastle"),
        consortium_id=world.consortium.id,
        record_id=record.id,
        quantity=Decimal(1),
        quarter_starting=record.quarter_starting,
        place=record.place_gss,
        reason="Counted twice",
        seen_version=record.version,
        now=NOW,
    )
    session.commit()
    for path in pages:
        page = client.get(path).text
        assert "1 record waits to be checked" in page
        assert "/delivery/outcomes?status=reported" in page
        assert "Nothing of it counts now" in page
        assert "0 = 0" not in page


def test_a_verified_record_is_sent_back_from_its_page(session, world, client_of, base, posted):
    record = session.scalars(select(OutcomeRecord)).one()
    client, path = client_of("gateshead"), f"{base}/records/{record.id}/reopen"
    shown = f"/consortia/{world.consortium.id}/delivery/outcomes/{record.id}"
    assert path in client.get(shown).text
    assert path not in client_of("newcastle").get(shown).text
    assert client_of("newcastle").get(path).status_code == 403
    sent = {"reason": "", "seen_version": str(record.version)}
    assert "The split is taken back exactly" in client.get(path).text
    assert "Enter why the record is sent back" in client.post(path, data=sent).text
    assert client.post(path, data={**sent, "reason": "Never started"}).status_code == 302
    assert "Never started" in client.get(shown).text
    assert "Reversal" in client.get(f"{base}/ledger").text


def test_outsiders_find_nothing_and_visitors_sign_in_first(session, world, client_of, visitor, base, posted):
    record = session.scalars(select(OutcomeRecord.id)).one()
    organisation = world.organisation("newcastle")
    for path in (
        f"{base}/ledger",
        f"{base}/splits/{posted.id}",
        f"{base}/statements/{organisation}",
        f"{base}/statements/{organisation}.csv",
        f"{base}/records/{record}/correct",
        f"{base}/records/{record}/reopen",
    ):
        assert client_of("leeds").get(path).status_code == 404
        assert client_of("builder").get(path).status_code == 404
        assert visitor.get(path).status_code == 302
    assert client_of("leeds").post(f"{base}/ledger/splits").status_code == 404


def test_there_is_no_statement_of_a_body_without_a_part(world, client_of, base, posted):
    assert client_of("gateshead").get(f"{base}/statements/{world.organisation('leeds')}").status_code == 404


def test_pages_need_the_same_statements_for_many_splits_as_for_one(
    connection, session, world, client_of, base, contract, posted
):
    client = client_of("newcastle")
    paths = (f"{base}/ledger", f"{base}/statements/{world.organisation('gateshead')}")

    def count():
        counts = []
        for path in paths:
            with counted_statements(connection) as seen:
                assert client.get(path).status_code == 200
            counts.append(len(seen))
        return counts

    one = count()
    for number in range(12):
        carbon = make_measure(session, f"CARBON-{number}", unit="tCO2e", decimals=2, counts="asset")
        for year in (2026, 2027):
            quarter = date(year, 10, 1)
            about = {"measure_id": carbon.id, "quarter_starting": quarter}
            add_evidence(session, make_record(session, world, contract, subject=f"more {number} {year}", **about))
        issue(session, world)
    assert count() == one


def test_splitting_waits_for_buyers_of_the_lead_authority(session, world, contract):
    make_record(session, world, contract, subject="a")
    make_record(session, world, contract, subject="b", status=VerificationStatus.REPORTED)
    [waiting] = queries.waiting(session, world.actor("newcastle"), TODAY)
    assert waiting.values == {"count": 1}
    assert queries.waiting(session, world.actor("newcastle", "approver"), TODAY) == []
    assert queries.waiting(session, world.actor("gateshead"), TODAY) == []


def test_the_operator_proves_the_ledger_by_a_command(app, session, world, posted):
    done = app.test_cli_runner().invoke(args=["outcomes", "verify", "--heads"])
    assert done.exit_code == 0
    assert posted.digest in done.output
    assert "1 splits in 1 chains: every one adds up and follows from its rule" in done.output
