"""The laboratory in a browser: moved by the keyboard, the figures follow, the place is kept, the address holds it."""

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.models import Consortium
from support.running import Running
from support.walk import sign_in_by_email

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


def test_what_is_wrong_is_said_at_once_and_mended_at_once(chromium: Browser, demo_server: Running) -> None:
    page = _open(chromium, demo_server, "a-kind=equal&b-kind=&c-kind=&d-kind=")
    page.locator("#a-floor").fill("lots")
    expect(page.locator("#lab-results")).to_contain_text("Enter each percentage as a number", timeout=WAIT)
    page.locator("#a-floor").fill("1")
    expect(page.locator("#lab-results")).to_contain_text("no body receives less than 1% of a total", timeout=WAIT)
    page.context.close()


def test_without_scripts_the_button_sends_the_form(chromium: Browser, demo_server: Running) -> None:
    page = _open(chromium, demo_server, "a-kind=equal&b-kind=&c-kind=&d-kind=", scripts=False)
    page.locator("#b-kind").select_option("population")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Rule 2 in words")).to_be_visible()
    assert "b-kind=population" in page.url
    page.context.close()
