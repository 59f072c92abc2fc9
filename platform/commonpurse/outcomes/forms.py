"""Forms of the ledger."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SubmitField, TextAreaField
from wtforms.validators import Length

from commonpurse.web.fields import ExactField, Needed, TextField
from commonpurse.web.form import Form


class IssueForm(Form):
    """The button that splits everything that was verified."""

    submit = SubmitField(_l("Split verified outcomes"))


class IssueStatementsForm(Form):
    """The quarter whose statements are issued, and why earlier ones are issued again."""

    until = HiddenField()
    reason = TextAreaField(
        _l("Why statements are issued again"),
        [Length(max=2000, message=_l("Enter 2,000 characters or fewer"))],
        render_kw={"rows": 3, "hint": _l("Printed on each new edition")},
    )
    submit = SubmitField(_l("Issue statements"))

    def values(self) -> dict[str, Any]:
        """The command's arguments; a field that the page left out is empty."""
        return {name: value or "" for name, value in super().values().items()}


def _seen(typed: dict[str, Any]) -> dict[str, Any]:
    """The command's arguments; a version that is no number was never seen."""
    seen = str(typed["seen_version"] or "")
    return {**typed, "seen_version": int(seen) if seen.isdigit() else 0}


class CorrectOutcomeForm(Form):
    """The right figures of a record, and why the first ones were wrong."""

    quantity = ExactField(
        _l("Quantity delivered"),
        [Needed(_l("Enter the quantity delivered"))],
        render_kw={"hint": _l("In the unit of the measure")},
    )
    quarter_starting = SelectField(_l("Quarter"), [Needed(_l("Select a quarter"))], choices=[])
    place = TextField(
        _l("Where it was delivered"),
        [Needed(_l("Enter the name or the GSS code of an area, such as Gateshead or E08000037"))],
    )
    reason = TextAreaField(
        _l("Why the record is corrected"),
        [
            Needed(_l("Enter why the record is corrected")),
            Length(max=2000, message=_l("Enter 2,000 characters or fewer")),
        ],
        render_kw={"rows": 3},
    )
    seen_version = HiddenField()
    submit = SubmitField(_l("Correct the record"))

    def values(self) -> dict[str, Any]:
        """The command's arguments."""
        return _seen(super().values())


class ReopenOutcomeForm(Form):
    """Why a verified record is sent back."""

    reason = TextAreaField(
        _l("Why the record is sent back"),
        [
            Needed(_l("Enter why the record is sent back")),
            Length(max=2000, message=_l("Enter 2,000 characters or fewer")),
        ],
        render_kw={"rows": 3},
    )
    seen_version = HiddenField()
    submit = SubmitField(_l("Send the record back"))

    def values(self) -> dict[str, Any]:
        """The command's arguments."""
        return _seen(super().values())
