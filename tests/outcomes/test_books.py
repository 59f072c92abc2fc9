"""Memo books: what they hold, that they follow the primary book, and that they are never added to it."""

import ast
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import PRIMARY, LiveClaim, PostedSplit, RuleVersion, posting
from commonpurse.outcomes.queries.books import books_kept
from commonpurse.reference.models import Area
from config import ROOT
from support.delivery_rows import QUARTER, make_agreed_rule, make_contract, make_record, make_records
from support.web import counted_statements
from support.world import NOW, make_area

NEWCASTLE, GATESHEAD, DARLINGTON = "E08000021", "E08000037", "E06000005"
NORTH_OF_TYNE, NORTH_EAST, TEES_VALLEY = "E47000011", "E47000010", "E47000006"


@pytest.fixture
def contract(session, world):
    for gss, code in ((NEWCASTLE, "NTCA"), (GATESHEAD, "NECA"), (DARLINGTON, "TVCA")):
        session.get(Area, gss).combined_authority = code
    world.measure.unit = "hours"
    make_agreed_rule(session, world, {"kind": "equal"})
    return make_contract(session, world)


def keep(session, world, *tiers, body="newcastle", role="buyer"):
    actor = world.actor(body, role)
    return commands.keep_books(session, actor, consortium_id=world.consortium.id, tiers=tiers, now=NOW)


def issue(session, world):
    return commands.issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=NOW)


def correct(session, world, record, quantity):
    return commands.correct_outcome(
        session,
        world.actor("newcastle"),
        consortium_id=world.consortium.id,
        record_id=record.id,
        quantity=Decimal(quantity),
        quarter_starting=QUARTER,
        place=record.place_gss,
        reason="Counted wrongly",
        seen_version=record.version,
        now=NOW + timedelta(days=1),
    )


def sums(session, book):
    """What each party of a book has, those with nothing left out."""
    rows = session.execute(
        select(posting.c.party, func.sum(posting.c.amount)).where(posting.c.book == book).group_by(posting.c.party)
    )
    return {party: int(amount) for party, amount in rows if amount}


def test_a_book_begins_with_all_that_was_split_and_adds_up_to_the_whole(session, world, contract):
    make_record(session, world, contract, subject="a", quantity=10, place_gss=GATESHEAD)
    make_record(session, world, contract, subject="b", quantity=5, place_gss=NEWCASTLE)
    issue(session, world)
    assert keep(session, world, "combined_authority", "district", "region") == [
        "district",
        "combined_authority",
        "region",
    ]
    assert sums(session, "district") == {GATESHEAD: 10, NEWCASTLE: 5}
    assert sums(session, "combined_authority") == {NORTH_EAST: 10, NORTH_OF_TYNE: 5}
    assert sums(session, "region") == {"North East": 15}
    assert sum(sums(session, PRIMARY).values()) == 15
    assert queries.verify(session).faults == ()


def test_an_outcome_outside_every_area_of_the_consortium_stays_unallocated_in_sight(session, world, contract):
    leeds = make_area(session, "E08000035", "Leeds")
    leeds.region = "Yorkshire and The Humber"
    make_record(session, world, contract, subject="a", quantity=7, place_gss=leeds.gss)
    make_record(session, world, contract, subject="b", quantity=2, place_gss=DARLINGTON)
    keep(session, world, "district", "combined_authority", "region", "nation")
    issue(session, world)
    assert sums(session, "district") == {DARLINGTON: 2, "unallocated": 7}
    assert sums(session, "combined_authority") == {TEES_VALLEY: 2, "unallocated": 7}
    assert sums(session, "region") == {"North East": 2, "unallocated": 7}
    assert sums(session, "nation") == {"England": 9}
    assert queries.verify(session).faults == ()


def test_what_is_split_later_goes_into_every_book_at_once(session, world, contract):
    keep(session, world, "district")
    make_records(session, world, contract, 3)
    issue(session, world)
    make_record(session, world, contract, subject="late", quantity=4)
    issue(session, world)
    assert sums(session, "district") == {NEWCASTLE: 7}
    rows = session.scalars(select(PostedSplit).where(PostedSplit.book == "district").order_by(PostedSplit.seq)).all()
    assert [row.total for row in rows] == [3, -3, 7]
    assert queries.verify(session).faults == ()


def test_a_correction_is_made_in_each_book(session, world, contract):
    keep(session, world, "district", "combined_authority")
    wrong = make_record(session, world, contract, subject="a", quantity=10, place_gss=GATESHEAD)
    make_record(session, world, contract, subject="b", quantity=5, place_gss=GATESHEAD)
    issue(session, world)
    correct(session, world, wrong, 3)
    for book, place in (("district", GATESHEAD), ("combined_authority", NORTH_EAST)):
        assert sums(session, book) == {place: 5}
        rows = session.scalars(select(PostedSplit).where(PostedSplit.book == book).order_by(PostedSplit.seq)).all()
        assert [(row.total, row.reason) for row in rows] == [
            (15, ""),
            (-15, "Counted wrongly"),
            (5, "Counted wrongly"),
        ]
    assert queries.verify(session).faults == ()


def test_a_correction_asks_as_often_for_four_books_as_for_one(session, connection, world, contract):
    def statements(*tiers):
        keep(session, world, *tiers)
        wrong = make_record(session, world, contract, subject=f"wrong {tiers}", quantity=10, place_gss=GATESHEAD)
        make_record(session, world, contract, subject=f"right {tiers}", quantity=5, place_gss=GATESHEAD)
        issue(session, world)
        session.expire_all()
        with counted_statements(connection) as found:
            correct(session, world, wrong, 3)
        return found

    one, four = statements("district"), statements("combined_authority", "region", "nation")
    assert len(one) == len(four)
    assert sum(statement.startswith(("INSERT INTO outcomes_split", "COPY outcomes_split")) for statement in four) <= 2
    assert queries.verify(session).faults == ()


def test_many_totals_are_split_in_as_many_statements_as_two(session, connection, world, contract):
    keep(session, world, "district", "region")

    def statements(year, totals):
        for number in range(totals):
            quarter = QUARTER.replace(year=year + number)
            make_record(session, world, contract, subject=f"{year} {number}", quarter_starting=quarter)
        session.expire_all()
        with counted_statements(connection) as found:
            assert len(issue(session, world)) == totals
        return len(found)

    issue_once = statements(2027, 1)  # The weights of the place are stored.
    assert statements(2030, 9) <= issue_once
    assert queries.verify(session).faults == ()


def test_the_last_outcome_of_a_total_is_taken_back_from_each_book(session, world, contract):
    keep(session, world, "district")
    only = make_record(session, world, contract, subject="a", quantity=10)
    issue(session, world)
    correct(session, world, only, 3)
    assert sums(session, "district") == sums(session, PRIMARY) == {}
    assert session.scalars(select(LiveClaim)).all() == []
    assert queries.verify(session).faults == ()


def test_what_happens_in_a_book_is_recorded_once_for_all_its_rows(session, world, contract):
    make_record(session, world, contract, subject="a", quantity=10, place_gss=GATESHEAD)
    make_record(session, world, contract, subject="b", quantity=5, place_gss=NEWCASTLE)
    issue(session, world)
    keep(session, world, "district")
    begun, posted = log.entries_after(session, world.consortium.stream, 0)[-2:]
    assert (begun.kind, begun.data["tiers"]) == ("outcomes.books_begun", ["district"])
    assert (posted.kind, posted.data["book"], posted.data["splits"]) == ("outcomes.book_posted", "district", 2)


def test_a_new_area_of_the_consortium_counts_from_the_next_split(session, world, contract):
    keep(session, world, "district")
    leeds = make_area(session, "E08000035", "Leeds")
    make_record(session, world, contract, subject="a", quantity=7, place_gss=leeds.gss)
    issue(session, world)
    world.consortium.areas.append(leeds)
    make_record(
        session, world, contract, subject="b", quantity=2, place_gss=leeds.gss, quarter_starting=QUARTER.replace(2027)
    )
    issue(session, world)
    assert sums(session, "district") == {"unallocated": 7, leeds.gss: 2}
    assert len(session.scalars(select(RuleVersion).where(RuleVersion.offer_number == 0)).all()) == 2
    assert list(books_kept(session, world.consortium.id)) == ["district"]
    assert queries.verify(session).faults == ()


@pytest.mark.parametrize(
    ("tiers", "why"),
    [
        ((), "Select at least one kind of area"),
        (("district", "parish"), "Select at least one kind of area"),
        (("county",), "No area of this consortium lies in an area of this kind"),
        (("district", "region"), "A book is already kept for this kind of area"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(session, world, contract, tiers, why):
    keep(session, world, "region")
    seen = len(log.entries_after(session, world.consortium.stream, 0))
    with pytest.raises(Refused, match=why):
        keep(session, world, *tiers)
    assert list(books_kept(session, world.consortium.id)) == ["region"]
    assert len(log.entries_after(session, world.consortium.stream, 0)) == seen


def test_only_a_buyer_of_the_lead_authority_chooses_books(session, world, contract):
    for body, role in (("newcastle", "approver"), ("gateshead", "buyer")):
        with pytest.raises(NotAllowed):
            keep(session, world, "district", body=body, role=role)
    with pytest.raises(NotFound):
        keep(session, world, "district", body="leeds")


def test_the_pages_and_files_of_the_ledger_hold_the_primary_book_alone(session, world, contract):
    make_record(session, world, contract, subject="a", quantity=10)
    issue(session, world)
    actor, key = world.actor("newcastle"), world.consortium.id
    before = queries.ledger_page(session, actor, key), queries.list_quarterly_shares(session, actor, key)
    document = queries.statement(session, actor, key, world.organisation("newcastle")).document
    keep(session, world, "district", "region", "nation")
    after = queries.ledger_page(session, actor, key), queries.list_quarterly_shares(session, actor, key)
    assert after == before
    assert queries.statement(session, actor, key, world.organisation("newcastle")).document == document
    memo = session.scalars(select(PostedSplit.id).where(PostedSplit.book == "region")).one()
    with pytest.raises(NotFound):
        queries.split_page(session, actor, key, memo)


def test_a_book_that_lacks_an_outcome_or_has_one_too_many_is_found(session, world, contract, monkeypatch):
    keep(session, world, "district")
    make_record(session, world, contract, subject="a", quantity=10)
    monkeypatch.setattr("commonpurse.outcomes.commands.issue.follow", lambda *_, **__: None)
    issue(session, world)
    [missing, total] = queries.verify(session).faults
    assert missing.startswith("district: outcome ")
    assert missing.endswith(" counts in the primary book and not in this one")
    assert total.startswith("district: 0 of measure ")
    assert total.endswith(" instead of 10 as in the primary book")
    monkeypatch.undo()
    keep(session, world, "region")
    make_record(session, world, contract, subject="b", quantity=1)
    issue(session, world)
    assert queries.verify(session).faults == ()


def test_every_query_over_the_splits_of_a_consortium_names_its_book():
    forgotten = []
    for path in sorted((ROOT / "platform").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                body = ast.get_source_segment(text, node) or ""
                if re.search(r"posting\.c\.|PostedSplit\.consortium_id( ==|\.in_)", body) and ".book" not in body:
                    forgotten.append(f"{path.name}: {node.name}")
    assert forgotten == []
