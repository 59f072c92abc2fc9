"""What tests of a statement start from: Gateshead's, of two measures, contracts, places and quarters."""

import pytest

from support.statement_rows import deliver_and_split, statement_of


@pytest.fixture
def address(world):
    return f"/consortia/{world.consortium.id}/outcomes/statements/{world.organisation('gateshead')}"


@pytest.fixture
def document(session, world):
    deliver_and_split(session, world)
    return statement_of(session, world, "gateshead")
