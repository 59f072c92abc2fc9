"""Two consortia want to claim the same person: they settle it in their browsers, and read nothing of each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from commonpurse.delivery.rules import quarter_of
from support.delivery_rows import make_contract
from support.running import Running
from support.sides import Side, at_browsers
from support.world import World, make_consortium

QUARTER = quarter_of(quarter_of(datetime.now(UTC).date()) - timedelta(days=1))
"""The last quarter that is over."""
OURS = {"place": "Gateshead", "description": "Started to learn about lamps"}
THEIRS = {"place": "Leeds", "description": "Began in the print shop"}
ASKED = "The college has the learner on our course"
KEPT = "The learner signed with our supplier"
SENT_BACK = "The learner left in the first week"
OUR_SECRETS = (
    *OURS.values(),
    SENT_BACK,
    "lamps-attendance.csv",
    "Lamps for two",
    "Lamp posts",
    "LP-1",
    "Gateshead Council",
    "Newcastle upon Tyne Council",
    ", gateshead",
    ", newcastle",
)
"""What Leeds may not read; why the claim is kept, it may."""
THEIR_SECRETS = (*THEIRS.values(), "leeds-roll.csv", "Paper for one", "Copier paper", "CP-7", ", leeds")
"""What nobody else may read; why Leeds asks, they may."""


def two_consortia(session: Session, world: World) -> tuple[str, str]:
    """The addresses of two consortia with a contract each: Newcastle and Gateshead's, and that of Leeds."""
    bases = []
    for bodies, name, title, reference in (
        (("newcastle", "gateshead"), "Lamps for two", "Lamp posts", "LP-1"),
        (("leeds",), "Paper for one", "Copier paper", "CP-7"),
    ):
        side = replace(world, consortium=make_consortium(session, world, bodies, name=name))
        make_contract(session, side, title=title, reference=reference, starts_on=QUARTER)
        bases.append(f"/consortia/{side.consortium.id}/delivery")
    return bases[0], bases[1]


def record(side: Side, typed: dict[str, str], reference: str, filename: str) -> None:
    """Fill in the form that is open, and send it."""
    side.page.get_by_label("Measure").select_option(index=1)
    side.page.get_by_label("Quarter").select_option(QUARTER.isoformat())
    side.page.get_by_label("A person").check()
    side.fill(quantity="1", subject_reference=reference, **typed)
    side.page.locator("input[type=file]").set_input_files(
        {"name": filename, "mimeType": "text/csv", "buffer": f"{filename}\r\npresent\r\n".encode()}
    )
    side.press("Record the outcome")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_consortia_settle_who_claims_a_learner_and_read_nothing_of_each_other(
    one_worker: tuple[Running, World], chromium: Browser, scripts: bool
) -> None:
    server, world = one_worker
    server.start()
    learner = ("Learner 7731", "LEARNER7731") if scripts else ("Learner 8842", "LEARNER8842")  # As two people write it.
    ours, theirs = server.with_session(lambda session: two_consortia(session, world))
    bodies = ("newcastle", "gateshead", "leeds")
    with at_browsers(server, chromium, world, *bodies, scripts=scripts) as (newcastle, gateshead, leeds):
        held = it_is_recorded(gateshead, newcastle, ours, learner[0])
        clash = it_is_refused_and_asked_for(leeds, theirs, learner[1])
        it_is_kept(newcastle)
        leeds.open("/")
        leeds.follow("A claim of yours stays refused")
        leeds.sees(KEPT, "2 requests are left")
        newcastle.follow("Send this record back")
        newcastle.fill(reason=SENT_BACK)
        newcastle.press("Send the record back")
        newcastle.sees("Record sent back. It counts no longer")
        it_is_recorded_by_the_other(leeds, clash, learner[1])
        gateshead.open(held)
        gateshead.sees("Returned", SENT_BACK)
        evidence = gateshead.page.get_by_role("link", name="lamps-attendance.csv").get_attribute("href")
        for path in (held, server.url + str(evidence)):
            assert gateshead.page.request.get(path).status == 200
            assert leeds.page.request.get(path).status == 404
        ours_alone = (*OUR_SECRETS, learner[0], held.rpartition("/")[2])
        theirs_alone = (*THEIR_SECRETS, learner[1], clash.rpartition("/")[2])
        for side, secrets in ((newcastle, theirs_alone), (gateshead, theirs_alone), (leeds, ours_alone)):
            assert len(side.read) == len(side.came_to) > 0
            assert [secret for page in side.read for secret in secrets if secret in page] == []


def it_is_recorded(gateshead: Side, newcastle: Side, ours: str, reference: str) -> str:
    """Gateshead records the learner and Newcastle verifies it; the record's address."""
    gateshead.open(f"{ours}/outcomes/record")
    record(gateshead, OURS, reference, "lamps-attendance.csv")
    gateshead.sees("Outcome recorded", OURS["description"], "lamps-attendance.csv")
    held = gateshead.page.url
    newcastle.open(held)
    newcastle.page.get_by_label("Yes, the evidence shows it").check()
    newcastle.press("Save the check")
    newcastle.sees("Check saved")
    return held


def it_is_refused_and_asked_for(leeds: Side, theirs: str, reference: str) -> str:
    """Leeds cannot record the learner, and asks the other side to look again; the address of the refused claim."""
    leeds.open(f"{theirs}/outcomes/record")
    record(leeds, THEIRS, reference, "leeds-roll.csv")
    leeds.sees("This person is already claimed for this measure in this quarter")
    leeds.follow("Refused claims")
    leeds.sees("1 refused claim")
    leeds.follow("Apprenticeship starts, level 3")
    leeds.fill(grounds=ASKED)
    leeds.press("Ask them to look again")
    leeds.sees("The other side is asked to look at its claim again", ASKED)
    return leeds.page.url


def it_is_kept(newcastle: Side) -> None:
    newcastle.open("/")
    newcastle.follow("Look at a claim again")
    newcastle.sees("Another contract tried to record the same person", ASKED)
    newcastle.fill(grounds=KEPT)
    newcastle.press("Keep the claim")
    newcastle.sees("Claim kept. Those who asked are told")


def it_is_recorded_by_the_other(leeds: Side, clash: str, reference: str) -> None:
    leeds.open("/")
    leeds.follow("A claim that was refused to you is free now")
    assert leeds.page.url == clash
    leeds.follow("Record it again")
    record(leeds, THEIRS, reference, "leeds-roll.csv")
    leeds.sees("Outcome recorded", "leeds-roll.csv")
    leeds.open(clash)
    leeds.sees("Your side holds this claim now, so it is settled")
