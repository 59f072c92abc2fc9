"""Walking pages by their links, looking for axe violations and for pages wider than the screen."""

from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from commonpurse.identity.models import Membership, Person
from support.running import Running
from support.world import World

WIDTHS = (1280, 320)
OF_EACH = 2
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """tags => axe.run(document, {runOnly: tags}).then(found => found.violations.map(
    fault => fault.id + " at " + fault.nodes.map(node => node.target.join(" ")).join(", ")))"""
EMPTIED = """form => {
    form.closest("details")?.setAttribute("open", "");
    for (const input of form.querySelectorAll("input, textarea")) {
    if (["hidden", "submit", "radio", "checkbox"].includes(input.type)) input.checked = false; else input.value = "";
    }
    form.requestSubmit(); }"""
UNTOUCHED = ("/sign-out", "/organisations/switch", "/account/sign-out-everywhere")


def sign_in_by_email(server: Running, context: BrowserContext, email: str) -> None:
    """Sign in the person with this address, for the first of their organisations."""

    def insert(session: Session) -> str:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        membership = session.scalars(select(Membership).where(Membership.person_id == person.id)).first()
        world = World(people={("they", "are"): person})
        world.bodies["they"] = membership.organisation
        return world.sign_in(session, "they", "are")

    server.sign_in(context, server.with_session(insert))


def faults_of(page: Page, axe: str, widths: tuple[int, ...] = WIDTHS) -> Iterator[str]:
    """What axe finds on the page as it stands, and how much wider than the screen it is, at each of the widths."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(axe)
        yield from (f"{width} px: {fault}" for fault in page.evaluate(AXE, TAGS))
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{width} px: the page is {wide} px wide"


class Walk:
    """One person's walk; `seen` counts the pages of each kind over all walks of the module, up to `of_each`."""

    def __init__(
        self,
        page: Page,
        server: Running,
        app: Flask,
        axe: str,
        seen: Counter[str],
        *,
        widths: tuple[int, ...] = WIDTHS,
        of_each: int = OF_EACH,
    ) -> None:
        self.page, self.server, self.axe, self.seen = page, server, axe, seen
        self.widths, self.of_each = widths, of_each
        self.urls = app.url_map.bind("127.0.0.1")
        self.faults: list[str] = []
        self.forms: dict[str, str] = {}

    def kind(self, address: str, method: str = "GET") -> str:
        """The endpoint behind an address, or nothing for one that is not ours."""
        parts = urlsplit(address)
        try:
            return (
                str(self.urls.match(parts.path, method)[0])
                if parts.netloc in ("", urlsplit(self.server.url).netloc)
                else ""
            )
        except HTTPException:
            return ""

    def go(self) -> None:
        """Follow every link from the home page."""
        waiting, known = deque(["/"]), {"/"}
        while waiting:
            address = waiting.popleft()
            kind = self.kind(address)
            if not kind or kind == "static" or self.seen[kind] >= self.of_each or not self._open(address):
                continue
            self.seen[kind] += 1
            self._look(address)
            links = self.page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
            for link in (urldefrag(link)[0].removeprefix(self.server.url) for link in links):
                if link not in known:
                    known.add(link)
                    waiting.append(link)

    def try_one_of(self, kind: str, places: list[str]) -> None:
        """Look at the first of `places` that this person may open."""
        for place in places:
            answer = self.page.goto(self.server.url + place)
            if answer is not None and answer.status == 200 and self.kind(self.page.url) == kind:
                self.seen[kind] += 1
                self._look(place)
                return

    def _open(self, address: str) -> bool:
        try:
            answer = self.page.goto(self.server.url + address)
        except PlaywrightError as error:
            if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
                return False
            raise
        if answer is None or answer.status != 200:
            self.faults.append(f"{address}: answered {answer and answer.status}")
            return False
        return "html" in (answer.headers.get("content-type") or "")

    def _look(self, address: str) -> None:
        self.faults += [f"{address}: {fault}" for fault in faults_of(self.page, self.axe, self.widths)]
        if self.page.locator("h1").count() != 1:
            self.faults.append(f"{address}: not one h1")
        actions = self.page.eval_on_selector_all(
            "main form[method=post]:has(.govuk-form-group)", "f => f.map(x => x.action)"
        )
        for number, action in enumerate(actions):
            kind = self.kind(action.removeprefix(self.server.url), "POST")
            if not action.removeprefix(self.server.url).startswith(UNTOUCHED):
                self.forms.setdefault(kind, f"{address}#{number}")

    def send_every_form_empty(self) -> None:
        """Send each kind of form with nothing in it, and look at the page with its errors."""
        for kind, place in self.forms.items():
            address, _, number = place.rpartition("#")
            self.page.goto(self.server.url + address)
            form = self.page.locator("main form[method=post]:has(.govuk-form-group)").nth(int(number))
            if form.count() == 0:
                continue
            self.page.set_default_timeout(10_000)
            form.evaluate(EMPTIED)
            try:
                self.page.wait_for_selector(".govuk-error-summary, .govuk-notification-banner, .govuk-error-message")
            except PlaywrightError:
                self.faults.append(f"{kind} sent empty: nothing was said")
                continue
            self.faults += [f"{kind} sent empty: {fault}" for fault in faults_of(self.page, self.axe, self.widths)]
            for target in self.page.eval_on_selector_all(
                ".govuk-error-summary a", "all => all.map(a => a.getAttribute('href'))"
            ):
                if target == "#" or self.page.locator(f"[id='{target[1:]}']:is(input, select, textarea)").count() != 1:
                    self.faults.append(f"{kind} sent empty: the summary links to {target}")
