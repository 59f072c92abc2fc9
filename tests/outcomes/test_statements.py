"""A statement is one document: its page, tables and JSON are made of it, and anybody can do its sums again."""

import csv
import io
import json
import re
from decimal import Decimal
from fractions import Fraction

import html5lib
import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from pypdf import PdfReader

from commonpurse.calc.digest import canonical, sha256_hex
from commonpurse.outcomes.rules import Fair, Words, as_document, as_plain, faults_of
from commonpurse.outcomes.views import tables

PERIODS = ("opening", "period", "cumulative")


def test_every_figure_follows_from_the_splits_the_document_holds(document):
    assert list(faults_of(document)) == []
    apprentices = document.measures[0]
    assert (apprentices.opening, apprentices.period, apprentices.cumulative) == (56, 68, 124)
    assert (apprentices.whole, apprentices.target, apprentices.missing) == (373, 2000, 1627)
    exact = Fraction(373 * 332, 1000)
    assert apprentices.fair_share == Fair.of(exact)
    assert apprentices.difference == Fair.of(124 - exact)
    assert (apprentices.records, apprentices.files) == (3, 1)
    assert {(line.contract, line.place) for line in document.lines if line.measure == apprentices.id} == {
        (split.contract, split.place) for split in document.splits if split.measure == apprentices.id
    }


def test_it_is_whole_numbers_and_text_and_comes_back_as_it_was(document):
    assert as_document(json.loads(canonical(as_plain(document)))) == document
    with pytest.raises(ValueError, match="commonpurse-statement/0"):
        as_document({**as_plain(document), "format": "commonpurse-statement/0"})
    with pytest.raises(ValueError, match="missing"):
        as_document({})


def test_evidence_is_named_by_checksum_and_address_and_never_by_the_name_of_the_file(client_of, document):
    [evidence] = [file for split in document.splits for each in split.outcomes for file in each.evidence]
    assert "register.pdf" not in canonical(as_plain(document)).decode()
    assert len(evidence.sha256) == 64
    assert client_of("darlington").get(evidence.path).status_code == 200


def cells(figures):
    """The figures of one row, whatever spells them: 1,234.50 and Decimal("1234.50") are one number."""
    return tuple(Decimal(str(cell).replace(",", "").replace("−", "-")) for cell in figures)


def figures_of(document):
    """What every form of the statement must say: shares by measure, contract and place, and measures as a whole."""
    lines = {
        (measure.title, document.name_of(line.contract), document.name_of(line.place)): cells(
            Decimal(figure) / 10**measure.decimals for figure in (line.opening, line.period, line.cumulative)
        )
        for line in document.lines
        for measure in [document.measure(line.measure)]
    }
    return lines | {
        (measure.title,): (
            *cells(Decimal(getattr(measure, part)) / 10**measure.decimals for part in PERIODS),
            measure.fair_share.say(measure.decimals),
            measure.difference.say(measure.decimals),
            *cells([Decimal(measure.whole) / 10**measure.decimals]),
            measure.certificate.text,
        )
        for measure in document.measures
    }


def figures_in_rows(rows):
    """The same, of the flat table of CSV and workbook."""
    found = {}
    for row in rows:
        kind, _, measure, _, contract, place, _, _, *figures = row
        if kind == "Part":
            found[measure, contract, place] = cells(figures[:3])
        else:
            assert (kind, contract, place) == ("Total", "All contracts", "All places")
            found[measure,] = (*cells(figures[:3]), *figures[3:5], *cells([figures[5]]), figures[-1])
    return found


def tables_of(page):
    """Every table of a page by its caption, as lists of cells."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return {
        " ".join("".join(table.find("caption").itertext()).split()): [
            [" ".join("".join(cell.itertext()).split()) for cell in row] for row in table.find("tbody")
        ]
        for table in tree.iter("table")
    }


def figures_in_page(page):
    """The same, of the page."""
    tables = tables_of(page)
    found = {
        (measure, contract, place): cells(figures)
        for measure, _, contract, place, *figures in tables["Share by measure, contract and place"]
    }
    wholes = {row[0]: row[2] for row in tables["All bodies against the agreed target"]}
    for measure, _, *figures in tables["Share against the fair share"]:
        line = re.search(rf"{re.escape(measure)}\. <strong>(.+?)</strong>", page).group(1)
        found[measure,] = (*cells(figures[:3]), *figures[3:5], *cells([wholes[measure]]), line)
    return found


def test_page_csv_workbook_and_json_say_the_same_figure_by_figure(client_of, address, document):
    client = client_of("darlington")
    expected = figures_of(document)
    assert len(expected) == 5
    rows = list(csv.reader(io.StringIO(client.get(f"{address}.csv").data.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(client.get(f"{address}.xlsx").data)).worksheets[0]
    published = client.get(f"{address}.json").get_json()
    assert figures_in_rows(rows[1:]) == expected
    assert figures_in_rows(list(sheet.iter_rows(min_row=2, values_only=True))) == expected
    assert figures_in_page(client.get(address).text) == expected
    assert as_document(published["statement"]) == document
    assert published["digest"] == sha256_hex(as_plain(document))


def test_the_page_explains_each_figure_and_links_to_its_evidence(client_of, address, document):
    earlier = client_of("gateshead").get(f"{address}?until=2026-10-01").text
    assert "101 × £332.00 ÷ £1,000.00 = 33 and 53,200/100,000 of 1 left over" in earlier
    [evidence] = [file for split in document.splits for each in split.outcomes for file in each.evidence]
    assert evidence.path in earlier


@pytest.mark.parametrize("ending", ["", ".csv", ".json", ".pdf", ".xlsx"])
@pytest.mark.parametrize("until", ["abc", "2026-10-02", "2031-01-01"])
def test_of_a_quarter_with_nothing_in_it_there_is_no_statement(client_of, address, document, ending, until):
    client = client_of("gateshead")
    assert client.get(f"{address}{ending}?until={until}").status_code == 404
    assert client.get(f"{address}{ending}?until={document.until}").status_code == 200


def test_before_anything_is_split_there_is_no_file(world, client_of, address):
    client = client_of("gateshead")
    assert "Nothing has been verified and split yet" in client.get(address).text
    assert client.get(f"{address}.json").status_code == 404
    assert client.get(f"{address}.docx").status_code == 404


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("opening", 1),
        ("period", 1),
        ("cumulative", 1),
        ("whole", 1),
        ("fair_share", Fair(1, 3)),
        ("difference", Fair(1, 3)),
        ("missing", 1),
        ("files", 7),
        ("amounts", (0, 0, 0, 373)),
        ("records", 9),
        ("certificate", None),
        ("certificate", Words("Adds up exactly: 373 = 200 + 173", "", {})),
    ],
)
def test_a_figure_that_was_changed_is_found(document, part, value):
    first, *others = document.measures
    doctored = replace(document, measures=(replace(first, **{part: value}), *others))
    assert any(part in fault for fault in faults_of(doctored))


def test_a_share_or_a_line_that_was_changed_is_found(document):
    first, *others = document.splits
    for split in (replace(first, share=1), replace(first, total=1), replace(first, amounts=(101, 0, 0, 0))):
        assert list(faults_of(replace(document, splits=(split, *others))))
    line, *rest = document.lines
    for lines in ((replace(line, opening=1), *rest), tuple(rest)):
        assert list(faults_of(replace(document, lines=lines)))


# --- the PDF ---------------------------------------------------------------------------------------------------------


def pdf_of(client, address):
    answer = client.get(f"{address}.pdf")
    assert answer.mimetype == "application/pdf"
    return PdfReader(io.BytesIO(answer.data))


def test_the_pdf_says_the_same_figures_sentences_and_digest(client_of, address, document):
    pdf = pdf_of(client_of("gateshead"), address)
    said = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for key, figures in figures_of(document).items():
        for figure in figures:
            text = f"{figure:,}".replace("-", "−") if isinstance(figure, Decimal) else figure
            assert text in said, (key, text)
    for split in document.splits:
        if split.quarter == document.until:
            assert all(sentence.text in said for sentence in split.sentences)
    assert sha256_hex(as_plain(document)) in said.replace(" ", "")
    assert "This is a draft" in said


def test_the_pdf_is_tagged_and_names_its_language_and_title(client_of, address, document):
    pdf = pdf_of(client_of("gateshead"), address)
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == "Statement of Gateshead Council"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    tags = list(tags_of(root["/StructTreeRoot"]))
    assert tags.count("/Table") == 3
    assert tags.count("/TH") == 7 + 9 + 5
    assert {"/H1", "/H2", "/H3", "/TR", "/TD", "/L", "/LI"} <= set(tags)


def tags_of(element):
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for child in element:
            yield from tags_of(child)
    elif isinstance(element, dict):
        if "/S" in element:
            yield element["/S"]
        yield from tags_of(element.get("/K"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_page_and_pdf_say_how_many_splits_they_do_not_explain(client_of, address, document, monkeypatch):
    client, words = client_of("gateshead"), "1 more split is in the JSON file."
    assert words not in client.get(address).text
    monkeypatch.setattr(tables, "MOST_SPLITS", 1)
    pdf = " ".join(page.extract_text() for page in pdf_of(client, address).pages)
    for said in (client.get(address).text, pdf):
        assert words in said
        titles = ("Apprenticeship starts, level 3, Newcastle upon Tyne: 68 people", "Carbon saved, Newcastle upon Tyne")
        assert [title in " ".join(said.split()) for title in titles].count(True) == 1


def test_text_of_others_is_text_in_the_pdf_and_never_its_language(session, world, client_of, address, document):
    world.consortium.name = '#panic("x") $x^2$ *bold* <label> @ref \\ "'
    session.commit()
    said = pdf_of(client_of("gateshead"), address).pages[0].extract_text()
    assert '#panic("x") $x^2$ *bold* <label> @ref \\ "' in said
