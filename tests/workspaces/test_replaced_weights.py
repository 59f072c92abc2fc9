"""Agreed weights that later ones of the same day replaced, and offers whose day is out of the usual list."""

from datetime import date, timedelta

import pytest

from commonpurse.workspaces import queries
from support.room_pages import hidden, page, room, words
from support.web import counted_statements
from support.weight_rows import BODIES, START, make_agreed_weights, make_weights, offer_weights
from support.world import NOW

LONG_AGO = date(2004, 4, 1)


def agree(session, world, *numbers, days=0, **more):
    return make_agreed_weights(session, world, *numbers, now=NOW + timedelta(days=days), **more)


def test_weights_of_one_day_that_were_agreed_again_are_replaced_on_both_pages(session, world, client_of):
    first, second, third = (agree(session, world, 100, 50, day, days=day) for day in range(3))
    session.commit()
    client = client_of("gateshead", "observer")
    shown = words(client.get(room(world)).text)
    assert shown.count("Weights: Litres called off Replaced ") == 2
    assert shown.count("Weights: Litres called off Agreed ") == 1
    for day, (old, later) in enumerate(((first, second), (second, third)), start=1):
        html, on = client.get(page(world, old)).text, NOW + timedelta(days=day)
        assert "Agreed Replaced" in words(html)
        assert f"Replaced on {on.day} {on:%B %Y} by a later agreement" in words(html)
        assert f'href="{page(world, later)}"' in html
    assert "Replaced" not in words(client.get(page(world, third)).text)
    versions = client.get(f"/consortia/{world.consortium.id}/outcomes/weights").text
    assert words(versions).count("litres Replaced 1 October 2026") == 2


@pytest.mark.parametrize("more", [{"start": date(2027, 1, 1)}, {"start": date(2026, 7, 1)}, {"name": "Headcount"}])
def test_weights_from_another_day_or_by_another_basis_replace_nothing(session, world, client_of, more):
    first = agree(session, world, 100, 50, 25)
    agree(session, world, 1, 1, 1, days=1, **more)
    session.commit()
    client = client_of("gateshead")
    assert "Replaced" not in words(client.get(page(world, first)).text)
    assert "Replaced" not in words(client.get(room(world)).text)


def test_pages_take_the_same_statements_however_often_weights_were_agreed(session, world, client_of, connection):
    def statements(path):
        client = client_of("gateshead")
        client.get(path)
        with counted_statements(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    item = agree(session, world, 1, 1, 1)
    session.commit()
    few = [statements(room(world)), statements(page(world, item))]
    for day in range(1, 4):
        agree(session, world, 1, 1, 1 + day, days=day)
    session.commit()
    assert [statements(room(world)), statements(page(world, item))] == few


def test_an_offer_with_a_day_that_left_the_list_is_countered_with_the_same_day(session, world, client_of):
    item = make_weights(session, world)
    offer_weights(session, world, "gateshead", item, 0, 100, 50, 25, start=LONG_AGO)
    session.commit()
    client = client_of("darlington")
    html = client.get(page(world, item)).text
    assert '<option value="2004-04-01" selected>1 April 2004</option>' in html
    numbers = {f"weight_{world.organisation(body).hex}": "1" for body in BODIES}
    counter = {**hidden(html, "/offers"), **numbers, "effective_from": "2004-04-01", "source": "Meters"}
    assert client.post(f"{page(world, item)}/offers", data=counter).status_code == 302
    assert "From 1 April 2004, in litres" in words(client.get(page(world, item)).text)


def test_the_day_stays_in_the_list_when_another_offer_came_first(session, world):
    item = make_weights(session, world)
    offer_weights(session, world, "gateshead", item, 0, 100, 50, 25, start=LONG_AGO)
    offer_weights(session, world, "darlington", item, 1, 100, 50, 25, start=START)
    assert queries.offered_in(session, world.actor("gateshead"), item).starts == (LONG_AGO, START)
