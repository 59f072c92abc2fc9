"""Quarters, terms, and what a file of evidence really is."""

import io
import zipfile
from datetime import date

import pytest

from commonpurse.consortia.models import Stage
from commonpurse.delivery.rules import (
    MOST_BYTES,
    UnfitEvidence,
    UploadedFile,
    base_name,
    counts_heads,
    has_reached_award,
    is_in_term,
    last_day,
    quarter_of,
    quarters_of,
    recognise,
    say_day,
    say_quarter,
)


def workbook():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


def archive_of_something_else():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("run.exe", "MZ")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", b"%PDF-1.4", "application/pdf"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n.", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xe1", "image/jpeg"),
        ("a.csv", "naïve,1\r\n".encode(), "text/csv"),
        ("a.csv", "naïve,1\r\n".encode("cp1252"), "text/csv"),
        ("a.csv", "naïve,1\r\n".encode("utf-16"), "text/csv"),
        ("a.txt", b"plain", "text/plain"),
        ("a.xlsx", workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_is_known_by_its_content(name, content, media_type):
    assert recognise(UploadedFile(name, content)) == media_type


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"<html>", "not what its ending says"),
        ("a.csv", b"MZ\x00\x01\x02", "not what its ending says"),
        ("a.csv", b"%PDF-1.4", "not what its ending says"),
        ("a.xlsx", archive_of_something_else(), "not what its ending says"),
        ("a.xlsx", b"PK\x03\x04 cut off", "not what its ending says"),
        ("a.html", b"<html>", "must be a PDF"),
        ("noending", b"text", "must be a PDF"),
        ("a.pdf", b"", "empty"),
        ("a.txt", b"x" * (MOST_BYTES + 1), "smaller than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_evidence_is_refused_by_name(name, content, words):
    with pytest.raises(UnfitEvidence, match=words) as caught:
        recognise(UploadedFile(name, content))
    assert name in str(caught.value)


def test_a_name_loses_folders_and_control_characters():
    assert base_name("..\\..\\etc/pass\r\nwd.pdf") == "passwd.pdf"
    assert base_name("/") == "file"


def test_a_quarter_holds_its_days():
    assert quarter_of(date(2027, 3, 31)) == date(2027, 1, 1)
    assert quarter_of(date(2026, 12, 31)) == date(2026, 10, 1)
    assert [last_day(date(2027, month, 1)) for month in (1, 4, 7, 10)] == [
        date(2027, 3, 31),
        date(2027, 6, 30),
        date(2027, 9, 30),
        date(2027, 12, 31),
    ]
    assert str(say_quarter(date(2026, 10, 1))) == "October to December 2026"


def test_a_quarter_is_in_the_term_if_one_of_its_days_is():
    term = date(2026, 12, 31), date(2027, 4, 1)
    inside = [
        day
        for day in (date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1))
        if is_in_term(day, *term)
    ]
    assert inside == [date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)]


def test_the_quarters_of_a_term_are_those_that_have_begun():
    quarters = quarters_of(date(2026, 11, 15), date(2028, 1, 1), date(2027, 4, 1))
    assert quarters == [date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)]
    assert quarters_of(date(2026, 11, 15), date(2027, 1, 2), date(2030, 1, 1)) == quarters[:2]


@pytest.mark.parametrize(
    ("unit", "counts", "heads"),
    [
        ("people", "beneficiary", True),
        ("opportunities", "beneficiary", True),
        ("FTE", "beneficiary", True),
        ("hours", "beneficiary", False),
        ("person-hours", "beneficiary", False),
        ("people", "asset", False),
    ],
)
def test_a_measure_counts_heads_where_one_unit_is_one_person(unit, counts, heads):
    assert counts_heads(unit, counts) is heads


@pytest.mark.parametrize("month", range(1, 13))
def test_a_date_in_a_message_is_said_in_words(month):
    assert str(say_day(date(2026, month, 2))) == f"{date(2026, month, 2):%-d %B %Y}"


def test_an_award_is_offered_from_the_contract_stage_on():
    assert [stage.value for stage in Stage if has_reached_award(stage)] == ["contract", "delivering", "closed"]
