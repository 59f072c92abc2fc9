"""The pages of published spending, with the ten real files of five councils."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from commonpurse.identity.models import Membership
from commonpurse.pooling.models import Payment, SpendFile, SpendSupplier
from commonpurse.pooling.queries import list_shared_suppliers
from support.consortia_pages import text_of
from support.web import counted_statements
from support.world import NOW, make_organisation, make_person

SPEND = Path(__file__).parents[2] / "reference" / "demo" / "spend"
COUNCILS = ("newcastle", "gateshead", "darlington", "calderdale", "manchester")
HEADINGS = "Payment Date,Amount,Organisational Unit,Beneficiary Name,Company Number,Charity Number\n"
SIX = ("PHS Group", "Bloom Procurement Services", "Canon UK", "Civica UK", "Idox Software", "Broxap")


@pytest.fixture
def councils(session, world):
    """The world with a buyer of each of the five councils of the demonstration."""
    for body in ("calderdale", "manchester"):
        world.bodies[body] = make_organisation(session, f"{body.title()} Council")
        person = world.people[body, "buyer"] = make_person(session, f"Buyer, {body}", f"buyer@{body}.example")
        session.add(Membership(person_id=person.id, organisation_id=world.bodies[body].id, roles=["buyer"], since=NOW))
    session.commit()
    return world


def send(client, *files):
    sent = [(BytesIO(content), name) for name, content in files]
    return client.post("/spending/upload", data={"file": sent}, content_type="multipart/form-data")


def rows(*lines):
    return (HEADINGS + "\n".join(lines) + "\n").encode()


def test_all_ten_real_files_are_imported_through_the_page(session, councils, client_of):
    expected = {}
    for council in COUNCILS:
        files = [(path.name, path.read_bytes()) for path in sorted(SPEND.glob(f"{council}-*.csv"))]
        expected |= {name: content.decode("utf-8-sig").rstrip("\n").count("\n") for name, content in files}
        assert len(files) == 2
        assert send(client_of(council, "buyer"), *files).status_code == 302
    read = session.execute(select(SpendFile.filename, SpendFile.rows_read, SpendFile.rows_set_aside)).all()
    assert {name: count for name, count, _ in read} == expected
    assert sum(count for _, count, _ in read) == 9228
    kept = session.scalar(select(func.count()).select_from(Payment))
    assert kept == 9228 - sum(aside for _, _, aside in read)
    assert 0 < sum(aside for _, _, aside in read) < 50

    reader = councils.actor("leeds", "observer")
    shared, bodies = list_shared_suppliers(session, reader)
    assert len(bodies) == 5
    assert 235 <= len(shared) <= 270
    assert all(len(supplier.by_body) >= 2 for supplier in shared)
    assert sum(paid.pence for each in shared for paid in each.by_body.values()) == sum(
        each.total_pence for each in shared
    )
    for name in SIX:
        stem = name.casefold().removesuffix(" uk").removesuffix(" group")
        found = [each.name for each in shared if each.name.casefold().startswith(stem)]
        assert len(found) == 1, (name, found)

    page = text_of(client_of("leeds", "observer").get("/spending"))
    assert "9,228" in page
    assert "gateshead-2022-04.csv" in page


def test_one_file_leads_to_its_own_page_with_the_rows_set_aside_and_why(councils, client_of):
    client = client_of("gateshead", "buyer")
    answer = send(client, ("april.csv", rows("01/04/2022,10,Roads,Acme,,", "01/04/2022,10,Homes,REDACTED,,")))
    page = text_of(client.get(answer.location))
    assert "april.csv" in page
    assert "The beneficiary is a person or has been redacted" in page
    assert "Rows read 2" in page


def test_rows_set_aside_are_shown_page_by_page(session, councils, client_of):
    client = client_of("gateshead", "buyer")
    faulty = [f"01/04/2022,wrong {number},Roads,Acme,," for number in range(120)]
    answer = send(client, ("april.csv", rows("01/04/2022,10,Roads,Acme,,", *faulty)))
    assert "wrong 49" in text_of(client.get(answer.location))
    last = text_of(client.get(f"{answer.location}?page=3"))
    assert "wrong 119" in last
    assert "wrong 99 " not in last
    assert client.get(f"{answer.location}?page=99").status_code == 200


def test_good_files_are_kept_and_each_bad_one_is_named_beside_the_field(session, councils, client_of):
    client = client_of("gateshead", "buyer")
    good = rows("01/04/2022,10,Roads,Acme,,")
    answer = send(client, ("good.csv", good), ("again.csv", good), ("picture.csv", b"\x89PNG\r\n\x1a\n"))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "1 file was read." in page
    assert "“again.csv” was added already, as “good.csv”" in page
    assert "picture.csv: The file is named .csv but is a picture" in page
    assert session.scalar(select(func.count()).select_from(SpendFile)) == 1


def test_no_file_chosen_is_said_beside_the_field(councils, client_of):
    assert "Choose one file or more" in text_of(send(client_of("gateshead", "buyer")))


def test_a_file_of_200_megabytes_gets_the_page_that_says_so(app, councils, client_of):
    assert app.config["MAX_CONTENT_LENGTH"] == 25 * 1024 * 1024
    client = client_of("gateshead", "buyer")
    assert "Each smaller than 20 MB" in text_of(client.get("/spending/upload"))
    answer = client.post(
        "/spending/upload",
        input_stream=BytesIO(b""),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "200000000"},
    )
    assert answer.status_code == 413
    assert "The file is too large" in text_of(answer)


@pytest.mark.parametrize("role", ["approver", "evaluator", "observer", "organisation_administrator"])
def test_only_buyers_add_files(session, councils, client_of, role):
    client = client_of("gateshead", role)
    assert "Choose CSV files" not in text_of(client.get("/spending/upload"))
    assert send(client, ("april.csv", rows("01/04/2022,10,Roads,Acme,,"))).status_code == 403
    assert session.scalar(select(func.count()).select_from(SpendFile)) == 0


def addresses(session):
    file_id = session.scalar(select(SpendFile.id))
    supplier_id = session.scalar(select(SpendSupplier.id))
    return [
        "/spending",
        "/spending/upload",
        f"/spending/files/{file_id}",
        "/spending/suppliers",
        "/spending/suppliers/download/csv",
        f"/spending/suppliers/{supplier_id}",
    ]


def test_published_spending_is_for_people_of_public_bodies(session, councils, client_of, visitor):
    send(client_of("gateshead", "buyer"), ("april.csv", rows("01/04/2022,10,Roads,Acme,,")))
    for address in addresses(session):
        assert client_of("leeds", "observer").get(address).status_code == 200, address
        assert client_of("builder", "buyer").get(address).status_code == 404, address
        assert client_of("nowhere", "stranger").get(address).status_code in (302, 404), address
        assert "/sign-in" in visitor.get(address).location, address


def test_what_does_not_exist_is_not_found(councils, client_of):
    client = client_of("gateshead", "buyer")
    for address in ("/spending/files/{}", "/spending/suppliers/{}"):
        assert client.get(address.format("00000000-0000-4000-8000-000000000000")).status_code == 404


def share(client_of, count=1):
    lines = [
        f"01/04/2022,{10 + number},Roads,Supplier {chr(65 + number // 26)}{chr(65 + number % 26)},,"
        for number in range(count)
    ]
    for body in ("gateshead", "newcastle"):
        send(client_of(body, "buyer"), ("april.csv", rows(*lines)))


def test_shared_suppliers_can_be_searched_sorted_and_downloaded(councils, client_of):
    share(client_of, 60)
    client = client_of("darlington", "observer")
    first = text_of(client.get("/spending/suppliers"))
    assert "60 shared suppliers" in first
    assert "Supplier CH £138.00" in first
    assert "Supplier AA £20.00" in text_of(client.get("/spending/suppliers?page=2"))
    assert "Supplier AA £20.00" in text_of(client.get("/spending/suppliers?order=name"))
    found = text_of(client.get("/spending/suppliers?q=supplier+bc"))
    assert "1 shared supplier" in found
    assert "Supplier BC £76.00" in found
    assert "No shared supplier is called “nobody”" in text_of(client.get("/spending/suppliers?q=nobody"))
    assert "No shared supplier is called “%”" in text_of(client.get("/spending/suppliers?q=%25"))
    file = client.get("/spending/suppliers/download/csv")
    lines = file.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 61
    assert lines[1] == "Supplier CH,2,2,69.00,69.00,138.00"
    assert client.get("/spending/suppliers/download/xlsx").data.startswith(b"PK")


def test_the_list_can_be_kept_to_suppliers_that_ones_own_body_pays(councils, client_of):
    for body, name in (("gateshead", "Acme"), ("newcastle", "Acme"), ("newcastle", "Bolt"), ("darlington", "Bolt")):
        send(client_of(body, "buyer"), (f"{name}.csv", rows(f"01/04/2022,10,Roads,{name},,")))
    client = client_of("gateshead", "observer")
    assert "2 shared suppliers" in text_of(client.get("/spending/suppliers"))
    page = client.get("/spending/suppliers?mine=1")
    assert "1 shared supplier Supplier" in text_of(page)
    assert "Acme £20.00" in text_of(page)
    assert "Bolt" not in text_of(page)
    assert re.search(r'name="mine"[^>]* checked', page.get_data(as_text=True))
    file = unescape(re.search(r'href="(/spending/suppliers/download/csv[^"]*)"', page.get_data(as_text=True))[1])
    assert len(client.get(file).get_data().decode("utf-8-sig").splitlines()) == 2
    alone = text_of(client_of("leeds", "observer").get("/spending/suppliers?mine=1"))
    assert "Your organisation pays no supplier that another body pays too." in alone


def test_bodies_in_the_table_go_by_their_areas_unless_two_share_one(session, councils, client_of):
    share(client_of)
    client = client_of("darlington", "observer")
    assert "Payments Gateshead Newcastle upon Tyne Supplier AA" in text_of(client.get("/spending/suppliers"))
    councils.bodies["newcastle"].area_gss = councils.bodies["gateshead"].area_gss
    session.commit()
    page = text_of(client.get("/spending/suppliers"))
    assert "Payments Gateshead Council Newcastle upon Tyne Council Supplier AA" in page


def test_the_list_takes_as_many_statements_for_sixty_suppliers_as_for_one(connection, councils, client_of):
    def statements(client):
        with counted_statements(connection) as seen:
            assert client.get("/spending/suppliers").status_code == 200
        return len(seen)

    client = client_of("darlington", "observer")
    share(client_of)
    one = statements(client)
    for body in ("gateshead", "newcastle"):
        many = [
            f"02/04/2022,{10 + number},Roads,Company {chr(65 + number)} {chr(75 - number % 7)},,"
            for number in range(25)
        ]
        send(client_of(body, "buyer"), ("may.csv", rows(*many)))
    assert statements(client) == one


def test_a_download_cannot_carry_a_formula(councils, client_of):
    for body in ("gateshead", "newcastle"):
        line = '01/04/2022,10,Roads,"=HYPERLINK(""http://example.org"")",,'
        send(client_of(body, "buyer"), ("april.csv", rows(line)))
    file = client_of("gateshead", "buyer").get("/spending/suppliers/download/csv").get_data().decode("utf-8-sig")
    assert "\"'=HYPERLINK" in file


def test_a_consortium_can_be_started_from_a_supplier_with_its_name_and_purpose(session, councils, client_of):
    share(client_of)
    supplier_id = session.scalar(select(SpendSupplier.id))
    client = client_of("gateshead", "buyer")
    page = client.get(f"/spending/suppliers/{supplier_id}").get_data(as_text=True)
    link = unescape(re.search(r'href="(/consortia/create\?[^"]+)"', page)[1])
    started = client.get(link).get_data(as_text=True)
    assert "Buying together from Supplier AA" in unescape(started)
    assert "Gateshead Council £10.00" in unescape(started)
    assert 'name="supplier" value="Supplier AA"' in started
    assert "/consortia/create" not in client_of("gateshead", "observer").get(f"/spending/suppliers/{supplier_id}").text


def test_a_suppliers_page_says_why_each_spelling_is_this_supplier(session, councils, client_of):
    send(client_of("gateshead", "buyer"), ("april.csv", rows("01/04/2022,10,Roads,Acme Lighting Ltd,,")))
    send(client_of("newcastle", "buyer"), ("april.csv", rows("01/05/2022,20,Roads,ACME LIGHTING LIMITED,,")))
    supplier_id = session.scalar(select(SpendSupplier.id))
    page = text_of(client_of("leeds", "observer").get(f"/spending/suppliers/{supplier_id}"))
    assert "2 bodies paid £30.00 in 2 payments" in page
    assert "The same name but for case, punctuation and legal form 98%" in page
    assert "April 2022 £10.00 – £10.00" in page


def test_a_supplier_of_one_body_with_one_payment_is_told_of_in_the_singular(session, councils, client_of):
    send(client_of("gateshead", "buyer"), ("april.csv", rows("01/04/2022,10,Roads,Acme,,")))
    supplier_id = session.scalar(select(SpendSupplier.id))
    page = text_of(client_of("leeds", "observer").get(f"/spending/suppliers/{supplier_id}"))
    assert "1 body paid £10.00 in 1 payment, net of refunds, by published spending." in page


def test_the_counts_are_of_all_files_also_of_those_that_are_not_listed(councils, client_of, monkeypatch):
    monkeypatch.setattr("commonpurse.pooling.queries.spending.MOST_FILES", 1)
    for body in ("gateshead", "newcastle"):
        send(client_of(body, "buyer"), ("april.csv", rows("01/04/2022,10,Roads,Acme,,", "01/04/2022,0,Roads,Acme,,")))
    page = text_of(client_of("leeds", "observer").get("/spending"))
    assert "Bodies 2 Files 2 Rows read 4 Rows set aside 2" in page
    assert "1 of 2 files are shown." in page


def test_empty_pages_say_what_belongs_there(councils, client_of):
    client = client_of("gateshead", "buyer")
    assert "Nobody has added one yet." in text_of(client.get("/spending"))
    assert "as soon as two bodies have added spending files" in text_of(client.get("/spending/suppliers"))
