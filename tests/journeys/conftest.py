"""What journeys share."""

from collections.abc import Iterator

import pytest

from support.running import Running, running, sqlite_url
from support.sides import populated
from support.world import World


@pytest.fixture(scope="session")
def one_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, World]]:
    """A server on SQLite, with its world. A journey begins with `server.start()`, for another may have killed it."""
    folder = tmp_path_factory.mktemp("served")
    with running(sqlite_url(folder), folder) as server:
        yield server, populated(server)
