"""Puts the application together: the only module that sees every feature."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from flask import Blueprint, Flask, url_for
from flask_babel import Babel, get_locale, gettext
from flask_login import current_user
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from sqlalchemy.engine import make_url

from commonpurse.core import db, jobs, log, pseudonym, signature, waiting
from commonpurse.measures import queries as measures
from commonpurse.web import access, limits, live, pages
from commonpurse.web.addresses import Address

ROOT = Path(__file__).parents[2]

FEATURES = (
    "reference",
    "identity",
    "consortia",
    "measures",
    "pooling",
    "workspaces",
    "delivery",
    "outcomes",
    "transparency",
    "notifications",
    "api",
    "ops",
)
"""From the bottom up; each may have `queries`, `views` (blueprint), `sockets`, `jobs` and `cli` (groups)."""

csrf = CSRFProtect()
babel = Babel()


def create_app(config: Any) -> Flask:
    """The application with the settings of `config`, an object like `config.Config`."""
    app = Flask(
        "commonpurse",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static",
        instance_path=str(ROOT / "var"),
    )
    app.url_rule_class = Address
    app.config.from_object(config)
    app.jinja_loader = ChoiceLoader(
        [
            *([app.jinja_loader] if app.jinja_loader else []),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_options["extensions"] = ["jinja2.ext.do"]
    _connect_core(app)
    csrf.init_app(app)
    babel.init_app(app)
    access.login_manager.init_app(app)
    pages.init_app(app)
    app.context_processor(_furniture)
    for feature in FEATURES:
        _add_feature(app, feature)
    _start_live(app)
    limits.believe_proxies(app, app.config["PROXIES"])
    jobs.configure(app.config["JOBS_URL"], run_in=lambda function: _in_context(app, function))
    access.refuse_unmarked_views(app)
    return app


def _connect_core(app: Flask) -> None:
    url = make_url(app.config["DATABASE_URL"])
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = db.make_engine(app.config["DATABASE_URL"])
    app.extensions["engine"] = engine
    db.bind(engine)
    pseudonym.bind(app.config["PSEUDONYM_KEY"])
    key = app.config.get("STATEMENT_KEY") or signature.derive(app.config["SECRET_KEY"])
    signature.bind(key, app.config.get("STATEMENT_OLD_KEYS", ()))
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["REDIS_URL"] or "memory://")


def _add_feature(app: Flask, feature: str) -> None:
    package = f"commonpurse.{feature}"
    for part in ("queries", "views", "sockets", "jobs", "cli"):
        if find_spec(f"{package}.{part}") is None:
            continue
        module = import_module(f"{package}.{part}")
        if part == "queries":
            _ask(feature, module)
        elif part == "views":
            blueprints: tuple[Blueprint, ...] = getattr(module, "blueprints", None) or (module.blueprint,)
            for blueprint in blueprints:
                app.register_blueprint(blueprint)
                if not getattr(module, "READS_COOKIES", True):
                    csrf.exempt(blueprint)
        elif part == "jobs" and hasattr(module, "hear"):
            log.publish_to(feature, module.hear)
        elif part == "cli":
            groups: tuple[click.Command, ...] = getattr(module, "groups", None) or (module.group,)
            for group in groups:
                app.cli.add_command(group)


def _ask(feature: str, queries: ModuleType) -> None:
    """Let lower features ask this one what they cannot know."""
    if hasattr(queries, "waiting"):
        waiting.SOURCES[feature] = queries.waiting
    if hasattr(queries, "shares_measure"):
        measures.SHARED[feature] = queries.shares_measure


def _furniture() -> dict[str, Any]:
    """What base.html asks of every page; a page sets what it wants otherwise."""
    areas = {
        "home": (gettext("Home"), "notifications.home"),
        "consortia": (gettext("Consortia"), "consortia.list_consortia"),
        "spending": (gettext("Spending"), "pooling.spending"),
        "measures": (gettext("Measures"), "measures.list_frameworks"),
        "organisations": (gettext("Organisations"), "identity.list_organisations"),
    }
    if not current_user.is_authenticated:
        areas = {
            "register": (gettext("Public register"), "transparency.register"),
            "measures": (gettext("Measures"), "measures.list_frameworks"),
        }
    return {
        "navigation": [
            {"area": area, "text": text, "href": url_for(endpoint)} for area, (text, endpoint) in areas.items()
        ],
        "current_area": "",
        "breadcrumbs": [],
        "back_href": "",
        "home_href": url_for("notifications.home"),
        "sign_in_href": url_for("identity.sign_in"),
        "footer_links": [
            {"text": gettext("Public register"), "href": url_for("transparency.register")},
            {"text": gettext("Accessibility"), "href": url_for("ops.accessibility")},
            {"text": gettext("Privacy"), "href": url_for("ops.privacy")},
        ],
        "html_lang": get_locale().language,
    }


def _start_live(app: Flask) -> None:
    live.socketio.init_app(app, message_queue=app.config["REDIS_URL"], **live.SETTINGS)
    live.socketio.on_event("connect", live.connect)
    log.publish_to("live", live.broadcast)


def _in_context(app: Flask, function: jobs.Job) -> jobs.Job:
    def run(*arguments: Any) -> None:
        with app.app_context():
            function(*arguments)

    return run
