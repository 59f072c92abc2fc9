"""Importing spending files: what is kept, what is refused, and suppliers that stay who they are."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused
from commonpurse.pooling.commands import import_spending
from commonpurse.pooling.models import Payment, SetAsideRow, Spelling, SpendFile, SpendSupplier
from commonpurse.pooling.queries import current_supplier, shared_suppliers_page, spend_file_page, supplier_page
from support.web import counted_statements
from support.world import NOW

SPEND = Path(__file__).parents[2] / "reference" / "demo" / "spend"
HEADINGS = "Payment Date,Amount,Organisational Unit,Beneficiary Name,Company Number,Charity Number\n"


def imported(session, world, body, rows, *, filename="spend.csv", role="buyer"):
    content = (HEADINGS + "\n".join(rows) + "\n").encode()
    return import_spending(session, world.actor(body, role), filename=filename, content=content, now=NOW)


def suppliers(session):
    return {name: key for key, name in session.execute(select(SpendSupplier.id, SpendSupplier.name))}


def test_a_file_is_kept_with_its_payments_its_rows_set_aside_and_an_entry_in_the_log(session, world):
    rows = ["01/04/2022,10.50,Roads,Acme Ltd,,", "02/04/2022,-2,Roads,ACME LIMITED,,", "03/04/2022,many,Roads,Acme,,"]
    file_id = imported(session, world, "gateshead", rows)
    file = session.get(SpendFile, file_id)
    assert (file.rows_read, file.rows_set_aside) == (3, 1)
    assert session.scalar(select(func.sum(Payment.amount_pence))) == 850
    page = spend_file_page(session, world.actor("leeds"), file_id)
    [row] = page.set_aside
    assert (row.row, str(row.reason)) == (4, "“many” is not an amount in pounds, like 1,234.50")
    assert row.cells[3] == "Acme"
    assert page.headers[0] == "Payment Date"
    [entry] = log.entries_after(session, world.bodies["gateshead"].stream, 0)
    assert (entry.kind, entry.data["rows_read"]) == ("pooling.spending_imported", 3)


def test_the_same_file_is_refused_by_content_whatever_its_name(session, world):
    rows = ["01/04/2022,10,Roads,Acme Ltd,,"]
    imported(session, world, "gateshead", rows)
    with pytest.raises(Refused, match=r"“again\.csv” was added already, as “spend\.csv”") as refusal:
        imported(session, world, "gateshead", rows, filename="again.csv")
    assert refusal.value.field == "file"
    imported(session, world, "newcastle", rows)
    assert session.scalar(select(func.count()).select_from(SpendFile)) == 2


@pytest.mark.parametrize("role", ["approver", "observer", "evaluator", "organisation_administrator"])
def test_only_buyers_add_spending(session, world, role):
    with pytest.raises(NotAllowed):
        imported(session, world, "gateshead", ["01/04/2022,10,Roads,Acme Ltd,,"], role=role)


def test_suppliers_neither_add_nor_read_spending(session, world):
    with pytest.raises(NotFound):
        imported(session, world, "builder", ["01/04/2022,10,Roads,Acme Ltd,,"])
    with pytest.raises(NotFound):
        shared_suppliers_page(session, world.actor("builder"))
    with pytest.raises(NotFound):
        shared_suppliers_page(session, world.actor("nowhere", "stranger"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"Name,Town\nAcme,Leeds\n", "The file has no column “Payment Date”, “Amount”, “Beneficiary Name”"),
        (
            HEADINGS.encode() + b"soon,10,Roads,Acme,,\n",
            "No row of “spend.csv” can be used. The first: “soon”",
        ),
        (b"%PDF-1.7 not a table", "The file is named .csv but is a PDF"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_is_kept(session, world, content, sentence):
    with pytest.raises(Refused) as refusal:
        import_spending(session, world.actor("gateshead"), filename="spend.csv", content=content, now=NOW)
    assert str(refusal.value).startswith(sentence)
    assert refusal.value.field == "file"
    for table in (SpendFile, Payment, SetAsideRow, Spelling, SpendSupplier):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_supplier_keeps_its_key_when_a_later_file_brings_its_number(session, world):
    imported(session, world, "gateshead", ["01/04/2022,10,Roads,Acme Lighting Ltd,,"])
    [before] = suppliers(session).values()
    imported(session, world, "newcastle", ["01/04/2022,20,Roads,ACME LIGHTING LIMITED,01234567,"])
    assert list(suppliers(session).values()) == [before]
    [shared] = shared_suppliers_page(session, world.actor("darlington")).suppliers
    assert (shared.id, shared.total_pence, shared.payments) == (before, 3000, 2)


def test_two_suppliers_that_turn_out_to_be_one_become_one_and_the_old_link_leads_on(session, world):
    imported(
        session, world, "gateshead", ["01/04/2022,10,Roads,Acme Lighting Ltd,,", "02/04/2022,10,Roads,Brightway,,"]
    )
    before = suppliers(session)
    rows = ["01/04/2022,20,Roads,Acme Lighting Ltd,01234567,", "01/04/2022,30,Roads,Brightway,01234567,"]
    imported(session, world, "newcastle", rows)
    reader = world.actor("leeds")
    current = {current_supplier(session, reader, key) for key in before.values()}
    assert len(current) == 1
    page = supplier_page(session, reader, current.pop())
    assert (page.total.pence, page.total.payments, len(page.spellings)) == (7000, 4, 4)


def test_an_old_link_leads_on_through_every_supplier_that_became_another(session, world):
    first = ["01/04/2022,10,Roads,Acme Lighting,,", "01/04/2022,10,Roads,Brightway,,"]
    most = [f"{day:02}/05/2022,10,Roads,Cobalt,," for day in range(1, 10)]
    imported(session, world, "gateshead", [*first, *most])
    before = suppliers(session)
    both = ["01/06/2022,20,Roads,Acme Lighting,01234567,", "01/06/2022,30,Roads,Brightway,01234567,"]
    imported(session, world, "newcastle", both)
    reader = world.actor("leeds")
    assert current_supplier(session, reader, before["Cobalt"]) == before["Cobalt"]
    imported(session, world, "darlington", ["01/07/2022,40,Roads,Cobalt,01234567,"])
    session.expire_all()
    assert {current_supplier(session, reader, key) for key in before.values()} == {before["Cobalt"]}


def test_spending_is_net_of_refunds_by_body_and_month(session, world):
    imported(session, world, "gateshead", ["01/04/2022,10,Roads,Acme,,", "02/05/2022,-4,Roads,ACME,,"])
    imported(session, world, "newcastle", ["30/04/2022,1.01,Roads,Acme,,"])
    [supplier_id] = suppliers(session).values()
    page = supplier_page(session, world.actor("leeds"), supplier_id)
    gateshead, newcastle = world.organisation("gateshead"), world.organisation("newcastle")
    assert page.months == (date(2022, 4, 1), date(2022, 5, 1))
    assert {body: paid.pence for body, paid in page.by_month[date(2022, 4, 1)].items()} == {
        gateshead: 1000,
        newcastle: 101,
    }
    assert page.by_month[date(2022, 5, 1)][gateshead].pence == -400
    assert (page.by_body[gateshead].pence, page.total.pence, page.total.payments) == (600, 701, 3)


def test_a_supplier_of_one_body_is_not_shared(session, world):
    imported(session, world, "gateshead", ["01/04/2022,10,Roads,Acme,,", "01/04/2022,10,Roads,Brightway,,"])
    imported(session, world, "newcastle", ["01/04/2022,10,Roads,Acme,,"])
    page = shared_suppliers_page(session, world.actor("leeds"))
    assert [supplier.name for supplier in page.suppliers] == ["Acme"]


def test_the_largest_file_is_imported_in_a_fixed_number_of_statements_beside_the_others(session, world):
    for filename in ("newcastle-2022-04.csv", "newcastle-2022-05.csv"):
        content = (SPEND / filename).read_bytes()
        import_spending(session, world.actor("newcastle"), filename=filename, content=content, now=NOW)
    content = (SPEND / "gateshead-2022-04.csv").read_bytes()
    with counted_statements(session.connection()) as statements:
        import_spending(session, world.actor("gateshead"), filename="largest.csv", content=content, now=NOW)
    assert len(statements) < 40
    assert session.scalar(select(func.count()).select_from(Payment)) > 5000
