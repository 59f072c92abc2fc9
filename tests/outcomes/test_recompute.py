"""Anybody can do the sums of a statement again with the script in `docs`, from the JSON alone."""

import json
import re
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from commonpurse.calc.digest import sha256_hex
from commonpurse.outcomes.rules import Fair, as_plain, faults_of
from support.delivery_rows import make_agreed_rule, make_contract, make_record
from support.pooling_rows import make_budget
from support.statement_rows import SECOND, issue_splits, statement_of

SCRIPT = "docs/recompute_statement.py"


def recompute(path, statement):
    path.write_text(json.dumps(statement), encoding="utf-8")
    return subprocess.run([sys.executable, "-I", SCRIPT, path], capture_output=True, text=True, check=False)


def test_the_script_does_every_sum_again_from_the_json_alone(client_of, address, document, tmp_path):
    done = recompute(tmp_path / "statement.json", client_of("darlington").get(f"{address}.json").get_json())
    assert (done.returncode, done.stdout, done.stderr) == (0, "Every figure is what its splits give.\n", "")


@pytest.mark.parametrize("content", [b"Measure,Share\nWeeks,3\n", b"\xff\xfe", b"[]", b'{"statement": {}}', None])
def test_a_file_that_is_no_statement_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "file.csv"
    if content is not None:
        path.write_bytes(content)
    done = subprocess.run([sys.executable, "-I", SCRIPT, path], capture_output=True, text=True, check=False)
    fault = (
        "cannot be read: No such file or directory" if content is None else "is not the JSON of a published statement"
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert f"file.csv {fault}" in done.stderr


def doctor_share(statement):
    statement["splits"][0]["share"] += 1


def doctor_rounding(statement):
    amounts = statement["splits"][0]["amounts"]
    amounts[0], amounts[1] = amounts[0] + 1, amounts[1] - 1


def doctor_total(statement):
    statement["measures"][0]["whole"] += 1


def doctor_certificate(statement):
    statement["measures"][0]["certificate"]["text"] = "Adds up exactly: 373 = 100 + 100 + 173"


def doctor_certificate_away(statement):
    statement["measures"][0]["certificate"] = None


def doctor_measure_away(statement):
    del statement["measures"][0]


def doctor_line(statement):
    statement["lines"][0]["opening"] += 1


def doctor_fair_share(statement):
    statement["measures"][0]["fair_share"]["over"] += 1


@pytest.mark.parametrize(
    ("doctor", "says"),
    [
        (doctor_share, "the share of the body is stated as"),
        (doctor_rounding, "what each receives is stated as"),
        (doctor_total, "the whole of Apprenticeship starts, level 3 is stated as 374"),
        (doctor_certificate, "the certificate of Apprenticeship starts, level 3 is stated as"),
        (doctor_certificate_away, "the certificate of Apprenticeship starts, level 3 is stated as []"),
        (doctor_measure_away, "the number of splits without their measure is stated as 0, but the sum gives 3"),
        (doctor_line, "opening of Apprenticeship starts, level 3 in"),
        (doctor_fair_share, "fair_share of Apprenticeship starts, level 3 is stated as"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_script_says_which_figure_was_doctored(document, tmp_path, doctor, says):
    statement = as_plain(document)
    doctor(statement)
    done = recompute(tmp_path / "doctored.json", {"statement": statement, "digest": sha256_hex(statement)})
    assert (done.returncode, done.stderr) == (1, "")
    assert says in done.stdout
    changed = recompute(tmp_path / "changed.json", {"statement": statement, "digest": sha256_hex({})})
    assert "the digest is stated as" in changed.stdout


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_script_says_where_it_does_not_know_the_sum(document, tmp_path):
    statement = as_plain(document)
    statement["splits"][0]["record"]["engine"] = "sorted-by-name/1"
    done = recompute(tmp_path / "unknown.json", {"statement": statement, "digest": sha256_hex(statement)})
    assert done.returncode == 2
    assert "the sum sorted-by-name/1 is not known here" in done.stdout


def test_the_script_imports_nothing_of_ours():
    text = Path(SCRIPT).read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)) <= sys.stdlib_module_names
    assert text.count("\n") < 140


@pytest.mark.parametrize("rounding", ["sainte_lague", "dhondt", "credit"])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_statement_by_another_rounding_adds_up_and_the_script_says_what_it_does_not_know(
    session, world, client_of, address, tmp_path, rounding
):
    contract = make_contract(session, world)
    make_agreed_rule(session, world, {"kind": "committed_budget", "rounding": rounding})
    for body, pounds in (("newcastle", 417), ("gateshead", 332), ("darlington", 251)):
        make_budget(session, world, body, pounds * 100)
    for number, quarter in enumerate((date(2026, 10, 1), SECOND)):
        make_record(session, world, contract, subject=str(number), quantity=101, quarter_starting=quarter)
        issue_splits(session, world)
    document = statement_of(session, world, "gateshead")
    assert list(faults_of(document)) == []
    assert document.measures[0].fair_share == Fair.of(Fraction(202 * 332, 1000))
    client = client_of("gateshead")
    assert client.get(address).status_code == 200
    assert client.get(f"{address}.pdf").status_code == 200
    done = recompute(tmp_path / "other.json", client.get(f"{address}.json").get_json())
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.count("is not known here; its shares were only added up") == 2
