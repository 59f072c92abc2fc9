"""Rate limits on sign-in, mail and expensive reads, for each address."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

if TYPE_CHECKING:
    from limits.strategies import FixedWindowRateLimiter

View = TypeVar("View", bound=Callable[..., Any])

SIGN_IN = "20 per minute"
MAIL = "10 per minute"
EXPENSIVE = "60 per minute"
SUGGESTIONS = "300 per minute"


def believe_proxies(app: Flask, count: int) -> None:
    """Take an address, and whether it was encrypted, from the last `count` proxies; whatever a browser adds is not."""
    if count:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def limited(limit: str, *, methods: Sequence[str] = ("GET", "HEAD", "POST")) -> Callable[[View], View]:
    """Let one address ask a view no more than `limit`, such as "20 per minute", counting these methods only."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            if request.method in methods and current_app.config["RATELIMIT_ENABLED"]:
                _count(limit)
            return view(*args, **kwargs)

        return cast(View, counted)

    return decorate


def _count(limit: str) -> None:
    from limits import parse

    item = parse(limit)
    if not counter(current_app).hit(item, str(request.endpoint), str(request.remote_addr)):
        raise TooManyRequests(retry_after=item.get_expiry())


def counter(app: Flask) -> "FixedWindowRateLimiter":
    """What counts for `app`, in Redis where there is one: made when first used, because it is slow to import."""
    if "limits" not in app.extensions:
        from limits.storage import storage_from_string
        from limits.strategies import FixedWindowRateLimiter

        storage = storage_from_string(app.config["RATELIMIT_STORAGE_URI"])
        app.extensions["limits"] = FixedWindowRateLimiter(storage)
    strategy: FixedWindowRateLimiter = app.extensions["limits"]
    return strategy
