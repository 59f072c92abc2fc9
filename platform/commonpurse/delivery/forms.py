"""Forms of delivery."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from commonpurse.delivery.commands import NOTHING_PROMISED, promise_faults
from commonpurse.delivery.queries import AwardPage
from commonpurse.delivery.rules import Fault, supplier_faults, term_faults
from commonpurse.identity.queries import is_number
from commonpurse.web.fields import (
    AtLeast,
    Choice,
    DatePartsField,
    ExactField,
    Needed,
    PoundsField,
    SeenField,
    TextField,
)
from commonpurse.web.form import Form, say
from commonpurse.workspaces.queries import AgreedTarget

STARTED_FROM = "started_from"
EVIDENCE_HINT = _l("PDF, PNG, JPEG, CSV, TXT or XLSX, smaller than 10 MB each and 25 MB together, 10 files at most")


class RecordAwardForm(Form):
    """The contract that was awarded; `award_form` adds a quantity for each agreed target."""

    targets: Sequence[AgreedTarget] = ()
    agreed_on: date | None = None
    today = date.max
    started_from = ""
    supplier_id = SelectField(_l("Supplier"), [Optional()], choices=[], default="", validate_choice=False)
    supplier_name = TextField(
        _l("Name of a supplier that is not in the list"), [Length(max=160, message=_l("Enter 160 characters or fewer"))]
    )
    company_number = TextField(
        _l("Its company number"),
        [Optional()],
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
    awarded_on = DatePartsField(
        _l("Date of award"), [Needed(_l("Enter the date of award"))], called=_l("date of award")
    )
    starts_on = DatePartsField(
        _l("First day of the term"),
        [Needed(_l("Enter the first day of the term"))],
        called=_l("first day of the term"),
    )
    ends_on = DatePartsField(
        _l("Last day of the term"), [Needed(_l("Enter the last day of the term"))], called=_l("last day of the term")
    )
    submit = SubmitField(_l("Record the award"))

    def validate_supplier_id(self, field: SelectField) -> None:
        """Raises ValidationError for a supplier that is not in the list."""
        listed: Any = field.choices
        if field.data not in {choice.value for choice in listed}:
            raise ValidationError(gettext("Select a supplier from the list, or enter the name of another"))

    def validate_company_number(self, field: TextField) -> None:
        """Raises ValidationError for what cannot be a company number."""
        if not is_number("GB-COH", field.data or ""):
            raise ValidationError(gettext("The number must look like %(example)s", example="01234567"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field, all that can be known of them together, so that everything is said at once."""
        super().validate(extra_validators)
        for fault in self._faults():
            if fault.field is None:
                self.form_errors = [*self.form_errors, say(fault.sentence)]
            elif not self[fault.field].errors:
                self[fault.field].errors = [say(fault.sentence)]
        return not self.errors

    def _faults(self) -> list[Fault]:
        commitments = {target.measure_id: self[_commitment(target.measure_id)] for target in self.targets}
        promised = promise_faults(self.targets, {key: field.data for key, field in commitments.items()})
        if any(field.errors for field in commitments.values()):  # A quantity that cannot be read is there all the same.
            promised = [fault for fault in promised if fault.sentence != NOTHING_PROMISED]
        return [
            *term_faults(
                price_pence=self.price_pence.data,
                awarded_on=self.awarded_on.data,
                starts_on=self.starts_on.data,
                ends_on=self.ends_on.data,
                agreed_on=self.agreed_on,
                today=self.today,
            ),
            *promised,
            *supplier_faults(is_chosen=bool(self.supplier_id.data), name=self.supplier_name.data or ""),
        ]

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


def _commitment(measure_id: UUID) -> str:
    return f"commitment_{measure_id.hex}"


def award_form(page: AwardPage, today: date) -> RecordAwardForm:
    """The form with a field for each target of the page, which starts with the quantity that was agreed."""
    fields = {
        _commitment(target.measure_id): ExactField(
            target.title,
            default=target.quantity.normalize(),
            unreadable=_l("Enter a number for %(measure)s, such as 120 or 37.5", measure=target.title),
            render_kw={"suffix": target.unit},
        )
        for target in page.targets
    }
    known = {"targets": page.targets, "agreed_on": page.rule_agreed_on, "today": today}
    form: RecordAwardForm = type("AskedForm", (RecordAwardForm,), {**fields, **known})()
    form.started_from = page.started_from
    form.supplier_id.choices = [
        Choice("", _l("Select a supplier")),
        *(
            [Choice(STARTED_FROM, _l("%(supplier)s (the consortium began with it)", supplier=page.started_from))]
            if page.started_from
            else []
        ),
        *(Choice(str(supplier_id), name) for supplier_id, name in page.suppliers),
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
                "that nobody can turn back, so that one person or thing is claimed once for each quarter"
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
    seen_version = SeenField()
    submit = SubmitField(_l("Save the check"))

    def values(self) -> dict[str, Any]:
        """The command's arguments; a reason that was not given is empty."""
        typed = super().values()
        return {**typed, "reason": typed["reason"] or ""}


GROUNDS_HINT = _l("The other side reads this. Do not name anybody, and give no reference or other personal data")


def _grounds(label: Any, needed: Any) -> TextAreaField:
    """What one side gives the other to read."""
    longest = Length(max=2000, message=_l("Enter 2,000 characters or fewer"))
    return TextAreaField(label, [Needed(needed), longest], render_kw={"rows": 4, "hint": GROUNDS_HINT})


class AskToLookForm(Form):
    """Asks the side that holds a claim to look at it again."""

    grounds = _grounds(
        _l("Why you think that yours is the right claim"), _l("Enter why you think that yours is the right claim")
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Ask them to look again"))


class KeepClaimForm(Form):
    """Answers those who asked to look at a claim again."""

    grounds = _grounds(_l("Why the claim is right"), _l("Enter why the claim is right"))
    seen_version = SeenField()
    submit = SubmitField(_l("Keep the claim"))
