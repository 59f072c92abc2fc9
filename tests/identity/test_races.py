"""Registrations at the same moment, in transactions of their own on both databases."""

from uuid import UUID

import pytest
from sqlalchemy import select

from commonpurse.core import db
from commonpurse.core.actor import SYSTEM
from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading
from commonpurse.identity import commands
from commonpurse.identity.models import Organisation, OrganisationKind
from support.racing import at_once
from support.world import NOW


@pytest.fixture
def bound(own_engine):
    db.bind(own_engine)
    yield
    db._sessions.configure(bind=None)


def registration(name):
    def register(session):
        return commands.register_organisation(
            session,
            SYSTEM,
            name=name,
            kind=OrganisationKind.SUPPLIER,
            public_body_kind=None,
            area_gss=None,
            identifiers={},
            now=NOW,
        )

    return register


@pytest.mark.usefixtures("bound")
def test_of_many_who_register_one_name_at_once_one_does():
    names = ["Acme Ltd", "ACME  ltd", "acme ltd", "Acme Ltd", "Brightway"]
    results = at_once([registration(name) for name in names])
    assert [type(result) for result in results].count(UUID) == 2
    assert results.count(Refused) == 3
    with reading() as session:
        found = session.scalars(select(Organisation.name)).all()
    assert sorted(name.lower() for name in found) == ["acme ltd", "brightway"]
