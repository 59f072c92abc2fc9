"""Calculations over HTTP. The operations are imported when somebody asks: the application starts without them."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from commonpurse.api.views.blueprint import answer, blueprint
from commonpurse.web.access import public
from commonpurse.web.limits import EXPENSIVE, SUGGESTIONS, limited


@blueprint.get("/calc")
@limited(SUGGESTIONS)
@public
def list_operations() -> ResponseReturnValue:
    """Every operation, with a problem that runs."""
    from commonpurse.calc import operations

    return answer(
        {
            "engine": operations.ENGINE,
            "operations": [
                {
                    "operation": each.name,
                    "title": each.title,
                    "description": each.description,
                    "example": each.example,
                }
                for each in operations.OPERATIONS.values()
            ],
        }
    )


@blueprint.post("/calc/<operation>")
@limited(EXPENSIVE)
@public
def calculate(operation: str) -> ResponseReturnValue:
    """The answer to a problem, with its steps."""
    from commonpurse.calc import operations

    try:
        chosen = operations.find(operation)
    except operations.Unknown as error:
        return answer({"error": str(error)}, 404)
    request.max_content_length = operations.MOST_CHARACTERS
    if request.mimetype != "application/json":
        abort(415)
    try:
        return answer(chosen.answer(request.get_data(cache=False)))
    except operations.NotJSON as error:
        return answer({"error": error.message}, 400)
    except operations.BadProblem as error:
        return answer({"error": str(error), "path": error.path}, 422)


@blueprint.get("/openapi.json")
@limited(SUGGESTIONS)
@public
def describe() -> ResponseReturnValue:
    """The OpenAPI document."""
    from commonpurse.api.views.openapi import document

    return answer(document())
