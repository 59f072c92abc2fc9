"""Excel workbooks: what people send, and what attackers send."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from commonpurse.core.errors import Refused
from commonpurse.core.tabular import Limits, Table, is_workbook, read_table
from commonpurse.core.tabular.sheet import plain_number

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TIES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def saved(*rows, change=None) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    if change:
        change(workbook)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def packed(sheet: str, **parts: str | bytes) -> bytes:
    """A workbook written by hand; `parts` replaces or adds entries, with / as __ and . as _ in their names."""
    entries = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TIES}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }
    entries |= {name.replace("__", "/"): text for name, text in parts.items()}
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for name, text in entries.items():
            package.writestr(name, text)
    return stream.getvalue()


def inline(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) for row in rows)
    return "<sheetData>" + "".join(f"<row>{row}</row>" for row in cells) + "</sheetData>"


def cells_of(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def notes_of(table: Table) -> list[str]:
    return [str(note) for note in table.notes]


def refusal(content: bytes, filename: str = "needs.xlsx", limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as caught:
        read_table(filename, content, limits=limits or Limits())
    assert caught.value.field == "file"
    return str(caught.value)


def test_text_numbers_and_dates_are_read_exactly():
    table = read_table(
        "needs.xlsx",
        saved(
            ["Name", "Number", "Day", "Sure"],
            ["Café", 0.1 + 0.2, date(2027, 4, 1), True],
            ["007", 123456789012345, datetime(2027, 4, 1, 9, 30), False],  # noqa: DTZ001 (spreadsheets know no zones)
            [" x ", -1171.91, time(9, 30), None],
            ["y", 1e-7, timedelta(hours=30), 5],
        ),
    )
    assert table.headers == ("Name", "Number", "Day", "Sure")
    assert cells_of(table) == [
        ("Café", "0.3", "2027-04-01", "TRUE"),
        ("007", "123456789012345", "2027-04-01 09:30:00", "FALSE"),
        ("x", "-1171.91", "09:30:00", ""),
        ("y", "0.0000001", "1.25", "5"),
    ]
    assert table.notes == ()


def test_the_name_of_a_workbook_does_not_matter():
    assert cells_of(read_table("needs.csv", saved(["A", "B"], ["x", "y"]))) == [("x", "y")]


def test_blank_rows_are_left_out_and_still_counted():
    table = read_table("a.xlsx", saved([], ["Name", "Town"], [], ["Arco", "York"], ["", " "], ["Broxap", None]))
    assert table.headers == ("Name", "Town")
    assert [(row.number, row.cells) for row in table.rows] == [(4, ("Arco", "York")), (6, ("Broxap", ""))]


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("0.30000000000000004", "0.3"),
        ("1171.9099999999999", "1171.91"),
        ("2740", "2740"),
        ("12345678901234567890", "12345678901234567890"),
        ("2740.50", "2740.5"),
        ("1.2E3", "1200"),
        ("-1E-3", "-0.001"),
        ("0.0", "0"),
        ("1E999999999", "1E999999999"),
        ("NaN", "NaN"),
        ("abc", "abc"),
        ("", ""),
    ],
)
def test_a_stored_number_becomes_what_a_spreadsheet_shows(digits, shown):
    assert plain_number(digits) == shown


def test_the_calendar_that_begins_in_1904_is_respected():
    def old_macintosh(workbook):
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        workbook.epoch = CALENDAR_MAC_1904

    table = read_table("a.xlsx", saved(["Day", "Name"], [date(2027, 4, 1), "x"], change=old_macintosh))
    assert cells_of(table) == [("2027-04-01", "x")]


def test_a_date_beyond_the_calendar_stays_a_number():
    def as_date(workbook):
        workbook.active["A2"].number_format = "dd/mm/yyyy"

    assert cells_of(read_table("a.xlsx", saved(["Day", "B"], [99999999, "x"], change=as_date))) == [("99999999", "x")]


def test_a_formula_is_refused_by_its_cell():
    content = saved(["A", "B", "C", "D"], *[["x", "y", "z", 1]] * 5, ["x", "y", "z", "=SUM(A1:A3)"])
    assert refusal(content) == "Cell D7 holds a formula. Paste values only"


def test_a_formula_that_only_checks_what_is_typed_is_no_cell():
    checks = "<extLst><ext><dataValidations><f>Lists!A1:A9</f><v>5</v></dataValidations></ext></extLst>"
    table = read_table("a.xlsx", packed(inline(("A", "B"), ("x", "y")) + checks))
    assert cells_of(table) == [("x", "y")]


def test_an_error_is_refused_by_its_cell():
    sheet = '<sheetData><row r="1"><c r="B1" t="e"><v>#N/A</v></c></row></sheetData>'
    assert refusal(packed(sheet)) == "Cell B1 holds the error #N/A. Correct it"


def test_merged_cells_are_refused_by_their_ranges():
    def merge(workbook):
        workbook.active.merge_cells("A2:B2")
        workbook.active.merge_cells("A4:A5")

    content = saved(["A", "B"], *[["x", "y"]] * 5, change=merge)
    assert refusal(content) == "Cells are merged: A2:B2, A4:A5. Unmerge them"


def test_only_the_first_five_merged_ranges_are_named():
    def merge(workbook):
        for row in range(2, 8):
            workbook.active.merge_cells(f"A{row}:B{row}")

    assert "A6:B6…" in refusal(saved(["A", "B"], *[["x", "y"]] * 8, change=merge))


def test_hidden_rows_and_columns_are_read_and_mentioned():
    def hide(workbook):
        workbook.active.row_dimensions[2].hidden = True
        workbook.active.column_dimensions["B"].hidden = True

    table = read_table("a.xlsx", saved(["A", "B"], ["x", "y"], ["z", "w"], change=hide))
    assert cells_of(table) == [("x", "y"), ("z", "w")]
    assert notes_of(table) == ["Hidden rows (1) and hidden columns (1) were read too"]


def test_the_first_visible_sheet_with_rows_is_read_and_the_others_are_named():
    def add(workbook):
        first = workbook.active
        first.title, first.sheet_state = "Secret", "hidden"
        workbook.create_sheet("Blank")
        workbook.create_sheet("Needs").append(["A", "B"])
        workbook["Needs"].append(["x", "y"])

    table = read_table("a.xlsx", saved(["no", "no"], ["no", "no"], change=add))
    assert cells_of(table) == [("x", "y")]
    assert notes_of(table) == ["The sheet “Needs” was read. Not read: Secret, Blank"]


def test_a_hidden_sheet_is_read_where_no_other_has_rows_and_that_is_said():
    def hide(workbook):
        workbook.active.title, workbook.active.sheet_state = "Secret", "hidden"
        workbook.create_sheet("Blank")

    table = read_table("a.xlsx", saved(["A", "B"], ["x", "y"], change=hide))
    assert notes_of(table) == ["The sheet “Secret” was read. Not read: Blank", "The sheet “Secret” is hidden"]


def test_an_empty_workbook_is_refused():
    assert refusal(saved()) == "The workbook is empty"


def test_rich_text_and_escapes_are_read_and_phonetic_readings_left_out():
    texts = (
        f'<sst xmlns="{MAIN}"><si><r><t>Bro</t></r><r><t>xap</t></r><rPh><t>no</t></rPh></si>'
        "<si><t>a_x000A_b</t></si></sst>"
    )
    sheet = (
        '<sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        '<row><c t="s"><v>1</v></c><c t="s"/></row></sheetData>'
    )
    table = read_table("a.xlsx", packed(sheet, **{"xl__sharedStrings.xml": texts}))
    assert table.headers == ("Broxap", "a\nb")
    assert cells_of(table) == [("a\nb", "")]


def test_an_escape_of_what_is_no_text_becomes_a_mark_that_says_so():
    table = read_table("a.xlsx", packed(inline(("A", "B"), ("x_x0000_y", "_xD800_z"))))
    assert cells_of(table) == [("x\ufffdy", "\ufffdz")]


def test_cells_without_addresses_and_with_gaps_find_their_columns():
    sheet = (
        '<sheetData><row><c t="str"><v>A</v></c><c t="str"><v>B</v></c><c t="str"><v>C</v></c></row>'
        '<row r="9"><c r="C9"><v>5</v></c></row><row><c><v>6</v></c></row></sheetData>'
    )
    table = read_table("a.xlsx", packed(sheet))
    assert [(row.number, row.cells) for row in table.rows] == [(9, ("", "", "5")), (10, ("6", "", ""))]


@pytest.mark.parametrize(
    "broken",
    [
        packed(inline(("A", "B"), ("x", "y")))[:-40],
        packed("<sheetData><row>"),
        packed('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>'),
        packed('<sheetData><row><c t="s"><v>-1</v></c></row></sheetData>'),
        packed('<sheetData><row r="x"><c><v>1</v></c></row></sheetData>'),
        packed("", **{"xl__workbook.xml": "not xml"}),
        packed("").replace(b"xl/_rels/workbook.xml.rels", b"xl/_rels/workbook.xml.nope"),
        b"PK\x03\x04 and nothing else",
    ],
)
def test_a_damaged_workbook_is_refused(broken):
    assert refusal(broken).startswith("The workbook is damaged or incomplete")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY file SYSTEM "file:///etc/hostname">]>'


PARTS = ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("body", ["<x>&b;</x>", "<x>&file;</x>", "<x/>"])
def test_entities_and_document_types_are_refused_in_every_part(part, body):
    content = packed(inline(("A", "B"), ("x", "y")), **{part.replace("/", "__"): ENTITIES + body})
    assert refusal(content).startswith("The workbook holds document types or entities")


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = packed("", **{"xl__worksheets__sheet1.xml": b" " * 300_000_000})
    assert len(bomb) < 400_000
    assert refusal(bomb).startswith("The workbook unpacks to far more than a table needs")


def test_each_limit_of_the_archive_holds():
    content = packed(inline(("A", "B"), ("x", "y")), **{"xl__media__a.bin": b"\0" * 1_100_000})
    assert "unpacks to far more" in refusal(content)
    assert cells_of(read_table("a.xlsx", content, limits=Limits(unpacked_ratio=2000))) == [("x", "y")]
    small = packed(inline(("A", "B"), ("x", "y")))
    assert "unpacks to far more" in refusal(small, limits=Limits(archive_entries=3))
    assert "unpacks to far more" in refusal(small, limits=Limits(unpacked_bytes=100))


def test_a_list_of_a_great_many_entries_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("commonpurse.core.tabular.package.ZipFile", lambda _: 1 / 0)
    assert "unpacks to far more" in refusal(b"PK\x03\x04" + b"PK\x01\x02" * 1_001)


@pytest.mark.parametrize("limits", [Limits(archive_entries=3), Limits(unpacked_bytes=100)])
def test_a_workbook_is_one_only_within_its_bounds(limits):
    small = packed(inline(("A", "B"), ("x", "y")))
    assert is_workbook(small, Limits())
    assert not is_workbook(small, limits)
    assert not is_workbook(b"PK\x03\x04 cut off", Limits())


def test_a_false_size_in_the_archive_does_not_let_more_in():
    sheet = inline(("A", "B"), *[("x", "y")] * 5000)
    content = bytearray(packed(sheet))
    with ZipFile(BytesIO(content)) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
    real = entry.file_size.to_bytes(4, "little")
    assert content.count(real) == 2
    assert refusal(bytes(content.replace(real, (500).to_bytes(4, "little")))).startswith("The workbook is damaged")


def test_a_long_text_shared_by_many_cells_is_refused():
    texts = f'<sst xmlns="{MAIN}"><si><t>{"x" * 900}</t></si></sst>'
    sheet = "<sheetData>" + '<row><c t="s"><v>0</v></c></row>' * 200 + "</sheetData>"
    content = packed(sheet, **{"xl__sharedStrings.xml": texts})
    assert "more text than can be read at once" in refusal(content, limits=Limits(table_characters=100_000))
    assert "more text than can be read at once" in refusal(content, limits=Limits(table_characters=500))


def test_a_long_inline_text_is_refused():
    content = packed(inline(("A", "B"), ("x" * 500, "y")))
    assert "more text than can be read at once" in refusal(content, limits=Limits(table_characters=400))


def test_rows_columns_and_cells_are_limited_in_workbooks_too():
    content = saved(["A", "B"], *[["x", "yyyy"]] * 10)
    assert refusal(content, limits=Limits(rows=9)) == "The file has more than 9 rows. Split it"
    assert refusal(content, limits=Limits(columns=1)) == "Row 1 has more than 1 columns"
    assert refusal(content, limits=Limits(cell_characters=3)).startswith("A cell of row 2 is longer than 3 characters")
    assert refusal(packed('<sheetData><row><c r="XFD1"><v>1</v></c></row></sheetData>')) == (
        "Row 1 has more than 100 columns"
    )


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("filename", "content", "words"),
    [
        ("a.xls", OLE + "Workbook".encode("utf-16-le"), "Excel 97-2003 workbook (.xls)"),
        ("a.xlsx", OLE + "Workbook".encode("utf-16-le"), "Excel 97-2003 workbook (.xls)"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.xlsx", OLE + "WordDocument".encode("utf-16-le"), "named .xlsx but is an old Office document"),
        ("a.doc", OLE, "The file is an old Office document"),
        ("a.xlsx", b"%PDF-1.4", "named .xlsx but is a PDF"),
        ("a.xlsx", packed("", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument file (.ods)"),
        ("a.xlsx", packed("", **{"xl__workbook.bin": b"x"}), "binary Excel workbook (.xlsb)"),
        ("a.xlsx", packed("", **{"word__document.xml": b"x"}), "named .xlsx but is a document or presentation"),
    ],
)
def test_another_kind_of_file_gets_its_own_sentence(filename, content, words):
    assert words in refusal(content, filename)


def test_a_plain_zip_is_named_as_one():
    stream = BytesIO()
    with ZipFile(stream, "w") as package:
        package.writestr("spend.csv", "a,b")
    assert "named .xlsx but is a ZIP archive" in refusal(stream.getvalue())


def test_an_encrypted_entry_is_a_password():
    content = bytearray(packed(inline(("A", "B"), ("x", "y"))))
    at = content.find(b"PK\x01\x02")
    while at != -1:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    assert "protected by a password" in refusal(bytes(content))


def test_text_that_calls_itself_a_workbook_is_read_as_text():
    assert cells_of(read_table("a.xlsx", b"A,B\nx,y\n")) == [("x", "y")]
