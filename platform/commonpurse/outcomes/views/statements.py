"""Each body's statement: a page, and files of the same document."""

import json
from datetime import date
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import commonpurse.outcomes.views.tables as tables
from commonpurse.calc.digest import sha256_hex
from commonpurse.core.errors import NotFound
from commonpurse.core.tabular import write_csv, write_xlsx
from commonpurse.core.transaction import reading
from commonpurse.outcomes import queries
from commonpurse.outcomes.rules import Document, as_plain, statement_file
from commonpurse.outcomes.views.blueprint import blueprint
from commonpurse.web.access import current_actor, signed_in
from commonpurse.web.limits import EXPENSIVE, limited

MOST_SPLITS = 200
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/statements/<uuid:organisation_id>")
@signed_in
def statement(consortium_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    """The statement of one body as the ledger stands, made to be printed."""
    page = _statement(consortium_id, organisation_id)
    return render_template("outcomes/statement.html", page=page, document=page.document, **_shown(page.document))


@blueprint.get("/statements/<uuid:organisation_id>.<any(csv, json, xlsx):kind>")
@limited(EXPENSIVE)
@signed_in
def download_statement(consortium_id: UUID, organisation_id: UUID, kind: str) -> ResponseReturnValue:
    """The same as a file."""
    document = _statement(consortium_id, organisation_id).document
    if document is None:
        raise NotFound("Nothing has been verified and split yet")
    return _file(document, kind)


def _statement(consortium_id: UUID, organisation_id: UUID) -> queries.Statement:
    until = request.args.get("until", type=date.fromisoformat)
    with reading() as session:
        return queries.statement(session, current_actor(), consortium_id, organisation_id, until=until)


def _shown(document: Document | None) -> dict[str, object]:
    """What the page shows of a document: its tables, and the splits that made the figures of the quarter."""
    if document is None:
        return {}
    splits = [split for split in document.splits if split.quarter == document.until and split.sentences]
    return {"tables": tables, "splits": splits[:MOST_SPLITS], "more": max(0, len(splits) - MOST_SPLITS)}


def _file(document: Document, kind: str) -> Response:
    name = statement_file(document.body.name, date.fromisoformat(document.until))
    response = Response(_content(document, kind), content_type=MEDIA[kind])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return response


def _content(document: Document, kind: str) -> bytes:
    if kind == "json":
        plain = as_plain(document)
        published = {"statement": plain, "digest": sha256_hex(plain), "signature": None}
        return json.dumps(published, ensure_ascii=False, indent=1).encode() + b"\n"
    head, rows = tables.flat(document)
    return write_csv(head, rows) if kind == "csv" else write_xlsx(head, rows, title=_("Statement"))
