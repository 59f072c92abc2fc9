"""A made-up language: every letter of every sentence becomes an accented look-alike, so that plain ones stand out."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from string import ascii_letters

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

ROOT = Path(__file__).parents[2]
LOCALE = "cy"
"""The language whose place it takes; its months tell whether dates are translated too."""

LOOK_ALIKES = str.maketrans(ascii_letters, "áƀćđéƒǵħíĵķłɱńóƥʠŕśŧúṽẃẋýźÁɃĆĐÉƑǴĦÍĴĶŁḾŃÓƤɊŔŚŦÚṼẂẊÝŹ")
KEPT = re.compile(r"(%\(\w+\)[sd]|\{\w*\}|<[^>]*>|&#?\w+;)")
"""Places for values, and markup."""


def disguise(text: str) -> str:
    """The text in the made-up language.

    >>> disguise("Enter %(least)s")
    'Éńŧéŕ %(least)s'
    """
    return "".join(piece if KEPT.fullmatch(piece) else piece.translate(LOOK_ALIKES) for piece in KEPT.split(text))


@cache
def sentences(folder: Path) -> Catalog:
    """Every sentence that `./dev messages` finds; `folder` is where to write them."""
    target = folder / "messages.pot"
    command = ["pybabel", "-q", "extract", "-F", str(ROOT / "pyproject.toml"), "-o", str(target)]
    CommandLineInterface().run([*command, str(ROOT / "platform"), str(ROOT / "templates")])
    with target.open("rb") as file:
        return read_po(file)


def write_disguise(folder: Path, found: Iterable[str | tuple[str, ...]]) -> None:
    """Make translations of these sentences, as `pybabel compile` does."""
    catalogue = Catalog(locale="en")  # English has two forms of the plural, as our sentences do
    for msgid in found:
        texts = (msgid,) if isinstance(msgid, str) else msgid
        catalogue.add(msgid, disguise(msgid) if isinstance(msgid, str) else tuple(disguise(text) for text in texts))
    place = folder / LOCALE / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)


@contextmanager
def disguised(app: Flask, folder: Path) -> Iterator[None]:
    """Inside the block `app` speaks the language in `folder`."""
    babel = app.extensions["babel"]
    with app.app_context():
        remembered = babel.instance.domain_instance.cache
    remembered.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(babel, "default_locale", LOCALE)
        patch.setattr(babel, "translation_directories", [str(folder)])
        yield
    remembered.clear()
