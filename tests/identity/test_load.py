"""How a cookie becomes the person of the request."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.identity.models import Membership, SignIn
from commonpurse.identity.views.blueprint import load
from support.web import counted_statements


def sign_in_of(session: Session) -> SignIn:
    return session.scalars(select(SignIn)).one()


def test_a_token_gives_the_person_with_roles_and_organisations_in_one_select(app, session, connection, world):
    token = world.sign_in(session, "gateshead", "buyer")
    with counted_statements(connection) as seen:
        person = load(token)
    assert person.actor == world.actor("gateshead", "buyer")
    assert person.organisations == ((world.organisation("gateshead"), "Gateshead Council"),)
    assert person.organisation_name == "Gateshead Council"
    assert len(seen) == 1


def test_a_token_nobody_was_given_is_nobody(app, session, world):
    world.sign_in(session, "gateshead", "buyer")
    assert load("something else") is None


@pytest.mark.parametrize(
    ("started_ago", "seen_ago", "lives"),
    [
        (timedelta(days=13), timedelta(hours=11), True),
        (timedelta(days=13), timedelta(hours=12), False),
        (timedelta(days=14), timedelta(minutes=1), False),
    ],
)
def test_a_sign_in_lapses_after_12_idle_hours_and_after_14_days(app, session, world, started_ago, seen_ago, lives):
    token = world.sign_in(session, "gateshead", "buyer")
    now = datetime.now(UTC)
    row = sign_in_of(session)
    row.started_at, row.last_seen_at = now - started_ago, now - seen_ago
    session.commit()
    assert (load(token) is not None) is lives


def test_a_sign_in_that_was_ended_is_nobodys(app, session, world):
    token = world.sign_in(session, "gateshead", "buyer")
    sign_in_of(session).ended_at = datetime.now(UTC)
    session.commit()
    assert load(token) is None


def test_being_here_is_noted_at_most_once_in_five_minutes(app, session, connection, world):
    token = world.sign_in(session, "gateshead", "buyer")
    earlier = datetime.now(UTC) - timedelta(minutes=6)
    sign_in_of(session).last_seen_at = earlier
    session.commit()
    load(token)
    session.expire_all()
    assert sign_in_of(session).last_seen_at > earlier
    session.rollback()
    with counted_statements(connection) as seen:
        load(token)
    assert len(seen) == 1


def test_a_person_whose_membership_ended_acts_for_nobody(app, session, world):
    token = world.sign_in(session, "gateshead", "buyer")
    person = world.people["gateshead", "buyer"]
    membership = session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
    membership.ended_at = datetime.now(UTC)
    session.commit()
    found = load(token)
    assert (found.organisation_id, found.roles, found.organisations) == (None, frozenset(), ())
    assert found.actor.organisation_id is None


def test_a_person_without_organisation_is_signed_in_all_the_same(app, session, world):
    person = load(world.sign_in(session, "nowhere", "stranger"))
    assert person.actor.organisation_id is None


def test_client_of_is_that_person(client_of):
    response = client_of("gateshead", "buyer").get("/account")
    assert "Buyer, gateshead" in response.text


def test_visitors_may_open_the_sign_in_page(visitor):
    response = visitor.get("/sign-in")
    assert response.status_code == 200
    assert "<h1" in response.text
