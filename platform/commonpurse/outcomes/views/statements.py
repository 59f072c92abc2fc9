"""Each body's statement: a page, files of the same document, and the editions that were issued."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from msgspec.structs import asdict

import commonpurse.outcomes.views.tables as tables
from commonpurse.calc.digest import sha256_hex
from commonpurse.calc.sentence import message
from commonpurse.core.errors import NotFound, Refused
from commonpurse.core.signature import Signature
from commonpurse.core.tabular import write_csv, write_xlsx
from commonpurse.core.transaction import reading, transaction
from commonpurse.outcomes import commands
from commonpurse.outcomes.forms import IssueStatementsForm
from commonpurse.outcomes.queries import editions
from commonpurse.outcomes.queries.statements import Statement
from commonpurse.outcomes.queries.statements import statement as find_statement
from commonpurse.outcomes.rules import Document, as_plain, statement_file
from commonpurse.outcomes.views.blueprint import blueprint
from commonpurse.outcomes.views.printed import printed
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.limits import EXPENSIVE, limited

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

NO_SUCH_QUARTER = message("Nothing was split in this quarter")


@blueprint.get("/statements")
@signed_in
def statements(consortium_id: UUID) -> ResponseReturnValue:
    """The statements of a quarter: which are issued, and which the ledger has left behind."""
    return _statements(consortium_id, None)


@blueprint.post("/statements")
@signed_in
def issue_statements(consortium_id: UUID) -> ResponseReturnValue:
    """Issue every statement of a quarter, and again whatever is no longer right."""
    form = IssueStatementsForm()
    if form.validate():
        typed = form.values()
        try:
            with transaction() as session:
                actor, now, until = current_actor(), datetime.now(UTC), _day(typed.pop("until"))
                made = commands.issue_statements(
                    session, actor, consortium_id=consortium_id, until=until, now=now, **typed
                )
        except Refused as error:
            form.show(error)
        else:
            flash(ngettext("%(num)s statement issued", "%(num)s statements issued", len(made)), "success")
            return redirect(url_for(".statements", consortium_id=consortium_id, until=form.until.data))
    return _statements(consortium_id, form)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _statements(consortium_id: UUID, form: IssueStatementsForm | None) -> str:
    until = request.args.get("until", type=date.fromisoformat)
    with reading() as session:
        page = editions.statements_page(session, current_actor(), consortium_id, until=until)
    form = form or IssueStatementsForm(formdata=None, until=page.until.isoformat() if page.until else "")
    return render_template("outcomes/statements.html", page=page, form=form)


@blueprint.get("/statements/issued/<uuid:edition_id>")
@signed_in
def show_edition(consortium_id: UUID, edition_id: UUID) -> ResponseReturnValue:
    """A statement as it was issued, made to be printed."""
    page = _edition(consortium_id, edition_id)
    return render_template("outcomes/edition.html", page=page, document=page.document, **_shown(page.document))


@blueprint.get("/statements/issued/<uuid:edition_id>.<any(csv, json, pdf, xlsx):kind>")
@limited(EXPENSIVE)
@signed_in
def download_edition(consortium_id: UUID, edition_id: UUID, kind: str) -> ResponseReturnValue:
    """The same as a file; the JSON is signed."""
    page = _edition(consortium_id, edition_id)
    signed = asdict(Signature("Ed25519", page.key_id, page.signature))
    return _file(page.document, kind, plain=page.plain, digest=page.digest, signature=signed)


def _edition(consortium_id: UUID, edition_id: UUID) -> editions.EditionPage:
    with reading() as session:
        return editions.edition_page(session, current_actor(), consortium_id, edition_id)


@blueprint.get("/statements/<uuid:organisation_id>")
@signed_in
def statement(consortium_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    """The statement of one body as the ledger stands, made to be printed."""
    page = _statement(consortium_id, organisation_id)
    return render_template("outcomes/statement.html", page=page, document=page.document, **_shown(page.document))


@blueprint.get("/statements/<uuid:organisation_id>.<any(csv, json, pdf, xlsx):kind>")
@limited(EXPENSIVE)
@signed_in
def download_statement(consortium_id: UUID, organisation_id: UUID, kind: str) -> ResponseReturnValue:
    """The same as a file."""
    document = _statement(consortium_id, organisation_id).document
    if document is None:
        raise NotFound("Nothing has been verified and split yet")
    plain = as_plain(document)
    return _file(document, kind, plain=plain, digest=sha256_hex(plain), signature=None)


def _statement(consortium_id: UUID, organisation_id: UUID) -> Statement:
    until = _asked_quarter()
    with reading() as session:
        page = find_statement(session, current_actor(), consortium_id, organisation_id, until=until)
    if until is not None and page.until != until:
        raise NotFound(NO_SUCH_QUARTER)
    return page


def _asked_quarter() -> date | None:
    """The quarter that the address names, if it names one. Raises NotFound for what is no day."""
    typed = request.args.get("until", "")
    day = _day(typed)
    if typed and day is None:
        raise NotFound(NO_SUCH_QUARTER)
    return day


def _shown(document: Document | None) -> dict[str, object]:
    """What the page shows of a document: its tables, and the splits that made the figures of the quarter."""
    if document is None:
        return {}
    splits, more = tables.explained(document)
    return {"tables": tables, "splits": splits, "more": more}


def _file(document: Document, kind: str, **published: Any) -> Response:
    """The document in one of its forms; `published` is what stands in the JSON: statement, digest and signature."""
    edition = document.issue.edition if document.issue else None
    name = statement_file(document.body.name, date.fromisoformat(document.until), edition=edition)
    response = Response(_content(document, kind, **published), content_type=MEDIA[kind])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return response


def _content(
    document: Document, kind: str, *, plain: dict[str, Any], digest: str, signature: dict[str, str] | None
) -> bytes:
    if kind == "json":
        published = {"statement": plain, "digest": digest, "signature": signature}
        return json.dumps(published, ensure_ascii=False, indent=1).encode() + b"\n"
    if kind == "pdf":
        from commonpurse.outcomes.reports import print_statement

        return print_statement(printed(document, digest, signature))
    head, rows = tables.flat(document)
    return write_csv(head, rows) if kind == "csv" else write_xlsx(head, rows, title=_("Statement"))
