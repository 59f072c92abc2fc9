"""Pages about frameworks, measures and unit values. What is published may be read by anybody."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.measures import commands, queries
from commonpurse.measures.forms import AddMeasureForm, ChooseModelForm
from commonpurse.measures.rules import select_model
from commonpurse.web.access import current_actor, public, signed_in

blueprint = Blueprint("measures", __name__, url_prefix="/measures")


@blueprint.get("/")
@public
def list_frameworks() -> ResponseReturnValue:
    """Every edition of every framework, and one's own measures."""
    with reading() as session:
        page = queries.frameworks_page(session, current_actor())
    return render_template("measures/list_frameworks.html", page=page)


@blueprint.get("/frameworks/<uuid:framework_version_id>")
@public
def show_framework(framework_version_id: UUID) -> ResponseReturnValue:
    """One edition as a tree with its measures."""
    with reading() as session:
        page = queries.framework_page(session, framework_version_id)
    return render_template("measures/show_framework.html", page=page)


@blueprint.get("/<uuid:measure_id>")
@public
def show_measure(measure_id: UUID) -> ResponseReturnValue:
    """One measure: unit, smallest unit, where it comes from."""
    with reading() as session:
        queries.get_measure(session, current_actor(), measure_id)
        measure = queries.measures_by_id(session, [measure_id])[measure_id]
    return render_template("measures/show_measure.html", measure=measure)


@blueprint.get("/unit-values")
@public
def list_unit_values() -> ResponseReturnValue:
    """Open unit values with price year, source and status."""
    family = request.args.get("family", "")
    with reading() as session:
        page = queries.unit_values_page(session, family=family, number=request.args.get("page", 1, type=int))
    return render_template("measures/list_unit_values.html", page=page)


@blueprint.get("/model")
@public
def choose_model() -> ResponseReturnValue:
    """Which Social Value Model a procurement must or may use, with the rule quoted."""
    form = ChooseModelForm(request.args)
    selection = None
    if request.args and form.validate():
        with reading() as session:
            rules = queries.model_rules(session)
        selection = select_model(rules, **form.values())
    return render_template("measures/choose_model.html", form=form, selection=selection)


@blueprint.route("/add", methods=["GET", "POST"])
@signed_in
def add_measure() -> ResponseReturnValue:
    """Add a measure of one's own organisation."""
    with reading() as session:
        queries.adding_body(session, current_actor())
    form = AddMeasureForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                commands.add_measure(session, current_actor(), **form.values())
        except Refused as error:
            form.show(error)
        else:
            flash(_("Measure added"), "success")
            return redirect(url_for(".list_frameworks"))
    return render_template("measures/add_measure.html", form=form)
