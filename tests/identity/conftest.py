"""What tests of identity share."""

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from commonpurse.core.actor import SYSTEM
from commonpurse.identity import commands
from commonpurse.identity.models import Person
from commonpurse.identity.rules import passwords, second_factor
from support.identity_rows import EMAIL, PASSWORD


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """Real hashes with little work: what they cost is not what these tests are about."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))


@pytest.fixture
def kim(app, session, world):
    """A buyer of Gateshead with a password."""
    made = commands.make_person(
        session,
        SYSTEM,
        email=EMAIL,
        label="Kim",
        password=PASSWORD,
        organisation_id=world.organisation("gateshead"),
        roles=["buyer"],
        now=datetime.now(UTC),
    )
    session.commit()
    return session.get(Person, made)


@pytest.fixture
def secret(kim, session):
    """Kim's second factor is set up; this is its key."""
    kim.second_factor_secret, kim.second_factor_since = second_factor.new_secret(), datetime.now(UTC)
    session.commit()
    return kim.second_factor_secret
