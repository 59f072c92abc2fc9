"""What a file of evidence really is."""

import io
import zipfile

import pytest

from commonpurse.core.errors import Refused
from commonpurse.delivery.commands.evidence import MOST_BYTES, UploadedFile, base_name, media_type_of


def workbook(**others):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in others.items():
            archive.writestr(name, content)
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
    assert media_type_of(UploadedFile(name, content)) == media_type


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"<html>", "not what its ending says"),
        ("a.csv", b"MZ\x00\x01\x02", "not what its ending says"),
        ("a.csv", b"%PDF-1.4", "not what its ending says"),
        ("a.xlsx", archive_of_something_else(), "no Excel workbook"),
        ("a.xlsx", b"PK\x03\x04 cut off", "is damaged"),
        ("a.xlsx", workbook(**{"xl/media/1.bmp": bytes(2_000_000)}), "unpacks to far more"),
        ("a.csv", workbook(), "not what its ending says"),
        ("a.html", b"<html>", "must be a PDF"),
        ("noending", b"text", "must be a PDF"),
        ("a.pdf", b"", "empty"),
        ("a.txt", b"x" * (MOST_BYTES + 1), "smaller than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_evidence_is_refused_by_name(name, content, words):
    with pytest.raises(Refused, match=words) as caught:
        media_type_of(UploadedFile(name, content))
    assert name in str(caught.value)
    assert caught.value.field == "files"


def test_a_name_loses_folders_and_control_characters():
    assert base_name("..\\..\\etc/pass\r\nwd.pdf") == "passwd.pdf"
    assert base_name("/") == "file"
    assert base_name(".pdf") == ".pdf"


def test_a_long_name_keeps_how_it_begins_and_ends():
    assert base_name("register of apprentices " + "x" * 200 + ".pdf") == "register of apprentices " + "x" * 92 + ".pdf"
    assert base_name("x." + "y" * 200) == "x." + "y" * 118
