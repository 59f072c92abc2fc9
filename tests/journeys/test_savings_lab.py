"""The laboratory of savings in a browser: what is typed is worked out at once, and the address holds it."""

import re

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.models import Consortium
from support.running import Running
from support.walk import sign_in_by_email

WAIT = 10_000


def _open(chromium: Browser, server: Running, *, scripts: bool = True) -> Page:
    def found(session: Session) -> str:
        return str(session.scalars(select(Consortium.id).order_by(Consortium.name)).first())

    context = chromium.new_context(java_script_enabled=scripts)
    sign_in_by_email(server, context, "buyer@gateshead.example")
    page = context.new_page()
    page.goto(f"{server.url}/consortia/{server.with_session(found)}/savings-lab")
    page.get_by_role("link", name="See an example with made-up prices").click()
    expect(page.get_by_role("heading", name="Rule 1 in words: Equal price")).to_be_visible()
    return page


def test_a_price_that_is_typed_changes_the_figures_and_the_address(chromium: Browser, demo_server: Running) -> None:
    page = _open(chromium, demo_server)
    page.locator("#p1").fill("a lot")
    expect(page.locator("#lab-results")).to_contain_text("Enter the price of one unit in pounds", timeout=WAIT)
    expect(page.locator("#p1-error")).to_contain_text("Enter the price of one unit in pounds")
    expect(page.locator("#p1")).to_have_attribute("aria-describedby", "p1-error")
    page.locator("#p1").fill("£40.125")
    expect(page.locator("#lab-results")).to_contain_text("Adds up exactly", timeout=WAIT)
    expect(page.locator("#p1-error")).to_have_count(0)
    expect(page.locator("#p1")).to_be_focused()
    expect(page.locator("[data-lab-news]")).to_have_text("Worked out anew.")
    page.locator("#b").select_option("nucleolus")
    expect(page.get_by_role("heading", name="Rule 2 in words: Nucleolus")).to_be_visible(timeout=WAIT)
    page.reload()
    expect(page.locator("#p1")).to_have_value("£40.125")
    expect(page.get_by_role("heading", name="Rule 2 in words: Nucleolus")).to_be_visible()
    page.context.close()


def test_faults_of_the_last_page_are_forgotten_once_something_else_is_typed(
    chromium: Browser, demo_server: Running
) -> None:
    page = _open(chromium, demo_server)
    page.goto(page.url.replace("p1=12", "p1=dear"))
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: Savings laboratory"))
    page.locator("#p1").fill("13")
    expect(page.locator("#lab-results")).to_contain_text("Adds up exactly", timeout=WAIT)
    expect(page.get_by_role("heading", name="There is a problem")).to_have_count(0)
    expect(page.locator("form .govuk-error-message")).to_have_count(0)
    expect(page).to_have_title(re.compile("^Savings laboratory"))
    assert page.locator("#p1").get_attribute("aria-describedby") is None
    page.context.close()


def test_without_scripts_the_button_sends_what_was_typed(chromium: Browser, demo_server: Running) -> None:
    page = _open(chromium, demo_server, scripts=False)
    page.locator("#p1").fill("")
    page.get_by_role("button", name="Work it out").click()
    page.get_by_role("link", name="Enter the price of one unit").click()
    expect(page.locator("#p1")).to_be_focused()
    page.locator("#p1").fill("13")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("heading", name="Rule 3 in words: Shapley value")).to_be_visible()
    assert "p1=13" in page.url
    page.context.close()
