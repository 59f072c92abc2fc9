"""What every page has: filters, assets, security headers, error pages."""

import json
import logging
import secrets
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, current_app, g, render_template, request, url_for
from flask_babel import format_date, gettext
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException

from commonpurse import __version__
from commonpurse.calc import money, quantity
from commonpurse.core.errors import DomainError, NotAllowed
from commonpurse.web.words import say, state_in_words

LONDON = ZoneInfo("Europe/London")
PAGES = {400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def init_app(app: Flask) -> None:
    """Give `app` its filters, globals, headers and error pages."""
    app.template_filter("pounds")(money.pounds)
    app.template_filter("state_in_words")(state_in_words)
    app.template_filter("date")(say_date)
    app.template_filter("datetime")(say_datetime)
    app.template_filter("quantity")(quantity.say)
    app.template_filter("units")(quantity.from_smallest)
    app.template_filter("figure")(quantity.say_figure)
    app.template_filter("with_unit")(quantity.say_with_unit)
    app.template_global("unit_after")(quantity.unit_after)
    app.template_filter("number")(say_number)
    app.template_filter("say")(say)
    app.template_global("csp_nonce")(csp_nonce)
    app.template_global("asset")(asset)
    app.template_global("csrf_token")(generate_csrf)
    app.context_processor(_context)
    app.before_request(_refuse_nul)
    app.after_request(_secure)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _refuse_nul() -> None:
    if "\0" in request.path or any("\0" in text for texts in request.args.listvalues() for text in texts):
        abort(400)


def _context() -> dict[str, Any]:
    return {
        "signed_in": current_user._get_current_object() if current_user.is_authenticated else None,
        "version": __version__,
    }


def say_date(day: date) -> str:
    """A date in words: 3 April 2026."""
    return str(format_date(day, "d MMMM y", rebase=False))


def say_month(day: date) -> str:
    """The month of a date in words: April 2022."""
    return str(format_date(day, "MMMM y", rebase=False))


def say_datetime(moment: datetime) -> str:
    """A moment as London clocks show it: 3 April 2026 at 2:05pm."""
    local = moment.astimezone(LONDON)
    clock = f"{local.hour % 12 or 12}:{local.minute:02d}{'am' if local.hour < 12 else 'pm'}"
    return str(gettext("%(day)s at %(clock)s", day=say_date(local.date()), clock=clock))


def say_number(number: int | Decimal) -> str:
    """An exact number with thousands separators."""
    return f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"


def csp_nonce() -> str:
    """The nonce of this response's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


@cache
def _manifest(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "dist" / "manifest.json").read_text()))


def asset(name: str) -> str:
    """The address of a built file, whose name changes with its content."""
    manifest = _manifest(Path(str(current_app.static_folder)))
    return url_for("static", filename=f"dist/{manifest[name]}")


def _secure(response: Response) -> Response:
    nonce = csp_nonce()
    host = request.host
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; "
        f"font-src 'self'; style-src 'self'; script-src 'self' 'nonce-{nonce}'; manifest-src 'self'; "
        f"connect-src 'self' ws://{host} wss://{host}",
    )
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _domain_error(error: DomainError) -> tuple[str, int]:
    who = say(error.who) if isinstance(error, NotAllowed) and error.who else None
    return _page(error.status, message=say(error), who=who)


def _http_error(error: HTTPException) -> tuple[str, int, dict[str, str]] | Response:
    code = error.code or 500
    if code < 400:
        return error.get_response()  # type: ignore[return-value]
    message = (
        str(gettext("The page is too old. Go back, reload it and try again")) if isinstance(error, CSRFError) else None
    )
    # What the error says beside its page, such as Retry-After.
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return (*_page(code, message=message), headers)


def _unexpected(error: Exception) -> tuple[str, int]:
    reference = secrets.token_hex(4).upper()
    logging.getLogger(__name__).error("request failed, reference %s", reference, exc_info=error)
    if current_app.config["TESTING"]:
        raise error
    g._login_user = AnonymousUserMixin()  # The page must not ask a database that may be what failed.
    return _page(500, reference=reference)


def _page(status: int, **values: Any) -> tuple[str, int]:
    shown = status if status in PAGES else 500 if status >= 500 else 400
    template = {401: 403, 405: 404, 422: 400}.get(shown, shown)
    return render_template(f"errors/{template}.html", status=status, **values), status
