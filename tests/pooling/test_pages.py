"""The pages of needs, budgets and files of a consortium."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from commonpurse.consortia.models import Stage
from commonpurse.core.tabular import read_table
from commonpurse.pooling.models import ApprovalState, BudgetContribution, RequirementLine
from commonpurse.pooling.rules.years import financial_year_of, say_financial_year
from support.pooling_pages import RIGHT, send_lines, text_of, version_on
from support.pooling_rows import make_budget, make_requirement
from support.web import counted_statements

NEED = {
    "description": "Street lights",
    "category_code": "45000000-7",
    "quantity": "1,200",
    "unit": "each",
    "place_gss": "E08000037",
    "needed_from-day": "1",
    "needed_from-month": "4",
    "needed_from-year": "2027",
    "needed_until-day": "31",
    "needed_until-month": "3",
    "needed_until-year": "2029",
}
YEAR = financial_year_of(datetime.now(UTC).date()) + 1
MONEY = {
    "financial_year": str(YEAR),
    "amount_pence": "25,000.50",
    "commitment_level": "committed",
    "source": "Highways revenue",
}


@pytest.fixture
def address(session, world):
    session.commit()
    return f"/consortia/{world.consortium.id}"


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_a_need_is_entered_by_form_and_shown_in_the_pool(session, address, client_of):
    client = client_of("gateshead")
    assert client.post(f"{address}/needs/add", data=NEED).location == f"{address}/needs"
    page = text_of(client_of("newcastle", "observer").get(f"{address}/needs"))
    assert "Street lights 45000000 Construction work each – 1,200 – 1,200" in page
    assert "1 April 2027 to 31 March 2029" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("description", "", "Enter what is needed"),
        ("category_code", "12345678", "There is no CPV code 12345678"),
        ("quantity", "-3", "The quantity must be more than zero"),
        ("quantity", "some", "Enter a number, such as 120 or 37.5"),
        ("quantity", "1.5", "The quantity must be a whole number where the unit is “each”, and is 1.5"),
        ("unit", "", "Select a unit"),
        ("place_gss", "E99999999", "There is no place with the GSS code E99999999"),
        ("needed_until-year", "2026", "The last day must be the same as or after the first day"),
        ("needed_from-day", "31", "The first day it is needed must be a real date"),
    ],
)
def test_bad_typing_is_answered_beside_its_field_and_kept(session, address, client_of, field, value, sentence):
    answer = client_of("gateshead").post(f"{address}/needs/add", data={**NEED, field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    name = "needed_until" if field.startswith("needed_until") else field.partition("-")[0]
    assert re.search(rf'id="{name}(-day)?-error"', page) or f'id="{name}-error"' in page
    assert 'value="1,200"' in page or field == "quantity"
    assert count(session, RequirementLine) == 0


def test_every_fault_of_a_need_is_said_in_one_round(session, world, address, client_of):
    line = make_requirement(session, world, "gateshead")
    session.commit()
    wrong = {
        **NEED,
        "description": "12345",
        "category_code": "12345678",
        "quantity": "9999999999999",
        "unit": "",
        "place_gss": "E99999999",
        "needed_until-year": "2026",
    }
    sentences = (
        "“12345” does not describe anything",
        "There is no CPV code 12345678",
        "The quantity 9999999999999 is too large",
        "Select a unit",
        "There is no place with the GSS code E99999999",
        "The last day must be the same as or after the first day",
    )
    client = client_of("gateshead")
    for place in ("needs/add", f"needs/{line.id}/edit"):
        page = text_of(client.post(f"{address}/{place}", data={**wrong, "seen_version": "1"}))
        for sentence in sentences:
            assert page.count(sentence) >= 2, sentence  # in the summary and beside the field
    session.expire_all()
    assert (count(session, RequirementLine), line.version) == (1, 1)


def test_a_line_is_changed_and_removed_from_the_table(session, world, address, client_of):
    line = make_requirement(session, world, "gateshead")
    session.commit()
    client = client_of("gateshead")
    form = client.get(f"{address}/needs/{line.id}/edit")
    assert 'value="Street lights"' in form.get_data(as_text=True)
    changed = {**NEED, "quantity": "7.5", "unit": "km", "seen_version": version_on(form)}
    assert client.post(f"{address}/needs/{line.id}/edit", data=changed).location == f"{address}/needs"
    assert "7.5 km" in text_of(client.get(f"{address}/needs"))
    late = client.post(f"{address}/needs/{line.id}/edit", data={**changed, "quantity": "8"})
    assert "Somebody else changed this line. Check it and try again" in text_of(late)
    assert 'value="8"' in late.get_data(as_text=True)

    asked = client.get(f"{address}/needs/{line.id}/remove")
    assert "The quantity leaves the pool for everybody" in text_of(asked)
    nothing = client.post(f"{address}/needs/{line.id}/remove", data={"seen_version": version_on(asked), "reason": ""})
    assert "Enter why your organisation no longer needs this" in text_of(nothing)
    gone = {"seen_version": version_on(asked), "reason": "Bought already"}
    assert client.post(f"{address}/needs/{line.id}/remove", data=gone).location == f"{address}/needs"
    assert "Nobody has entered a need yet." in text_of(client.get(f"{address}/needs"))


def test_lines_of_others_offer_no_change_and_take_none(session, world, address, client_of):
    line = make_requirement(session, world, "gateshead")
    session.commit()
    for client in (client_of("newcastle"), client_of("gateshead", "observer")):
        assert f"{line.id}/edit" not in client.get(f"{address}/needs").get_data(as_text=True)
        assert client.post(f"{address}/needs/{line.id}/edit", data={**NEED, "seen_version": "1"}).status_code == 403
        removal = {"reason": "No", "seen_version": "1"}
        assert client.post(f"{address}/needs/{line.id}/remove", data=removal).status_code == 403
        assert "Its buyers can change it" in text_of(client.get(f"{address}/needs/{line.id}/edit"))
    assert count(session, RequirementLine) == 1


def test_quantities_that_cannot_be_compared_are_named_with_both_bodies(session, world, address, client_of):
    make_requirement(session, world, "newcastle", description="Paper", unit="box")
    make_requirement(session, world, "gateshead", description="paper", unit="kg")
    session.commit()
    page = text_of(client_of("darlington", "observer").get(f"{address}/needs"))
    assert "These units cannot be compared, so the quantities are not added." in page
    for words in (
        "Newcastle upon Tyne Council needs 10 in the unit “box”",
        "Gateshead Council needs 10 in the unit “kg”",
    ):
        assert words in page


def test_money_is_entered_approved_by_a_second_person_and_counted(session, world, address, client_of):
    buyer, approver = client_of("gateshead"), client_of("gateshead", "approver")
    assert buyer.post(f"{address}/budget/add", data=MONEY).location == f"{address}/budget"
    assert "Waiting for approval £25,000.50 not counted yet" in text_of(buyer.get(f"{address}/budget"))
    line = session.scalars(select(BudgetContribution)).one()
    approval = f"{address}/budget/{line.id}/approve"
    assert approval not in buyer.get(f"{address}/budget").get_data(as_text=True)
    assert approval in approver.get(f"{address}/budget").get_data(as_text=True)
    assert "A second person with the role of approver" in text_of(buyer.get(approval))
    assert buyer.post(approval, data={"answer": "approve", "seen_version": "1"}).status_code == 403
    assert "Select whether you approve or refuse" in text_of(approver.post(approval, data={"seen_version": "1"}))
    assert approver.post(approval, data={"answer": "approve", "seen_version": "1"}).location == f"{address}/budget"
    page = text_of(buyer.get(f"{address}/budget"))
    assert f"{say_financial_year(YEAR)} – £25,000.50 – £25,000.50" in page
    again = approver.post(approval, data={"answer": "refuse", "reason": "No", "seen_version": "2"})
    assert "This was answered already" in text_of(again)


def test_money_is_refused_with_a_reason_only(session, world, address, client_of):
    line = make_budget(session, world, "gateshead", approval=ApprovalState.AWAITED)
    session.commit()
    client, approval = client_of("gateshead", "approver"), f"{address}/budget/{line.id}/approve"
    answer = client.post(approval, data={"answer": "refuse", "reason": "", "seen_version": "1"})
    assert "Enter why you refuse this money" in text_of(answer)
    client.post(approval, data={"answer": "refuse", "reason": "Not in the plan", "seen_version": "1"})
    assert "Not in the plan" in text_of(client.get(f"{address}/budget"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount_pence", "0", "The amount must be more than £0"),
        ("amount_pence", "lots", "Enter an amount in pounds, such as 1,250 or 1,250.50"),
        ("amount_pence", "", "Enter an amount"),
        ("commitment_level", "", "Select how firm the money is"),
        ("source", "", "Enter the budget the money comes from"),
        ("financial_year", "1066", "Select a financial year"),
    ],
)
def test_bad_money_is_answered_beside_its_field(session, address, client_of, field, value, sentence):
    answer = client_of("gateshead").post(f"{address}/budget/add", data={**MONEY, field: value})
    assert sentence in text_of(answer)
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert count(session, BudgetContribution) == 0


def test_a_subtotal_and_the_weights_are_shown_and_downloaded(session, world, address, client_of):
    make_requirement(session, world, "gateshead", description="Lamps")
    make_requirement(session, world, "newcastle", description="Posts")
    make_requirement(session, world, "newcastle", description="Cable", unit="km")
    session.commit()
    client = client_of("darlington", "observer")
    page = text_of(client.get(f"{address}/needs"))
    assert "Subtotal 45000000 Construction work each 10 10 – 20" in page
    assert "Every category and kind of unit counts the same" in page
    assert "Newcastle upon Tyne Council 75.0% Gateshead Council 25.0% Darlington Council 0.0%" in page
    assert "Only Newcastle upon Tyne Council has lines in 1 of the 2 groups" in page
    rows = client.get(f"{address}/needs/download/csv").data.decode("utf-8-sig").splitlines()
    assert rows[-1] == "Subtotal of the category,45000000,Construction work,,each,10,10,,20"


def test_both_tables_can_be_downloaded(session, world, address, client_of):
    make_requirement(session, world, "gateshead", description="=1+1")
    make_budget(session, world, "gateshead", 100_05)
    session.commit()
    client = client_of("newcastle", "observer")
    needs = client.get(f"{address}/needs/download/csv").data.decode("utf-8-sig").splitlines()
    assert needs[1] == "Need,45000000,Construction work,'=1+1,each,,10,,10"
    money = client.get(f"{address}/budget/download/csv").data.decode("utf-8-sig").splitlines()
    assert money[1] == "Committed and approved,2026-27,,100.05,,100.05"
    for table in ("needs", "budget"):
        workbook = client.get(f"{address}/{table}/download/xlsx")
        assert len(read_table(f"{table}.xlsx", workbook.data).rows) == 1


def test_nothing_is_offered_once_pooling_is_over(session, world, address, client_of):
    make_requirement(session, world, "gateshead")
    world.consortium.stage = Stage.CONTRACT
    session.commit()
    client = client_of("gateshead")
    for page in ("needs", "budget"):
        assert "only while the consortium is pooling or negotiating" in text_of(client.get(f"{address}/{page}"))
        assert f"{address}/{page}/add" not in client.get(f"{address}/{page}").get_data(as_text=True)
    refused = text_of(client.post(f"{address}/needs/add", data=NEED))
    assert "Needs and budgets can change only while the consortium is pooling or negotiating" in refused


def test_outsiders_find_no_page(session, world, address, client_of, visitor):
    line, money = make_requirement(session, world, "gateshead"), make_budget(session, world, "gateshead")
    session.commit()
    shown = send_lines(client_of("gateshead"), address, "requirements", RIGHT).location
    pages = [
        "/needs", "/needs/add", f"/needs/{line.id}/edit", f"/needs/{line.id}/remove", "/needs/download/csv", "/budget",
        "/budget/add", f"/budget/{money.id}/approve", f"/budget/{money.id}/edit", f"/budget/{money.id}/remove",
        "/budget/download/csv", "/requirements/upload", "/budget/upload",
        "/requirements/template/csv", shown.removeprefix(address),
    ]  # fmt: skip
    for page in pages:
        assert client_of("gateshead", "observer").get(address + page).status_code == 200, page
        assert client_of("leeds").get(address + page).status_code == 404, page
        assert client_of("builder").get(address + page).status_code == 404, page
        assert visitor.get(address + page).status_code == 302, page
    assert client_of("newcastle").get(shown).status_code == 404


@pytest.mark.parametrize("table", ["needs", "budget"])
def test_a_table_takes_as_many_statements_for_many_lines_as_for_one(
    session, connection, world, address, client_of, table
):
    def statements():
        with counted_statements(connection) as seen:
            assert client.get(f"{address}/{table}").status_code == 200
        return len(seen)

    client = client_of("gateshead", "approver")
    make_requirement(session, world, "gateshead"), make_budget(session, world, "gateshead")
    session.commit()
    one = statements()
    for number in range(12):
        make_requirement(session, world, "gateshead" if number % 2 else "newcastle", description=f"Lamp {number}")
        make_budget(
            session, world, "gateshead" if number % 2 else "newcastle", number + 1, financial_year=2030 + number
        )
    session.commit()
    assert statements() == one


@pytest.mark.parametrize(("page", "title"), [("approve", "Approve money"), ("remove", "Remove money")])
def test_the_pages_about_one_amount_say_what_it_is(session, world, client_of, page, title):
    line = make_budget(session, world, "gateshead", 250_00, approval=ApprovalState.AWAITED, source="Highways")
    session.commit()
    where = f"/consortia/{world.consortium.id}/budget/{line.id}/{page}"
    shown = client_of("gateshead", "approver" if page == "approve" else "buyer").get(where).text
    assert f"<title>{title}" in shown.replace("\n", "").replace("  ", "")
    assert f'<h1 class="govuk-heading-l">{title}</h1>' in shown
    for fact in ("Gateshead Council", "2026-27", "£250.00", "Committed", "Highways", "Pooled budget"):
        assert fact in shown
    assert ("Entered by" in shown) == (page == "approve")
