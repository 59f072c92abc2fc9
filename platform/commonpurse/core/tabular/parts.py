"""The small parts of a workbook: which sheets it has, its texts and which of its styles are dates."""

import re
from collections.abc import Iterator
from posixpath import join, normpath
from typing import TYPE_CHECKING
from zipfile import ZipFile

from msgspec import Struct

from commonpurse.core.errors import Refused
from commonpurse.core.tabular.table import Limits, only_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CHUNK = 1 << 16
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATIONSHIP = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Sheet(Struct, frozen=True):
    """A sheet as the workbook lists it."""

    name: str
    part: str
    hidden: bool


class Workbook(Struct, frozen=True):
    """What the cells of every sheet refer to."""

    sheets: tuple[Sheet, ...]
    texts: tuple[str, ...]
    date_styles: frozenset[int]
    since_1904: bool


def local(tag: str) -> str:
    """A tag without its namespace, which differs between the two editions of the format."""
    return tag.rpartition("}")[2]


def feed(package: ZipFile, part: str, target: object) -> Iterator[None]:
    """Run the XML of `part` through `target`, pausing after each chunk; no tree is built.

    Raises:
        DefusedXmlException: it declares a document type or an entity.
    """
    from defusedxml.ElementTree import XMLParser

    parser = XMLParser(target=target, forbid_dtd=True)
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            yield
    parser.close()
    yield


def read_workbook(package: ZipFile, limits: Limits) -> Workbook:
    """The list of sheets, the shared texts and the date styles."""
    names = set(package.namelist())
    root = _tree(package, "xl/workbook.xml")
    targets = {
        relation.get("Id", ""): normpath(join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in _tree(package, "xl/_rels/workbook.xml.rels")
    }
    sheets = tuple(
        Sheet(item.get("name", ""), part, item.get("state", "visible") != "visible")
        for item in _all(root, "sheet")
        if (part := targets.get(item.get(_RELATIONSHIP) or item.get(_STRICT_RELATIONSHIP) or "", "")) in names
    )
    settings = next(_all(root, "workbookPr"), None)
    return Workbook(
        sheets,
        tuple(_texts(package, limits)) if "xl/sharedStrings.xml" in names else (),
        frozenset(_date_styles(_tree(package, "xl/styles.xml"))) if "xl/styles.xml" in names else frozenset(),
        since_1904=settings is not None and settings.get("date1904") in {"1", "true"},
    )


def unescape(text: str) -> str:
    """Text with the format's own escapes (`_x000D_`) resolved; what no database stores becomes U+FFFD."""
    return _ESCAPE.sub(lambda match: only_text(chr(int(match[1], 16))), text) if "_x" in text else text


def _tree(package: ZipFile, part: str) -> "Element":
    from defusedxml.ElementTree import fromstring

    root: Element = fromstring(package.read(part), forbid_dtd=True)
    return root


def _all(root: "Element", name: str) -> "Iterator[Element]":
    return (item for item in root.iter() if local(item.tag) == name)


def _date_styles(styles: "Element") -> Iterator[int]:
    """The numbers of the cell styles that show a number as a date."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    formats: dict[int, str] = dict(BUILTIN_FORMATS)
    formats |= {int(item.get("numFmtId", "0")): item.get("formatCode", "") for item in _all(styles, "numFmt")}
    for cell_styles in _all(styles, "cellXfs"):
        for number, style in enumerate(cell_styles):
            code = formats.get(int(style.get("numFmtId", "0")), "")
            if is_date_format(code) and not is_timedelta_format(code):
                yield number


def _texts(package: ZipFile, limits: Limits) -> Iterator[str]:
    texts = _SharedTexts()
    total = 0
    for _ in feed(package, "xl/sharedStrings.xml", texts):
        total += sum(map(len, texts.done))
        if total > limits.table_characters or texts.pending > limits.table_characters:
            raise Refused("The file holds more text than can be read at once. Split it", field="file")
        yield from texts.done
        texts.done.clear()


class _SharedTexts:
    """Collects the texts of `<si>` elements; phonetic readings (`<rPh>`) are left out."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.pending = 0
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Called by the parser at the start of an element."""
        name = local(tag)
        self._phonetic = self._phonetic or name == "rPh"
        self._in_text = name == "t" and not self._phonetic

    def data(self, text: str) -> None:
        """Called by the parser for a piece of text."""
        if self._in_text:
            self._pieces.append(text)
            self.pending += len(text)

    def end(self, tag: str) -> None:
        """Called by the parser at the end of an element."""
        name = local(tag)
        self._in_text = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.done.append(unescape("".join(self._pieces)))
            self._pieces.clear()
            self.pending = 0
