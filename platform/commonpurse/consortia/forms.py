"""Shapes of what people enter about a consortium."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, StopValidation

from commonpurse.consortia import rules
from commonpurse.web.fields import CheckboxesField, Choice, DatePartsField, Needed, SeenField, TextField
from commonpurse.web.form import Form

SHORT_REASON = Length(max=500, message=_l("The reason must be 500 characters or fewer"))


class _NamedForm(Form):
    """What a consortium is called and is for."""

    name = TextField(
        _l("Name of the consortium"),
        [
            Needed(_l("Enter a name for the consortium")),
            Length(max=120, message=_l("The name must be 120 characters or fewer")),
        ],
        render_kw={"hint": _l("Other bodies see it, such as “Street lighting in the North East”")},
    )
    purpose = TextAreaField(
        _l("What do you want to buy together, and why?"), [Needed(_l("Enter what you want to buy together and why"))]
    )


class CreateForm(_NamedForm):
    """Start a consortium; `supplier` is the shared one from whose page it is started."""

    supplier = HiddenField()
    submit = SubmitField(_l("Start the consortium"))


class PurposeForm(_NamedForm):
    """Name, purpose and category."""

    category_code = TextField(
        _l("Category (CPV code)"),
        [Needed(_l("Enter a category code, or choose one from the list"))],
        render_kw={"hint": _l("Type a word such as “lighting”, or a code such as 34928500"), "width": 20},
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Save and go back to the tasks"))


class PlaceForm(Form):
    """The areas the consortium buys for: those chosen so far, and one more."""

    areas = CheckboxesField(
        _l("Areas chosen so far"), validate_choice=False, render_kw={"hint": _l("Untick an area to leave it out")}
    )
    area = TextField(
        _l("Add an area"), render_kw={"hint": _l("Type its name, such as Gateshead, or its code, such as E08000037")}
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Save and go back to the tasks"))
    add = SubmitField(_l("Save and add another area"))

    def values(self) -> dict[str, Any]:
        """The areas that stay chosen and the one that was typed, if one was."""
        typed = [self.area.data] if self.area.data else []
        return {"areas": (self.areas.data or []) + typed, "seen_version": self.seen_version.data}


def _key(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


class LeadForm(Form):
    """Which of the bodies that have joined leads."""

    lead_organisation_id = RadioField(
        _l("Which body leads?"),
        [Needed(_l("Select a body that has joined"))],
        choices=[],
        coerce=_key,
        validate_choice=False,
        render_kw={
            "hint": _l("The lead authority sets the consortium up and runs the purchase for all bodies"),
            "label_class": "govuk-fieldset__legend--l",
            "page_heading": True,
        },
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Save and go back to the tasks"))


def _only_where_weighted(form: Form, field: Field) -> None:
    """A quorum concerns votes by weight alone. Raises StopValidation elsewhere, and for typing that explains itself."""
    if form["decision_rule"].data != "weighted":
        field.errors, field.data = [], 0
        raise StopValidation
    if field.process_errors:
        raise StopValidation


class RuleForm(Form):
    """How the bodies decide."""

    decision_rule = RadioField(
        _l("How do the bodies decide?"),
        [Needed(_l("Select how the bodies decide"))],
        choices=[
            Choice("consent", _l("Consent: nobody objects")),
            Choice("unanimity", _l("Everyone agrees")),
            Choice("majority", _l("Majority of the bodies")),
            Choice("weighted", _l("Weighted by committed budget")),
        ],
        validate_choice=False,
        render_kw={"label_class": "govuk-fieldset__legend--l", "page_heading": True},
    )
    quorum_percent = IntegerField(  # type: ignore[call-arg] # its types do not know the newest argument
        _l("Quorum, as a percentage of all weight"),
        [
            Optional(),
            _only_where_weighted,
            NumberRange(0, 100, message=_l("The quorum must be between 0 and 100 per cent")),
        ],
        invalid_value_message=_l("Enter the quorum as a whole number of per cent, like 50"),
        render_kw={
            "hint": _l("Bodies with at least this share of all committed budget must answer. Enter 0 for no quorum"),
            "suffix": "%",
            "width": 3,
        },
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Save and go back to the tasks"))


class TimetableForm(Form):
    """The dates, in the order of the steps."""

    pooling_closes = DatePartsField(
        _l("Needs and budgets complete by"), called=_l(rules.MILESTONE_DATES["pooling_closes"])
    )
    negotiation_closes = DatePartsField(_l("Targets agreed by"), called=_l(rules.MILESTONE_DATES["negotiation_closes"]))
    tender_published = DatePartsField(_l("Tender published on"), called=_l(rules.MILESTONE_DATES["tender_published"]))
    award = DatePartsField(_l("Award on"), called=_l(rules.MILESTONE_DATES["award"]))
    contract_starts = DatePartsField(_l("Contract starts on"), called=_l(rules.MILESTONE_DATES["contract_starts"]))
    contract_ends = DatePartsField(_l("Contract ends on"), called=_l(rules.MILESTONE_DATES["contract_ends"]))
    seen_version = SeenField()
    submit = SubmitField(_l("Save and go back to the tasks"))

    def milestones(self) -> dict[str, date | None]:
        """The dates by the name of their step."""
        return {name: day for name, day in self.values().items() if name != "seen_version"}


class AgreementForm(Form):
    """The text of the next version of the join agreement."""

    text = TextAreaField(
        _l("Text of the agreement"), [Needed(_l("Enter the text of the agreement"))], render_kw={"rows": 25}
    )
    seen_number = SeenField()
    submit = SubmitField(_l("Save this version"))


class InviteForm(Form):
    """Carries the token, and the field that refusals are shown beside; the bodies are in the address."""

    q = TextField(_l("Find a public body by its name"), render_kw={"hint": _l("Such as Gateshead or Northumbria")})


class AnswerInvitationForm(Form):
    """Accept and sign, or decline."""

    answer = RadioField(
        _l("What does your organisation answer?"),
        [Needed(_l("Select whether your organisation accepts or declines"))],
        choices=[
            Choice("accept", _l("Accept, and sign the agreement above")),
            Choice("decline", _l("Decline")),
        ],
    )
    reason = TextAreaField(
        _l("Why does your organisation decline?"),
        [SHORT_REASON],
        render_kw={"rows": 3, "hint": _l("The lead authority and the other bodies can read it")},
    )
    number = SeenField()
    submit = SubmitField(_l("Send the answer"))


class SignForm(Form):
    """Sign the version shown."""

    agreed = BooleanField(
        _l("I have read this version and may sign it for my organisation"),
        [DataRequired(_l("Select that you have read this version and may sign it"))],
    )
    number = SeenField()
    submit = SubmitField(_l("Sign"))

    def values(self) -> dict[str, Any]:
        """The version to sign."""
        return {"number": self.number.data}


class LeaveForm(Form):
    """Leave the consortium."""

    reason = TextAreaField(
        _l("Why does your organisation leave?"),
        [
            Needed(_l("Enter why your organisation leaves")),
            SHORT_REASON,
        ],
        render_kw={"rows": 3, "hint": _l("The other bodies can read it")},
    )
    submit = SubmitField(_l("Leave this consortium"), render_kw={"button_class": "govuk-button--warning"})


class WithdrawSummaryForm(Form):
    """Take the public page down."""

    reason = TextAreaField(
        _l("Why is the public page taken down?"),
        [
            Needed(_l("Enter why the public page is taken down")),
            SHORT_REASON,
        ],
        render_kw={"rows": 3},
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Take the public page down"), render_kw={"button_class": "govuk-button--warning"})


class ProposeStageForm(Form):
    """Ask the bodies to move to another stage."""

    stage = RadioField(
        _l("Where should the consortium move?"),
        [Needed(_l("Select the stage to move to"))],
        choices=[],
        validate_choice=False,
    )
    closes_on = DatePartsField(
        _l("Last day to answer"),
        [Needed(_l("Enter the last day to answer"))],
        render_kw={"hint": _l("The decision closes earlier, as soon as no answer can change it any more")},
    )
    submit = SubmitField(_l("Put the question to all bodies"))


class VoteForm(Form):
    """Answer a question for one's organisation."""

    answer = RadioField(
        _l("What does your organisation answer?"),
        [Needed(_l("Select your answer"))],
        choices=[
            Choice("agree", _l("Agree")),
            Choice("object", _l("Object")),
            Choice("abstain", _l("Abstain")),
        ],
    )
    reason = TextAreaField(
        _l("Reason"),
        [SHORT_REASON],
        render_kw={"rows": 3, "hint": _l("An objection needs a reason. The other bodies can read it")},
    )
    submit = SubmitField(_l("Answer"))


class PublishForm(Form):
    """The summary that everybody may read."""

    public_summary = TextAreaField(
        _l("Summary for everybody"),
        [
            Needed(_l("Enter the summary that everybody may read")),
            Length(max=5000, message=_l("The summary must be 5,000 characters or fewer")),
        ],
        render_kw={
            "rows": 8,
            "hint": _l("Write what residents and suppliers should know. Name no person and no budget of a single body"),
        },
    )
    seen_version = SeenField()
    check = SubmitField(_l("Check what will be published"))
    publish = SubmitField(_l("Publish"))
