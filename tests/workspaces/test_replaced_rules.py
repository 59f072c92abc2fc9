"""A rule for sharing that a later one replaced: the pages say which counts, and what a new one would mean."""

from datetime import timedelta

import pytest

from commonpurse.workspaces import commands, queries
from support.room_pages import page, room, words
from support.web import counted_statements
from support.workspace_rows import answer, make_rule, make_target, offer
from support.world import NOW

EQUAL, BUDGETS = {"kind": "equal"}, {"kind": "committed_budget"}
WARNING = (
    "The bodies agreed another rule on 2 November 2026. What is split already keeps the rule it was split by; "
    "what is split after this is agreed follows the new one."
)


def agree(session, world, spec, **days):
    """A rule that all three bodies agreed so long after the first; the key of its item."""
    item, now = make_rule(session, world), NOW + timedelta(**days)
    offer(session, world, "newcastle", item, 0, quantity="1", allocation=spec, now=now)
    for body in ("gateshead", "darlington"):
        answer(session, world, body, item, 1, now=now)
    return item


@pytest.fixture
def replaced(session, world):
    """Three rules agreed in turn, a day between them."""
    made = [agree(session, world, spec, days=day) for day, spec in enumerate((EQUAL, BUDGETS, EQUAL))]
    session.commit()
    return made


def says(day):
    return f"{day.day} {day:%B %Y}"


def test_the_agenda_shows_only_the_newest_agreed_rule_as_agreed(world, client_of, replaced):
    text = words(client_of("gateshead").get(room(world)).text)
    assert text.count("How outcomes are shared Replaced ") == 2
    assert text.count("How outcomes are shared Agreed ") == 1


def test_a_replaced_rule_says_when_and_leads_to_the_one_agreed_next(world, client_of, replaced):
    first, second, newest = replaced
    client = client_of("gateshead", "observer")
    for day, (old, later) in enumerate(((first, second), (second, newest)), start=1):
        html = client.get(page(world, old)).text
        assert "Agreed Replaced" in words(html)
        assert f"Replaced on {says(NOW + timedelta(days=day))} by a later agreement" in words(html)
        assert f'href="{page(world, later)}"' in html
    html = client.get(page(world, newest)).text
    assert "Replaced" not in words(html)


def test_an_agreed_rule_is_nowhere_said_to_be_on_the_table(world, client_of, replaced):
    for item in replaced:
        assert "On the table" not in words(client_of("gateshead").get(page(world, item)).text)


def test_whoever_offers_a_second_rule_reads_what_it_would_mean(session, world, client_of):
    made = agree(session, world, EQUAL)
    item, target = make_rule(session, world), make_target(session, world)
    session.commit()
    client = client_of("gateshead")
    assert WARNING in words(client.get(page(world, item)).text)
    assert f"On {says(NOW)} the bodies agreed how outcomes are shared." in words(client.get(f"{room(world)}add").text)
    for other in (made, target):
        assert "The bodies agreed another rule" not in words(client.get(page(world, other)).text)


def test_a_parked_rule_says_it_too(session, world, client_of):
    agree(session, world, EQUAL)
    item = make_rule(session, world)
    commands.park(session, world.actor("gateshead"), item_id=item, now=NOW)
    session.commit()
    assert "The bodies agreed another rule" in words(client_of("gateshead").get(page(world, item)).text)


def test_the_first_rule_is_offered_without_a_warning(session, world, client_of):
    item = make_rule(session, world)
    session.commit()
    client = client_of("gateshead")
    for path in (page(world, item), f"{room(world)}add"):
        assert "the rule it was split by" not in words(client.get(path).text)


def test_of_rules_agreed_at_one_moment_the_later_on_the_agenda_counts_on_every_page(session, world, client_of):
    first, second = (agree(session, world, spec) for spec in (EQUAL, BUDGETS))
    session.commit()
    client = client_of("gateshead")
    assert queries.agreed_allocation(session, world.consortium.id).item_id == second
    assert "by a later agreement" in words(client.get(page(world, first)).text)
    assert "by a later agreement" not in words(client.get(page(world, second)).text)


def test_pages_take_the_same_number_of_statements_however_many_rules_were_agreed(session, world, client_of, connection):
    def statements(path):
        client = client_of("gateshead")
        client.get(path)
        with counted_statements(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    item = agree(session, world, EQUAL)
    session.commit()
    few = [statements(room(world)), statements(page(world, item))]
    for day in range(1, 5):
        agree(session, world, BUDGETS, days=day)
    session.commit()
    assert [statements(room(world)), statements(page(world, item))] == few
