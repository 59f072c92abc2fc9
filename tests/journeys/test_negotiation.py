"""Two people in two browsers agree a target: live, without scripts, and although the server dies in between."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from commonpurse.core import log
from commonpurse.workspaces.models import AgendaItem, ItemState, Workspace
from support.running import Running, fresh_postgresql, running
from support.sides import populated
from support.workspace_rows import make_target, offer
from support.world import World, make_measure

PATIENCE_MS = 45_000
"""A page that was away tries again after up to 22 seconds: see `reconnectionDelayMax` in static/src/live.js."""


@dataclass
class Negotiation:
    """A served room in which Newcastle has offered 100 people, and more than half of all bodies decide."""

    server: Running
    browser: Browser
    world: World
    item: UUID
    contexts: list[BrowserContext] = field(default_factory=list)

    def opened_by(self, body: str, **options: object) -> Page:
        """The item's page in a browser of its own, where that body's buyer is signed in."""
        context = self.browser.new_context(**options)  # type: ignore[arg-type]
        self.contexts.append(context)
        token = self.server.with_session(lambda session: self.world.sign_in(session, body))
        self.server.sign_in(context, token)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(self.address)
        return page

    def live(self, body: str) -> Page:
        """The same, connected."""
        page = self.opened_by(body)
        expect(page.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
        return page

    @property
    def address(self) -> str:
        return f"{self.server.url}/consortia/{self.world.consortium.id}/workspace/{self.item}"

    def stored(self) -> tuple[ItemState, int | None, int]:
        """The item's state, the number of the agreed offer, and how many offers there were."""

        def read(session):
            item = session.get(AgendaItem, self.item)
            workspace = session.get(Workspace, item.workspace_id)
            assert log.verify(session, workspace.stream).fault is None
            return item.state, item.agreed_number, len(item.offers)

        return self.server.with_session(read)


@contextmanager
def negotiating(server: Running, browser: Browser, world: World) -> Iterator[Negotiation]:
    """A new target in the world's room, and browsers that are closed in the end."""

    def rows(session: Session) -> UUID:
        item = make_target(session, world, measure_id=make_measure(session, f"J-{uuid4().hex[:8]}").id)
        offer(session, world, "newcastle", item, 0, "100")
        return item

    server.start()
    room = Negotiation(server, browser, world, server.with_session(rows))
    yield room
    for context in room.contexts:
        context.close()


@pytest.fixture
def served(one_worker: tuple[Running, World], chromium: Browser) -> Iterator[Negotiation]:
    """The room on SQLite, with one worker."""
    server, world = one_worker
    with negotiating(server, chromium, world) as room:
        yield room


@pytest.fixture
def served_by_two(tmp_path: Path, postgresql_url: str, redis_url: str, chromium: Browser) -> Iterator[Negotiation]:
    """The room on PostgreSQL, with two workers that hear of each other through Redis."""
    url = fresh_postgresql(postgresql_url)
    with (
        running(url, tmp_path, redis_url=redis_url, workers=2) as server,
        negotiating(server, chromium, populated(server)) as room,
    ):
        yield room


def counter(page: Page, quantity: str) -> None:
    page.get_by_label("Your target").fill(quantity)
    page.get_by_role("button", name="Make this offer").click()


def sees(page: Page, text: str, part: str = "#standing") -> None:
    expect(page.locator(part)).to_contain_text(text, timeout=PATIENCE_MS)


def never_reloads(page: Page) -> Callable[[], None]:
    """Call the answer at the end: it fails if the page was loaded again since."""
    mark = uuid4().hex
    page.evaluate("mark => { window.mark = mark }", mark)

    def check() -> None:
        assert page.evaluate("() => window.mark") == mark

    return check


def is_frozen_in(page: Page) -> None:
    sees(page, "It is frozen: nothing about it can be changed")
    expect(page.locator("#live-fragment form")).to_have_count(0)


@pytest.mark.parametrize("where", ["served", "served_by_two"])
def test_a_counter_is_seen_without_reloading_and_its_acceptance_freezes_the_target_in_both(where, request):
    room: Negotiation = request.getfixturevalue(where)
    gateshead, newcastle = room.live("gateshead"), room.live("newcastle")
    stayed = [never_reloads(gateshead), never_reloads(newcastle)]
    counter(gateshead, "120")
    sees(newcastle, "120 people")
    sees(newcastle, "Gateshead Council countered for Apprenticeship starts, level 3: 120 people", "[data-live-news]")
    newcastle.wait_for_timeout(700)  # A press right after a change is asked for again, see below.
    newcastle.get_by_role("button", name="Agree to this: 120 people").click()
    for page in (gateshead, newcastle):
        is_frozen_in(page)
        sees(page, "More than half of all bodies agreed: 2 of 3")
    [check() for check in stayed]
    assert room.stored() == (ItemState.AGREED, 2, 2)


def test_the_same_without_scripts(served):
    gateshead = served.opened_by("gateshead", java_script_enabled=False)
    newcastle = served.opened_by("newcastle", java_script_enabled=False)
    counter(gateshead, "120")
    sees(gateshead, "120 people")
    sees(newcastle, "100 people")
    newcastle.get_by_role("link", name="Check for updates").click()
    newcastle.get_by_role("button", name="Agree to this: 120 people").click()
    is_frozen_in(newcastle)
    gateshead.get_by_role("link", name="Check for updates").click()
    is_frozen_in(gateshead)
    assert served.stored() == (ItemState.AGREED, 2, 2)


def test_killing_the_server_between_propose_and_accept_loses_nothing(served):
    gateshead, newcastle = served.live("gateshead"), served.live("newcastle")
    stayed = [never_reloads(gateshead), never_reloads(newcastle)]
    counter(gateshead, "120")
    sees(newcastle, "120 people")
    served.server.kill()
    for page in (gateshead, newcastle):
        expect(page.locator("#live")).to_have_attribute("data-now", "reconnecting", timeout=PATIENCE_MS)
    # What happens while a page is away is replayed to it.
    served.server.with_session(lambda session: offer(session, served.world, "darlington", served.item, 2, "130"))
    served.server.start()
    for page in (gateshead, newcastle):
        expect(page.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
        sees(page, "130 people")
    newcastle.wait_for_timeout(700)
    newcastle.get_by_role("button", name="Agree to this: 130 people").click()
    is_frozen_in(newcastle)
    is_frozen_in(gateshead)
    [check() for check in stayed]
    assert served.stored() == (ItemState.AGREED, 3, 3)


def test_a_page_whose_fetch_failed_catches_up_once_it_is_connected_again(served):
    gateshead, newcastle = served.live("gateshead"), served.live("newcastle")
    newcastle.route(served.address, lambda route: route.abort())
    counter(gateshead, "120")
    expect(newcastle.locator("#live")).to_have_attribute("data-now", "off", timeout=PATIENCE_MS)
    newcastle.unroute(served.address)
    served.server.kill()
    served.server.start()
    sees(newcastle, "120 people")


def test_an_act_whose_answer_is_lost_is_sent_again_and_done_once(served):
    page = served.opened_by("gateshead")
    lost = []

    def drop_first_answer(socket):
        server = socket.connect_to_server()

        def pass_on(message):
            is_answer = isinstance(message, str) and re.match(r"^43\d+\[", message) and '"seq"' in message
            if is_answer and not lost:
                lost.append(message)
                socket.close(code=1011)
            else:
                socket.send(message)

        server.on_message(pass_on)

    page.route_web_socket("**/socket.io/**", drop_first_answer)
    page.goto(served.address)
    expect(page.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
    counter(page, "120")
    sees(page, "120 people")
    expect(page.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
    page.wait_for_function("() => Object.keys(sessionStorage).length === 0")
    assert lost
    assert served.stored() == (ItemState.OPEN, None, 2)


def test_without_a_connection_the_form_is_posted_as_it_is(served):
    page = served.opened_by("gateshead")
    page.route_web_socket("**/socket.io/**", lambda socket: None)  # Nobody ever answers.
    page.goto(served.address)
    with page.expect_navigation():
        counter(page, "120")
    sees(page, "120 people")
    assert served.stored() == (ItemState.OPEN, None, 2)


def test_what_somebody_is_typing_and_their_focus_stay_when_the_offer_changes(served):
    gateshead, newcastle = served.live("gateshead"), served.live("newcastle")
    newcastle.get_by_label("Why (optional)").fill("Our schools need")
    newcastle.get_by_label("Your target").fill("1")
    counter(gateshead, "120")
    sees(newcastle, "120 people")
    expect(newcastle.get_by_label("Your target")).to_be_focused()
    newcastle.keyboard.type("50")
    expect(newcastle.get_by_label("Your target")).to_have_value("150")
    expect(newcastle.get_by_label("Why (optional)")).to_have_value("Our schools need")
    sees(newcastle, "What you typed is kept", "#counter")
    newcastle.wait_for_timeout(700)
    newcastle.get_by_role("button", name="Make this offer").click()
    sees(gateshead, "150 people")
    assert served.stored() == (ItemState.OPEN, None, 3)


def test_a_refusal_over_the_live_channel_stands_beside_its_field(served):
    page = served.live("gateshead")
    counter(page, "0")
    field = page.get_by_label("Your target")
    expect(field).to_be_focused()
    expect(field).to_have_value("0")
    expect(page.locator("#quantity-live-error")).to_have_text("The target must be more than 0")
    page.wait_for_timeout(1100)  # GOV.UK buttons take a second press within a second for a mistake.
    counter(page, "120")
    sees(page, "120 people")
    expect(page.locator("#quantity-live-error")).to_have_count(0)


def test_agreeing_to_an_offer_that_was_just_replaced_is_refused_and_shows_the_new_one(served):
    gateshead, darlington = served.live("gateshead"), served.live("darlington")
    darlington.route(served.address, lambda route: None)  # It learns of the counter too late.
    counter(gateshead, "120")
    sees(gateshead, "120 people")
    darlington.get_by_role("button", name="Agree to this: 100 people").click()
    darlington.wait_for_timeout(500)
    darlington.unroute(served.address)  # Lets go what was held.
    sees(darlington, "Gateshead Council made a new offer in the meantime", "#answer")
    sees(darlington, "120 people")
    assert served.stored() == (ItemState.OPEN, None, 2)


def test_people_see_who_is_here_and_who_has_left(served):
    gateshead, newcastle = served.live("gateshead"), served.live("newcastle")
    sees(gateshead, "Here now: Buyer, newcastle (Newcastle upon Tyne Council)", "[data-live-here]")
    sees(newcastle, "Here now: Buyer, gateshead (Gateshead Council)", "[data-live-here]")
    newcastle.close()
    sees(gateshead, "Nobody else is here now", "[data-live-here]")


def test_the_agenda_follows_too_and_links_to_what_happened(served):
    gateshead = served.live("gateshead")
    room = served.opened_by("darlington")
    room.get_by_role("link", name="Workspace").click()
    expect(room.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
    counter(gateshead, "777")
    sees(room, "777 people", "#agenda")
    sees(room, "New", "#minutes")


def test_the_keyboard_keeps_its_place_on_a_narrow_screen_when_parts_are_swapped(served):
    gateshead, page = served.live("gateshead"), served.opened_by("newcastle", viewport={"width": 320, "height": 700})
    expect(page.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
    page.locator("#object-summary").focus()
    counter(gateshead, "120")
    sees(page, "120 people")
    expect(page.locator("#abstain-summary")).to_be_visible()
    page.locator("#object-summary").focus()
    page.keyboard.press("Enter")
    gateshead.wait_for_timeout(1100)
    counter(gateshead, "130")
    sees(page, "130 people")
    expect(page.locator("#object-summary")).to_be_focused()
    expect(page.locator("#object")).to_have_attribute("open", "")
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Agree to this: 130 people").focus()
    page.keyboard.press("Enter")
    is_frozen_in(page)
    expect(page.locator("#answer")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_focus_stays_on_the_link_of_an_item_when_the_agenda_is_swapped(served):
    gateshead, room = served.live("gateshead"), served.opened_by("darlington", viewport={"width": 320, "height": 700})
    room.goto(f"{served.address.rpartition('/')[0]}/")
    expect(room.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
    link = room.locator(f"#agenda a[href$='{served.item}']")
    link.focus()
    counter(gateshead, "777")
    sees(room, "777 people", "#agenda")
    expect(link).to_be_focused()
    assert room.evaluate("document.documentElement.scrollWidth") <= 320
