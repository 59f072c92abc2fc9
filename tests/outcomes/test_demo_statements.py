"""The demonstration's statements, done again from their JSON alone by the script of docs/."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from commonpurse.calc.digest import sha256_hex
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import joined_bodies
from commonpurse.core.actor import SYSTEM
from commonpurse.core.db import make_engine
from commonpurse.ops.demo import story
from commonpurse.outcomes import queries
from commonpurse.outcomes.models import StatementEdition
from commonpurse.outcomes.rules import as_plain
from support.demo import demo_environment, flask


@pytest.fixture(scope="module")
def statements(demo_url):
    """The JSON of every body's statement as the ledger stands, and of every edition that was issued."""
    engine = make_engine(demo_url)
    with Session(engine) as session:
        consortium = session.scalars(select(Consortium.id).where(Consortium.name == story.WASHROOMS.name)).one()
        bodies = [body.organisation_id for body in joined_bodies(session, consortium)]
        live = [as_plain(queries.statement(session, SYSTEM, consortium, body).document) for body in bodies]
        rows = session.scalars(select(StatementEdition).options(undefer(StatementEdition.document))).all()
        issued = [
            {
                "statement": json.loads(row.document),
                "digest": row.digest,
                "signature": {"algorithm": "Ed25519", "key": row.key_id, "value": row.signature},
            }
            for row in rows
        ]
    engine.dispose()
    return [{"statement": plain, "digest": sha256_hex(plain), "signature": None} for plain in live], issued


def test_every_statement_is_recomputed_from_its_json_alone(statements, tmp_path):
    live, issued = statements
    assert (len(live), len(issued)) == (5, 5)
    for number, published in enumerate(live + issued):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(published), encoding="utf-8")
        command = [sys.executable, "-I", "docs/recompute_statement.py", file]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "Every figure is what its splits give.\n", "")


def test_a_doctored_statement_of_the_demonstration_is_found_by_figure(statements, tmp_path):
    published = json.loads(json.dumps(statements[1][0]))
    published["statement"]["measures"][0]["cumulative"] += 1
    file = tmp_path / "doctored.json"
    file.write_text(json.dumps(published), encoding="utf-8")
    command = [sys.executable, "-I", "docs/recompute_statement.py", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"cumulative of {published['statement']['measures'][0]['title']} is stated as" in done.stdout


def test_an_issued_statement_of_the_demonstration_passes_the_operators_check(demo_url, statements, tmp_path):
    file = tmp_path / "issued.json"
    file.write_text(json.dumps(statements[1][0]), encoding="utf-8")
    printed = flask("statement", "check", str(file), environment=demo_environment(demo_url))
    assert printed.rstrip().endswith("It is the newest edition")
