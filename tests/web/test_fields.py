"""Our own fields: exact money, exact numbers, dates in three parts; the same for page and socket."""

from datetime import date
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SubmitField
from wtforms.validators import Length

from commonpurse.core.errors import Refused
from commonpurse.web.fields import AtLeast, DatePartsField, ExactField, Needed, PoundsField, SeenField, TextField
from commonpurse.web.form import Form


class Order(Form):
    name = TextField("Name", [Needed("Enter a name"), Length(max=10)])
    price_pence = PoundsField("Price", [Needed("Enter a price"), AtLeast(1, "The price must be more than £0")])
    quantity = ExactField("Quantity", [AtLeast(0, "The quantity must be above zero", above=True)])
    due_on = DatePartsField("Due", [Needed("Enter the date it is due")])
    urgent = BooleanField("Urgent")
    submit = SubmitField("Order")


@pytest.fixture
def filled(whole_application):
    with whole_application.test_request_context():
        yield lambda **typed: Order(formdata=MultiDict(typed), meta={"csrf": False})


GOOD = {
    "name": " Lamp ",
    "price_pence": "£1,250.50",
    "quantity": "1,000.25",
    "due_on-day": "27",
    "due_on-month": "3",
    "due_on-year": "2027",
}


def test_what_people_type_becomes_exact_values(filled):
    form = filled(**GOOD)
    assert form.validate(), form.errors
    assert form.values() == {
        "name": "Lamp",
        "price_pence": 125050,
        "quantity": Decimal("1000.25"),
        "due_on": date(2027, 3, 27),
        "urgent": False,
    }


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("price_pence", "a lot", "Enter an amount in pounds, such as 1,250 or 1,250.50"),
        ("price_pence", "1.234", "Enter an amount in pounds, such as 1,250 or 1,250.50"),
        ("price_pence", "£" + "9" * 40, "Enter a smaller amount"),
        ("price_pence", "", "Enter a price"),
        ("price_pence", "0", "The price must be more than £0"),
        ("quantity", "1,5", "Enter a number, such as 120 or 37.5"),
        ("quantity", "0.0000001", "Enter a number, such as 120 or 37.5"),
        ("quantity", "1" + "0" * 15, "Enter a smaller number: it can have up to 15 digits before the point"),
        ("quantity", "9" * 40, "Enter a smaller number: it can have up to 15 digits before the point"),
        ("quantity", "9" * 40 + "x", "Enter a number, such as 120 or 37.5"),
        ("quantity", "NaN", "Enter a number, such as 120 or 37.5"),
        ("quantity", "1e400", "Enter a number, such as 120 or 37.5"),
        ("quantity", "0", "The quantity must be above zero"),
        ("due_on-day", "31 March", "The date must be a real date, such as 27 3 2027"),
        ("due_on-month", "13", "The date must be a real date, such as 27 3 2027"),
        ("due_on-month", "ma", "The date must be a real date, such as 27 3 2027"),
        ("due_on-month", "Marchy", "The date must be a real date, such as 27 3 2027"),
        ("due_on-month", "", "The date must include a day, a month and a year"),
        ("due_on-year", "27", "The date must have a year of four digits, such as 2027"),
        ("due_on-year", "2" * 5000, "The date must have a year of four digits, such as 2027"),
        ("due_on-day", "2" * 5000, "The date must be a real date, such as 27 3 2027"),
        ("due_on-day", "³", "The date must be a real date, such as 27 3 2027"),
    ],
)
def test_bad_typing_gets_one_sentence_and_stays_in_its_field(filled, name, typed, sentence):
    form = filled(**{**GOOD, name: typed})
    assert not form.validate()
    field = form[name.split("-")[0]]
    assert [str(error) for error in field.errors] == [sentence]
    assert typed in (field.parts if "-" in name else (field._value(),))


@pytest.mark.parametrize(
    ("typed", "month"), [("march", 3), ("Mar", 3), ("MAR.", 3), ("Sept", 9), ("june", 6), ("Jul", 7), ("may", 5)]
)
def test_a_month_may_be_typed_by_its_name(filled, typed, month):
    form = filled(**{**GOOD, "due_on-month": typed})
    assert form.validate(), form.errors
    assert form.due_on.data == date(2027, month, 27)
    assert form.due_on.parts == ("27", typed, "2027")


@pytest.mark.parametrize(
    ("part", "typed", "sentence"),
    [
        ("day", "31", "The award date must be a real date, such as 27 3 2027"),
        ("day", "", "The award date must include a day, a month and a year"),
        ("year", "27", "The award date must have a year of four digits, such as 2027"),
    ],
)
def test_an_error_names_the_date_that_it_is_about(whole_application, part, typed, sentence):
    class Timetable(Form):
        award = DatePartsField("Award on", called="award date")

    sent = MultiDict({"award-day": "1", "award-month": "2", "award-year": "2027", f"award-{part}": typed})
    with whole_application.test_request_context():
        form = Timetable(formdata=sent, meta={"csrf": False})
        assert not form.validate()
        assert form.award.errors == [sentence]


def test_the_wrong_part_of_a_date_is_known_so_that_its_message_can_link_to_it(filled):
    form = filled(**{**GOOD, "due_on-month": "13"})
    form.validate()
    assert form.due_on.wrong_part == "month"


def test_a_socket_message_is_held_to_the_same_form(whole_application):
    with whole_application.test_request_context():
        message = {"name": "Lamp", "price_pence": "12", "due_on": "2027-03-27", "urgent": True, "unknown": "left out"}
        assert Order.accept(message)["due_on"] == date(2027, 3, 27)
        assert Order.accept(message)["urgent"] is True
        with pytest.raises(Refused) as refusal:
            Order.accept({**message, "price_pence": "x"})
        assert refusal.value.field == "price_pence"
        with pytest.raises(Refused):
            Order.accept(["not", "a", "form"])


def test_a_refusal_of_the_command_stands_beside_its_field_or_at_the_head(filled):
    form = filled(**GOOD)
    form.validate()
    form.show(Refused("Only %(left)s are left", field="quantity", left=3))
    form.show(Refused("The shop is shut"))
    assert (form.quantity.errors, form.form_errors) == (["Only 3 are left"], ["The shop is shut"])


def test_a_nul_which_no_keyboard_types_is_left_out(filled):
    form = filled(**{**GOOD, "name": "La\0mp"})
    assert form.validate()
    assert form.name.data == "Lamp"


@pytest.mark.parametrize(("typed", "seen"), [("7", 7), ("", 0), ("-1", 0), ("²", 0), ("٣", 0), ("1" * 5000, 0)])
def test_a_version_that_is_missing_or_spoiled_was_never_seen(whole_application, typed, seen):
    class Change(Form):
        version = SeenField()

    with whole_application.test_request_context():
        form = Change(formdata=MultiDict({"version": typed}), meta={"csrf": False})
        assert form.values() == {"version": seen}
        assert Change(formdata=MultiDict({"other": "x"}), meta={"csrf": False}).values() == {"version": 0}
