"""The contract of the world's consortium, and where its pages are."""

import pytest

from support.delivery_rows import make_contract


@pytest.fixture
def contract(session, world):
    made = make_contract(session, world)
    session.commit()
    return made


@pytest.fixture
def base(world):
    return f"/consortia/{world.consortium.id}/delivery"
