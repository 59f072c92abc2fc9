"""Signing in and out."""

from flask import render_template
from flask.typing import ResponseReturnValue

from commonpurse.identity.views.blueprint import blueprint
from commonpurse.web.access import public, signed_in


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail address and password."""
    return render_template("identity/sign_in.html")


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in."""
    return "", 204


@blueprint.post("/organisations/switch")
@signed_in
def switch_organisation() -> ResponseReturnValue:
    """Work for another of one's organisations."""
    return "", 204
