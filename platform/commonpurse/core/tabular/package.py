"""The ZIP archive around a workbook: checked before anything in it is unpacked."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from commonpurse.core.errors import Refused
from commonpurse.core.tabular.kinds import Kind, refuse_kind
from commonpurse.core.tabular.table import Limits

_ENCRYPTED = 0x1
_ENTRY = b"PK\x01\x02"
"""How each entry begins in the list of contents."""
_SMALL = 1_000_000


def open_package(filename: str, content: bytes, limits: Limits) -> ZipFile:
    """The archive of a workbook.

    Raises:
        Refused: it is no Excel workbook, is protected, or would unpack to more than `limits` allow.
    """
    if content.count(_ENTRY) > limits.archive_entries:  # Before so long a list is read.
        raise _unpacks_too_far()
    with damage_refused():
        package = ZipFile(BytesIO(content))
    entries = package.infolist()
    _refuse_bombs(entries, limits)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refused("The file is protected by a password. Remove the password and save it again", field="file")
    _refuse_others(filename, package)
    return package


def is_workbook(content: bytes, limits: Limits) -> bool:
    """Whether `content` is an Excel workbook that may be unpacked within `limits`. Unpacks nothing."""
    try:
        open_package("", content, limits).close()
    except Refused:
        return False
    return True


@contextmanager
def damage_refused() -> Iterator[None]:
    """Turn what broken or hostile archives and XML raise into a sentence."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    try:
        yield
    except DefusedXmlException as error:
        raise Refused(
            "The workbook holds document types or entities, which no spreadsheet needs. Save it again as .xlsx or CSV",
            field="file",
        ) from error
    except (BadZipFile, ParseError, zlib.error, EOFError, KeyError, NotImplementedError, OSError, ValueError) as error:
        raise Refused(
            "The workbook is damaged or incomplete. Open it, save it again and upload it again", field="file"
        ) from error


def _refuse_bombs(entries: list[ZipInfo], limits: Limits) -> None:
    """The declared sizes are binding: reading stops there, and a false one fails its checksum."""
    unpacked = sum(entry.file_size for entry in entries)
    stretched = any(
        entry.file_size > _SMALL and entry.file_size > limits.unpacked_ratio * max(entry.compress_size, 1)
        for entry in entries
    )
    if unpacked > limits.unpacked_bytes or stretched:
        raise _unpacks_too_far()


def _unpacks_too_far() -> Refused:
    return Refused(
        "The workbook unpacks to far more than a table needs. Save only the sheet with the rows, or save it as CSV",
        field="file",
    )


def _refuse_others(filename: str, package: ZipFile) -> None:
    names = set(package.namelist())
    if "mimetype" in names:
        raise Refused(
            "The file is an OpenDocument file (.ods). Save it as an Excel workbook (.xlsx) or as CSV", field="file"
        )
    if "xl/workbook.bin" in names:
        raise Refused(
            "The file is a binary Excel workbook (.xlsb). Save it as an Excel workbook (.xlsx) or as CSV", field="file"
        )
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise refuse_kind(filename, Kind.OFFICE)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise refuse_kind(filename, Kind.ZIP)
