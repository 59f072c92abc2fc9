"""Examples in docstrings are code that people copy, so each is run."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

PLATFORM = Path(__file__).parents[2] / "platform"
SOURCES = [path for path in sorted((PLATFORM / "commonpurse").rglob("*.py")) if ">>> " in path.read_text()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PLATFORM)))
def test_every_example_in_a_docstring_is_true(path):
    module = import_module(".".join(path.relative_to(PLATFORM).with_suffix("").parts).removesuffix(".__init__"))
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)
