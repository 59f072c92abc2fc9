"""What every test may ask for."""

pytest_plugins = ["support.services", "support.databases", "support.web", "support.demo"]
