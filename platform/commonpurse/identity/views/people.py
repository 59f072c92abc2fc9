"""Pages on which administrators say who works for their organisation."""

from datetime import UTC, datetime
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from commonpurse.core.errors import Refused, Stale
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity import commands, queries
from commonpurse.identity.forms import ChangeRolesForm, EndMembershipForm, InvitePersonForm
from commonpurse.identity.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.form import say
from commonpurse.web.limits import MAIL, limited


@blueprint.route("/organisations/<uuid:organisation_id>/invite", methods=["GET", "POST"])
@limited(MAIL, methods=["POST"])
@signed_in
def invite_person(organisation_id: UUID) -> ResponseReturnValue:
    """Send somebody a link with which they join."""
    form = InvitePersonForm()
    if form.validate_on_submit():
        try:
            with transaction() as database:
                commands.invite_person(
                    database, current_actor(), organisation_id=organisation_id, **form.values(), now=datetime.now(UTC)
                )
        except Refused as error:
            form.show(error)
        else:
            flash(gettext("The invitation to %(email)s is on its way.", email=form.values()["email"]), "success")
            return redirect(url_for(".show_organisation", organisation_id=organisation_id))
    with reading() as database:
        organisation = queries.managed_organisation(database, current_actor(), organisation_id)
    return render_template("identity/invite_person.html", form=form, organisation=organisation)


@blueprint.post("/organisations/<uuid:organisation_id>/invitations/<uuid:link_id>/withdraw")
@signed_in
def withdraw_invitation(organisation_id: UUID, link_id: UUID) -> ResponseReturnValue:
    """Make an invitation's link useless."""
    with transaction() as database:
        commands.withdraw_invitation(
            database, current_actor(), organisation_id=organisation_id, link_id=link_id, now=datetime.now(UTC)
        )
    flash(gettext("The invitation is withdrawn."), "success")
    return redirect(url_for(".show_organisation", organisation_id=organisation_id))


@blueprint.route("/organisations/<uuid:organisation_id>/people/<uuid:person_id>", methods=["GET", "POST"])
@signed_in
def change_roles(organisation_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Give a member other roles."""
    with reading() as database:
        page = queries.roles_page(database, current_actor(), organisation_id=organisation_id, person_id=person_id)
    form = ChangeRolesForm(roles=list(page.roles), seen_version=page.version)
    if form.validate_on_submit():
        try:
            with transaction() as database:
                commands.change_roles(
                    database,
                    current_actor(),
                    organisation_id=organisation_id,
                    person_id=person_id,
                    **form.values(),
                    now=datetime.now(UTC),
                )
        except Refused as error:
            form.show(error)
        except Stale as error:
            flash(say(error))
            return redirect(url_for(".change_roles", organisation_id=organisation_id, person_id=person_id))
        else:
            flash(gettext("The roles of %(person)s are saved.", person=page.label), "success")
            return redirect(url_for(".show_organisation", organisation_id=organisation_id))
    return render_template("identity/change_roles.html", form=form, page=page)


@blueprint.route("/organisations/<uuid:organisation_id>/people/<uuid:person_id>/end", methods=["GET", "POST"])
@signed_in
def end_membership(organisation_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Say that a person no longer works for the organisation."""
    with reading() as database:
        page = queries.roles_page(database, current_actor(), organisation_id=organisation_id, person_id=person_id)
    form = EndMembershipForm(seen_version=page.version)
    if form.validate_on_submit():
        try:
            with transaction() as database:
                commands.end_membership(
                    database,
                    current_actor(),
                    organisation_id=organisation_id,
                    person_id=person_id,
                    **form.values(),
                    now=datetime.now(UTC),
                )
        except Refused as error:
            form.show(error)
        except Stale as error:
            flash(say(error))
            return redirect(url_for(".end_membership", organisation_id=organisation_id, person_id=person_id))
        else:
            flash(gettext("%(person)s no longer works for %(name)s.", person=page.label, name=page.organisation_name))
            return redirect(url_for(".show_organisation", organisation_id=organisation_id))
    return render_template("identity/end_membership.html", form=form, page=page)
