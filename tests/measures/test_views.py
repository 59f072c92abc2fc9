"""The pages about measures."""

import pytest

from commonpurse.measures.commands import load_catalogues
from commonpurse.measures.models import FrameworkVersion, Measure
from config import ROOT
from support.web import counted_statements


@pytest.fixture
def catalogues(session):
    load_catalogues(session, ROOT / "reference")
    session.commit()


def test_anybody_reads_the_frameworks_and_their_measures(visitor, catalogues, session):
    assert "PPN 026 Social Value Model" in visitor.get("/measures/").text
    for version in session.query(FrameworkVersion):
        assert version.edition in visitor.get(f"/measures/frameworks/{version.id}").text
    measure = session.query(Measure).filter_by(code="L4.01").one()
    assert "0.001 tCO2e" in visitor.get(f"/measures/{measure.id}").text


def test_unit_values_show_price_year_source_and_status_and_can_be_filtered(visitor, catalogues):
    page = visitor.get("/measures/unit-values?family=Real+Living+Wage").text
    assert "Not known" in page
    assert "UNCONFIRMED" in page
    assert "277.22" not in page


def test_the_model_is_chosen_by_a_form_whose_answer_can_be_linked_to(visitor, catalogues):
    asked = "buyer_kinds=central_government&commenced_on-day=1&commenced_on-month=2&commenced_on-year=2027"
    page = visitor.get(f"/measures/model?{asked}&value_inc_vat_pence=5,000,000").text
    assert "A model is mandatory" in page
    assert "20% of the score" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("commenced_on-day=1&commenced_on-month=2&commenced_on-year=2027&value_inc_vat_pence=5", "Select at least one"),
        ("buyer_kinds=other&commenced_on-day=31&commenced_on-month=2&commenced_on-year=2027", "must be a real date"),
        ("buyer_kinds=other&commenced_on-day=1&commenced_on-month=&commenced_on-year=2027", "must include a day"),
        ("buyer_kinds=other&value_inc_vat_pence=lots", "Enter an amount in pounds"),
        ("buyer_kinds=other&value_inc_vat_pence=-5", "must be more than £0"),
    ],
)
def test_bad_answers_get_a_sentence_and_the_typing_stays(visitor, catalogues, query, sentence):
    assert sentence in visitor.get(f"/measures/model?{query}").text


def test_a_buyer_adds_a_measure_and_a_visitor_is_sent_to_sign_in(client_of, visitor, world):
    typed = {"code": "LOCAL-2", "title": "Benches mended", "unit": "benches", "decimals": "0", "counts": "asset"}
    client = client_of("gateshead", "buyer")
    assert client.post("/measures/add", data=typed).status_code == 302
    assert "Benches mended" in client.get("/measures/").text
    assert "already has a measure" in client.post("/measures/add", data=typed).text
    assert visitor.get("/measures/add").status_code == 302


def test_a_measure_that_cannot_be_is_refused_in_our_words_and_nothing_is_added(client_of, session, world):
    before = session.query(Measure).count()
    typed = {"code": "A" * 21, "title": "b" * 201, "unit": "c" * 41, "decimals": "two"}
    page = client_of("gateshead", "buyer").post("/measures/add", data=typed).text
    for name, sentence in {
        "code": "The code must be 20 characters or fewer",
        "title": "What is counted must be 200 characters or fewer",
        "unit": "The unit must be 40 characters or fewer",
        "decimals": "Decimal places must be a whole number, such as 2",
        "counts": "Select what one claim stands for",
    }.items():
        assert f'<a href="#{name}">{sentence}' in page
    assert session.query(Measure).count() == before


def test_the_unit_values_page_runs_a_fixed_number_of_statements(visitor, connection, catalogues):
    with counted_statements(connection) as all_rows:
        visitor.get("/measures/unit-values")
    with counted_statements(connection) as few_rows:
        visitor.get("/measures/unit-values?family=Landfill+Tax")
    assert len(all_rows) == len(few_rows)
