"""Every visible string goes through gettext: proved by reading the pages in a language made of look-alikes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from babel.dates import get_month_names
from babel.messages.catalog import Catalog
from flask import Flask

from commonpurse.web.extraction import SPEAKERS, name_of, spoken
from support.disguise import LOCALE, disguised, sentences, write_disguise
from support.everything import TYPED, addresses, make_everything, names_and_texts

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "platform").rglob("*.py"))
SILENT = {"script", "style", "template", "code"}
SPOKEN = ("aria-label", "aria-description", "title", "alt", "placeholder")
DATE = re.compile(rf"(?:\d{{1,2}} )?(?:{'|'.join(get_month_names('wide', locale=LOCALE).values())}) \d{{4}}")
CLOCK = re.compile(r"\d{1,2}:\d\d[ap]m")
CODE = re.compile(r"(?<![^\W\d_])[\w.,@/£%+-]*\d[\w.,@/%-]*|\b[A-Z]{2,}\b")
"""Whatever has a digit in it, or only capitals: numbers, dates in figures, codes, references."""
NAMES = {"Commonpurse", "tests"}
"""The service itself acts under its name; `tests` publishes the framework of the world."""
ECHOES = {"pooling.show_spend_file", "pooling.show_upload"}
"""Pages that repeat cells and headings of a file."""
UNOPENED = {"identity.second_factor", "notifications.outbox", "delivery.download_evidence", "outcomes.reopen"}
"""Open only in the middle of a sign-in, in the demonstration, with a file, and after a correction.
A new page belongs in `support.everything`, so that it is read here."""
LETTER = re.compile("[A-Za-z]")


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return sentences(tmp_path_factory.mktemp("sentences"))


@pytest.fixture
def abroad(app: Flask, catalogue: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application in the made-up language; a page that breaks answers as it does in production."""
    monkeypatch.setitem(app.config, "TESTING", False)
    write_disguise(tmp_path, (message.id for message in catalogue if message.id))
    with disguised(app, tmp_path):
        yield app


def texts(page: str) -> Iterator[str]:
    """What a reader of the page sees or hears, piece by piece."""
    yield from _texts(html5lib.parse(page, namespaceHTMLElements=False))


def _texts(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in SILENT:
        return
    yield from (element.attrib[name] for name in SPOKEN if name in element.attrib)
    if element.tag == "input" and element.get("type") in {"submit", "button"}:
        yield element.get("value", "")
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def plain(page: str, known: re.Pattern[str]) -> list[str]:
    """The pieces that hold plain letters which are no data."""
    found = []
    for piece in texts(page):
        rest = piece
        for data in (DATE, CLOCK, known, CODE):
            rest = data.sub(" ", rest)
        if LETTER.search(rest):
            found.append(" ".join(piece.split()))
    return found


def any_of(data: set[str]) -> re.Pattern[str]:
    """Finds any of these texts where it stands as whole words."""
    longest_first = sorted((text for text in data if LETTER.search(text)), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z])")


def unmarked(source: str, marked: set[str]) -> list[str]:
    """Texts that speak and cannot be found: put together while running, or constants without `message`."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [ast.unparse(said) for call in calls for said in spoken(call) if not _is_found(said, marked)]


def _is_found(said: ast.expr, marked: set[str]) -> bool:
    if isinstance(said, ast.IfExp):
        return _is_found(said.body, marked) and _is_found(said.orelse, marked)
    if isinstance(said, ast.Subscript):
        return _is_found(said.value, marked)
    if isinstance(said, ast.Name | ast.Attribute):
        name = said.id if isinstance(said, ast.Name) else said.attr
        return name in marked or not name.isupper()
    return isinstance(said, ast.Constant) or (isinstance(said, ast.Call) and name_of(said) in {*SPEAKERS, "str"})


@pytest.fixture(scope="session")
def marked() -> set[str]:
    """The constants that `message` marks, whole or in parts."""
    statements = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))]
    assigned = [node for node in statements if isinstance(node, ast.Assign | ast.AnnAssign) and node.value]
    return {
        target.id
        for node in assigned
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and "message(" in ast.unparse(node.value)
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT / "platform/commonpurse").as_posix())
def test_every_sentence_of_the_code_can_be_found(path, marked):
    assert unmarked(path.read_text(), marked) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('Refused("A")', []),
        ('Refused(f"A {b}")', ["f'A {b}'"]),
        ('Refused("A " + b)', ["'A ' + b"]),
        ("require(may, A, who=policy.B)", ["policy.B"]),
        ("gettext(A[key])", []),
        ('Stale(WORDS[key] if late else "B")', ["WORDS[key] if late else 'B'"]),
        ("Refused(error.sentence.msgid, **error.sentence.values)", []),
    ],
)
def test_the_check_for_sentences_finds_those_it_should(source, found):
    assert unmarked(source, {"A"}) == found


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>Ħéłłó Leeds, 7 Tachwedd 2026 at</p>", ["Ħéłłó Leeds, 7 Tachwedd 2026 at"]),
        ("<p>Ħéłłó Leeds, 7 Tachwedd 2026, 2:05pm, £1,250.50, E08000035, CPV</p>", []),
        ("<p>Leedsies</p><p>7 November 2026</p>", ["Leedsies", "7 November 2026"]),
        ("<button aria-label='Close'>é</button><input type=submit value='Send'>", ["Close", "Send"]),
        ("<script>let a</script><style>p {}</style><!-- note --><input type=hidden value='key'>", []),
    ],
)
def test_the_check_for_plain_letters_finds_them(page, found):
    assert plain(page, any_of({"Leeds", "7"})) == found


@pytest.mark.timeout(300)  # it reads every page three times
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_no_page_says_a_word_that_gettext_does_not_know(abroad, session, world, client_of, visitor, catalogue):
    make_everything(session, world)
    ours = {message.id for message in catalogue if isinstance(message.id, str)}
    data = (names_and_texts(session) - ours) | NAMES
    known, echoed = any_of(data), any_of(data | TYPED)
    found = {endpoint: list(places) for endpoint, places in addresses(abroad, session)}
    missed, opened = set(), {}
    guest = client_of("leeds")  # reads only what is shut to the others, such as an invitation
    for client in (client_of("newcastle"), client_of("newcastle", "organisation_administrator"), guest, visitor):
        for endpoint, places in found.items():
            if client is guest and endpoint in opened:
                continue
            for place in [opened[endpoint]] if endpoint in opened else places:
                answer = client.get(place)
                if answer.mimetype == "text/html" and not answer.location:
                    heard = plain(answer.get_data(as_text=True), echoed if endpoint in ECHOES else known)
                    missed |= {(endpoint, piece) for piece in heard}
                if answer.status_code == 200:
                    opened[endpoint] = place
                    break
    assert sorted(missed) == []
    assert found.keys() - opened.keys() <= UNOPENED


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_page_names_its_language(abroad, world, visitor):
    assert f'lang="{LOCALE}"' in visitor.get("/accessibility").get_data(as_text=True)


def test_the_log_of_a_consortium_has_words_for_everything_that_happens():
    words = (ROOT / "templates/consortia/_parts.html").read_text()
    features = ("consortia", "pooling", "delivery", "outcomes")
    texts = [(ROOT / "platform/commonpurse" / feature / "events.py").read_text() for feature in features]
    kinds = {kind for text in texts for kind in re.findall(r'kind: ClassVar\[str\] = "(.+)"', text)}
    assert "outcomes.split_posted" in kinds
    assert {kind for kind in kinds if kind not in words} == {"pooling.spending_imported"}  # an organisation's own log
