"""Pages of files of lines: the template, the check, and the answer to it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from commonpurse.calc.sentence import Sentence
from commonpurse.calc.units import UNITS
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core.errors import Refused
from commonpurse.core.transaction import reading, transaction
from commonpurse.pooling import commands, queries
from commonpurse.pooling.forms import AnswerUploadForm, UploadForm
from commonpurse.pooling.queries import UploadPage
from commonpurse.pooling.rules import templates
from commonpurse.pooling.rules.years import say_financial_year
from commonpurse.pooling.views.blueprint import blueprint, download, filename_of, now
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.form import say
from commonpurse.web.limits import EXPENSIVE, limited
from commonpurse.web.pages import say_date

TEMPLATES = {"requirements": templates.REQUIREMENTS, "budget": templates.BUDGET}
TABLES = {"requirements": ".needs", "budget": ".budget"}


@blueprint.get("/consortia/<uuid:consortium_id>/<any(requirements, budget):kind>/template/<any(csv, xlsx):format>")
@signed_in
def template(consortium_id: UUID, kind: str, format: str) -> ResponseReturnValue:  # noqa: A002 - the address says so
    """An empty file with the headings."""
    with reading() as session:
        get_joined_consortium(session, current_actor(), consortium_id)
    return download(f"{kind}-template", gettext("To fill in"), TEMPLATES[kind].headers, [], format)


@blueprint.route("/consortia/<uuid:consortium_id>/<any(requirements, budget):kind>/upload", methods=["GET", "POST"])
@limited(EXPENSIVE)
@signed_in
def upload(consortium_id: UUID, kind: str) -> ResponseReturnValue:
    """Have a file of lines checked; nothing of it is stored yet."""
    form = UploadForm()
    if form.validate_on_submit():
        file = form.file.data
        try:
            with transaction() as session:
                upload_id = commands.check_upload(
                    session,
                    current_actor(),
                    consortium_id=consortium_id,
                    kind=kind,
                    filename=filename_of(file),
                    content=file.read(),
                    now=now(),
                )
        except Refused as error:
            form.show(error)
        else:
            return redirect(url_for(".show_upload", consortium_id=consortium_id, upload_id=upload_id))
    with reading() as session:
        page = queries.uploads_page(session, current_actor(), consortium_id, kind)
    return render_template(
        "pooling/upload.html",
        page=page,
        kind=kind,
        filled=TEMPLATES[kind],
        back=TABLES[kind],
        form=form,
        units=[unit.code for unit in UNITS],
    )


@blueprint.route("/consortia/<uuid:consortium_id>/uploads/<uuid:upload_id>", methods=["GET", "POST"])
@signed_in
def show_upload(consortium_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """A checked file row by row; a post stores its right rows."""
    with reading() as session:
        page = queries.upload_page(session, current_actor(), consortium_id, upload_id)
    form = AnswerUploadForm(seen_version=page.version)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                stored = commands.store_upload(
                    session,
                    current_actor(),
                    consortium_id=consortium_id,
                    upload_id=upload_id,
                    now=now(),
                    **form.values(),
                )
        except Refused as error:
            form.show(error)
        else:
            flash(ngettext("%(num)s row is stored.", "%(num)s rows are stored.", stored), "success")
            return redirect(url_for(TABLES[page.kind], consortium_id=consortium_id))
    return _show(page, form)


@blueprint.post("/consortia/<uuid:consortium_id>/uploads/<uuid:upload_id>/drop")
@signed_in
def drop_upload(consortium_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Give a checked file up."""
    form = AnswerUploadForm()
    with reading() as session:
        page = queries.upload_page(session, current_actor(), consortium_id, upload_id)
    if form.validate_on_submit():
        values = {"consortium_id": consortium_id, "upload_id": upload_id, **form.values()}
        try:
            with transaction() as session:
                commands.drop_upload(session, current_actor(), now=now(), **values)
        except Refused as error:
            form.show(error)
        else:
            flash(gettext("The file is dropped. Nothing of it was stored."), "success")
            return redirect(url_for(TABLES[page.kind], consortium_id=consortium_id))
    return _show(page, form)


def _show(page: UploadPage, form: AnswerUploadForm) -> ResponseReturnValue:
    words = {"say_year": say_financial_year, "say_reason": say_reason}
    return render_template("pooling/show_upload.html", page=page, form=form, back=TABLES[page.kind], **words)


def say_reason(reason: Sentence) -> str:
    """A fault in the reader's language, days among its values too."""
    values = {name: say_date(value) if isinstance(value, date) else value for name, value in reason.values.items()}
    return say(replace(reason, values=values))
