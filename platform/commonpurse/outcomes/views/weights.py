"""The page of the weights that bodies agreed, and dividing anew what rests on those that were replaced."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import SubmitField

from commonpurse.core.errors import Refused
from commonpurse.core.tabular import Cell, write_csv
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes import commands
from commonpurse.outcomes.queries.weights import WeightsPage, weights_page
from commonpurse.outcomes.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.form import Form
from commonpurse.web.limits import EXPENSIVE, limited
from commonpurse.web.pages import LONDON


class DivideAnewForm(Form):
    """The button that divides splits anew."""

    submit = SubmitField(_l("Divide these splits again"))


@blueprint.get("/weights")
@signed_in
def weights(consortium_id: UUID) -> ResponseReturnValue:
    """Every version of the weights the bodies agreed, and what rests on it."""
    return _weights(consortium_id, DivideAnewForm(formdata=None))


@blueprint.post("/weights/splits")
@limited(EXPENSIVE)
@signed_in
def divide_anew(consortium_id: UUID) -> ResponseReturnValue:
    """Divide by the weights in force what was divided by others."""
    form = DivideAnewForm()
    if form.validate():
        try:
            with transaction() as session:
                actor, now = current_actor(), datetime.now(UTC)
                posted = commands.divide_anew(session, actor, consortium_id=consortium_id, now=now)
        except Refused as error:
            form.show(error)
        else:
            flash(ngettext("%(num)s split posted", "%(num)s splits posted", len(posted)), "success")
            return redirect(url_for(".weights", consortium_id=consortium_id))
    return _weights(consortium_id, form)


def _page(consortium_id: UUID) -> WeightsPage:
    with reading() as session:
        return weights_page(session, current_actor(), consortium_id)


def _weights(consortium_id: UUID, form: DivideAnewForm) -> str:
    return render_template("outcomes/weights.html", page=_page(consortium_id), form=form)


@blueprint.get("/weights.csv")
@signed_in
def weights_csv(consortium_id: UUID) -> ResponseReturnValue:
    """The same as a file: a row for each version and body."""
    page = _page(consortium_id)
    heads = [_("Basis"), _("Unit"), _("From"), _("Body"), _("Number"), _("Source"), _("Agreed on"), _("Splits")]
    rows: list[list[Cell]] = [
        [
            version.basis,
            version.unit,
            version.effective_from.isoformat(),
            body,
            number,
            version.source,
            version.agreed_at.astimezone(LONDON).date().isoformat(),
            version.splits,
        ]
        for version in page.versions
        for body, number in zip(page.bodies, version.numbers, strict=True)
        if number is not None
    ]
    return Response(
        write_csv(heads, rows),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=weights.csv"},
    )
