"""Two councils agree weights in two browsers, share by them, and divide anew when they agree others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from commonpurse.delivery.rules import quarter_of
from support.delivery_rows import make_contract, make_record
from support.running import Running
from support.sides import Side, at_browsers
from support.weight_rows import make_agreed_weights, make_weights
from support.world import World, make_consortium

QUARTER = quarter_of(quarter_of(datetime.now(UTC).date()) - timedelta(days=1))
"""The last quarter that is over."""
YEAR_BEFORE = date(QUARTER.year - 1, QUARTER.month, 1)
FILE = b"Body,Number\r\nNewcastle upon Tyne Council,300\r\nGateshead Council,100\r\n"
WHY = "The meters were read again"


def room_of_two(session: Session, world: World) -> tuple[World, UUID]:
    """Newcastle and Gateshead with a verified outcome of 40 people, and weights on their agenda."""
    ours = replace(world, consortium=make_consortium(session, world, ("newcastle", "gateshead"), name="Water for two"))
    make_record(
        session,
        ours,
        make_contract(session, ours, starts_on=QUARTER),
        subject=uuid4().hex,
        quantity=40,
        quarter_starting=QUARTER,
    )
    return ours, make_weights(session, ours)


def offer(side: Side, start: date, newcastle: str, gateshead: str, source: str) -> None:
    side.page.get_by_label("From which quarter").select_option(start.isoformat())
    side.page.get_by_label("Newcastle upon Tyne Council").fill(newcastle)
    side.page.get_by_label("Gateshead Council").fill(gateshead)
    offer_from(side, source)


def offer_from(side: Side, source: str) -> None:
    side.page.get_by_label("Where the numbers come from").fill(source)
    side.page.get_by_role("button", name="Make this offer").click()


def hears(side: Side, *texts: str) -> None:
    """Sees what the other did: at once where scripts run, else by the link."""
    if not side.scripts:
        side.page.get_by_role("link", name="Check for updates").click()
    side.sees(*texts, part="#standing")


def agree(side: Side, to: str) -> None:
    """Agree on a page that was just opened, for what changes in an open one must be looked at before it is answered."""
    side.page.get_by_role("button", name=f"Agree to {to}").click()
    is_frozen_in(side)


def is_frozen_in(side: Side) -> None:
    side.sees("It is frozen: nothing about it can be changed", part="#standing")
    expect(side.page.locator("#live-fragment form")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without scripts"])
def test_two_councils_agree_weights_share_by_them_and_divide_anew_by_others(
    one_worker: tuple[Running, World], whole_application: Flask, chromium: Browser, scripts: bool
) -> None:
    server, world = one_worker
    server.start()
    assert whole_application.config  # It binds the key of the pseudonyms that rows are made with.
    ours, item = server.with_session(lambda session: room_of_two(session, world))
    base = f"/consortia/{ours.consortium.id}"
    with at_browsers(server, chromium, ours, "newcastle", "gateshead", scripts=scripts) as (newcastle, gateshead):
        they_agree_weights(newcastle, gateshead, f"{base}/workspace/{item}")
        they_agree_a_rule(newcastle, gateshead, base)
        newcastle.open(f"{base}/outcomes/ledger")
        newcastle.press("Split verified outcomes")
        newcastle.sees("1 split posted", "Adds up exactly: 40 = 30 + 10")
        issue(newcastle, base)
        first = its_statement(gateshead, ours, base)
        server.with_session(lambda session: they_agree_others(session, ours))
        newcastle.open(f"{base}/outcomes/weights")
        newcastle.sees("1 split goes by weights that were replaced since")
        newcastle.press("Divide these splits again")
        newcastle.sees("1 split posted")
        issue(newcastle, base, WHY)
        the_first_is_kept_and_the_next_says_why(gateshead, *first)


def they_agree_weights(newcastle: Side, gateshead: Side, item: str) -> None:
    """Gateshead offers, Newcastle counters from a file, Gateshead agrees: each sees it without reloading."""
    never_reloaded = [newcastle.open_live(item), gateshead.open_live(item)]
    offer(gateshead, YEAR_BEFORE, "100", "300", "Meters")
    hears(newcastle, "Offer 1 by Gateshead Council", "300")
    never_reloaded[0]()
    newcastle.follow("a file")
    newcastle.page.locator("input[type=file]").set_input_files(
        {"name": "litres.csv", "mimeType": "text/csv", "buffer": FILE}
    )
    newcastle.press("Read the numbers")
    expect(newcastle.page.get_by_label("Newcastle upon Tyne Council")).to_have_value("300")
    offer_from(newcastle, "The bills, from our file")
    newcastle.sees("Offer 2 by Newcastle", part="#standing")
    hears(gateshead, "Offer 2 by Newcastle", "Source: The bills, from our file")
    never_reloaded[1]()
    if newcastle.scripts:
        never_reloaded = [newcastle.open_live(item), gateshead.open_live(item)]
    agree(gateshead, "these weights")
    hears(newcastle, "Every body answered and none objected")
    is_frozen_in(newcastle)
    [check() for check in never_reloaded]


def they_agree_a_rule(newcastle: Side, gateshead: Side, base: str) -> None:
    newcastle.open(f"{base}/workspace/add")
    newcastle.page.get_by_label("How outcomes are shared").check()
    newcastle.press("Put it on the agenda")
    newcastle.page.get_by_label("Weights you agreed").check()
    newcastle.page.get_by_label("Which weights").select_option("Litres called off")
    newcastle.page.get_by_role("button", name="Make this offer").click()
    newcastle.sees("Offer 1 by Newcastle", part="#standing")
    gateshead.open(newcastle.page.url)
    agree(gateshead, "this rule")


def they_agree_others(session: Session, ours: World) -> None:
    """The same two agree other weights, from a quarter that is over and was split."""
    parts, now = ("newcastle", "gateshead"), datetime.now(UTC)
    make_agreed_weights(session, ours, 100, 300, start=QUARTER, source="Meters, read again", now=now, bodies=parts)


def issue(newcastle: Side, base: str, why: str = "") -> None:
    """Newcastle's approver issues the statements of both."""
    newcastle.sign_in("approver")
    newcastle.open(f"{base}/outcomes/statements")
    if why:
        newcastle.fill(reason=why)
    newcastle.press("Issue statements")
    newcastle.sees("2 statements issued")
    newcastle.sign_in("buyer")


def its_statement(gateshead: Side, ours: World, base: str) -> tuple[str, str]:
    """Where the edition stands that was issued to Gateshead, and its digest."""
    gateshead.open(f"{base}/outcomes/statements/{ours.organisation('gateshead')}")
    gateshead.follow("edition 1")
    gateshead.sees("Adds up exactly: 40 = 30 + 10")
    return gateshead.page.url, digest_of(gateshead)


def digest_of(side: Side) -> str:
    return side.page.locator("dt:text-is('Digest') + dd").inner_text()


def the_first_is_kept_and_the_next_says_why(gateshead: Side, address: str, digest: str) -> None:
    gateshead.open(address)
    gateshead.sees(f"This edition was replaced by edition 2: {WHY}", "Adds up exactly: 40 = 30 + 10")
    assert digest_of(gateshead) == digest
    gateshead.follow("edition 2")
    gateshead.sees(f"This edition replaces edition 1: {WHY}", "so far: 10 before, 30 now")
    assert digest_of(gateshead) != digest
