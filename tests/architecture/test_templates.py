"""Every template compiles, speaks through gettext, and holds nothing the content security policy would refuse."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, nodes

from commonpurse.web import pages

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))

SPOKEN = r"(?:aria-label|aria-description|aria-placeholder|aria-roledescription|title|placeholder|alt)"
GAP = "\ufffc"  # stands for what a template puts between two pieces of text
TAG = re.compile(r"<[^>]*>", re.DOTALL)
ENTITY = re.compile(r"&#?\w+;")
LETTERS = re.compile(r"[^\W\d_]")
SPOKEN_LITERAL = re.compile(rf"""\s{SPOKEN}=(["'])([^"']*)\1""")
STYLE = re.compile(r"""\sstyle\s*=|<style\b""", re.IGNORECASE)
HANDLER = re.compile(r"""\son[a-z]+\s*=|javascript:""", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE | re.DOTALL)


@cache
def environment() -> Environment:
    """Jinja with the filters that pages have."""
    app = Flask("templates")
    pages.init_app(app)
    loaders = [FileSystemLoader(FOLDER), PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    made = Environment(loader=ChoiceLoader(loaders), autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    made.filters.update(app.jinja_env.filters)
    return made


def text_of(source: str) -> str:
    """What a template writes itself, its expressions and statements left out."""
    tree = environment().parse(source)
    pieces = (
        node.data if isinstance(node, nodes.TemplateData) else GAP
        for output in tree.find_all(nodes.Output)
        for node in output.nodes
    )
    return "".join(pieces)


def untranslated(source: str) -> list[str]:
    """Words that readers see or hear without gettext."""
    text = text_of(source)
    spoken = [match[2] for match in SPOKEN_LITERAL.finditer(text)]
    seen = ENTITY.sub("", TAG.sub("\n", text)).replace(GAP, "\n").split("\n")
    return [piece.strip() for piece in [*spoken, *seen] if LETTERS.search(piece)]


def refused(source: str) -> Iterator[str]:
    """Markup that a strict content security policy blocks."""
    text = text_of(source)
    tags = " ".join(TAG.findall(text))
    yield from (match[0] for match in STYLE.finditer(tags))
    yield from (match[0] for match in HANDLER.finditer(tags))
    yield from (match[0] for match in SCRIPT.finditer(text) if "nonce=" not in match[0])


def test_there_are_templates_to_check() -> None:
    assert "base.html" in TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    environment().get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_words_go_round_gettext(name: str) -> None:
    assert untranslated((FOLDER / name).read_text()) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_the_policy_would_refuse(name: str) -> None:
    assert list(refused((FOLDER / name).read_text())) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{{ _('Hello') }}</p>", []),
        ("<p>{{ count }} bodies</p>", ["bodies"]),
        ("{% if x %}<a href='{{ y }}'>Change</a>{% endif %}", ["Change"]),
        ("<p>&nbsp;&middot; 12.50</p>", []),
        ("<img alt='A map'>", ["A map"]),
        ("<img alt='{{ _('A map') }}'>", []),
        ("<a title=\"Close\">{{ _('x') }}</a>", ["Close"]),
        ("{# a note #}<p class='govuk-body' id='x'></p>", []),
        ("{% macro m() %}Text{% endmacro %}", ["Text"]),
    ],
)
def test_the_check_for_words_finds_them(source: str, found: list[str]) -> None:
    assert untranslated(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "<p style='color: red'></p>",
        "<style>p {}</style>",
        "<button onclick='go()'></button>",
        "<a href='javascript:go()'></a>",
        "<script>go()</script>",
        "<script src='{{ asset('app.js') }}'></script>",
    ],
)
def test_the_check_for_refused_markup_finds_it(source: str) -> None:
    assert list(refused(source))


def test_a_script_with_a_nonce_is_let_through() -> None:
    assert not list(refused("<script src='{{ asset('app.js') }}' nonce='{{ csp_nonce() }}'></script>"))
