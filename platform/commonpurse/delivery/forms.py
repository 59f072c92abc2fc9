"""Forms of delivery."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from commonpurse.web.fields import AtLeast, Choice, DatePartsField, ExactField, Needed, PoundsField, TextField
from commonpurse.web.form import Form

STARTED_FROM = "started_from"
EVIDENCE_HINT = _l("PDF, PNG, JPEG, CSV, TXT or XLSX, smaller than 10 MB each, 10 files at most")


class RecordAwardForm(Form):
    """The contract that was awarded; `award_form` adds a quantity for each agreed target."""

    started_from = ""
    supplier_id = SelectField(_l("Supplier"), [Optional()], choices=[], default="", validate_choice=False)
    supplier_name = TextField(
        _l("Name of a supplier that is not in the list"), [Length(max=200, message=_l("Enter 200 characters or fewer"))]
    )
    company_number = TextField(
        _l("Its company number"),
        [Length(max=8, message=_l("A company number has 8 characters"))],
        render_kw={"width": 10, "hint": _l("Optional, for example 01234567")},
    )
    title = TextField(
        _l("What the contract is called"),
        [Needed(_l("Enter what the contract is called")), Length(max=200, message=_l("Enter 200 characters or fewer"))],
    )
    reference = TextField(
        _l("Contract reference"),
        [Needed(_l("Enter the contract reference")), Length(max=80, message=_l("Enter 80 characters or fewer"))],
        render_kw={"width": 20},
    )
    price_pence = PoundsField(
        _l("Price over the whole term, excluding VAT"),
        [Needed(_l("Enter the price")), AtLeast(0, _l("Enter a price of more than £0"), above=True)],
    )
    awarded_on = DatePartsField(_l("Date of award"), [Needed(_l("Enter the date of award"))])
    starts_on = DatePartsField(_l("First day of the term"), [Needed(_l("Enter the first day of the term"))])
    ends_on = DatePartsField(_l("Last day of the term"), [Needed(_l("Enter the last day of the term"))])
    submit = SubmitField(_l("Record the award"))

    def validate_supplier_id(self, field: SelectField) -> None:
        """Raises ValidationError for a supplier that is not in the list."""
        listed: Any = field.choices
        if field.data not in {choice.value for choice in listed}:
            raise ValidationError(gettext("Select a supplier from the list, or enter the name of another"))

    def validate_supplier_name(self, field: TextField) -> None:
        """Raises ValidationError for a name beside the supplier the consortium began with, which is named already."""
        if field.data and self.supplier_id.data == STARTED_FROM:
            raise ValidationError(gettext("Select a supplier or enter a new one, not both"))

    def values(self) -> dict[str, Any]:
        """The command's arguments, the commitments gathered by measure."""
        typed = super().values()
        commitments = {
            UUID(name.removeprefix("commitment_")): typed.pop(name)
            for name in list(typed)
            if name.startswith("commitment_")
        }
        supplier_id = typed.pop("supplier_id")
        is_named = not supplier_id or supplier_id == STARTED_FROM
        return {
            **typed,
            "supplier_id": None if is_named else UUID(supplier_id),
            "supplier_name": self.started_from if supplier_id == STARTED_FROM else typed["supplier_name"] or "",
            "company_number": typed["company_number"] or "",
            "commitments": commitments,
        }


def award_form(
    targets: Sequence[tuple[UUID, str, str, Decimal]], suppliers: Sequence[tuple[UUID, str]], started_from: str = ""
) -> RecordAwardForm:
    """The form with a field for each target: key, title, unit and the quantity agreed, which it starts with.

    Args:
        started_from: the name of a supplier to offer though it is not registered yet.
    """

    class AskedForm(RecordAwardForm):
        pass

    AskedForm.started_from = started_from
    for measure_id, title, unit, quantity in targets:
        field = ExactField(title, default=quantity, render_kw={"suffix": unit})
        setattr(AskedForm, f"commitment_{measure_id.hex}", field)
    form = AskedForm()
    form.supplier_id.choices = [
        Choice("", _l("Select a supplier")),
        *(
            [Choice(STARTED_FROM, _l("%(supplier)s (the consortium began with it)", supplier=started_from))]
            if started_from
            else []
        ),
        *(Choice(str(supplier_id), name) for supplier_id, name in suppliers),
    ]
    return form


class RecordOutcomeForm(Form):
    """What was delivered, when, where, for whom."""

    commitment = SelectField(_l("Measure"), [Needed(_l("Select a measure the supplier committed to"))], choices=[])
    quantity = ExactField(
        _l("Quantity delivered"),
        [Needed(_l("Enter the quantity delivered"))],
        render_kw={"hint": _l("In the unit of the measure. One person is 1 at most: record each person")},
    )
    quarter_starting = SelectField(_l("Quarter"), [Needed(_l("Select a quarter"))], choices=[])
    place = TextField(
        _l("Where it was delivered"),
        [Needed(_l("Enter the name or the GSS code of an area, such as Gateshead or E08000037"))],
        render_kw={"hint": _l("Start typing the name of the area")},
    )
    subject_kind = RadioField(
        _l("What is claimed"),
        [Needed(_l("Select whether a person or a thing is claimed"))],
        choices=[
            Choice("beneficiary", _l("A person")),
            Choice("asset", _l("A thing, such as a building or an invoice")),
        ],
    )
    subject_reference = TextField(
        _l("Reference of the person or thing"),
        [
            Needed(_l("Enter the reference of the person or thing")),
            Length(max=200, message=_l("Enter 200 characters or fewer")),
        ],
        render_kw={
            "hint": _l(
                "A learner, payroll, asset or invoice number that is always the same. It is turned into a key "
                "that nobody can turn back, so that one person or thing is claimed once"
            ),
            "autocomplete": "off",
        },
    )
    description = TextAreaField(
        _l("What was delivered"),
        [
            Needed(_l("Enter what was delivered")),
            Length(max=4000, message=_l("Enter 4,000 characters or fewer")),
        ],
        render_kw={"hint": _l("Do not name anybody")},
    )
    files = MultipleFileField(_l("Evidence"), render_kw={"hint": EVIDENCE_HINT})
    submit = SubmitField(_l("Record the outcome"))

    def validate_files(self, field: MultipleFileField) -> None:
        """Raises ValidationError where nothing was selected: browsers send an empty part then."""
        if not any(file and file.filename for file in field.data or []):
            raise ValidationError(gettext("Select a file that proves the outcome"))


class CheckRecordForm(Form):
    """What a second person finds."""

    answer = RadioField(
        _l("Is this record right?"),
        [Needed(_l("Select whether the record is right"))],
        choices=[
            Choice("verify", _l("Yes, the evidence shows it")),
            Choice("return", _l("No, return it with a reason")),
        ],
    )
    reason = TextAreaField(
        _l("Why you return it"),
        [Length(max=2000, message=_l("Enter 2,000 characters or fewer"))],
        render_kw={"rows": 3},
    )
    seen_version = HiddenField()
    submit = SubmitField(_l("Save the check"))

    def values(self) -> dict[str, Any]:
        """The command's arguments; a version that is no number was never seen."""
        typed = super().values()
        seen = str(typed["seen_version"] or "")
        return {**typed, "reason": typed["reason"] or "", "seen_version": int(seen) if seen.isdigit() else 0}
