"""What every test of the API may ask for: the application with no database to ask."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from commonpurse.core import db


@pytest.fixture
def application(whole_application: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it is served, with forms that ask for a token, and a database that must not be asked."""

    def ask():
        raise AssertionError("a calculation asks no database")

    monkeypatch.setattr(db, "new_session", ask)
    monkeypatch.setitem(whole_application.config, "WTF_CSRF_ENABLED", True)
    return whole_application


@pytest.fixture
def anybody(application: Flask) -> FlaskClient:
    """Somebody without a sign-in, a cookie or a token."""
    return application.test_client(use_cookies=False)
