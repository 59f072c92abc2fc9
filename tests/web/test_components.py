"""The furniture of pages, drawn by a small application of its own: no database, no feature."""

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields import FileField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from commonpurse.web.fields import DatePartsField, Needed, PoundsField
from commonpurse.web.form import Form


class PartForm(PlainForm):
    """A form inside a form."""

    name = StringField("Name", [InputRequired("Enter the name of the part")])


class EveryForm(Form):
    """One field of every kind, each with a message of its own."""

    seen = HiddenField(default="7")
    title = StringField("Title", [InputRequired("Enter a title")], description="One <line>")
    email = EmailField("Email", [InputRequired("Enter an email address")], render_kw={"autocomplete": "email"})
    count = IntegerField("Count", [InputRequired("Enter a count")])
    rate = DecimalField("Rate", [InputRequired("Enter a rate")], render_kw={"suffix": "hours"})
    amount = PoundsField("Amount", [Needed("Enter an amount")])
    place = StringField("Place", [InputRequired("Enter a place")], render_kw={"suggest": "/places/search"})
    password = PasswordField("Password", [InputRequired("Enter your password")])
    reason = TextAreaField("Reason", [InputRequired("Enter a reason")])
    unit = SelectField(
        "Unit", choices=[SelectChoice("", "Choose"), SelectChoice("h", "Hours")], validators=[Needed("Choose a unit")]
    )
    kind = RadioField(
        "Kind", choices=[SelectChoice("a", "Firm"), SelectChoice("b", "Soft")], validators=[Needed("Choose a kind")]
    )
    roles = SelectMultipleField(
        "Roles",
        choices=[SelectChoice("x", "Buyer"), SelectChoice("y", "Approver")],
        validators=[Needed("Choose a role")],
    )
    agreed = BooleanField("I agree", [InputRequired("Agree to go on")])
    starts = DatePartsField("Starts on", [Needed("Enter a date")])
    letter = FileField("Letter", [InputRequired("Choose a file")])
    parts = FieldList(FormField(PartForm), label="Parts", min_entries=1)
    submit = SubmitField("Save")


VISIBLE = {
    *("title", "email", "count", "rate", "amount", "place", "password", "reason", "unit", "kind", "roles", "agreed"),
    *("starts-day", "letter", "parts-0-name"),
}


def draw(source: str, **values: Any) -> Element:
    """The parsed markup of a piece of a page. Raises ParseError unless it is valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    body = render_template_string(source, **values)
    tree: Element = parser.parse(f"<!DOCTYPE html><html><head><title>x</title></head><body>{body}</body></html>")
    return tree


def words(node: Element) -> str:
    """The text of `node` as people read it."""
    return " ".join("".join(node.itertext()).split())


def by_id(tree: Element) -> dict[str, Element]:
    """Every element that has an id. Fails when two have the same."""
    found = [node for node in tree.iter() if node.get("id")]
    ids = [node.attrib["id"] for node in found]
    assert len(ids) == len(set(ids)), f"ids used twice: {sorted(ids)}"
    return dict(zip(ids, found, strict=True))


def described_by(tree: Element, node: Element) -> str:
    """The hints and messages a screen reader adds to `node`."""
    ids = by_id(tree)
    return " ".join(words(ids[name]) for name in node.get("aria-describedby", "").split())


FORM = """{% from "components/form.html" import error_summary, fields, form_tag %}
{{ error_summary(form) }}{% call form_tag(form, id="the-form") %}{{ fields(form) }}{% endcall %}"""


def sent(**typed: str) -> EveryForm:
    """The form as somebody sent it, checked."""
    form = EveryForm(formdata=MultiDict(typed), meta={"csrf": False})
    form.validate()
    return form


def test_every_message_links_to_an_input_that_shows_it(pages: Flask) -> None:
    tree = draw(FORM, form=sent())
    ids = by_id(tree)
    links = {link.attrib["href"].removeprefix("#"): words(link) for link in tree.iter("a")}
    assert set(links) == VISIBLE
    for target, message in links.items():
        assert ids[target].tag in {"input", "select", "textarea"}, target
        fieldsets = [node for node in tree.iter("fieldset") if ids[target] in list(node.iter())]
        shown = described_by(tree, ids[target]) + "".join(described_by(tree, node) for node in fieldsets)
        assert f"Error: {message}" in shown, target


def test_radios_that_nobody_touched_ask_for_a_choice(pages: Flask) -> None:
    tree = draw(FORM, form=sent(title="x"))
    assert [words(link) for link in tree.iter("a") if link.get("href") == "#kind"] == ["Choose a kind"]


def test_a_form_inside_a_form_is_drawn_and_named_by_its_own_input(pages: Flask) -> None:
    tree = draw(FORM, form=sent())
    assert [words(link) for link in tree.iter("a") if link.get("href") == "#parts-0-name"] == [
        "Enter the name of the part"
    ]
    assert by_id(tree)["parts-0-name"].tag == "input"


def test_every_input_has_a_label_or_a_legend(pages: Flask) -> None:
    tree = draw(FORM, form=EveryForm(meta={"csrf": False}))
    labelled = {label.attrib["for"] for label in tree.iter("label")}
    inputs = [
        node for tag in ("input", "select", "textarea") for node in tree.iter(tag) if node.get("type") != "hidden"
    ]
    assert {node.get("id") for node in inputs} <= labelled
    assert [words(node) for node in tree.iter("legend")] == ["Kind", "Roles", "Starts on"]


def test_a_form_without_faults_has_no_summary(pages: Flask) -> None:
    tree = draw(FORM, form=EveryForm(meta={"csrf": False}))
    assert not [node for node in tree.iter() if "error" in node.get("class", "")]


def test_what_was_typed_is_kept_and_cannot_become_markup(pages: Flask) -> None:
    typed = {
        "title": "<script>alert(1)</script>",
        "amount": "12 <b>pounds",
        "count": "many",
        "kind": "b",
        "unit": "h",
        "reason": "</textarea>x",
    }
    form = sent(**typed, **{"starts-day": "31", "starts-month": "6", "starts-year": "2027"})
    tree = draw(FORM, form=form)
    ids = by_id(tree)
    assert not list(tree.iter("script"))
    assert {name: ids[name].get("value") for name in ("title", "amount", "count")} == {
        name: typed[name] for name in ("title", "amount", "count")
    }
    assert ids["reason"].text == "</textarea>x"
    assert ids["kind-2"].get("checked") is not None
    assert [option.get("value") for option in tree.iter("option") if option.get("selected") is not None] == ["h"]
    assert [ids[f"starts-{part}"].get("value") for part in ("day", "month", "year")] == ["31", "6", "2027"]


def test_a_password_is_never_sent_back(pages: Flask) -> None:
    assert by_id(draw(FORM, form=sent(password="correct horse")))["password"].get("value") is None


def test_only_the_part_of_a_date_that_cannot_be_read_is_marked(pages: Flask) -> None:
    form = sent(**{"starts-day": "1", "starts-month": "13", "starts-year": "2027"})
    tree = draw(FORM, form=form)
    ids = by_id(tree)
    marked = [
        part for part in ("day", "month", "year") if "govuk-input--error" in ids[f"starts-{part}"].attrib["class"]
    ]
    assert marked == ["month"]
    assert "#starts-month" in [link.get("href") for link in tree.iter("a")]


def test_a_date_that_is_missing_is_marked_in_all_parts(pages: Flask) -> None:
    ids = by_id(draw(FORM, form=sent()))
    assert all("govuk-input--error" in ids[f"starts-{part}"].attrib["class"] for part in ("day", "month", "year"))


def test_a_refusal_of_the_whole_form_leads_to_its_first_input(pages: Flask) -> None:
    form = EveryForm(meta={"csrf": False})
    form.form_errors = ["The consortium is closed"]
    tree = draw(FORM, form=form)
    assert [(link.get("href"), words(link)) for link in tree.iter("a")] == [("#title", "The consortium is closed")]


def test_a_fault_in_a_hidden_field_is_said_without_a_link(pages: Flask) -> None:
    form = EveryForm(meta={"csrf": False})
    form.seen.errors = ["This page is too old"]
    tree = draw(FORM, form=form)
    assert not list(tree.iter("a"))
    assert "This page is too old" in words(tree)


def test_a_form_carries_its_token_once_and_its_hidden_fields(pages: Flask) -> None:
    tree = draw(FORM, form=EveryForm())
    hidden = [(node.get("name"), node.get("value")) for node in tree.iter("input") if node.get("type") == "hidden"]
    assert [name for name, _ in hidden] == ["csrf_token", "seen"]
    assert hidden[1] == ("seen", "7")
    form = by_id(tree)["the-form"]
    assert (form.get("method"), form.get("enctype"), form.get("novalidate")) == ("post", "multipart/form-data", "")


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("email", "type", "email"),
        ("email", "autocomplete", "email"),
        ("count", "inputmode", "numeric"),
        ("rate", "inputmode", "decimal"),
        ("amount", "inputmode", "decimal"),
        ("place", "data-suggest", "/places/search"),
        ("password", "type", "password"),
        ("letter", "type", "file"),
    ],
)
def test_an_input_helps_with_typing(pages: Flask, name: str, attribute: str, value: str) -> None:
    assert by_id(draw(FORM, form=EveryForm(meta={"csrf": False})))[name].get(attribute) == value


def test_an_option_of_the_page_goes_before_the_fields_own(pages: Flask) -> None:
    source = (
        """{% from "components/form.html" import field %}{{ field(form.email, autocomplete="off", hint="Your own") }}"""
    )
    tree = draw(source, form=EveryForm(meta={"csrf": False}))
    email = by_id(tree)["email"]
    assert email.get("autocomplete") == "off"
    assert described_by(tree, email) == "Your own"


TABLE = """{% from "components/table.html" import data_table %}
{{ data_table("Budget", ["Body", "2026"], rows, numeric=[1], totals=["All", "£3.00"], csv_href="/budget.csv") }}"""


def test_a_table_has_a_caption_headers_and_a_region_for_the_keyboard(pages: Flask) -> None:
    tree = draw(TABLE, rows=[["Gateshead & <co>", "£1.00"], ["Darlington", "£2.00"]])
    [region] = [node for node in tree.iter() if node.get("role") == "region"]
    assert (region.get("tabindex"), region.get("aria-label")) == ("0", "Budget")
    assert [words(node) for node in tree.iter("caption")] == ["Budget"]
    scopes = [(words(node), node.get("scope")) for node in tree.iter("th")]
    assert scopes == [
        ("Body", "col"),
        ("2026", "col"),
        ("Gateshead & <co>", "row"),
        ("Darlington", "row"),
        ("All", "row"),
    ]
    assert all("numeric" in node.attrib["class"] for node in tree.iter("td"))
    assert "Download as CSV: Budget" in [words(link) for link in tree.iter("a")]


def test_the_stage_bar_says_which_stage_it_is(pages: Flask) -> None:
    source = """{% from "components/stage.html" import stage_bar %}
    {{ stage_bar([("f", "Forming"), ("p", "Pooling"), ("n", "Negotiating")], "p") }}"""
    stages = list(draw(source).iter("li"))
    assert [words(stage) for stage in stages] == ["Done: Forming", "Now: Pooling", "To come: Negotiating"]
    assert [stage.get("aria-current") for stage in stages] == [None, "step", None]


@pytest.mark.parametrize(
    ("status", "shown", "colour"),
    [
        ("agreed", "Agreed", "green"),
        ("evidence_attached", "Evidence attached", ""),
        ("something_new", "Something new", ""),
    ],
)
def test_a_status_is_shown_in_words(pages: Flask, status: str, shown: str, colour: str) -> None:
    [tag] = draw("""{% from "components/tag.html" import status_tag %}{{ status_tag(status) }}""", status=status).iter(
        "strong"
    )
    assert words(tag) == shown
    assert ("govuk-tag--green" in tag.attrib["class"]) == (colour == "green")


def test_a_chart_says_its_numbers_in_words_and_in_a_table(pages: Flask) -> None:
    source = (
        """{% from "components/figure.html" import bar_chart %}{{ bar_chart("c", "Spend", rows, "Body", "Spend") }}"""
    )
    tree = draw(source, rows=[("Gateshead", 300, "£3.00"), ("Darlington", 100, "£1.00"), ("Calderdale", 0, "£0.00")])
    [chart] = [node for node in tree.iter() if node.get("role") == "img"]
    ids = by_id(tree)
    assert (
        " ".join(words(ids[name]) for name in chart.attrib["aria-labelledby"].split())
        == "Spend Gateshead: £3.00; Darlington: £1.00; Calderdale: £0.00"
    )
    assert [node.get("width") for node in chart.iter() if node.tag.endswith("rect")] == ["62.00%", "20.66%", "0.00%"]
    assert [words(node) for node in tree.iter("td")] == ["£3.00", "£1.00", "£0.00"]


def test_the_parts_of_a_stacked_bar_follow_each_other(pages: Flask) -> None:
    source = """{% from "components/figure.html" import stacked_bars %}
    {{ stacked_bars("c", "Shares", ["A", "B"], rows, "Outcome") }}"""
    tree = draw(source, rows=[("Hours", [50, 50], "100", ["50", "50"])])
    [chart] = [node for node in tree.iter() if node.get("role") == "img"]
    bars = [(node.get("x"), node.get("width"), node.get("class")) for node in chart.iter() if node.tag.endswith("rect")]
    assert bars == [("0.00%", "31.00%", "cp-figure__bar--1"), ("31.00%", "31.00%", "cp-figure__bar--2")]


def test_a_chart_of_nothing_is_drawn(pages: Flask) -> None:
    source = """{% from "components/figure.html" import bar_chart %}{{ bar_chart("c", "Spend", [], "Body") }}"""
    assert "Spend" in words(draw(source))


def test_an_empty_list_says_what_belongs_there_and_what_to_do(pages: Flask) -> None:
    source = """{% from "components/empty.html" import empty %}
    {{ empty("Needs of each body.", "None yet.", {"text": "Add", "href": "/add"}, "400 units") }}"""
    tree = draw(source)
    assert [words(node) for node in tree.iter("p")] == ["Needs of each body.", "None yet.", "For example: 400 units"]
    assert [(link.get("href"), words(link)) for link in tree.iter("a")] == [("/add", "Add")]


def test_a_change_link_says_of_what(pages: Flask) -> None:
    source = """{% from "components/summary.html" import summary %}
    {{ summary([{"key": "Lead", "value": value, "href": "/lead"}, {"key": "Stage", "value": 0}]) }}"""
    tree = draw(source, value="<b>")
    assert [words(link) for link in tree.iter("a")] == ["Change lead"]
    assert [words(node) for node in tree.iter("dd")] == ["<b>", "Change lead", "0"]


def test_a_task_says_how_it_stands(pages: Flask) -> None:
    source = """{% from "components/task_list.html" import task_list %}
    {{ task_list([{"title": "Place", "href": "/place", "status": "not_started"},
                  {"title": "Check", "status": "cannot_start"}]) }}"""
    tree = draw(source)
    assert [words(node) for node in tree.iter("li")] == ["Place Not started", "Check Cannot start yet"]
    [link] = tree.iter("a")
    assert described_by(tree, link) == "Not started"


def test_pages_of_a_list_leave_gaps(pages: Flask) -> None:
    source = """{% from "components/pagination.html" import pages %}{{ pages(5, 9, "list_page", {"q": "a&b"}) }}"""
    tree = draw(source)
    assert [words(node) for node in tree.iter("li")] == ["1", "⋯", "4", "5", "6", "⋯", "9"]
    [here] = [link for link in tree.iter("a") if link.get("aria-current")]
    assert (here.get("aria-label"), here.get("href")) == ("Page 5 of 9", "/list_page?page=5&q=a%26b")


def test_one_page_needs_no_pages(pages: Flask) -> None:
    tree = draw("""{% from "components/pagination.html" import pages %}{{ pages(1, 1, "list_page") }}""")
    assert not list(tree.iter("nav"))


def test_a_button_that_changes_something_is_a_form_with_a_token(pages: Flask) -> None:
    source = """{% from "components/form.html" import post_button %}
    {{ post_button("/leave", "Leave <now>", values={"seen": 3}, describe="Hygiene & co") }}"""
    [form] = draw(source).iter("form")
    assert (form.get("method"), form.get("action")) == ("post", "/leave")
    assert [node.get("name") for node in form.iter("input")] == ["csrf_token", "seen"]
    assert words(form) == "Leave <now> Hygiene & co"


def test_a_confirmation_gives_the_reference_and_what_comes_next(pages: Flask) -> None:
    source = """{% from "components/confirmation.html" import confirmation %}
    {% call confirmation("Signed", "CP-1") %}<p>Wait.</p>{% endcall %}"""
    tree = draw(source)
    assert [words(node) for node in tree.iter("h1")] == ["Signed"]
    assert "Reference CP-1" in words(tree).replace("ReferenceCP", "Reference CP")
    assert "What happens next Wait." in words(tree)


def test_the_organisation_switcher_works_without_scripts(pages: Flask) -> None:
    class Person:
        label = "Buyer, Gateshead"
        organisation_id = "g"
        organisation_name = "Gateshead"
        organisations = (("g", "Gateshead"), ("n", "Newcastle"))

    source = """{% from "components/account.html" import account %}{{ account(person, "/me", "/switch", "/out") }}"""
    tree = draw(source, person=Person())
    assert [(form.get("action"), form.get("method")) for form in tree.iter("form")] == [
        ("/switch", "post"),
        ("/out", "post"),
    ]
    assert [(o.get("value"), o.get("selected") is not None) for o in tree.iter("option")] == [("g", True), ("n", False)]
    assert [node.get("name") for node in tree.iter("input")] == ["csrf_token", "csrf_token"]
    [link] = list(tree.iter("a"))
    assert (link.get("href"), words(link)) == ("/me", "Your account, Buyer, Gateshead")
