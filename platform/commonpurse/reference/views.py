"""Suggestions while typing, and the categories to browse without JavaScript. All of it is public data."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from msgspec.structs import asdict

from commonpurse.core.errors import NotFound
from commonpurse.core.transaction import reading
from commonpurse.reference import queries
from commonpurse.web.access import public
from commonpurse.web.limits import SUGGESTIONS, limited

blueprint = Blueprint("reference", __name__, url_prefix="/reference")


@blueprint.get("/areas.json")
@limited(SUGGESTIONS)
@public
def areas_json() -> ResponseReturnValue:
    """Areas that match `q`, as value and label."""
    with reading() as session:
        found = queries.search_areas(session, request.args.get("q", "")[:100])
    return jsonify([asdict(area) for area in found])


@blueprint.get("/categories.json")
@limited(SUGGESTIONS)
@public
def categories_json() -> ResponseReturnValue:
    """Categories that match `q`, as value and label."""
    with reading() as session:
        found = queries.search_categories(session, request.args.get("q", "")[:100])
    return jsonify([asdict(category) for category in found])


@blueprint.get("/categories")
@public
def list_categories() -> ResponseReturnValue:
    """Search the vocabulary, or walk down from its divisions."""
    q, code = request.args.get("q", "").strip()[:100], request.args.get("code") or None
    with reading() as session:
        found = queries.search_categories(session, q, limit=50)
        page = queries.category_page(session, code)
    if page is None:
        raise NotFound("There is no such category")
    return render_template("reference/list_categories.html", q=q, found=found, page=page)
