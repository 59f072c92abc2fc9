"""Who asks: every view says whether it is public, and commands ask their policy for the rest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from flask import Flask, abort, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from commonpurse.core.actor import VISITOR, Actor

P = ParamSpec("P")
R = TypeVar("R")

login_manager = LoginManager()


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The person of this request, as the pages show them."""

    token: str
    actor: Actor
    label: str
    email: str
    organisation_id: UUID | None
    organisation_name: str
    organisations: tuple[tuple[UUID, str], ...] = ()
    roles: frozenset[str] = field(default_factory=frozenset)
    sign_in_id: UUID | None = None

    def get_id(self) -> str:
        """The token of the sign-in, which the cookie holds."""
        return self.token


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody may open this page; its query decides what they see."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Visitors are sent to sign in first; policies decide the rest."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            if request.method != "GET":
                abort(401)
            return cast(R, redirect(url_for("identity.sign_in", next=request.full_path.rstrip("?"))))
        return view(*args, **kwargs)

    guarded.access = "signed_in"  # type: ignore[attr-defined]
    return guarded


def current_actor() -> Actor:
    """The actor of this request or socket message; a visitor where nobody is signed in."""
    return cast(Actor, current_user.actor) if current_user.is_authenticated else VISITOR


def refuse_unmarked_views(app: Flask) -> None:
    """Raise RuntimeError for a route that does not say who may open it: deny unless allowed."""
    unmarked = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and getattr(view, "access", None) not in {"public", "signed_in"}
    ]
    if unmarked:
        raise RuntimeError(f"views without @public or @signed_in: {', '.join(sorted(unmarked))}")


def register_loader(load: Callable[[str], Any]) -> None:
    """How a sign-in's token becomes a SignedIn, or None."""
    login_manager.user_loader(load)
