"""One's own account: password, second factor, where one is signed in."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity import commands, queries
from commonpurse.identity.forms import ChangePasswordForm, ConfirmPasswordForm, SecondFactorForm
from commonpurse.identity.rules import passwords, second_factor
from commonpurse.identity.views.blueprint import blueprint, matched_own_password
from commonpurse.identity.views.entrance import leave
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.limits import SIGN_IN, limited


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Everything about one's own account."""
    return render_template("identity/account.html", page=_page())


@blueprint.route("/account/password", methods=["GET", "POST"])
@limited(SIGN_IN, methods=["POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    """Choose a new password."""
    form = ChangePasswordForm().of(current_user.email, (name for _, name in current_user.organisations))
    if form.validate_on_submit():
        matched = matched_own_password(form.values()["current_password"])
        password_hash = passwords.hash_password(form.values()["new_password"])
        try:
            with transaction() as database:
                commands.change_password(
                    database,
                    current_actor(),
                    matched=matched,
                    password_hash=password_hash,
                    token=current_user.token,
                    now=datetime.now(UTC),
                )
        except Refused as error:
            form.show(error)
        else:
            flash(gettext("Your password is changed, and you are signed out of every other browser."), "success")
            return redirect(url_for(".account"))
    return render_template("identity/change_password.html", form=form)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@limited(SIGN_IN, methods=["POST"])
@signed_in
def set_up_second_factor() -> ResponseReturnValue:
    """Ask for the password, show a key, and ask for a code that proves the app has it.

    The key is shown in answers to posts only, so that it is in no history and under no address.
    """
    if request.method == "POST" and "code" in request.form:
        return _confirm_second_factor()
    form = ConfirmPasswordForm()
    if form.validate_on_submit():
        matched = matched_own_password(form.values()["current_password"])
        try:
            with transaction() as database:
                commands.begin_second_factor(database, current_actor(), matched=matched)
        except Refused as error:
            form.show(error)
        else:
            return _show_key(SecondFactorForm(formdata=None))
    return render_template("identity/set_up_second_factor.html", form=form, page=_page())


@blueprint.route("/account/second-factor/remove", methods=["GET", "POST"])
@limited(SIGN_IN, methods=["POST"])
@signed_in
def remove_second_factor() -> ResponseReturnValue:
    """Go back to the password alone."""
    form = ConfirmPasswordForm()
    if form.validate_on_submit():
        matched = matched_own_password(form.values()["current_password"])
        try:
            with transaction() as database:
                commands.remove_second_factor(database, current_actor(), matched=matched, now=datetime.now(UTC))
        except Refused as error:
            form.show(error)
        else:
            flash(gettext("Your second factor is removed."), "success")
            return redirect(url_for(".account"))
    return render_template("identity/remove_second_factor.html", form=form)


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@limited(SIGN_IN, methods=["POST"])
@signed_in
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them once."""
    form = ConfirmPasswordForm()
    if form.validate_on_submit():
        matched = matched_own_password(form.values()["current_password"])
        try:
            with transaction() as database:
                codes = commands.renew_recovery_codes(database, current_actor(), matched=matched, now=datetime.now(UTC))
        except Refused as error:
            form.show(error)
        else:
            return render_template("identity/recovery_codes.html", codes=codes, is_renewed=True)
    return render_template("identity/renew_recovery_codes.html", form=form, page=_page())


@blueprint.post("/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """End every sign-in, this one too."""
    with transaction() as database:
        commands.sign_out_everywhere(database, current_actor(), now=datetime.now(UTC))
    leave()
    flash(gettext("You are signed out everywhere."), "success")
    return redirect(url_for(".sign_in"))


def _confirm_second_factor() -> ResponseReturnValue:
    form = SecondFactorForm()
    if form.validate_on_submit():
        try:
            with transaction() as database:
                codes = commands.confirm_second_factor(
                    database, current_actor(), code=form.values()["code"], now=datetime.now(UTC)
                )
        except Refused as error:
            form.show(error)
        else:
            return render_template("identity/recovery_codes.html", codes=codes, is_renewed=False)
    return _show_key(form)


def _show_key(form: SecondFactorForm) -> ResponseReturnValue:
    import segno

    page = _page()
    if page.pending_secret is None:
        return redirect(url_for(".set_up_second_factor"))
    return render_template(
        "identity/confirm_second_factor.html",
        form=form,
        key=second_factor.in_groups(page.pending_secret),
        picture=segno.make(second_factor.address(page.pending_secret, page.email)).svg_inline(
            scale=5, light="#ffffff", title=gettext("QR code of the key")
        ),
    )


def _page() -> queries.AccountPage:
    with reading() as database:
        return queries.account_page(database, current_actor(), token=current_user.token, now=datetime.now(UTC))
