"""What every test may ask for."""

import pytest

pytest_plugins = ["support.services", "support.databases", "support.web", "support.demo"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys are long: with two processes they must not be what is left for one at the end."""
    items.sort(key=lambda item: "journeys" not in item.nodeid)
