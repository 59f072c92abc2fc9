"""The OpenAPI document and the API, held against each other by schemathesis, and against the table of operations."""

import schemathesis
from hypothesis import HealthCheck, settings

from commonpurse.api.views.openapi import document
from commonpurse.calc import operations

EXAMPLES = 12
"""For each operation, beside every boundary: enough to try each kind of value it takes, and of those it does not."""

schema = schemathesis.openapi.from_dict(document())
schema.config.update(base_url="http://localhost")
# A schema cannot say that there is one weight for each party, so what it allows may still get a clear 422.
schema.config.checks.positive_data_acceptance.expected_statuses = ["200", "422"]


def test_the_document_is_the_one_that_is_served_and_names_every_operation(anybody):
    assert anybody.get("/api/v1/openapi.json").json == document()
    posts = [path.rpartition("/")[2] for path, methods in document()["paths"].items() if "post" in methods]
    assert posts == list(operations.OPERATIONS)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_the_document_says_holds(case, application):
    case.operation.app = case.operation.schema.app = application
    case.call_and_validate()
