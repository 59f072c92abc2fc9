"""The numbers of weights read from a file into the form of an offer."""

import io
import re

import pytest
from sqlalchemy import select

from commonpurse.core.tabular import read_table, write_csv, write_xlsx
from commonpurse.workspaces.models import Offer
from support.room_pages import page, words
from support.weight_rows import BODIES, make_agreed_weights, make_weights, offer_weights
from support.workspace_rows import make_target

NAMES = ("Newcastle upon Tyne Council", "Gateshead Council", "Darlington Council")


@pytest.fixture
def item(session, world):
    made = make_weights(session, world)
    session.commit()
    return made


def upload(client, world, item, content, name="weights.csv"):
    data = {"file": (io.BytesIO(content), name)}
    return client.post(f"{page(world, item)}/weights/file", data=data, content_type="multipart/form-data")


def table(*rows):
    return ("Body,Number\n" + "".join(f"{body},{number}\n" for body, number in rows)).encode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_names_every_body_and_what_is_on_the_table(session, world, item, client_of, kind):
    offer_weights(session, world, "gateshead", item, 0, 100, 50, 0)
    session.commit()
    answer = client_of("gateshead").get(f"{page(world, item)}/weights/template.{kind}")
    found = read_table(f"weights.{kind}", answer.data)
    assert found.headers == ("Body", "Number")
    assert [row.cells for row in found.rows] == list(zip(NAMES, ("100", "50", "0"), strict=True))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_right_file_fills_in_the_form_and_stores_nothing(session, world, item, client_of, kind):
    rows = [["gateshead  COUNCIL", "1,200"], [NAMES[0], 7], [NAMES[2], 0]]
    heads = ["Body", "Number"]
    content = write_csv(heads, rows) if kind == "csv" else write_xlsx(heads, rows, title="Weights")
    html = upload(client_of("gateshead"), world, item, content, f"weights.{kind}").text
    for body, number in zip(BODIES, ("7", "1,200", "0"), strict=True):
        field = re.search(rf'<input[^>]*name="weight_{world.organisation(body).hex}"[^>]*>', html).group(0)
        assert f'value="{number}"' in field
    assert "Make this offer" in html
    assert "The numbers are filled in from your file. Nothing is offered yet" in html
    assert session.scalars(select(Offer)).all() == []


def test_a_faulty_file_is_shown_row_by_row_and_nothing_of_it_is_read(session, world, item, client_of):
    content = table(("Leeds", 4), (NAMES[0], 7), (NAMES[0], 8), (NAMES[1], "12.5"), (NAMES[1], "-3"))
    shown = words(upload(client_of("gateshead"), world, item, content).text)
    assert "2 Leeds No body that has joined is called so" in shown
    assert f"4 {NAMES[0]} This body stands in the file more than once" in shown
    assert f"5 12.5 Enter a whole number for {NAMES[1]}, or 0" in shown
    assert f"6 -3 The number of {NAMES[1]} must be between 0 and 1,000,000,000,000,000" in shown
    assert f"– {NAMES[2]} The file has no row for this body" in shown
    assert "Nothing was read from it" in shown
    assert "Make this offer" not in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"Body;Amount\nGateshead Council;5\n", "one column “Body” and one column “Number”"),
        (b"Body,Number,Number\nGateshead Council,5,6\n", "one column “Body” and one column “Number”"),
        (b"%PDF-1.7", "The file"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_so(session, world, item, client_of, content, said):
    assert said in upload(client_of("gateshead"), world, item, content).text


def test_of_very_many_faults_the_first_are_shown_and_the_others_counted(world, item, client_of):
    content = table(*((f"Nobody {number}", number) for number in range(100)))
    shown = words(upload(client_of("gateshead"), world, item, content).text)
    assert "101 Nobody 99 No body that has joined" in shown
    assert NAMES[0] not in shown
    assert "3 more faults are not shown." in shown


def test_whoever_chooses_no_file_is_asked_for_one(world, item, client_of):
    assert "Choose a file" in words(upload(client_of("gateshead"), world, item, b"", name="").text)


def test_only_buyers_read_a_file_and_only_for_weights_that_are_open(session, world, item, client_of):
    agreed, target = make_agreed_weights(session, world, 1, 1, 1, name="Headcount"), make_target(session, world)
    session.commit()
    content = table(*zip(NAMES, (1, 2, 3), strict=True))
    answers = {
        (body, role): upload(client_of(body, role), world, item, content).status_code
        for body, role in (("gateshead", "buyer"), ("gateshead", "approver"), ("leeds", "buyer"))
    }
    assert list(answers.values()) == [200, 403, 404]
    assert upload(client_of("gateshead"), world, target, content).status_code == 404
    assert upload(client_of("gateshead"), world, agreed, content).status_code == 409
