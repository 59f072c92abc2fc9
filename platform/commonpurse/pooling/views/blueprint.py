"""The blueprint of pooling, and what its pages share."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response

from commonpurse.core.tabular import Cell, write_csv, write_xlsx

blueprint = Blueprint("pooling", __name__)

MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def download(name: str, title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], kind: str) -> Response:
    """A table as a file called `name`; `kind` is csv or xlsx."""
    content = write_csv(headers, rows) if kind == "csv" else write_xlsx(headers, rows, title=title)
    response = Response(content, content_type=MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
