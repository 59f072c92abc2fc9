"""The public register: what visitors see, and what they do not."""

import pytest

from commonpurse.consortia.models import ParticipationState, Stage
from commonpurse.core.errors import NotFound
from commonpurse.transparency import queries
from support.consortia_rows import part_of
from support.web import counted_statements
from support.world import AREAS, NOW, make_area, make_consortium


@pytest.fixture
def published(session, world):
    world.consortium.public_summary = "First paragraph.\n\nSecond <b>one</b>."
    world.consortium.published_at = NOW
    session.commit()
    return world.consortium


def test_what_is_not_published_is_not_there(visitor, client_of, world):
    assert visitor.get(f"/register/{world.consortium.id}").status_code == 404
    assert client_of("gateshead").get(f"/register/{world.consortium.id}").status_code == 404
    assert "No consortium has published a page yet" in visitor.get("/register/").text


def test_a_visitor_reads_the_public_page(visitor, published):
    page = visitor.get(f"/register/{published.id}").text
    for words in (
        "Level crossings and light",
        "Buy street lighting together.",
        '<p class="govuk-body">First paragraph.</p>',
        "Second &lt;b&gt;one&lt;/b&gt;.",
        "Gateshead Council",
        "1 March 2027",
        "Newcastle upon Tyne",
        "Construction work",
        "Negotiating",
    ):
        assert words in page


def test_the_public_page_names_no_invited_body_no_person_and_no_budget(visitor, session, world, published):
    part_of(published, world, "darlington").state = ParticipationState.INVITED
    session.commit()
    page = visitor.get(f"/register/{published.id}").text
    assert "Darlington" not in page
    assert "Buyer" not in page
    assert "£" not in page
    assert "Each body pays its share." not in page


@pytest.mark.parametrize(
    ("stage", "is_before"),
    [(Stage.FORMING, True), (Stage.OUT_TO_BID, True), (Stage.CONTRACT, False), (Stage.CLOSED, False)],
)
def test_what_is_confidential_until_the_award_is_said_only_before_it(visitor, session, published, stage, is_before):
    published.stage = stage
    session.commit()
    page = visitor.get(f"/register/{published.id}").text
    assert "budgets of single bodies, are not shown" in page
    assert ("confidential until the award" in page) is is_before


def test_the_register_finds_by_name_and_by_any_area_of_the_place(visitor, session, published):
    assert "Level crossings" in visitor.get("/register/").text
    assert "Level crossings" in visitor.get("/register/?q=light+tyne").text
    published.areas.append(make_area(session, *AREAS["leeds"]))
    session.commit()
    assert visitor.get("/register/?q=leeds").text.count("Level crossings") == 1
    assert "Leeds; Newcastle upon Tyne" in visitor.get("/register/?q=tyne").text
    assert "No published consortium matches" in visitor.get("/register/?q=paper").text
    assert "No published consortium matches" in visitor.get("/register/?q=%25").text


def test_the_register_is_paged_and_asks_the_same_for_one_row_and_for_many(session, connection, world, published):
    session.expunge_all()
    with counted_statements(connection) as for_one:
        assert queries.register_page(session).total == 1
    for number in range(20):
        make_consortium(session, world, name=f"Number {number}", published_at=NOW)
    session.commit()
    session.expunge_all()
    with counted_statements(connection) as for_many:
        page = queries.register_page(session)
    assert (len(page.rows), page.total, page.pages) == (20, 21, 2)
    assert len(for_many) == len(for_one)
    assert len(queries.register_page(session, number=2).rows) == 1


def test_an_unpublished_page_is_not_found_by_its_query(session, world):
    with pytest.raises(NotFound):
        queries.public_page(session, world.consortium.id)


@pytest.mark.parametrize("page", ["0", "-3", "7", "9" * 30])
def test_a_page_of_the_register_that_there_is_not_is_the_nearest_there_is(visitor, published, page):
    assert "Level crossings and light" in visitor.get(f"/register/?page={page}").text
