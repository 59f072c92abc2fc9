"""Reading and filling the pages of pooling."""

import re
from io import BytesIO

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from commonpurse.pooling.rules import templates
from support.consortia_pages import text_of

__all__ = ["RIGHT", "send_lines", "text_of", "version_on"]

RIGHT = "Street lights,45000000-7,120,each,E08000037,01/04/2027,31/03/2029"
"""A row of the template of needs with nothing wrong in it."""


def send_lines(client: FlaskClient, address: str, kind: str, *rows: str) -> TestResponse:
    """Upload `rows` below the headings of the template of that kind."""
    filled = templates.REQUIREMENTS if kind == "requirements" else templates.BUDGET
    content = "\n".join((",".join(filled.headers), *rows)).encode()
    data = {"file": (BytesIO(content), "lines.csv")}
    return client.post(f"{address}/{kind}/upload", data=data, content_type="multipart/form-data")


def version_on(page: TestResponse) -> str:
    """The version that the form of the page will send back."""
    found = re.search(r'name="seen_version" value="(\d+)"', page.get_data(as_text=True))
    assert found is not None
    return found[1]
