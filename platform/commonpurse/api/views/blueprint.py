"""The blueprint of the API, and errors in JSON for whatever goes wrong below its address."""

import json
import logging
import secrets
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

PREFIX = "/api/v1"

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)

SENTENCES = {
    404: "There is nothing at this address; GET /api/v1/calc lists the operations",
    405: "This address does not take that method",
    413: "The problem is too large",
    415: "Send the problem as JSON, with the header Content-Type: application/json",
    429: "Too many requests from your address; try again in a minute",
}


def answer(value: Any, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(f"{json.dumps(value, ensure_ascii=False)}\n", status, mimetype="application/json")


@blueprint.before_app_request
def answer_wrong_addresses() -> Response | None:
    """An address or a method that no route has belongs to no blueprint, so it is answered here."""
    error = request.routing_exception
    if error is None or (error.code or 0) < 400 or not request.path.startswith(f"{PREFIX}/"):
        return None
    if isinstance(error, MethodNotAllowed) and _names_no_operation(request.path):
        return refuse(NotFound())
    return refuse(error)


def _names_no_operation(path: str) -> bool:
    """Whether it is the address of an operation that there is not: one route has all their names."""
    from commonpurse.calc.operations import OPERATIONS

    before, _, name = path.rpartition("/")
    return before == f"{PREFIX}/calc" and name not in OPERATIONS


@blueprint.errorhandler(HTTPException)
def refuse(error: HTTPException) -> Response:
    """A refusal with its sentence, and with the headers that belong to it, such as Allow and Retry-After."""
    status = error.code or 500
    response = answer({"error": SENTENCES.get(status) or error.description or error.name}, status)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


@blueprint.errorhandler(Exception)
def apologise(error: Exception) -> Response:
    """Our own mistake: logged with a reference, which is all that the caller sees."""
    reference = secrets.token_hex(4).upper()
    logging.getLogger(__name__).error("calculation failed, reference %s", reference, exc_info=error)
    return answer({"error": f"Something went wrong here. It is logged under {reference}"}, 500)
