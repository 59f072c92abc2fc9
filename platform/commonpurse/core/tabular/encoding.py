"""Bytes to text: the encodings that spreadsheets really write."""

import codecs
import re

from commonpurse.calc.sentence import Sentence
from commonpurse.core.errors import Refused

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_SAMPLE = 4096


def decode(content: bytes) -> tuple[str, tuple[Sentence, ...]]:
    """The text of `content`, and a remark if it is not plain UTF-8.

    Raises:
        Refused: the content is binary, or is not what its byte-order mark says.
    """
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            notes = () if name == "UTF-8" else (Sentence("Read as %(encoding)s text", {"encoding": name}),)
            return _checked(_decode_as(content, codec)), notes
    wide = _wide_codec(content[:_SAMPLE])
    if wide:
        return _checked(_decode_as(content, wide)), (Sentence("Read as %(encoding)s text", {"encoding": "UTF-16"}),)
    try:
        return _checked(content.decode("utf-8")), ()
    except UnicodeDecodeError:
        return _decode_single_bytes(content)


def _decode_as(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        raise _not_text() from error


def _wide_codec(sample: bytes) -> str | None:
    """UTF-16 without a mark: in mostly Latin text every other byte is zero."""
    if b"\0" not in sample or len(sample) < 4:
        return None
    pairs = len(sample) // 2
    high, low = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if low > 0.6 * pairs and high < 0.05 * pairs:
        return "utf-16-le"
    if high > 0.6 * pairs and low < 0.05 * pairs:
        return "utf-16-be"
    return None


def _decode_single_bytes(content: bytes) -> tuple[str, tuple[Sentence, ...]]:
    try:
        text, name = content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, name = content.decode("latin-1"), "Latin-1"
    note = Sentence("Read as %(encoding)s text: check that accents and pound signs are right", {"encoding": name})
    return _checked(text), (note,)


def _checked(text: str) -> str:
    """The text without an end-of-file mark. Raises Refused if it holds control characters."""
    text = text.rstrip("\x1a")
    if _CONTROLS.search(text):
        raise _not_text()
    return text


def _not_text() -> Refused:
    return Refused(
        "The file is not text that can be read as a table. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)",
        field="file",
    )
