"""Signing in and out, and choosing for whom to work."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from commonpurse.calc.sentence import message
from commonpurse.core.errors import NotFound, Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity import commands, queries
from commonpurse.identity.forms import SecondFactorForm, SignInForm
from commonpurse.identity.rules import addresses, passwords
from commonpurse.identity.views.blueprint import blueprint, browser_of_request, enter
from commonpurse.web.access import current_actor, public, signed_in
from commonpurse.web.limits import SIGN_IN, limited

HOME = "/"
CODE_WITHIN = timedelta(minutes=10)
"""How long after the password a code is accepted."""

WRONG = message(
    "The email address or password is not right. After 10 wrong tries nobody can sign in to an account for 15 minutes"
)
WRONG_CODE = message("The code is not right or was used before. Wait for the next one, or use a recovery code")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limited(SIGN_IN, methods=["POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail address and password."""
    onward = addresses.own_path(request.args.get("next"), otherwise=HOME)
    if current_user.is_authenticated and request.method == "GET":
        return redirect(onward)
    form = SignInForm()
    if form.validate_on_submit():
        attempt = _try_password(form.values()["email"], form.values()["password"])
        if attempt.token is not None:
            return _go_on(attempt.token, onward)
        if attempt.asks_code_of is not None:
            session.clear()
            session["asks_code"] = {
                "person_id": str(attempt.asks_code_of),
                "at": datetime.now(UTC).isoformat(),
                "next": onward,
            }
            return redirect(url_for(".second_factor"))
        form.show(Refused(WRONG, field="password"))
    return render_template("identity/sign_in.html", form=form)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@limited(SIGN_IN, methods=["POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Ask for a code from the person whose password was right a moment ago."""
    asked = session.get("asks_code")
    now = datetime.now(UTC)
    if asked is None or now - datetime.fromisoformat(asked["at"]) > CODE_WITHIN:
        session.pop("asks_code", None)
        return redirect(url_for(".sign_in"))
    form = SecondFactorForm()
    if form.validate_on_submit():
        with transaction() as database:
            attempt = commands.try_code(
                database,
                person_id=UUID(asked["person_id"]),
                code=form.values()["code"],
                browser=browser_of_request(),
                now=now,
            )
        if attempt.token is not None:
            return _go_on(attempt.token, addresses.own_path(asked["next"], otherwise=HOME))
        form.show(Refused(WRONG_CODE, field="code"))
    return render_template("identity/second_factor.html", form=form)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in."""
    with transaction() as database:
        commands.sign_out(database, current_actor(), token=current_user.token, now=datetime.now(UTC))
    leave()
    return redirect(url_for(".sign_in"))


@blueprint.post("/organisations/switch")
@signed_in
def switch_organisation() -> ResponseReturnValue:
    """Work for another of one's organisations, and go back to the page."""
    try:
        chosen = UUID(request.form.get("organisation_id", ""))
    except ValueError as error:
        raise NotFound("You do not work for this organisation") from error
    with transaction() as database:
        commands.switch_organisation(
            database, current_actor(), token=current_user.token, organisation_id=chosen, now=datetime.now(UTC)
        )
    asked = request.form.get("next") or addresses.path_of(request.referrer, request.host)
    return redirect(addresses.own_path(asked, otherwise=HOME))


@blueprint.get("/organisations/choose")
@signed_in
def choose_organisation() -> ResponseReturnValue:
    """For whom to work, for people who belong to several organisations or to none."""
    return render_template("identity/choose_organisation.html")


def leave() -> None:
    """Forget the person and everything of the session."""
    logout_user()
    session.clear()


def _try_password(email: str, password: str) -> commands.Attempt:
    with reading() as database:
        stored = queries.find_credentials(database, email).password_hash
    is_right = passwords.matches(stored, password)
    renewed = passwords.hash_password(password) if is_right and stored and passwords.is_outdated(stored) else None
    with transaction() as database:
        return commands.try_password(
            database,
            email=email,
            matched=stored if is_right else None,
            renewed=renewed,
            browser=browser_of_request(),
            now=datetime.now(UTC),
        )


def _go_on(token: str, onward: str) -> ResponseReturnValue:
    person = enter(token)
    if person.organisation_id is None and onward == HOME:
        return redirect(url_for(".choose_organisation"))
    return redirect(onward)
