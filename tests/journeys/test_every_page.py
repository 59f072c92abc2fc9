"""Every page of the demonstration, walked by its links: no axe violation, nothing wider than the screen.

Each person starts at the home page and follows every link; of pages that differ only in what they show, two are
looked at. Then every form is sent empty, and its page with errors is held to the same, and to error links that
lead to the very input.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from pyotp import TOTP
from sqlalchemy.orm import Session

from commonpurse.identity.models import LinkPurpose, Membership, SingleUseLink
from commonpurse.identity.rules.passwords import hash_password
from commonpurse.identity.rules.tokens import hash_token
from support.everything import addresses, make_everything
from support.identity_rows import PASSWORD
from support.running import Running, running, sqlite_url
from support.walk import Walk, sign_in_by_email
from support.world import make_organisation, make_person, make_world


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
            sign_in_by_email(demo_server, context, email)
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
    "delivery.show_clash",
    "identity.choose_organisation",
    "outcomes.reopen",
    "outcomes.show_edition",
    "pooling.add_budget",
    "pooling.add_need",
    "pooling.approve_budget",
    "pooling.edit_budget",
    "pooling.edit_need",
    "pooling.remove_budget",
    "pooling.remove_need",
    "pooling.show_upload",
    "pooling.upload",
    "workspaces.weights_file",
    "workspaces.weights_spending",
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
        "ops.statement_keys",
        "ops.robots",
        # Data and files.
        "api.describe",
        "api.list_operations",
        "consortia.bodies_json",
        "delivery.download_evidence",
        "delivery.records_csv",
        "identity.organisations_json",
        "outcomes.shares",
        "outcomes.weights_csv",
        "outcomes.area_book_csv",
        "outcomes.download_edition",
        "outcomes.download_statement",
        "pooling.export_budget",
        "pooling.export_needs",
        "pooling.export_shared_suppliers",
        "pooling.template",
        "reference.areas_json",
        "reference.categories_json",
        "transparency.download",
        "transparency.ledger_day",
        "workspaces.weights_template",
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
