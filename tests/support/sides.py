"""People of several bodies in browsers of their own, for journeys: what they open, press, see, and have read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from commonpurse.consortia.models import DecisionRule
from support.running import Running
from support.world import World, make_world

PATIENCE_MS = 20_000


def populated(server: Running) -> World:
    """A world where more than half of all bodies decide, on a server's database."""

    def rows(session: Session) -> World:
        world = make_world(session)
        world.consortium.decision_rule = DecisionRule.MAJORITY
        return world

    return server.with_session(rows)


class Side:
    """A person of one body in a browser of their own.

    Attributes:
        read: the HTML of every page they came to by `open`, `follow` and `press`.
        came_to: every page the browser came to, however it did.
    """

    def __init__(self, server: Running, browser: Browser, world: World, body: str, *, scripts: bool) -> None:
        self.server, self.world, self.body, self.scripts = server, world, body, scripts
        self.context = browser.new_context(java_script_enabled=scripts)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.read: list[str] = []
        self.came_to: list[str] = []
        self.page.on("framenavigated", lambda frame: self.came_to.append(frame.url))
        self.sign_in("buyer")

    def sign_in(self, role: str) -> None:
        """Let the person of the body with this role sit down at the browser."""
        token = self.server.with_session(lambda session: self.world.sign_in(session, self.body, role))
        self.server.sign_in(self.context, token)

    def open(self, path: str) -> None:
        """Open the page at this path, or address."""
        self.page.goto(path if path.startswith("http") else self.server.url + path, wait_until="domcontentloaded")
        self.read.append(self.page.content())

    def open_live(self, path: str) -> Callable[[], None]:
        """Open a page of the room, connected where scripts run; call the answer to know that it was never reloaded."""
        self.open(path)
        if not self.scripts:
            return lambda: None
        expect(self.page.locator("#live")).to_have_attribute("data-now", "connected", timeout=PATIENCE_MS)
        mark = uuid4().hex
        self.page.evaluate("mark => { window.mark = mark }", mark)

        def check() -> None:
            assert self.page.evaluate("() => window.mark") == mark

        return check

    def follow(self, name: str) -> None:
        """Follow the first link to another page whose text has this."""
        self._go_by(lambda: self.page.locator(f"main a:not([href^='#']):has-text('{name}')").first.click())

    def press(self, name: str) -> None:
        """Press a button that leads to another page."""
        self._go_by(lambda: self.page.get_by_role("button", name=name, exact=True).click())

    def _go_by(self, act: Callable[[], None]) -> None:
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            act()
        self.read.append(self.page.content())

    def fill(self, **typed: str) -> None:
        """Fill in fields by their names."""
        for name, text in typed.items():
            self.page.locator(f"[name='{name}']:not([type=hidden])").fill(text)

    def sees(self, *texts: str, part: str = "main") -> None:
        """Wait until each of these is to be read in a part of the page."""
        for text in texts:
            expect(self.page.locator(part)).to_contain_text(text, timeout=PATIENCE_MS)


@contextmanager
def at_browsers(
    server: Running, browser: Browser, world: World, *bodies: str, scripts: bool
) -> Iterator[tuple[Side, ...]]:
    """A buyer of each of these bodies, whose browsers are closed in the end."""
    sides = tuple(Side(server, browser, world, body, scripts=scripts) for body in bodies)
    yield sides
    for side in sides:
        side.context.close()
