import ast
import re
from pathlib import Path

import pytest

from commonpurse import calc

FOLDER = Path(calc.__file__).parent
ORDER = [name for names in re.findall(r"^- (`.*?`):", calc.__doc__, re.MULTILINE) for name in re.findall(r"\w+", names)]


def imported_by(module):
    """The other modules of calc that one imports, at its top or inside a function."""
    files = [FOLDER / f"{module}.py"] if (FOLDER / f"{module}.py").exists() else sorted((FOLDER / module).rglob("*.py"))
    found = set()
    for node in (node for path in files for node in ast.walk(ast.parse(path.read_text()))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("commonpurse.calc"):
            inside = (node.module or "").split(".")[2:3]
            found |= set(inside or (name.name for name in node.names))
    return found - {module}


def test_every_module_has_its_line():
    modules = {path.stem for path in FOLDER.iterdir()} - {"__init__", "__pycache__"}
    assert sorted(ORDER) == sorted(modules)


@pytest.mark.parametrize("module", ORDER)
def test_a_module_uses_only_those_listed_above_it(module):
    assert imported_by(module) <= set(ORDER[: ORDER.index(module)])
