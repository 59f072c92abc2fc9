"""The laboratory in a browser: moved by the keyboard, the figures follow, the place is kept, the address holds it."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.models import Consortium
from support.running import Running, running, sqlite_url
from support.walk import faults_of, sign_in_by_email
from support.weight_rows import make_weights, offer_weights
from support.world import make_world

WAIT = 10_000


def _address(server: Running) -> str:
    def found(session: Session) -> str:
        return str(session.scalars(select(Consortium.id).order_by(Consortium.name)).first())

    return f"{server.url}/consortia/{server.with_session(found)}/split-lab"


def _open(chromium: Browser, server: Running, query: str, *, scripts: bool = True) -> Page:
    context = chromium.new_context(java_script_enabled=scripts)
    sign_in_by_email(server, context, "buyer@gateshead.example")
    page = context.new_page()
    page.goto(f"{_address(server)}?{query}")
    return page


def test_a_slider_moved_by_the_keyboard_changes_the_figures_and_keeps_its_place(
    chromium: Browser, demo_server: Running
) -> None:
    page = _open(chromium, demo_server, "a-kind=hybrid&a-leg_equal=50&a-leg_need=50&b-kind=equal&c-kind=&d-kind=")
    expect(page.get_by_text("50% of a total: In equal shares")).to_be_visible()
    slider = page.locator("#a-leg_equal ~ input[type=range], .govuk-form-group:has(#a-leg_equal) input[type=range]")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#a-leg_equal")).to_have_value("3")
    expect(page.locator("#lab-results")).to_contain_text("6% of a total: In equal shares", timeout=WAIT)
    expect(slider).to_be_focused()
    expect(page.locator("[data-lab-news]")).to_have_text("Worked out anew.")
    assert "a-leg_equal=3" in page.url
    page.reload()
    expect(page.get_by_text("6% of a total: In equal shares")).to_be_visible()
    page.context.close()


def test_what_is_wrong_is_said_beside_its_field_at_once_and_gone_once_mended(
    chromium: Browser, demo_server: Running, axe_source: str
) -> None:
    page = _open(chromium, demo_server, "a-kind=equal&b-kind=&c-kind=&d-kind=")
    floor, fault = page.locator("#a-floor"), page.locator("#a-floor-error")
    floor.fill("lots")
    expect(page.locator("#lab-results")).to_contain_text("Enter each percentage as a number", timeout=WAIT)
    expect(fault).to_contain_text("Error: Rule 1, Least share of a body: Enter each percentage as a number")
    expect(floor).to_have_attribute("aria-describedby", "a-floor-error")
    expect(floor).to_have_class(re.compile("govuk-input--error"))
    expect(page.locator(".govuk-form-group--error")).to_have_count(1)
    expect(page.locator("[data-lab-news]")).to_contain_text("Enter each percentage as a number")
    expect(floor).to_be_focused()
    assert list(faults_of(page, axe_source)) == []
    floor.fill("200")
    expect(fault).to_contain_text("A percentage must be 100 or less", timeout=WAIT)
    expect(floor).to_have_attribute("aria-describedby", "a-floor-error")
    page.locator("#a-cap").fill("-5")
    floor.fill("")
    expect(page.locator("#a-cap-error")).to_contain_text("A percentage must be 0 or more", timeout=WAIT)
    expect(fault).to_have_count(0)
    page.locator("#a-cap").fill("")
    floor.fill("1")
    expect(page.locator("#lab-results")).to_contain_text("no body receives less than 1% of a total", timeout=WAIT)
    expect(page.locator("form .govuk-error-message")).to_have_count(0)
    expect(page.locator(".govuk-form-group--error, .govuk-input--error")).to_have_count(0)
    assert floor.get_attribute("aria-describedby") is None
    page.context.close()


def test_a_fault_of_the_page_stays_beside_its_field_until_it_is_mended(chromium: Browser, demo_server: Running) -> None:
    page = _open(chromium, demo_server, "a-kind=equal&a-floor=lots&b-kind=&c-kind=&d-kind=")
    fault = page.locator("#a-floor-error")
    expect(fault).to_contain_text("Enter each percentage as a number")
    page.locator("#b-kind").select_option("equal")
    expect(page.get_by_role("heading", name="Rule 2 in words")).to_be_visible(timeout=WAIT)
    expect(fault).to_have_count(1)
    expect(page.locator("#a-floor")).to_have_attribute("aria-describedby", "a-floor-error")
    page.locator("#a-floor").fill("")
    expect(page.get_by_role("heading", name="Rule 1 in words")).to_be_visible(timeout=WAIT)
    expect(fault).to_have_count(0)
    page.context.close()


def test_a_fault_in_a_folded_part_unfolds_it(chromium: Browser, demo_server: Running, axe_source: str) -> None:
    page = _open(chromium, demo_server, "a-kind=equal&b-kind=&c-kind=&d-kind=")
    expect(page.locator("#a-leg_equal")).to_be_hidden()
    page.locator("#a-kind").select_option("hybrid")
    expect(page.locator("#a-leg_equal-error")).to_contain_text("Rule 1: Choose between 2 and 5 parts", timeout=WAIT)
    expect(page.locator("#a-leg_equal")).to_be_visible()
    assert list(faults_of(page, axe_source)) == []
    page.locator("#a-kind").select_option("population")
    expect(page.locator("#a-leg_equal-error")).to_have_count(0, timeout=WAIT)
    page.context.close()


def test_weights_on_the_table_are_tried_without_loading_the_page_again(
    chromium: Browser, tmp_path: Path, axe_source: str
) -> None:
    with running(sqlite_url(tmp_path), tmp_path) as server:
        address, token = server.with_session(_offer_weights)
        context = chromium.new_context()
        server.sign_in(context, token)
        page = context.new_page()
        page.goto(f"{server.url}{address}?a-kind=equal&b-kind=&c-kind=&d-kind=")
        page.locator("#a-kind").select_option(label="Offered weights: Litres called off")
        note = page.locator(".cp-lab__note")
        expect(note).to_contain_text("If they are agreed, they count from 1 October 2026", timeout=WAIT)
        expect(page.get_by_role("row", name="Newcastle")).to_contain_text("750")
        assert list(faults_of(page, axe_source)) == []
        page.locator("#a-kind").select_option("hybrid")
        page.get_by_label("Offered weights: Litres called off").first.fill("50")
        page.locator("#a-leg_equal").fill("50")
        expect(page.locator("#lab-results")).to_contain_text(
            "50% of a total: In proportion to Litres called off, as offered, not agreed", timeout=WAIT
        )
        page.reload()
        expect(note).to_be_visible()
        page.get_by_role("button", name="Propose this rule").click()
        expect(page.get_by_role("alert")).to_contain_text("Agree the weights by Litres called off first")
        note.get_by_role("link", name="Weights: Litres called off").click()
        expect(page.get_by_role("heading", name="Weights: Litres called off")).to_be_visible()
        context.close()


def _offer_weights(session: Session) -> tuple[str, str]:
    """The laboratory of a consortium where weights are on the table that nobody else has agreed to, and a sign-in."""
    world = make_world(session)
    offer_weights(session, world, "newcastle", make_weights(session, world), 0, 3, 1, 0)
    return f"/consortia/{world.consortium.id}/split-lab", world.sign_in(session, "gateshead")


def test_without_scripts_the_button_sends_the_form(chromium: Browser, demo_server: Running) -> None:
    page = _open(chromium, demo_server, "a-kind=equal&b-kind=&c-kind=&d-kind=", scripts=False)
    page.locator("#b-kind").select_option("population")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Rule 2 in words")).to_be_visible()
    assert "b-kind=population" in page.url
    page.context.close()
