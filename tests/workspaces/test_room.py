"""What the room says of its closing day, of what is agreed, and of what happened long ago."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from commonpurse.consortia.models import Milestone, MilestoneKind, Stage
from commonpurse.workspaces import queries
from support.workspace_rows import answer, make_room, make_target, offer
from support.world import NOW


def closing_on(session, world, day):
    kind = MilestoneKind.NEGOTIATION_CLOSES
    session.add(Milestone(consortium_id=world.consortium.id, kind=kind, due_on=day))
    session.commit()
    session.refresh(world.consortium)


def room(session, world, now):
    return queries.workspace_page(session, world.actor("gateshead"), world.consortium.id, now)


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_negotiation_closes_until_its_last_day_is_over(session, world):
    make_room(session, world)
    closing_on(session, world, NOW.date())
    page = room(session, world, NOW)
    assert (page.has_closed, page.late_offers_until) == (False, None)
    page = room(session, world, NOW + timedelta(days=1))
    assert (page.has_closed, page.late_offers_until) == (True, NOW.date() + timedelta(days=8))


def test_the_closing_day_ends_by_london_clocks(session, world):
    make_room(session, world)
    closing_on(session, world, date(2026, 7, 1))
    assert not room(session, world, datetime(2026, 7, 1, 22, 59, tzinfo=UTC)).has_closed
    assert room(session, world, datetime(2026, 7, 1, 23, 1, tzinfo=UTC)).has_closed


def test_the_last_day_to_answer_is_the_one_that_the_item_then_has(session, world):
    item = make_target(session, world)
    closing_on(session, world, NOW.date() - timedelta(days=100))
    offer(session, world, "gateshead", item, 0)
    page = room(session, world, NOW)
    assert page.items[0].answer_by == page.late_offers_until


def test_a_closed_consortium_promises_no_late_offers(session, world):
    make_room(session, world)
    closing_on(session, world, NOW.date() - timedelta(days=9))
    world.consortium.stage = Stage.CLOSED
    page = room(session, world, NOW)
    assert (page.has_closed, page.late_offers_until) == (True, None)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [(date(2025, 12, 5), "Negotiation closed on 5 December 2025."), (date(2999, 1, 2), "closes on 2 January 2999.")],
)
def test_the_page_says_it_in_the_past_once_it_is_past(session, world, client_of, day, sentence):
    make_target(session, world)
    closing_on(session, world, day)
    text = words(client_of("gateshead").get(f"/consortia/{world.consortium.id}/workspace/").text)
    assert sentence in text
    assert ("an offer made now can be answered until" in text) == (day.year == 2025)


def test_an_agreed_item_says_so_once(session, world, client_of):
    item = make_target(session, world)
    offer(session, world, "newcastle", item, 0)
    for body in ("gateshead", "darlington"):
        answer(session, world, body, item, 1)
    session.commit()
    html = client_of("gateshead").get(f"/consortia/{world.consortium.id}/workspace/{item}").text
    heading = re.search(r'<h2[^>]*id="standing-title">(.*?)</h2>', html, re.DOTALL)
    assert words(heading.group(1)) == "Agreed"


def test_what_happened_long_ago_is_folded_away_and_all_of_it_is_there(session, world, client_of):
    item = make_target(session, world)
    for number in range(20):
        offer(session, world, ("gateshead", "newcastle")[number % 2], item, number, str(100 + number))
    session.commit()
    for path in ("", str(item)):
        html = client_of("darlington").get(f"/consortia/{world.consortium.id}/workspace/{path}").text
        open_part, folded = html.split('id="minutes"')[1].split('<details class="govuk-details" id="earlier">')
        assert open_part.count("data-seq=") == 15
        assert "119 people" in open_part
        assert folded.count("data-seq=") == (7 if path == "" else 6)
        assert "on the agenda" in folded


def test_a_short_story_has_no_fold(session, world, client_of):
    make_target(session, world)
    session.commit()
    html = client_of("gateshead").get(f"/consortia/{world.consortium.id}/workspace/").text
    assert html.count("data-seq=") == 3
    assert 'id="earlier"' not in html
