"""Consortia that still form."""

import pytest

from commonpurse.consortia import commands
from support.consortia_rows import make_forming, make_lonely
from support.world import NOW


@pytest.fixture
def forming(session, world):
    """Newcastle leads, all three have joined and signed."""
    return make_forming(session, world)


@pytest.fixture
def lonely(app, session, world):
    """Newcastle alone."""
    return make_lonely(session, world)


@pytest.fixture
def invited(session, world, lonely):
    """Newcastle alone, and Gateshead invited."""
    invite = {"organisation_ids": [world.organisation("gateshead")], "now": NOW}
    commands.invite(session, world.actor("newcastle"), consortium_id=lonely.id, **invite)
    session.commit()
    return lonely
