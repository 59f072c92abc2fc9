"""What the domain says reaches the reader in their language, whatever says it."""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_babel import gettext

from commonpurse.calc.sentence import Sentence, message
from commonpurse.core.errors import NotFound, Refused, Stale
from commonpurse.core.waiting import Waiting
from commonpurse.web.extraction import SPEAKERS, extract
from commonpurse.web.words import say
from support.disguise import disguise, disguised, write_disguise

SOURCES = sorted((Path(__file__).parents[2] / "platform").rglob("*.py"))
FOUND = ("Enter %(least)s or more", "There is no such page", "At least one body", "%(who)s: %(why)s", "All of it, 100%")


@pytest.fixture
def abroad(application: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The small application in the made-up language, in a request."""
    write_disguise(tmp_path, FOUND)
    application.jinja_env.filters["say"] = say
    with disguised(application, tmp_path), application.test_request_context("/"):
        yield application


def test_the_made_up_language_keeps_places_and_markup() -> None:
    assert disguise("Enter <b>%(least)s</b> or {count}") == "Éńŧéŕ <b>%(least)s</b> óŕ {count}"


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        (message("At least one body"), "Áŧ łéáśŧ óńé ƀóđý"),
        (Sentence("Enter %(least)s or more", {"least": "£1.00"}), "Éńŧéŕ £1.00 óŕ ɱóŕé"),
        (Refused("Enter %(least)s or more", field="amount", least="£1.00"), "Éńŧéŕ £1.00 óŕ ɱóŕé"),
        (NotFound("There is no such page"), "Ŧħéŕé íś ńó śúćħ ƥáǵé"),
        (Stale("All of it, 100%"), "Áłł óƒ íŧ, 100%"),
        (Waiting("Enter %(least)s or more", "pooling.budget", values={"least": 7}), "Éńŧéŕ 7 óŕ ɱóŕé"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_speaks_is_translated_with_its_values(abroad: Flask, spoken: Sentence, said: str) -> None:
    assert say(spoken) == said


def test_a_sentence_inside_a_sentence_is_translated_too(abroad: Flask) -> None:
    inner = Sentence("%(who)s: %(why)s", {"who": "Leeds", "why": Sentence("At least one body")})
    assert say(Sentence("Enter %(least)s or more", {"least": inner})) == "Éńŧéŕ Leeds: Áŧ łéáśŧ óńé ƀóđý óŕ ɱóŕé"


def test_in_english_it_is_what_str_says(pages: Flask) -> None:
    for spoken in (
        Sentence("%(who)s: %(why)s", {"who": "Leeds", "why": Sentence("At least one body")}),
        Refused("Enter %(least)s or more", least="£1.00"),
        Stale("All of it, 100%"),
    ):
        assert say(spoken) == str(spoken)


def test_a_template_escapes_what_is_said(abroad: Flask) -> None:
    sentence = Sentence("Enter %(least)s or more", {"least": "<b>1</b>"})
    assert render_template_string("{{ sentence | say }}", sentence=sentence) == "Éńŧéŕ &lt;b&gt;1&lt;/b&gt; óŕ ɱóŕé"


def test_the_made_up_language_ends_with_its_block(application: Flask, tmp_path: Path) -> None:
    write_disguise(tmp_path, FOUND)
    with disguised(application, tmp_path), application.test_request_context("/"):
        assert gettext("At least one body") != "At least one body"
    with application.test_request_context("/"):
        assert gettext("At least one body") == "At least one body"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('gettext("A")', ["A"]),
        ('_l("A " "B")', ["A B"]),
        ('raise errors.Refused("A", field="x", least="y")', ["A"]),
        ('require(may(actor, "x"), "A", who="B")', ["A", "B"]),
        ('raise Stale("A" if late else "B")', ["A", "B"]),
        ('Sentence(message("A"), {"to": message("B")})', ["A", "B"]),
        ('Waiting(msgid="A", endpoint="b")', ["A"]),
        ('ngettext("%(num)s A", "%(num)s B", 2)', [("%(num)s A", "%(num)s B")]),
        ('ngettext(one, "B", 2); gettext(variable); print("x"); require(True)', []),
    ],
)
def test_extraction_finds_what_is_said(source: str, found: list[str | tuple[str, ...]]) -> None:
    assert [said for _, _, said, _ in extract(BytesIO(source.encode()), {}, (), options={})] == found


def test_extraction_says_the_line() -> None:
    [found] = extract(BytesIO(b'\n\nrequire(\n    True,\n    "A",\n)'))
    assert found == (5, None, "A", [])


def takers(node: ast.AST) -> Iterator[str]:
    """The names by which a function or a class that takes a `msgid` is called."""
    if isinstance(node, ast.ClassDef):
        yield from (node.name for part in node.body if "__init__" in takers(part))
    elif isinstance(node, ast.FunctionDef) and "msgid" in {argument.arg for argument in node.args.args}:
        yield node.name


def test_extraction_knows_everything_that_takes_a_msgid() -> None:
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))]
    taking = {name for node in nodes for name in takers(node)} - {"__init__"}
    assert {"message", "BadRule", "Unreadable"} <= taking
    assert taking <= SPEAKERS.keys()
