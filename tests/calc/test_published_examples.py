"""The published examples of all modules of the core, counted: their tables are called as TABLES says.

A row begins with its source. Rows that were only worked by hand stand in tables of other names, and the project's own
papers are no literature; neither counts here.
"""

import re
import runpy
from collections import Counter
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
TABLES = ("PUBLISHED", "EXACT", "PRINTED", "LEAVING")
OUR_OWN = ("Product paper", "Splitting paper", "design notes")
IN_THE_DESIGN = {
    # Examples that the design notes, section 1.3, print too: file, beginning of the source, more of the row.
    ("test_claims_published", "Mishnah Ketubot", "'talmud', 200"),
    ("test_claims_published", "Mishnah Ketubot", "'talmud', 300"),
    ("test_divisors", "Balinski and Young", "'jefferson', 100"),
    ("test_divisors", "Balinski and Young", "'adams', 100"),
    ("test_divisors", "Balinski and Young", "'adams', 26"),
    ("test_divisors", "Balinski and Young", "'dhondt', 26"),
    ("test_divisors", "New Zealand", ""),
    ("test_quota", "Balinski and Young", "100, [5117"),
    ("test_published", "Airport problem", ""),
}
FEWEST = 60


@cache
def examples():
    """File, source and the rest of every row, as text."""
    found = []
    for path in sorted(HERE.rglob("test_*.py")):
        if path == Path(__file__) or not re.search(rf"^({'|'.join(TABLES)}) = \[", path.read_text(), re.MULTILINE):
            continue
        for name, table in runpy.run_path(str(path)).items():
            if name in TABLES:
                found += [(path.stem, row[0], ", ".join(map(said, row[1:]))) for row in table]
    return found


def said(part):
    return getattr(part, "__name__", None) or repr(part)


def test_sixty_published_examples_and_more_stand_beside_those_of_the_design():
    beyond = [
        (file, source, rest)
        for file, source, rest in examples()
        if not source.startswith(OUR_OWN)
        and not any(
            file == other and source.startswith(begins) and part in rest for other, begins, part in IN_THE_DESIGN
        )
    ]
    assert len(beyond) >= FEWEST, len(beyond)


def test_the_examples_that_the_design_prints_too_are_there():
    for file, begins, part in IN_THE_DESIGN:
        assert any(f == file and source.startswith(begins) and part in rest for f, source, rest in examples())


def test_no_example_is_counted_twice():
    assert {row: times for row, times in Counter(examples()).items() if times > 1} == {}


def test_every_source_names_an_author_and_a_year():
    for _, source, _ in examples():
        if not source.startswith(OUR_OWN):
            assert re.search(r"\b(1[01]\d\d|1[6-9]\d\d|20\d\d)\b", source), source
            assert re.match(r"[A-Z]\w+", source), source
            assert "textbook" not in source
            assert "by hand" not in source
