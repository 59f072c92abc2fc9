"""Forms of the room: each is posted by a page and sent over the live channel alike."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import HiddenInput

from commonpurse.calc.allocation import BadRule, parse_rule
from commonpurse.calc.allocation_rules import FixedPercentages
from commonpurse.core.errors import Refused
from commonpurse.web.fields import Choice, ExactField, Needed, TextField
from commonpurse.web.form import Form, say

TOO_OLD = _l("The page is too old. Reload it and try again")
KINDS = [
    Choice("equal", _l("Equal shares")),
    Choice("committed_budget", _l("Committed budget")),
    Choice("required_quantity", _l("Required quantity")),
    Choice("fixed_percentages", _l("Fixed percentages")),
    Choice("place_then_budget", _l("Place of delivery, then committed budget")),
]
HINTS = {
    "equal": _l("Every body receives the same."),
    "committed_budget": _l("In proportion to the budget each body has committed."),
    "required_quantity": _l("In proportion to the quantity each body requires."),
    "fixed_percentages": _l("By percentages you write here, which must make exactly 100."),
    "place_then_budget": _l(
        "To the body whose area holds the place of delivery; where no body's area does, "
        "in proportion to the budget each body has committed."
    ),
}


class ActForm(Form):
    """What every act carries: a key, so that the same act sent twice is done once."""

    idempotency_key = HiddenField(validators=[InputRequired(TOO_OLD), Length(8, 80, TOO_OLD)])


class NegotiatingForm(ActForm):
    """An act on the offer on the table, whose number the person saw."""

    seen_number = IntegerField(validators=[InputRequired(TOO_OLD)], widget=HiddenInput())


class TargetOfferForm(NegotiatingForm):
    """Propose or counter a target."""

    quantity = ExactField(_l("Your target"), [Needed(_l("Enter a target"))])
    rationale = TextAreaField(
        _l("Why (optional)"),
        [Length(max=2000, message=_l("The reason must be 2,000 characters or fewer"))],
        default="",
        render_kw={"rows": 3},
    )
    submit = SubmitField(_l("Make this offer"))


class AllocationOfferForm(NegotiatingForm):
    """Propose or counter a rule for sharing outcomes; `allocation_form` adds a percentage for each body."""

    kind = RadioField(
        _l("How outcomes are shared"),
        [InputRequired(_l("Select how outcomes are shared"))],
        choices=KINDS,
        render_kw={"hints": HINTS},
    )
    rationale = TextAreaField(
        _l("Why (optional)"),
        [Length(max=2000, message=_l("The reason must be 2,000 characters or fewer"))],
        default="",
        render_kw={"rows": 3},
    )
    submit = SubmitField(_l("Make this offer"))

    @property
    def percentages(self) -> dict[str, Field]:
        """The field of each body, by the body's key."""
        fields = {name: field for name, field in self._fields.items() if name.startswith("percentage_")}
        return {str(UUID(name.removeprefix("percentage_"))): field for name, field in fields.items()}

    def values(self) -> dict[str, Any]:
        """The command's arguments: the kind and what it needs make one `allocation`."""
        values = {name: value for name, value in super().values().items() if not name.startswith("percentage_")}
        allocation = self._spec(values.pop("kind"))
        return {**values, "allocation": allocation}

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field, that percentages make exactly 100."""
        if not super().validate(extra_validators):
            return False
        if self.kind.data != FixedPercentages.kind:
            return True
        for field in self.percentages.values():
            if not field.data:
                message = gettext("Enter a percentage for %(body)s, or 0", body=str(field.label.text))
                field.errors = [message]
        first = next(iter(self.percentages.values()))
        if not any(field.errors for field in self.percentages.values()):
            try:
                parse_rule(self._spec(self.kind.data))
            except BadRule as error:
                first.errors = [say(error.sentence)]
        return not any(field.errors for field in self.percentages.values())

    def _spec(self, kind: str) -> dict[str, Any]:
        if kind != FixedPercentages.kind:
            return {"kind": kind}
        return {"kind": kind, "percentages": {body: field.data for body, field in self.percentages.items()}}


def allocation_form(bodies: Sequence[tuple[UUID, str]]) -> type[AllocationOfferForm]:
    """The form with a percentage for each of `bodies`, given by key and name."""
    percentages = {
        f"percentage_{body.hex}": TextField(
            name, [MayBeEmpty()], render_kw={"width": 5, "suffix": "%", "inputmode": "decimal", "label_class": ""}
        )
        for body, name in bodies
    }
    return type("AllocationOfferForm", (AllocationOfferForm,), percentages)


class PositionForm(NegotiatingForm):
    """Agree, object with a reason, or abstain."""

    answer = RadioField(
        validators=[InputRequired(_l("Select whether you agree, object or abstain"))],
        choices=[Choice("agree", _l("Agree")), Choice("object", _l("Object")), Choice("abstain", _l("Abstain"))],
    )
    reason = TextAreaField(
        _l("Why you object"),
        [Length(max=2000, message=_l("The reason must be 2,000 characters or fewer"))],
        default="",
        render_kw={"rows": 3, "hint": _l("The others see it. Say what you could agree to.")},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field, that an objection says why."""
        valid = bool(super().validate(extra_validators))
        if self.answer.data == "object" and not (self.reason.data or "").strip():
            self.reason.errors = [gettext("Enter a reason for the objection")]
            return False
        return valid


class CommentForm(ActForm):
    """Say something about an item."""

    text = TextAreaField(
        _l("Your comment"),
        [Needed(_l("Enter a comment")), Length(max=4000, message=_l("The comment must be 4,000 characters or fewer"))],
        render_kw={"rows": 3},
    )


def _measure_key(value: str) -> UUID | None:
    """The key chosen from the list; None for anything that is no key, which the command refuses."""
    try:
        return UUID(value)
    except ValueError:
        return None


class AddItemForm(ActForm):
    """Put something on the agenda."""

    kind = RadioField(
        _l("What do you want to agree?"),
        [InputRequired(_l("Select what you want to agree"))],
        choices=[
            Choice("target", _l("A target for a measure")),
            Choice("allocation_rule", _l("How outcomes are shared")),
        ],
        render_kw={
            "hints": {
                "target": _l("How much the supplier should deliver, such as 40 apprenticeship starts."),
                "allocation_rule": _l("How what is delivered is divided among the bodies. Agree it before the award."),
            }
        },
    )
    measure_id = SelectField(
        _l("Measure"),
        coerce=_measure_key,
        validate_choice=False,
        render_kw={"hint": _l("For a target only."), "class": "cp-long-select"},
    )
    submit = SubmitField(_l("Put it on the agenda"))

    def values(self) -> dict[str, Any]:
        """A rule for sharing has no measure, whatever stands in the list."""
        values = super().values()
        return values if values["kind"] == "target" else {**values, "measure_id": None}


class JoinForm(Form):
    """Enter the live room of a consortium, with the number of the last entry the page has."""

    consortium_id = TextField(validators=[InputRequired(TOO_OLD)])
    last_seq = IntegerField(validators=[MayBeEmpty()], default=0)

    def values(self) -> dict[str, Any]:
        """The key and the number; 0 where the page has none."""
        return {"consortium_id": read_key(self.consortium_id.data), "last_seq": max(self.last_seq.data or 0, 0)}


class ItemForm(Form):
    """Which item a message is about."""

    item_id = TextField(validators=[InputRequired(TOO_OLD)])

    def values(self) -> dict[str, Any]:
        """The key."""
        return {"item_id": read_key(self.item_id.data)}


def read_key(text: str | None) -> UUID:
    """A key as messages carry it. Raises Refused."""
    try:
        return UUID(text or "")
    except ValueError as error:
        raise Refused("The message could not be read") from error
