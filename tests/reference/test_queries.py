"""Finding areas and categories, on the real files."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonpurse.reference import queries
from commonpurse.reference.commands import load_reference
from commonpurse.reference.models import Area
from config import ROOT
from support.web import counted_statements
from support.world import make_area


@pytest.fixture
def loaded(session: Session) -> Session:
    load_reference(session, ROOT / "reference")
    session.commit()
    return session


def test_every_area_and_category_is_loaded_and_a_second_time_changes_nothing(loaded, connection):
    with counted_statements(connection) as seen:
        assert load_reference(loaded, ROOT / "reference") == {"areas": 397, "categories": 9416}
    assert [statement.split()[0] for statement in seen] == ["SELECT", "SELECT"]
    assert loaded.scalar(select(func.count(Area.gss))) == 397
    assert len(queries.known_categories(loaded)) == 9416


def test_an_area_is_found_by_the_beginning_of_its_name_by_a_word_and_by_its_code(loaded):
    assert queries.search_areas(loaded, "gates")[0].value == "E08000037"
    assert queries.search_areas(loaded, "tyne newcastle")[0].value == "E08000021"
    assert [found.value for found in queries.search_areas(loaded, "e06000005")] == ["E06000005"]


def test_one_area_is_meant_by_its_code_or_by_a_name_that_no_other_has(loaded):
    for typed in (" e08000037", "gateshead", "Gateshead  Metropolitan Borough Council"):
        assert queries.find_area(loaded, typed).gss == "E08000037"
    for typed in ("", "gates", "%", "Gateshead_"):
        assert queries.find_area(loaded, typed) is None


def test_areas_are_known_by_code_by_name_and_by_official_name(loaded):
    known = queries.areas_by_name(loaded)
    for called in ("E08000037", "gateshead", "gateshead metropolitan borough council"):
        assert known[called] == {"E08000037"}
    assert "" not in known
    assert {name: codes for name, codes in known.items() if len(codes) > 1} == {}


def test_a_category_is_found_by_words_and_by_the_first_digits_of_its_code(loaded):
    assert queries.search_categories(loaded, "street lighting equip")[0].value.startswith("34928")
    assert queries.search_categories(loaded, "4500")[0].value == "45000000"


def test_signs_of_pattern_matching_are_ordinary_characters(loaded):
    assert queries.search_areas(loaded, "%") == []
    assert queries.search_categories(loaded, "_") == []


def test_a_category_knows_its_parents_and_children(loaded):
    page = queries.category_page(loaded, "03111000")
    assert [parent.value for parent in page.parents] == ["03000000", "03100000", "03110000"]
    assert "03111100" in [child.value for child in page.children]
    assert queries.category_page(loaded, "99999999") is None


def test_the_check_digit_of_a_category_does_not_matter(loaded):
    assert queries.get_category(loaded, "03111000-2").title == "Seeds"


def test_suggestions_are_pairs_of_value_and_label(visitor: FlaskClient, loaded):
    [found] = visitor.get("/reference/areas.json?q=darlington").get_json()
    assert found == {"value": "E06000005", "label": "Darlington (Unitary authority, E06000005)"}
    assert visitor.get("/reference/categories.json?q=").get_json() == []


def test_categories_can_be_searched_and_walked_without_javascript(visitor: FlaskClient, loaded):
    assert "Seeds" in visitor.get("/reference/categories?q=seeds").text
    assert "Soya beans" in visitor.get("/reference/categories?code=03111000").text
    assert "No category holds these words" in visitor.get("/reference/categories?q=qwertyuiop").text
    assert visitor.get("/reference/categories?code=1").status_code == 404


def test_loading_again_corrects_and_adds_and_leaves_what_something_refers_to(session, world):
    consortium = world.consortium
    consortium.areas = [make_area(session, "E08000037", "Gateshead"), make_area(session, "E99000001", "Gone since")]
    consortium.areas[0].name = "Gatehead"
    session.commit()
    load_reference(session, ROOT / "reference")
    session.commit()
    session.expire_all()
    assert [area.name for area in consortium.areas] == ["Gateshead", "Gone since"]
    assert queries.find_area(session, "E08000037").population == 201950
    assert session.scalar(select(func.count(Area.gss))) == 398
