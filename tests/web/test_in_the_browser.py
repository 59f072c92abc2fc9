"""The shell of a page in a real browser, under the strict content security policy, without any server."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, flash, render_template_string
from wtforms import BooleanField, RadioField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from commonpurse.web.fields import DatePartsField, Needed, PoundsField
from commonpurse.web.form import Form

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

ROOT = Path(__file__).parents[2]
DIST = ROOT / "static" / "dist"
HOST = "http://commonpurse.test"
POLICY = "default-src 'none'; style-src 'self'; script-src 'self' 'nonce-n'; img-src 'self'; connect-src 'self'"
PLACES = [("E08000037", "Gateshead"), ("E08000021", "Newcastle upon Tyne"), ("E06000005", "Darlington")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PAGE = """{% extends "layouts/wide.html" %}
{% from "components/empty.html" import empty %}
{% from "components/figure.html" import bar_chart %}
{% from "components/form.html" import fields, form_tag %}
{% from "components/stage.html" import stage_bar %}
{% from "components/summary.html" import key_figures, summary %}
{% from "components/table.html" import data_table %}
{% from "components/tag.html" import status_tag %}
{% set breadcrumbs = [{"text": "Home", "href": "/"}, {"text": "Budget"}] %}
{% block page_title %}Budget{% endblock %}
{% block main %}
<h1 class="govuk-heading-l">Budget</h1>
{{ stage_bar([("f", "Forming"), ("p", "Pooling"), ("n", "Negotiating"), ("d", "Delivering")], "p") }}
{{ key_figures([{"label": "Pooled", "value": "£1,234,567,890.00", "note": "Five bodies"}]) }}
{{ data_table("Budget by body and year", ["Body", "2026", "2027", "2028", "2029", "Status"], [
  ["Newcastle upon Tyne", "£120,000.00", "£120,000.00", "£120,000.00", "£120,000.00", status_tag("agreed")],
  ["Gateshead", "£80,000.00", "£80,000.00", "£80,000.00", "£80,000.00", status_tag("objected")],
], numeric=[1, 2, 3, 4], totals=["All", "£200,000.00", "£200,000.00", "£200,000.00", "£200,000.00", ""]) }}
{{ data_table("Reasons", ["Body", "Standing", "Since", "Reason"], [
  ["Newcastle upon Tyne", "Withdrawn", "1 March 2026", "The price of paper rose by more than anybody had thought"],
]) }}
{{ bar_chart("spend", "Spend", [("Gateshead", 300, "£3.00"), ("Darlington", 100, "£1.00")], "Body", "Spend") }}
{{ empty("Budget lines belong here.", "No body added one.", {"text": "Add", "href": "/add"}, "£1,000 in 2026") }}
{{ summary([{"key": "Lead", "value": "Gateshead", "href": "/lead"}]) }}
{% call form_tag(form) %}{{ fields(form) }}{% endcall %}
{% endblock %}"""


class LineForm(Form):
    """A few fields that fail when nothing is typed."""

    place = StringField("Place", [InputRequired("Enter a place")], render_kw={"suggest": "/places"})
    amount = PoundsField("Amount", [Needed("Enter an amount")])
    starts = DatePartsField("Starts on", [Needed("Enter a date")])
    kind = RadioField(
        "Kind", choices=[SelectChoice("a", "Firm"), SelectChoice("b", "Soft")], validators=[Needed("Choose")]
    )
    agreed = BooleanField("I agree", [InputRequired("Agree to go on")])
    submit = SubmitField("Save")


class Person:
    """Somebody of two organisations."""

    label = "Buyer, Gateshead"
    organisation_id = "g"
    organisation_name = "Gateshead Metropolitan Borough Council"
    organisations = (("g", "Gateshead Metropolitan Borough Council"), ("n", "Newcastle upon Tyne City Council"))


@pytest.fixture
def markup(application: Flask) -> Callable[..., str]:
    """Draws the page, sent empty or as it first opens, with a message or without."""
    manifest = json.loads((DIST / "manifest.json").read_text())
    shared = {"csp_nonce": lambda: "n", "asset": lambda name: f"/static/dist/{manifest[name]}"}
    areas = [
        {"area": area.lower(), "text": area, "href": f"/{area.lower()}"} for area in ("Home", "Consortia", "Spending")
    ]
    application.config["DEMO"] = True

    def draw(*, sent: bool = False, message: str = "") -> str:
        with application.test_request_context("/"):
            form = LineForm(meta={"csrf": False})
            if sent:
                form.validate()
            if message:
                flash(message, "success")
            return render_template_string(
                PAGE, form=form, signed_in=Person(), navigation=areas, current_area="spending", **shared
            )

    return draw


@pytest.fixture(params=[320, 1280])
def opened(request: pytest.FixtureRequest, chromium: "Browser") -> "Iterator[Callable[[str], Page]]":
    """Opens a page at a narrow and a wide width; whatever the policy blocks or a script throws fails the test."""
    faults: list[str] = []
    asked: list[str] = []
    context = chromium.new_context(viewport={"width": request.param, "height": 800})
    context.set_default_timeout(5000)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))

    def open_page(html: str) -> "Page":
        def answer(route: "Route") -> None:
            address = urlsplit(route.request.url)
            asked.append(route.request.resource_type)
            if address.path.startswith("/static/"):
                route.fulfill(path=ROOT / address.path.removeprefix("/"))
            elif address.path == "/places":
                [typed] = parse_qs(address.query)["q"]
                found = [{"value": code, "label": name} for code, name in PLACES if typed.lower() in name.lower()]
                route.fulfill(json=found)
            else:
                headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
                route.fulfill(body=html, headers=headers)

        page.route("**/*", answer)
        page.goto(f"{HOST}/")
        page.wait_for_function("document.body.classList.contains('govuk-frontend-supported')")
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    context.close()
    assert faults == []
    assert "font" not in asked


def violations(page: "Page", axe_source: str) -> list[str]:
    """What axe finds, as rule and element."""
    page.evaluate(axe_source)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def offered(page: "Page", name: str) -> "Locator":
    """The suggestion called `name`."""
    return page.locator("[role=listbox] [role=option]", has_text=name)


Open = Callable[[str], "Page"]


@pytest.mark.parametrize("sent", [False, True])
def test_axe_finds_nothing(opened: Open, markup: Callable[..., str], axe_source: str, sent: bool) -> None:
    page = opened(markup(sent=sent))
    assert violations(page, axe_source) == []
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert violations(page, axe_source) == []


def test_the_page_never_scrolls_sideways(opened: Open, markup: Callable[..., str]) -> None:
    page = opened(markup(sent=True))
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_table_says_that_it_scrolls_only_where_it_does(opened: Open, markup: Callable[..., str]) -> None:
    page = opened(markup())
    region = page.get_by_role("region", name="Budget by body and year")
    scrolls = page.viewport_size == {"width": 320, "height": 800}
    assert region.evaluate("region => region.scrollWidth > region.clientWidth") == scrolls
    assert page.get_by_text("Scroll this table sideways").first.is_visible() == scrolls


def test_a_sentence_in_a_table_is_not_squeezed_to_a_word_a_line(opened: Open, markup: Callable[..., str]) -> None:
    reason = opened(markup()).get_by_role("cell", name="The price of paper rose")
    assert reason.bounding_box()["height"] < 5 * 24


def test_the_type_is_the_systems_own(opened: Open, markup: Callable[..., str]) -> None:
    family = opened(markup()).evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert family.startswith('"Helvetica Neue"')
    assert "GDS" not in family


def test_a_message_leads_the_keyboard_to_its_input(opened: Open, markup: Callable[..., str]) -> None:
    page = opened(markup(sent=True))
    assert page.title() == "Error: Budget – Commonpurse"
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    for message, target in (("Enter a date", "starts-day"), ("Choose", "kind"), ("Agree to go on", "agreed")):
        page.get_by_role("link", name=message, exact=True).click()
        assert page.evaluate("document.activeElement.id") == target


def test_news_is_announced_and_focused(opened: Open, markup: Callable[..., str]) -> None:
    page = opened(markup(message="Budget line saved"))
    assert "Budget line saved" in page.get_by_role("alert").inner_text()
    assert "govuk-notification-banner" in page.evaluate("document.activeElement.className")


def test_a_place_is_found_by_typing_and_chosen_by_keyboard(
    opened: Open, markup: Callable[..., str], axe_source: str
) -> None:
    page = opened(markup())
    place = page.get_by_role("combobox", name="Place")
    place.press_sequentially("ne")
    offered(page, "Newcastle upon Tyne").wait_for()
    place.press("ArrowDown")
    assert place.get_attribute("aria-expanded") == "true"
    assert page.locator(".cp-suggest__option[aria-selected=true]").inner_text() == "Newcastle upon Tyne"
    assert violations(page, axe_source) == []
    place.press("Enter")
    assert place.input_value() == "E08000021"
    assert page.locator(".cp-suggest__chosen").inner_text() == "Newcastle upon Tyne"
    assert place.get_attribute("aria-expanded") == "false"


def test_escape_closes_the_suggestions_and_keeps_the_typing(opened: Open, markup: Callable[..., str]) -> None:
    page = opened(markup())
    place = page.get_by_role("combobox", name="Place")
    place.press_sequentially("da")
    offered(page, "Darlington").wait_for()
    place.press("Escape")
    assert not page.locator(".cp-suggest__list").is_visible()
    assert place.input_value() == "da"


def test_a_suggestion_is_chosen_by_pointer(opened: Open, markup: Callable[..., str]) -> None:
    page = opened(markup())
    page.get_by_role("combobox", name="Place").press_sequentially("gate")
    offered(page, "Gateshead").click()
    assert page.get_by_role("combobox", name="Place").input_value() == "E08000037"
