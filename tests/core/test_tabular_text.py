"""CSV files as they really come, and files that only pretend to be tables."""

import pytest

from commonpurse.core.errors import Refused
from commonpurse.core.tabular import Limits, Table, read_table

LINES = "Name,Amount,Town\nCafé Noir,£1.50,Leeds\nBroxap,-2,York\n"
ROWS = [(2, ("Café Noir", "£1.50", "Leeds")), (3, ("Broxap", "-2", "York"))]


def rows_of(table: Table) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in table.rows]


def notes_of(table: Table) -> list[str]:
    return [str(note) for note in table.notes]


def refusal(content: bytes, filename: str = "spend.csv", limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as caught:
        read_table(filename, content, limits=limits or Limits())
    assert caught.value.field == "file"
    return str(caught.value)


@pytest.mark.parametrize(
    ("codec", "mark", "note"),
    [
        ("utf-8", b"", None),
        ("utf-8", b"\xef\xbb\xbf", None),
        ("utf-16-le", b"\xff\xfe", "Read as UTF-16 text"),
        ("utf-16-be", b"\xfe\xff", "Read as UTF-16 text"),
        ("utf-16-le", b"", "Read as UTF-16 text"),
        ("utf-16-be", b"", "Read as UTF-16 text"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "Read as UTF-32 text"),
        ("cp1252", b"", "Read as Windows-1252 text: check that accents and pound signs are right"),
    ],
)
def test_every_encoding_gives_the_same_rows(codec, mark, note):
    table = read_table("spend.csv", mark + LINES.encode(codec))
    assert table.headers == ("Name", "Amount", "Town")
    assert rows_of(table) == ROWS
    assert notes_of(table) == ([note] if note else [])


def test_bytes_that_windows_1252_does_not_know_are_read_as_latin_1():
    table = read_table("spend.csv", b"Name,Town\nA\x81B\xe9,Leeds\n")
    assert rows_of(table) == [(2, ("A\x81Bé", "Leeds"))]
    assert notes_of(table) == ["Read as Latin-1 text: check that accents and pound signs are right"]


@pytest.mark.parametrize(
    ("separator", "note"),
    [
        (",", []),
        (";", ["Semicolons separate the columns"]),
        ("\t", ["Tabs separate the columns"]),
        ("|", ["Vertical bars separate the columns"]),
    ],
)
def test_every_separator_is_found(separator, note):
    table = read_table("spend.csv", LINES.replace(",", separator).encode())
    assert (table.headers, rows_of(table), notes_of(table)) == (("Name", "Amount", "Town"), ROWS, note)


def test_commas_inside_cells_do_not_hide_the_semicolons():
    table = read_table("a.csv", b"Name;Amount;Town\nSmith, Jones;1,50;Leeds\nBrown;2,00;York, North\n")
    assert rows_of(table) == [(2, ("Smith, Jones", "1,50", "Leeds")), (3, ("Brown", "2,00", "York, North"))]


def test_the_separator_that_excel_declares_is_believed_and_its_line_counted():
    table = read_table("a.csv", b"sep=;\r\nName;Town\r\nA,B,C;Leeds\r\n")
    assert (table.headers, rows_of(table)) == (("Name", "Town"), [(3, ("A,B,C", "Leeds"))])


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(line_end):
    assert rows_of(read_table("a.csv", LINES.replace("\n", line_end).encode())) == ROWS


def test_a_quoted_line_break_stays_in_its_cell_and_is_one_row():
    table = read_table("a.csv", b'Name,Town\n"Broxap\nLtd",Leeds\nArco,York\n')
    assert rows_of(table) == [(2, ("Broxap\nLtd", "Leeds")), (3, ("Arco", "York"))]


def test_blank_lines_are_left_out_and_still_counted():
    table = read_table("a.csv", b"\nName,Town\n\n , \nArco,York\n,,\nBroxap,Leeds\n\n")
    assert (table.headers, rows_of(table)) == (("Name", "Town"), [(5, ("Arco", "York")), (7, ("Broxap", "Leeds"))])


def test_headings_are_found_below_title_lines():
    content = (
        b"Payments over 500 pounds\nCouncil,Anytown\n\nDate,Amount,Unit,Name\n01/04/2022,5,A,B\n02/04/2022,6,A,C\n"
    )
    table = read_table("a.csv", content)
    assert table.headers == ("Date", "Amount", "Unit", "Name")
    assert [row.number for row in table.rows] == [5, 6]
    assert notes_of(table) == ["The headings are in row 4: the lines above it were left out"]


def test_rows_without_headings_keep_their_first_row_as_such():
    assert read_table("a.csv", b"1/4/2022,5,A\n2/4/2022,6,B\n").headers == ("1/4/2022", "5", "A")


def test_a_single_column_is_a_table():
    table = read_table("a.csv", b"Name\nArco\nBroxap\n")
    assert (table.headers, rows_of(table)) == (("Name",), [(2, ("Arco",)), (3, ("Broxap",))])


def test_short_rows_are_filled_and_long_rows_are_marked():
    table = read_table("a.csv", b"Name,Amount,Town\nArco\nSmith, Jones,5,Leeds\nBroxap,6,York,,\n")
    assert [(row.cells, row.overlong) for row in table.rows] == [
        (("Arco", "", ""), False),
        (("Smith", "Jones", "5", "Leeds"), True),
        (("Broxap", "6", "York"), False),
    ]
    assert notes_of(table) == ["Rows with more cells than there are headings: 3"]


def test_only_the_first_ten_overlong_rows_are_named():
    table = read_table("a.csv", b"Name,Town\n" + b"A,B\n" * 20 + b"A,B,C\n" * 11)
    assert notes_of(table)[0].endswith(": 22, 23, 24, 25, 26, 27, 28, 29, 30, 31…")


@pytest.mark.parametrize("content", [b"", b"  \r\n \n", b"\xff\xfe", b",,,\n,,\n"])
def test_an_empty_file_is_refused(content):
    assert refusal(content) == "The file is empty"


def test_headings_alone_are_refused():
    assert refusal(b"Name,Town\n") == "The file has headings but no rows below them"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n1 0 obj", "named .csv but is a PDF"),
        (b"%PDF", "named .csv but is a PDF"),
        (b"\n\n%PDF-1.7\n", "named .csv but is a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "named .csv but is a picture"),
        (b"\x89PN", "named .csv but is a picture"),
        (b"II*\x00\x08", "named .csv but is a picture"),
        (b"\xff\xd8\xff\xe0JFIF", "named .csv but is a picture"),
        (b"<!DOCTYPE html><html>", "named .csv but is a web page"),
        (b"\xef\xbb\xbf <html><table>", "named .csv but is a web page"),
        (b"<?xml version='1.0'?><Workbook/>", "named .csv but is an XML file"),
        (b"\x1f\x8b\x08\x00", "named .csv but is a compressed archive"),
        (b"{\\rtf1 Name}", "named .csv but is a Rich Text document"),
        (b"\x7fELF\x02", "named .csv but is a program"),
    ],
)
def test_another_kind_of_file_behind_the_right_ending_is_named(content, words):
    sentence = refusal(content)
    assert words in sentence
    assert sentence.endswith("Save it as CSV or as an Excel workbook (.xlsx)")


def test_the_head_of_an_old_workbook_is_enough_to_name_it():
    assert refusal(b"\xd0\xcf\x11\xe0") == (
        "The file is an Excel 97-2003 workbook (.xls). Open it and save it as an Excel workbook (.xlsx) or as CSV"
    )


def test_a_pdf_under_its_own_name_is_told_what_to_choose():
    assert refusal(b"%PDF-1.7", "spend.pdf") == "The file is a PDF. Choose a CSV file or an Excel workbook (.xlsx)"


@pytest.mark.parametrize(
    "content",
    [b"Name\nA\x00B\n", b"Name\nA\x07\n", bytes(range(256)) * 20, b"\xff\xfeN\0a\0\0\0", b"\xff\xfe\x00\xd8A"],
)
def test_what_is_not_text_is_refused(content):
    assert "not text that can be read as a table" in refusal(content)


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_row():
    assert refusal(b'Name,Town\nArco,York\n"Broxap,Leeds\nX,Y\n') == "Row 3 opens a quotation mark that is never closed"


def test_a_quotation_mark_inside_a_quoted_cell_is_named_by_its_row():
    assert "A quotation mark inside a cell of row 2 is not doubled" in refusal(b'Name,Town\n"Bob "B" Ltd",York\n')


def test_a_mark_of_inches_in_plain_text_is_kept():
    assert rows_of(read_table("a.csv", b'Name,Size\nPipe,5"\n')) == [(2, ("Pipe", '5"'))]


def test_each_limit_has_its_sentence():
    content = b"Name,Town\n" + b"Arco,York\n" * 10
    assert refusal(content, limits=Limits(rows=9)) == "The file has more than 9 rows. Split it"
    assert refusal(content, limits=Limits(file_bytes=50)).startswith("The file must be smaller than ")
    assert refusal(content, limits=Limits(columns=1)) == "Row 1 has more than 1 columns"
    assert refusal(content, limits=Limits(cell_characters=3)).startswith("A cell of row 1 is longer than 3 characters")
    assert "more text than can be read" in refusal(content, limits=Limits(table_characters=40))
    assert len(read_table("a.csv", content, limits=Limits(rows=10, columns=2, cell_characters=4)).rows) == 10


def test_a_cell_beyond_what_the_parser_holds_is_refused():
    assert "closed far too late" in refusal(b'Name,Town\n"' + b"x" * 200_000 + b'",York\n')


def test_two_hundred_megabytes_are_refused_at_once_by_the_standard_limit():
    assert refusal(bytes(200_000_000)) == "The file must be smaller than 20 MB"


def test_twenty_megabytes_of_csv_are_read_whole():
    line = b"2022-04-01,2740.00,Children and Young People's Services and all its central departments,ADCS Ltd,,\n"
    content = b"Payment Date,Amount,Unit,Name,Company,Charity\n" + line * 199_000
    assert len(read_table("a.csv", content).rows) == 199_000
