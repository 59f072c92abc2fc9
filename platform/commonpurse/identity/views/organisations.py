"""Pages of organisations."""

from datetime import UTC, datetime
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.identity import commands, queries
from commonpurse.identity.forms import KIND_WORDS, AddIdentifierForm, RegisterOrganisationForm
from commonpurse.identity.rules import addresses
from commonpurse.identity.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.limits import EXPENSIVE, SUGGESTIONS, limited


@blueprint.get("/organisations")
@signed_in
def list_organisations() -> ResponseReturnValue:
    """Search all organisations."""
    q, kind = addresses.one_line(request.args.get("q", ""))[:100], request.args.get("kind", "")
    number = request.args.get("page", 1, type=int)
    with reading() as database:
        page = queries.list_organisations(database, current_actor(), q=q, kind=kind, page=number)
    return render_template("identity/list_organisations.html", page=page, q=q, kind=kind if kind in KIND_WORDS else "")


@blueprint.get("/organisations.json")
@limited(SUGGESTIONS)
@signed_in
def organisations_json() -> ResponseReturnValue:
    """Public bodies whose name matches `q`, as value and label."""
    with reading() as database:
        found = queries.list_public_bodies(database, q=addresses.one_line(request.args.get("q", ""))[:100], limit=10)
    return jsonify([{"value": str(body.id), "label": body.name} for body in found])


@blueprint.get("/organisations/<uuid:organisation_id>")
@signed_in
def show_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """What is known of an organisation; its own people see who works for it."""
    with reading() as database:
        page = queries.organisation_page(database, current_actor(), organisation_id, now=datetime.now(UTC))
    return render_template("identity/show_organisation.html", page=page)


@blueprint.route("/organisations/register", methods=["GET", "POST"])
@limited(EXPENSIVE, methods=["POST"])
@signed_in
def register_organisation() -> ResponseReturnValue:
    """Register an organisation and become its administrator."""
    form = RegisterOrganisationForm()
    if form.is_submitted() and _is_fit(form):
        now = datetime.now(UTC)
        try:
            with transaction() as database:
                made = commands.register_organisation(database, current_actor(), **form.values(), now=now)
                commands.switch_organisation(
                    database, current_actor(), token=current_user.token, organisation_id=made, now=now
                )
        except Refused as error:
            form.show(error)
        else:
            flash(gettext("%(name)s is registered. You are its administrator.", name=form.values()["name"]), "success")
            return redirect(url_for(".show_organisation", organisation_id=made))
    return render_template("identity/register_organisation.html", form=form)


@blueprint.route("/organisations/<uuid:organisation_id>/numbers", methods=["GET", "POST"])
@signed_in
def add_identifier(organisation_id: UUID) -> ResponseReturnValue:
    """Add the organisation's number in another public scheme."""
    form = AddIdentifierForm()
    if form.validate_on_submit():
        try:
            with transaction() as database:
                commands.add_identifier(
                    database, current_actor(), organisation_id=organisation_id, **form.values(), now=datetime.now(UTC)
                )
        except Refused as error:
            form.show(error)
        else:
            flash(gettext("The number is added."), "success")
            return redirect(url_for(".show_organisation", organisation_id=organisation_id))
    with reading() as database:
        page = queries.managed_organisation(database, current_actor(), organisation_id)
    return render_template("identity/add_identifier.html", form=form, organisation=page)


def _is_fit(form: RegisterOrganisationForm) -> bool:
    """Check a registration by its shape and by what is known already, and show all that is wrong at once."""
    form.validate()
    typed = {name: form.values()[name] for name in ("name", "area_gss", "identifiers")}
    with reading() as database:
        faults = commands.registration_faults(database, **typed)
    for fault in faults:
        if fault.field not in form.errors:
            form.show(fault)
    return not form.errors
