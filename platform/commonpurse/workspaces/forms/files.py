"""The file that the numbers of weights can be read from."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from msgspec import Struct
from wtforms import SubmitField

from commonpurse.core.errors import Refused
from commonpurse.core.tabular import Limits, Table, read_table
from commonpurse.web.fields import Needed
from commonpurse.web.form import Form, say
from commonpurse.workspaces.forms.weights import read_weight

COLUMNS = ("Body", "Number")
LIMITS = Limits(file_bytes=2_000_000, rows=2_000)


class WeightsFileForm(Form):
    """A file with a number for each body."""

    file = FileField(
        _l("Choose a CSV file or an Excel workbook (.xlsx)"),
        [Needed(_l("Choose a file"))],
        render_kw={"accept": ".csv,.xlsx", "hint": _l("Smaller than 2 MB")},
    )
    submit = SubmitField(_l("Read the numbers"))


class Fault(Struct, frozen=True):
    """What is wrong with a row, by its number as a spreadsheet shows it; of the whole file where that is 0."""

    row: int
    text: str
    reason: str


def read_weights_file(
    filename: str, content: bytes, bodies: Iterable[tuple[UUID, str]]
) -> tuple[dict[str, int], list[Fault]]:
    """The number of each body, by its key as text, and every fault of the file.

    Raises:
        Refused: the file cannot be read as a whole.
    """
    table = read_table(filename, content, limits=LIMITS)
    at_body, at_number = _columns(table)
    keys = {_plain(name): str(key) for key, name in bodies}
    names = {str(key): name for key, name in bodies}
    numbers: dict[str, int] = {}
    faults: list[Fault] = []
    for row in table.rows:
        name, typed = row.cells[at_body].strip(), row.cells[at_number].strip()
        key = keys.get(_plain(name))
        if key is None:
            faults.append(Fault(row.number, name, gettext("No body that has joined is called so")))
        elif key in numbers:
            faults.append(Fault(row.number, name, gettext("This body stands in the file more than once")))
        else:
            try:
                numbers[key] = read_weight(typed, names[key])
            except Refused as error:
                faults.append(Fault(row.number, typed, say(error)))
    tried = {keys.get(_plain(row.cells[at_body])) for row in table.rows}
    missing = [name for key, name in names.items() if key not in tried]
    faults += [Fault(0, name, gettext("The file has no row for this body")) for name in missing]
    return numbers, faults


def _columns(table: Table) -> Sequence[int]:
    headers = [_plain(header) for header in table.headers]
    wanted = [_plain(column) for column in COLUMNS]
    if any(headers.count(column) != 1 for column in wanted):
        raise Refused("The file must have one column “Body” and one column “Number”", field="file")
    return [headers.index(column) for column in wanted]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
