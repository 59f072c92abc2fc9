"""The pages on which a file of lines is uploaded, checked, and stored or dropped."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from commonpurse.calc.units import UNITS
from commonpurse.consortia.models import Stage
from commonpurse.pooling.models import ApprovalState, BudgetContribution, RequirementLine, Upload
from commonpurse.pooling.rules import templates
from support.pooling_pages import RIGHT, send_lines, text_of, version_on
from support.world import make_category

FAULTY = "Posts,99999999,minus,each,E08000037,01/04/2027,31/03/2026"


@pytest.fixture
def address(session, world):
    session.commit()
    return f"/consortia/{world.consortium.id}"


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_a_long_cell_is_cut_so_that_what_is_wrong_stays_in_sight(session, address, client_of):
    client = client_of("gateshead")
    page = client.get(send_lines(client, address, "requirements", f"{'x' * 501},{RIGHT.partition(',')[2]}").location)
    assert "x" * 59 + "…" in text_of(page)
    assert "x" * 60 not in text_of(page)
    assert "The description is longer than 500 characters" in text_of(page)


@pytest.mark.parametrize("kind", ["requirements", "budget"])
@pytest.mark.parametrize("file_type", ["csv", "xlsx"])
def test_the_template_with_its_own_example_filled_in_is_right(session, address, client_of, kind, file_type):
    make_category(session, "30197642", "Photocopier paper")
    session.commit()
    client = client_of("gateshead")
    offered = f"{address}/{kind}/template/{file_type}"
    assert offered in client.get(f"{address}/{kind}/upload").get_data(as_text=True)
    example = (templates.REQUIREMENTS if kind == "requirements" else templates.BUDGET).example
    filled = BytesIO()
    if file_type == "csv":
        filled.write(client.get(offered).data + ",".join(f'"{cell}"' for cell in example).encode())
    else:
        workbook = load_workbook(BytesIO(client.get(offered).data))
        workbook.worksheets[0].append(example)
        workbook.save(filled)
    data = {"file": (BytesIO(filled.getvalue()), f"filled.{file_type}")}
    answer = client.post(f"{address}/{kind}/upload", data=data, content_type="multipart/form-data")
    assert "1 row is right. No row has a fault." in text_of(client.get(answer.location))


def test_the_page_of_the_template_lists_every_unit_it_can_use(session, address, client_of):
    client = client_of("gateshead")
    page = text_of(client.get(f"{address}/requirements/upload"))
    listed = page.partition("Units the file can use ")[2].partition(". Capital letters")[0]
    assert listed.split(", ") == [unit.code for unit in UNITS]
    assert "Units the file can use" not in text_of(client.get(f"{address}/budget/upload"))


def test_a_file_is_checked_row_by_row_and_stored_once_on_a_persons_word(session, address, client_of):
    client = client_of("gateshead")
    shown = send_lines(client, address, "requirements", RIGHT, FAULTY).location
    page = client.get(shown)
    assert "Store the 1 right row, set the 1 faulty row aside" in text_of(page)
    assert "Nothing is stored yet." in text_of(page)
    for words in ("3 CPV code 99999999 There is no CPV code 99999999", "“minus” is not a number"):
        assert words in text_of(page)
    assert "31 March 2026 is before 1 April 2027" in text_of(page)
    assert "Gateshead (E08000037)" in text_of(page)
    assert count(session, RequirementLine) == 0
    version = version_on(page)
    assert client.post(shown, data={"seen_version": version}).location == f"{address}/needs"
    assert client.post(shown, data={"seen_version": version}).status_code == 409
    assert count(session, RequirementLine) == 1
    assert "The right rows were stored, the faulty ones set aside." in text_of(client.get(shown))


@pytest.mark.parametrize("kind", ["requirements", "budget"])
@pytest.mark.parametrize("name", ["lines.csv", "lines.xlsx"])
def test_a_pdf_under_the_name_of_a_table_is_called_what_it_is(address, client_of, kind, name):
    data = {"file": (BytesIO(b"%PDF-1.4"), name)}
    page = client_of("gateshead").post(f"{address}/{kind}/upload", data=data, content_type="multipart/form-data")
    assert f"The file is named .{name.partition('.')[2]} but is a PDF." in text_of(page)


def test_a_file_can_no_longer_be_dropped_once_pooling_is_over_and_the_page_says_so(session, world, address, client_of):
    client = client_of("gateshead")
    shown = send_lines(client, address, "requirements", RIGHT).location
    version = version_on(client.get(shown))
    world.consortium.stage = Stage.CONTRACT
    session.commit()
    answer = client.post(f"{shown}/drop", data={"seen_version": version})
    assert "Needs and budgets can change only while the consortium is pooling or negotiating" in text_of(answer)


def test_a_file_whose_name_holds_nul_is_kept_without_it(address, client_of):
    client = client_of("gateshead")
    content = f"{','.join(templates.REQUIREMENTS.headers)}\n{RIGHT}"
    body = (
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''needs%00.csv\r\n"
        f"Content-Type: text/csv\r\n\r\n{content}\r\n--x--\r\n"
    )
    answer = client.post(f"{address}/requirements/upload", data=body, content_type="multipart/form-data; boundary=x")
    assert "Check the file “needs.csv”" in text_of(client.get(answer.location))


def test_a_file_with_faults_only_can_be_dropped_or_mended(session, address, client_of):
    client = client_of("gateshead")
    shown = send_lines(client, address, "requirements", FAULTY).location
    page = client.get(shown)
    assert "Store the" not in text_of(page)
    assert "Upload a mended file" in text_of(page)
    assert client.post(f"{shown}/drop", data={"seen_version": version_on(page)}).location == f"{address}/needs"
    assert "Nothing of this file was stored." in text_of(client.get(shown))


def test_a_budget_file_is_stored_as_money_that_waits(session, address, client_of):
    client = client_of("gateshead")
    shown = send_lines(client, address, "budget", '2026-27,"25,000.50",committed,Roads').location
    page = client.get(shown)
    assert "2026-27 £25,000.50 Committed Roads" in text_of(page)
    client.post(shown, data={"seen_version": version_on(page)})
    assert session.scalars(select(BudgetContribution)).one().approval is ApprovalState.AWAITED


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 bomb", b"Town\nLeeds\n"])
def test_a_file_that_is_no_table_of_lines_is_refused_beside_the_field(session, address, client_of, content):
    data = {"file": (BytesIO(content), "needs.csv")}
    answer = client_of("gateshead").post(
        f"{address}/requirements/upload", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 200
    assert 'id="file-error"' in answer.get_data(as_text=True)
    assert count(session, Upload) == 0
