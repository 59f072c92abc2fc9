"""What every test may ask for."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes, to make or to try, says more of the machine than of us; benchmarks measure speed.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest_plugins = ["support.services", "support.databases", "support.web", "support.demo"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys are long: with two processes they must not be what is left for one at the end."""
    items.sort(key=lambda item: "journeys" not in item.nodeid)
