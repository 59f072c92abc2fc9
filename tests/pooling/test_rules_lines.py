"""Requirement and budget files: every fault of every row, in words, and nothing guessed."""

from datetime import date
from decimal import Decimal

import pytest

from commonpurse.core.tabular import Row, Table, read_table, write_csv, write_xlsx
from commonpurse.pooling.rules.columns import WrongColumns
from commonpurse.pooling.rules.lines import BudgetLine, RequirementLine, read_budget, read_requirements
from commonpurse.pooling.rules.templates import BUDGET, REQUIREMENTS

CPV = {"30197642", "03000000"}
PLACES = {
    "E08000037": ["E08000037"],
    "gateshead": ["E08000037"],
    "newcastle": ["E08000021", "E07000195"],
}
NEED = {
    "Description": "Copier paper",
    "CPV code": "30197642-8",
    "Quantity": "1,200",
    "Unit": "hrs",
    "Place": "E08000037",
    "Needed from": "01/04/2027",
    "Needed until": "31/03/2029",
}
MONEY = {"Financial year": "2026-27", "Amount": "£25,000.00", "Commitment": "Committed", "Source": "Revenue"}


def table(*rows: dict[str, str]) -> Table:
    return Table(tuple(rows[0]), tuple(Row(at, tuple(row.values())) for at, row in enumerate(rows, start=2)))


def needs(*rows: dict[str, str]):
    return read_requirements(table(*rows), known_cpv=CPV, known_places=PLACES)


def test_a_requirement_is_read_whole():
    assert needs(NEED).faults == ()
    assert needs(NEED).lines == (
        RequirementLine(
            2, "Copier paper", "30197642", Decimal(1200), "hour", "E08000037", date(2027, 4, 1), date(2029, 3, 31)
        ),
    )


def test_a_budget_is_read_whole():
    assert read_budget(table(MONEY)).faults == ()
    assert read_budget(table(MONEY)).lines == (BudgetLine(2, 2026, 2500000, "committed", "Revenue"),)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("Description", "", "“Description” is missing"),
        ("Description", "12345", "“12345” does not describe anything"),
        ("Description", "x" * 501, "The description is longer than 500 characters"),
        ("CPV code", "paper", "“paper” is not a CPV code: eight digits, like 30192700"),
        ("CPV code", "301976-8", "“301976-8” is not a CPV code: eight digits, like 30192700"),
        ("CPV code", "30197642-x", "“30197642-x” is not a CPV code: eight digits, like 30192700"),
        ("CPV code", "99999999", "There is no CPV code 99999999"),
        ("Quantity", "", "“Quantity” is missing"),
        ("Quantity", "lots", "“lots” is not a number"),
        ("Quantity", "-5", "The quantity must be more than zero, and is -5"),
        ("Quantity", "0", "The quantity must be more than zero, and is 0"),
        ("Quantity", "0.0000001", "The quantity 0.0000001 has more than 6 decimals"),
        ("Quantity", "1000000000001", "The quantity 1000000000001 is too large"),
        ("Unit", "smidgen", "“smidgen” is not a unit we know, like each, hour, kg or m2"),
        ("Place", "Gates", "There is no area called “Gates”. Give its name, like Gateshead, or its GSS code"),
        (
            "Place",
            "Newcastle",
            "“Newcastle” could be any of E07000195, E08000021. Give the code of the one you mean",
        ),
        ("Place", "E99999999", "There is no place with the GSS code E99999999"),
        ("Needed from", "next spring", "“next spring” is not a day, like 31/03/2027"),
        ("Needed from", "31/02/2027", "“31/02/2027” is not a day of the calendar"),
        ("Needed from", "6/13/2027", "“6/13/2027”, read as day/month/year, has no month 13"),
        ("Needed from", "01-02-03", "“01-02-03” could be read in two ways. Write the year in full"),
        ("Needed from", "46113", "“46113” is not a day, like 31/03/2027"),
        ("Needed until", "31/03/2027", "2027-03-31 is before 2027-04-01"),
    ],
)
def test_a_faulty_cell_of_a_requirement_is_explained(column, text, reason):
    read = needs(NEED | {column: text})
    assert read.lines == ()
    assert [(fault.row, fault.column, fault.text, str(fault.reason)) for fault in read.faults] == [
        (2, column, text, reason)
    ]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("Financial year", "2026", "“2026” is not a financial year, like 2026-27"),
        ("Financial year", "2026-28", "“2026-28” is not a financial year, like 2026-27"),
        ("Financial year", "26/27", "“26/27” is not a financial year, like 2026-27"),
        ("Amount", "about 5", "“about 5” is not an amount in pounds, like 1,234.50"),
        ("Amount", "-5.00", "The amount must be more than £0, and is -5.00"),
        ("Amount", "0", "The amount must be more than £0, and is 0"),
        ("Amount", "1.001", "The amount 1.001 has parts of a penny"),
        ("Amount", "100000000000.01", "The amount 100000000000.01 is too large"),
        ("Commitment", "maybe", "“maybe” is not indicative, committed or guaranteed minimum"),
        ("Source", "", "“Source” is missing"),
        ("Source", "x" * 201, "The source is longer than 200 characters"),
    ],
)
def test_a_faulty_cell_of_a_budget_is_explained(column, text, reason):
    read = read_budget(table(MONEY | {column: text}))
    assert read.lines == ()
    assert [(fault.row, fault.column, fault.text, str(fault.reason)) for fault in read.faults] == [
        (2, column, text, reason)
    ]


def test_every_fault_of_every_row_is_reported_and_the_right_rows_are_read():
    read = needs(
        NEED | {"Quantity": "-1", "Unit": "smidgen", "CPV code": ""},
        NEED,
        NEED | {"Place": "here", "Needed from": "soon"},
    )
    assert [line.row for line in read.lines] == [3]
    assert [(fault.row, fault.column) for fault in read.faults] == [
        (2, "CPV code"),
        (2, "Quantity"),
        (2, "Unit"),
        (4, "Place"),
        (4, "Needed from"),
    ]


@pytest.mark.parametrize("again", [NEED, NEED | {"Description": "COPIER  paper", "Quantity": "1200.0", "Unit": "hour"}])
def test_a_line_that_says_the_same_again_is_a_fault_that_names_the_first(again):
    read = needs(NEED, NEED | {"Quantity": "7"}, again)
    assert [line.row for line in read.lines] == [2, 3]
    assert [(fault.row, fault.column, str(fault.reason)) for fault in read.faults] == [(4, "", "The row repeats row 2")]


def test_a_budget_line_that_says_the_same_again_is_a_fault():
    read = read_budget(table(MONEY, MONEY | {"Financial year": "2026/27", "Amount": "25000"}))
    assert [str(fault.reason) for fault in read.faults] == ["The row repeats row 2"]


def test_a_row_with_too_many_cells_is_a_fault_of_the_whole_row():
    right = tuple(MONEY.values())
    read = read_budget(Table(tuple(MONEY), (Row(2, (*right, "left over"), overlong=True), Row(3, right))))
    assert [(fault.row, fault.column, fault.text) for fault in read.faults] == [(2, "", "left over")]
    assert [line.row for line in read.lines] == [3]


@pytest.mark.parametrize("text", ["30197642", "30197642-8", " 30197642 - 8 ", "30197642-1"])
def test_a_cpv_code_is_read_without_a_look_at_the_digit_after_the_hyphen(text):
    assert needs(NEED | {"CPV code": text}).lines[0].category_code == "30197642"


def test_a_cpv_code_gets_back_the_zero_that_a_spreadsheet_dropped():
    assert needs(NEED | {"CPV code": "3000000"}).lines[0].category_code == "03000000"


@pytest.mark.parametrize("text", ["E08000037", "e08 000037", "Gateshead", " GATESHEAD "])
def test_a_place_is_read_by_its_code_or_its_name_in_any_case(text):
    assert needs(NEED | {"Place": text}).lines[0].place_gss == "E08000037"


def test_the_place_may_stand_under_the_heading_that_the_template_had_before():
    before = {"Place (GSS code)" if column == "Place" else column: text for column, text in NEED.items()}
    assert needs(before).lines == needs(NEED).lines


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("1.5", "each", "The quantity must be a whole number where the unit is “each”, and is 1.5"),
        ("0.000001", "people", "The quantity must be a whole number where the unit is “person”, and is 0.000001"),
        ("1.55", "dozen", "1.55 dozen does not make a whole number of items"),
    ],
)
def test_what_is_counted_one_by_one_is_needed_in_whole_ones(text, unit, reason):
    read = needs(NEED | {"Quantity": text, "Unit": unit})
    assert read.lines == ()
    assert [(fault.column, fault.text, str(fault.reason)) for fault in read.faults] == [("Quantity", text, reason)]


@pytest.mark.parametrize(("text", "unit"), [("1.5", "dozen"), ("2.0", "each"), ("1.5", "kg"), ("0.5", "pallet")])
def test_what_makes_whole_ones_or_is_not_counted_is_read(text, unit):
    assert needs(NEED | {"Quantity": text, "Unit": unit}).faults == ()


def test_a_need_of_one_day_is_right():
    assert needs(NEED | {"Needed from": "2027-04-01", "Needed until": "1 April 2027"}).lines


def test_one_date_with_the_month_first_is_the_only_fault_as_the_template_puts_the_day_first():
    read = needs(NEED, NEED | {"Needed from": "04/13/2027"}, NEED | {"Needed from": "02/04/2027", "Quantity": "7"})
    assert [(fault.row, fault.column) for fault in read.faults] == [(3, "Needed from")]
    assert [line.needed_from for line in read.lines] == [date(2027, 4, 1), date(2027, 4, 2)]


@pytest.mark.parametrize("text", ["2026-27", "2026/27", "2026-2027", "2026/2027", "FY2026-27", "fy 2026–27"])
def test_a_financial_year_is_read_in_every_usual_form(text):
    assert read_budget(table(MONEY | {"Financial year": text})).lines[0].financial_year == 2026


def test_the_turn_of_a_century_is_a_financial_year():
    assert read_budget(table(MONEY | {"Financial year": "2099-00"})).lines[0].financial_year == 2099


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Indicative", "indicative"),
        ("COMMITTED", "committed"),
        ("guaranteed minimum", "guaranteed_minimum"),
        ("guaranteed_minimum", "guaranteed_minimum"),
        ("Guaranteed", "guaranteed_minimum"),
    ],
)
def test_a_commitment_is_read_in_the_words_of_the_template(text, level):
    assert read_budget(table(MONEY | {"Commitment": text})).lines[0].commitment_level == level


def test_columns_may_come_in_any_order_and_case():
    swapped = {name.upper().replace(" ", "_"): text for name, text in reversed(NEED.items())}
    assert needs(swapped).lines == needs(NEED).lines


def test_missing_columns_are_named_in_one_sentence():
    with pytest.raises(WrongColumns) as caught:
        needs({"Description": "x", "Quantity": "1"})
    assert str(caught.value) == ("The file has no column “CPV code”, “Unit”, “Place”, “Needed from”, “Needed until”")
    with pytest.raises(WrongColumns, match="no column “Financial year”, “Amount”, “Commitment”, “Source”"):
        read_budget(table({"Colour": "red"}))


@pytest.mark.parametrize("write", [write_csv, lambda headers, rows: write_xlsx(headers, rows, title="Template")])
def test_the_examples_in_the_templates_are_right_in_both_kinds_of_file(write):
    need = read_table("x", write(REQUIREMENTS.headers, [REQUIREMENTS.example]))
    assert read_requirements(need, known_cpv=CPV, known_places=PLACES).lines[0].quantity == 1200
    money = read_table("x", write(BUDGET.headers, [BUDGET.example]))
    assert read_budget(money).lines[0].amount_pence == 2500000


@pytest.mark.parametrize("template", [REQUIREMENTS, BUDGET])
def test_a_template_has_an_example_and_a_note_for_each_column(template):
    assert len(template.columns) == len(template.example) == len(template.notes)
