"""What we write can be read again, and runs nobody's formula."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from commonpurse.core.tabular import read_table, write_csv, write_xlsx


def test_csv_has_its_mark_and_windows_line_ends():
    assert write_csv(["Name", "Amount"], [["Café", Decimal("1.50")], [None, 3]]) == (
        b"\xef\xbb\xbfName,Amount\r\nCaf\xc3\xa9,1.50\r\n,3\r\n"
    )


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x"])
def test_text_that_could_be_a_formula_gets_an_apostrophe(text):
    [_, [cell]] = list(csv.reader(io.StringIO(write_csv(["A"], [[text]]).decode("utf-8-sig"), newline="")))
    assert cell == f"'{text}"


def test_headings_are_made_harmless_too():
    assert write_csv(["=A"], []) == b"\xef\xbb\xbf'=A\r\n"


def test_our_own_negative_numbers_stay_numbers():
    assert write_csv(["A", "B"], [[-5, Decimal("-1E+3")]]) == b"\xef\xbb\xbfA,B\r\n-5,-1000\r\n"


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers():
    content = write_xlsx(
        ["Name", "Amount"], [["=1+1", Decimal("2740.10")], ["007", -3], ["a\x00b", None]], title="N/[1]"
    )
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [(cell.value, cell.data_type) for row in sheet["A2:B4"] for cell in row] == [
        ("=1+1", "s"),
        (2740.1, "n"),
        ("007", "s"),
        (-3, "n"),
        ("a\ufffdb", "s"),
        (None, "n"),
    ]
    assert (sheet.title, sheet.freeze_panes, sheet["A1"].font.bold) == ("N  1", "A2", True)
    assert sheet["A2"].number_format == "@"


def test_columns_are_as_wide_as_their_text_within_reason():
    rows = [["x", "y" * 30, "z" * 300], ["more", "cells", "than", "headings"]]
    sheet = load_workbook(io.BytesIO(write_xlsx(["A", "B", "C"], rows, title="T"))).worksheets[0]
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [12, 32, 60]


def test_a_title_of_forbidden_characters_only_gets_a_plain_one():
    assert load_workbook(io.BytesIO(write_xlsx(["A"], [], title="???"))).sheetnames == ["Sheet1"]


words = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12).filter(
    lambda text: not text.startswith(("=", "+", "-", "@")) and "_x" not in text and text.strip() == text
)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=8))
def test_what_is_written_is_read_again(rows):
    headers = ("Name", "Town")
    written = [tuple(f"w{cell}" for cell in row) for row in rows]
    for content in (write_csv(headers, written), write_xlsx(headers, written, title="T")):
        table = read_table("a", content)
        assert (table.headers, [row.cells for row in table.rows]) == (headers, written)
