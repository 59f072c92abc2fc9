"""Lines by file: nothing is stored until somebody says so, and then once."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from commonpurse.consortia.models import Stage
from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.core.tabular import write_xlsx
from commonpurse.pooling.commands import add_budget, check_upload, drop_upload, store_upload
from commonpurse.pooling.models import (
    ApprovalState,
    BudgetContribution,
    CommitmentLevel,
    RequirementLine,
    Upload,
    UploadKind,
    UploadState,
)
from commonpurse.pooling.queries import upload_page
from commonpurse.pooling.rules import templates
from support.world import NOW

NEEDS = ",".join(templates.REQUIREMENTS.headers)
BUDGET = ",".join(templates.BUDGET.headers)
RIGHT = "Street lights,45000000-7,120,each,E08000037,01/04/2027,31/03/2029"
ALSO_RIGHT = "Cable,45000000,1.5,km,E08000021,01/04/2027,31/03/2029"
FAULTY = "Posts,99999999,minus,each,E08000037,01/04/2027,31/03/2026"


def check(session, world, *rows, headings=NEEDS, kind=UploadKind.REQUIREMENTS, body="gateshead", role="buyer"):
    content = "\n".join((headings, *rows)).encode()
    actor, consortium_id = world.actor(body, role), world.consortium.id
    return check_upload(
        session, actor, consortium_id=consortium_id, kind=kind, filename="needs.csv", content=content, now=NOW
    )


def store(session, world, upload_id, body="gateshead", role="buyer", *, seen_version=1):
    actor, consortium_id = world.actor(body, role), world.consortium.id
    return store_upload(
        session, actor, consortium_id=consortium_id, upload_id=upload_id, seen_version=seen_version, now=NOW
    )


def drop(session, world, upload_id, body="gateshead", role="buyer", *, seen_version=1):
    actor, consortium_id = world.actor(body, role), world.consortium.id
    drop_upload(session, actor, consortium_id=consortium_id, upload_id=upload_id, seen_version=seen_version, now=NOW)


def count(session, table=RequirementLine):
    return session.scalar(select(func.count()).select_from(table))


def test_a_checked_file_stores_nothing_and_names_every_fault_of_every_row(session, world):
    upload_id = check(session, world, RIGHT, FAULTY, ALSO_RIGHT)
    assert count(session) == 0
    page = upload_page(session, world.actor("gateshead", "observer"), world.consortium.id, upload_id)
    assert (page.right_count, page.faulty_count, page.may_store) == (2, 1, False)
    assert [(fault.row, fault.column) for fault in page.faults] == [
        (3, "CPV code"),
        (3, "Quantity"),
        (3, "Needed until"),
    ]
    assert page.requirements[1]["quantity"] == Decimal("1.5")


def test_the_right_rows_are_stored_and_the_faulty_ones_set_aside(session, world):
    upload_id = check(session, world, RIGHT, FAULTY, ALSO_RIGHT)
    assert store(session, world, upload_id) == 2
    lines = session.scalars(select(RequirementLine).order_by(RequirementLine.quantity)).all()
    assert [(line.quantity, line.unit, line.category_code) for line in lines] == [
        (Decimal("1.5"), "km", "45000000"),
        (Decimal(120), "each", "45000000"),
    ]
    upload = session.get(Upload, upload_id)
    assert (upload.state, len(upload.faults)) == (UploadState.STORED, 3)
    [entry] = log.entries_after(session, world.consortium.stream, 0)
    assert (entry.kind, entry.data["rows_stored"], entry.data["rows_set_aside"]) == ("pooling.upload_stored", 2, 1)


def test_a_second_press_stores_nothing(session, world):
    upload_id = check(session, world, RIGHT)
    store(session, world, upload_id)
    for seen_version in (1, 2):
        with pytest.raises(Stale):
            store(session, world, upload_id, seen_version=seen_version)
    assert count(session) == 1


def test_a_file_stored_before_is_refused_and_lines_there_already_are_faults(session, world):
    store(session, world, check(session, world, RIGHT))
    with pytest.raises(Refused, match="stored already") as refusal:
        check(session, world, RIGHT)
    assert refusal.value.field == "file"
    upload_id = check(session, world, RIGHT, ALSO_RIGHT)
    page = upload_page(session, world.actor("gateshead"), world.consortium.id, upload_id)
    assert [str(fault.reason) for fault in page.faults] == ["Your organisation has the same line already"]
    assert store(session, world, upload_id) == 1


def test_a_file_whose_line_was_entered_meanwhile_is_not_stored(session, world):
    upload_id = check(session, world, "2026-27,100,committed,Roads", headings=BUDGET, kind=UploadKind.BUDGET)
    values = {"financial_year": 2026, "amount_pence": 100_00, "commitment_level": CommitmentLevel.COMMITTED}
    add_budget(session, world.actor("gateshead"), consortium_id=world.consortium.id, source="roads", now=NOW, **values)
    with pytest.raises(Refused, match="since the file was checked"):
        store(session, world, upload_id)
    assert count(session, BudgetContribution) == 1


def test_a_mended_file_takes_the_place_of_the_faulty_one(session, world):
    faulty = check(session, world, FAULTY)
    mended = check(session, world, RIGHT)
    assert session.get(Upload, faulty, populate_existing=True).state is UploadState.DROPPED
    with pytest.raises(Stale):
        store(session, world, faulty)
    assert store(session, world, mended) == 1


def test_a_file_without_a_right_row_cannot_be_stored(session, world):
    with pytest.raises(Refused, match="no right row"):
        store(session, world, check(session, world, FAULTY))


def test_a_dropped_file_is_recorded_and_neither_stored_nor_dropped_again(session, world):
    upload_id = check(session, world, RIGHT)
    drop(session, world, upload_id)
    [entry] = log.entries_after(session, world.consortium.stream, 0)
    assert (entry.kind, entry.data["filename"]) == ("pooling.upload_dropped", "needs.csv")
    with pytest.raises(Stale):
        store(session, world, upload_id, seen_version=2)
    with pytest.raises(Stale):
        drop(session, world, upload_id, seen_version=2)
    assert count(session) == 0


def test_budget_lines_that_are_firm_wait_for_approval(session, world):
    rows = ['2026-27,"25,000.50",committed,Roads', "2027/28,£100,Indicative,Roads", "2026-27,-5,firm,Roads"]
    upload_id = check(session, world, *rows, headings=BUDGET, kind=UploadKind.BUDGET)
    assert store(session, world, upload_id) == 2
    lines = session.scalars(select(BudgetContribution).order_by(BudgetContribution.financial_year)).all()
    assert [(line.amount_pence, line.approval) for line in lines] == [
        (25_000_50, ApprovalState.AWAITED),
        (100_00, ApprovalState.NOT_NEEDED),
    ]


def test_a_workbook_is_read_like_a_csv_file(session, world):
    content = write_xlsx(templates.REQUIREMENTS.headers, [RIGHT.split(",")], title="Needs")
    upload_id = check_upload(
        session,
        world.actor("gateshead"),
        consortium_id=world.consortium.id,
        kind=UploadKind.REQUIREMENTS,
        filename="needs.xlsx",
        content=content,
        now=NOW,
    )
    assert store(session, world, upload_id) == 1


@pytest.mark.parametrize("role", ["approver", "evaluator", "observer", "organisation_administrator"])
def test_only_buyers_upload_store_and_drop(session, world, role):
    with pytest.raises(NotAllowed):
        check(session, world, RIGHT, role=role)
    upload_id = check(session, world, RIGHT)
    with pytest.raises(NotAllowed):
        store(session, world, upload_id, role=role)
    with pytest.raises(NotAllowed):
        drop(session, world, upload_id, role=role)


def test_another_body_does_not_find_the_file(session, world):
    upload_id = check(session, world, RIGHT)
    for body in ("newcastle", "leeds"):
        with pytest.raises(NotFound):
            store(session, world, upload_id, body=body)
        with pytest.raises(NotFound):
            drop(session, world, upload_id, body=body)
        with pytest.raises(NotFound):
            upload_page(session, world.actor(body), world.consortium.id, upload_id)


def test_a_file_is_neither_checked_stored_nor_dropped_once_pooling_is_over(session, world):
    upload_id = check(session, world, RIGHT)
    world.consortium.stage = Stage.OUT_TO_BID
    session.flush()
    with pytest.raises(Refused, match="only while"):
        store(session, world, upload_id)
    with pytest.raises(Refused, match="only while"):
        drop(session, world, upload_id)
    with pytest.raises(Refused, match="only while"):
        check(session, world, ALSO_RIGHT)
    assert count(session) == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Description,Qty\nLights,5\n", "The file has no column “CPV code”"),
        (b"PK\x03\x04 nonsense", "The workbook is damaged or incomplete"),
        (b"\x89PNG\r\n\x1a\n", "The file is named .csv but is a picture"),
        (NEEDS.encode(), "The file has headings but no rows below them"),
    ],
)
def test_a_file_that_is_no_table_of_lines_is_refused_beside_the_field(session, world, content, sentence):
    with pytest.raises(Refused) as refusal:
        check_upload(
            session,
            world.actor("gateshead"),
            consortium_id=world.consortium.id,
            kind=UploadKind.REQUIREMENTS,
            filename="needs.csv",
            content=content,
            now=NOW,
        )
    assert str(refusal.value).startswith(sentence)
    assert refusal.value.field == "file"
    assert count(session, Upload) == 0
