"""A small application with our templates and no feature, for what every page shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from commonpurse.web.words import state_in_words

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def application() -> Flask:
    """An application with our templates and nothing else of ours."""
    app = Flask("pages", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.update(SECRET_KEY="a key for tests only", TESTING=True)
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(ROOT / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.template_filter("state_in_words")(state_in_words)
    Babel(app)
    CSRFProtect(app)
    for endpoint in ("list_page", "identity.account", "identity.sign_out", "identity.switch_organisation"):
        app.add_url_rule(f"/{endpoint}", endpoint, lambda: "")
    return app


@pytest.fixture
def pages(application: Flask) -> Iterator[Flask]:
    """The application in a request."""
    with application.test_request_context("/"):
        yield application
