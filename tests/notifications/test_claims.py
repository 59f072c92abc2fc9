"""Letters about claims that two sides make: each side is told, and reads nothing of the other."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from commonpurse.core.mail import Mail
from commonpurse.notifications.letters import render_letter
from support.claim_rows import GROUNDS, KEPT, SECRETS, clashes, make_sides

NOW = datetime.now(UTC)
OTHERS = ("Gateshead", "Newcastle", "Level crossings", "Street lighting")


@pytest.fixture
def sides(session, world):
    return make_sides(session, world)


@pytest.fixture
def post(app, session):
    """The letters since it was asked last, by who gets them, as they read: each commit has them written."""
    seen = set()

    def letters():
        session.expire_all()
        new = [letter for letter in session.scalars(select(Mail)) if letter.id not in seen]
        seen.update(letter.id for letter in new)
        with app.app_context():
            return {letter.recipient: "\n".join(render_letter(letter)) for letter in new}

    return letters


def test_the_holder_gets_one_letter_and_its_lead_another_and_neither_says_who_tried(session, world, sides, post):
    sides.refused(now=NOW)
    letters = post()
    assert set(letters) == {"buyer@gateshead.example", "buyer@newcastle.example"}
    for said in letters.values():
        assert "Claimed a second time" in said
        assert f"/outcomes/{sides.record.id}" in said
        assert not [secret for secret in SECRETS if secret in said]
    sides.refused(now=NOW)
    assert post() == {}


def test_who_is_asked_to_look_again_gets_a_letter_without_the_reason(session, world, sides, post):
    sides.refused(now=NOW)
    [clash] = clashes(session)
    post()
    sides.ask(clash, now=NOW)
    letters = post()
    assert set(letters) == {"buyer@gateshead.example", "buyer@newcastle.example"}
    said = letters["buyer@gateshead.example"]
    assert "Look at a claim again" in said
    assert not [secret for secret in (*SECRETS, GROUNDS) if secret in said]


def test_who_asked_is_told_that_the_claim_is_kept_and_not_by_whom(session, world, sides, post):
    sides.refused(now=NOW)
    [clash] = clashes(session)
    sides.ask(clash, now=NOW)
    post()
    sides.keep(now=NOW)
    letters = post()
    assert set(letters) == {"buyer@leeds.example"}
    said = letters["buyer@leeds.example"]
    assert "A claim stays refused" in said
    assert f"/claims/{clash.id}" in said
    assert not [secret for secret in (*OTHERS, KEPT) if secret in said]


def test_who_was_refused_is_told_that_the_claim_is_free_and_not_by_whom(session, world, sides, post):
    sides.refused(now=NOW)
    post()
    sides.send_back(NOW)
    letters = post()
    assert set(letters) == {"buyer@leeds.example"}
    said = letters["buyer@leeds.example"]
    assert "A claim is free now" in said
    assert not [secret for secret in OTHERS if secret in said]
