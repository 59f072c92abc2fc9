"""Pages that links in letters lead to, and the page that sends such a letter."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity import commands, queries
from commonpurse.identity.forms import ForgottenPasswordForm, JoinForm, NewAccountForm, ResetPasswordForm
from commonpurse.identity.rules import passwords
from commonpurse.identity.views.blueprint import blueprint, browser_of_request, enter
from commonpurse.identity.views.entrance import leave
from commonpurse.web.access import current_actor, public
from commonpurse.web.limits import MAIL, SIGN_IN, limited


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@limited(MAIL, methods=["POST"])
@public
def forgotten_password() -> ResponseReturnValue:
    """Send a link to choose a new password; the answer is the same whether the address has an account or not."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        with transaction() as database:
            commands.ask_for_password_reset(database, email=form.values()["email"])
        return render_template("identity/forgotten_password_sent.html", email=form.values()["email"])
    return render_template("identity/forgotten_password.html", form=form)


@blueprint.route("/reset-password/<token>", methods=["GET", "POST"])
@limited(SIGN_IN)
@public
def reset_password(token: str) -> ResponseReturnValue:
    """Choose a new password."""
    form = ResetPasswordForm()
    try:
        with reading() as database:
            page = queries.reset_page(database, token, now=datetime.now(UTC))
        if form.of(page.email, page.organisations).validate_on_submit():
            password_hash = passwords.hash_password(form.values()["new_password"])
            with transaction() as database:
                commands.reset_password(database, token=token, password_hash=password_hash, now=datetime.now(UTC))
            leave()
            flash(gettext("Your new password is saved. Sign in with it."), "success")
            return redirect(url_for(".sign_in"))
    except Refused:
        return render_template("identity/link_over.html", is_invitation=False), 410
    return render_template("identity/reset_password.html", form=form, page=page)


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@limited(SIGN_IN)
@public
def accept_invitation(token: str) -> ResponseReturnValue:
    """Join: with a new account, or with the one that has the invited address."""
    try:
        with reading() as database:
            page = queries.invitation_page(database, token, now=datetime.now(UTC))
    except Refused:
        return render_template("identity/link_over.html", is_invitation=True), 410
    if current_user.is_authenticated or page.has_account:
        return _join(token, page)
    form = NewAccountForm(label=page.label).of(page.email, page.organisations)
    if form.validate_on_submit():
        password_hash = passwords.hash_password(form.values()["new_password"])
        now = datetime.now(UTC)
        try:
            with transaction() as database:
                person_id = commands.accept_as_new(
                    database, token=token, label=form.values()["label"], password_hash=password_hash, now=now
                )
                attempt = commands.enter_new_account(
                    database, person_id=person_id, browser=browser_of_request(), now=now
                )
        except Refused as error:
            form.show(error)
        else:
            return _welcome(str(attempt.token), page)
    return render_template("identity/accept_invitation.html", form=form, page=page)


def _join(token: str, page: queries.LinkPage) -> ResponseReturnValue:
    is_theirs = current_user.is_authenticated and current_user.email == page.email
    form = JoinForm()
    if is_theirs and form.validate_on_submit():
        now = datetime.now(UTC)
        try:
            with transaction() as database:
                joined = commands.accept_as_self(database, current_actor(), token=token, now=now)
                if joined is not None:
                    commands.switch_organisation(
                        database, current_actor(), token=current_user.token, organisation_id=joined, now=now
                    )
        except Refused as error:
            form.show(error)
        else:
            return _welcome(current_user.token, page)
    return render_template("identity/join.html", form=form, page=page, is_theirs=is_theirs)


def _welcome(token: str, page: queries.LinkPage) -> ResponseReturnValue:
    person = enter(token)
    if not page.organisation_name:
        return redirect(url_for(".choose_organisation"))
    flash(gettext("You now work for %(organisation)s.", organisation=page.organisation_name), "success")
    return redirect(url_for(".show_organisation", organisation_id=person.organisation_id))
