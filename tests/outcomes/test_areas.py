"""The pages by area: what each place has, that it adds up, and who may begin a book."""

import re

import pytest

from commonpurse.outcomes import commands
from commonpurse.outcomes.queries.books import books_kept
from support.delivery_rows import QUARTER, make_agreed_rule, make_contract, make_record
from support.web import counted_statements
from support.world import AREAS, NOW, make_area

GATESHEAD, NEWCASTLE = AREAS["gateshead"][0], AREAS["newcastle"][0]


@pytest.fixture
def base(world):
    return f"/consortia/{world.consortium.id}/outcomes/ledger/areas"


@pytest.fixture
def contract(session, world):
    world.measure.unit = "hours"
    make_agreed_rule(session, world, {"kind": "equal"})
    made = make_contract(session, world)
    session.commit()
    return made


@pytest.fixture
def split(session, world, contract):
    """20 hours in Gateshead, 10 in Newcastle and 4 in Leeds, where no area of the consortium is."""
    leeds = make_area(session, *AREAS["leeds"])
    for place, hours in ((GATESHEAD, 20), (NEWCASTLE, 10), (leeds.gss, 4)):
        make_record(session, world, contract, subject=place, quantity=hours, place_gss=place)
    commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    session.commit()


def keep(session, world, *tiers):
    actor = world.actor("newcastle")
    commands.keep_books(session, actor, consortium_id=world.consortium.id, tiers=tiers, now=NOW)
    session.commit()


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_the_lead_begins_a_book_and_sees_that_it_adds_up(world, client_of, base, split):
    client = client_of("newcastle")
    assert "No book of areas is kept yet." in words_of(client.get(base))
    page = client.post(base, data={"tiers": ["district", "region"]}, follow_redirects=True)
    words = words_of(page)
    assert "2 books of areas begun" in words
    assert "Outcomes by area: Districts" in words
    assert "Darlington 0 Gateshead 20 Newcastle upon Tyne 10 Unallocated 4" in words
    assert "Adds up exactly: 34 = 0 + 20 + 10 + 4 unallocated" in words
    assert (
        "These figures overlap with the shares of the bodies and with the other books of areas. "
        "They are never added to them."
    ) in words
    assert f"{base}/region" in page.text


def test_a_member_reads_the_books_and_cannot_begin_one(session, world, client_of, base, split):
    client = client_of("gateshead")
    assert "A buyer of the lead authority can begin one." in words_of(client.get(base))
    assert "Begin these books" not in client.get(base).text
    assert client.post(base, data={"tiers": ["district"]}).status_code == 403
    assert books_kept(session, world.consortium.id) == {}
    keep(session, world, "region")
    assert "North East 34" in words_of(client.get(f"{base}/region"))


def test_a_book_that_is_not_kept_and_a_consortium_of_others_are_not_found(session, world, client_of, base, split):
    keep(session, world, "region")
    assert client_of("newcastle").get(f"{base}/district").status_code == 404
    assert client_of("newcastle").get(f"{base}/parish").status_code == 404
    assert client_of("leeds").get(base).status_code == 404
    assert client_of("leeds").get(f"{base}/region").status_code == 404
    assert client_of("leeds").get(f"{base}/region.csv").status_code == 404


@pytest.mark.parametrize(
    ("tiers", "why"),
    [
        ([], "Select at least one kind of area"),
        (["county"], "No area of this consortium lies in an area of this kind"),
        (["region", "district"], "A book is already kept for this kind of area"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field(session, world, client_of, base, split, tiers, why):
    keep(session, world, "region")
    page = client_of("newcastle").post(base, data={"tiers": tiers})
    assert page.text.count(why) == 2  # in the summary and at the field
    session.expire_all()
    assert list(books_kept(session, world.consortium.id)) == ["region"]


def test_a_book_of_nothing_says_so(session, world, client_of, base, contract):
    keep(session, world, "nation")
    assert "Nothing has been verified and split yet." in words_of(client_of("gateshead").get(f"{base}/nation"))


def test_the_file_has_a_row_for_each_place_and_the_whole(session, world, client_of, base, split):
    keep(session, world, "district")
    answer = client_of("darlington").get(f"{base}/district.csv")
    assert answer.mimetype == "text/csv"
    assert "outcomes-by-district.csv" in answer.headers["Content-Disposition"]
    head, *rows = [line.split(",") for line in answer.text.lstrip("\ufeff").splitlines()]
    assert (head[0], head[3:5]) == ("Row", ["District", "GSS code"])
    assert [[row[0], *row[-3:]] for row in rows] == [
        ["Part", "Darlington", AREAS["darlington"][0], "0"],
        ["Part", "Gateshead", GATESHEAD, "20"],
        ["Part", "Newcastle upon Tyne", NEWCASTLE, "10"],
        ["Part", "Unallocated", "", "4"],
        ["Total", "All places", "", "34"],
    ]


def test_when_every_book_is_kept_none_is_offered(session, world, client_of, base, split):
    keep(session, world, "district", "region", "nation")
    page = client_of("newcastle").get(base)
    assert "Begin these books" not in page.text
    assert all(f"{base}/{tier}" in page.text for tier in ("district", "region", "nation"))


def test_the_ledger_leads_to_the_books(client_of, base, split):
    assert f'href="{base}"' in client_of("gateshead").get(base.removesuffix("/areas")).text


def test_a_book_takes_as_many_statements_with_one_place_as_with_twenty(
    session, world, client_of, base, contract, split, engine
):
    keep(session, world, "district")
    client = client_of("gateshead")
    client.get(f"{base}/district")
    with counted_statements(engine) as few:
        client.get(f"{base}/district")
    for number in range(20):
        area = make_area(session, f"E0900{number:04d}", f"Borough {number}")
        world.consortium.areas.append(area)
        make_record(
            session, world, contract, subject=area.gss, place_gss=area.gss, quarter_starting=QUARTER.replace(2027)
        )
    commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)
    session.commit()
    with counted_statements(engine) as many:
        page = client.get(f"{base}/district")
    assert "Borough 19" in page.text
    assert len(many) == len(few)
