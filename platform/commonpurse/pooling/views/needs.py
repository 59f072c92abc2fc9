"""Pages of what the bodies of a consortium need."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from commonpurse.core.transaction import reading
from commonpurse.pooling import commands, queries
from commonpurse.pooling.forms import EditNeedForm, NeedForm, RemoveNeedForm
from commonpurse.pooling.views.blueprint import blueprint, done, download, now
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.limits import EXPENSIVE, limited


@blueprint.get("/consortia/<uuid:consortium_id>/needs")
@signed_in
def needs(consortium_id: UUID) -> ResponseReturnValue:
    """The pooled need: what adds up, what cannot be added, and every line."""
    with reading() as session:
        page = queries.needs_page(session, current_actor(), consortium_id)
    return render_template("pooling/needs.html", page=page)


@blueprint.get("/consortia/<uuid:consortium_id>/needs/download/<any(csv, xlsx):kind>")
@limited(EXPENSIVE)
@signed_in
def export_needs(consortium_id: UUID, kind: str) -> ResponseReturnValue:
    """The pooled table as a file."""
    with reading() as session:
        page = queries.needs_page(session, current_actor(), consortium_id)
    bodies = [name for _, name in page.bodies]
    kinds = {False: gettext("Need"), True: gettext("Subtotal of the category")}
    headers = [gettext("Row"), gettext("CPV code"), gettext("Category"), gettext("What is needed"), gettext("Unit")]
    rows = [
        (
            kinds[row.is_subtotal],
            row.category_code,
            row.category,
            row.description or None,
            row.unit,
            *row.amounts,
            row.total,
        )
        for row in page.rows
    ]
    return download("pooled-need", gettext("Pooled need"), [*headers, *bodies, gettext("Total")], rows, kind)


def _is_right(form: NeedForm) -> bool:
    """Whether the form was sent without a fault; else every fault is said, those of the form and of the rules."""
    if not form.is_submitted():
        return False
    is_valid = form.validate()
    with reading() as session:
        faults = commands.requirement_faults(session, form.values())
    for fault in faults:
        if fault.field not in form.errors:
            form.show(fault)
    return is_valid and not faults


@blueprint.route("/consortia/<uuid:consortium_id>/needs/add", methods=["GET", "POST"])
@signed_in
def add_need(consortium_id: UUID) -> ResponseReturnValue:
    """Say what one's own body needs."""
    form = NeedForm()
    keys: dict[str, Any] = {"consortium_id": consortium_id, "now": now()}
    if _is_right(form) and done(
        form, lambda session: commands.add_requirement(session, current_actor(), **keys, **form.values())
    ):
        flash(gettext("The line is stored."), "success")
        return redirect(url_for(".needs", consortium_id=consortium_id))
    with reading() as session:
        page = queries.needs_page(session, current_actor(), consortium_id)
    return render_template("pooling/add_need.html", page=page, form=form)


@blueprint.route("/consortia/<uuid:consortium_id>/needs/<uuid:line_id>/edit", methods=["GET", "POST"])
@signed_in
def edit_need(consortium_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Change a line of one's own body."""
    with reading() as session:
        consortium, line = queries.need_page(session, current_actor(), consortium_id, line_id)
    form = EditNeedForm(obj=line, seen_version=line.version)
    keys: dict[str, Any] = {"consortium_id": consortium_id, "line_id": line_id, "now": now()}
    if _is_right(form) and done(
        form, lambda session: commands.change_requirement(session, current_actor(), **keys, **form.values())
    ):
        flash(gettext("The line is changed."), "success")
        return redirect(url_for(".needs", consortium_id=consortium_id))
    return render_template(
        "pooling/edit_need.html", consortium=consortium, consortium_id=consortium_id, line=line, form=form
    )


@blueprint.route("/consortia/<uuid:consortium_id>/needs/<uuid:line_id>/remove", methods=["GET", "POST"])
@signed_in
def remove_need(consortium_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Take a line of one's own body away, with the reason."""
    with reading() as session:
        consortium, line = queries.need_page(session, current_actor(), consortium_id, line_id)
    form = RemoveNeedForm(seen_version=line.version)
    keys: dict[str, Any] = {"consortium_id": consortium_id, "line_id": line_id, "now": now()}
    if form.validate_on_submit() and done(
        form, lambda session: commands.remove_requirement(session, current_actor(), **keys, **form.values())
    ):
        flash(gettext("The line is removed."), "success")
        return redirect(url_for(".needs", consortium_id=consortium_id))
    return render_template(
        "pooling/remove_need.html", consortium=consortium, consortium_id=consortium_id, line=line, form=form
    )
