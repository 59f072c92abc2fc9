"""The API in OpenAPI 3.1, made from the table of operations: what it promises is what is taken."""

from typing import Any

from commonpurse import __version__
from commonpurse.api.views.blueprint import PREFIX
from commonpurse.calc.operations import ENGINE, OPERATIONS, Operation

Json = dict[str, Any]

_WHOLE = {"type": ["integer", "string"], "description": 'Text of digits where the problem said "numbers": "text"'}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string", "description": "What is wrong, in a sentence"},
        "path": {"type": "string", "description": 'Where it is wrong, such as "weights[3]"; empty for the whole'},
    },
    "required": ["error"],
}
_ANSWER = {
    "type": "object",
    "properties": {
        "operation": {"type": "string"},
        "engine": {"type": "string", "description": "Name and version of the sums"},
        "parties": {"type": "array", "items": {"type": "string"}},
        "amounts": {"type": "array", "items": _WHOLE, "description": "One for each party, in the same order"},
        "shares": {"type": "object", "additionalProperties": _WHOLE, "description": "The amounts by party"},
        "adds_up": {"type": ["string", "null"], "description": "The line that shows that nothing is lost"},
        "explanation": {"type": "array", "items": {"type": "string"}},
        "check": {"type": "string", "description": "How to check the answer by hand, from its steps"},
        "steps": {"type": "object", "description": "Every step of the sum"},
    },
    "required": ["operation", "engine", "parties", "amounts", "shares", "adds_up", "explanation", "check", "steps"],
}
_LIST = {
    "type": "object",
    "properties": {
        "engine": {"type": "string"},
        "operations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "operation": {"type": "string"},
                    "title": {"type": "string"},
                    "description": {"type": "string"},
                    "example": {"type": "object", "description": "A problem that runs"},
                },
                "required": ["operation", "title", "description", "example"],
            },
        },
    },
    "required": ["engine", "operations"],
}
_REFUSALS = {
    "400": "The body is not JSON",
    "413": "The body is too large",
    "415": "The body is not said to be JSON",
    "422": "The problem cannot be answered; the sentence says why",
    "429": "Too many requests; Retry-After says when to try again",
}


def document() -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Commonpurse calculations",
            "version": __version__,
            "description": "Exact sums with every step, for anybody: no sign-in, no cookie, nothing is kept. Whole "
            "numbers are exact whatever their size; who reads numbers as doubles may write them as text of their "
            'digits, and ask for the answer\'s as text by "numbers": "text". A number with a fraction or an exponent '
            f"is refused, even 1.0. Engine {ENGINE}.",
        },
        "paths": {
            f"{PREFIX}/calc": {"get": _read("listOperations", "Every operation, with a problem that runs", _LIST)},
            f"{PREFIX}/openapi.json": {"get": _read("describe", "This document", {"type": "object"})},
            **{f"{PREFIX}/calc/{each.name}": {"post": _post(each)} for each in OPERATIONS.values()},
        },
        "components": {"schemas": {"Answer": _ANSWER, "Error": _ERROR}},
    }


def _read(name: str, summary: str, schema: Json) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": _json(summary, schema), "429": _refusal("429")},
    }


def _post(operation: Operation) -> Json:
    return {
        "operationId": operation.name,
        "summary": operation.title,
        "description": operation.description,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": operation.problem.schema(), "example": dict(operation.example)}},
        },
        "responses": {
            "200": _json("The answer, with every step", {"$ref": "#/components/schemas/Answer"}),
            **{status: _refusal(status) for status in _REFUSALS},
        },
    }


def _refusal(status: str) -> Json:
    return _json(_REFUSALS[status], {"$ref": "#/components/schemas/Error"})


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
