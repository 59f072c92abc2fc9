"""The blueprint of pooling, and what its pages share."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from commonpurse.core.errors import Refused, Stale
from commonpurse.core.tabular import Cell, write_csv, write_xlsx
from commonpurse.core.transaction import transaction
from commonpurse.web.form import Form

blueprint = Blueprint("pooling", __name__)

MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def done(form: Form, act: Callable[[Any], object]) -> bool:
    """Whether `act` was done in a transaction of its own; else nothing is stored and the form says why."""
    try:
        with transaction() as session:
            act(session)
    except (Refused, Stale) as error:
        form.show(error)
        return False
    return True


def filename_of(file: FileStorage) -> str:
    """What a person called the file, without NUL, which PostgreSQL cannot store."""
    return (file.filename or "").replace("\0", "") or gettext("a file without a name")


def download(name: str, title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], kind: str) -> Response:
    """A table as a file called `name`; `kind` is csv or xlsx."""
    content = write_csv(headers, rows) if kind == "csv" else write_xlsx(headers, rows, title=title)
    response = Response(content, content_type=MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
