"""The pages as they are where no script of ours arrives: no axe violation, and nothing wider than a telephone.

One of each kind of page that a link leads to. The browser itself still runs scripts, for axe is one.
"""

from collections import Counter

import pytest
from flask import Flask
from playwright.sync_api import Browser

from support.running import Running
from support.walk import Walk, sign_in_by_email

MAIN = {
    "consortia.show",
    "delivery.list_records",
    "delivery.show_record",
    "identity.sign_in",
    "notifications.home",
    "outcomes.ledger",
    "outcomes.show_split",
    "outcomes.statement",
    "pooling.budget",
    "pooling.needs",
    "pooling.shared_suppliers",
    "transparency.show",
    "workspaces.show",
    "workspaces.show_item",
}


@pytest.mark.timeout(120)
def test_no_page_has_a_fault_where_scripts_are_blocked(
    chromium: Browser, demo_server: Running, whole_application: Flask, axe_source: str
) -> None:
    seen: Counter[str] = Counter()
    faults: list[str] = []
    blocked: list[str] = []
    for email in (None, "buyer@gateshead.example"):
        context = chromium.new_context()
        context.route("**/*.js*", lambda route: (blocked.append(route.request.url), route.abort()))
        if email:
            sign_in_by_email(demo_server, context, email)
        walk = Walk(context.new_page(), demo_server, whole_application, axe_source, seen, widths=(320,), of_each=1)
        seen["notifications.home"] = 0
        walk.go()
        faults += [f"{email or 'visitor'}: {fault}" for fault in walk.faults]
        context.close()
    assert faults == [], "\n".join(faults)
    assert set(seen) >= MAIN, sorted(MAIN - set(seen))
    assert len(blocked) >= len(MAIN)
