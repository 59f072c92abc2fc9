"""The OpenAPI document and the API, held against each other by schemathesis, and against the table of operations."""

import json
from typing import Any

import schemathesis
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from commonpurse.api.views.openapi import document
from commonpurse.calc import operations

EXAMPLES = 3
"""For each operation, beside the hundred or so boundaries of its values."""


def different() -> list[str]:
    """The operations that take nothing, and of those that take problems of one kind the first."""
    kinds = {
        json.dumps(method.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", name)): (
            method["operationId"]
        )
        for name, methods in reversed(document()["paths"].items())
        for method in methods.values()
    }
    return sorted(kinds.values())


def faults(event: Any) -> list[str]:
    """What schemathesis found, in its own words."""
    if isinstance(event, NonFatalError):
        return [f"{event.label}: {event.info.format()}"]
    if isinstance(event, FatalError):
        return [repr(event.exception)]
    if not isinstance(event, ScenarioFinished):
        return []
    return [
        f"{event.label}: {check.name}: {check.failure_info.failure}"
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]


def test_the_document_is_the_one_that_is_served_and_names_every_operation(anybody):
    assert anybody.get("/api/v1/openapi.json").json == document()
    posts = [path.rpartition("/")[2] for path, methods in document()["paths"].items() if "post" in methods]
    assert posts == list(operations.OPERATIONS)


def test_what_the_document_says_holds(application):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application).include(operation_id=different())
    schema.config.generation.update(max_examples=EXAMPLES)
    # A schema cannot say that there is one weight for each party, so what it allows may still get a clear 422.
    schema.config.checks.positive_data_acceptance.expected_statuses = ["200", "422"]
    events = list(from_schema(schema).execute())
    tried = {event.label for event in events if isinstance(event, ScenarioFinished)}
    assert len(tried) >= len(different())
    assert [fault for event in events for fault in faults(event)] == []
