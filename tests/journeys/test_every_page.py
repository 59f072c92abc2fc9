"""Every page of the demonstration, walked by its links: no axe violation, nothing wider than the screen.

Each person starts at the home page and follows every link; of pages that differ only in what they show, two are
looked at. Then every form is sent empty, and its page with errors is held to the same, and to error links that
lead to the very input.
"""

from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError
from pyotp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from commonpurse.identity.models import LinkPurpose, Membership, Person, SingleUseLink
from commonpurse.identity.rules.passwords import hash_password
from commonpurse.identity.rules.tokens import hash_token
from support.everything import addresses, make_everything
from support.identity_rows import PASSWORD
from support.running import Running, running, sqlite_url
from support.world import World, make_organisation, make_person, make_world

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


def _sign_in(server: Running, context: BrowserContext, email: str) -> None:
    def insert(session: Session) -> str:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        membership = session.scalars(select(Membership).where(Membership.person_id == person.id)).first()
        world = World(people={("they", "are"): person})
        world.bodies["they"] = membership.organisation
        return world.sign_in(session, "they", "are")

    server.sign_in(context, server.with_session(insert))


def _faults(page: Page, axe: str) -> Iterator[str]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(axe)
        yield from (f"{width} px: {fault}" for fault in page.evaluate(AXE, TAGS))
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{width} px: the page is {wide} px wide"


class Walk:
    """One person's walk; `seen` counts the pages of each kind over all walks of the module."""

    def __init__(self, page: Page, server: Running, app: Flask, axe: str, seen: Counter[str]) -> None:
        self.page, self.server, self.axe, self.seen = page, server, axe, seen
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
            if not kind or kind == "static" or self.seen[kind] >= OF_EACH or not self._open(address):
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
        self.faults += [f"{address}: {fault}" for fault in _faults(self.page, self.axe)]
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
            self.faults += [f"{kind} sent empty: {fault}" for fault in _faults(self.page, self.axe)]
            for target in self.page.eval_on_selector_all(
                ".govuk-error-summary a", "all => all.map(a => a.getAttribute('href'))"
            ):
                if target == "#" or self.page.locator(f"[id='{target[1:]}']:is(input, select, textarea)").count() != 1:
                    self.faults.append(f"{kind} sent empty: the summary links to {target}")


def _newcomer(server: Running) -> str:
    """The buyer of a council that has nothing yet: their pages are the empty ones."""

    def insert(session: Session) -> None:
        council = make_organisation(session, "Hartlepool Borough Council")
        person = make_person(session, "Newcomer, Hartlepool", "buyer@hartlepool.example")
        membership = Membership(
            person_id=person.id,
            organisation_id=council.id,
            roles=["buyer", "organisation_administrator"],
            since=datetime.now(UTC),
        )
        session.add(membership)

    server.with_session(insert)
    return "buyer@hartlepool.example"


@pytest.mark.timeout(600)
def test_no_page_of_the_demonstration_has_a_fault_in_any_of_its_states(
    chromium: Browser, demo_server: Running, whole_application: Flask, axe_source: str
) -> None:
    faults: list[str] = []
    looked_at: Counter[str] = Counter()
    people = [
        None,
        "buyer@newcastle.example",
        "buyer@gateshead.example",
        "approver@gateshead.example",
        "administrator@darlington.example",
        _newcomer(demo_server),
    ]
    for email in people:
        context = chromium.new_context()
        if email:
            _sign_in(demo_server, context, email)
        seen = Counter() if email in (None, people[-1]) else looked_at
        walk = Walk(context.new_page(), demo_server, whole_application, axe_source, seen)
        walk.go()
        walk.send_every_form_empty()
        faults += [f"{email or 'visitor'}: {fault}" for fault in walk.faults]
        looked_at |= seen
        context.close()
    assert faults == [], "\n".join(faults)
    missing = {
        rule.endpoint for rule in whole_application.url_map.iter_rules() if "GET" in (rule.methods or set())
    } - set(looked_at)
    assert missing <= NOT_REACHED, f"never looked at: {sorted(missing - NOT_REACHED)}"


ELSEWHERE = {
    "consortia.edit_agreement",
    "consortia.edit_lead",
    "consortia.edit_place",
    "consortia.edit_purpose",
    "consortia.edit_rule",
    "consortia.invite",
    "consortia.leave",
    "consortia.tasks",
    "identity.choose_organisation",
    "outcomes.reopen",
    "pooling.add_budget",
    "pooling.add_need",
    "pooling.approve_budget",
    "pooling.edit_budget",
    "pooling.edit_need",
    "pooling.remove_budget",
    "pooling.remove_need",
    "pooling.show_upload",
    "pooling.upload",
}
"""Pages of stages the demonstration has left behind: the test below opens them over rows of those stages."""

BEHIND_A_SECRET = {
    "identity.accept_invitation",
    "identity.recovery_codes",
    "identity.remove_second_factor",
    "identity.reset_password",
    "identity.second_factor",
}
"""Pages for those who hold a link or a code."""

NOT_REACHED = (
    ELSEWHERE
    | BEHIND_A_SECRET
    | {
        "static",
        "ops.healthz",
        "ops.robots",
        # Data and files.
        "api.describe",
        "api.list_operations",
        "consortia.bodies_json",
        "delivery.download_evidence",
        "delivery.records_csv",
        "identity.organisations_json",
        "outcomes.shares",
        "outcomes.download_statement",
        "pooling.export_budget",
        "pooling.export_needs",
        "pooling.export_shared_suppliers",
        "pooling.template",
        "reference.areas_json",
        "reference.categories_json",
        "transparency.download",
    }
)
"""Pages no link of the demonstration leads to."""


@pytest.mark.timeout(400)
def test_no_page_of_the_stages_before_has_a_fault(
    chromium: Browser, tmp_path: Path, whole_application: Flask, axe_source: str
) -> None:
    faults: list[str] = []
    looked_at: Counter[str] = Counter()
    with running(sqlite_url(tmp_path), tmp_path) as server:
        places, people = server.with_session(lambda session: _everything(session, whole_application))
        for person, token in people.items():
            context = chromium.new_context()
            server.sign_in(context, token)
            walk = Walk(context.new_page(), server, whole_application, axe_source, looked_at)
            for kind in sorted(ELSEWHERE - set(looked_at)):
                walk.try_one_of(kind, places[kind])
            walk.send_every_form_empty()
            faults += [f"{person}: {fault}" for fault in walk.faults]
            context.close()
    assert faults == [], "\n".join(faults)
    assert ELSEWHERE - set(looked_at) == set()


def _everything(session: Session, app: Flask) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Addresses by kind of page over rows of every stage, and sign-ins of those who may open them."""
    world = make_world(session)
    make_everything(session, world)
    session.commit()
    people = [
        ("newcastle", "buyer"),
        ("newcastle", "approver"),
        ("newcastle", "organisation_administrator"),
        ("gateshead", "buyer"),
        ("gateshead", "approver"),
        ("leeds", "buyer"),
    ]
    found = {kind: list(places) for kind, places in addresses(app, session) if kind in ELSEWHERE}
    return found, {f"{role}@{body}": world.sign_in(session, body, role) for body, role in people}


CODE_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.timeout(200)
def test_no_page_behind_a_secret_has_a_fault(
    chromium: Browser, tmp_path: Path, whole_application: Flask, axe_source: str
) -> None:
    with running(sqlite_url(tmp_path), tmp_path) as server:
        email = server.with_session(_secrets)
        context = chromium.new_context()
        walk = Walk(context.new_page(), server, whole_application, axe_source, Counter())
        walk.try_one_of("identity.accept_invitation", ["/invitations/a-token-for-an-invitation"])
        walk.try_one_of("identity.reset_password", ["/reset-password/a-token-for-a-reset"])
        walk.page.goto(f"{server.url}/sign-in")
        walk.page.locator("input[name=email]").fill(email)
        walk.page.locator("input[name=password]").fill(PASSWORD)
        walk.page.locator("main button[type=submit]").last.click()
        walk.page.wait_for_url("**/sign-in/code**")
        walk.try_one_of("identity.second_factor", ["/sign-in/code"])
        walk.page.locator("input[name=code]").fill(TOTP(CODE_KEY).now())
        walk.page.locator("main button[type=submit]").last.click()
        walk.page.wait_for_url(f"{server.url}/")
        walk.try_one_of("identity.recovery_codes", ["/account/recovery-codes"])
        walk.try_one_of("identity.remove_second_factor", ["/account/second-factor/remove"])
        walk.send_every_form_empty()
        context.close()
    assert walk.faults == [], "\n".join(walk.faults)
    assert set(walk.seen) == BEHIND_A_SECRET


def _secrets(session: Session) -> str:
    """A person with a password and a second factor, and a link of each kind; the person's address."""
    world = make_world(session)
    person = world.people["newcastle", "buyer"]
    person.password_hash = hash_password(PASSWORD)
    person.second_factor_secret, person.second_factor_since = CODE_KEY, datetime.now(UTC)
    now = datetime.now(UTC)
    for purpose, token, address in (
        (LinkPurpose.INVITATION, "a-token-for-an-invitation", "new@newcastle.example"),
        (LinkPurpose.PASSWORD_RESET, "a-token-for-a-reset", person.email),
    ):
        session.add(
            SingleUseLink(
                token_hash=hash_token(token),
                purpose=purpose,
                email=address,
                label="New",
                organisation_id=world.organisation("newcastle"),
                roles=["buyer"],
                made_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
    return person.email
