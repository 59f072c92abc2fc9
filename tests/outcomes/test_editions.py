"""Issued statements: signed, numbered, never changed, and issued again only where something is no longer right."""

import io
import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commonpurse.calc.digest import canonical, sha256_hex
from commonpurse.core import log, mail, pseudonym, signature
from commonpurse.core.errors import NotAllowed, NotFound, Refused
from commonpurse.outcomes.models import PostedSplit, StatementEdition
from commonpurse.outcomes.queries import editions
from commonpurse.outcomes.rules import as_document, faults_of
from support.databases import migrate
from support.delivery_rows import QUARTER, make_agreed_rule, make_contract, make_record
from support.editions import BODIES, correct, editions_of, issue, make_two_places, split
from support.web import counted_statements
from support.world import AREAS, NOW, make_world

LATER = NOW + timedelta(days=1)
SECOND = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def key(whole_application):
    signature.bind(signature.derive("a key for tests only, long enough to sign"))


@pytest.fixture
def base(world):
    return f"/consortia/{world.consortium.id}/outcomes"


@pytest.fixture
def contract(session, world):
    made = make_contract(session, world)
    session.commit()
    return made


@pytest.fixture
def records(session, world, contract):
    return make_two_places(session, world, contract)


# --- the command -----------------------------------------------------------------------------------------------------


def test_every_body_gets_a_signed_statement_and_it_is_recorded(session, world, records):
    assert len(issue(session, world)) == 3
    for body in BODIES:
        [row] = editions_of(session, world, body)
        plain = json.loads(row.document)
        document = as_document(plain)
        assert (row.edition, row.previous_digest, row.reason) == (1, None, "")
        assert row.digest == sha256_hex(plain)
        assert row.document == canonical(plain).decode()
        assert signature.is_signed(row.digest, signature.Signature("Ed25519", row.key_id, row.signature))
        assert (document.issue.edition, document.issue.issued_by) == (1, "Newcastle upon Tyne Council")
        assert list(faults_of(document)) == []
    entry = log.entries_after(session, world.consortium.stream, 0)[-1]
    assert entry.kind == "outcomes.statements_issued"
    assert entry.data == {"until": "2026-10-01", "statements": 3, "reissued": 0, "reason": ""}


def test_each_body_is_told_by_mail(session, world, records):
    issue(session, world)
    told = [letter for letter in mail.list_newest(session) if letter.template == "statement_issued"]
    assert {letter.values["organisation_id"] for letter in told} == {str(world.organisation(body)) for body in BODIES}


def test_only_an_approver_of_the_lead_issues_and_a_stranger_finds_nothing(session, world, records):
    for body, role in (("newcastle", "buyer"), ("gateshead", "approver")):
        with pytest.raises(NotAllowed):
            issue(session, world, body=body, role=role)
    with pytest.raises(NotFound):
        issue(session, world, body="leeds", role="buyer")
    assert session.scalars(select(StatementEdition)).all() == []


def test_nothing_is_issued_twice_or_for_a_quarter_without_a_split(session, world, records):
    with pytest.raises(Refused, match="Select a quarter"):
        issue(session, world, until=SECOND)
    issue(session, world)
    with pytest.raises(Refused, match="each is still right"):
        issue(session, world)


def test_after_a_correction_only_the_body_concerned_gets_a_new_edition_and_the_reason(session, world, records):
    issue(session, world)
    [before] = editions_of(session, world, "gateshead")
    correct(session, world, records["gateshead"], 40)
    with pytest.raises(Refused, match="Enter why") as refused:
        issue(session, world, reason="  ", now=LATER)
    assert refused.value.field == "reason"
    assert len(issue(session, world, reason=" Counted twice ", now=LATER)) == 1
    old, new = editions_of(session, world, "gateshead")
    assert (old.id, old.digest, old.document) == (before.id, before.digest, before.document)
    assert (new.edition, new.previous_digest, new.reason) == (2, old.digest, "Counted twice")
    document = as_document(json.loads(new.document))
    [change] = document.issue.changes
    assert (change.measure, change.before, change.after) == (str(world.measure.id), 100, 0)
    assert document.issue.previous == old.digest
    assert [len(editions_of(session, world, body)) for body in BODIES] == [1, 2, 1]


def test_a_correction_of_an_earlier_quarter_reissues_every_later_statement_too(session, world, contract, records):
    issue(session, world)
    make_record(
        session, world, contract, subject="later", quarter_starting=SECOND, place_gss=AREAS["gateshead"][0], quantity=7
    )
    split(session, world)
    assert len(issue(session, world, until=SECOND)) == 3
    correct(session, world, records["gateshead"], 40)
    assert len(issue(session, world, until=SECOND, reason="Counted twice", now=LATER)) == 2
    found = [(row.until, row.edition) for row in editions_of(session, world, "gateshead")]
    assert found == [(QUARTER, 1), (QUARTER, 2), (SECOND, 1), (SECOND, 2)]


# --- the table -------------------------------------------------------------------------------------------------------


def values_of(row, **changed):
    columns = {column.name: getattr(row, column.name) for column in StatementEdition.__table__.columns}
    follows = {"id": uuid4(), "edition": row.edition + 1, "previous_digest": row.digest, "reason": "Wrong"}
    return {**columns, **follows, "digest": sha256_hex(str(uuid4())), **changed}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"edition": 3}, "does not follow"),
        ({"edition": 1}, "does not follow"),
        ({"previous_digest": None}, "does not name"),
        ({"previous_digest": "0" * 64}, "does not name"),
        ({"reason": " "}, "only a reissue has a reason"),
        ({"digest": "X" * 64}, "the digest or the signature"),
        ({"signature": "0"}, "the digest or the signature"),
        ({"edition": 1, "previous_digest": None, "until": date(2027, 4, 1)}, "only a reissue has a reason"),
    ],
)
def test_the_database_refuses_an_edition_that_does_not_follow(session, world, records, changed, says):
    issue(session, world)
    [row] = editions_of(session, world, "gateshead")
    with pytest.raises(IntegrityError, match=says), session.begin_nested():
        session.execute(insert(StatementEdition).values(**values_of(row, **changed)))
    session.execute(insert(StatementEdition).values(**values_of(row)))


def test_the_database_refuses_to_change_delete_or_replace_an_edition(session, world, records):
    issue(session, world)
    [row] = editions_of(session, world, "gateshead")
    for statement in (
        update(StatementEdition).values(document="{}"),
        update(StatementEdition).where(StatementEdition.id == row.id).values(reason="No"),
        delete(StatementEdition),
    ):
        with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
            session.execute(statement)
    replace = insert(StatementEdition).values(**values_of(row, id=row.id))
    if session.bind.dialect.name == "sqlite":
        replace = replace.prefix_with("OR REPLACE")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(replace)


def test_the_migration_goes_down_and_up_with_editions_in_it(engine: Engine):
    with engine.connect() as connection:
        outer = connection.begin()
        pseudonym.bind("pseudonyms of the tests")
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            world = make_world(session)
            make_agreed_rule(session, world, {"kind": "equal"})
            make_record(session, world, make_contract(session, world), subject="a", quantity=3)
            split(session, world)
            issue(session, world)
        migrate(connection, "0009", down=True)
        assert not engine.dialect.has_table(connection, "outcomes_statement")
        migrate(connection)
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            assert session.scalars(select(PostedSplit.total)).one() == 3
            issue(session, world)
            with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
                session.execute(text("DELETE FROM outcomes_statement"))
        outer.rollback()


# --- the pages -------------------------------------------------------------------------------------------------------


def test_the_lead_issues_from_the_page_and_after_a_correction_says_why(session, world, client_of, base, records):
    client = client_of("newcastle", "approver")
    assert f"{base}/statements" in client.get(f"{base}/ledger").text
    page = client.get(f"{base}/statements").text
    assert "Not issued yet" in page
    assert "Why statements are issued again" not in page
    done = client.post(f"{base}/statements", data={"until": "2026-10-01"})
    assert done.status_code == 302
    page = client.get(done.location).text
    assert "3 statements issued" in page
    assert "Not issued yet" not in page
    correct(session, world, records["gateshead"], 40)
    page = client.get(f"{base}/statements").text
    assert page.count("The ledger has changed since") == 2  # the body's row, and the sentence
    again = client.post(f"{base}/statements", data={"until": "2026-10-01", "reason": ""})
    assert "Enter why statements are issued again" in again.text
    wrong = client.post(f"{base}/statements", data={"until": "soon", "reason": "x"})
    assert "Select a quarter in which something was split" in wrong.text
    assert client.post(f"{base}/statements", data={"until": "2026-10-01", "reason": "Counted twice"}).status_code == 302
    happened = client.get(f"/consortia/{world.consortium.id}").text
    assert "1 statement was issued. Counted twice" in happened


def test_an_old_edition_stays_readable_and_says_that_it_was_replaced_and_why(session, world, client_of, base, records):
    issue(session, world)
    correct(session, world, records["gateshead"], 40)
    issue(session, world, reason="Counted twice", now=LATER)
    old, new = editions_of(session, world, "gateshead")
    client = client_of("darlington", "observer")
    page = client.get(f"{base}/statements/issued/{old.id}").text
    assert "This edition was replaced by" in page
    assert "Counted twice" in page
    assert "Adds up exactly: 200 = 100 + 100" in page
    printed = PdfReader(io.BytesIO(client.get(f"{base}/statements/issued/{new.id}.pdf").data))
    said = " ".join(" ".join(page.extract_text() for page in printed.pages).split())
    for words in ("edition 2", "Reason: Counted twice", old.digest, new.digest, new.key_id):
        assert words in said
    newer = client.get(f"{base}/statements/issued/{new.id}").text
    assert "This edition replaces" in newer
    assert "so far: 100 before, 0 now" in newer
    for row in (old, new):
        answer = client.get(f"{base}/statements/issued/{row.id}.json")
        named = f"statement-gateshead-council-2026-october-to-december-edition-{row.edition}.json"
        assert answer.headers["Content-Disposition"].endswith(named)
        assert answer.get_json()["digest"] == row.digest == sha256_hex(answer.get_json()["statement"])
        assert client.get(f"{base}/statements/issued/{row.id}.csv").status_code == 200
        assert client.get(f"{base}/statements/issued/{row.id}.xlsx").status_code == 200
    live = client.get(f"{base}/statements/{world.organisation('gateshead')}").text
    assert f"{base}/statements/issued/{old.id}" in live


def test_statements_of_others_are_not_found_and_not_issued(session, world, client_of, visitor, base, records):
    issue(session, world)
    [row] = editions_of(session, world, "gateshead")
    for path in (f"{base}/statements", f"{base}/statements/issued/{row.id}", f"{base}/statements/issued/{row.id}.json"):
        assert client_of("leeds").get(path).status_code == 404
        assert visitor.get(path).status_code == 302
    assert client_of("gateshead").get(f"{base}/statements/issued/{uuid4()}").status_code == 404
    refused = client_of("gateshead", "approver").post(f"{base}/statements", data={"until": "2026-10-01"})
    assert refused.status_code == 403
    page = client_of("gateshead").get(f"{base}/statements").text
    assert "Issue statements" not in page


def test_the_page_of_statements_needs_the_same_sql_for_many_as_for_one(
    connection, session, world, client_of, base, contract, records
):
    client = client_of("newcastle", "approver")

    def count():
        with counted_statements(connection) as seen:
            assert client.get(f"{base}/statements").status_code == 200
        return len(seen)

    issue(session, world)
    one = count()
    for number, quarter in enumerate((SECOND, date(2027, 4, 1), date(2027, 7, 1))):
        make_record(session, world, contract, subject=f"more {number}", quarter_starting=quarter)
        split(session, world)
        issue(session, world, until=quarter)
    assert count() == one


def test_what_a_statement_rests_on_is_what_its_body_has_a_part_in(session, world, records):
    standing = editions.standing_of(session, world.consortium.id)
    digests = {body: standing.rests_on((world.organisation(body), QUARTER)) for body in BODIES}
    assert len(set(digests.values())) == 3
    assert digests["darlington"] == sha256_hex([])
