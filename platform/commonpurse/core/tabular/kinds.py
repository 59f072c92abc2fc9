"""What a file is by its content; its name is only used to explain a mismatch."""

from enum import Enum
from pathlib import PurePath

from commonpurse.calc.sentence import Sentence
from commonpurse.core.errors import Refused


class Kind(Enum):
    """The kinds of content told apart; the value is how a sentence calls one."""

    TEXT = Sentence("a text file")
    ZIP = Sentence("a ZIP archive")
    OFFICE = Sentence("a document or presentation")
    OLE = Sentence("an old Office document")
    PDF = Sentence("a PDF")
    IMAGE = Sentence("a picture")
    HTML = Sentence("a web page")
    XML = Sentence("an XML file")
    GZIP = Sentence("a compressed archive")
    RTF = Sentence("a Rich Text document")
    PROGRAM = Sentence("a program")


_SIGNATURES = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0", Kind.OLE),
    (b"%PDF", Kind.PDF),
    (b"\x89PN", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"II*\0", Kind.IMAGE),
    (b"MM\0*", Kind.IMAGE),
    (b"\x1f\x8b", Kind.GZIP),
    (b"7z\xbc\xaf", Kind.GZIP),
    (b"Rar!", Kind.GZIP),
    (b"{\\rtf", Kind.RTF),
    (b"\x7fELF", Kind.PROGRAM),
)
_MARKUP = ((b"<!doctype html", Kind.HTML), (b"<html", Kind.HTML), (b"<?xml", Kind.XML))
_SPREADSHEETS = frozenset({".xlsx", ".xlsm"})
_TEXTS = frozenset({".csv", ".txt", ".tsv"})


def kind_of(content: bytes) -> Kind:
    """The kind of `content` by its first bytes; text unless a signature says otherwise."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if b"%PDF-" in content[:1024]:
        return Kind.PDF
    start = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature, kind in _MARKUP:
        if start.startswith(signature):
            return kind
    return Kind.TEXT


def refuse_kind(filename: str, kind: Kind) -> Refused:
    """The sentence for content that is neither text nor a workbook."""
    ending = extension(filename)
    if ending in _SPREADSHEETS | _TEXTS:
        return Refused(
            "The file is named %(ending)s but is %(kind)s. Save it as CSV or as an Excel workbook (.xlsx)",
            field="file",
            ending=ending,
            kind=kind.value,
        )
    return Refused(
        "The file is %(kind)s. Choose a CSV file or an Excel workbook (.xlsx)", field="file", kind=kind.value
    )


def refuse_ole(filename: str, content: bytes) -> Refused:
    """The sentence for the old container that Excel 97 files and encrypted workbooks share."""
    if "EncryptedPackage".encode("utf-16-le") in content or "EncryptionInfo".encode("utf-16-le") in content:
        return Refused("The workbook is protected by a password. Remove the password and save it again", field="file")
    if extension(filename) in {".doc", ".ppt", ".msg"} or "WordDocument".encode("utf-16-le") in content:
        return refuse_kind(filename, Kind.OLE)
    return Refused(
        "The file is an Excel 97-2003 workbook (.xls). Open it and save it as an Excel workbook (.xlsx) or as CSV",
        field="file",
    )


def extension(filename: str) -> str:
    """The ending of the name in small letters, with its dot; empty if there is none."""
    return PurePath(filename.replace("\\", "/")).suffix.lower()
