"""Public pages: no sign-in, nothing that was not published."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commonpurse.core.tabular import Cell, write_csv
from commonpurse.core.transaction import reading
from commonpurse.outcomes.queries.heads import heads_document, ledger_heads
from commonpurse.transparency import queries
from commonpurse.web.access import public
from commonpurse.web.words import say

blueprint = Blueprint("transparency", __name__, url_prefix="/register")


@blueprint.get("/")
@public
def register() -> ResponseReturnValue:
    """The consortia that have published a page."""
    q = request.args.get("q", "").strip()
    number = request.args.get("page", 1, type=int)
    with reading() as session:
        page = queries.register_page(session, q=q, number=number)
    return render_template("transparency/register.html", page=page, q=q)


@blueprint.get("/ledger")
@public
def ledger() -> ResponseReturnValue:
    """The newest digests of the ledger of outcomes, day by day."""
    number = max(request.args.get("page", 1, type=int), 1)
    with reading() as session:
        page = ledger_heads(session, number=number)
    return render_template("transparency/ledger.html", page=page)


@blueprint.get("/ledger/<uuid:heads_id>.json")
@public
def ledger_day(heads_id: UUID) -> ResponseReturnValue:
    """One day's digests, to be kept."""
    with reading() as session:
        return jsonify(heads_document(session, heads_id))


@blueprint.get("/<uuid:consortium_id>")
@public
def show(consortium_id: UUID) -> ResponseReturnValue:
    """The public page of a consortium."""
    with reading() as session:
        page = queries.public_page(session, consortium_id)
    stages = [(stage, say(words)) for stage, words in page.stages]
    return render_template("transparency/show.html", page=page, stages=stages)


@blueprint.get("/<uuid:consortium_id>/<any(targets, contracts, commitments, verified):table>.csv")
@public
def download(consortium_id: UUID, table: str) -> ResponseReturnValue:
    """One table of the public page."""
    with reading() as session:
        page = queries.public_page(session, consortium_id)
    response = Response(write_csv(*_table(page, table)), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{table}.csv")
    return response


def _table(page: queries.PublicPage, table: str) -> tuple[list[str], Sequence[Sequence[Cell]]]:
    measure = [_("Measure"), _("Quantity"), _("Unit"), _("Framework"), _("Edition")]
    match table:
        case "contracts":
            headers = [_("Contract"), _("Supplier"), _("Starts"), _("Ends")]
            rows = [
                (row.title, row.supplier, row.starts_on.isoformat(), row.ends_on.isoformat()) for row in page.contracts
            ]
            return headers, rows
        case "commitments":
            return [_("Contract"), *measure], [(row.contract, *_cells(row)) for row in page.commitments]
        case "verified":
            return measure, [_cells(row) for row in page.verified]
    return measure, [_cells(row) for row in page.targets]


def _cells(row: queries.Promise) -> tuple[Cell, ...]:
    return row.measure, row.quantity, row.unit, row.framework, row.edition
